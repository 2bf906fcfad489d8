//! The SQL of doubtful rows that are taken once she says whom they name.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Integer, Jsonb, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::NewItem;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// A doubtful row.
#[derive(Debug, QueryableByName)]
pub struct Doubtful {
    #[diesel(sql_type = Integer)]
    pub position: i32,
    #[diesel(sql_type = Integer)]
    pub part: i32,
    #[diesel(sql_type = BigInt)]
    pub line: i64,
    #[diesel(sql_type = Text)]
    pub title: String,
    /// The name of which it is not certain whom it means; empty where the row names nobody.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Why.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// Whether its import has come to its end and stands.
    #[diesel(sql_type = Bool)]
    pub is_open: bool,
    #[diesel(sql_type = Jsonb)]
    cells: Value,
}

impl Doubtful {
    /// What stands in it.
    ///
    /// # Errors
    /// When what is stored is no row.
    pub fn cells(&self) -> Result<Vec<String>, AppError> {
        Ok(serde_json::from_value(self.cells.clone()).map_err(anyhow::Error::from)?)
    }
}

/// What a row is to be taken by: its columns, with a condition on `t` behind them.
macro_rules! doubtful {
    ($condition:literal) => {
        concat!(
            "select t.position, t.part, t.line, t.title, coalesce(t.doubted, '')::text as name, t.cells, coalesce(t.reason, '')::text as reason, \
                 (select i.state = 'done' from imports i where i.id = t.import_id) as is_open from import_items t \
             where t.import_id = ? and t.status = 'doubtful' and t.cells is not null and ",
            $condition
        )
    };
}

/// The doubtful row at this position; none where it is none.
pub async fn at(tx: &mut TenantTx<'_>, import: Uuid, position: i32) -> Result<Option<Doubtful>, AppError> {
    let query = prepared(doubtful!("t.position = ?"), (bind::<SqlUuid, _>(import), bind::<Integer, _>(position)));
    Ok(query.load(tx).await?.pop())
}

/// The first doubtful row that names somebody.
pub async fn first(tx: &mut TenantTx<'_>, import: Uuid) -> Result<Option<Doubtful>, AppError> {
    let query = prepared(doubtful!("t.doubted is not null order by t.position limit 1"), (bind::<SqlUuid, _>(import),));
    Ok(query.load(tx).await?.pop())
}

/// The next two hundred doubtful rows with the name of this one, behind a position; where it names nobody, itself alone.
pub async fn alike(tx: &mut TenantTx<'_>, import: Uuid, row: &Doubtful, after: i32) -> Result<Vec<Doubtful>, AppError> {
    let query = prepared(
        doubtful!("(t.position = ? or lower(t.doubted) = lower(?)) and t.position > ? order by t.position limit 200"),
        (
            bind::<SqlUuid, _>(import),
            bind::<Integer, _>(row.position),
            bind::<Text, _>(row.name.as_str()),
            bind::<Integer, _>(after),
        ),
    );
    Ok(query.load(tx).await?)
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How many these are.
pub async fn count(tx: &mut TenantTx<'_>, import: Uuid, row: &Doubtful) -> Result<i64, AppError> {
    let query = prepared(
        "select count(*) as n from import_items t where t.import_id = ? and t.status = 'doubtful' and t.cells is not null \
             and (t.position = ? or lower(t.doubted) = lower(?))",
        (bind::<SqlUuid, _>(import), bind::<Integer, _>(row.position), bind::<Text, _>(row.name.as_str())),
    );
    Ok(query.get_result::<Number>(tx).await?.n)
}

/// Notes what became of rows: those that are taken by the change set of this transaction, of the others who is in doubt now.
/// Why a row was doubtful stays with it, to be said again where that is taken back.
pub async fn note(tx: &mut TenantTx<'_>, import: Uuid, items: &[NewItem<'_>]) -> Result<(), AppError> {
    let rows = serde_json::to_value(items).map_err(anyhow::Error::from)?;
    let query = prepared(
        "update import_items t set status = r.status, title = r.title, interaction_id = r.interaction_id, \
             reason = case when r.status = 'doubtful' then r.reason else t.reason end, \
             doubted = case when r.status = 'doubtful' then r.doubted else t.doubted end, \
             taken_by = case when r.status <> 'doubtful' then app_change_set_id() end, \
             applied_at = case when r.status in ('new', 'changed') then now() end \
         from jsonb_to_recordset(?) as r(position int, status text, title text, interaction_id uuid, reason text, doubted text) \
         where t.import_id = ? and t.position = r.position",
        (bind::<Jsonb, _>(rows), bind::<SqlUuid, _>(import)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Counts the words of an import anew, and says what this change set is, for the history.
pub async fn settle(tx: &mut TenantTx<'_>, import: Uuid, summary: &str) -> Result<(), AppError> {
    prepared("select count_import_items(?)", (bind::<SqlUuid, _>(import),)).execute(tx).await?;
    let describe = prepared(
        "update change_sets set kind = 'bulk', summary = ? where id = app_change_set_id()",
        (bind::<Text, _>(summary),),
    );
    describe.execute(tx).await?;
    Ok(())
}
