//! What the scheduler of messages asks: no user exists yet when it does.

use std::time::Duration;

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Date, Double, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Anonymous;
use super::prepared::{bind, prepared};
use crate::error::AppError;

/// A message that is the claimer's to send.
#[derive(Debug, Clone, QueryableByName)]
pub struct Claimed {
    /// Its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// To whom it goes.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// By which way: `email`, `webhook`, `ntfy` or `digest`.
    #[diesel(sql_type = Text)]
    pub channel: String,
    /// Of a digest the day that it tells of.
    #[diesel(sql_type = Nullable<Date>)]
    pub day: Option<NaiveDate>,
    /// How often it was begun, this time included.
    #[diesel(sql_type = Integer)]
    pub attempt: i32,
}

#[derive(QueryableByName)]
struct Rung {
    #[diesel(sql_type = Integer)]
    rung: i32,
}

#[derive(QueryableByName)]
struct Stopped {
    #[diesel(sql_type = Bool)]
    stopped: bool,
}

impl Anonymous<'_> {
    /// Makes the messages about what is due and was not told, of at most `most` occurrences; answers how many these were.
    /// No mails where there is no mail server.
    pub async fn ring_reminders(&self, most: i32, has_mail: bool) -> Result<i32, AppError> {
        let query = prepared(
            "select public.ring_reminders(?, ?) as rung",
            (bind::<Integer, _>(most), bind::<Bool, _>(has_mail)),
        );
        Ok(query.get_result::<Rung>(&mut self.conn().await?).await?.rung)
    }

    /// Makes the digests whose hour has come; answers how many.
    pub async fn begin_digests(&self) -> Result<i32, AppError> {
        let query = prepared("select public.begin_digests() as rung", ());
        Ok(query.get_result::<Rung>(&mut self.conn().await?).await?.rung)
    }

    /// Turns off the digest whose link to stop it ends with `token`; false where none does.
    pub async fn stop_digest(&self, token: &str) -> Result<bool, AppError> {
        let query = prepared("select public.stop_digest(?) as stopped", (bind::<Text, _>(token),));
        Ok(query.get_result::<Stopped>(&mut self.conn().await?).await?.stopped)
    }

    /// Takes the next message that may be sent, or whose sender died.
    pub async fn claim_delivery(&self, lease: Duration) -> Result<Option<Claimed>, AppError> {
        let query = prepared(
            "select id, user_id, channel, day, attempt from public.claim_delivery(make_interval(secs => ?))",
            (bind::<Double, _>(lease.as_secs_f64()),),
        );
        Ok(query.load(&mut self.conn().await?).await?.pop())
    }
}
