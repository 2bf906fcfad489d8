//! What the spellings of her people's numbers and profiles share; numbers as they are dialled from where she is.

use std::collections::BTreeSet;

use diesel::QueryableByName;
use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::contacts::model::Method;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::text::country::Country;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    contact_id: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    value: String,
    #[diesel(sql_type = Text)]
    value_key: String,
}

#[derive(QueryableByName)]
struct Dialled {
    #[diesel(sql_type = Nullable<Text>)]
    country: Option<String>,
    #[diesel(sql_type = Text)]
    time_zone: String,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The country that she dials from by now; it stays so until the end of the transaction.
pub async fn hold_country(tx: &mut TenantTx<'_>) -> Result<Option<Country>, AppError> {
    let query = prepared("select settings ->> 'country' as country, time_zone from users for share", ());
    let Dialled { country, time_zone } = query.get_result(tx).await?;
    Ok(country.as_deref().and_then(Country::of_code).or_else(|| Country::of_time_zone(&time_zone)))
}

/// At most five hundred people with numbers or profiles behind an id, in the order of their ids.
pub async fn people_with_phones(tx: &mut TenantTx<'_>, after: Uuid) -> Result<Vec<Uuid>, AppError> {
    let query = prepared(
        "select distinct contact_id as id from contact_methods where contact_id > ? and kind in ('phone', 'linkedin') order by contact_id limit 500",
        (bind::<SqlUuid, _>(after),),
    );
    let rows: Vec<Id> = query.load(tx).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Makes the keys of these people's numbers and profiles anew; whose changed. No edit: neither history nor version
/// tells of it.
pub async fn rekey_phones(tx: &mut TenantTx<'_>, people: &[Uuid]) -> Result<Vec<Uuid>, AppError> {
    let select = prepared(
        "select id, contact_id, kind, value, value_key from contact_methods where contact_id = any(?) and kind in ('phone', 'linkedin')",
        (bind::<Array<SqlUuid>, _>(people),),
    );
    let (mut ids, mut keys, mut changed) = (Vec::new(), Vec::new(), BTreeSet::new());
    let numbers: Vec<Number> = select.load(tx).await?;
    for Number { id, contact_id, kind, value, value_key } in numbers {
        let Ok(kind) = kind.parse() else { continue };
        let key = Method { kind, label: String::new(), value }.key(tx.country());
        if key != value_key {
            ids.push(id);
            keys.push(key);
            changed.insert(contact_id);
        }
    }
    if !ids.is_empty() {
        let update = prepared(
            "update contact_methods m set value_key = r.key from unnest(?, ?) r(id, key) where m.id = r.id",
            (bind::<Array<SqlUuid>, _>(ids), bind::<Array<Text>, _>(keys)),
        );
        update.execute(tx).await?;
    }
    Ok(changed.into_iter().collect())
}
