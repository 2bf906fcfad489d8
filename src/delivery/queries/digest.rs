//! What a digest told.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::sql_types::{Array, Timestamp, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// Notes which occurrences the digest `id` is the first to tell: those of one that was never sent are told by the next.
pub(in crate::delivery) async fn note(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    told: &[(Uuid, NaiveDateTime, DateTime<Utc>)],
) -> Result<(), AppError> {
    let reminders: Vec<Uuid> = told.iter().map(|one| one.0).collect();
    let locals: Vec<NaiveDateTime> = told.iter().map(|one| one.1).collect();
    let rings: Vec<DateTime<Utc>> = told.iter().map(|one| one.2).collect();
    let query = prepared(
        "insert into delivery_items (delivery_id, channel, reminder_id, occurs_at_local, rings_at) \
         select ?, 'digest', t.reminder, t.local, t.rings from unnest(?, ?, ?) t (reminder, local, rings) \
         on conflict (user_id, reminder_id, occurs_at_local, rings_at, channel) do update set delivery_id = excluded.delivery_id \
            where not exists (select from deliveries d where d.user_id = delivery_items.user_id and d.id = delivery_items.delivery_id and d.state = 'sent')",
        (
            bind::<SqlUuid, _>(id),
            bind::<Array<SqlUuid>, _>(reminders),
            bind::<Array<Timestamp>, _>(locals),
            bind::<Array<Timestamptz>, _>(rings),
        ),
    );
    query.execute(tx).await?;
    Ok(())
}
