//! The SQL of change sets and their undo.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::history::words;
use crate::contacts::groups::{self, Groups};
use crate::contacts::queries::Moved;
use crate::contacts::{self, documents};
use crate::correspondents::gathering::gather;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::{interactions, organizations, reminders, tags};

/// People whose documents are made anew at a time.
const BATCH: usize = 1000;
/// Conflicts that one step of an undo lists; the rest it counts.
const KEPT: usize = 100;

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
    /// Whether it is being taken back, or is itself an undo that has not ended.
    #[diesel(sql_type = Bool)]
    pub is_going: bool,
    /// About how many rows it changed, counted to a limit.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
}

/// What an undo did.
#[derive(Debug, Default)]
pub struct Undone {
    /// What stayed, and why.
    pub conflicts: Vec<Conflict>,
    /// Whether not a single row was taken back.
    pub is_nothing: bool,
}

impl Undone {
    /// Whether there was something to take back, and all of it stays.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.is_nothing && !self.conflicts.is_empty()
    }
}

/// Something that was not taken back.
#[derive(Debug, QueryableByName, Serialize, Deserialize)]
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
    table_name: String,
    #[diesel(sql_type = Nullable<Jsonb>)]
    row_key: Option<Value>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    contact_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    reason: String,
}

impl Row {
    /// The reason in words: a list of columns says what it is to a person, where it is anything to her.
    fn reason(&self) -> String {
        if self.reason == "the same is there again" {
            return format!("the same {} is there again", words::thing(&self.table_name));
        }
        let Some(columns) = self.reason.strip_suffix(" changed since").filter(|columns| *columns != "it was") else {
            return self.reason.clone();
        };
        let words: Vec<&str> = columns.split(", ").filter_map(|name| words::column(&self.table_name, name)).collect();
        match (words.is_empty(), self.table_name.as_str()) {
            (true, "contact_photos") => "the photo was changed since".to_owned(),
            (true, _) => "it was changed since".to_owned(),
            (false, _) => format!("{} changed since", words.join(", ")),
        }
    }
}

#[derive(QueryableByName)]
struct One {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Yes {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// The change set with this id, if she has one.
pub async fn find(tx: &mut TenantTx<'_>, id: Uuid) -> Result<ChangeSet, AppError> {
    let query = prepared(
        "select s.undone_at is not null as is_undone, s.undoes is not null as is_undo, \
             coalesce(i.state in ('reading', 'asking', 'preview', 'applying', 'paused'), false) as is_growing, \
             s.undone_by is not null and s.undone_at is null or exists (select from change_sets o \
                 where o.id = s.undoes and o.undone_by = s.id and o.undone_at is null) as is_going, \
             (select count(*) from (select from audit_logs a where a.change_set_id = s.id and a.created_at >= s.created_at limit 40004) n) \
                     / case s.kind when 'bulk' then 4 else 1 end \
                 + 10 * (select count(*) from (select from contacts c where c.import_id = i.id limit 1001) n) \
                 + 10 * (select count(*) from (select from interactions n where n.import_id = i.id limit 1001) n) as size \
         from change_sets s left join imports i on i.id = s.import_id and i.change_set_id = s.id where s.id = ?",
        (bind::<SqlUuid, _>(id),),
    );
    let found: Vec<ChangeSet> = query.load(tx).await?;
    found.into_iter().next().ok_or(AppError::NotFound)
}

/// Whether no other undo of hers that is done at once is at work; none begins before the end of this transaction then.
pub async fn alone(tx: &mut TenantTx<'_>) -> Result<bool, AppError> {
    let query =
        prepared("select pg_try_advisory_xact_lock(hashtextextended('undo ' || app_user_id(), 0)) as answer", ());
    Ok(query.get_result::<Yes>(tx).await?.answer)
}

/// What taking this change set back means: of one that did another again, that one is taken back once more.
pub async fn meant(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Uuid, AppError> {
    let query = prepared(
        "with recursive back (id, undoes, steps) as (select s.id, s.undoes, 0 from change_sets s where s.id = ? \
             union all select o.id, o.undoes, b.steps + 1 from back b join change_sets o on o.id = b.undoes) \
         select b.id from back b where b.steps % 2 = 0 order by b.steps desc limit 1",
        (bind::<SqlUuid, _>(id),),
    );
    Ok(query.load::<One>(tx).await?.pop().ok_or(AppError::NotFound)?.id)
}

/// Takes a change set back, as far as nobody went on from it, and makes anew what people are found by; the caller rings
/// the workers' bell once the transaction has ended. The undo is itself a change set, that of this transaction: undoing it does it all again.
pub async fn undo(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Undone, AppError> {
    let query = prepared(
        "select table_name, row_key, contact_id, reason from undo_change_set(?) where kind = 'conflict'",
        (bind::<SqlUuid, _>(id),),
    );
    let conflicts: Vec<Row> = query.load(tx).await?;
    let any =
        prepared("select exists (select from audit_logs where change_set_id = app_change_set_id()) as answer", ());
    let is_nothing = !any.get_result::<Yes>(tx).await?.answer;
    follow_moved(tx).await?;
    follow_interactions(tx).await?;
    reminders::queries::follow(tx).await?;
    follow_groups(tx).await?;
    Ok(Undone { conflicts: refused(tx, conflicts).await?, is_nothing })
}

/// Why nothing of a merge can be taken back or done again now, where somebody of it is out of reach or went on.
pub async fn bars(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Vec<Conflict>, AppError> {
    let query = prepared("select table_name, row_key, contact_id, reason from undo_bars(?)", (bind::<SqlUuid, _>(id),));
    let rows: Vec<Row> = query.load(tx).await?;
    named(tx, rows).await
}

/// Begins to take a change set back in batches, by the change set of this transaction, and lists whom they will be
/// about. False where that has begun already, or is done.
pub async fn begin(tx: &mut TenantTx<'_>, id: Uuid) -> Result<bool, AppError> {
    let query = prepared("select undo_begin(?) as answer", (bind::<SqlUuid, _>(id),));
    let begins = query.get_result::<Yes>(tx).await?.answer;
    if begins {
        prepared("select undo_list_people(?)", (bind::<SqlUuid, _>(id),)).execute(tx).await?;
    }
    Ok(begins)
}

/// By which change set this one is being taken back, if it is; another batch waits for the end of this transaction.
pub async fn going_by(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Option<Uuid>, AppError> {
    let query = prepared(
        "select undone_by as id from change_sets where id = ? and undone_by is not null and undone_at is null for update",
        (bind::<SqlUuid, _>(id),),
    );
    Ok(query.load::<One>(tx).await?.pop().map(|row| row.id))
}

/// The next batch of an undo that has begun; false when nobody is left.
pub async fn undo_batch(tx: &mut TenantTx<'_>, id: Uuid) -> Result<bool, AppError> {
    let query = prepared(
        "delete from undo_people u using (select contact_id from undo_people where change_set_id = ? order by contact_id limit 1000) n \
         where u.change_set_id = ? and u.contact_id = n.contact_id returning u.contact_id as id",
        (bind::<SqlUuid, _>(id), bind::<SqlUuid, _>(id)),
    );
    let people: Vec<Uuid> = query.load::<One>(tx).await?.into_iter().map(|row| row.id).collect();
    if people.is_empty() {
        return Ok(false);
    }
    let conflicts = undo_rows(tx, id, &people).await?;
    follow_people(tx, &people).await?;
    reminders::queries::follow(tx).await?;
    refused(tx, conflicts).await?;
    Ok(true)
}

/// The next batch of the interactions that an import brought, where it is one that is taken back; false when none is left.
pub async fn undo_interactions(tx: &mut TenantTx<'_>, id: Uuid) -> Result<bool, AppError> {
    let query = prepared(
        "select undo_import_interactions(s.import_id, s.id, 1000) > 0 as answer from change_sets s \
         where s.id = ? and s.import_id is not null and s.undoes is null",
        (bind::<SqlUuid, _>(id),),
    );
    Ok(query.load::<Yes>(tx).await?.pop().is_some_and(|row| row.answer))
}

/// The end of an undo in batches: what is about nobody. One that took nothing back leaves what it was about as it was.
pub async fn undo_rest(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let conflicts = undo_rows(tx, id, &[]).await?;
    let end =
        prepared("select undo_end(?, ?) as answer", (bind::<SqlUuid, _>(id), bind::<Bool, _>(!conflicts.is_empty())));
    let has_ended = end.get_result::<Yes>(tx).await?.answer;
    follow_interactions(tx).await?;
    reminders::queries::follow(tx).await?;
    follow_groups(tx).await?;
    refused(tx, conflicts).await?;
    if !has_ended {
        prepared("select undo_leave(?)", (bind::<SqlUuid, _>(id),)).execute(tx).await?;
    }
    Ok(())
}

/// Gives an undo in batches up: what it took back stays taken back, and it can be begun again.
pub async fn give_up(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let query = prepared(
        "update change_sets set undone_by = null where id = ? and undone_at is null",
        (bind::<SqlUuid, _>(id),),
    );
    query.execute(tx).await?;
    Ok(())
}

async fn undo_rows(tx: &mut TenantTx<'_>, id: Uuid, people: &[Uuid]) -> Result<Vec<Row>, AppError> {
    let query = prepared(
        "select table_name, row_key, contact_id, reason from undo_rows(?, ?)",
        (bind::<SqlUuid, _>(id), bind::<Array<SqlUuid>, _>(people)),
    );
    Ok(query.load(tx).await?)
}

/// Names what was not taken back, and keeps it with the undo.
async fn refused(tx: &mut TenantTx<'_>, rows: Vec<Row>) -> Result<Vec<Conflict>, AppError> {
    let conflicts = named(tx, rows).await?;
    if !conflicts.is_empty() {
        let listed = serde_json::to_value(&conflicts[..conflicts.len().min(KEPT)]).map_err(anyhow::Error::from)?;
        let query = prepared(
            "update change_sets set refused_count = refused_count + ?, \
                 refused = case when jsonb_array_length(refused) < 500 then refused || ? else refused end \
             where id = app_change_set_id()",
            (bind::<Integer, _>(i32::try_from(conflicts.len()).unwrap_or(i32::MAX)), bind::<Jsonb, _>(listed)),
        );
        query.execute(tx).await?;
    }
    Ok(conflicts)
}

/// What an undo of this change set could not take back now. Changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn conflicts(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Vec<Conflict>, AppError> {
    let query =
        prepared("select table_name, row_key, contact_id, reason from undo_conflicts(?)", (bind::<SqlUuid, _>(id),));
    let rows: Vec<Row> = query.load(tx).await?;
    named(tx, rows).await
}

/// What follows for everybody of whom this transaction changed something that she is found by. Whoever came, or has
/// another name, is found at once; of more than a thousand others it is a job's.
async fn follow_moved(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    let moved = contacts::queries::moved(tx).await?;
    let of =
        |wanted: fn(&Moved) -> bool| moved.iter().filter(|one| wanted(one)).map(|one| one.id).collect::<Vec<Uuid>>();
    for batch in of(|one| one.is_renamed).chunks(BATCH) {
        follow_people(tx, batch).await?;
    }
    for batch in of(|one| one.is_reached && !one.is_renamed).chunks(BATCH) {
        contacts::queries::rekey_phones(tx, batch).await?;
    }
    let others = of(|one| !one.is_renamed);
    if others.len() <= BATCH {
        return documents::refresh(tx, &others).await;
    }
    groups::refresh(tx, &Groups { moved_by: Some(tx.change_set()), ..Groups::default() }).await
}

/// What follows from a person's rows and is not in the log: what she is found by, and her place in the order.
async fn follow_people(tx: &mut TenantTx<'_>, people: &[Uuid]) -> Result<(), AppError> {
    documents::refresh(tx, people).await?;
    interactions::queries::refresh_last_contacts(tx, people).await?;
    contacts::queries::rekey_phones(tx, people).await?;
    contacts::queries::rekey(tx, people).await
}

/// What the interactions that this undo put back or changed are found by, and whose addresses came back with them.
async fn follow_interactions(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    let touched = interactions::queries::touched(tx).await?;
    for batch in touched.chunks(BATCH) {
        interactions::queries::refresh(tx, batch).await?;
    }
    while !touched.is_empty() && gather(tx).await? {}
    interactions::queries::rethread(tx).await
}

#[derive(QueryableByName)]
struct Renamed {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// What follows from the name of an organization or tag that this undo gave an older name back: its place in the order,
/// and what its people are found by.
async fn follow_groups(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    let query = prepared(
        "select distinct table_name, record_id as id from audit_logs where change_set_id = app_change_set_id() \
             and action = 'UPDATE' and table_name in ('organizations', 'tags') and record_id is not null",
        (),
    );
    let rows: Vec<Renamed> = query.load(tx).await?;
    let of = |table| rows.iter().filter(|row| row.table_name == table).map(|row| row.id).collect::<Vec<Uuid>>();
    let groups = Groups { organizations: of("organizations"), tags: of("tags"), moved_by: None };
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
    let reasons: Vec<String> = rows.iter().map(Row::reason).collect();
    let query = prepared(
        "select coalesce(c.display_name, o.name, t.name, f.name, h.subject, initcap(h.interaction_type), m.title, \
                 (select l.old_values ->> 'name' from audit_logs l where r.person is null and l.record_id = (r.key ->> 'id')::uuid and l.contact_id is null \
                     and l.table_name = r.place and l.action = 'DELETE' order by l.created_at desc, l.seq desc limit 1), \
                 (select l.old_values ->> 'display_name' from audit_logs l where c.id is null and l.contact_id = r.person and l.table_name = 'contacts' \
                     and l.action = 'DELETE' order by l.created_at desc, l.seq desc limit 1), initcap(replace(r.place, '_', ' '))) as name, r.reason \
         from unnest(?, ?, ?, ?) with ordinality r(place, key, person, reason, n) \
         left join contacts c on c.id = r.person \
         left join organizations o on r.place = 'organizations' and o.id = (r.key ->> 'id')::uuid \
         left join tags t on r.place = 'tags' and t.id = (r.key ->> 'id')::uuid \
         left join own_fields f on r.place = 'own_fields' and f.id = (r.key ->> 'id')::uuid \
         left join interactions h on r.place = 'interactions' and h.id = (r.key ->> 'id')::uuid \
         left join reminders m on r.place in ('reminders', 'reminder_occurrences') and m.id = coalesce(r.key ->> 'id', r.key ->> 'reminder_id')::uuid \
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
             or exists (select from tags t where t.id = i.id) or exists (select from interactions n where n.id = i.id) or exists (select from reminders r where r.id = i.id) or exists (select from imports m where m.id = i.id) as answer \
         from (select ?::uuid as id) i",
        (bind::<SqlUuid, _>(id),),
    );
    Ok(query.get_result::<Yes>(tx).await?.answer)
}
