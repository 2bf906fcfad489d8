//! Scores of texts, for the job that reads them.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Double, Integer, Nullable, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::interactions::sentiment::Score;

/// The text of an interaction that was not read yet.
#[derive(Debug, Clone, QueryableByName)]
pub struct Unread {
    /// Which.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The version that is read.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Its type.
    #[diesel(sql_type = Varchar)]
    pub interaction_type: String,
    /// What about.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub subject: Option<String>,
    /// The beginning of what was said.
    #[diesel(sql_type = Nullable<Text>)]
    pub summary: Option<String>,
}

/// The next two hundred behind `after` that were not read, the trash included.
pub async fn unread(tx: &mut TenantTx<'_>, after: Uuid) -> Result<Vec<Unread>, AppError> {
    let query = prepared(
        "select id, version, interaction_type, subject, left(summary, 10000) as summary from interactions \
         where not sentiment_read and id > ? order by id limit 200",
        (bind::<SqlUuid, _>(after),),
    );
    Ok(query.load(tx).await?)
}

/// Stores what was read. One that was edited meanwhile is left to the job that its edit began.
pub async fn settle(tx: &mut TenantTx<'_>, read: &[(&Unread, Option<Score>)]) -> Result<(), AppError> {
    let ids: Vec<Uuid> = read.iter().map(|(one, _)| one.id).collect();
    let versions: Vec<i32> = read.iter().map(|(one, _)| one.version).collect();
    let scores: Vec<Option<f64>> = read.iter().map(|(_, score)| score.map(Score::value)).collect();
    let query = prepared(
        "update interactions n set sentiment_score = r.score, sentiment_read = true from unnest(?, ?, ?) r(id, version, score) \
         where n.id = r.id and n.version = r.version and not n.sentiment_read",
        (
            bind::<Array<SqlUuid>, _>(ids),
            bind::<Array<Integer>, _>(versions),
            bind::<Array<Nullable<Double>>, _>(scores),
        ),
    );
    query.execute(tx).await?;
    Ok(())
}
