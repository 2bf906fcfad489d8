//! What one user's messages say and what came of them.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// So many reminders are named in one message.
const NAMED: i64 = 200;
/// From then on it comes late.
const LATE: TimeDelta = TimeDelta::minutes(10);

/// One reminder that a message tells.
#[derive(Debug, Clone, QueryableByName)]
pub struct Item {
    /// Which.
    #[diesel(sql_type = SqlUuid)]
    pub reminder: Uuid,
    /// What she called it.
    #[diesel(sql_type = Varchar)]
    pub title: String,
    /// What else to know.
    #[diesel(sql_type = Nullable<Text>)]
    pub note: Option<String>,
    /// Whom it is about.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub contact: Option<Uuid>,
    /// Her name.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub name: Option<String>,
    /// When it rang, or its notice came.
    #[diesel(sql_type = Timestamptz)]
    pub rings_at: DateTime<Utc>,
    /// When it is due, as it was put off.
    #[diesel(sql_type = Timestamptz)]
    pub due_at: DateTime<Utc>,
    /// Whether she is told before that it comes.
    #[diesel(sql_type = Bool)]
    pub is_notice: bool,
    /// Whether it is a date alone.
    #[diesel(sql_type = Bool)]
    pub is_day: bool,
    /// Whether it was put off.
    #[diesel(sql_type = Bool)]
    pub is_snoozed: bool,
    /// How many there are in all.
    #[diesel(sql_type = BigInt)]
    pub all: i64,
}

impl Item {
    /// Whether she has to be told that it comes late.
    #[must_use]
    pub fn is_late(&self, now: DateTime<Utc>) -> bool {
        now - self.rings_at > LATE
    }
}

/// What of the message is still open: what she did meanwhile she need not be told, nor anything once she wants no more
/// by that way. What is due by now or was put off needs no notice.
pub(in crate::delivery) async fn items(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Vec<Item>, AppError> {
    let query = prepared(
        "select r.id as reminder, r.title, r.note, c.id as contact, c.display_name as name, i.rings_at, o.rings_at as due_at, i.is_notice, r.is_day, \
            o.snoozed_until is not null as is_snoozed, count(*) over () as \"all\" \
         from delivery_items i join reminders r on r.id = i.reminder_id and r.deleted_at is null and r.dismissed_at is null \
         join reminder_occurrences o on o.user_id = i.user_id and o.reminder_id = i.reminder_id and o.occurs_at_local = i.occurs_at_local \
            and o.state = 'open' and case when i.is_notice then o.notice_at is not null and o.snoozed_until is null and o.rings_at > now() \
                else o.rings_at = i.rings_at end \
         left join contacts c on c.id = r.contact_id and c.deleted_at is null \
         where i.delivery_id = ? and case i.channel \
            when 'email' then (select u.settings ->> 'mail_reminders' is distinct from 'false' from users u where u.id = i.user_id) \
            else exists (select from channels w where w.user_id = i.user_id and w.kind = i.channel and w.is_on) end \
         order by i.rings_at desc, r.id limit ?",
        (bind::<SqlUuid, _>(id), bind::<BigInt, _>(NAMED)),
    );
    Ok(query.load(tx).await?)
}

/// What came of an attempt.
pub(in crate::delivery) struct Outcome<'a> {
    /// `accepted`, `refused` or `unknown`.
    pub word: &'static str,
    /// What the server said, or what went wrong.
    pub answer: &'a str,
    /// How the message stands: `sent`, `waiting` or `needless`.
    pub state: &'static str,
    /// When it is tried again.
    pub next: DateTime<Utc>,
}

/// Notes what came of an attempt, unless its lease ran out and another one has begun.
pub(in crate::delivery) async fn end(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    attempt: i32,
    outcome: &Outcome<'_>,
) -> Result<(), AppError> {
    let query = prepared(
        "with ended as (update deliveries set state = ?, lease_until = null, next_try_at = ?, \
                sent_at = case when ? = 'accepted' then now() end, maybe_sent = maybe_sent + (? = 'unknown')::int \
            where id = ? and attempts = ? and state = 'sending' returning id, attempts) \
         update delivery_attempts a set outcome = ?, answer = ?, ended_at = now() from ended e \
         where a.delivery_id = e.id and a.number = e.attempts",
        (
            bind::<Text, _>(outcome.state),
            bind::<Timestamptz, _>(outcome.next),
            bind::<Text, _>(outcome.word),
            bind::<Text, _>(outcome.word),
            bind::<SqlUuid, _>(id),
            bind::<Integer, _>(attempt),
            bind::<Text, _>(outcome.word),
            bind::<Text, _>(outcome.answer),
        ),
    );
    query.execute(tx).await?;
    Ok(())
}

/// How a message stands.
#[derive(Debug, QueryableByName)]
pub struct Standing {
    /// By which way: `email`, `webhook`, `ntfy` or `digest`.
    #[diesel(sql_type = Varchar)]
    pub channel: String,
    /// `waiting`, `sending`, `sent` or `needless`.
    #[diesel(sql_type = Varchar)]
    pub state: String,
    /// When it was accepted.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sent_at: Option<DateTime<Utc>>,
    /// When it is tried again.
    #[diesel(sql_type = Timestamptz)]
    pub next_try_at: DateTime<Utc>,
    /// How often it was begun.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    /// How often it may have been sent though nobody heard so.
    #[diesel(sql_type = Integer)]
    pub maybe_sent: i32,
    /// What was said last.
    #[diesel(sql_type = Nullable<Text>)]
    pub answer: Option<String>,
}

/// A message about a reminder, and how it went.
#[derive(Debug, QueryableByName)]
pub struct Told {
    /// When that rang, or its notice came.
    #[diesel(sql_type = Timestamptz)]
    pub rings_at: DateTime<Utc>,
    /// Whether it told before that it comes.
    #[diesel(sql_type = Bool)]
    pub is_notice: bool,
    /// How it stands.
    #[diesel(embed)]
    pub standing: Standing,
}

/// The newest messages about one reminder.
pub async fn of_reminder(tx: &mut TenantTx<'_>, reminder: Uuid) -> Result<Vec<Told>, AppError> {
    let query = prepared(
        "select d.channel, i.rings_at, i.is_notice, d.state, d.sent_at, d.next_try_at, d.attempts, d.maybe_sent, a.answer \
         from delivery_items i join deliveries d on d.user_id = i.user_id and d.id = i.delivery_id \
         left join delivery_attempts a on a.user_id = d.user_id and a.delivery_id = d.id and a.number = d.attempts \
         where i.reminder_id = ? order by i.rings_at desc, d.channel limit 10",
        (bind::<SqlUuid, _>(reminder),),
    );
    Ok(query.load(tx).await?)
}

/// A message, and how it went.
#[derive(Debug, QueryableByName)]
pub(in crate::delivery) struct Newest {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub due_at: DateTime<Utc>,
    #[diesel(embed)]
    pub standing: Standing,
    /// One of the reminders that it tells.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub title: Option<String>,
    /// How many it tells.
    #[diesel(sql_type = BigInt)]
    pub told: i64,
}

/// The newest messages, of all ways. One statement.
pub(in crate::delivery) async fn newest(tx: &mut TenantTx<'_>) -> Result<Vec<Newest>, AppError> {
    let query = prepared(
        "select d.id, d.channel, d.due_at, d.state, d.sent_at, d.next_try_at, d.attempts, d.maybe_sent, a.answer, t.title, coalesce(t.told, 0) as told \
         from (select * from deliveries order by due_at desc, id limit 20) d \
         left join delivery_attempts a on a.user_id = d.user_id and a.delivery_id = d.id and a.number = d.attempts \
         left join lateral (select min(r.title) as title, count(*) as told from delivery_items i \
            join reminders r on r.user_id = i.user_id and r.id = i.reminder_id where i.user_id = d.user_id and i.delivery_id = d.id) t on true \
         order by d.due_at desc, d.id",
        (),
    );
    Ok(query.load(tx).await?)
}
