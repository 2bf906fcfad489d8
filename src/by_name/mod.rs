//! The SQL of tables whose rows are called by their names, organizations and tags: their list in the order of
//! names, the options that a field offers while one types, and rows found or made by their names.

/// Several of them made into one.
pub mod merge;

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::pg::Pg;
use diesel::sql_types::{Array, BigInt, Binary, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, containing, prepared};
use crate::error::AppError;
use crate::text::sort_key::sort_key;
use crate::web::paging::{Listed, NameCursor};

/// Such a table, all of it fixed text of the program; in `living`, `text` and `columns` the table is `t`.
#[derive(Debug, Clone, Copy)]
pub struct NamedTable {
    /// Its name.
    pub table: &'static str,
    /// What a row outside the trash fulfils.
    pub living: &'static str,
    /// The text in which every typed word must stand, whatever its case and accents.
    pub text: &'static str,
    /// What a row of the list has beside `id`, `name` and `key`, its sort key in hexadecimal.
    pub columns: &'static str,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Varchar)]
    name: String,
}

impl NamedTable {
    /// A page behind `after` of the rows that hold what was typed, and how many do. Two statements.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list<R>(
        self,
        tx: &mut TenantTx<'_>,
        typed: &str,
        after: Option<&NameCursor>,
    ) -> Result<Listed<R>, AppError>
    where
        R: QueryableByName<Pg> + Send + 'static,
    {
        let Self { table, living, text, columns } = self;
        let patterns = containing(typed);
        let words = || bind::<Array<Text>, _>(&patterns);
        // `like all` of nothing holds too, but only after the text was folded for nothing.
        let matches = format!(
            "{living} and (cardinality(?) = 0 or unaccent(lower({text})) \
                 like all (array(select unaccent(lower(p)) from unnest(?) p)))"
        );
        let count = prepared(
            format!("select count(*) from (select from {table} t where {matches} limit 10001) m"),
            (words(), words()),
        );
        let count = count.get_result::<Count>(tx).await?.count;
        let page = |behind: &str| {
            format!(
                "select t.id, t.name, {columns}, encode(t.sort_key, 'hex') as key \
                 from {table} t where {matches}{behind} order by t.sort_key, t.id limit 51"
            )
        };
        let rows = match after {
            None => prepared(page(""), (words(), words())).load(tx).await?,
            Some(NameCursor { key, id }) => {
                let binds = (words(), words(), bind::<Text, _>(key), bind::<SqlUuid, _>(id));
                prepared(page(" and (t.sort_key, t.id) > (decode(?, 'hex'), ?)"), binds).load(tx).await?
            }
        };
        Ok(Listed::new(rows, count))
    }

    /// A few names that hold what was typed, those that begin with it first, then those of most people.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn options(self, tx: &mut TenantTx<'_>, typed: &str) -> Result<Vec<String>, AppError> {
        let patterns = containing(typed);
        let beginning = patterns.as_slice().first().map_or("", String::as_str);
        let query = prepared(
            format!(
                "select t.id, t.name from {} t where {} \
                     and unaccent(lower(t.name)) like all (array(select unaccent(lower(p)) from unnest(?) p)) \
                 order by not unaccent(lower(t.name)) like ltrim(unaccent(lower(?)), '%'), t.people_count desc, \
                     t.sort_key, t.id limit 20",
                self.table, self.living
            ),
            (bind::<Array<Text>, _>(&patterns), bind::<Text, _>(beginning)),
        );
        let rows: Vec<Named> = query.load(tx).await?;
        Ok(rows.into_iter().map(|row| row.name).collect())
    }

    /// The rows outside the trash that have these names, whatever their case. The keys of the answer are the
    /// names as they were given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ids_of_names(
        self,
        tx: &mut TenantTx<'_>,
        names: &[String],
    ) -> Result<HashMap<String, Uuid>, AppError> {
        let query = prepared(
            format!(
                "select t.id, n::varchar as name from unnest(?) n join {} t on lower(t.name) = lower(n) where {}",
                self.table, self.living
            ),
            (bind::<Array<Text>, _>(names),),
        );
        let rows: Vec<Named> = query.load(tx).await?;
        Ok(rows.into_iter().map(|row| (row.name, row.id)).collect())
    }

    /// Makes the sort keys of these rows anew: for an undo, which gives them back their names alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rekey(self, tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<(), AppError> {
        if ids.is_empty() {
            return Ok(());
        }
        let select = prepared(
            format!("select t.id, t.name from {} t where t.id = any(?)", self.table),
            (bind::<Array<SqlUuid>, _>(ids),),
        );
        let found: Vec<Named> = select.load(tx).await?;
        let (ids, keys): (Vec<Uuid>, Vec<Vec<u8>>) = found.iter().map(|row| (row.id, sort_key(&row.name))).unzip();
        let update = prepared(
            format!(
                "update {} t set sort_key = r.key from unnest(?, ?) r(id, key) \
                 where t.id = r.id and t.sort_key <> r.key",
                self.table
            ),
            (bind::<Array<SqlUuid>, _>(ids), bind::<Array<Binary>, _>(keys)),
        );
        update.execute(tx).await?;
        Ok(())
    }
}
