//! Writing interactions: always many at once, a form writes a batch of one. What follows from them, when she was last
//! in touch with whom, the database does itself.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, Months, NaiveTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Date, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};
use uuid::Uuid;

use super::documents;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::interactions::model::Interaction;
use crate::interactions::sentiment::Score;

/// Where interactions are kept by month, the hourly housekeeping makes the next ones; what is dated further ahead has
/// its own made here. What is dated ten years ahead goes into the last partition. No statement where nothing is far
/// ahead.
pub async fn make_months(tx: &mut TenantTx<'_>, dates: impl Iterator<Item = DateTime<Utc>>) -> Result<(), AppError> {
    let now = Utc::now();
    let is_ahead = |at: &DateTime<Utc>| *at > now + Days::new(60) && *at < now + Months::new(118);
    let first = |at: DateTime<Utc>| at.date_naive().with_day(1).map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let months: BTreeSet<DateTime<Utc>> = dates.filter(is_ahead).filter_map(first).collect();
    if months.is_empty() {
        return Ok(());
    }
    let query = prepared(
        "select ensure_month_partitions('interactions', m, m) from unnest(?) m",
        (bind::<Array<Timestamptz>, _>(months.into_iter().collect::<Vec<_>>()),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Adds interactions with who took part and what they are found by. Three statements, however many. Whoever is in the
/// trash, or not there, takes no part.
pub async fn insert_many(tx: &mut TenantTx<'_>, new: &[(Uuid, Interaction)]) -> Result<(), AppError> {
    insert(tx, new, new.iter().map(|(id, interaction)| row(*id, interaction)).collect()).await
}

/// Where an interaction comes from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Which program brought it: gmail, mbox.
    pub source: &'a str,
    /// Of which kind its id is: rfc5322, ical.
    pub namespace: &'a str,
    /// Its id there, at most 255 bytes.
    pub id: &'a str,
    /// The thread that it belongs to.
    pub thread: Option<Uuid>,
}

/// As [`insert_many`], each with where it comes from; the caller has looked up that none of these ids is there yet. One
/// statement more.
pub async fn import_many(
    tx: &mut TenantTx<'_>,
    new: &[(Uuid, Interaction)],
    origins: &[Origin<'_>],
) -> Result<(), AppError> {
    let rows = new.iter().zip(origins).map(|((id, interaction), origin)| {
        let mut row = row(*id, interaction);
        row["source"] = json!(origin.source);
        row["external_id"] = json!(origin.id);
        row["thread"] = json!(origin.thread);
        row
    });
    insert(tx, new, rows.collect()).await?;
    let ids: Vec<Uuid> = new.iter().map(|(id, _)| *id).collect();
    let (kinds, external): (Vec<&str>, Vec<&str>) = origins.iter().map(|one| (one.namespace, one.id)).unzip();
    let refs = prepared(
        "insert into interaction_external_refs (namespace, external_id, interaction_id, occurred_at) \
         select r.namespace, r.external_id, n.id, n.occurred_at from unnest(?, ?, ?) r(namespace, external_id, id) \
         join interactions n on n.id = r.id",
        (bind::<Array<Text>, _>(kinds), bind::<Array<Text>, _>(external), bind::<Array<SqlUuid>, _>(ids)),
    );
    refs.execute(tx).await?;
    Ok(())
}

async fn insert(tx: &mut TenantTx<'_>, new: &[(Uuid, Interaction)], rows: Vec<Value>) -> Result<(), AppError> {
    make_months(tx, new.iter().map(|(_, interaction)| interaction.when.at)).await?;
    let insert = prepared(
        "insert into interactions (id, occurred_at, occurred_on, interaction_type, direction, subject, summary, is_contact, sentiment_own, \
             external_source, external_id, thread_id) \
         select r.id, r.occurred_at, r.occurred_on, r.kind, r.direction, r.subject, r.summary, r.is_contact, r.sentiment_own, \
             r.source, r.external_id, r.thread \
         from jsonb_to_recordset(?) as r(id uuid, occurred_at timestamptz, occurred_on date, kind text, direction text, \
             subject text, summary text, is_contact boolean, sentiment_own numeric, source text, external_id text, thread uuid)",
        (bind::<Jsonb, _>(Value::Array(rows)),),
    );
    insert.execute(tx).await?;
    let (ids, people): (Vec<Uuid>, Vec<Uuid>) =
        new.iter().flat_map(|(id, interaction)| interaction.people.iter().map(|person| (*id, *person))).unzip();
    join_many(tx, &ids, &people).await?;
    let words =
        |(id, one): &(Uuid, Interaction)| (*id, documents::document(one.subject.as_deref(), one.summary.as_deref()));
    documents::write(tx, new.iter().map(words).unzip()).await
}

fn row(id: Uuid, interaction: &Interaction) -> Value {
    json!({
        "id": id, "occurred_at": interaction.when.at, "occurred_on": interaction.when.on, "kind": interaction.kind,
        "direction": interaction.direction, "subject": interaction.subject, "summary": interaction.summary,
        "is_contact": interaction.is_contact, "sentiment_own": interaction.sentiment.map(Score::value),
    })
}

/// Lets these people take part in these interactions, each pair once; how many pairs are new. Whoever is in the trash,
/// or not there, takes no part.
pub async fn join_many(tx: &mut TenantTx<'_>, ids: &[Uuid], people: &[Uuid]) -> Result<usize, AppError> {
    let insert = prepared(
        "insert into interaction_participants (interaction_id, contact_id, occurred_at) \
         select distinct n.id, c.id, n.occurred_at from unnest(?, ?) r(id, person) join interactions n on n.id = r.id \
         join contacts c on c.id = r.person and c.deleted_at is null on conflict do nothing",
        (bind::<Array<SqlUuid>, _>(ids), bind::<Array<SqlUuid>, _>(people)),
    );
    Ok(insert.execute(tx).await?)
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Integer)]
    version: i32,
}

/// Overwrites an interaction, if it still is at `version`. Who is in the trash stays in it.
///
/// # Errors
/// `NotFound` where there is none outside the trash, `Conflict` where somebody saved a newer version.
pub async fn update(tx: &mut TenantTx<'_>, id: Uuid, interaction: &Interaction, version: i32) -> Result<(), AppError> {
    let lock = prepared(
        "select version from interactions where id = ? and deleted_at is null for update",
        (bind::<SqlUuid, _>(id),),
    );
    let stored: Locked = lock.load(tx).await?.pop().ok_or(AppError::NotFound)?;
    if stored.version != version {
        return Err(AppError::Conflict);
    }
    make_months(tx, std::iter::once(interaction.when.at)).await?;
    let update = prepared(
        "update interactions set interaction_type = ?, direction = ?, subject = ?, summary = ?, occurred_at = ?, occurred_on = ?, \
             is_contact = ?, sentiment_own = ? where id = ?",
        (
            bind::<Text, _>(&interaction.kind),
            bind::<Nullable<Text>, _>(&interaction.direction),
            bind::<Nullable<Text>, _>(&interaction.subject),
            bind::<Nullable<Text>, _>(&interaction.summary),
            bind::<Timestamptz, _>(interaction.when.at),
            bind::<Nullable<Date>, _>(interaction.when.on),
            bind::<Bool, _>(interaction.is_contact),
            bind::<Nullable<Double>, _>(interaction.sentiment.map(Score::value)),
            bind::<SqlUuid, _>(id),
        ),
    );
    update.execute(tx).await?;
    let leave = prepared(
        "delete from interaction_participants p where p.interaction_id = ? and p.contact_id <> all(?) \
             and exists (select from contacts c where c.id = p.contact_id and c.deleted_at is null)",
        (bind::<SqlUuid, _>(id), bind::<Array<SqlUuid>, _>(&interaction.people)),
    );
    let left = leave.execute(tx).await?;
    let joined = join_many(tx, &vec![id; interaction.people.len()], &interaction.people).await?;
    if left + joined > 0 {
        // Who took part is an edit of the interaction too: another window must not overwrite it unseen.
        let touch = prepared("update interactions set version = version + 1 where id = ?", (bind::<SqlUuid, _>(id),));
        touch.execute(tx).await?;
    }
    documents::refresh(tx, &[id]).await
}

/// Puts an interaction into the trash. One that is there already stays there.
pub async fn trash(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let query = prepared(
        "update interactions set deleted_at = now() where id = ? and deleted_at is null",
        (bind::<SqlUuid, _>(id),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Takes an interaction out of the trash. One that is not there stays as it is.
pub async fn restore(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let query = prepared(
        "update interactions set deleted_at = null where id = ? and deleted_at is not null",
        (bind::<SqlUuid, _>(id),),
    );
    query.execute(tx).await?;
    Ok(())
}
