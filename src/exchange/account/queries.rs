//! The SQL of whole accounts.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use futures_util::stream::{Stream, StreamExt};
use serde_json::{Value, json};
use uuid::Uuid;

use super::TABLES;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    is_empty: bool,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    answer: i64,
}

#[derive(QueryableByName)]
struct Columns {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Array<Text>)]
    columns: Vec<String>,
}

/// What she said of herself.
pub(super) async fn user(tx: &mut TenantTx<'_>) -> Result<String, AppError> {
    let sql = "select jsonb_build_object('full_name', full_name, 'time_zone', time_zone, 'settings', settings)::text as line from users where id = app_user_id()";
    Ok(prepared(sql, ()).get_result::<Line>(tx).await?.line)
}

/// The rows of the table at `index`, each as JSON of these columns, as they come.
pub(super) async fn rows<'tx>(
    tx: &'tx mut TenantTx<'_>,
    index: usize,
    columns: &[String],
) -> Result<impl Stream<Item = Result<String, AppError>> + 'tx, AppError> {
    let ((table, key), columns) = (TABLES[index], columns.join(", "));
    let sql = format!("select to_jsonb(r)::text as line from (select {columns} from {table} order by {key}) r");
    let lines = prepared(sql, ()).load_stream::<Line>(tx).await?;
    Ok(lines.map(|line| Ok(line?.line)))
}

/// Whether she has nothing yet, in the trash neither. What Kith remembers of earlier files is no matter,
/// nor are photos of people who are gone.
pub(super) async fn is_empty(tx: &mut TenantTx<'_>) -> Result<bool, AppError> {
    let tables = TABLES.iter().map(|(table, _)| table).filter(|table| !MEMORY.contains(table) && **table != "photos");
    let any = tables.map(|table| format!("exists (select from {table})")).collect::<Vec<_>>().join(" or ");
    Ok(prepared(format!("select not ({any}) as is_empty"), ()).get_result::<Answer>(tx).await?.is_empty)
}

/// What Kith remembers of files that were imported, and whom it is not to ask about.
const MEMORY: [&str; 5] =
    ["contact_sources", "import_layouts", "ignored_addresses", "parted_addresses", "mail_threads"];

/// Forgets what is remembered of earlier files: the document brings its own.
pub(super) async fn forget_files(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    for table in MEMORY {
        prepared(format!("delete from {table}"), ()).execute(tx).await?;
    }
    Ok(())
}

/// How many people she has, without the trash.
pub(super) async fn live(tx: &mut TenantTx<'_>) -> Result<usize, AppError> {
    let query = prepared("select coalesce((select live from contact_counts), 0)::bigint as answer", ());
    Ok(usize::try_from(query.get_result::<Number>(tx).await?.answer).unwrap_or(0))
}

/// The columns of each of [`TABLES`] that are in the document: what is not derived, and not of this instance alone.
pub(super) async fn columns(tx: &mut TenantTx<'_>) -> Result<Vec<Vec<String>>, AppError> {
    let query = prepared(
        "select table_name::text as name, array_agg(column_name::text order by ordinal_position) as columns \
         from information_schema.columns where table_schema = 'public' and table_name = any(?) \
             and is_generated = 'NEVER' and column_name not in ('user_id', 'import_id', 'people_count', 'made_until') group by 1",
        (bind::<Array<Text>, _>(TABLES.map(|(table, _)| table).to_vec()),),
    );
    let rows: Vec<Columns> = query.load(tx).await?;
    let of = |table: &str| rows.iter().find(|row| row.name == table).map(|row| row.columns.clone());
    Ok(TABLES.iter().filter_map(|(table, _)| of(table)).collect())
}

/// Adds rows of these columns to a table; what they do not say is as in a new row. What triggers derive is derived anew.
pub(super) async fn insert(tx: &mut TenantTx<'_>, index: usize, columns: &[&str], rows: &str) -> Result<(), AppError> {
    let ((table, _), columns) = (TABLES[index], columns.join(", "));
    // The same photo is kept once, whoever had it before.
    let twice = if table == "photos" { " on conflict do nothing" } else { "" };
    let sql = format!(
        "insert into {table} ({columns}) select {columns} from jsonb_populate_recordset(null::{table}, ?::jsonb){twice}"
    );
    prepared(sql, (bind::<Text, _>(rows),)).execute(tx).await?;
    Ok(())
}

/// Marks where the transaction can go back to, should the next rows not fit.
pub(super) async fn mark(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    prepared("savepoint before_rows", ()).execute(tx).await?;
    Ok(())
}

/// Goes back to the mark, which stays.
pub(super) async fn go_back(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    prepared("rollback to savepoint before_rows", ()).execute(tx).await?;
    Ok(())
}

/// Gives the mark up.
pub(super) async fn unmark(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    prepared("release savepoint before_rows", ()).execute(tx).await?;
    Ok(())
}

/// Takes over what she said of herself.
pub(super) async fn take_over(tx: &mut TenantTx<'_>, user: Value) -> Result<(), AppError> {
    let query = prepared(
        "update users set full_name = coalesce(r.full_name, users.full_name), time_zone = coalesce(r.time_zone, users.time_zone), \
             settings = coalesce(r.settings, users.settings) from jsonb_populate_record(null::users, ?) r where users.id = app_user_id()",
        (bind::<Jsonb, _>(user),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// The next thousand people, the trash included.
pub(super) async fn people_behind(tx: &mut TenantTx<'_>, after: Uuid) -> Result<Vec<Uuid>, AppError> {
    let query = prepared("select id from contacts where id > ? order by id limit 1000", (bind::<SqlUuid, _>(after),));
    let rows: Vec<Id> = query.load(tx).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The next thousand interactions, the trash included.
pub(super) async fn interactions_behind(tx: &mut TenantTx<'_>, after: Uuid) -> Result<Vec<Uuid>, AppError> {
    let query =
        prepared("select id from interactions where id > ? order by id limit 1000", (bind::<SqlUuid, _>(after),));
    let rows: Vec<Id> = query.load(tx).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Keeps what of a document was left out, each with its title and the reason, and says so of its import.
pub(super) async fn note_unreadable(
    tx: &mut TenantTx<'_>,
    import: Uuid,
    told: &[(String, String)],
    says: &str,
) -> Result<(), AppError> {
    let rows = told.iter().enumerate();
    let rows: Value =
        rows.map(|(at, (title, reason))| json!({ "position": at, "title": title, "reason": reason })).collect();
    let items = prepared(
        "insert into import_items (import_id, position, status, title, reason) \
         select ?, r.position, 'unreadable', r.title, r.reason from jsonb_to_recordset(?) as r(position int, title text, reason text)",
        (bind::<SqlUuid, _>(import), bind::<Jsonb, _>(rows)),
    );
    items.execute(tx).await?;
    let count = i32::try_from(told.len()).unwrap_or(i32::MAX);
    let note = prepared(
        "update imports set unreadable_count = ?, items_read = items_read + ?, error = ? where id = ?",
        (bind::<Integer, _>(count), bind::<Integer, _>(count), bind::<Text, _>(says), bind::<SqlUuid, _>(import)),
    );
    note.execute(tx).await?;
    Ok(())
}
