//! How much passed in which month, and with whom most. The database keeps both as interactions change; a page reads
//! what is stored, as counting two million rows takes too long.

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::sql_types::{Date, Integer, Nullable, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// A month in which something passed.
#[derive(Debug, Clone, QueryableByName)]
pub struct Month {
    /// Its first day.
    #[diesel(sql_type = Date)]
    pub month: NaiveDate,
    /// How much passed in it.
    #[diesel(sql_type = Integer)]
    pub interactions: i32,
}

/// The months in which something passed, the newest first: a hundred years of them at most. One statement.
pub async fn months(tx: &mut TenantTx<'_>) -> Result<Vec<Month>, AppError> {
    let sql =
        "select month, interactions from interaction_months where interactions > 0 order by month desc limit 1200";
    Ok(prepared(sql, ()).load(tx).await?)
}

/// Somebody with whom she was much in touch.
#[derive(Debug, Clone, QueryableByName)]
pub struct Busy {
    /// Who.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Her name.
    #[diesel(sql_type = Varchar)]
    pub name: String,
    /// How often.
    #[diesel(sql_type = Integer)]
    pub interactions: i32,
}

/// The ten with whom she was most in touch in a period of `contact_periods`, the trash left out. One statement.
pub async fn busiest(tx: &mut TenantTx<'_>, period: &str) -> Result<Vec<Busy>, AppError> {
    let query = prepared(
        "select c.id, c.display_name as name, p.interactions from contact_periods p \
         join contacts c on c.user_id = p.user_id and c.id = p.contact_id and c.deleted_at is null \
         where p.period = ? and p.interactions > 0 order by p.interactions desc, p.contact_id limit 10",
        (bind::<Text, _>(period),),
    );
    Ok(query.load(tx).await?)
}

#[derive(QueryableByName)]
struct Next {
    #[diesel(sql_type = Nullable<Date>)]
    month: Option<NaiveDate>,
}

/// The months in which something may have passed, in whatever zone.
pub async fn months_to_count(tx: &mut TenantTx<'_>) -> Result<Vec<NaiveDate>, AppError> {
    let months = prepared("select m as month from months_to_count() m", ()).load(tx).await?;
    Ok(months.into_iter().filter_map(|next: Next| next.month).collect())
}

/// Counts a month anew; whoever writes waits meanwhile.
pub async fn count_month(tx: &mut TenantTx<'_>, month: NaiveDate) -> Result<(), AppError> {
    prepared("select count_month(?)", (bind::<Date, _>(month),)).execute(tx).await?;
    Ok(())
}
