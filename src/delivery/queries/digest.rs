//! What a digest tells before, and what it told.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Nullable, Timestamp, Timestamptz, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// What comes, of which a digest tells before.
#[derive(Debug, QueryableByName)]
pub(in crate::delivery) struct Coming {
    #[diesel(sql_type = SqlUuid)]
    pub reminder: Uuid,
    #[diesel(sql_type = Varchar)]
    pub title: String,
    /// Whom it is about.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub name: Option<String>,
    #[diesel(sql_type = Timestamp)]
    pub occurs_at_local: NaiveDateTime,
    #[diesel(sql_type = Timestamptz)]
    pub due_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub notice_at: DateTime<Utc>,
    #[diesel(sql_type = Bool)]
    pub is_day: bool,
}

/// The first few that come after `until`, of which notice comes until then and no digest told that was sent. One
/// statement.
pub(in crate::delivery) async fn coming(tx: &mut TenantTx<'_>, until: DateTime<Utc>) -> Result<Vec<Coming>, AppError> {
    let query = prepared(
        "select r.id as reminder, r.title, c.display_name as name, o.occurs_at_local, o.due_at, o.notice_at, r.is_day \
         from reminder_occurrences o join reminders r on r.id = o.reminder_id and r.deleted_at is null and r.dismissed_at is null \
         left join contacts c on c.id = r.contact_id \
         where o.state = 'open' and o.snoozed_until is null and o.notice_at < ? and o.due_at >= ? and c.deleted_at is null \
            and not exists (select from delivery_items i join deliveries d on d.id = i.delivery_id and d.state = 'sent' \
                where i.reminder_id = o.reminder_id and i.occurs_at_local = o.occurs_at_local and i.channel = 'digest' and i.is_notice) \
         order by o.due_at, r.id limit 30",
        (bind::<Timestamptz, _>(until), bind::<Timestamptz, _>(until)),
    );
    Ok(query.load(tx).await?)
}

/// Notes which occurrences the digest `id` is the first to tell: those of one that was never sent are told by the next.
/// Of `notices` it tells before, of each once.
pub(in crate::delivery) async fn note(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    told: &[(Uuid, NaiveDateTime, DateTime<Utc>)],
    notices: &[Coming],
) -> Result<(), AppError> {
    note_all(tx, id, told, false).await?;
    let notices: Vec<_> = notices.iter().map(|one| (one.reminder, one.occurs_at_local, one.notice_at)).collect();
    note_all(tx, id, &notices, true).await
}

async fn note_all(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    told: &[(Uuid, NaiveDateTime, DateTime<Utc>)],
    is_notice: bool,
) -> Result<(), AppError> {
    let once = match is_notice {
        true => "(user_id, reminder_id, occurs_at_local, channel) where is_notice",
        false => "(user_id, reminder_id, occurs_at_local, rings_at, channel, is_notice)",
    };
    let reminders: Vec<Uuid> = told.iter().map(|one| one.0).collect();
    let locals: Vec<NaiveDateTime> = told.iter().map(|one| one.1).collect();
    let rings: Vec<DateTime<Utc>> = told.iter().map(|one| one.2).collect();
    let query = prepared(
        format!(
            "insert into delivery_items (delivery_id, channel, reminder_id, occurs_at_local, rings_at, is_notice) \
             select ?, 'digest', t.reminder, t.local, t.rings, ? from unnest(?, ?, ?) t (reminder, local, rings) \
             on conflict {once} do update set delivery_id = excluded.delivery_id \
                where not exists (select from deliveries d where d.user_id = delivery_items.user_id and d.id = delivery_items.delivery_id and d.state = 'sent')"
        ),
        (
            bind::<SqlUuid, _>(id),
            bind::<Bool, _>(is_notice),
            bind::<Array<SqlUuid>, _>(reminders),
            bind::<Array<Timestamp>, _>(locals),
            bind::<Array<Timestamptz>, _>(rings),
        ),
    );
    query.execute(tx).await?;
    Ok(())
}
