//! Words, begun or misspelt: who is found by them.

use super::queries::{self, Found};
use crate::contacts::documents;
use crate::db::TenantTx;
use crate::error::AppError;
use crate::text::search_query::SearchQuery;

/// What a search found.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// People, the likeliest first.
    pub people: Vec<Found>,
    /// The words that were looked for, where those that were typed found nobody.
    pub corrected: Option<String>,
}

/// The people whom these words most likely mean, at most `most`. One statement; three where nobody is
/// found, since only then words are corrected: a word that nobody has makes the whole query find nobody.
pub async fn find(tx: &mut TenantTx<'_>, typed: &str, most: i32) -> Result<Answer, AppError> {
    let Some(mut query) = SearchQuery::parse(typed, tx.country()) else {
        return Ok(Answer::default());
    };
    let people = queries::people(tx, &query.tsquery(), most).await?;
    if !people.is_empty() || !documents::correct(tx, &mut query).await? {
        return Ok(Answer { people, corrected: None });
    }
    let people = queries::people(tx, &query.tsquery(), most).await?;
    let corrected = (!people.is_empty()).then(|| query.shown());
    Ok(Answer { people, corrected })
}
