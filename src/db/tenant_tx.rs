//! The handle that queries run on.

use diesel::QueryableByName;
use diesel::query_builder::{AsQuery, QueryFragment, QueryId};
use diesel::sql_types::Bool;
use diesel_async::{AsyncConnectionCore, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use super::{CurrentUser, prepared};
use crate::error::AppError;
use crate::limits::Limits;
use crate::text::country::Country;

/// A transaction that row-level security has narrowed to one user.
///
/// It is the only public type that queries can run on; there is no way to its connection, so
/// neither `COMMIT` nor `SET` can be sent by a feature:
///
/// ```compile_fail
/// fn raw(tx: &mut kith::db::TenantTx<'_>) -> &mut diesel_async::AsyncPgConnection {
///     &mut **tx
/// }
/// ```
pub struct TenantTx<'conn> {
    conn: &'conn mut AsyncPgConnection,
    user: &'conn CurrentUser,
    change_set: Uuid,
    limits: Limits,
}

impl<'conn> TenantTx<'conn> {
    pub(super) fn new(
        conn: &'conn mut AsyncPgConnection,
        user: &'conn CurrentUser,
        change_set: Uuid,
        limits: Limits,
    ) -> Self {
        Self { conn, user, change_set, limits }
    }

    /// The country that she dials from.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        self.user.country()
    }

    /// What the account may hold at most: the allowance asks.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The change set that groups whatever this transaction changes; its row exists once
    /// something audited was changed.
    #[must_use]
    pub fn change_set(&self) -> Uuid {
        self.change_set
    }

    /// The change set, if anything audited was changed so far: what an undo may be offered for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changes(&mut self) -> Result<Option<Uuid>, AppError> {
        let query = prepared("select exists (select from change_sets where id = app_change_set_id()) as any", ());
        let changed: Changed = query.get_result(self).await?;
        Ok(changed.any.then_some(self.change_set))
    }
}

#[derive(QueryableByName)]
struct Changed {
    #[diesel(sql_type = Bool)]
    any: bool,
}

/// Diesel demands this of every connection. Tenant code has no use for raw SQL batches, which
/// could `RESET` the user or `COMMIT` early, so it refuses.
impl SimpleAsyncConnection for TenantTx<'_> {
    async fn batch_execute(&mut self, _: &str) -> diesel::QueryResult<()> {
        Err(diesel::result::Error::QueryBuilderError("no raw SQL batches in a TenantTx".into()))
    }
}

impl SimpleAsyncConnection for &TenantTx<'_> {
    async fn batch_execute(&mut self, _: &str) -> diesel::QueryResult<()> {
        Err(diesel::result::Error::QueryBuilderError("no raw SQL batches in a TenantTx".into()))
    }
}

impl AsyncConnectionCore for TenantTx<'_> {
    type ExecuteFuture<'c, 'q> = <AsyncPgConnection as AsyncConnectionCore>::ExecuteFuture<'c, 'q>;
    type LoadFuture<'c, 'q> = <AsyncPgConnection as AsyncConnectionCore>::LoadFuture<'c, 'q>;
    type Stream<'c, 'q> = <AsyncPgConnection as AsyncConnectionCore>::Stream<'c, 'q>;
    type Row<'c, 'q> = <AsyncPgConnection as AsyncConnectionCore>::Row<'c, 'q>;
    type Backend = diesel::pg::Pg;

    fn load<'c, 'q, T>(&'c mut self, source: T) -> Self::LoadFuture<'c, 'q>
    where
        T: AsQuery + 'q,
        T::Query: QueryFragment<Self::Backend> + QueryId + 'q,
    {
        AsyncConnectionCore::load(self.conn, source)
    }

    fn execute_returning_count<'c, 'q, T>(&'c mut self, source: T) -> Self::ExecuteFuture<'c, 'q>
    where
        T: QueryFragment<Self::Backend> + QueryId + 'q,
    {
        AsyncConnectionCore::execute_returning_count(self.conn, source)
    }
}

/// Shared, so that statements which do not wait for each other's rows are sent together (pipelining) and cost one round
/// trip: `try_join!` of functions that take `&TenantTx`. PostgreSQL still does one after the other.
impl<'a> AsyncConnectionCore for &'a TenantTx<'_> {
    type ExecuteFuture<'c, 'q> = <&'a AsyncPgConnection as AsyncConnectionCore>::ExecuteFuture<'c, 'q>;
    type LoadFuture<'c, 'q> = <&'a AsyncPgConnection as AsyncConnectionCore>::LoadFuture<'c, 'q>;
    type Stream<'c, 'q> = <&'a AsyncPgConnection as AsyncConnectionCore>::Stream<'c, 'q>;
    type Row<'c, 'q> = <&'a AsyncPgConnection as AsyncConnectionCore>::Row<'c, 'q>;
    type Backend = diesel::pg::Pg;

    fn load<'c, 'q, T>(&'c mut self, source: T) -> Self::LoadFuture<'c, 'q>
    where
        T: AsQuery + 'q,
        T::Query: QueryFragment<Self::Backend> + QueryId + 'q,
    {
        let mut conn: &'a AsyncPgConnection = self.conn;
        AsyncConnectionCore::load(&mut conn, source)
    }

    fn execute_returning_count<'c, 'q, T>(&'c mut self, source: T) -> Self::ExecuteFuture<'c, 'q>
    where
        T: QueryFragment<Self::Backend> + QueryId + 'q,
    {
        let mut conn: &'a AsyncPgConnection = self.conn;
        AsyncConnectionCore::execute_returning_count(&mut conn, source)
    }
}
