//! The only door to PostgreSQL. A feature gets a [`TenantTx`], narrowed to one user by row-level
//! security, and nothing else; before sign-in there are the named functions of [`Anonymous`].

#![expect(clippy::disallowed_types, reason = "this is the one place that holds connections")]

mod anonymous;
/// Roles and extensions, before the first migration.
pub mod bootstrap;
/// Connections, with TLS where the server is elsewhere.
pub mod connect;
mod containing;
mod current_user;
/// What a database says of its own health.
pub mod health;
mod made;
/// Merges that were done before.
pub mod merged;
/// The embedded migrations and their runner.
pub mod migrate;
/// A large table by month.
pub mod partition;
mod prepared;
mod ringing;
/// The tables, as Diesel sees them; compared with the database by a test.
#[expect(missing_docs, reason = "Diesel writes no docs for the column types it makes")]
pub mod schema;
mod tenant_tx;
mod tls;
mod users;

use std::time::Duration;

use deadpool::Runtime;
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, TransactionManager};
use uuid::Uuid;

pub use anonymous::{Anonymous, Credential, Job, UserRow};
pub use containing::containing;
pub use current_user::CurrentUser;
pub use made::{Made, made};
pub use prepared::{Bind, Prepared, bind, prepared};
pub use ringing::Claimed;
pub use tenant_tx::TenantTx;
pub use users::{Account, Deed, Done, NewUser};

use crate::error::{AppError, is_retryable};
use crate::limits::{Limits, Tiers};

/// How often a transaction is tried when PostgreSQL says that it collided with another.
const TRIES: usize = 3;

/// The pool of connections, all of the role `kith_app`. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool<AsyncPgConnection>,
    tiers: Tiers,
}

/// What a transaction is for: an edit by a person, a background job, or a batch of an import.
#[derive(Clone, Copy)]
struct Purpose {
    change_set: Uuid,
    import: Option<Uuid>,
    statement_timeout: Option<u32>,
    /// Everything is read as it is when the first statement begins, and nothing is written.
    is_snapshot: bool,
}

impl Purpose {
    /// A change set of its own; the time-out is in seconds.
    fn new(statement_timeout: Option<u32>) -> Self {
        Self { change_set: Uuid::now_v7(), import: None, statement_timeout, is_snapshot: false }
    }
}

impl Db {
    /// A pool over `url`, which must name a role that row-level security binds.
    ///
    /// No connection is opened yet: the first query does that.
    ///
    /// # Errors
    /// When the pool cannot be built.
    pub fn connect(url: &str, size: usize) -> Result<Self, AppError> {
        // Fast: the default sends `SELECT 1` at each checkout.
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(|url| Box::pin(connect::establish(url.to_owned())));
        let manager = AsyncDieselConnectionManager::new_with_config(url, config);
        let pool = Pool::builder(manager)
            .max_size(size)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(Duration::from_secs(10)))
            .create_timeout(Some(Duration::from_secs(5)))
            .build()
            .map_err(|error| AppError::Internal(error.into()))?;
        Ok(Self { pool, tiers: Tiers::default() })
    }

    /// The same pool, over accounts that are limited by their tier.
    #[must_use]
    pub fn limited(self, tiers: Tiers) -> Self {
        Self { tiers, ..self }
    }

    /// The limits of an account of this tier.
    #[must_use]
    pub fn limits_of(&self, tier: &str) -> Limits {
        self.tiers.of(tier)
    }

    /// Runs `work` in one transaction as `user`: commits on `Ok`, rolls back on `Err`, and tries
    /// again when PostgreSQL reports a serialization failure or a deadlock.
    ///
    /// # Errors
    /// What `work` returns, or `Unavailable` when no connection can be had.
    pub async fn as_user<T>(
        &self,
        user: &CurrentUser,
        work: impl AsyncFn(&mut TenantTx<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let purpose = Purpose::new(None);
        self.run(user, purpose, work).await
    }

    /// As [`Db::as_user`], with a longer statement time-out: for jobs that work in batches, and for what a
    /// person asks of a hundred thousand people at once and its undo.
    ///
    /// # Errors
    /// As [`Db::as_user`].
    pub async fn as_user_for_job<T>(
        &self,
        user: &CurrentUser,
        work: impl AsyncFn(&mut TenantTx<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let purpose = Purpose::new(Some(600));
        self.run(user, purpose, work).await
    }

    /// As [`Db::as_user_for_job`] for what is only read: all of it as it is at one moment, however long the reading takes.
    ///
    /// # Errors
    /// As [`Db::as_user`].
    pub async fn as_user_at_one_moment<T>(
        &self,
        user: &CurrentUser,
        work: impl AsyncFn(&mut TenantTx<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.run(user, Purpose { is_snapshot: true, ..Purpose::new(Some(600)) }, work).await
    }

    /// A batch of what a job does within one `change_set`.
    ///
    /// # Errors
    /// As [`Db::as_user`].
    pub async fn as_change_set<T>(
        &self,
        user: &CurrentUser,
        change_set: Uuid,
        work: impl AsyncFn(&mut TenantTx<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let purpose = Purpose { change_set, ..Purpose::new(Some(600)) };
        self.run(user, purpose, work).await
    }

    /// A batch of an import: rows that it inserts carry `import`, and all of its changes belong to
    /// the one `change_set`.
    ///
    /// # Errors
    /// As [`Db::as_user`].
    pub async fn as_import<T>(
        &self,
        user: &CurrentUser,
        import: Uuid,
        change_set: Uuid,
        work: impl AsyncFn(&mut TenantTx<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let purpose = Purpose { change_set, import: Some(import), ..Purpose::new(Some(60)) };
        self.run(user, purpose, work).await
    }

    /// The named functions for requests and jobs that have no user yet.
    #[must_use]
    pub fn anonymous(&self) -> Anonymous<'_> {
        Anonymous::new(&self.pool)
    }

    async fn run<T>(
        &self,
        user: &CurrentUser,
        purpose: Purpose,
        work: impl AsyncFn(&mut TenantTx<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut tries = 1;
        loop {
            match self.run_once(user, purpose, &work).await {
                Err(error) if tries < TRIES && is_retryable(&error) => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn run_once<T>(
        &self,
        user: &CurrentUser,
        purpose: Purpose,
        work: &impl AsyncFn(&mut TenantTx<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut conn = self.pool.get().await.map_err(unavailable)?;
        let conn: &mut AsyncPgConnection = &mut conn;
        AnsiTransactionManager::begin_transaction_sql(conn, &opening_batch(user, purpose)).await?;
        let limits = self.limits_of(user.tier());
        match work(&mut TenantTx::new(conn, user, purpose.change_set, limits)).await {
            Ok(value) => {
                AnsiTransactionManager::commit_transaction(conn).await?;
                Ok(value)
            }
            Err(error) => {
                // The connection may be gone; the pool sees that by itself, the cause is what counts.
                let _ = AnsiTransactionManager::rollback_transaction(conn).await;
                Err(error)
            }
        }
    }
}

pub(crate) fn unavailable(error: diesel_async::pooled_connection::deadpool::PoolError) -> AppError {
    tracing::warn!(%error, "no database connection");
    AppError::Unavailable
}

/// `BEGIN` and the settings in one round trip. It takes no binds, so it holds typed values only.
fn opening_batch(user: &CurrentUser, purpose: Purpose) -> String {
    let session = user.session().map(|id| id.to_string()).unwrap_or_default();
    let ip = user.ip().map(|ip| ip.to_string()).unwrap_or_default();
    let import = purpose.import.map(|id| id.to_string()).unwrap_or_default();
    let timeout = purpose
        .statement_timeout
        .map(|seconds| format!(",set_config('statement_timeout','{seconds}s',true)"))
        .unwrap_or_default();
    let how = if purpose.is_snapshot { " ISOLATION LEVEL REPEATABLE READ READ ONLY" } else { "" };
    format!(
        "BEGIN{how};SELECT set_config('app.current_user_id','{}',true),set_config('app.session_id','{session}',true),\
         set_config('app.client_ip','{ip}',true),set_config('app.change_set_id','{}',true),\
         set_config('app.import_id','{import}',true){timeout}",
        user.id(),
        purpose.change_set,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_transaction_sets_outlives_it() {
        let row = UserRow {
            id: Uuid::now_v7(),
            email: String::new(),
            full_name: String::new(),
            time_zone: "UTC".to_owned(),
            is_admin: false,
            is_disabled: false,
            subscription_tier: "free".to_owned(),
            country: None,
            dates: Vec::new(),
        };
        let user = CurrentUser::new(row, Some(Uuid::now_v7()), "192.0.2.1".parse().ok());
        let purpose = Purpose { import: Some(Uuid::now_v7()), ..Purpose::new(Some(60)) };
        let batch = opening_batch(&user, purpose);
        assert_eq!(batch.matches("set_config(").count(), 6);
        assert_eq!(batch.matches(",true)").count(), 6, "{batch}");
    }
}
