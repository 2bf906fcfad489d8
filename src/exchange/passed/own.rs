//! The SQL of the addresses that are hers: kept in her settings for the next import, and followed by what came before she said
//! them.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// The addresses that are hers.
#[derive(QueryableByName)]
pub(super) struct Own {
    /// Those that she said, else that of her account.
    #[diesel(sql_type = Array<Text>)]
    pub addresses: Vec<String>,
    /// Whether she said any.
    #[diesel(sql_type = Bool)]
    pub are_said: bool,
}

/// The addresses that she said are hers, else that of her account.
pub(super) async fn own_addresses(tx: &mut TenantTx<'_>) -> Result<Own, AppError> {
    let query = prepared(
        "select array(select a from jsonb_array_elements_text(case when jsonb_typeof(settings -> 'own_addresses') = 'array' \
             then settings -> 'own_addresses' else jsonb_build_array(lower(email)) end) a) as addresses, \
             coalesce(jsonb_typeof(settings -> 'own_addresses') = 'array', false) as are_said from users",
        (),
    );
    Ok(query.get_result(tx).await?)
}

/// What is known of an address.
#[derive(QueryableByName)]
pub(super) struct Known {
    #[diesel(sql_type = Text)]
    pub address: String,
    /// Whether a contact of hers has it, or stored mail was written from it by somebody else.
    #[diesel(sql_type = Bool)]
    pub is_others: bool,
    /// Whether it is hers in what is stored.
    #[diesel(sql_type = Bool)]
    pub is_hers: bool,
}

/// What is known of addresses.
pub(super) async fn known(tx: &mut TenantTx<'_>, addresses: &[String]) -> Result<Vec<Known>, AppError> {
    let query = prepared(
        "select g.address, \
             exists (select from contact_methods m join contacts c on c.id = m.contact_id and c.deleted_at is null \
                 where m.kind = 'email' and m.value_key = g.address) \
             or exists (select from interaction_addresses a where a.address = g.address and a.role = 'from' and not a.is_own) as is_others, \
             exists (select from interaction_addresses a where a.address = g.address and a.is_own) as is_hers \
         from unnest(?) with ordinality g(address, place) order by g.place",
        (bind::<Array<Text>, _>(addresses),),
    );
    Ok(query.load(tx).await?)
}

/// Remembers which are.
pub(super) async fn remember(tx: &mut TenantTx<'_>, addresses: &[String]) -> Result<(), AppError> {
    let query = prepared(
        "update users set settings = coalesce(settings, '{}') || jsonb_build_object('own_addresses', to_jsonb(?::text[]))",
        (bind::<Array<Text>, _>(addresses),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Interactions that follow in one transaction.
const BATCH: i64 = 2_000;

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = SqlUuid)]
    interaction_id: Uuid,
}

/// Lets what imports brought before follow addresses that she now says are hers, too: they are nobody's who waits to be a contact,
/// and which way mail went is what it would be had she said so at first, unless she says otherwise of it herself. Whether it
/// counts as contact follows where that was open for want of a way, but for what may be of a list. Some at a time; whether there were any.
pub(super) async fn follow(tx: &mut TenantTx<'_>, said: &[String]) -> Result<bool, AppError> {
    let query = prepared(
        "select distinct a.interaction_id from interaction_addresses a where a.address = any (?) and not a.is_own limit ?",
        (bind::<Array<Text>, _>(said), bind::<BigInt, _>(BATCH)),
    );
    let named: Vec<Named> = query.load(tx).await?;
    let ids: Vec<Uuid> = named.into_iter().map(|row| row.interaction_id).collect();
    if ids.is_empty() {
        return Ok(false);
    }
    for statement in [
        "update interactions n set direction = x.now, is_contact = n.is_contact or (n.direction is null and n.occurred_at <= now() \
                 and not coalesce((select (i.passing ->> 'with_lists')::boolean from imports i where i.id = n.import_id), false)) \
         from (select y.interaction_id, case when y.sent then 'outbound' when y.got then 'inbound' end as was, \
                 case when y.sends then 'outbound' when y.gets then 'inbound' end as now \
             from (select a.interaction_id, bool_or(a.role = 'from' and a.is_own) as sent, bool_or(r.is_to and a.is_own) as got, \
                     bool_or(a.role = 'from' and r.is_hers) as sends, bool_or(r.is_to and r.is_hers) as gets \
                 from (select ?::uuid[] as ids, ?::text[] as said) g \
                 join interaction_addresses a on a.interaction_id = any (g.ids) \
                 cross join lateral (select a.is_own or a.address = any (g.said) as is_hers, \
                     a.role in ('to', 'cc', 'bcc', 'resent_to', 'resent_cc', 'resent_bcc') as is_to) r \
                 group by a.interaction_id) y) x \
         where n.id = x.interaction_id and (n.external_source in ('gmail', 'mbox', 'eml', 'maildir') or n.external_source = 'csv' and n.direction is null) and x.now is not null \
             and n.direction is distinct from x.now and (n.direction is not distinct from x.was or n.version = 1)",
        "update interaction_addresses a set is_own = true from (select ?::uuid[] as ids, ?::text[] as said) g \
         where a.interaction_id = any (g.ids) and a.address = any (g.said) and not a.is_own",
    ] {
        let query = prepared(statement, (bind::<Array<SqlUuid>, _>(&ids), bind::<Array<Text>, _>(said)));
        query.execute(tx).await?;
    }
    Ok(true)
}
