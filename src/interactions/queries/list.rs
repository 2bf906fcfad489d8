//! Interactions newest first, page by page: of one person, and of the whole network.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Date, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::read::{Companion, companions, read_companions};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::interactions::model::When;
use crate::web::paging::TimeCursor;

/// What a list is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A `tsquery` over subject and summary.
    pub query: Option<String>,
    /// Of this type.
    pub kind: Option<String>,
    /// In this direction.
    pub direction: Option<String>,
    /// With this person.
    pub person: Option<Uuid>,
    /// With somebody who works or worked there.
    pub organization: Option<Uuid>,
    /// With somebody who has this tag.
    pub tag: Option<Uuid>,
    /// Not before this moment.
    pub since: Option<DateTime<Utc>>,
    /// Before this moment.
    pub until: Option<DateTime<Utc>>,
}

/// A row of a list.
#[derive(Debug, Clone)]
pub struct Row {
    /// Which.
    pub id: Uuid,
    /// When.
    pub when: When,
    /// The type as it is stored.
    pub kind: String,
    /// Whom it came from.
    pub direction: Option<String>,
    /// What about.
    pub subject: Option<String>,
    /// The beginning of what was said.
    pub summary: Option<String>,
    /// The first few who took part.
    pub people: Vec<Companion>,
}

impl Row {
    /// The place behind this row.
    #[must_use]
    pub fn cursor(&self) -> TimeCursor {
        TimeCursor { at: self.when.at, id: self.id }
    }
}

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    occurred_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Date>)]
    occurred_on: Option<NaiveDate>,
    #[diesel(sql_type = Varchar)]
    interaction_type: String,
    #[diesel(sql_type = Nullable<Varchar>)]
    direction: Option<String>,
    #[diesel(sql_type = Nullable<Varchar>)]
    subject: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    summary: Option<String>,
    #[diesel(sql_type = Jsonb)]
    people: Value,
}

fn rows(stored: Vec<Stored>) -> Result<Vec<Row>, AppError> {
    let row = |row: Stored| {
        Ok(Row {
            id: row.id,
            when: When { at: row.occurred_at, on: row.occurred_on },
            kind: row.interaction_type,
            direction: row.direction,
            subject: row.subject,
            summary: row.summary,
            people: read_companions(row.people)?,
        })
    };
    stored.into_iter().map(row).collect()
}

/// The columns of a row, of the interaction `n`.
fn columns() -> String {
    let people = companions("6");
    format!(
        "n.id, n.occurred_at, n.occurred_on, n.interaction_type, n.direction, n.subject, left(n.summary, 600) as summary, {people}"
    )
}

/// A page behind `after` of those that match, and one row more where there is more. One statement.
pub async fn list(tx: &mut TenantTx<'_>, filter: &Filter, after: Option<TimeCursor>) -> Result<Vec<Row>, AppError> {
    let query = prepared(
        format!(
            "select {} from matching_interaction_ids(?, ?, ?, ?, ?, ?, coalesce(?, '-infinity'::timestamptz), \
                 coalesce(?, 'infinity'::timestamptz), coalesce(?, 'infinity'::timestamptz), \
                 coalesce(?, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid), 51) m \
             join interactions n on n.id = m.id and n.occurred_at = m.occurred_at order by m.occurred_at desc, m.id desc",
            columns()
        ),
        (
            bind::<Nullable<Text>, _>(&filter.query),
            bind::<Nullable<Text>, _>(&filter.kind),
            bind::<Nullable<Text>, _>(&filter.direction),
            bind::<Nullable<SqlUuid>, _>(filter.person),
            bind::<Nullable<SqlUuid>, _>(filter.organization),
            bind::<Nullable<SqlUuid>, _>(filter.tag),
            bind::<Nullable<Timestamptz>, _>(filter.since),
            bind::<Nullable<Timestamptz>, _>(filter.until),
            bind::<Nullable<Timestamptz>, _>(after.map(|cursor| cursor.at)),
            bind::<Nullable<SqlUuid>, _>(after.map(|cursor| cursor.id)),
        ),
    );
    rows(query.load(tx).await?)
}

/// What passed between her and this person behind `after`, at most 31 rows. One statement.
pub async fn timeline(mut tx: &TenantTx<'_>, contact: Uuid, after: Option<TimeCursor>) -> Result<Vec<Row>, AppError> {
    let page = |behind: &str| {
        format!(
            "select {} from interaction_participants t join interactions n on n.user_id = t.user_id and n.id = t.interaction_id \
                 and n.occurred_at = t.occurred_at and n.deleted_at is null \
             where t.contact_id = ?{behind} order by t.occurred_at desc, t.interaction_id desc limit 31",
            columns()
        )
    };
    let contact = bind::<SqlUuid, _>(contact);
    rows(match after {
        None => prepared(page(""), (contact,)).load(&mut tx).await?,
        Some(TimeCursor { at, id }) => {
            let (at, id) = (bind::<Timestamptz, _>(at), bind::<SqlUuid, _>(id));
            prepared(page(" and (t.occurred_at, t.interaction_id) < (?, ?)"), (contact, at, id)).load(&mut tx).await?
        }
    })
}
