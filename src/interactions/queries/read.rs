//! One interaction, whole.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Date, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::interactions::model::{Interaction, When};
use crate::interactions::sentiment::Score;

/// Somebody who took part.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Companion {
    /// Who.
    pub id: Uuid,
    /// Her name as it is shown.
    pub name: String,
}

/// Who took part in `n`, in the order of their names and whoever is in the trash left out; of hundreds the first
/// `most`.
pub(super) fn companions(most: &str) -> String {
    format!(
        "coalesce((select jsonb_agg(jsonb_build_object('id', w.id, 'name', w.display_name)) from (select c.id, c.display_name \
             from interaction_participants p join contacts c on c.user_id = p.user_id and c.id = p.contact_id and c.deleted_at is null \
             where p.user_id = n.user_id and p.interaction_id = n.id order by c.sort_key, c.id limit {most}) w), '[]') as people"
    )
}

/// The people of [`companions`].
pub(super) fn read_companions(people: Value) -> Result<Vec<Companion>, AppError> {
    Ok(serde_json::from_value(people).map_err(anyhow::Error::from)?)
}

/// An interaction with what the database keeps of it besides.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its row.
    pub id: Uuid,
    /// What is edited of it.
    pub interaction: Interaction,
    /// With whom, by name.
    pub people: Vec<Companion>,
    /// Whether it counts as contact by what she chose.
    pub counts: bool,
    /// How warm it was, as she says or as its text reads.
    pub sentiment: Option<Score>,
    /// Which program it came from, where it was not entered here.
    pub source: Option<String>,
    /// Counts edits.
    pub version: i32,
    /// When it was put into the trash.
    pub deleted_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct StoredRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    occurred_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Date>)]
    occurred_on: Option<NaiveDate>,
    #[diesel(sql_type = Varchar)]
    interaction_type: String,
    #[diesel(sql_type = Nullable<Varchar>)]
    direction: Option<String>,
    #[diesel(sql_type = Nullable<Varchar>)]
    subject: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    summary: Option<String>,
    #[diesel(sql_type = Bool)]
    is_contact: bool,
    #[diesel(sql_type = Bool)]
    counts: bool,
    #[diesel(sql_type = Nullable<Double>)]
    sentiment_own: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    sentiment_score: Option<f64>,
    #[diesel(sql_type = Nullable<Varchar>)]
    external_source: Option<String>,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    deleted_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Jsonb)]
    people: Value,
}

/// One interaction, also from the trash.
///
/// # Errors
/// `NotFound` where she has no such interaction.
pub async fn find(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Stored, AppError> {
    let query = prepared(
        format!(
            "select n.id, n.occurred_at, n.occurred_on, n.interaction_type, n.direction, n.subject, n.summary, n.is_contact, \
             counts_as_contact(n.interaction_type, n.direction, n.is_contact, null, \
                 (select not_contact(settings) from users where id = app_user_id()), \
                 (select received_is_contact(settings) from users where id = app_user_id())) as counts, \
             n.sentiment_own::float8, n.sentiment_score::float8, \
             n.external_source, n.version, n.deleted_at, {} from interactions n where n.id = ?",
            companions("500")
        ),
        (bind::<SqlUuid, _>(id),),
    );
    let row: StoredRow = query.load(tx).await?.pop().ok_or(AppError::NotFound)?;
    let people = read_companions(row.people)?;
    Ok(Stored {
        id: row.id,
        interaction: Interaction {
            kind: row.interaction_type,
            direction: row.direction,
            subject: row.subject,
            summary: row.summary,
            when: When { at: row.occurred_at, on: row.occurred_on },
            is_contact: row.is_contact,
            sentiment: row.sentiment_own.map(Score::near),
            people: people.iter().map(|one| one.id).collect(),
        },
        people,
        counts: row.counts,
        sentiment: row.sentiment_score.map(Score::near),
        source: row.external_source,
        version: row.version,
        deleted_at: row.deleted_at,
    })
}
