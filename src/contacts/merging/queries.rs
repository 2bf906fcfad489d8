//! The SQL of a merge: a fixed number of statements, however much hangs on whom. What is added to a person by a
//! further table is moved here too.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid, Varchar,
};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::contacts::employments::Employment;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// One of those who are compared, with what hangs on her.
#[derive(QueryableByName)]
pub(super) struct Standing {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Integer)]
    pub version: i32,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub photo: Option<Uuid>,
    #[diesel(sql_type = Array<Text>)]
    pub tags: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    pub posts: Vec<String>,
    /// Counted to a thousand.
    #[diesel(sql_type = BigInt)]
    pub interactions: i64,
    #[diesel(sql_type = BigInt)]
    pub reminders: i64,
    #[diesel(sql_type = BigInt)]
    pub insights: i64,
}

/// These people with what hangs on them, the oldest first; whoever is in the trash is left out.
pub(super) async fn standing(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<Standing>, AppError> {
    let query = prepared(
        "select c.id, c.version, c.created_at, \
             (select p.photo_id from contact_photos p where p.contact_id = c.id) as photo, \
             array(select t.name::text from contact_tags x join tags t on t.id = x.tag_id where x.contact_id = c.id \
                 order by lower(t.name), t.id limit 100) as tags, \
             array(select concat_ws(', ', e.title, o.name) from contact_employments e \
                 join organizations o on o.id = e.organization_id and o.deleted_at is null where e.contact_id = c.id \
                 order by e.is_current desc, e.start_date desc nulls last, e.id limit 100) as posts, \
             (select count(*) from (select from interaction_participants p where p.contact_id = c.id limit 1001) n) as interactions, \
             (select count(*) from (select from reminders r where r.contact_id = c.id limit 1001) n) as reminders, \
             (select count(*) from (select from ai_insights i where i.contact_id = c.id limit 1001) n) as insights \
         from contacts c where c.id = any(?) and c.deleted_at is null order by c.created_at, c.id",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    Ok(query.load(tx).await?)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Keeps these people as they are until the end of the transaction, and answers with those who are not in the trash:
/// in the order of their ids, so that two such transactions wait for each other in turn. Whatever somebody is adding to
/// one of them at this moment is waited for too, which a weaker lock would let slip by.
pub(super) async fn lock(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<Uuid>, AppError> {
    let query = prepared(
        "select id from contacts where id = any(?) and deleted_at is null order by id for update",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    Ok(query.load::<Id>(tx).await?.into_iter().map(|row| row.id).collect())
}

#[derive(QueryableByName)]
struct Yes {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Whether all of them are hers, in the trash or not.
pub(super) async fn are_hers(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<bool, AppError> {
    let query = prepared(
        "select not exists (select from unnest(?) i where not exists (select from contacts c where c.id = i)) as answer",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    Ok(query.get_result::<Yes>(tx).await?.answer)
}

/// Gives whoever stays the tags of the others.
pub(super) async fn unite_tags(tx: &mut TenantTx<'_>, stays: Uuid, others: &[Uuid]) -> Result<(), AppError> {
    let query = prepared(
        "insert into contact_tags (contact_id, tag_id) \
         select distinct ?::uuid, x.tag_id from contact_tags x where x.contact_id = any(?) on conflict do nothing",
        (bind::<SqlUuid, _>(stays), bind::<Array<SqlUuid>, _>(others)),
    );
    query.execute(tx).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    contact_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    organization_id: Uuid,
    #[diesel(sql_type = Nullable<Varchar>)]
    title: Option<String>,
    #[diesel(sql_type = Nullable<Date>)]
    start_date: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    end_date: Option<NaiveDate>,
    #[diesel(sql_type = Bool)]
    is_current: bool,
}

/// The posts of these people with their rows, in the order of the people.
pub(super) async fn posts(tx: &mut TenantTx<'_>, people: &[Uuid]) -> Result<Vec<(Uuid, Employment)>, AppError> {
    let query = prepared(
        "select e.id, e.contact_id, e.organization_id, e.title, e.start_date, e.end_date, \
             coalesce(e.is_current, false) as is_current from contact_employments e where e.contact_id = any(?) \
         order by array_position(?, e.contact_id), e.id",
        (bind::<Array<SqlUuid>, _>(people), bind::<Array<SqlUuid>, _>(people)),
    );
    let post = |Held { id, contact_id, organization_id, title, start_date, end_date, is_current }| {
        (id, Employment { contact_id, organization_id, title, start_date, end_date, is_current })
    };
    Ok(query.load::<Held>(tx).await?.into_iter().map(post).collect())
}

/// Overwrites what these rows say of posts.
pub(super) async fn rewrite_posts(tx: &mut TenantTx<'_>, posts: &[(Uuid, Employment)]) -> Result<(), AppError> {
    let rows: Vec<Value> = posts
        .iter()
        .map(|(id, post)| {
            json!({ "id": id, "title": post.title, "start_date": post.start_date, "end_date": post.end_date, "is_current": post.is_current })
        })
        .collect();
    let query = prepared(
        "update contact_employments e set title = r.title, start_date = r.start_date, end_date = r.end_date, is_current = r.is_current \
         from jsonb_to_recordset(?) as r(id uuid, title text, start_date date, end_date date, is_current boolean) where e.id = r.id",
        (bind::<Jsonb, _>(Value::Array(rows)),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Gives whoever stays the relations of the others, whichever side they were entered from; none with herself. One that
/// several of them have becomes one with all that is known of it: the notes, the beginning and the later end. Of those
/// who were it twice, and where two beginnings are known, each stays.
pub(super) async fn unite_relations(tx: &mut TenantTx<'_>, stays: Uuid, others: &[Uuid]) -> Result<(), AppError> {
    let everybody: Vec<Uuid> = std::iter::once(stays).chain(others.iter().copied()).collect();
    let all = || bind::<Array<SqlUuid>, _>(&everybody);
    let query = prepared(
        "with said as ( \
             select r.id, r.other_contact_id as whom, false as is_turned, r.kind::text as kind, lower(r.word) as word, lower(r.inverse_word) as back, \
                 r.started_on, r.ended_on, r.note, array_position(?, r.contact_id) as place \
                 from contact_relations r where r.contact_id = any(?) and r.other_contact_id <> all(?) \
             union all select r.id, r.contact_id, true, relation_inverse(r.kind), lower(r.inverse_word), lower(r.word), \
                 r.started_on, r.ended_on, r.note, array_position(?, r.other_contact_id) \
                 from contact_relations r where r.other_contact_id = any(?) and r.contact_id <> all(?)), \
         counted as (select s.*, min(s.started_on) over (partition by s.whom, s.kind, s.word, s.back) as earliest, \
             count(*) over (partition by s.whom, s.kind, s.word, s.back, s.place) as times from said s), \
         begun as (select c.*, case when c.started_on is null and (c.ended_on is null or c.ended_on >= c.earliest) \
             and max(c.times) over (partition by c.whom, c.kind, c.word, c.back) = 1 then c.earliest else c.started_on end as begins from counted c), \
         united as (select b.begins, max(b.ended_on) as ends, min(b.place) = 1 as is_hers, \
                 (array_agg(b.id order by b.place, b.id))[1] as id, (array_agg(b.is_turned order by b.place, b.id))[1] as is_turned, \
                 array_agg(b.note order by b.place, b.id) as notes \
             from begun b group by b.whom, b.kind, b.word, b.back, b.begins), \
         whole as (select u.*, coalesce((select string_agg(n.note, E'\\n\\n' order by n.place) from (select t.note, min(t.place) as place \
             from unnest(u.notes) with ordinality t(note, place) where t.note <> '' group by t.note) n), '') as note from united u), \
         known as (update contact_relations r set started_on = w.begins, ended_on = w.ends, note = w.note from whole w \
             where w.is_hers and r.id = w.id and (r.started_on, r.ended_on, r.note) is distinct from (w.begins, w.ends, w.note)) \
         insert into contact_relations (contact_id, other_contact_id, kind, word, inverse_word, started_on, ended_on, note) \
         select case when w.is_turned then r.contact_id else s.id end, case when w.is_turned then s.id else r.other_contact_id end, \
                 r.kind, r.word, r.inverse_word, w.begins, w.ends, w.note \
             from whole w join contact_relations r on r.id = w.id, (select ?::uuid as id) s where not w.is_hers \
         on conflict do nothing",
        (all(), all(), all(), all(), all(), all(), bind::<SqlUuid, _>(stays)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Gives whoever stays what the others' cards said and Kith does not model, each line once. When a card was written,
/// and by what, is said of one alone.
pub(super) async fn unite_extras(tx: &mut TenantTx<'_>, stays: Uuid, others: &[Uuid]) -> Result<(), AppError> {
    let query = prepared(
        "with cards as (select x.properties, case when x.contact_id = v.stays then 0 else array_position(v.others, x.contact_id) end as place \
                 from (select ?::uuid as stays, ?::uuid[] as others) v, contact_extras x \
                 where x.contact_id = v.stays or x.contact_id = any(v.others)), \
             lines as (select distinct on (l.line) l.line, c.place, l.n from cards c, \
                 jsonb_array_elements(case jsonb_typeof(c.properties -> 'extras') when 'array' then c.properties -> 'extras' else '[]' end) \
                     with ordinality l(line, n) \
                 where c.place = (select min(place) from cards) or l.line #>> '{}' !~* '^([^.:;]*\\.|)(rev|prodid|x-prodid)[:;]' \
                 order by l.line, c.place, l.n) \
         insert into contact_extras as x (contact_id, properties) \
         select ?, jsonb_build_object('uid', (select c.properties -> 'uid' from cards c where c.properties ->> 'uid' is not null order by c.place limit 1), \
             'extras', coalesce((select jsonb_agg(l.line order by l.place, l.n) from lines l), '[]')) \
         where exists (select from cards c where c.place > 0) \
         on conflict (user_id, contact_id) do update set properties = excluded.properties where x.properties <> excluded.properties",
        (bind::<SqlUuid, _>(stays), bind::<Array<SqlUuid>, _>(others), bind::<SqlUuid, _>(stays)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Unites what no form shows, and counts the merge as an edit: a form of hers that is open is stale now.
pub(super) async fn unite_the_rest(tx: &mut TenantTx<'_>, stays: Uuid, all: &[Uuid]) -> Result<(), AppError> {
    let query = prepared(
        "update contacts c set version = c.version + 1, postponed_until = v.postponed, \
             enrichment_data = coalesce(v.data || c.enrichment_data, c.enrichment_data) \
         from (select s.id, max(o.postponed_until) as postponed, \
                 (select jsonb_object_agg(d.key, d.value order by p.created_at desc, p.id desc) from contacts p, \
                     jsonb_each(case jsonb_typeof(p.enrichment_data) when 'object' then p.enrichment_data else '{}' end) d \
                     where p.id = any(?)) as data \
             from (select ?::uuid as id) s, contacts o where o.id = any(?) group by s.id) v where c.id = v.id",
        (bind::<Array<SqlUuid>, _>(all), bind::<SqlUuid, _>(stays), bind::<Array<SqlUuid>, _>(all)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Lets whoever stays have taken part where the others did, once in each interaction.
pub(super) async fn move_participations(tx: &mut TenantTx<'_>, stays: Uuid, others: &[Uuid]) -> Result<(), AppError> {
    let doubles = prepared(
        "delete from interaction_participants p using (select ?::uuid as stays, ?::uuid[] as others) v \
         where p.contact_id = any(?) and exists (select from interaction_participants x where x.interaction_id = p.interaction_id \
             and (x.contact_id = v.stays or array_position(v.others, x.contact_id) < array_position(v.others, p.contact_id)))",
        (bind::<SqlUuid, _>(stays), bind::<Array<SqlUuid>, _>(others), bind::<Array<SqlUuid>, _>(others)),
    );
    doubles.execute(tx).await?;
    move_rows(tx, "interaction_participants", stays, others).await
}

/// Gives whoever stays the reminders and insights of the others; of two that say the same in everything that a person
/// can tell apart one is left.
pub(super) async fn move_notices(tx: &mut TenantTx<'_>, stays: Uuid, others: &[Uuid]) -> Result<(), AppError> {
    let same = [
        (
            "reminders",
            "title, due_at, status, recurrence_rule, note, starts_at, is_day, zone, advance_days, exdates, \
             deleted_at is null, dismissed_at is null",
        ),
        ("ai_insights", "insight_type, title, description, status"),
    ];
    for (table, columns) in same {
        let doubles = prepared(
            format!(
                "delete from {table} r using (select x.id, row_number() over (partition by {columns} \
                     order by x.contact_id = v.stays desc, array_position(v.others, x.contact_id), x.id) as n \
                     from (select ?::uuid as stays, ?::uuid[] as others) v, {table} x \
                     where x.contact_id = v.stays or x.contact_id = any(v.others)) d \
                 where r.id = d.id and d.n > 1 and r.contact_id = any(?)"
            ),
            (bind::<SqlUuid, _>(stays), bind::<Array<SqlUuid>, _>(others), bind::<Array<SqlUuid>, _>(others)),
        );
        doubles.execute(tx).await?;
        move_rows(tx, table, stays, others).await?;
    }
    Ok(())
}

/// Lets the cards that the others were imported from mean whoever stays: the same file again changes her, and revives
/// nobody.
pub(super) async fn move_sources(tx: &mut TenantTx<'_>, stays: Uuid, others: &[Uuid]) -> Result<(), AppError> {
    move_rows(tx, "contact_sources", stays, others).await
}

/// `table` is text of this file.
async fn move_rows(tx: &mut TenantTx<'_>, table: &'static str, stays: Uuid, others: &[Uuid]) -> Result<(), AppError> {
    let query = prepared(
        format!("update {table} set contact_id = ? where contact_id = any(?)"),
        (bind::<SqlUuid, _>(stays), bind::<Array<SqlUuid>, _>(others)),
    );
    query.execute(tx).await?;
    Ok(())
}
