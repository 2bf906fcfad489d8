//! Who is named in a message or an event. What follows, who takes part and who writes how often, the database does
//! itself.

use diesel::QueryableByName;
use diesel::sql_types::{Bool, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// An address that an interaction names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AddressRow {
    /// Which interaction; it is there already.
    pub interaction: Uuid,
    /// Its place among those of the interaction, from 0.
    pub position: i16,
    /// As what: `from`, `sender`, `reply_to`, `to`, `cc`, `bcc`, these as `resent_...`, `organizer` or `attendee`.
    pub role: &'static str,
    /// The address, in any spelling.
    pub address: String,
    /// The name beside it, as it is shown; empty where there is none.
    pub name: String,
    /// Whether it is the user's own.
    pub is_own: bool,
}

/// Adds what interactions name, all rows of one interaction in one call where that can be. Live contacts who have an
/// address take part from now on, and the others are counted as correspondents. What stands at its place already stays.
/// One statement, however many rows.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut TenantTx<'_>, rows: &[AddressRow]) -> Result<(), AppError> {
    let rows = serde_json::to_value(rows).map_err(anyhow::Error::from)?;
    let insert = prepared(
        "insert into interaction_addresses (interaction_id, occurred_at, position, role, address, name, is_own) \
         select n.id, n.occurred_at, r.position, r.role, method_key('email', r.address), \
             case when btrim(r.name) <> '' and lower(btrim(r.name)) <> lower(btrim(r.address)) then left(btrim(r.name), 255) end, r.is_own \
         from jsonb_to_recordset(?) as r(interaction uuid, position smallint, role text, address text, name text, is_own boolean) \
         join interactions n on n.id = r.interaction where btrim(r.address) <> '' on conflict do nothing",
        (bind::<Jsonb, _>(rows),),
    );
    insert.execute(tx).await?;
    Ok(())
}

/// Somebody whom an interaction names.
#[derive(Debug, QueryableByName)]
pub struct Named {
    /// As [`AddressRow::role`].
    #[diesel(sql_type = Text)]
    pub role: String,
    /// The address, in lower case.
    #[diesel(sql_type = Text)]
    pub address: String,
    /// The name beside it.
    #[diesel(sql_type = Nullable<Text>)]
    pub name: Option<String>,
    /// Whether it is the user's own.
    #[diesel(sql_type = Bool)]
    pub is_own: bool,
    /// Whether nobody in her contacts has it.
    #[diesel(sql_type = Bool)]
    pub is_strange: bool,
}

/// Whom an interaction names, in its order; of hundreds the first hundred, and one more that says so.
///
/// # Errors
/// When the database fails.
pub async fn named(tx: &mut TenantTx<'_>, interaction: Uuid) -> Result<Vec<Named>, AppError> {
    let query = prepared(
        "select a.role::text, a.address::text, a.name::text, a.is_own, not a.is_own and coalesce(c.state <> 'known', false) as is_strange \
         from interaction_addresses a left join correspondents c on c.address = a.address \
         where a.interaction_id = ? order by a.position limit 101",
        (bind::<SqlUuid, _>(interaction),),
    );
    Ok(query.load(tx).await?)
}
