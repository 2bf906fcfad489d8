//! What the database needs before its first migration: roles, extensions, and who may become whom.
//! Run by the bootstrap role, which need not be a superuser where `vector` is installed.

use anyhow::{Context, Result};
use tokio_postgres::Client;

/// The extensions of PostgreSQL that the schema uses.
const EXTENSIONS: [&str; 5] = ["vector", "pg_trgm", "unaccent", "btree_gin", "fuzzystrmatch"];
/// The roles that own a few SECURITY DEFINER functions and cannot sign in.
const FUNCTION_OWNERS: [&str; 5] = ["auth", "jobs", "search", "audit", "erasure"];

/// Makes what is missing; what is there stays. `prefix` separates instances of one cluster.
///
/// # Errors
/// When the role may not do what is needed; the message says what.
pub async fn run(client: &Client, prefix: &str, app_password: &str) -> Result<()> {
    // That what is there stays is no news.
    client.batch_execute("set client_min_messages = warning").await?;
    for extension in EXTENSIONS {
        let sql = format!("create extension if not exists {extension} with schema public");
        client.batch_execute(&sql).await.with_context(|| {
            format!("the extension {extension} is missing and could not be made: let a superuser run CREATE EXTENSION {extension}")
        })?;
    }
    client.batch_execute(&roles(prefix, app_password)).await.context("making Kith's roles")?;
    Ok(())
}

/// The statements that make the roles. The prefix was checked to be a plain word.
fn roles(prefix: &str, app_password: &str) -> String {
    let app_password = app_password.replace('\'', "''");
    let mut sql = String::new();
    let make = |name: &str, options: &str| {
        format!(
            "do $$ begin if not exists (select from pg_roles where rolname = '{prefix}_{name}') then \
             create role {prefix}_{name} {options}; end if; end $$;\n"
        )
    };
    sql += &make("owner", "nologin");
    sql += &make("app", "login");
    for owner in FUNCTION_OWNERS {
        sql += &make(owner, "nologin");
    }
    sql += &format!(
        "alter role {prefix}_app password '{app_password}';\n\
         alter role {prefix}_app set statement_timeout = '10s';\n\
         alter role {prefix}_app set idle_in_transaction_session_timeout = '15s';\n\
         grant {prefix}_owner to current_user with inherit true, set true;\n\
         revoke all on schema public from public;\n\
         grant usage, create on schema public to {prefix}_owner;\n\
         grant usage on schema public to {prefix}_app;\n"
    );
    for owner in FUNCTION_OWNERS {
        sql += &format!("grant {prefix}_{owner} to {prefix}_owner with inherit false, set true;\n");
    }
    sql
}

/// Lets the function owners receive functions, which takes CREATE on the schema, or takes that back.
///
/// # Errors
/// When the grant is refused.
pub async fn open_schema(client: &Client, prefix: &str, open: bool) -> Result<()> {
    let owners = FUNCTION_OWNERS.map(|owner| format!("{prefix}_{owner}")).join(", ");
    let sql = if open {
        format!("grant create on schema public to {owners}")
    } else {
        format!("revoke create on schema public from {owners}")
    };
    Ok(client.batch_execute(&sql).await?)
}

/// Refuses a role that row-level security does not bind.
///
/// # Errors
/// When the role of this connection is a superuser, bypasses row security, or owns Kith's tables.
pub async fn refuse_stronger(client: &Client) -> Result<()> {
    let row = client
        .query_one(
            "select current_user::text, rolsuper or rolbypassrls or exists (select from pg_class c \
             where c.relname = 'contacts' and c.relnamespace = 'public'::regnamespace and pg_has_role(current_user, c.relowner, 'member')) \
             from pg_roles where rolname = current_user",
            &[],
        )
        .await?;
    let (role, is_stronger): (String, bool) = (row.get(0), row.get(1));
    if is_stronger {
        anyhow::bail!("refusing to serve as {role}: it is a superuser, bypasses row security, or owns Kith's tables");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::roles;

    #[test]
    fn the_servers_role_gets_no_power() {
        let sql = roles("kith", "x");
        assert!(sql.contains("create role kith_app login;"));
        assert!(!sql.to_lowercase().contains("superuser") && !sql.to_lowercase().contains("bypassrls"));
    }
}
