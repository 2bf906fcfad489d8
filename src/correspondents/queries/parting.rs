//! Addresses that were gathered as one person's and are not.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// An address of somebody in the queue.
#[derive(Debug, Clone, QueryableByName)]
pub struct OfPerson {
    /// Its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// In lower case.
    #[diesel(sql_type = Text)]
    pub address: String,
    /// The newest name beside it.
    #[diesel(sql_type = Nullable<Text>)]
    pub name: Option<String>,
    /// Messages that came from it.
    #[diesel(sql_type = Integer)]
    pub received: i32,
    /// Messages that went to it.
    #[diesel(sql_type = Integer)]
    pub sent: i32,
    /// When it was named first.
    #[diesel(sql_type = Timestamptz)]
    pub first_at: DateTime<Utc>,
    /// When it was named last.
    #[diesel(sql_type = Timestamptz)]
    pub last_at: DateTime<Utc>,
    /// Whether a contact has it.
    #[diesel(sql_type = Bool)]
    is_known: bool,
}

/// The addresses of whoever has this one, but for those that a contact has, the one with the most messages first; they
/// stay as they are until the end of the transaction. At most a thousand.
///
/// # Errors
/// `NotFound` where no address has this id.
pub async fn addresses_of(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Vec<OfPerson>, AppError> {
    let query = prepared(
        "select m.id, m.address::text, m.name::text, m.received_count as received, m.sent_count as sent, m.first_at, m.last_at, \
             m.state = 'known' as is_known \
         from correspondents m where m.person_id = (select h.person_id from correspondents h where h.id = ?) or m.id = ? \
         order by m.received_count + m.sent_count desc, m.address limit 1000 for no key update",
        (bind::<SqlUuid, _>(id), bind::<SqlUuid, _>(id)),
    );
    let mut rows: Vec<OfPerson> = query.load(tx).await?;
    if rows.is_empty() {
        return Err(AppError::NotFound);
    }
    rows.retain(|row| !row.is_known);
    Ok(rows)
}

/// Makes these addresses a person of their own, apart from whoever has the one `beside`.
pub async fn part(tx: &mut TenantTx<'_>, addresses: &[&String], beside: &str) -> Result<(), AppError> {
    let query = prepared(
        "insert into parted_addresses (address, person_id, beside) select a, ?, ? from unnest(?) a \
         on conflict (user_id, address) do update set person_id = excluded.person_id",
        (bind::<SqlUuid, _>(Uuid::now_v7()), bind::<Text, _>(beside), bind::<Array<Text>, _>(addresses)),
    );
    query.execute(tx).await?;
    Ok(())
}
