//! The SQL of the history.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::audit::queries::Conflict;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::web::paging::TimeCursor;

/// Which change sets are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those about this person, and about what others are to her.
    pub contact: Option<Uuid>,
    /// Only those that changed rows of these tables; empty for all.
    pub tables: &'static [&'static str],
    /// Only imports, and what took them back.
    pub imports: bool,
}

/// A change set as the list shows it.
#[derive(Debug, QueryableByName)]
pub struct Set {
    /// Which.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// `edit`, `import`, `undo` or `bulk`.
    #[diesel(sql_type = Varchar)]
    pub kind: String,
    /// What was done, where the one who did it said so.
    #[diesel(sql_type = Text)]
    pub summary: String,
    /// From where.
    #[diesel(sql_type = Nullable<Text>)]
    pub address: Option<String>,
    /// By which browser; none for the command line and for jobs.
    #[diesel(sql_type = Nullable<Text>)]
    pub user_agent: Option<String>,
    /// When it was taken back.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub undone_at: Option<DateTime<Utc>>,
    /// By what it was or is being taken back.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub undone_by: Option<Uuid>,
    /// While it is being taken back: how many people that is still to be done for.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub going: Option<i64>,
    /// What it took back.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub undoes: Option<Uuid>,
    /// Whether that had been an undo itself, so that it was done again.
    #[diesel(sql_type = Bool)]
    pub is_redo: bool,
    /// Whether that has not ended yet.
    #[diesel(sql_type = Bool)]
    pub is_unfinished: bool,
    /// What it could not take back: an array of [`Conflict`].
    #[diesel(sql_type = Jsonb)]
    refused: Value,
    /// How much that is.
    #[diesel(sql_type = Integer)]
    pub refused_count: i32,
    /// Of an import, the import.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub import_id: Option<Uuid>,
    /// Of an import, the file.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub file_name: Option<String>,
    /// Its first rows, as an array of [`Glimpse`].
    #[diesel(sql_type = Jsonb)]
    glimpses: Value,
    /// How many rows it changed, counted to a thousand and one.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// So many rows of a change set the list looks at.
pub const GLIMPSED: i64 = 40;

/// One changed row, as far as a sentence needs it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Glimpse {
    /// The table.
    pub table: String,
    /// `INSERT`, `UPDATE` or `DELETE`.
    pub action: String,
    /// Whom it is about.
    pub contact: Option<Uuid>,
    /// Her name, or that of the organization, tag or own field; of an interaction its subject or type, of a reminder
    /// what it reminds of.
    pub name: Option<String>,
    /// The changed columns.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Whether the row went into the trash, where that changed.
    pub is_trashed: Option<bool>,
}

impl Set {
    /// The place behind this row.
    #[must_use]
    pub fn cursor(&self) -> TimeCursor {
        TimeCursor { at: self.created_at, id: self.id }
    }

    /// What it could not take back, the first of it.
    ///
    /// # Errors
    /// When what is kept is none.
    pub fn refused(&self) -> Result<Vec<Conflict>, AppError> {
        Ok(serde_json::from_value(self.refused.clone()).map_err(anyhow::Error::from)?)
    }

    /// Its first rows.
    ///
    /// # Errors
    /// When the statement and [`Glimpse`] do not fit.
    pub fn glimpses(&self) -> Result<Vec<Glimpse>, AppError> {
        Ok(serde_json::from_value(self.glimpses.clone()).map_err(anyhow::Error::from)?)
    }
}

/// All of a change set but the condition that says which; rows of it in the order of the log's index, so that a set
/// of ten thousand people is not read to its end.
const SETS: &str = "select s.id, s.created_at, s.kind, s.summary, host(s.ip_address) as address, s.user_agent, s.undone_at, s.undone_by, s.undoes, \
         s.refused, s.refused_count, \
         case when s.undone_by is not null and s.undone_at is null \
             then (select count(*) from undo_people u where u.change_set_id = s.id) end as going, \
         exists (select from change_sets o where o.id = s.undoes and o.undone_by = s.id and o.undone_at is null) as is_unfinished, \
         s.undoes is not null and (with recursive back (undoes, steps) as (select s.undoes, 0 \
                 union all select o.undoes, b.steps + 1 from back b join change_sets o on o.id = b.undoes) \
             select max(steps) > 0 and max(steps) % 2 = 0 from back) as is_redo, \
         i.id as import_id, i.file_name, \
         coalesce((select jsonb_agg(to_jsonb(g)) from (select a.table_name as \"table\", a.action, a.contact_id as contact, \
                 coalesce(c.display_name, o.name, t.name, f.name, h.subject, initcap(h.interaction_type), m.title, \
                     a.old_values ->> 'display_name', a.old_values ->> 'name', a.old_values ->> 'subject', a.old_values ->> 'title', \
                     initcap(a.old_values ->> 'interaction_type')) as name, \
                 case a.action when 'UPDATE' then array(select jsonb_object_keys(a.new_values)) else '{}' end as columns, \
                 case when a.action = 'UPDATE' then (a.new_values ->> 'deleted_at') is not null \
                     and a.old_values ->> 'deleted_at' is null end as is_trashed \
             from audit_logs a left join contacts c on c.id = a.contact_id \
                 left join organizations o on a.table_name = 'organizations' and o.id = a.record_id \
                 left join tags t on a.table_name in ('tags', 'contact_tags') and a.contact_id is null and t.id = a.record_id \
                 left join own_fields f on a.table_name = 'own_fields' and f.id = a.record_id \
                 left join interactions h on a.table_name = 'interactions' and h.id = a.record_id \
                 left join reminders m on a.table_name in ('reminders', 'reminder_occurrences') and m.id = coalesce(a.record_id, (a.row_key ->> 'reminder_id')::uuid) \
             where a.change_set_id = s.id and a.created_at >= s.created_at \
             order by a.table_name, a.seq limit 40) g), '[]') as glimpses, \
         (select count(*) from (select from audit_logs a where a.change_set_id = s.id and a.created_at >= s.created_at limit 1001) n) as count \
     from change_sets s left join imports i on i.id = s.import_id";

/// A page of change sets behind `after`, newest first. One statement.
pub async fn list(tx: &mut TenantTx<'_>, filter: &Filter, after: Option<TimeCursor>) -> Result<Vec<Set>, AppError> {
    let query = prepared(
        format!(
            "{SETS} where (?::uuid is null or s.id in (select l.change_set_id from (select ?::uuid as id) v, lateral ( \
                     select a.change_set_id from audit_logs a where a.contact_id = v.id \
                     union all select a.change_set_id from ( \
                         select r.id from contact_relations r where r.other_contact_id = v.id \
                         union select d.record_id from audit_logs d where d.table_name = 'contact_relations' \
                             and d.action = 'DELETE' and (d.old_values ->> 'other_contact_id')::uuid = v.id) k \
                         join audit_logs a on a.record_id = k.id and a.record_id <> a.contact_id and a.table_name = 'contact_relations') l) \
                 or s.import_id = (select c.import_id from contacts c where c.id = ?)) \
             and (cardinality(?) = 0 or exists (select from audit_logs a where a.change_set_id = s.id \
                 and a.created_at >= s.created_at and a.table_name = any(?))) \
             and (not ? or s.import_id is not null) \
             and (s.import_id is null or i.new_count + i.changed_count > 0 or exists (select from audit_logs a where a.change_set_id = s.id and a.created_at >= s.created_at)) \
             and (?::timestamptz is null or (s.created_at, s.id) < (?, ?)) \
             order by s.created_at desc, s.id desc limit 51"
        ),
        (
            bind::<Nullable<SqlUuid>, _>(filter.contact),
            bind::<Nullable<SqlUuid>, _>(filter.contact),
            bind::<Nullable<SqlUuid>, _>(filter.contact),
            bind::<Array<Text>, _>(filter.tables),
            bind::<Array<Text>, _>(filter.tables),
            bind::<Bool, _>(filter.imports),
            bind::<Nullable<Timestamptz>, _>(after.map(|cursor| cursor.at)),
            bind::<Nullable<Timestamptz>, _>(after.map(|cursor| cursor.at)),
            bind::<Nullable<SqlUuid>, _>(after.map(|cursor| cursor.id)),
        ),
    );
    Ok(query.planned_each_time().load(tx).await?)
}

/// One change set.
///
/// # Errors
/// `NotFound` where she has none of this id.
pub async fn find(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Set, AppError> {
    let query = prepared(format!("{SETS} where s.id = ?"), (bind::<SqlUuid, _>(id),));
    let found: Vec<Set> = query.planned_each_time().load(tx).await?;
    found.into_iter().next().ok_or(AppError::NotFound)
}

/// A changed row with all that changed.
#[derive(Debug, QueryableByName)]
pub struct Row {
    /// The order of changes.
    #[diesel(sql_type = BigInt)]
    pub seq: i64,
    /// The table.
    #[diesel(sql_type = Varchar)]
    pub table_name: String,
    /// `INSERT`, `UPDATE` or `DELETE`.
    #[diesel(sql_type = Varchar)]
    pub action: String,
    /// Whom it is about.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub contact_id: Option<Uuid>,
    /// Her name, her last one where she is gone, or that of the organization, tag or own field; of an interaction its
    /// subject or type, of a reminder what it reminds of.
    #[diesel(sql_type = Nullable<Text>)]
    pub name: Option<String>,
    /// What the row names besides: the organization of a post, a tag, whoever somebody is related to, an own field.
    #[diesel(sql_type = Nullable<Text>)]
    pub other: Option<String>,
    /// Before.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub old_values: Option<Value>,
    /// After.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub new_values: Option<Value>,
}

/// The place behind a row of a change set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCursor {
    /// Its table.
    pub table: String,
    /// Its place in the log.
    pub seq: i64,
}

/// A page of what a change set changed, behind `after`, in the order of the log's index. One statement.
pub async fn rows(tx: &mut TenantTx<'_>, id: Uuid, after: Option<&RowCursor>) -> Result<Vec<Row>, AppError> {
    let query = prepared(
        "select a.seq, a.table_name, a.action, a.contact_id, \
             coalesce(c.display_name, g.name, o.name, t.name, f.name, h.subject, initcap(h.interaction_type), m.title, \
                 a.old_values ->> 'display_name', a.old_values ->> 'name', a.old_values ->> 'subject', a.old_values ->> 'title', \
                 initcap(a.old_values ->> 'interaction_type')) as name, \
             coalesce(eo.name, ct.name, oc.display_name, cf.name) as other, a.old_values, a.new_values \
         from audit_logs a left join contacts c on c.id = a.contact_id \
             left join lateral (select d.old_values ->> 'display_name' as name from audit_logs d where c.id is null \
                 and d.contact_id = a.contact_id and d.table_name = 'contacts' and d.action = 'DELETE' order by d.seq desc limit 1) g on true \
             left join organizations o on a.table_name = 'organizations' and o.id = a.record_id \
             left join tags t on a.table_name = 'tags' and t.id = a.record_id \
             left join own_fields f on a.table_name = 'own_fields' and f.id = a.record_id \
             left join interactions h on a.table_name = 'interactions' and h.id = a.record_id \
             left join reminders m on a.table_name in ('reminders', 'reminder_occurrences') and m.id = coalesce(a.record_id, (a.row_key ->> 'reminder_id')::uuid) \
             left join organizations eo on a.table_name = 'contact_employments' \
                 and eo.id = (coalesce(a.new_values, a.old_values) ->> 'organization_id')::uuid \
             left join tags ct on a.table_name = 'contact_tags' and ct.id = (a.row_key ->> 'tag_id')::uuid \
             left join contacts oc on a.table_name = 'contact_relations' \
                 and oc.id = (coalesce(a.new_values, a.old_values) ->> 'other_contact_id')::uuid \
             left join own_fields cf on a.table_name = 'contact_fields' \
                 and cf.id = coalesce((coalesce(a.new_values, a.old_values) ->> 'field_id')::uuid, \
                     (select v.field_id from contact_fields v where v.id = a.record_id)) \
         where a.change_set_id = ? and (?::bigint is null or (a.table_name, a.seq) > (?, ?)) \
         order by a.table_name, a.seq limit 51",
        (
            bind::<SqlUuid, _>(id),
            bind::<Nullable<BigInt>, _>(after.map(|cursor| cursor.seq)),
            bind::<Nullable<Text>, _>(after.map(|cursor| cursor.table.as_str())),
            bind::<Nullable<BigInt>, _>(after.map(|cursor| cursor.seq)),
        ),
    );
    Ok(query.planned_each_time().load(tx).await?)
}

/// Somebody's name, for the title of her history.
///
/// # Errors
/// `NotFound` where she is not there.
pub async fn name_of(tx: &mut TenantTx<'_>, contact: Uuid) -> Result<String, AppError> {
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = Varchar)]
        display_name: String,
    }
    let query = prepared("select display_name from contacts where id = ?", (bind::<SqlUuid, _>(contact),));
    let found: Vec<Name> = query.load(tx).await?;
    found.into_iter().next().map(|row| row.display_name).ok_or(AppError::NotFound)
}
