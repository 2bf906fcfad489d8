//! Migrations: the folders of `migrations/`, embedded, each run in a transaction of its own as the
//! owner role. The list of those that ran is Diesel's own table, so Diesel's command works too.
//!
//! Diesel's harness is not used: it blocks a thread of a multi-threaded runtime, and it cannot put
//! the prefix of `KITH_ROLE_PREFIX` into the role names.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use tokio_postgres::Client;

use super::bootstrap;

/// The roles that migrations name.
const ROLES: [&str; 7] = ["owner", "app", "auth", "jobs", "search", "audit", "erasure"];
/// Only one program migrates a database at a time.
const LOCK: i64 = 0x6b69_7468;

/// The migrations of this program.
#[derive(rust_embed::RustEmbed)]
#[folder = "migrations/"]
struct Files;

/// This program's migrations by their version, as Diesel writes it: `20261124000001`; the folder is
/// `2026-11-24-000001_ground`.
#[must_use]
pub fn known() -> BTreeMap<String, String> {
    let folders = Files::iter().filter_map(|path| path.split('/').next().map(str::to_owned));
    folders.map(|folder| (folder.split('_').next().unwrap_or_default().replace('-', ""), folder)).collect()
}

/// Which versions ran on this database.
///
/// # Errors
/// When the database does not answer.
pub async fn applied(client: &Client) -> Result<BTreeSet<String>> {
    let exists: bool =
        client.query_one("select to_regclass('public.__diesel_schema_migrations') is not null", &[]).await?.get(0);
    if !exists {
        return Ok(BTreeSet::new());
    }
    let rows = client.query("select version from public.__diesel_schema_migrations", &[]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// What is to be run, oldest first.
///
/// # Errors
/// When the database was migrated by a newer Kith: running an older one on it could lose data.
pub async fn pending(client: &Client) -> Result<Vec<String>> {
    let (known, applied) = (known(), applied(client).await?);
    if let Some(newer) = applied.iter().find(|version| !known.contains_key(*version)) {
        bail!("the database was made by a newer Kith (it holds the migration {newer}): start that version instead");
    }
    Ok(known.into_keys().filter(|version| !applied.contains(version)).collect())
}

/// Waits until no other program makes or migrates what is kept by this database, and keeps others from it until the client is
/// dropped.
///
/// # Errors
/// When the database does not answer.
pub async fn hold(client: &Client) -> Result<()> {
    client.execute("select pg_advisory_lock($1)", &[&LOCK]).await?;
    Ok(())
}

/// Runs what is pending and returns how many that were.
///
/// # Errors
/// When one fails: those before it stay, itself leaves nothing behind.
pub async fn run(client: &mut Client, prefix: &str) -> Result<usize> {
    hold(client).await?;
    let outcome = run_locked(client, prefix).await;
    client.execute("select pg_advisory_unlock($1)", &[&LOCK]).await?;
    outcome
}

async fn run_locked(client: &mut Client, prefix: &str) -> Result<usize> {
    let pending = pending(client).await?;
    if pending.is_empty() {
        return Ok(0);
    }
    bootstrap::open_schema(client, prefix, true).await?;
    let table = format!(
        "set role {prefix}_owner; create table if not exists public.__diesel_schema_migrations \
         (version varchar(50) primary key, run_on timestamp not null default current_timestamp); \
         grant select on public.__diesel_schema_migrations to {prefix}_app; reset role"
    );
    client.batch_execute(&table).await?;
    for version in &pending {
        step(client, prefix, version, "up").await?;
    }
    bootstrap::open_schema(client, prefix, false).await?;
    Ok(pending.len())
}

/// Takes the last `count` migrations back, newest first: for tests, which run them down and up again.
///
/// # Errors
/// As [`run`].
pub async fn revert(client: &mut Client, prefix: &str, count: usize) -> Result<()> {
    bootstrap::open_schema(client, prefix, true).await?;
    for version in applied(client).await?.iter().rev().take(count) {
        step(client, prefix, version, "down").await?;
    }
    bootstrap::open_schema(client, prefix, false).await
}

async fn step(client: &mut Client, prefix: &str, version: &str, direction: &str) -> Result<()> {
    let known = known();
    let folder = known.get(version).with_context(|| format!("no migration {version}"))?;
    let file =
        Files::get(&format!("{folder}/{direction}.sql")).with_context(|| format!("{folder} has no {direction}.sql"))?;
    let sql = with_prefix(std::str::from_utf8(&file.data)?, prefix);
    let tx = client.transaction().await?;
    tx.batch_execute(&format!("set local role {prefix}_owner")).await?;
    tx.batch_execute(&sql).await.with_context(|| format!("the migration {folder} ({direction})"))?;
    tx.batch_execute(&format!("set local role {prefix}_owner")).await?;
    let note = match direction {
        "up" => "insert into public.__diesel_schema_migrations (version) values ($1)",
        _ => "delete from public.__diesel_schema_migrations where version = $1",
    };
    tx.execute(note, &[&version]).await?;
    tx.commit().await?;
    // A migration may have changed roles for good.
    Ok(client.batch_execute("reset role").await?)
}

/// The text of a migration with this instance's role names.
fn with_prefix(sql: &str, prefix: &str) -> String {
    if prefix == "kith" {
        return sql.to_owned();
    }
    ROLES.iter().fold(sql.to_owned(), |sql, role| sql.replace(&format!("kith_{role}"), &format!("{prefix}_{role}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_migrations_have_one_version() {
        let folders: BTreeSet<String> =
            Files::iter().filter_map(|path| path.split('/').next().map(str::to_owned)).collect();
        assert_eq!(folders, known().into_values().collect());
    }

    #[test]
    fn every_migration_can_be_taken_back() {
        for folder in known().values() {
            assert!(Files::get(&format!("{folder}/up.sql")).is_some(), "{folder} has no up.sql");
            assert!(Files::get(&format!("{folder}/down.sql")).is_some(), "{folder} has no down.sql");
        }
    }

    #[test]
    fn another_instance_has_roles_of_its_own() {
        assert_eq!(with_prefix("grant x to kith_app, kith_owner", "ada"), "grant x to ada_app, ada_owner");
    }
}
