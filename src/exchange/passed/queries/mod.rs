//! The SQL of imports of what passed.

pub mod revisions;
pub(super) mod taking;

use std::collections::{HashMap, HashSet};

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use uuid::Uuid;

use super::answers::Passing;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::exchange::model::{Counts, Status};

/// One record and its word.
#[derive(Debug, Serialize)]
pub(super) struct NewItem<'a> {
    pub part: i32,
    pub position: i32,
    pub byte_offset: i64,
    pub line: i64,
    pub file_name: Option<&'a str>,
    #[serde(serialize_with = "word")]
    pub status: Status,
    pub title: &'a str,
    pub interaction_id: Option<Uuid>,
    pub reason: Option<String>,
    /// Of a doubtful one the name in doubt, and what it holds.
    pub doubted: Option<&'a str>,
    pub cells: Option<&'a [String]>,
}

fn word<S: serde::Serializer>(status: &Status, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(status.as_str())
}

/// An interaction that is there already.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub interaction: Uuid,
    pub is_trashed: bool,
    /// Whether the import that goes on brought it.
    pub is_of_this_import: bool,
    /// Whether it is a message of which a file may have had only the beginning.
    pub is_torn: bool,
}

/// Whom an interaction names.
#[derive(Debug, Default)]
pub(super) struct Present {
    pub people: HashSet<Uuid>,
    pub addresses: HashSet<String>,
    /// The place of its next address.
    pub next: i16,
}

#[derive(QueryableByName)]
struct PresentRow {
    #[diesel(sql_type = SqlUuid)]
    interaction_id: Uuid,
    #[diesel(sql_type = Array<SqlUuid>)]
    people: Vec<Uuid>,
    #[diesel(sql_type = Array<Text>)]
    addresses: Vec<String>,
    #[diesel(sql_type = Integer)]
    next: i32,
}

/// Whom these interactions name.
pub(super) async fn present(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Present>, AppError> {
    let query = prepared(
        "select r.id as interaction_id, array(select contact_id from interaction_participants p where p.interaction_id = r.id) as people, \
             array(select address::text from interaction_addresses a where a.interaction_id = r.id) as addresses, \
             coalesce((select max(position) + 1 from interaction_addresses a where a.interaction_id = r.id), 0)::int as next \
         from unnest(?) r(id)",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    let rows: Vec<PresentRow> = query.load(tx).await?;
    let present = |row: PresentRow| {
        let next = i16::try_from(row.next).unwrap_or(i16::MAX);
        let (people, addresses) = (row.people.into_iter().collect(), row.addresses.into_iter().collect());
        (row.interaction_id, Present { people, addresses, next })
    };
    Ok(rows.into_iter().map(present).collect())
}

#[derive(QueryableByName)]
struct KnownRow {
    #[diesel(sql_type = Text)]
    namespace: String,
    #[diesel(sql_type = Text)]
    external_id: String,
    #[diesel(sql_type = SqlUuid)]
    interaction_id: Uuid,
    #[diesel(sql_type = Bool)]
    is_trashed: bool,
    #[diesel(sql_type = Bool)]
    is_of_this_import: bool,
    #[diesel(sql_type = Bool)]
    is_torn: bool,
}

/// Which of these ids are there already.
pub(super) async fn known(
    tx: &mut TenantTx<'_>,
    keys: &[(&str, &str)],
) -> Result<Vec<((String, String), Known)>, AppError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let (namespaces, ids): (Vec<&str>, Vec<&str>) = keys.iter().copied().unzip();
    let query = prepared(
        "select e.namespace, e.external_id, e.interaction_id, n.deleted_at is not null as is_trashed, \
             coalesce(n.import_id = app_import_id(), false) as is_of_this_import, e.said ->> 'torn' is not null as is_torn \
         from (select distinct * from unnest(?, ?) r(namespace, id)) r \
         join interaction_external_refs e on e.namespace = r.namespace and e.external_id = r.id \
         join interactions n on n.id = e.interaction_id and n.occurred_at = e.occurred_at",
        (bind::<Array<Text>, _>(namespaces), bind::<Array<Text>, _>(ids)),
    );
    let rows: Vec<KnownRow> = query.load(tx).await?;
    let known = |row: KnownRow| {
        let known = Known {
            interaction: row.interaction_id,
            is_trashed: row.is_trashed,
            is_of_this_import: row.is_of_this_import,
            is_torn: row.is_torn,
        };
        ((row.namespace, row.external_id), known)
    };
    Ok(rows.into_iter().map(known).collect())
}

#[derive(QueryableByName)]
struct Stranger {
    #[diesel(sql_type = Text)]
    address: String,
}

/// Which of these addresses nobody among her contacts has, and she never wrote to.
pub(super) async fn strangers(tx: &mut TenantTx<'_>, addresses: &[String]) -> Result<Vec<String>, AppError> {
    let query = prepared(
        "select a.address from unnest(?) a(address) \
         where not exists (select from contact_methods m join contacts c on c.id = m.contact_id and c.deleted_at is null \
             where m.kind = 'email' and m.value_key = a.address) \
           and not exists (select from correspondents r where r.address = a.address and r.sent_count > 0)",
        (bind::<Array<Text>, _>(addresses),),
    );
    let rows: Vec<Stranger> = query.load(tx).await?;
    Ok(rows.into_iter().map(|row| row.address).collect())
}

/// Keeps a batch of records with the place where the next one begins.
pub(super) async fn keep(
    tx: &mut TenantTx<'_>,
    import: Uuid,
    items: &[NewItem<'_>],
    counts: &Counts,
    (bytes, lines): (i64, i64),
    passing: &Passing,
) -> Result<(), AppError> {
    let rows = serde_json::to_string(items).map_err(anyhow::Error::from)?;
    let insert = prepared(
        "insert into import_items (import_id, part, position, byte_offset, line, file_name, status, title, interaction_id, reason, doubted, cells, applied_at) \
         select ?, r.part, r.position, r.byte_offset, r.line, r.file_name, r.status, r.title, r.interaction_id, r.reason, r.doubted, r.cells, \
             case when r.status in ('new', 'changed') then now() end \
         from jsonb_to_recordset(?::jsonb) as r(part int, position int, byte_offset bigint, line bigint, file_name text, status text, title text, \
             interaction_id uuid, reason text, doubted text, cells jsonb)",
        (bind::<SqlUuid, _>(import), bind::<Text, _>(rows)),
    );
    insert.execute(tx).await?;
    let progress = prepared(
        "update imports set bytes_read = ?, lines_read = ?, items_read = items_read + ?, items_applied = items_applied + n[1] + n[2], \
             new_count = new_count + n[1], changed_count = changed_count + n[2], unchanged_count = unchanged_count + n[3], \
             doubtful_count = doubtful_count + n[4], ignored_count = ignored_count + n[5], unreadable_count = unreadable_count + n[6], \
             passing = ? from (select ?::int[] as n) c where id = ?",
        (
            bind::<BigInt, _>(bytes),
            bind::<BigInt, _>(lines),
            bind::<Integer, _>(i32::try_from(items.len()).unwrap_or(i32::MAX)),
            bind::<Jsonb, _>(serde_json::to_value(passing).map_err(anyhow::Error::from)?),
            bind::<Array<Integer>, _>(Status::ALL.iter().map(|word| counts.of(*word)).collect::<Vec<_>>()),
            bind::<SqlUuid, _>(import),
        ),
    );
    progress.execute(tx).await?;
    Ok(())
}

/// Asks her of an import that was looked at.
pub(super) async fn ask(tx: &mut TenantTx<'_>, import: Uuid, passing: &Passing) -> Result<(), AppError> {
    let query = prepared(
        "update imports set state = 'asking', passing = ? where id = ?",
        (bind::<Jsonb, _>(serde_json::to_value(passing).map_err(anyhow::Error::from)?), bind::<SqlUuid, _>(import)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Begins to take it in.
pub(super) async fn begin(
    tx: &mut TenantTx<'_>,
    import: Uuid,
    change_set: Uuid,
    passing: &Passing,
) -> Result<(), AppError> {
    let query = prepared(
        "update imports set state = 'applying', change_set_id = ?, passing = ? where id = ?",
        (
            bind::<SqlUuid, _>(change_set),
            bind::<Jsonb, _>(serde_json::to_value(passing).map_err(anyhow::Error::from)?),
            bind::<SqlUuid, _>(import),
        ),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Stops an import that is being taken in. Says whether there is one.
pub(super) async fn pause(tx: &mut TenantTx<'_>, import: Uuid) -> Result<bool, AppError> {
    let query = prepared(
        "update imports set state = 'paused' where id = ? and state = 'applying' and passing is not null",
        (bind::<SqlUuid, _>(import),),
    );
    Ok(query.execute(tx).await? > 0)
}

/// Takes it in again from where it stopped.
pub(super) async fn go_on(tx: &mut TenantTx<'_>, import: Uuid) -> Result<(), AppError> {
    let query = prepared(
        "update imports set state = 'applying', error = null, finished_at = null where id = ?",
        (bind::<SqlUuid, _>(import),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Breaks an import off, which keeps its file and can go on.
pub(super) async fn break_off(tx: &mut TenantTx<'_>, import: Uuid, reason: &str) -> Result<(), AppError> {
    let query = prepared(
        "update imports set state = 'failed', error = ?, finished_at = now() where id = ? and state = 'applying'",
        (bind::<Text, _>(reason), bind::<SqlUuid, _>(import)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Ends it, and names its change set.
pub(super) async fn end(tx: &mut TenantTx<'_>, import: Uuid) -> Result<(), AppError> {
    let done = prepared(
        "update imports set state = 'done', finished_at = now(), items_to_apply = items_applied, upload_path = null where id = ?",
        (bind::<SqlUuid, _>(import),),
    );
    done.execute(tx).await?;
    let name = prepared(
        "update change_sets s set kind = 'import', summary = i.file_name from imports i where i.id = ? and s.id = i.change_set_id",
        (bind::<SqlUuid, _>(import),),
    );
    name.execute(tx).await?;
    Ok(())
}

/// Has PostgreSQL look at what it holds: its plans are made for so many rows.
pub(super) async fn refresh_statistics(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    prepared("select refresh_mail_statistics()", ()).execute(tx).await?;
    Ok(())
}

/// A record as its page shows it.
#[derive(Debug, QueryableByName)]
pub(super) struct Listed {
    #[diesel(sql_type = Integer)]
    pub position: i32,
    #[diesel(sql_type = BigInt)]
    pub line: i64,
    #[diesel(sql_type = Text)]
    pub title: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// That of an archive which holds it.
    #[diesel(sql_type = Text)]
    pub file_name: String,
    /// What it was itself, if that was a file.
    #[diesel(sql_type = Nullable<Text>)]
    pub own_file_name: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub interaction_id: Option<Uuid>,
    /// Of a doubtful one that can be taken the name in doubt; empty where it names nobody.
    #[diesel(sql_type = Nullable<Text>)]
    pub doubted: Option<String>,
}

/// The records that have a word, one more than a page, each with its interaction as long as that is there.
pub(super) async fn listed(
    tx: &mut TenantTx<'_>,
    import: Uuid,
    status: Status,
    after: i32,
) -> Result<Vec<Listed>, AppError> {
    let query = prepared(
        "select t.position, t.line, t.title, case when t.taken_by is null or t.status = 'doubtful' then t.reason end as reason, \
             case when t.status = 'doubtful' and t.cells is not null then coalesce(t.doubted, '')::text end as doubted, coalesce(p.file_name, '') as file_name, t.file_name::text as own_file_name, \
             (select n.id from interactions n where n.id = t.interaction_id) as interaction_id \
         from (select * from import_items where import_id = ? and status = ? and position > ? order by position limit 51) t \
         left join import_parts p on p.import_id = t.import_id and p.position = t.part order by t.position",
        (bind::<SqlUuid, _>(import), bind::<Text, _>(status.as_str()), bind::<Integer, _>(after)),
    );
    Ok(query.load(tx).await?)
}
