//! The migrations run down and up again; `src/db/schema.rs` and `docs/SCHEMA.md` say what the database is.

use std::path::Path;

use kith::db::{connect, migrate};
use tokio_postgres::Client;

use crate::cluster::{TestDatabase, clone_database};

async fn migrated() -> (TestDatabase, Client) {
    let database = clone_database();
    let client = connect::client(&database.admin_url).await.unwrap();
    (database, client)
}

/// Compares a file of the repository with what it should say; `KITH_BLESS=1` writes it.
fn holds(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("KITH_BLESS").is_some() {
        std::fs::write(&file, text).unwrap();
    }
    assert!(
        std::fs::read_to_string(file).unwrap_or_default() == text,
        "{path} is stale: run this test with KITH_BLESS=1"
    );
}

#[tokio::test]
async fn docs_schema_md_says_what_the_database_says_of_itself() {
    let (_database, client) = migrated().await;
    let text: String = client.query_one(include_str!("document.sql"), &[]).await.unwrap().get(0);
    holds("docs/SCHEMA.md", &format!("{}{text}\n", include_str!("preface.md")));
}

#[tokio::test]
async fn schema_rs_names_the_tables_and_columns_that_there_are() {
    let (_database, client) = migrated().await;
    let text: String = client.query_one(include_str!("tables.sql"), &[]).await.unwrap().get(0);
    let preface = "//! The tables, as Diesel sees them. A test compares this with the database (`KITH_BLESS=1` writes it anew).\n\
        //! Columns of the types tsvector and vector are left out: SQL functions alone reach them.\n\n";
    holds("src/db/schema.rs", &format!("{preface}{text}"));
}

#[tokio::test]
async fn every_table_and_every_column_says_what_it_is() {
    let (_database, client) = migrated().await;
    let silent = client
        .query(
            "select format('%s.%s', c.relname, a.attname) from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped \
             where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition \
             and c.relname <> '__diesel_schema_migrations' and a.attnum > 0 \
             and (col_description(c.oid, a.attnum) is null or obj_description(c.oid) is null)",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(silent.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>(), Vec::<String>::new());
}

#[tokio::test]
async fn every_migration_runs_down_and_up_again() {
    let (_database, mut client) = migrated().await;
    migrate::revert(&mut client, "kith", usize::MAX).await.unwrap();
    let left: i64 = client
        .query_one(
            "select count(*) from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname not like '%diesel_schema_migrations%'",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(left, 0, "tables, indexes or sequences are left behind");
    assert_eq!(migrate::run(&mut client, "kith").await.unwrap(), migrate::known().len());
}
