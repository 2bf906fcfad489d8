//! What may be asked before anybody is signed in, and by the scheduler: one method for each
//! SECURITY DEFINER function of the database, never a connection. Only here is a [`CurrentUser`] made.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{
    Array, Binary, Bool, Double, Inet, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use ipnetwork::IpNetwork;
use uuid::Uuid;

use super::prepared::{bind, prepared};
use super::{CurrentUser, unavailable};
use crate::error::AppError;

/// The door for requests without a user.
pub struct Anonymous<'db> {
    pool: &'db Pool<AsyncPgConnection>,
}

/// A user, as `list_users()` and the look-ups give her.
#[derive(Debug, Clone, QueryableByName)]
pub struct UserRow {
    /// The row in `users`.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// What she signs in with.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Her name.
    #[diesel(sql_type = Text)]
    pub full_name: String,
    /// An IANA time zone.
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    /// Whether she administers the instance.
    #[diesel(sql_type = Bool)]
    pub is_admin: bool,
    /// Whether she may not sign in.
    #[diesel(sql_type = Bool)]
    pub is_disabled: bool,
    /// `free`, `pro` or `team`.
    #[diesel(sql_type = Text)]
    pub subscription_tier: String,
    /// The code of the country that she dials from, once she chose it.
    #[diesel(sql_type = Nullable<Text>)]
    pub country: Option<String>,
    /// How she writes days: the words of her week's beginning, of the order, of the clock and of the language.
    #[diesel(sql_type = Array<Nullable<Text>>)]
    pub dates: Vec<Option<String>>,
}

/// What a sign-in compares a password with.
#[derive(Debug, Clone, QueryableByName)]
pub struct Credential {
    /// The row in `users`.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// A PHC string of argon2id.
    #[diesel(sql_type = Text)]
    pub password_hash: String,
    /// Whether she may not sign in.
    #[diesel(sql_type = Bool)]
    pub is_disabled: bool,
}

/// A claimed job.
#[derive(Debug, Clone, QueryableByName)]
pub struct Job {
    /// Its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Whose work it is; none for the instance's own.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub user_id: Option<Uuid>,
    /// Which handler runs it.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// What the handler needs to know.
    #[diesel(sql_type = Jsonb)]
    pub payload: serde_json::Value,
    /// How often it was begun, this time included.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
}

#[derive(QueryableByName)]
struct FoundSession {
    #[diesel(sql_type = SqlUuid)]
    session_id: Uuid,
    #[diesel(sql_type = Bool)]
    single_keys: bool,
    #[diesel(embed)]
    user: UserRow,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    answer: Option<Uuid>,
}

#[derive(QueryableByName)]
struct Yes {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

#[derive(QueryableByName)]
struct Seconds {
    #[diesel(sql_type = Integer)]
    answer: i32,
}

impl<'db> Anonymous<'db> {
    pub(super) fn new(pool: &'db Pool<AsyncPgConnection>) -> Self {
        Self { pool }
    }

    pub(super) async fn conn(&self) -> Result<Object<AsyncPgConnection>, AppError> {
        self.pool.get().await.map_err(unavailable)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<bool, AppError> {
        let query = prepared("select true as answer", ());
        Ok(query.get_result::<Yes>(&mut self.conn().await?).await?.answer)
    }

    /// Whether there is any account yet.
    pub async fn any_user(&self) -> Result<bool, AppError> {
        let query = prepared("select public.any_user() as answer", ());
        Ok(query.get_result::<Yes>(&mut self.conn().await?).await?.answer)
    }

    /// The live session with this token hash, and its user; notes the use.
    pub async fn find_session(
        &self,
        token_hash: &[u8],
        idle: Duration,
        absolute: Duration,
        ip: Option<IpAddr>,
    ) -> Result<Option<CurrentUser>, AppError> {
        let query = prepared(
            "select session_id, single_keys, user_id as id, email, full_name, time_zone, is_admin, false as is_disabled, subscription_tier, country, dates \
             from public.find_session(?, make_interval(secs => ?), make_interval(secs => ?))",
            (
                bind::<Binary, _>(token_hash),
                bind::<Double, _>(idle.as_secs_f64()),
                bind::<Double, _>(absolute.as_secs_f64()),
            ),
        );
        let found: Vec<FoundSession> = query.load(&mut self.conn().await?).await?;
        Ok(found
            .into_iter()
            .next()
            .map(|row| CurrentUser::new(row.user, Some(row.session_id), ip).with_single_keys(row.single_keys)))
    }

    /// Whose calendar feed has a token of this hash.
    pub async fn find_feed(&self, token_hash: &[u8], ip: Option<IpAddr>) -> Result<Option<CurrentUser>, AppError> {
        let query = prepared(
            "select id, email, full_name, time_zone, is_admin, false as is_disabled, subscription_tier, settings ->> 'country' as country, \
                 array[settings ->> 'week_start', settings ->> 'date_format', settings ->> 'clock', settings ->> 'date_language'] as dates \
             from public.find_feed(?)",
            (bind::<Binary, _>(token_hash),),
        );
        let found: Option<UserRow> = query.load(&mut self.conn().await?).await?.pop();
        Ok(found.map(|row| CurrentUser::new(row, None, ip)))
    }

    /// The credential that belongs to an address.
    pub async fn credential(&self, email: &str) -> Result<Option<Credential>, AppError> {
        let query =
            prepared("select user_id, password_hash, is_disabled from public.credential(?)", (bind::<Text, _>(email),));
        Ok(query.load(&mut self.conn().await?).await?.pop())
    }

    /// The credential of a user.
    pub async fn credential_of(&self, user: Uuid) -> Result<Option<Credential>, AppError> {
        let query = prepared(
            "select user_id, password_hash, is_disabled from public.credential_of(?)",
            (bind::<SqlUuid, _>(user),),
        );
        Ok(query.load(&mut self.conn().await?).await?.pop())
    }

    /// Stores a new password hash.
    pub async fn set_password(&self, user: Uuid, hash: &str) -> Result<(), AppError> {
        let query = prepared("select public.set_password(?, ?)", (bind::<SqlUuid, _>(user), bind::<Text, _>(hash)));
        query.execute(&mut self.conn().await?).await?;
        Ok(())
    }

    /// Opens a session and returns its id.
    pub async fn open_session(
        &self,
        user: Uuid,
        token_hash: &[u8],
        ip: Option<IpAddr>,
        agent: Option<&str>,
    ) -> Result<Option<Uuid>, AppError> {
        let query = prepared(
            "select public.open_session(?, ?, ?, ?) as answer",
            (
                bind::<SqlUuid, _>(user),
                bind::<Binary, _>(token_hash),
                bind::<Nullable<Inet>, _>(ip.map(IpNetwork::from)),
                bind::<Nullable<Text>, _>(agent),
            ),
        );
        Ok(query.get_result::<Id>(&mut self.conn().await?).await?.answer)
    }

    /// Ends the session with this token hash.
    pub async fn close_session(&self, token_hash: &[u8]) -> Result<(), AppError> {
        let query = prepared("select public.close_session(?)", (bind::<Binary, _>(token_hash),));
        query.execute(&mut self.conn().await?).await?;
        Ok(())
    }

    /// Ends all sessions of a user but one.
    pub async fn close_other_sessions(&self, user: Uuid, keep: Option<Uuid>) -> Result<(), AppError> {
        let query = prepared(
            "select public.close_other_sessions(?, ?)",
            (bind::<SqlUuid, _>(user), bind::<Nullable<SqlUuid>, _>(keep)),
        );
        query.execute(&mut self.conn().await?).await?;
        Ok(())
    }

    /// Counts a try at signing in under these keys and says nothing, or counts nothing and says how long to wait.
    /// Past its free tries a key must wait, twice as long each time, up to its longest.
    pub async fn take_sign_in_turn<const N: usize>(
        &self,
        keys: [(&str, i32, Duration); N],
    ) -> Result<Option<Duration>, AppError> {
        let longest = keys.map(|(_, _, longest)| i32::try_from(longest.as_secs()).unwrap_or(i32::MAX));
        let query = prepared(
            "select public.take_sign_in_turn(?, ?, ?) as answer",
            (
                bind::<Array<Text>, _>(keys.map(|(key, _, _)| key).to_vec()),
                bind::<Array<Integer>, _>(keys.map(|(_, free, _)| free).to_vec()),
                bind::<Array<Integer>, _>(longest.to_vec()),
            ),
        );
        let seconds = query.get_result::<Seconds>(&mut self.conn().await?).await?.answer;
        Ok(u64::try_from(seconds).ok().filter(|seconds| *seconds > 0).map(Duration::from_secs))
    }

    /// Takes a try back that went well.
    pub async fn return_sign_in_turn(&self, account: &str, address: &str) -> Result<(), AppError> {
        let query =
            prepared("select public.return_sign_in_turn(?, ?)", (bind::<Text, _>(account), bind::<Text, _>(address)));
        query.execute(&mut self.conn().await?).await?;
        Ok(())
    }

    /// Takes the next job of one of these kinds, for any place or for this one, that is due or whose
    /// server died.
    pub async fn claim_job(&self, kinds: &[&str], place: &str, lease: Duration) -> Result<Option<Job>, AppError> {
        let query = prepared(
            "select id, user_id, kind, payload, attempts from public.claim_job(?, ?, make_interval(secs => ?))",
            (bind::<Array<Text>, _>(kinds), bind::<Text, _>(place), bind::<Double, _>(lease.as_secs_f64())),
        );
        Ok(query.load(&mut self.conn().await?).await?.pop())
    }

    /// Keeps a job that is still being worked on.
    pub async fn extend_job(&self, id: Uuid, lease: Duration) -> Result<(), AppError> {
        let query = prepared(
            "select public.extend_job(?, make_interval(secs => ?))",
            (bind::<SqlUuid, _>(id), bind::<Double, _>(lease.as_secs_f64())),
        );
        query.execute(&mut self.conn().await?).await?;
        Ok(())
    }

    /// Ends a job, well or with the reason why not.
    pub async fn finish_job(&self, id: Uuid, error: Option<&str>) -> Result<(), AppError> {
        let query =
            prepared("select public.finish_job(?, ?)", (bind::<SqlUuid, _>(id), bind::<Nullable<Text>, _>(error)));
        query.execute(&mut self.conn().await?).await?;
        Ok(())
    }

    /// Gives a job back that this server began and does not end.
    pub async fn release_job(&self, id: Uuid) -> Result<(), AppError> {
        let query = prepared("select public.release_job(?)", (bind::<SqlUuid, _>(id),));
        query.execute(&mut self.conn().await?).await?;
        Ok(())
    }

    /// Puts a job back, to be tried again at `at`.
    pub async fn retry_job(&self, id: Uuid, at: DateTime<Utc>, error: &str) -> Result<(), AppError> {
        let query = prepared(
            "select public.retry_job(?, ?, ?)",
            (bind::<SqlUuid, _>(id), bind::<Timestamptz, _>(at), bind::<Text, _>(error)),
        );
        query.execute(&mut self.conn().await?).await?;
        Ok(())
    }

    /// Deletes ended sessions, finished jobs of long ago and old counts of tries and messages, makes the coming months'
    /// partitions, and leaves jobs: for whoever has photos that nobody has any more, for whoever has something in the trash for longer than `trash_days`, for accounts
    /// that were used since they were measured, for closed ones that nobody is erasing, and for whoever has reminders to be made ahead.
    pub async fn keep_house(&self, trash_days: u16) -> Result<(), AppError> {
        let mut conn = self.conn().await?;
        prepared("select public.delete_stale_rows()", ()).execute(&mut conn).await?;
        let months = "select public.ensure_month_partitions(t, now(), now() + interval '3 months') from unnest(array['audit_logs', 'interactions']) t";
        prepared(months, ()).execute(&mut conn).await?;
        prepared("select public.enqueue_account_jobs()", ()).execute(&mut conn).await?;
        prepared("select public.enqueue_photo_jobs()", ()).execute(&mut conn).await?;
        prepared("select public.enqueue_reminder_jobs()", ()).execute(&mut conn).await?;
        prepared("select public.forget_deliveries()", ()).execute(&mut conn).await?;
        let days = bind::<Integer, _>(i32::from(trash_days));
        prepared("select public.enqueue_trash_jobs(?)", (days,)).execute(&mut conn).await?;
        Ok(())
    }

    /// Drops the months of the log before the last `months`, and before what lies in the trash for `trash_days` was put
    /// there, and the change sets that began in them.
    pub async fn forget_history(&self, months: u16, trash_days: u16) -> Result<(), AppError> {
        let query = prepared(
            "select public.forget_audit_months(?, ?)",
            (bind::<Integer, _>(i32::from(months)), bind::<Integer, _>(i32::from(trash_days))),
        );
        query.execute(&mut self.conn().await?).await?;
        Ok(())
    }
}
