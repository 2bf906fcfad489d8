//! One large table becomes one by month, and flat again, while the server runs. What is done in one moment, and what
//! hangs on the table, the migration's functions know (PostgreSQL, "Table Partitioning"); here is what is done around it.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, Utc};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

/// Whoever changes the table waits so long for those who use it; then lets those pass who wait behind it, and tries again.
const PATIENCE: &str = "set local lock_timeout = '1s'";
const TRIES: u32 = 60;
/// Held while one is at work: of it `ensure_month_partitions` knows that it was not killed.
const LOCK: &str = "hashtext('kith partition interactions')";

/// How the table of interactions is kept.
#[derive(Debug, Clone)]
pub struct Shape {
    /// By month, or flat.
    pub is_partitioned: bool,
    /// How many rows it has.
    pub rows: i64,
    /// The date of the last of them.
    pub newest: Option<DateTime<Utc>>,
    /// How many are dated more than five years ahead.
    pub ahead: i64,
    /// Bytes, with its indexes.
    pub bytes: i64,
}

impl Shape {
    /// Where the months would begin: behind everything there is, and not before the month after the next, so that
    /// what is written meanwhile is not refused.
    ///
    /// # Errors
    /// When something is dated so far ahead that there would be no months for years.
    pub fn cutoff(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
        let newest = self.newest.unwrap_or(now).max(now + Months::new(1));
        if newest > now + Months::new(60) {
            bail!(
                "{} of them are dated more than five years ahead, the last {}: have these corrected first, for all up to there \
                 would be one partition",
                self.ahead,
                newest.date_naive()
            );
        }
        let month = NaiveDate::from_ymd_opt(newest.year(), newest.month(), 1).map(|day| day + Months::new(1));
        Ok(month.unwrap_or_default().and_time(NaiveTime::MIN).and_utc())
    }
}

/// Looks at the table, as the role that may read everybody's.
///
/// # Errors
/// When the database does not answer.
pub async fn shape(client: &mut Client, prefix: &str) -> Result<Shape> {
    let tx = client.transaction().await?;
    tx.batch_execute(&format!("set local role {prefix}_search")).await?;
    let table = tx
        .query_one(
            "select relkind = 'p', coalesce((select sum(pg_total_relation_size(relid))::bigint from pg_partition_tree(oid)), pg_total_relation_size(oid)) \
             from pg_class where oid = 'public.interactions'::regclass",
            &[],
        )
        .await?;
    let rows = tx.query_one("select count(*), count(*) filter (where occurred_at > now() + interval '60 months'), to_char(max(occurred_at) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from public.interactions", &[]).await?;
    let newest = rows.get::<_, Option<String>>(2).map(|newest| newest.parse()).transpose()?;
    Ok(Shape { is_partitioned: table.get(0), bytes: table.get(1), rows: rows.get(0), ahead: rows.get(1), newest })
}

/// What came of a switch.
#[derive(Debug, Clone, Copy)]
pub struct Switched {
    /// For how long writers waited: from when the lock was asked for to the commit.
    pub blocked: Duration,
}

/// Makes the table one by month from `cutoff` on. What was begun and killed is begun anew.
///
/// # Errors
/// When somebody holds the table for two minutes, or the database fails; then it is as it was.
pub async fn partition(client: &mut Client, prefix: &str, cutoff: DateTime<Utc>) -> Result<Switched> {
    begin(client, prefix).await?;
    let outcome = checked_and_switched(client, cutoff).await;
    if outcome.is_err() {
        patiently(client, "alter table public.interactions drop constraint if exists interactions_cutoff").await?;
    }
    finish(client, outcome).await
}

/// Reads the table at leisure, so that the switch need not read it.
async fn checked_and_switched(client: &mut Client, cutoff: DateTime<Utc>) -> Result<Switched> {
    let check = format!(
        "alter table public.interactions drop constraint if exists interactions_cutoff, \
             add constraint interactions_cutoff check (occurred_at < '{cutoff}') not valid"
    );
    patiently(client, &check).await?;
    client.batch_execute("alter table public.interactions validate constraint interactions_cutoff").await?;
    patiently(client, &format!("select partition_interactions('{cutoff}')")).await
}

/// Makes the table flat again.
///
/// # Errors
/// As [`partition`].
pub async fn revert(client: &mut Client, prefix: &str) -> Result<Switched> {
    begin(client, prefix).await?;
    let outcome = patiently(client, "select unpartition_interactions()").await;
    finish(client, outcome).await
}

async fn begin(client: &Client, prefix: &str) -> Result<()> {
    let lock = format!("select pg_try_advisory_lock({LOCK})");
    if !client.query_one(&lock, &[]).await?.get::<_, bool>(0) {
        bail!("another `kith db partition` is at work on this database: wait for its end");
    }
    let own = format!("set role {prefix}_owner; set search_path = public; set statement_timeout = 0");
    Ok(client.batch_execute(&own).await?)
}

/// Does what nobody may look on at.
async fn patiently(client: &mut Client, sql: &str) -> Result<Switched> {
    for _ in 0..TRIES {
        let tx = client.transaction().await?;
        let since = Instant::now();
        let lock = format!(
            "{PATIENCE}; lock table public.interactions in access exclusive mode; set local lock_timeout = '5s'; {sql}"
        );
        match tx.batch_execute(&lock).await {
            Ok(()) => {
                tx.commit().await?;
                return Ok(Switched { blocked: since.elapsed() });
            }
            Err(error) if is_held(&error) => tx.rollback().await?,
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    bail!(
        "somebody uses the interactions all the time: stop what reads or writes them for long, such as an export, and try again"
    )
}

fn is_held(error: &tokio_postgres::Error) -> bool {
    matches!(error.code(), Some(code) if *code == SqlState::LOCK_NOT_AVAILABLE || *code == SqlState::T_R_DEADLOCK_DETECTED)
}

/// Checks the foreign keys and has the planner look, while everybody goes on.
async fn finish(client: &Client, outcome: Result<Switched>) -> Result<Switched> {
    if outcome.is_ok() {
        check_links(client).await?;
        client.batch_execute("analyze public.interactions").await?;
    }
    let end = format!("select pg_advisory_unlock({LOCK}); reset role; reset search_path; reset statement_timeout");
    client.batch_execute(&end).await?;
    outcome
}

/// What a switch that was killed behind its moment left unchecked is checked too.
async fn check_links(client: &Client) -> Result<()> {
    let unchecked = "select format('alter table %s validate constraint %I', conrelid::regclass, conname) from pg_constraint \
        where contype = 'f' and not convalidated and conparentid = 0 and confrelid = 'public.interactions'::regclass";
    for row in client.query(unchecked, &[]).await? {
        client.batch_execute(row.get(0)).await?;
    }
    Ok(())
}

/// For the case that there is nothing to switch: ends what a killed run left.
///
/// # Errors
/// When the database does not answer, or another is at work.
pub async fn tidy(client: &mut Client, prefix: &str) -> Result<()> {
    begin(client, prefix).await?;
    let left = "select from pg_constraint where conname = 'interactions_cutoff' and conrelid = 'public.interactions'::regclass";
    let outcome = match client.query_opt(left, &[]).await? {
        Some(_) => {
            patiently(client, "alter table public.interactions drop constraint if exists interactions_cutoff").await
        }
        None => Ok(Switched { blocked: Duration::ZERO }),
    };
    finish(client, outcome).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str) -> DateTime<Utc> {
        format!("{day}T12:00:00Z").parse().unwrap()
    }

    #[test]
    fn months_begin_behind_what_there_is_and_never_at_once() {
        let cutoff = |newest: Option<&str>| {
            let shape = Shape { is_partitioned: false, rows: 1, newest: newest.map(at), ahead: 1, bytes: 0 };
            shape.cutoff(at("2026-11-27")).map(|cutoff| cutoff.to_string())
        };
        assert_eq!(cutoff(None).unwrap(), "2027-01-01 00:00:00 UTC");
        assert_eq!(cutoff(Some("2019-02-03")).unwrap(), "2027-01-01 00:00:00 UTC");
        assert_eq!(cutoff(Some("2027-12-31")).unwrap(), "2028-01-01 00:00:00 UTC");
        assert!(cutoff(Some("2222-01-01")).unwrap_err().to_string().contains("2222-01-01"));
    }
}
