//! What a database says of its own health: the questions of `kith doctor`. Each answer is what is wrong.

use anyhow::Result;
use tokio_postgres::Client;

/// Before these, row security was not applied anew to cached plans when roles changed (CVE-2026-14666).
const FIXED_IN: [(i32, i32); 3] = [(16, 15), (17, 11), (18, 6)];

const OLDEST: i32 = 160_000;

/// PostgreSQL's version, as `18.6`, and whether that one is safe.
///
/// # Errors
/// When the database does not answer.
pub async fn version(client: &Client) -> Result<(String, bool)> {
    let number: String = client.query_one("select current_setting('server_version_num')", &[]).await?.get(0);
    let number: i32 = number.parse()?;
    let (major, minor) = (number / 10_000, number % 10_000);
    Ok((format!("{major}.{minor}"), is_safe(major, minor)))
}

fn is_safe(major: i32, minor: i32) -> bool {
    FIXED_IN.iter().find(|(known, _)| *known == major).map_or(major > 18, |(_, fixed)| minor >= *fixed)
}

/// Refuses a PostgreSQL that lacks what Kith stands on.
///
/// # Errors
/// When it is one.
pub async fn refuse_old(client: &Client) -> Result<()> {
    let number: String = client.query_one("select current_setting('server_version_num')", &[]).await?.get(0);
    if number.parse::<i32>()? < OLDEST {
        anyhow::bail!("Kith needs PostgreSQL 16 or later, and this is {}", number.parse::<i32>()? / 10_000);
    }
    Ok(())
}

/// Tables of users whose rows the database does not keep apart.
///
/// # Errors
/// When the database does not answer.
pub async fn unguarded_tables(client: &Client) -> Result<Vec<String>> {
    let rows = client
        .query(
            "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped \
             and (a.attname = 'user_id' or (c.relname = 'users' and a.attname = 'id')) \
             where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and (not c.relrowsecurity \
             or not c.relforcerowsecurity or exists (select from pg_policy p where p.polrelid = c.oid \
             and p.polroles = '{0}' and pg_get_expr(p.polqual, c.oid) not like '%app_user_id()%')) order by 1",
            &[],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Tables by month for whose next month there is no partition, and those whose last partition, for what is dated behind all
/// months, holds something.
///
/// # Errors
/// When the database does not answer.
pub async fn missing_months(client: &Client) -> Result<(Vec<String>, Vec<String>)> {
    let bounds = "select p.inhparent, c.relname, pg_get_expr(c.relpartbound, c.oid) as bound from pg_inherits p join pg_class c on c.oid = p.inhrelid \
        where p.inhparent in ('public.audit_logs'::regclass, 'public.interactions'::regclass)";
    let next = "t.relkind = 'p' and not exists (select from parts where inhparent = t.oid \
        and coalesce(substring(bound from $q$FROM \\('(.*?)'\\)$q$)::timestamptz, '-infinity') <= now() + interval '1 month' \
        and substring(bound from $q$TO \\('(.*?)'\\)$q$)::timestamptz > now() + interval '1 month')";
    let sql = format!(
        "with parts as ({bounds}) select t.relname::text, {next}, \
             exists (select from parts where inhparent = t.oid and bound = 'DEFAULT' and pg_relation_size(format('public.%I', relname)::regclass) > 0) \
         from pg_class t where t.oid in ('public.audit_logs'::regclass, 'public.interactions'::regclass) order by 1"
    );
    let rows = client.query(&sql, &[]).await?;
    let named = |column| rows.iter().filter(|row| row.get(column)).map(|row| row.get(0)).collect();
    Ok((named(1), named(2)))
}

/// By how many minutes the job that waits longest is late, beyond what a busy server needs.
///
/// # Errors
/// When the database does not answer or this role may not ask.
pub async fn minutes_late(client: &Client) -> Result<i64> {
    let row = client
        .query_one(
            "select coalesce(max(extract(epoch from now() - coalesce(lease_until, run_at)) / 60), 0)::bigint from jobs \
             where state in ('ready', 'running') and coalesce(lease_until, run_at) < now()",
            &[],
        )
        .await?;
    Ok(row.get(0))
}

/// How many messages fail, and since how many minutes one waits for somebody to take it up.
///
/// # Errors
/// When the database does not answer, or the role may not ask.
pub async fn messages(client: &Client) -> Result<(i64, i64)> {
    let row = client.query_one("select failing, minutes_late::bigint from delivery_alarm()", &[]).await?;
    Ok((row.get(0), row.get(1)))
}

#[cfg(test)]
mod tests {
    use super::is_safe;

    #[test]
    fn a_version_before_the_fix_is_not_safe() {
        assert!(is_safe(18, 6) && is_safe(17, 11) && is_safe(16, 15) && is_safe(19, 0));
        assert!(!is_safe(18, 5) && !is_safe(17, 10) && !is_safe(16, 14) && !is_safe(15, 18));
    }
}
