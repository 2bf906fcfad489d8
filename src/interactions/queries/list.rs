//! Interactions newest first, page by page: of one person, and of the whole network.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Date, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid, Varchar};
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
    /// Where nobody of her contacts did: whom it names first.
    pub stranger: Option<String>,
    /// The thread of which it is the newest, and how many messages that has; none where it stands for itself.
    pub thread: Option<(Uuid, i64)>,
}

impl Filter {
    /// Whether a thread is one entry: where what is typed or chosen may mean one message of it, each stands for itself.
    #[must_use]
    pub fn is_by_thread(&self) -> bool {
        let Self { query, kind, direction, organization, tag, .. } = self;
        [query, kind, direction].iter().all(|field| field.is_none()) && organization.is_none() && tag.is_none()
    }
}

impl Row {
    /// The place behind this row.
    #[must_use]
    pub fn cursor(&self) -> TimeCursor {
        TimeCursor { at: self.when.at, id: self.id }
    }
}

/// A row as the statements of lists name it.
#[derive(QueryableByName)]
pub(super) struct Stored {
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
    #[diesel(sql_type = Nullable<Text>)]
    stranger: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    thread_id: Option<Uuid>,
    #[diesel(sql_type = BigInt)]
    messages: i64,
}

pub(super) fn rows(stored: Vec<Stored>) -> Result<Vec<Row>, AppError> {
    let row = |row: Stored| {
        Ok(Row {
            id: row.id,
            when: When { at: row.occurred_at, on: row.occurred_on },
            kind: row.interaction_type,
            direction: row.direction,
            subject: row.subject,
            summary: row.summary,
            people: read_companions(row.people)?,
            stranger: row.stranger,
            thread: row.thread_id.map(|thread| (thread, row.messages)).filter(|(_, messages)| *messages > 1),
        })
    };
    stored.into_iter().map(row).collect()
}

/// The columns of a row, of the interaction `n`, which stands for its thread or for itself.
pub(super) fn columns(by_thread: bool) -> String {
    let people = companions("6");
    let messages = if by_thread {
        "(select count(*) from interactions w where w.thread_id = n.thread_id and w.deleted_at is null)"
    } else {
        "1::bigint"
    };
    format!(
        "n.id, n.occurred_at, n.occurred_on, n.interaction_type, n.direction, n.subject, left(n.summary, 600) as summary, {people}, \
         case when not exists (select from interaction_participants p where p.interaction_id = n.id) then \
             (select coalesce(a.name, a.address)::text from interaction_addresses a where a.interaction_id = n.id and not a.is_own \
                 order by a.role not in ('from', 'organizer'), a.role in ('sender', 'reply_to'), a.position limit 1) end as stranger, \
         n.thread_id, {messages} as messages"
    )
}

/// A page behind `after` of those that match, and one row more where there is more. One statement.
pub async fn list(tx: &mut TenantTx<'_>, filter: &Filter, after: Option<TimeCursor>) -> Result<Vec<Row>, AppError> {
    let by_thread = filter.is_by_thread();
    let query = prepared(
        format!(
            "select {} from matching_interaction_ids(?, ?, ?, ?, ?, ?, coalesce(?, '-infinity'::timestamptz), \
                 coalesce(?, 'infinity'::timestamptz), coalesce(?, 'infinity'::timestamptz), \
                 coalesce(?, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid), 51, {by_thread}) m \
             join interactions n on n.id = m.id and n.occurred_at = m.occurred_at order by m.occurred_at desc, m.id desc",
            columns(by_thread)
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

/// The messages of a thread behind `after`, newest first, and one row more where there is more. One statement.
pub async fn of_thread(tx: &mut TenantTx<'_>, thread: Uuid, after: Option<TimeCursor>) -> Result<Vec<Row>, AppError> {
    let query = prepared(
        format!(
            "select {} from interactions n where n.thread_id = ? and n.deleted_at is null \
                 and (n.occurred_at, n.id) < (coalesce(?, 'infinity'::timestamptz), coalesce(?, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)) \
             order by n.occurred_at desc, n.id desc limit 51",
            columns(false)
        ),
        (
            bind::<SqlUuid, _>(thread),
            bind::<Nullable<Timestamptz>, _>(after.map(|cursor| cursor.at)),
            bind::<Nullable<SqlUuid>, _>(after.map(|cursor| cursor.id)),
        ),
    );
    rows(query.load(tx).await?)
}

/// What passed between her and this person behind `after`, at most 31 rows. One statement: each interaction is looked up
/// for its row of the index (`offset 0` keeps PostgreSQL from a join), as a join is planned over every month there is.
pub async fn timeline(mut tx: &TenantTx<'_>, contact: Uuid, after: Option<TimeCursor>) -> Result<Vec<Row>, AppError> {
    let page = |behind: &str| {
        format!(
            "select {} from interaction_participants t cross join lateral (select * from interactions i where i.user_id = t.user_id \
                 and i.id = t.interaction_id and i.occurred_at = t.occurred_at and i.deleted_at is null offset 0) n \
             where t.contact_id = ?{behind} and (n.thread_id is null or not exists (select from interactions w \
                 where w.thread_id = n.thread_id and w.deleted_at is null \
                 and w.occurred_at >= n.occurred_at and (w.occurred_at, w.id) > (n.occurred_at, n.id) \
                 and (select true from interaction_participants q where q.interaction_id = w.id and q.contact_id = t.contact_id))) \
             order by t.occurred_at desc, t.interaction_id desc limit 31",
            columns(true)
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
