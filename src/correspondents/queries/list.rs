//! The queue: one page by keyset, a person each row, and how many match.

use chrono::{DateTime, Datelike, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::web::paging::{COUNTED, unpack};

/// Which of them are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// Those with whom enough passed to be suggested.
    #[default]
    Waiting,
    /// Those she does not want.
    Ignored,
    /// Everybody.
    All,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// The most messages first.
    #[default]
    Most,
    /// The newest message first.
    Last,
}

/// What the list is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Which.
    pub show: Show,
    /// In which order.
    pub sort: Sort,
    /// Patterns of `LIKE` that name or address of hers meets.
    pub patterns: Vec<String>,
}

/// The place behind a row, in either order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub(super) count: i32,
    pub(super) at: DateTime<Utc>,
    pub(super) address: String,
}

impl Cursor {
    /// Unpacks an `after` parameter; what PostgreSQL would take for an error is none.
    #[must_use]
    pub fn of(after: &str) -> Option<Self> {
        unpack(after).filter(|cursor: &Self| {
            (1..=9999).contains(&cursor.at.year()) && cursor.address.len() <= 1024 && !cursor.address.contains('\0')
        })
    }
}

/// One address of a person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Address {
    /// In lower case.
    pub address: String,
    /// The newest name beside it.
    pub name: Option<String>,
    /// Messages that came from it.
    pub received: i32,
    /// Messages that went to it.
    pub sent: i32,
    /// When it was named first.
    pub first_at: DateTime<Utc>,
    /// When it was named last.
    pub last_at: DateTime<Utc>,
}

/// A row of the list.
#[derive(Debug, Clone)]
pub struct Row {
    /// Of the address that stands for her.
    pub id: Uuid,
    /// Whether she is ignored.
    pub is_ignored: bool,
    /// Those of hers that no contact has, the one with the most messages first.
    pub addresses: Vec<Address>,
    /// What the newest messages are about.
    pub subjects: Vec<String>,
    count: i32,
    at: DateTime<Utc>,
    address: String,
}

impl Row {
    /// The place behind this row.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { count: self.count, at: self.at, address: self.address.clone() }
    }
}

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Bool)]
    is_ignored: bool,
    #[diesel(sql_type = Integer)]
    person_count: i32,
    #[diesel(sql_type = Timestamptz)]
    person_last_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    address: String,
    #[diesel(sql_type = Jsonb)]
    addresses: Value,
    #[diesel(sql_type = Array<Text>)]
    subjects: Vec<String>,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl Show {
    fn states(self) -> Vec<&'static str> {
        match self {
            Self::Waiting => vec!["waiting"],
            Self::Ignored => vec!["ignored"],
            Self::All => vec!["waiting", "ignored"],
        }
    }
}

/// The end of a `case` that says after how many messages somebody is suggested.
const SUGGESTED: &str = "when u.settings ->> 'suggest_after' ~ '^[0-9]{1,4}$' then (u.settings ->> 'suggest_after')::int else 3 end \
     from users u where u.id = app_user_id()";

/// Those of the states `s` who have passed enough with her, as `h`; binds: the states, whether enough is asked for, and
/// the patterns, if there are some.
fn source(filter: &Filter, behind: &str) -> String {
    let matching = if filter.patterns.is_empty() {
        ""
    } else {
        " and h.person_id in (select m.person_id from correspondents m \
             where m.state <> 'known' and lower(coalesce(m.name, '') || ' ' || m.address) like all(?))"
    };
    let (order, limit) = (order(filter.sort), if behind.is_empty() { "" } else { " limit 51" });
    format!(
        "unnest(?) s cross join lateral (select * from correspondents h where h.person_state = s \
         and h.person_count >= (select case when not ? then 0 {SUGGESTED}){matching}{behind} \
         order by {order}{limit}) h"
    )
}

fn order(sort: Sort) -> &'static str {
    match sort {
        Sort::Most => "h.person_count desc, h.address",
        Sort::Last => "h.person_last_at desc, h.address",
    }
}

/// A page behind `after`, and one row more where there is more. One statement.
pub async fn list(tx: &mut TenantTx<'_>, filter: &Filter, after: Option<&Cursor>) -> Result<Vec<Row>, AppError> {
    let (key, least) = match filter.sort {
        Sort::Most => ("h.person_count", "coalesce(?, 2147483647)"),
        Sort::Last => ("h.person_last_at", "coalesce(?, 'infinity'::timestamptz)"),
    };
    let behind = format!(" and {key} <= {least} and ({key} < {least} or h.address > coalesce(?, ''))");
    let sql = format!(
        "with p as (select h.* from {} order by {order} limit 51) \
         select h.id, h.person_state = 'ignored' as is_ignored, h.person_count, h.person_last_at, h.address::text, \
             (select jsonb_agg(jsonb_build_object('address', m.address, 'name', m.name, 'received', m.received_count, 'sent', m.sent_count, \
                 'first_at', m.first_at, 'last_at', m.last_at) order by m.received_count + m.sent_count desc, m.address) \
                 from correspondents m where m.person_id = h.person_id and m.state = h.person_state) as addresses, \
             array(select x.subject from (select n.subject, max(n.occurred_at) as at from correspondents m \
                 cross join lateral (select interaction_id, occurred_at from interaction_addresses a where a.address = m.address \
                     order by a.occurred_at desc, a.interaction_id desc limit 8) a \
                 join interactions n on n.id = a.interaction_id and n.occurred_at = a.occurred_at and n.deleted_at is null \
                 where m.person_id = h.person_id and m.state = h.person_state and n.subject <> '' \
                 group by n.subject order by at desc limit 3) x)::text[] as subjects \
         from p h order by {order}",
        source(filter, &behind),
        order = order(filter.sort)
    );
    let states = bind::<Array<Text>, _>(filter.show.states());
    let is_enough = bind::<Bool, _>(filter.show == Show::Waiting);
    let patterns = || bind::<Array<Text>, _>(&filter.patterns);
    let count = || bind::<Nullable<Integer>, _>(after.map(|cursor| cursor.count));
    let at = || bind::<Nullable<Timestamptz>, _>(after.map(|cursor| cursor.at));
    let address = bind::<Nullable<Text>, _>(after.map(|cursor| cursor.address.clone()));
    let rows: Vec<Stored> = match (filter.sort, filter.patterns.is_empty()) {
        (Sort::Most, true) => prepared(sql, (states, is_enough, count(), count(), address)).load(tx).await?,
        (Sort::Most, false) => {
            prepared(sql, (states, is_enough, patterns(), count(), count(), address)).load(tx).await?
        }
        (Sort::Last, true) => prepared(sql, (states, is_enough, at(), at(), address)).load(tx).await?,
        (Sort::Last, false) => prepared(sql, (states, is_enough, patterns(), at(), at(), address)).load(tx).await?,
    };
    rows.into_iter().map(Row::try_from).collect()
}

impl TryFrom<Stored> for Row {
    type Error = AppError;

    fn try_from(row: Stored) -> Result<Self, AppError> {
        Ok(Self {
            id: row.id,
            is_ignored: row.is_ignored,
            addresses: serde_json::from_value(row.addresses).map_err(anyhow::Error::from)?,
            subjects: row.subjects,
            count: row.person_count,
            at: row.person_last_at,
            address: row.address,
        })
    }
}

/// How many match, counted up to one more than [`COUNTED`].
pub async fn count(tx: &mut TenantTx<'_>, filter: &Filter) -> Result<i64, AppError> {
    let sql = format!("select count(*) as n from (select from {} limit {}) x", source(filter, ""), COUNTED + 1);
    let (states, is_enough) =
        (bind::<Array<Text>, _>(filter.show.states()), bind::<Bool, _>(filter.show == Show::Waiting));
    let number: Number = if filter.patterns.is_empty() {
        prepared(sql, (states, is_enough)).get_result(tx).await?
    } else {
        prepared(sql, (states, is_enough, bind::<Array<Text>, _>(&filter.patterns))).get_result(tx).await?
    };
    Ok(number.n)
}

/// Everybody who matches: never a cut set.
pub async fn matching(tx: &mut TenantTx<'_>, filter: &Filter) -> Result<Vec<Uuid>, AppError> {
    let sql = format!("select h.id from {} order by h.id", source(filter, ""));
    let (states, is_enough) =
        (bind::<Array<Text>, _>(filter.show.states()), bind::<Bool, _>(filter.show == Show::Waiting));
    let rows: Vec<Id> = if filter.patterns.is_empty() {
        prepared(sql, (states, is_enough)).load(tx).await?
    } else {
        prepared(sql, (states, is_enough, bind::<Array<Text>, _>(&filter.patterns))).load(tx).await?
    };
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// A part of a statement that has no other table `w`: `w.waiting`, those who wait, counted up to one more than `most`,
/// and `w.first`, three of them with whom most passed. Each walks the index of those who wait.
#[must_use]
pub fn waiting(most: i64) -> String {
    let held = format!("h.person_state = 'waiting' and h.person_count >= (select case {SUGGESTED})");
    format!(
        "(select (select count(*) from (select from correspondents h where {held} limit {}) x) as waiting, \
             (select coalesce(jsonb_agg(jsonb_build_object('address', f.address, 'name', (select m.name from correspondents m \
                 where m.person_id = f.person_id and m.state = 'waiting' and m.name is not null \
                 order by m.received_count + m.sent_count desc, m.address limit 1)) order by f.person_count desc, f.address), '[]') \
                 from (select h.* from correspondents h where {held} order by h.person_count desc, h.address limit 3) f) as first) w",
        most + 1
    )
}

/// Somebody who waits.
#[derive(Debug, Clone, Deserialize)]
pub struct Waiting {
    /// The address that stands for her.
    pub address: String,
    /// As she is called.
    pub name: Option<String>,
}
