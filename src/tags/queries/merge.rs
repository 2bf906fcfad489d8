//! Several tags made into one: a fixed number of statements, however many people have them.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Integer, Nullable, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::by_name::merge::{Decided, Entry};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Varchar)]
    name: String,
    #[diesel(sql_type = Nullable<Varchar>)]
    color: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    contact_frequency_days: Option<i32>,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Integer)]
    people_count: i32,
}

/// Keeps these tags to this transaction alone, in the order of their ids: somebody who is being given one of them is
/// waited for, and keeps it.
pub async fn hold(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<(), AppError> {
    let query =
        prepared("select from tags where id = any(?) order by id for update", (bind::<Array<SqlUuid>, _>(ids),));
    query.execute(tx).await?;
    Ok(())
}

/// These tags, by name.
///
/// # Errors
/// `NotFound` where one of them is not hers, or deleted.
pub async fn entries(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<Entry>, AppError> {
    let query = prepared(
        "select id, name, color, contact_frequency_days, version, people_count from tags where id = any(?) order by sort_key, id",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    let rows: Vec<Row> = query.load(tx).await?;
    if rows.len() < ids.len() {
        return Err(AppError::NotFound);
    }
    let days = |days: Option<i32>| days.map(|days| days.to_string()).unwrap_or_default();
    let entry = |row: Row| Entry {
        id: row.id,
        name: row.name,
        version: row.version,
        is_trashed: false,
        people: row.people_count,
        values: vec![row.color.unwrap_or_default(), days(row.contact_frequency_days)],
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// Gives everybody who has one of them the one that stays, and deletes the others.
pub async fn merge(tx: &mut TenantTx<'_>, merge: &Decided) -> Result<(), AppError> {
    let survivor = || bind::<SqlUuid, _>(merge.survivor);
    let people = prepared(
        "insert into contact_tags (contact_id, tag_id) select distinct contact_id, ?::uuid from contact_tags where tag_id = any(?) \
         on conflict do nothing",
        (survivor(), bind::<Array<SqlUuid>, _>(&merge.others)),
    );
    people.execute(tx).await?;
    let value = |place: usize| merge.values.get(place).cloned().flatten();
    let days: Option<i32> = value(1).and_then(|days| days.parse().ok());
    let fields = prepared(
        "update tags t set color = v.color, contact_frequency_days = v.days from (select ?::text as color, ?::int as days) v \
         where t.id = ? and (t.color, t.contact_frequency_days) is distinct from (v.color, v.days)",
        (bind::<Nullable<Text>, _>(value(0)), bind::<Nullable<Integer>, _>(days), survivor()),
    );
    fields.execute(tx).await?;
    let others = prepared("delete from tags where id = any(?)", (bind::<Array<SqlUuid>, _>(&merge.others),));
    others.execute(tx).await?;
    Ok(())
}
