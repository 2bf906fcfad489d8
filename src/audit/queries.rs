//! The SQL of change sets and their undo.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::contacts::groups::{self, Groups};
use crate::contacts::{self, documents};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::{organizations, tags};

/// People whose documents are made anew at a time.
const BATCH: usize = 1000;

/// A change set, before it is taken back.
#[derive(Debug, QueryableByName)]
pub struct ChangeSet {
    /// Whether that happened already.
    #[diesel(sql_type = Bool)]
    pub is_undone: bool,
    /// Whether it took another one back: taking it back does that one again.
    #[diesel(sql_type = Bool)]
    pub is_undo: bool,
    /// Whether an import is still adding to it.
    #[diesel(sql_type = Bool)]
    pub is_growing: bool,
}

/// What an undo did.
#[derive(Debug, Default)]
pub struct Undone {
    /// What stayed, and why.
    pub conflicts: Vec<Conflict>,
}

/// Something that was not taken back.
#[derive(Debug, QueryableByName)]
pub struct Conflict {
    /// Which person or other thing, as it is named.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Why not.
    #[diesel(sql_type = Text)]
    pub reason: String,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Nullable<Jsonb>)]
    row_key: Option<Value>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    contact_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    reason: String,
}

#[derive(QueryableByName)]
struct Yes {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// The change set with this id, if she has one.
pub async fn find(tx: &mut TenantTx<'_>, id: Uuid) -> Result<ChangeSet, AppError> {
    let query = prepared(
        "select s.undone_at is not null as is_undone, s.undoes is not null as is_undo, coalesce(i.state in ('reading', 'preview', 'applying'), false) as is_growing \
         from change_sets s left join imports i on i.id = s.import_id and i.change_set_id = s.id where s.id = ?",
        (bind::<SqlUuid, _>(id),),
    );
    let found: Vec<ChangeSet> = query.load(tx).await?;
    found.into_iter().next().ok_or(AppError::NotFound)
}

/// Takes a change set back, as far as nobody went on from it, and makes the documents of whom it was
/// about anew. The undo is itself a change set, that of this transaction: undoing it does it all again.
pub async fn undo(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Undone, AppError> {
    let query = prepared(
        "select kind, table_name, row_key, contact_id, reason from undo_change_set(?)",
        (bind::<SqlUuid, _>(id),),
    );
    let rows: Vec<Row> = query.load(tx).await?;
    let (conflicts, touched): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.kind == "conflict");
    let touched: Vec<Uuid> = touched.into_iter().filter_map(|row| row.contact_id).collect();
    for batch in touched.chunks(BATCH) {
        documents::refresh(tx, batch).await?;
    }
    follow_names(tx).await?;
    Ok(Undone { conflicts: named(tx, conflicts).await? })
}

/// What an undo of this change set could not take back now. Changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn conflicts(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Vec<Conflict>, AppError> {
    let query = prepared(
        "select 'conflict' as kind, table_name, row_key, contact_id, reason from undo_conflicts(?)",
        (bind::<SqlUuid, _>(id),),
    );
    let rows: Vec<Row> = query.load(tx).await?;
    named(tx, rows).await
}

#[derive(QueryableByName)]
struct Renamed {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// What follows from a name and is not in the log: the order of whatever this undo gave an older name
/// back, and what people of such an organization or tag are found by.
async fn follow_names(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    let query = prepared(
        "select distinct table_name, record_id as id from audit_logs where change_set_id = app_change_set_id() \
             and action = 'UPDATE' and table_name in ('contacts', 'organizations', 'tags') and record_id is not null",
        (),
    );
    let rows: Vec<Renamed> = query.load(tx).await?;
    let of = |table| rows.iter().filter(|row| row.table_name == table).map(|row| row.id).collect::<Vec<Uuid>>();
    let groups = Groups { organizations: of("organizations"), tags: of("tags"), untagged_by: None };
    for batch in of("contacts").chunks(BATCH) {
        contacts::queries::rekey(tx, batch).await?;
    }
    organizations::queries::TABLE.rekey(tx, &groups.organizations).await?;
    tags::queries::TABLE.rekey(tx, &groups.tags).await?;
    groups::refresh(tx, &groups).await
}

/// The conflicts with names for people. What this very undo deleted, such as somebody whom an import
/// made and then went on with, could not be restored and need not be.
async fn named(tx: &mut TenantTx<'_>, rows: Vec<Row>) -> Result<Vec<Conflict>, AppError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let tables: Vec<&str> = rows.iter().map(|row| row.table_name.as_str()).collect();
    let keys: Vec<Value> = rows.iter().map(|row| row.row_key.clone().unwrap_or_default()).collect();
    let people: Vec<Option<Uuid>> = rows.iter().map(|row| row.contact_id).collect();
    let reasons: Vec<&str> = rows.iter().map(|row| row.reason.as_str()).collect();
    let query = prepared(
        "select coalesce(c.display_name, o.name, t.name, initcap(r.place)) as name, r.reason \
         from unnest(?, ?, ?, ?) with ordinality r(place, key, person, reason, n) \
         left join contacts c on c.id = r.person \
         left join organizations o on r.place = 'organizations' and o.id = (r.key ->> 'id')::uuid \
         left join tags t on r.place = 'tags' and t.id = (r.key ->> 'id')::uuid \
         where not exists (select from audit_logs l where l.change_set_id = app_change_set_id() and l.action = 'DELETE' \
             and l.table_name = r.place and l.row_key = r.key) \
         order by r.n",
        (
            bind::<Array<Text>, _>(tables),
            bind::<Array<Jsonb>, _>(keys),
            bind::<Array<Nullable<SqlUuid>>, _>(people),
            bind::<Array<Text>, _>(reasons),
        ),
    );
    Ok(query.load(tx).await?)
}

/// Whether a page about this person, organization, tag or import has something to show.
pub async fn is_there(tx: &mut TenantTx<'_>, id: Uuid) -> Result<bool, AppError> {
    let query = prepared(
        "select exists (select from contacts c where c.id = i.id) or exists (select from organizations o where o.id = i.id) \
             or exists (select from tags t where t.id = i.id) or exists (select from imports m where m.id = i.id) as answer \
         from (select ?::uuid as id) i",
        (bind::<SqlUuid, _>(id),),
    );
    Ok(query.get_result::<Yes>(tx).await?.answer)
}
