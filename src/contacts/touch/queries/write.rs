//! The SQL of what changes a cadence: put off, kept to, and what ends a postponement.

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::interactions::model::Interaction;

/// Lets somebody be due no earlier than on a day, or as early as her cadence has it.
pub(in crate::contacts) async fn postpone(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    until: Option<NaiveDate>,
) -> Result<(), AppError> {
    let query = prepared(
        "update contacts c set postponed_until = v.until from (select ?::date as until) v \
         where c.id = ? and c.deleted_at is null and c.postponed_until is distinct from v.until",
        (bind::<Nullable<Date>, _>(until), bind::<SqlUuid, _>(id)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Gives somebody a cadence of her own.
pub(in crate::contacts) async fn keep_to(tx: &mut TenantTx<'_>, id: Uuid, days: i32) -> Result<(), AppError> {
    let query = prepared(
        "update contacts set contact_frequency_days = ? where id = ? and deleted_at is null",
        (bind::<Integer, _>(days), bind::<SqlUuid, _>(id)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// What she logs herself of a day that is later than their last contact ends the postponement of whoever took part, if it counts
/// as contact; the caller adds it afterwards. An import ends none: what she put off she wants to do herself. One statement, which holds everybody in the
/// order of their ids, as what is added does.
///
/// # Errors
/// When the database fails.
pub async fn met(tx: &mut TenantTx<'_>, passed: &Interaction, day: NaiveDate) -> Result<(), AppError> {
    let query = prepared(
        "with held as materialized (select id, last_contact_date from contacts where id = any(?) \
                 and (select counts_as_contact(?, ?, ?, null, not_contact(u.settings), received_is_contact(u.settings)) \
                     from users u where u.id = app_user_id()) order by id for no key update) \
         update contacts c set postponed_until = null from held h where c.id = h.id and c.postponed_until is not null \
             and (h.last_contact_date is null or h.last_contact_date < ?)",
        (
            bind::<Array<SqlUuid>, _>(&passed.people),
            bind::<Text, _>(&passed.kind),
            bind::<Nullable<Text>, _>(&passed.direction),
            bind::<Bool, _>(passed.is_contact),
            bind::<Date, _>(day),
        ),
    );
    query.execute(tx).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Days {
    #[diesel(sql_type = Array<Date>)]
    days: Vec<NaiveDate>,
}

/// The days of two years on which she was in touch with somebody, in order. Her own index is read, from today back, and no more
/// than two thousand interactions.
pub(in crate::contacts) async fn days_of_contact(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Vec<NaiveDate>, AppError> {
    let query = prepared(
        "select coalesce(array_agg(distinct x.day order by x.day), '{}') as days \
         from (select interaction_day(n.occurred_at, n.occurred_on, u.time_zone) as day from (select p.user_id, p.interaction_id, p.occurred_at from interaction_participants p \
                 where p.contact_id = ? and p.occurred_at >= now() - interval '731 days' and p.occurred_at < now() + interval '1 day' \
                 order by p.occurred_at desc, p.interaction_id desc limit 2000) p \
             cross join lateral (select * from interactions i where i.user_id = p.user_id and i.id = p.interaction_id \
                 and i.occurred_at = p.occurred_at and i.deleted_at is null and i.is_contact offset 0) n \
             join users u on u.id = p.user_id and counts_as_contact(n.interaction_type, n.direction, n.is_contact, n.deleted_at, \
                 not_contact(u.settings), received_is_contact(u.settings))) x",
        (bind::<SqlUuid, _>(id),),
    );
    Ok(query.get_result::<Days>(tx).await?.days)
}
