//! The SQL of invitations: functions that ask for themselves whether an administrator calls them.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::web::paging::TimeCursor;

/// An invitation.
#[derive(Debug, QueryableByName)]
pub struct Row {
    /// Its id, which is not its token.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Whom it is for.
    #[diesel(sql_type = Text)]
    pub note: String,
    /// Which administrator made it.
    #[diesel(sql_type = Text)]
    pub made_by: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// From then on it makes no account.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
    /// When it made its account.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub used_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Row {
    /// The place behind this row.
    pub fn cursor(&self) -> TimeCursor {
        TimeCursor { at: self.created_at, id: self.id }
    }
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    answer: Option<Uuid>,
}

#[derive(QueryableByName)]
struct Yes {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// A page of them behind `after`, the newest first, one more than fits.
pub async fn list(tx: &mut TenantTx<'_>, after: Option<TimeCursor>) -> Result<Vec<Row>, AppError> {
    let (at, id) = (after.map(|cursor| cursor.at), after.map_or(Uuid::max(), |cursor| cursor.id));
    let query = prepared(
        "select id, note, made_by, created_at, expires_at, used_at, revoked_at \
         from public.list_invitations(coalesce(?, 'infinity'), ?)",
        (bind::<Nullable<Timestamptz>, _>(at), bind::<SqlUuid, _>(id)),
    );
    Ok(query.load(tx).await?)
}

/// Makes one for so many days. False where too many stand already.
pub async fn create(tx: &mut TenantTx<'_>, token_hash: &[u8], note: &str, days: i32) -> Result<bool, AppError> {
    let query = prepared(
        "select public.create_invitation(?, ?, ?) as answer",
        (bind::<Binary, _>(token_hash), bind::<Text, _>(note), bind::<Integer, _>(days)),
    );
    Ok(query.get_result::<Id>(tx).await?.answer.is_some())
}

/// Takes one back.
///
/// # Errors
/// `NotFound` where there is none, or it has made its account.
pub async fn revoke(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let query = prepared("select public.revoke_invitation(?) as answer", (bind::<SqlUuid, _>(id),));
    if query.get_result::<Yes>(tx).await?.answer { Ok(()) } else { Err(AppError::NotFound) }
}
