//! The SQL of imports and their items.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::card::Card;
use super::model::{Choice, Counts, Import, Item, State, Status};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::web::paging::TimeCursor;

/// The columns of [`Import`].
macro_rules! import_columns {
    () => {
        "i.id, i.format, i.file_name, i.file_size, i.upload_path, i.state, i.bytes_read, i.lines_read, i.items_read, \
         i.items_applied, i.items_to_apply, i.new_count, i.changed_count, i.unchanged_count, i.doubtful_count, \
         i.ignored_count, i.unreadable_count, i.change_set_id, i.error, i.created_at, i.finished_at, \
         (select count(u.contact_id) from change_sets s left join change_sets r on r.id = s.undone_by \
             join change_sets g on g.id = case when s.undone_at is null then s.id else r.id end \
                 and g.undone_at is null and (g.undone_by is not null or i.state = 'cancelled' and g.id = s.id) \
             left join undo_people u on u.change_set_id = g.id where s.id = i.change_set_id group by g.id) as going"
    };
}

/// The columns of [`Item`].
macro_rules! item_columns {
    () => {
        "t.position, t.line, t.status, t.title, t.source_key, t.card, t.contact_id, t.reason, t.choice, t.twin_of, t.applied_at"
    };
}

/// Whether a record waits to be applied: an unchanged one only where its card is not on record as last seen.
macro_rules! waiting {
    () => {
        "t.applied_at is null and t.card is not null and (t.status in ('new', 'changed', 'unchanged') \
         or t.status in ('doubtful', 'ignored') and t.choice is not null)"
    };
}

/// A file that was uploaded.
#[derive(Debug)]
pub struct NewImport<'a> {
    /// Its row.
    pub id: Uuid,
    /// Which reader reads it.
    pub format: &'a str,
    /// As the browser named it.
    pub file_name: &'a str,
    /// In bytes.
    pub file_size: i64,
    /// Where it waits, below the data folder.
    pub upload_path: &'a str,
}

/// One record, read and matched.
#[derive(Debug, Serialize)]
pub struct NewItem<'a> {
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

/// Puts a file on record, to be read.
pub async fn create(tx: &mut TenantTx<'_>, new: &NewImport<'_>) -> Result<(), AppError> {
    let query = prepared(
        "insert into imports (id, format, file_name, file_size, upload_path) values (?, ?, ?, ?, ?)",
        (
            bind::<SqlUuid, _>(new.id),
            bind::<Text, _>(new.format),
            bind::<Text, _>(new.file_name),
            bind::<BigInt, _>(new.file_size),
            bind::<Text, _>(new.upload_path),
        ),
    );
    query.execute(tx).await?;
    Ok(())
}

/// The import with this id, if she has one.
pub async fn find(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Import, AppError> {
    let query =
        prepared(concat!("select ", import_columns!(), " from imports i where i.id = ?"), (bind::<SqlUuid, _>(id),));
    Ok(query.get_result(tx).await?)
}

/// As [`find`]; whoever else wants to change it waits for the end of this transaction.
pub async fn lock(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Import, AppError> {
    let query = prepared(
        concat!("select ", import_columns!(), " from imports i where i.id = ? for update"),
        (bind::<SqlUuid, _>(id),),
    );
    Ok(query.get_result(tx).await?)
}

/// Waits until no other import of hers is applying a batch, and keeps others waiting till the end of this transaction:
/// two files with the same people, applied at once, would each find nobody and make everybody twice.
pub async fn take_turn(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    let query = prepared("select pg_advisory_xact_lock(hashtextextended('import ' || app_user_id(), 0))", ());
    query.execute(tx).await?;
    Ok(())
}

/// Her imports, newest first, one more than a page.
pub async fn list(tx: &mut TenantTx<'_>, after: Option<TimeCursor>) -> Result<Vec<Import>, AppError> {
    let (at, id) = (after.map(|cursor| cursor.at), after.map_or(Uuid::max(), |cursor| cursor.id));
    let query = prepared(
        concat!(
            "select ",
            import_columns!(),
            " from imports i where (i.created_at, i.id) < (coalesce(?, 'infinity'), ?) order by i.created_at desc, i.id desc limit 51"
        ),
        (bind::<Nullable<Timestamptz>, _>(at), bind::<SqlUuid, _>(id)),
    );
    Ok(query.load(tx).await?)
}

/// Keeps a batch of records with the place where reading goes on.
pub async fn add_items(
    tx: &mut TenantTx<'_>,
    import: Uuid,
    items: &[NewItem<'_>],
    counts: &Counts,
    (bytes, lines): (i64, i64),
) -> Result<(), AppError> {
    // As text: a tree of values would hold every photo of the batch once more.
    let rows = serde_json::to_string(items).map_err(anyhow::Error::from)?;
    let insert = prepared(
        "insert into import_items (import_id, position, byte_offset, line, status, title, source_key, card, contact_id, reason, twin_of) \
         select ?, r.position, r.byte_offset, r.line, r.status, r.title, r.source_key, r.card, r.contact_id, r.reason, r.twin_of \
         from jsonb_to_recordset(?::jsonb) as r(position int, byte_offset bigint, line bigint, status text, title text, source_key text, \
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

/// Moves an import to a state in which nothing runs; its file is not needed any more.
pub async fn end(tx: &mut TenantTx<'_>, id: Uuid, state: State, error: Option<&str>) -> Result<(), AppError> {
    let query = prepared(
        "update imports set state = ?, error = ?, finished_at = now(), upload_path = null where id = ?",
        (bind::<Text, _>(state.as_str()), bind::<Nullable<Text>, _>(error), bind::<SqlUuid, _>(id)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Begins to apply what waits to be applied: everything new and changed, and what she decided.
/// Answers with how much that is.
pub async fn begin_applying(tx: &mut TenantTx<'_>, id: Uuid, change_set: Uuid) -> Result<i64, AppError> {
    let query = prepared(
        concat!(
            "with waiting as (select count(*) as n from import_items t where t.import_id = ? and ",
            waiting!(),
            ") update imports i set state = 'applying', finished_at = null, error = null, \
                change_set_id = coalesce(i.change_set_id, ?), items_to_apply = i.items_applied + waiting.n \
             from waiting where i.id = ? returning waiting.n as answer"
        ),
        (bind::<SqlUuid, _>(id), bind::<SqlUuid, _>(change_set), bind::<SqlUuid, _>(id)),
    );
    Ok(query.get_result::<Number>(tx).await?.answer)
}

/// How many records wait to be applied.
pub async fn waiting(tx: &mut TenantTx<'_>, id: Uuid) -> Result<i64, AppError> {
    let query = prepared(
        concat!("select count(*) as answer from import_items t where t.import_id = ? and ", waiting!()),
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
            waiting!(),
            " order by t.position limit 300) t) select ",
            item_columns!(),
            " from next t where t.n = 1 or t.weight < 3000000 order by t.position"
        ),
        (bind::<SqlUuid, _>(id), bind::<Integer, _>(after)),
    );
    Ok(query.load(tx).await?)
}

/// The records at these positions.
pub async fn items_at(tx: &mut TenantTx<'_>, id: Uuid, positions: &[i32]) -> Result<Vec<Item>, AppError> {
    let query = prepared(
        concat!("select ", item_columns!(), " from import_items t where t.import_id = ? and t.position = any(?)"),
        (bind::<SqlUuid, _>(id), bind::<Array<Integer>, _>(positions)),
    );
    Ok(query.load(tx).await?)
}

/// A thousand records behind a position, in their order: for a reader that goes on where another was killed.
pub async fn items_behind(tx: &mut TenantTx<'_>, id: Uuid, after: i32) -> Result<Vec<Item>, AppError> {
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
    /// The last card seen of its key, where that is about the same person.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub base: Option<Value>,
    /// The earlier card of the same person in the same file.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub leader: Option<Value>,
}

/// The records that have a word, one more than a page, each beside what it is compared with.
pub async fn items_of(
    tx: &mut TenantTx<'_>,
    import: &Import,
    status: Status,
    after: i32,
) -> Result<Vec<Compared>, AppError> {
    let query = prepared(
        "select t.position, t.line, t.status, t.title, t.source_key, glimpse(t.card) as card, t.contact_id, t.reason, t.choice, \
             t.twin_of, t.applied_at, glimpse(s.card) as base, glimpse(l.card) as leader \
         from (select * from import_items where import_id = ? and status = ? and position > ? order by position limit 51) t \
         left join contact_sources s on s.source = ? and s.source_key = t.source_key and s.contact_id = t.contact_id \
         left join import_items l on l.import_id = t.import_id and l.position = t.twin_of \
         order by t.position",
        (
            bind::<SqlUuid, _>(import.id),
            bind::<Text, _>(status.as_str()),
            bind::<Integer, _>(after),
            bind::<Text, _>(&import.format),
        ),
    );
    Ok(query.load(tx).await?)
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

/// Ends applying: counts the words anew, since some records became others, and names the change set.
pub async fn end_applying(tx: &mut TenantTx<'_>, import: Uuid) -> Result<(), AppError> {
    let query = prepared(
        "update imports i set state = 'done', finished_at = now(), items_to_apply = items_applied, new_count = n.new, \
             changed_count = n.changed, unchanged_count = n.unchanged, doubtful_count = n.doubtful, ignored_count = n.ignored, \
             unreadable_count = n.unreadable \
         from (select count(*) filter (where status = 'new') as new, count(*) filter (where status = 'changed') as changed, \
             count(*) filter (where status = 'unchanged') as unchanged, count(*) filter (where status = 'doubtful') as doubtful, \
             count(*) filter (where status = 'ignored') as ignored, count(*) filter (where status = 'unreadable') as unreadable \
             from import_items where import_id = ?) n where i.id = ?",
        (bind::<SqlUuid, _>(import), bind::<SqlUuid, _>(import)),
    );
    query.execute(tx).await?;
    let name = prepared(
        "update change_sets s set kind = 'import', summary = i.file_name from imports i where i.id = ? and s.id = i.change_set_id",
        (bind::<SqlUuid, _>(import),),
    );
    name.execute(tx).await?;
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

/// Forgets an import that was only looked at, with its records.
pub async fn delete(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let query = prepared("delete from imports where id = ?", (bind::<SqlUuid, _>(id),));
    query.execute(tx).await?;
    Ok(())
}

/// What an unreadable record is: its line and the reason.
#[derive(Debug, QueryableByName)]
pub struct Problem {
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
        "select line, coalesce(reason, '') as reason from import_items where import_id = ? and status = 'unreadable' order by position limit 10000",
        (bind::<SqlUuid, _>(import),),
    );
    Ok(query.load(tx).await?)
}
