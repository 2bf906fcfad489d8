//! What interactions are found by, kept in the transaction that changes them.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::text::search_document::{Document, Weight};

#[derive(QueryableByName)]
struct Source {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    subject: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    summary: Option<String>,
}

/// Writes the documents of these interactions anew, from what is stored. Ids of those that are gone are passed over.
/// Two statements, however many interactions.
pub async fn refresh(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<(), AppError> {
    if ids.is_empty() {
        return Ok(());
    }
    let query = prepared(
        "select id, subject::text, left(summary, 200000) as summary from interactions where id = any(?)",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    let sources: Vec<Source> = query.load(tx).await?;
    let documents = sources.iter().map(|row| (row.id, document(row.subject.as_deref(), row.summary.as_deref())));
    write(tx, documents.unzip()).await
}

/// Stores these documents; what is the same already stays.
pub(super) async fn write(tx: &mut TenantTx<'_>, (ids, documents): (Vec<Uuid>, Vec<String>)) -> Result<(), AppError> {
    let upsert = prepared(
        "insert into interaction_search_documents as d (interaction_id, occurred_at, document) \
         select n.id, n.occurred_at, r.document::tsvector from unnest(?, ?) r(id, document) join interactions n on n.id = r.id \
         on conflict (user_id, interaction_id) do update set document = excluded.document where d.document <> excluded.document",
        (bind::<Array<SqlUuid>, _>(ids), bind::<Array<Text>, _>(documents)),
    );
    upsert.execute(tx).await?;
    Ok(())
}

/// The words of one interaction.
pub(super) fn document(subject: Option<&str>, summary: Option<&str>) -> String {
    let mut document = Document::default();
    document.text(Weight::B, subject.unwrap_or_default());
    document.text(Weight::D, summary.unwrap_or_default());
    document.literal()
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The interactions that this transaction's change set has put back or changed: what an undo has to make documents of.
pub async fn touched(tx: &mut TenantTx<'_>) -> Result<Vec<Uuid>, AppError> {
    let query = prepared(
        "select distinct record_id as id from audit_logs where change_set_id = app_change_set_id() \
             and table_name = 'interactions' and action in ('INSERT', 'UPDATE') and record_id is not null",
        (),
    );
    Ok(query.load(tx).await?.into_iter().map(|row: Id| row.id).collect())
}
