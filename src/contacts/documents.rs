//! What a search looks at, kept in the transaction that changes its sources; and what was typed, its
//! misspelt words corrected.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Integer, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::text::country::Country;
use crate::text::search_document::{Document, Weight};
use crate::text::search_query::SearchQuery;

/// All that the document of one person is made of.
#[derive(QueryableByName)]
struct Sources {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    names: String,
    #[diesel(sql_type = Text)]
    nickname: String,
    /// Each with its kind before it.
    #[diesel(sql_type = Array<Text>)]
    methods: Vec<String>,
    /// Organizations and titles.
    #[diesel(sql_type = Array<Text>)]
    posts: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    tags: Vec<String>,
    /// What own fields of words say, each with the kind before it.
    #[diesel(sql_type = Array<Text>)]
    fields: Vec<String>,
    /// What is said of relations that were entered on her page.
    #[diesel(sql_type = Array<Text>)]
    relations: Vec<String>,
    /// With how and where they met.
    #[diesel(sql_type = Text)]
    notes: String,
}

/// Writes the search documents of these contacts anew: to be called by whoever changed their names,
/// methods, notes, own fields, employments, relations or tags, in the same transaction. Name tokens are counted by the
/// database as documents come, change and go. Ids of contacts that are gone are passed over. Three statements, however
/// many contacts.
pub async fn refresh(tx: &mut TenantTx<'_>, contacts: &[Uuid]) -> Result<(), AppError> {
    let country = tx.country();
    refresh_in(tx, contacts, country).await
}

/// As [`refresh`], for whoever has just come to dial from another country.
pub async fn refresh_in(tx: &mut TenantTx<'_>, contacts: &[Uuid], country: Option<Country>) -> Result<(), AppError> {
    if contacts.is_empty() {
        return Ok(());
    }
    // Without the lock two transactions that tag one person at once would each write a document that
    // lacks the other's tag.
    let lock = prepared(
        "select from contacts where id = any(?) order by id for no key update",
        (bind::<Array<SqlUuid>, _>(contacts),),
    );
    lock.execute(tx).await?;
    let (ids, documents): (Vec<Uuid>, Vec<String>) =
        sources(tx, contacts).await?.iter().map(|person| (person.id, document(person, country))).unzip();
    let upsert = prepared(
        "insert into contact_search_documents as d (contact_id, document, is_live) \
         select n.contact_id, n.document::tsvector, c.deleted_at is null from unnest(?, ?) n(contact_id, document) \
         join contacts c on c.id = n.contact_id \
         on conflict (user_id, contact_id) do update set document = excluded.document \
         where d.document <> excluded.document",
        (bind::<Array<SqlUuid>, _>(ids), bind::<Array<Text>, _>(documents)),
    );
    upsert.execute(tx).await?;
    Ok(())
}

/// Merges into the indexes what the documents of many people left for later.
pub async fn merge_lists(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    prepared("select merge_search_lists()", ()).execute(tx).await?;
    Ok(())
}

async fn sources(tx: &mut TenantTx<'_>, contacts: &[Uuid]) -> Result<Vec<Sources>, AppError> {
    let query = prepared(
        "select c.id, concat_ws(' ', c.display_name, c.first_name, c.middle_name, c.last_name, c.name_prefix, c.name_suffix, \
                 c.sort_name) as names, coalesce(c.nickname, '') as nickname, concat_ws(' ', left(c.notes, 200000), c.how_met, c.met_at) as notes, \
             array(select m.kind || ' ' || left(m.value, 2000) from contact_methods m where m.contact_id = c.id order by m.position limit 100) as methods, \
             array(select concat_ws(' ', o.name, e.title) from contact_employments e join organizations o on o.id = e.organization_id \
                 where e.contact_id = c.id and o.deleted_at is null order by e.is_current desc, e.id limit 100) as posts, \
             array(select t.name from contact_tags l join tags t on t.id = l.tag_id where l.contact_id = c.id order by t.name limit 100) as tags, \
             array(select concat_ws(' ', r.word, r.inverse_word, left(r.note, 2000)) from (select id, word, inverse_word, note \
                 from contact_relations where contact_id = c.id offset 0) r order by r.id limit 100) as relations, \
             array(select f.kind || ' ' || f.value from contact_fields f where f.contact_id = c.id and f.kind in ('text', 'link', 'choice') \
                 order by f.field_id limit 100) as fields \
         from contacts c where c.id = any(?)",
        (bind::<Array<SqlUuid>, _>(contacts),),
    );
    Ok(query.load(tx).await?)
}

fn document(person: &Sources, country: Option<Country>) -> String {
    let mut document = Document::default();
    document.name(&person.names);
    document.text(Weight::B, &person.nickname);
    for method in &person.methods {
        match method.split_once(' ') {
            Some(("email", address)) => document.email(address),
            Some(("phone", number)) => document.phone(number, country),
            Some(("url" | "linkedin", link)) => document.link(link),
            Some((_, text)) => document.text(Weight::B, text),
            None => {}
        }
    }
    for text in person.posts.iter().chain(&person.tags) {
        document.text(Weight::C, text);
    }
    for field in &person.fields {
        match field.split_once(' ') {
            Some(("link", link)) => document.link(link),
            Some((_, text)) => document.text(Weight::C, text),
            None => {}
        }
    }
    for text in &person.relations {
        document.text(Weight::D, text);
    }
    document.text(Weight::D, &person.notes);
    document.literal()
}

/// What was typed, as it is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// For `suggest_contacts` and `matching_contact_ids`.
    pub tsquery: String,
    /// The words that are looked for, where misspelt ones were replaced.
    pub corrected: Option<String>,
}

/// The `tsquery` that finds what was typed, its misspelt words corrected against this user's own name
/// tokens; `None` where nothing searchable was typed. One statement at most.
pub async fn query(tx: &mut TenantTx<'_>, typed: &str) -> Result<Option<String>, AppError> {
    Ok(understand(tx, typed).await?.map(|understood| understood.tsquery))
}

/// As [`query`], and says what was corrected.
pub async fn understand(tx: &mut TenantTx<'_>, typed: &str) -> Result<Option<Understood>, AppError> {
    let Some(mut query) = SearchQuery::parse(typed, tx.country()) else {
        return Ok(None);
    };
    let corrected = correct(tx, &mut query).await?.then(|| query.shown());
    Ok(Some(Understood { tsquery: query.tsquery(), corrected }))
}

/// Replaces the words that begin nothing she has stored by the nearest of her name tokens; whether there
/// were any. One statement at most.
pub async fn correct(tx: &mut TenantTx<'_>, query: &mut SearchQuery) -> Result<bool, AppError> {
    let words = query.correctable();
    if words.is_empty() {
        return Ok(false);
    }
    let candidates = similar(tx, &words).await?;
    let mut corrected = false;
    for word in &words {
        if let Some(right) = nearest(word, candidates.iter().filter(|candidate| candidate.word == *word)) {
            query.correct(word, right);
            corrected = true;
        }
    }
    Ok(corrected)
}

/// A name token that looks like an unknown word.
#[derive(QueryableByName)]
struct Candidate {
    #[diesel(sql_type = Text)]
    word: String,
    #[diesel(sql_type = Text)]
    token: String,
    #[diesel(sql_type = Integer)]
    n: i32,
}

async fn similar(tx: &mut TenantTx<'_>, words: &[String]) -> Result<Vec<Candidate>, AppError> {
    let query = prepared("select word, token, n from public.similar_name_tokens(?)", (bind::<Array<Text>, _>(words),));
    Ok(query.load(tx).await?)
}

/// The candidate that the fewest slips lead away from; of several one as long, then the commonest. Two letters that
/// changed places are one slip. Whoever is still typing means a longer name, which costs half a slip.
fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a Candidate>) -> Option<&'a str> {
    let length = word.chars().count();
    let allowed = match length {
        0..=4 => 2,
        5..=8 => 4,
        _ => 6,
    };
    let half_slips = |token: &str| {
        let whole = 2 * strsim::osa_distance(word, token);
        let begun = (length.saturating_sub(1)..=length + 1)
            .map(|n| 2 * strsim::osa_distance(word, &token.chars().take(n).collect::<String>()) + 1)
            .min();
        whole.min(begun.unwrap_or(whole))
    };
    candidates
        .map(|candidate| (half_slips(&candidate.token), candidate))
        .filter(|(slips, _)| *slips <= allowed)
        .map(|(slips, found)| (slips, found.token.chars().count().abs_diff(length), -found.n, found.token.as_str()))
        .min()
        .map(|(.., token)| token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corrected(word: &str, names: &[(&str, i32)]) -> Option<String> {
        let candidates: Vec<Candidate> =
            names.iter().map(|(token, n)| Candidate { word: word.into(), token: (*token).into(), n: *n }).collect();
        nearest(word, candidates.iter()).map(str::to_owned)
    }

    #[test]
    fn the_fewest_slips_win_and_of_equals_the_commonest_name() {
        assert_eq!(corrected("smihtson", &[("smithson", 1), ("smithsonian", 90)]).as_deref(), Some("smithson"));
        assert_eq!(corrected("jhon", &[("john", 1), ("joan", 90), ("jon", 3)]).as_deref(), Some("john"));
        assert_eq!(corrected("anma", &[("anna", 2), ("anja", 30)]).as_deref(), Some("anja"));
    }

    #[test]
    fn a_half_typed_name_is_corrected_to_the_whole_one() {
        assert_eq!(corrected("jenif", &[("jennifer", 1)]).as_deref(), Some("jennifer"));
        assert_eq!(corrected("katahr", &[("katharina", 1)]).as_deref(), Some("katharina"));
    }

    #[test]
    fn what_is_far_from_every_name_stays_as_typed() {
        assert_eq!(corrected("xyz", &[("ayo", 1), ("xaver", 9)]), None);
        assert_eq!(corrected("berlin", &[("merkel", 1)]), None);
    }
}
