//! The SQL of imports.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::items::is_waiting;
use super::model::{Import, State};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::web::paging::TimeCursor;

/// The columns of [`Import`].
macro_rules! import_columns {
    () => {
        "i.id, i.format, i.file_name, i.file_size, i.upload_path, i.state, i.bytes_read, i.bytes_to_read, i.lines_read, i.items_read, \
         i.items_applied, i.items_to_apply, i.new_count, i.changed_count, i.unchanged_count, i.doubtful_count, \
         i.ignored_count, i.unreadable_count, i.change_set_id, i.passing, i.error, i.created_at, \
         (select count(u.contact_id) from change_sets s left join change_sets r on r.id = s.undone_by \
             join change_sets g on g.id = case when s.undone_at is null then s.id else r.id end \
                 and g.undone_at is null and (g.undone_by is not null or i.state = 'cancelled' and g.id = s.id) \
             left join undo_people u on u.change_set_id = g.id where s.id = i.change_set_id group by g.id) as going"
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

/// Forgets what was read of an import, to read it again once its columns are known.
pub async fn read_anew(tx: &mut TenantTx<'_>, id: Uuid, upload: &str) -> Result<(), AppError> {
    let items = prepared("delete from import_items where import_id = ?", (bind::<SqlUuid, _>(id),));
    items.execute(tx).await?;
    let query = prepared(
        "update imports set state = 'mapping', upload_path = ?, finished_at = null, bytes_read = 0, lines_read = 0, items_read = 0, \
             new_count = 0, changed_count = 0, unchanged_count = 0, doubtful_count = 0, ignored_count = 0, unreadable_count = 0 \
         where id = ?",
        (bind::<Text, _>(upload), bind::<SqlUuid, _>(id)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Moves an import to a state in which its files are still needed.
pub async fn stay(tx: &mut TenantTx<'_>, id: Uuid, state: State) -> Result<(), AppError> {
    let query = prepared(
        "update imports set state = ? where id = ?",
        (bind::<Text, _>(state.as_str()), bind::<SqlUuid, _>(id)),
    );
    query.execute(tx).await?;
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

/// Keeps how much of its file an import has read; whether it is still to be read.
pub async fn note_bytes(tx: &mut TenantTx<'_>, id: Uuid, read: i64) -> Result<bool, AppError> {
    let query = prepared(
        "update imports set bytes_read = ? where id = ? and state = 'reading'",
        (bind::<BigInt, _>(read), bind::<SqlUuid, _>(id)),
    );
    Ok(query.execute(tx).await? > 0)
}

/// Ends an import that was a whole account of so many people, read by this change set.
///
/// # Errors
/// `NotFound` where it was cancelled meanwhile.
pub async fn end_as_account(tx: &mut TenantTx<'_>, id: Uuid, people: usize) -> Result<(), AppError> {
    let query = prepared(
        "update imports set state = 'done', format = 'account', change_set_id = app_change_set_id(), new_count = ?, items_read = ?, \
             finished_at = now(), upload_path = null where id = ? and state = 'reading'",
        (
            bind::<Integer, _>(i32::try_from(people).unwrap_or(i32::MAX)),
            bind::<Integer, _>(i32::try_from(people).unwrap_or(i32::MAX)),
            bind::<SqlUuid, _>(id),
        ),
    );
    match query.execute(tx).await? {
        0 => Err(AppError::NotFound),
        _ => Ok(()),
    }
}

/// Begins to apply what waits to be applied: everything new and changed, and what she decided. Answers with how much that
/// is, in the change set of the first such request.
pub async fn begin_applying(tx: &mut TenantTx<'_>, id: Uuid) -> Result<i64, AppError> {
    let query = prepared(
        concat!(
            "with waiting as (select count(*) as n from import_items t where t.import_id = ? and ",
            is_waiting!(),
            ") update imports i set state = 'applying', finished_at = null, error = null, \
                change_set_id = coalesce(i.change_set_id, app_change_set_id()), items_to_apply = i.items_applied + waiting.n \
             from waiting where i.id = ? returning waiting.n as answer"
        ),
        (bind::<SqlUuid, _>(id), bind::<SqlUuid, _>(id)),
    );
    Ok(query.get_result::<Number>(tx).await?.answer)
}

/// Puts the change set of this transaction on record as that of an import, with whence the request came.
pub async fn note_change_set(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    prepared("select note_change_set()", ()).execute(tx).await?;
    let query = prepared(
        "update change_sets set kind = 'import', import_id = ? where id = app_change_set_id()",
        (bind::<SqlUuid, _>(id),),
    );
    query.execute(tx).await?;
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

/// Forgets an import that was only looked at, with its records.
pub async fn delete(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let query = prepared("delete from imports where id = ?", (bind::<SqlUuid, _>(id),));
    query.execute(tx).await?;
    Ok(())
}

/// Has PostgreSQL look at what it holds: its plans are made for so many rows.
pub async fn refresh_statistics(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    prepared("select refresh_statistics()", ()).execute(tx).await?;
    Ok(())
}
