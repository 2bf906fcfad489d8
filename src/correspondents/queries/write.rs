//! What becomes of those whom she chose: a fixed number of statements, however many they are.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::list::Cursor;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// Somebody of the queue.
#[derive(Debug, Clone, QueryableByName)]
pub struct Chosen {
    /// Of one of her addresses.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Whether she is ignored.
    #[diesel(sql_type = Bool)]
    pub is_ignored: bool,
    /// What she is called where a name stood beside one of her addresses.
    #[diesel(sql_type = Nullable<Text>)]
    pub name: Option<String>,
    /// Those of hers that no contact has, the one with the most messages first; none where she is a contact by now.
    #[diesel(sql_type = Array<Text>)]
    pub addresses: Vec<String>,
    #[diesel(sql_type = Integer)]
    count: i32,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Text)]
    address: String,
}

impl Chosen {
    /// The place behind her row.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        Some(Cursor { count: self.count, at: self.at?, address: self.address.clone() })
    }
}

/// Those of `ids` that are hers, each person once, in the order of the list; they stay as they are until the end of the
/// transaction. Two statements.
pub async fn chosen(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<Chosen>, AppError> {
    let ids = || bind::<Array<SqlUuid>, _>(ids);
    let lock = prepared("select from correspondents where id = any(?) order by address for no key update", (ids(),));
    lock.execute(tx).await?;
    let query = prepared(
        "select * from (select distinct on (h.person_id) h.id, coalesce(h.person_state = 'ignored', false) as is_ignored, \
             coalesce(h.person_count, 0) as count, h.person_last_at as at, h.address::text, \
             (select m.name::text from correspondents m where m.person_id = h.person_id and m.name is not null \
                 order by m.state = 'known', m.received_count + m.sent_count desc, m.address limit 1) as name, \
             array(select m.address::text from correspondents m where m.person_id = h.person_id and m.state <> 'known' \
                 order by m.received_count + m.sent_count desc, m.address) as addresses \
             from correspondents h where h.id = any(?) order by h.person_id, h.person_state nulls last) c \
         order by c.count desc, c.address",
        (ids(),),
    );
    Ok(query.load(tx).await?)
}

/// Ignores these addresses.
pub async fn ignore(tx: &mut TenantTx<'_>, addresses: &[&String]) -> Result<(), AppError> {
    let query = prepared(
        "insert into ignored_addresses (address) select unnest(?) on conflict do nothing",
        (bind::<Array<Text>, _>(addresses),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Lets these addresses wait again.
pub async fn wait(tx: &mut TenantTx<'_>, addresses: &[&String]) -> Result<(), AppError> {
    let query = prepared("delete from ignored_addresses where address = any(?)", (bind::<Array<Text>, _>(addresses),));
    query.execute(tx).await?;
    Ok(())
}

/// Gives a contact these addresses behind those that she has.
///
/// # Errors
/// `NotFound` where there is no such contact outside the trash.
pub async fn give(tx: &mut TenantTx<'_>, contact: Uuid, addresses: &[&String]) -> Result<usize, AppError> {
    let touch = prepared(
        "update contacts set version = version + 1 where id = ? and deleted_at is null",
        (bind::<SqlUuid, _>(contact),),
    );
    if touch.execute(tx).await? == 0 {
        return Err(AppError::NotFound);
    }
    let insert = prepared(
        "insert into contact_methods (contact_id, kind, value, position) \
         select c.id, 'email', a.address, c.behind + a.n from (select ?::uuid as id, (select coalesce(max(m.position), -1) \
             from contact_methods m where m.contact_id = ?) as behind) c, unnest(?) with ordinality a(address, n) \
         where not exists (select from contact_methods m where m.contact_id = c.id and m.kind = 'email' and m.value_key = a.address)",
        (bind::<SqlUuid, _>(contact), bind::<SqlUuid, _>(contact), bind::<Array<Text>, _>(addresses)),
    );
    Ok(insert.execute(tx).await?)
}

/// Says what this change set is, for the history.
pub async fn describe(tx: &mut TenantTx<'_>, summary: &str) -> Result<(), AppError> {
    let query = prepared(
        "update change_sets set kind = 'bulk', summary = ? where id = app_change_set_id()",
        (bind::<Text, _>(summary),),
    );
    query.execute(tx).await?;
    Ok(())
}
