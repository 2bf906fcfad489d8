//! One organization, and whom she knows there.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::organizations::model::Organization;

/// An organization with what the database keeps of it besides.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its row.
    pub id: Uuid,
    /// What is edited of it.
    pub organization: Organization,
    /// Counts edits.
    pub version: i32,
    /// People outside the trash who work or worked there.
    pub people_count: i32,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was put into the trash.
    pub deleted_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct StoredRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Varchar)]
    name: String,
    #[diesel(sql_type = Nullable<Varchar>)]
    domain: Option<String>,
    #[diesel(sql_type = Nullable<Varchar>)]
    industry: Option<String>,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Integer)]
    people_count: i32,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    deleted_at: Option<DateTime<Utc>>,
}

/// One organization, also from the trash.
///
/// # Errors
/// `NotFound` where she has no such organization.
pub async fn find(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Stored, AppError> {
    let query = prepared(
        "select id, name, domain, industry, version, people_count, created_at, deleted_at from organizations where id = ?",
        (bind::<SqlUuid, _>(id),),
    );
    let row: StoredRow = query.load(tx).await?.pop().ok_or(AppError::NotFound)?;
    Ok(Stored {
        id: row.id,
        organization: Organization { name: row.name, domain: row.domain, industry: row.industry },
        version: row.version,
        people_count: row.people_count,
        created_at: row.created_at,
        deleted_at: row.deleted_at,
    })
}

/// Somebody who works or worked there.
#[derive(Debug, Clone, QueryableByName)]
pub struct Colleague {
    /// Who.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Her name as it is shown.
    #[diesel(sql_type = Varchar)]
    pub display_name: String,
    /// Whether she works there now.
    #[diesel(sql_type = Bool)]
    pub is_current: bool,
    /// Her posts there, the latest first: those of now, or those of before.
    #[diesel(sql_type = Nullable<Text>)]
    pub titles: Option<String>,
    /// From when she held them.
    #[diesel(sql_type = Nullable<Date>)]
    pub start_date: Option<NaiveDate>,
    /// Until when.
    #[diesel(sql_type = Nullable<Date>)]
    pub end_date: Option<NaiveDate>,
    /// The day of the newest interaction.
    #[diesel(sql_type = Nullable<Date>)]
    pub last_contact_date: Option<NaiveDate>,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// People of one organization: at most fifty, and how many there are.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// By name.
    pub first: Vec<Colleague>,
    /// All.
    pub count: i64,
}

impl From<Vec<Colleague>> for People {
    fn from(first: Vec<Colleague>) -> Self {
        Self { count: first.as_slice().first().map_or(0, |one| one.count), first }
    }
}

/// Who works there now, and who worked there and no longer does; one statement.
pub async fn people(tx: &mut TenantTx<'_>, organization: Uuid) -> Result<(People, People), AppError> {
    let query = prepared(
        "select r.id, r.display_name, r.is_current, r.titles, r.start_date, r.end_date, r.last_contact_date, r.count from ( \
             select c.id, c.display_name, c.last_contact_date, p.is_current, \
                 case when p.is_current then p.now_titles else p.past_titles end as titles, \
                 case when p.is_current then p.now_start else p.past_start end as start_date, \
                 case when not p.is_current then p.past_end end as end_date, \
                 count(*) over (partition by p.is_current) as count, \
                 row_number() over (partition by p.is_current order by c.sort_key, c.id) as place \
             from (select e.contact_id, bool_or(e.now) as is_current, \
                     string_agg(e.title, ', ' order by e.start_date desc nulls last, e.id) filter (where e.now) as now_titles, \
                     string_agg(e.title, ', ' order by e.start_date desc nulls last, e.id) filter (where not e.now) as past_titles, \
                     min(e.start_date) filter (where e.now) as now_start, \
                     min(e.start_date) filter (where not e.now) as past_start, \
                     max(e.end_date) filter (where not e.now) as past_end \
                 from (select contact_id, id, title, start_date, end_date, coalesce(is_current, false) as now \
                     from contact_employments where organization_id = ?) e group by e.contact_id) p \
             join contacts c on c.id = p.contact_id and c.deleted_at is null) r \
         where r.place <= 50 order by r.place",
        (bind::<SqlUuid, _>(organization),),
    );
    let rows: Vec<Colleague> = query.load(tx).await?;
    let (now, before): (Vec<Colleague>, Vec<Colleague>) = rows.into_iter().partition(|row| row.is_current);
    Ok((now.into(), before.into()))
}
