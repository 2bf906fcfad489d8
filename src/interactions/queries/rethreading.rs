//! Threads after an undo: what a message held together parts when it is taken back, and is one again when it comes
//! back.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::threads::{Said, Sets, Ties, tie, unite_loose};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// Messages, or threads, at a time.
const BATCH: usize = 1_000;

#[derive(QueryableByName)]
struct Moved {
    #[diesel(sql_type = Text)]
    message_id: String,
    #[diesel(sql_type = Bool)]
    is_here: bool,
}

#[derive(QueryableByName)]
struct Thread {
    #[diesel(sql_type = SqlUuid)]
    thread_id: Uuid,
}

#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    message_id: String,
    #[diesel(sql_type = SqlUuid)]
    thread_id: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    conversation: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    sent_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    is_loose: bool,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    refers: Option<Vec<String>>,
    #[diesel(sql_type = Bool)]
    is_gone: bool,
}

impl Row {
    /// Whether it is a message that she has.
    fn is_here(&self) -> bool {
        self.sent_at.is_some() && !self.is_gone
    }
}

/// Makes the threads anew of which this change set took messages, or to which it gave some back. A number of statements
/// that grows with the thousands of messages and of threads.
///
/// # Errors
/// When the database fails.
pub async fn rethread(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    let moved = prepared(
        "select distinct on (1) a.row_key ->> 'external_id' as message_id, exists (select from interaction_external_refs e \
             where e.namespace = a.row_key ->> 'namespace' and e.external_id = a.row_key ->> 'external_id') as is_here \
         from audit_logs a where a.change_set_id = app_change_set_id() and a.table_name = 'interaction_external_refs' \
             and a.row_key ->> 'namespace' in ('rfc5322', 'rfc5322 content') order by 1, 2 desc",
        (),
    );
    let (back, gone): (Vec<Moved>, Vec<Moved>) =
        moved.load::<Moved>(tx).await?.into_iter().partition(|one| one.is_here);
    let mut touched: BTreeSet<Uuid> = BTreeSet::new();
    for batch in gone.chunks(BATCH) {
        touched.extend(let_go(tx, batch).await?);
    }
    for batch in back.chunks(BATCH) {
        bring_back(tx, batch).await?;
    }
    for batch in touched.into_iter().collect::<Vec<_>>().chunks(BATCH) {
        part(tx, batch).await?;
    }
    Ok(())
}

/// Answers with the threads that they were of.
async fn let_go(tx: &mut TenantTx<'_>, gone: &[Moved]) -> Result<Vec<Uuid>, AppError> {
    let ids: Vec<&str> = gone.iter().map(|one| one.message_id.as_str()).collect();
    let query = prepared(
        "with gone as (update mail_threads set is_gone = true where message_id = any(?) returning thread_id) \
         select distinct thread_id from gone",
        (bind::<Array<Text>, _>(ids),),
    );
    Ok(query.load::<Thread>(tx).await?.into_iter().map(|row| row.thread_id).collect())
}

async fn bring_back(tx: &mut TenantTx<'_>, back: &[Moved]) -> Result<(), AppError> {
    let ids: Vec<&str> = back.iter().map(|one| one.message_id.as_str()).collect();
    let query = prepared(
        "select message_id::text, thread_id, conversation::text, sent_at, is_loose, refers, is_gone from mail_threads \
         where message_id = any(?) and is_gone order by message_id",
        (bind::<Array<Text>, _>(ids),),
    );
    let rows: Vec<Row> = query.load(tx).await?;
    let ties = rows.into_iter().filter_map(|row| {
        let (key, sent_at, references) = (row.message_id, row.sent_at?, row.refers.unwrap_or_default());
        Some(Ties { key, references, conversation: row.conversation, sent_at, is_loose: row.is_loose })
    });
    let ties: Vec<Ties> = ties.collect();
    if ties.is_empty() {
        return Ok(());
    }
    let threads = tie(tx, &ties).await?;
    let ids: Vec<String> = ties.into_iter().map(|one| one.key).collect();
    follow(tx, &ids, &threads).await
}

/// Parts threads where nothing that she has holds them together.
async fn part(tx: &mut TenantTx<'_>, threads: &[Uuid]) -> Result<(), AppError> {
    let query = prepared(
        "select message_id::text, thread_id, conversation::text, sent_at, is_loose, refers, is_gone from mail_threads \
         where thread_id = any(?) order by thread_id, sent_at nulls last, message_id",
        (bind::<Array<SqlUuid>, _>(threads),),
    );
    let rows: Vec<Row> = query.load(tx).await?;
    let parted = rows.chunk_by(|one, other| one.thread_id == other.thread_id).flat_map(parts);
    let (ids, threads): (Vec<String>, Vec<Uuid>) = parted.unzip();
    if ids.is_empty() {
        return Ok(());
    }
    let update = prepared(
        "update mail_threads t set thread_id = r.thread_id from unnest(?, ?) r(message_id, thread_id) \
         where t.message_id = r.message_id",
        (bind::<Array<Text>, _>(&ids), bind::<Array<SqlUuid>, _>(&threads)),
    );
    update.execute(tx).await?;
    follow(tx, &ids, &threads).await
}

/// The messages of one thread that are of another now, and that; the oldest that she has keeps its own.
fn parts(thread: &[Row]) -> Vec<(String, Uuid)> {
    if thread.iter().any(|row| row.is_here() && row.refers.is_none()) {
        return Vec::new();
    }
    let mut sets = Sets::default();
    let mut said: BTreeMap<&str, BTreeSet<Said>> = BTreeMap::new();
    for row in thread.iter().filter(|row| row.is_here()) {
        row.refers.iter().flatten().for_each(|other| sets.unite(&row.message_id, other));
        if let Some((conversation, sent_at)) = row.conversation.as_deref().zip(row.sent_at) {
            said.entry(conversation).or_default().insert((row.message_id.clone(), sent_at, row.is_loose));
        }
    }
    said.values().for_each(|said| unite_loose(&mut sets, said));
    let Some(first) = thread.iter().find(|row| row.is_here()).or(thread.first()) else { return Vec::new() };
    let mut of_set = HashMap::from([(sets.root(&first.message_id), first.thread_id)]);
    let placed = thread.iter().map(|row| {
        let place = *of_set.entry(sets.root(&row.message_id)).or_insert_with(Uuid::now_v7);
        (row, place)
    });
    placed.filter(|(row, place)| row.thread_id != *place).map(|(row, place)| (row.message_id.clone(), place)).collect()
}

/// The interactions that these messages became are of the same threads.
async fn follow(tx: &mut TenantTx<'_>, ids: &[String], threads: &[Uuid]) -> Result<(), AppError> {
    let query = prepared(
        "update interactions n set thread_id = r.thread_id from unnest(?, ?) r(message_id, thread_id) \
         join interaction_external_refs e on e.external_id = r.message_id and e.namespace in ('rfc5322', 'rfc5322 content') \
         where n.id = e.interaction_id and n.occurred_at = e.occurred_at and n.thread_id is distinct from r.thread_id",
        (bind::<Array<Text>, _>(ids), bind::<Array<SqlUuid>, _>(threads)),
    );
    query.execute(tx).await?;
    Ok(())
}
