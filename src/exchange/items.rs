//! The SQL of an import's records.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::card::Card;
use super::model::{Choice, Counts, Import, Item, Status};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// The columns of [`Item`].
macro_rules! item_columns {
    () => {
        "t.position, t.line, t.status, t.title, t.source_key, t.card, t.contact_id, t.reason, t.choice, t.twin_of, t.applied_at, \
         coalesce((select p.source from import_parts p where p.import_id = t.import_id and p.position = t.part), '') as source"
    };
}

/// Whether a record waits to be applied: an unchanged one only where its card is not on record as last seen.
macro_rules! is_waiting {
    () => {
        "t.applied_at is null and t.card is not null and (t.status in ('new', 'changed', 'unchanged') \
         or t.status in ('doubtful', 'ignored') and t.choice is not null)"
    };
}
pub(super) use is_waiting;

/// One record, read and matched.
#[derive(Debug, Serialize)]
pub struct NewItem<'a> {
    /// Which file of the upload.
    pub part: i32,
    /// Which record of the file, from 1.
    pub position: i32,
    /// Where it begins.
    pub byte_offset: i64,
    /// On which line.
    pub line: i64,
    /// What it is to her.
    #[serde(serialize_with = "word")]
    pub status: Status,
    /// Whose it is, for a person.
    pub title: String,
    /// What it is recognised by in a later file.
    pub source_key: Option<String>,
    /// The record, where it is of use later.
    pub card: Option<&'a Card>,
    /// Whom it is about.
    pub contact_id: Option<Uuid>,
    /// Why it is what it is.
    pub reason: Option<String>,
    /// An earlier record of the same person.
    pub twin_of: Option<i32>,
}

fn word<S: serde::Serializer>(status: &Status, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(status.as_str())
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    answer: i64,
}

/// Keeps a batch of records with the place where reading goes on.
pub async fn add(
    tx: &mut TenantTx<'_>,
    import: Uuid,
    items: &[NewItem<'_>],
    counts: &Counts,
    (bytes, lines): (i64, i64),
) -> Result<(), AppError> {
    // As text: a tree of values would hold every photo of the batch once more.
    let rows = serde_json::to_string(items).map_err(anyhow::Error::from)?;
    let insert = prepared(
        "insert into import_items (import_id, part, position, byte_offset, line, status, title, source_key, card, photo_id, contact_id, reason, twin_of) \
         select ?, r.part, r.position, r.byte_offset, r.line, r.status, r.title, r.source_key, r.card, (r.card -> 'photo' ->> 'id')::uuid, r.contact_id, r.reason, r.twin_of \
         from jsonb_to_recordset(?::jsonb) as r(part int, position int, byte_offset bigint, line bigint, status text, title text, source_key text, \
             card jsonb, contact_id uuid, reason text, twin_of int)",
        (bind::<SqlUuid, _>(import), bind::<Text, _>(rows)),
    );
    insert.execute(tx).await?;
    let read = i32::try_from(items.len()).unwrap_or(i32::MAX);
    let progress = prepared(
        "update imports set bytes_read = ?, lines_read = ?, items_read = items_read + ?, new_count = new_count + ?, \
             changed_count = changed_count + ?, unchanged_count = unchanged_count + ?, doubtful_count = doubtful_count + ?, \
             ignored_count = ignored_count + ?, unreadable_count = unreadable_count + ? where id = ?",
        (
            bind::<BigInt, _>(bytes),
            bind::<BigInt, _>(lines),
            bind::<Integer, _>(read),
            bind::<Integer, _>(counts.new_count),
            bind::<Integer, _>(counts.changed_count),
            bind::<Integer, _>(counts.unchanged_count),
            bind::<Integer, _>(counts.doubtful_count),
            bind::<Integer, _>(counts.ignored_count),
            bind::<Integer, _>(counts.unreadable_count),
            bind::<SqlUuid, _>(import),
        ),
    );
    progress.execute(tx).await?;
    Ok(())
}

/// How many records wait to be applied.
pub async fn waiting(tx: &mut TenantTx<'_>, id: Uuid) -> Result<i64, AppError> {
    let query = prepared(
        concat!("select count(*) as answer from import_items t where t.import_id = ? and ", is_waiting!()),
        (bind::<SqlUuid, _>(id),),
    );
    Ok(query.get_result::<Number>(tx).await?.answer)
}

/// How many of the records that applying would do are people whom she does not have.
pub async fn waiting_new(tx: &mut TenantTx<'_>, id: Uuid) -> Result<i64, AppError> {
    let query = prepared(
        concat!(
            "select count(*) as answer from import_items t where t.import_id = ? and (t.choice = 'new' or t.status = 'new') and ",
            is_waiting!()
        ),
        (bind::<SqlUuid, _>(id),),
    );
    Ok(query.get_result::<Number>(tx).await?.answer)
}

/// The next records to apply behind a position: at most three hundred, and no more than a few megabytes.
pub async fn next_to_apply(tx: &mut TenantTx<'_>, id: Uuid, after: i32) -> Result<Vec<Item>, AppError> {
    let query = prepared(
        concat!(
            "with next as (select t.*, sum(coalesce(pg_column_size(t.card), 0)) over (order by t.position) as weight, \
                    row_number() over (order by t.position) as n from (select * from import_items t \
                    where t.import_id = ? and t.position > ? and ",
            is_waiting!(),
            " order by t.position limit 300) t) select ",
            item_columns!(),
            " from next t where t.n = 1 or t.weight < 3000000 order by t.position"
        ),
        (bind::<SqlUuid, _>(id), bind::<Integer, _>(after)),
    );
    Ok(query.load(tx).await?)
}

/// The records at these positions.
pub async fn at(tx: &mut TenantTx<'_>, id: Uuid, positions: &[i32]) -> Result<Vec<Item>, AppError> {
    let query = prepared(
        concat!("select ", item_columns!(), " from import_items t where t.import_id = ? and t.position = any(?)"),
        (bind::<SqlUuid, _>(id), bind::<Array<Integer>, _>(positions)),
    );
    Ok(query.load(tx).await?)
}

/// A thousand records behind a position, in their order: for a reader that goes on where another was killed.
pub async fn behind(tx: &mut TenantTx<'_>, id: Uuid, after: i32) -> Result<Vec<Item>, AppError> {
    let query = prepared(
        concat!(
            "select ",
            item_columns!(),
            " from import_items t where t.import_id = ? and t.position > ? order by t.position limit 1000"
        ),
        (bind::<SqlUuid, _>(id), bind::<Integer, _>(after)),
    );
    Ok(query.load(tx).await?)
}

/// A record beside what it is compared with, long lines of their extras shortened.
#[derive(Debug, QueryableByName)]
pub struct Compared {
    /// The record.
    #[diesel(embed)]
    pub item: Item,
    /// The file that it stands in.
    #[diesel(sql_type = Text)]
    pub file_name: String,
    /// The last card seen of its key, where that is about the same person.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub base: Option<Value>,
    /// The earlier card of the same person in the same file.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub leader: Option<Value>,
}

/// The records that have a word, one more than a page, each beside what it is compared with. Whoever is gone is not named.
pub async fn of(tx: &mut TenantTx<'_>, import: &Import, status: Status, after: i32) -> Result<Vec<Compared>, AppError> {
    let query = prepared(
        "select t.position, t.line, t.status, t.title, t.source_key, glimpse(t.card) as card, \
             (select c.id from contacts c where c.id = t.contact_id) as contact_id, t.reason, t.choice, \
             t.twin_of, t.applied_at, coalesce(p.source, '') as source, coalesce(p.file_name, '') as file_name, \
             glimpse(s.card) as base, \
             (select glimpse(l.card) from import_items l where l.import_id = t.import_id and l.position = t.twin_of) as leader \
         from (select * from import_items where import_id = ? and status = ? and position > ? order by position limit 51) t \
         left join import_parts p on p.import_id = t.import_id and p.position = t.part \
         left join contact_sources s on s.source = p.source and s.source_key = t.source_key and s.contact_id = t.contact_id \
         order by t.position",
        (bind::<SqlUuid, _>(import.id), bind::<Text, _>(status.as_str()), bind::<Integer, _>(after)),
    );
    Ok(query.planned_each_time().load(tx).await?)
}

#[derive(QueryableByName)]
struct KeptLine {
    #[diesel(sql_type = Text)]
    line: String,
}

/// The lines that the first records keep of own fields; of those that are very long the beginnings.
pub async fn kept_fields(tx: &mut TenantTx<'_>, import: Uuid) -> Result<Vec<String>, AppError> {
    let query = prepared(
        "select distinct left(e.line, 400) as line from ( \
             select card from import_items where import_id = ? and card is not null order by position limit 500) t, \
             jsonb_array_elements_text(t.card -> 'extras') e(line) \
         where e.line like 'X-KITH-FIELD;X-NAME=\"%\":%' order by 1 limit 15000",
        (bind::<SqlUuid, _>(import),),
    );
    Ok(query.load::<KeptLine>(tx).await?.into_iter().map(|row| row.line).collect())
}

/// What a record has become by being applied.
#[derive(Debug, Serialize)]
pub struct Applied {
    /// Which record.
    pub position: i32,
    /// Its word, which may be another than in the preview, since she went on meanwhile.
    #[serde(serialize_with = "word")]
    pub status: Status,
    /// Whom it is about.
    pub contact_id: Option<Uuid>,
    /// Why it was not applied.
    pub reason: Option<String>,
    /// Whether it was.
    pub is_applied: bool,
}

/// Marks a batch, in the transaction that applies it.
pub async fn mark(tx: &mut TenantTx<'_>, import: Uuid, batch: &[Applied]) -> Result<(), AppError> {
    let rows = serde_json::to_value(batch).map_err(anyhow::Error::from)?;
    let items = prepared(
        "update import_items t set status = r.status, contact_id = r.contact_id, reason = r.reason, \
             applied_at = case when r.is_applied then now() end \
         from jsonb_to_recordset(?) as r(position int, status text, contact_id uuid, reason text, is_applied boolean) \
         where t.import_id = ? and t.position = r.position",
        (bind::<Jsonb, _>(rows), bind::<SqlUuid, _>(import)),
    );
    items.execute(tx).await?;
    let done = batch.iter().filter(|item| item.is_applied).count();
    let progress = prepared(
        "update imports set items_applied = items_applied + ? where id = ?",
        (bind::<Integer, _>(i32::try_from(done).unwrap_or(i32::MAX)), bind::<SqlUuid, _>(import)),
    );
    progress.execute(tx).await?;
    Ok(())
}

/// Decides of one record, or of all that have a word. Only what waits can be decided.
pub async fn choose(
    tx: &mut TenantTx<'_>,
    import: Uuid,
    position: Option<i32>,
    status: Status,
    choice: Option<Choice>,
) -> Result<usize, AppError> {
    let query = prepared(
        "update import_items set choice = ? where import_id = ? and status = ? and applied_at is null and card is not null \
         and (?::int is null or position = ?)",
        (
            bind::<Nullable<Text>, _>(choice.map(Choice::as_str)),
            bind::<SqlUuid, _>(import),
            bind::<Text, _>(status.as_str()),
            bind::<Nullable<Integer>, _>(position),
            bind::<Nullable<Integer>, _>(position),
        ),
    );
    Ok(query.execute(tx).await?)
}

/// What an unreadable record is: its line and the reason.
#[derive(Debug, QueryableByName)]
pub struct Problem {
    /// The file that it stands in, or that it was in an archive or a folder.
    #[diesel(sql_type = Text)]
    pub file_name: String,
    /// On which line it begins.
    #[diesel(sql_type = BigInt)]
    pub line: i64,
    /// Why it could not be understood.
    #[diesel(sql_type = Text)]
    pub reason: String,
}

/// The first ten thousand records that could not be understood.
pub async fn problems(tx: &mut TenantTx<'_>, import: Uuid) -> Result<Vec<Problem>, AppError> {
    let query = prepared(
        "select coalesce(t.file_name, p.file_name, '') as file_name, t.line, coalesce(t.reason, '') as reason from import_items t \
         left join import_parts p on p.import_id = t.import_id and p.position = t.part \
         where t.import_id = ? and t.status = 'unreadable' order by t.position limit 10000",
        (bind::<SqlUuid, _>(import),),
    );
    Ok(query.load(tx).await?)
}
