//! The SQL of the accounts' figures: functions that ask for themselves whether an administrator calls them.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{Deed, Done, TenantTx, bind, prepared};
use crate::error::AppError;
use crate::web::paging::TimeCursor;

/// An account with its figures.
#[derive(Debug, QueryableByName)]
pub struct Row {
    /// Which.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// What she signs in with.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Her name.
    #[diesel(sql_type = Text)]
    pub full_name: String,
    /// Whether she administers the instance.
    #[diesel(sql_type = Bool)]
    pub is_admin: bool,
    /// Whether she may not sign in.
    #[diesel(sql_type = Bool)]
    pub is_disabled: bool,
    /// `free`, `pro` or `team`.
    #[diesel(sql_type = Text)]
    pub subscription_tier: String,
    /// Since when there is one.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// The last request.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// People not in the trash.
    #[diesel(sql_type = Integer)]
    pub contacts: i32,
    /// What her rows take; none where that was not measured yet.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub bytes: Option<i64>,
}

impl Row {
    /// The place behind this row.
    pub fn cursor(&self) -> TimeCursor {
        TimeCursor { at: self.created_at, id: self.id }
    }
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    answer: String,
}

/// A page of accounts behind `after`, the newest first, one more than fits.
pub async fn list(tx: &mut TenantTx<'_>, after: Option<TimeCursor>) -> Result<Vec<Row>, AppError> {
    rows(tx, after, None).await
}

/// One account.
///
/// # Errors
/// `NotFound` where there is none.
pub async fn find(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Row, AppError> {
    rows(tx, None, Some(id)).await?.pop().ok_or(AppError::NotFound)
}

async fn rows(tx: &mut TenantTx<'_>, after: Option<TimeCursor>, only: Option<Uuid>) -> Result<Vec<Row>, AppError> {
    let (at, id) = (after.map(|cursor| cursor.at), after.map_or(Uuid::max(), |cursor| cursor.id));
    let query = prepared(
        "select id, email, full_name, is_admin, is_disabled, subscription_tier, created_at, last_used_at, contacts, bytes \
         from public.admin_accounts(coalesce(?, 'infinity'), ?, ?)",
        (bind::<Nullable<Timestamptz>, _>(at), bind::<SqlUuid, _>(id), bind::<Nullable<SqlUuid>, _>(only)),
    );
    Ok(query.load(tx).await?)
}

/// Does something to an account.
pub async fn change(tx: &mut TenantTx<'_>, id: Uuid, deed: Deed) -> Result<Done, AppError> {
    let query = prepared(
        "select public.admin_change_account(?, ?) as answer",
        (bind::<SqlUuid, _>(id), bind::<Text, _>(deed.word())),
    );
    Ok(Done::of(&query.get_result::<Word>(tx).await?.answer))
}
