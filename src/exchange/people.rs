//! The SQL of contacts as cards: who may be meant by a card, what she says now, and what she is to say.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::sql_types::{Array, Binary, Bool, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::card::{Card, CardEmployment, CardPhoto};
use super::model::Rewritten;
use super::{relations, vcard};
use crate::contacts::employments::{self, Employment};
use crate::contacts::photos::queries::{self as photos, Given};
use crate::contacts::queries;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::{organizations, tags};

/// Somebody who may be meant.
#[derive(Debug, QueryableByName)]
pub struct Candidate {
    /// Which of the cards.
    #[diesel(sql_type = Integer)]
    pub card: i32,
    /// Who.
    #[diesel(sql_type = SqlUuid)]
    pub contact: Uuid,
    /// Her name as it is shown.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Whether she is in the trash.
    #[diesel(sql_type = Bool)]
    pub is_trashed: bool,
    /// Whether the card names this very contact as its UID, as our own exports do.
    #[diesel(sql_type = Bool)]
    pub is_named: bool,
    /// Whether they share an e-mail, a number or a profile.
    #[diesel(sql_type = Bool)]
    pub shares_mark: bool,
    /// Whether she was made by the import that is being applied: then the file itself keeps them apart.
    #[diesel(sql_type = Bool)]
    pub is_of_this_import: bool,
}

/// What people are recognised by, in parallel lists: each value with the number of its card.
#[derive(Debug, Default)]
pub struct Marks {
    /// E-mails, phones and profiles at LinkedIn: card, kind, and what two spellings of the value share.
    pub methods: (Vec<i32>, Vec<&'static str>, Vec<String>),
    /// UIDs that are ids of ours.
    pub ids: (Vec<i32>, Vec<Uuid>),
    /// Sort keys of cards that have none of these: met by contacts that have neither e-mail nor phone.
    pub names: (Vec<i32>, Vec<Vec<u8>>),
    /// Sort keys and organizations in small letters: met by contacts of the same name who work or worked there.
    pub posts: (Vec<i32>, Vec<Vec<u8>>, Vec<String>),
}

/// Everybody who shares a mark with one of the cards, each once a card, in the order of their ids. `offset 0` keeps each
/// look-up one by its key: an import grows the tables faster than PostgreSQL notices, which then took them for empty and
/// read them whole, once for each of their rows.
pub async fn candidates(tx: &mut TenantTx<'_>, marks: &Marks) -> Result<Vec<Candidate>, AppError> {
    let query = prepared(
        "select f.card, f.contact, c.display_name as name, c.deleted_at is not null as is_trashed, f.is_named, f.shares_mark, \
             coalesce(c.import_id = app_import_id(), false) as is_of_this_import from \
           (select card, contact, bool_or(is_named) as is_named, bool_or(shares_mark) as shares_mark from \
             (select r.card, m.contact_id as contact, false as is_named, true as shares_mark from unnest(?, ?, ?) r(card, kind, value_key) \
                 cross join lateral (select contact_id from contact_methods \
                     where kind = r.kind and value_key = r.value_key offset 0) m \
              union all select r.card, r.id, true, false from unnest(?, ?) r(card, id) \
              union all select r.card, n.id, false, false from unnest(?, ?) r(card, sort_key) \
                 cross join lateral (select id from contacts where sort_key = r.sort_key and deleted_at is null offset 0) n \
                 where (select true from contact_methods m where m.contact_id = n.id and m.kind in ('email', 'phone') limit 1) is null \
              union all select r.card, n.id, false, false from unnest(?, ?, ?) r(card, sort_key, organization) \
                 cross join lateral (select id from contacts where sort_key = r.sort_key and deleted_at is null offset 0) n \
                 where (select true from contact_employments e cross join lateral (select name from organizations o \
                         where o.id = e.organization_id offset 0) o \
                     where e.contact_id = n.id and lower(o.name) = r.organization limit 1)) x \
            group by card, contact) f \
         cross join lateral (select display_name, deleted_at, import_id from contacts where id = f.contact offset 0) c \
         order by f.card, f.contact",
        (
            bind::<Array<Integer>, _>(&marks.methods.0),
            bind::<Array<Text>, _>(&marks.methods.1),
            bind::<Array<Text>, _>(&marks.methods.2),
            bind::<Array<Integer>, _>(&marks.ids.0),
            bind::<Array<SqlUuid>, _>(&marks.ids.1),
            bind::<Array<Integer>, _>(&marks.names.0),
            bind::<Array<Binary>, _>(&marks.names.1),
            bind::<Array<Integer>, _>(&marks.posts.0),
            bind::<Array<Binary>, _>(&marks.posts.1),
            bind::<Array<Text>, _>(&marks.posts.2),
        ),
    );
    Ok(query.load(tx).await?)
}

/// Keeps these contacts as they are until the end of the transaction, so that nobody's edit falls between
/// reading and writing them.
pub async fn lock(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<(), AppError> {
    let query = prepared(
        "select from contacts where id = any(?) order by id for no key update",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    query.execute(tx).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Beside {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Jsonb)]
    employments: Value,
    #[diesel(sql_type = Array<Text>)]
    tags: Vec<String>,
    #[diesel(sql_type = Jsonb)]
    relations: Value,
    #[diesel(sql_type = Nullable<Jsonb>)]
    extras: Option<Value>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    photo_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    source_id: Option<Uuid>,
}

/// These contacts as cards, whoever is in the trash left out. Two statements, however many.
pub async fn cards(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<(Uuid, Card)>, AppError> {
    load(tx, ids, false).await
}

/// As [`cards`], photos and other long lines shortened to what tells one from another.
pub async fn glimpses(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<(Uuid, Card)>, AppError> {
    load(tx, ids, true).await
}

async fn load(tx: &mut TenantTx<'_>, ids: &[Uuid], short: bool) -> Result<Vec<(Uuid, Card)>, AppError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let people = queries::people(tx, ids).await?;
    let query = prepared(
        format!(
            "select c.id, coalesce((select jsonb_agg(jsonb_build_object('organization', o.name, 'title', e.title, 'start_date', e.start_date, \
                 'end_date', e.end_date, 'is_current', coalesce(e.is_current, false)) order by e.is_current desc, e.start_date desc nulls last, e.id) \
                 from contact_employments e join organizations o on o.id = e.organization_id \
                 where e.contact_id = c.id and o.deleted_at is null), '[]') as employments, \
             array(select t.name from contact_tags l join tags t on t.id = l.tag_id where l.contact_id = c.id order by t.name)::text[] as tags, \
             {} as relations, \
             case when ? then glimpse(x.properties) else x.properties end as extras, p.photo_id, p.source_id \
         from contacts c left join contact_extras x on x.contact_id = c.id \
         left join contact_photos p on p.contact_id = c.id where c.id = any(?)",
            relations::OF_CONTACT
        ),
        (bind::<Bool, _>(short), bind::<Array<SqlUuid>, _>(ids)),
    );
    let rows: Vec<Beside> = query.load(tx).await?;
    let mut beside: HashMap<Uuid, Beside> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut cards = Vec::with_capacity(people.len());
    for (id, person) in people {
        let mut card = Card { person, ..Card::default() };
        if let Some(row) = beside.remove(&id) {
            card.employments = serde_json::from_value(row.employments).map_err(anyhow::Error::from)?;
            card.tags = row.tags;
            card.relations = serde_json::from_value(row.relations).map_err(anyhow::Error::from)?;
            card.relations.sort();
            card.photo = row.photo_id.zip(row.source_id).map(|(id, source)| CardPhoto { id, source });
            if let Some(extras) = row.extras {
                card.uid = extras["uid"].as_str().map(str::to_owned);
                card.extras = serde_json::from_value(extras["extras"].clone()).unwrap_or_default();
                // A line that named nobody when it came, and says by now what both are to each other.
                let lines: Vec<String> = card.relations.iter().map(vcard::related).collect();
                card.extras.retain(|line| !lines.contains(line));
            }
        }
        cards.push((id, card));
    }
    Ok(cards)
}

/// Writes contacts whole, in a fixed number of statements; `meant` says whom the UIDs of their relations mean. The caller
/// refreshes their documents.
pub async fn write(
    tx: &mut TenantTx<'_>,
    people: &[Rewritten<'_>],
    meant: &HashMap<String, Uuid>,
) -> Result<(), AppError> {
    let pick = |wanted: fn(&Rewritten<'_>) -> bool| {
        people.iter().filter(|one| wanted(one)).map(|one| (one.contact, one.after.person.clone())).collect::<Vec<_>>()
    };
    let new = pick(|one| one.before.is_none());
    if !new.is_empty() {
        queries::insert_many(tx, &new).await?;
    }
    let changed = pick(|one| one.before.is_some_and(|before| before.person != one.after.person));
    if !changed.is_empty() {
        queries::update_many(tx, &changed).await?;
    }
    write_employments(tx, people).await?;
    write_tags(tx, people).await?;
    relations::write(tx, people, meant).await?;
    write_photos(tx, people).await?;
    write_extras(tx, people).await
}

async fn write_employments(tx: &mut TenantTx<'_>, people: &[Rewritten<'_>]) -> Result<(), AppError> {
    let mut gone = Vec::new();
    let mut fresh: Vec<(Uuid, &CardEmployment)> = Vec::new();
    for one in people {
        let before = one.before.map_or(&[][..], |before| &before.employments);
        for post in before.iter().filter(|post| !one.after.employments.contains(post)) {
            gone.push(json!({ "contact": one.contact, "name": post.organization, "title": post.title, "start": post.start_date }));
        }
        fresh
            .extend(one.after.employments.iter().filter(|post| !before.contains(post)).map(|post| (one.contact, post)));
    }
    if !gone.is_empty() {
        let query = prepared(
            "delete from contact_employments e using organizations o, \
                 jsonb_to_recordset(?) as r(contact uuid, name text, title text, start date) \
             where o.id = e.organization_id and e.contact_id = r.contact and o.name = r.name \
                 and e.title is not distinct from r.title and e.start_date is not distinct from r.start",
            (bind::<Jsonb, _>(Value::Array(gone)),),
        );
        query.execute(tx).await?;
    }
    if fresh.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = distinct(fresh.iter().map(|(_, post)| &post.organization));
    let ids = organizations::queries::ids_of_names(tx, &names).await?;
    let rows = fresh.iter().filter_map(|(contact, post)| {
        Some(Employment {
            contact_id: *contact,
            organization_id: *ids.get(&post.organization)?,
            title: post.title.clone(),
            start_date: post.start_date,
            end_date: post.end_date,
            is_current: post.is_current,
        })
    });
    employments::insert_many(tx, &rows.collect::<Vec<_>>()).await
}

async fn write_tags(tx: &mut TenantTx<'_>, people: &[Rewritten<'_>]) -> Result<(), AppError> {
    let mut gone = Vec::new();
    let mut fresh: Vec<(Uuid, &String)> = Vec::new();
    for one in people {
        let before = one.before.map_or(&[][..], |before| &before.tags);
        let lost = before.iter().filter(|name| !one.after.tags.contains(name));
        gone.extend(lost.map(|name| json!({ "contact": one.contact, "name": name })));
        fresh.extend(one.after.tags.iter().filter(|name| !before.contains(name)).map(|name| (one.contact, name)));
    }
    if !gone.is_empty() {
        let query = prepared(
            "delete from contact_tags l using tags t, jsonb_to_recordset(?) as r(contact uuid, name text) \
             where t.id = l.tag_id and l.contact_id = r.contact and t.name = r.name",
            (bind::<Jsonb, _>(Value::Array(gone)),),
        );
        query.execute(tx).await?;
    }
    if fresh.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = distinct(fresh.iter().map(|(_, name)| *name));
    let ids = tags::queries::ids_of_names(tx, &names).await?;
    let pairs: Vec<(Uuid, Uuid)> =
        fresh.iter().filter_map(|(contact, name)| Some((*contact, *ids.get(*name)?))).collect();
    tags::queries::attach_many(tx, &pairs).await
}

async fn write_photos(tx: &mut TenantTx<'_>, people: &[Rewritten<'_>]) -> Result<(), AppError> {
    let (mut given, mut gone) = (Vec::new(), Vec::new());
    for one in people {
        match (one.before.and_then(|before| before.photo), one.after.photo) {
            (before, after) if before == after => {}
            (_, Some(CardPhoto { id, source })) => given.push(Given { contact: one.contact, photo: id, source }),
            (_, None) => gone.push(one.contact),
        }
    }
    photos::give(tx, &given).await?;
    photos::take(tx, &gone).await
}

#[derive(Serialize)]
struct KeptExtras<'a> {
    contact: Uuid,
    uid: Option<&'a str>,
    extras: &'a [String],
}

async fn write_extras(tx: &mut TenantTx<'_>, people: &[Rewritten<'_>]) -> Result<(), AppError> {
    let differs = |one: &&Rewritten<'_>| match one.before {
        Some(before) => (&before.uid, &before.extras) != (&one.after.uid, &one.after.extras),
        None => one.after.uid.is_some() || !one.after.extras.is_empty(),
    };
    let rows: Vec<KeptExtras<'_>> = people
        .iter()
        .filter(differs)
        .map(|one| KeptExtras { contact: one.contact, uid: one.after.uid.as_deref(), extras: &one.after.extras })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let query = prepared(
        "insert into contact_extras (contact_id, properties) \
         select r.contact, jsonb_build_object('uid', r.uid, 'extras', r.extras) \
         from jsonb_to_recordset(?::jsonb) as r(contact uuid, uid text, extras jsonb) \
         on conflict (user_id, contact_id) do update set properties = excluded.properties",
        (bind::<Text, _>(serde_json::to_string(&rows).map_err(anyhow::Error::from)?),),
    );
    query.execute(tx).await?;
    Ok(())
}

fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    names.cloned().collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// At most five hundred contacts behind an id, in the order of their ids, and no more than a few megabytes
/// of photos: for an export of everybody, or of the chosen, which are in that order too.
pub async fn ids_behind(tx: &mut TenantTx<'_>, after: Uuid, chosen: Option<&[Uuid]>) -> Result<Vec<Uuid>, AppError> {
    let sql = |condition| {
        format!(
            "select r.id from (select c.id, row_number() over (order by c.id) as n, \
                     sum(coalesce(pg_column_size(x.properties), 0) + coalesce(pg_column_size(i.bytes), 0)) over (order by c.id) as weight \
                 from (select id from contacts where {condition} and deleted_at is null order by id limit 500) c \
                 left join contact_extras x on x.contact_id = c.id left join contact_photos p on p.contact_id = c.id \
                 left join photos i on i.id = p.photo_id) r where r.n = 1 or r.weight < 3000000 order by r.id"
        )
    };
    let Some(chosen) = chosen else {
        let rows: Vec<Id> = prepared(sql("id > ?"), (bind::<SqlUuid, _>(after),)).load(tx).await?;
        return Ok(rows.into_iter().map(|row| row.id).collect());
    };
    let mut behind = chosen.get(chosen.partition_point(|id| *id <= after)..).unwrap_or_default();
    while !behind.is_empty() {
        // As many as one batch holds at most: the array is short, however many were chosen.
        let (next, rest) = behind.split_at(behind.len().min(500));
        let rows: Vec<Id> = prepared(sql("id = any(?)"), (bind::<Array<SqlUuid>, _>(next),)).load(tx).await?;
        if !rows.is_empty() {
            return Ok(rows.into_iter().map(|row| row.id).collect());
        }
        // All of these went into the trash meanwhile; those behind them did not.
        behind = rest;
    }
    Ok(Vec::new())
}
