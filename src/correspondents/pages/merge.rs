//! Whose addresses they are: where a contact is chosen, who then gets them.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use crate::contacts::queries::{Candidate, named, suggested};
use crate::correspondents::asked::Asked;
use crate::correspondents::deeds::{self, Picked, called};
use crate::correspondents::queries::{self, Chosen};
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::web::number::grouped;
use crate::web::page::see_other_linking;
use crate::web::{CsrfForm, Htmx, Layout, Params, html};

/// More can't be one person's.
pub(in crate::correspondents) const MOST: usize = 50;

#[derive(Template)]
#[template(path = "correspondents/merge.html", blocks = ["results"])]
struct Finder {
    layout: Layout,
    /// The list that they stand in.
    asked: Asked,
    id: Uuid,
    ids: Vec<Uuid>,
    /// Whom the addresses are called.
    names: Vec<String>,
    addresses: Vec<String>,
    q: String,
    rows: Vec<Candidate>,
}

/// The page's address: of the first of them, of the others, and of the list that they stand in.
pub(in crate::correspondents) fn url(ids: &[Uuid], list: &Asked) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if *list != Asked::default() {
        query.append_pair("list", &list.q).append_pair("show", list.show_word()).append_pair("sort", list.sort_word());
    }
    query.extend_pairs(ids.iter().skip(1).map(|id| ("id", id.to_string())));
    let first = ids.first().copied().unwrap_or_default();
    format!("/correspondents/{first}/merge?{}", query.finish()).trim_end_matches('?').to_owned()
}

/// Why so many are not merged.
pub(in crate::correspondents) fn too_many(people: usize) -> String {
    let chosen = grouped(people);
    format!(
        "At most {MOST} people can be merged into one contact at once, and {chosen} are chosen. Nothing is merged yet."
    )
}

/// People of a like name, or whoever is looked for.
#[get("/correspondents/{id}/merge")]
pub(in crate::correspondents) async fn find(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let mut ids = params.ids("id");
    if !ids.contains(&id) {
        ids.push(*id);
    }
    if ids.len() > MOST {
        return Err(AppError::BadRequest(too_many(ids.len())));
    }
    let asked = Asked { q: params.text("list").replace(char::is_control, ""), ..Asked::of(&params) };
    let typed = params.has("q").then(|| params.text("q").replace(char::is_control, " "));
    let (people, q, rows) = db
        .as_user(&user, async |tx| {
            let people = queries::chosen(tx, &ids).await?;
            if people.iter().all(|one| one.addresses.is_empty()) {
                return Err(AppError::NotFound);
            }
            let q = typed.clone().unwrap_or_else(|| people.first().map(called).unwrap_or_default());
            let rows = found(tx, &q, typed.is_none()).await?;
            Ok((people, q, rows))
        })
        .await?;
    let page = Finder {
        layout,
        asked,
        id: *id,
        ids: people.iter().map(|one| one.id).collect(),
        names: people.iter().map(called).collect(),
        addresses: people.into_iter().flat_map(|one| one.addresses).collect(),
        q,
        rows,
    };
    if htmx.wants_block("results") { html(&page.as_results()) } else { html(&page) }
}

/// Whom a name may mean; where nobody typed it, also whoever shares its last word.
async fn found(tx: &mut TenantTx<'_>, q: &str, is_guess: bool) -> Result<Vec<Candidate>, AppError> {
    let last = q.split(['@', ' ']).next_back().unwrap_or_default();
    let names = if is_guess && last != q { vec![q, last] } else { vec![q] };
    let mut rows: Vec<Candidate> = Vec::new();
    for one in suggested(tx, &names).await?.into_iter().flatten() {
        if rows.iter().all(|other| other.id != one.id) {
            rows.push(one);
        }
    }
    Ok(rows)
}

/// Gives the addresses to a contact.
#[post("/correspondents/merges")]
pub(in crate::correspondents) async fn merge(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let picked = Picked::posted(&posted)?;
    let contact: Uuid = posted.text("survivor").parse().map_err(|_| AppError::NotFound)?;
    let (who, given, next, change_set) = db
        .as_user_for_job(&user, async |tx| {
            let people = picked.people(tx).await?;
            let who = named(tx, &[contact]).await?.pop().ok_or(AppError::NotFound)?;
            let next = picked.next(tx, people.last().and_then(Chosen::cursor)).await?;
            let given = deeds::merge(tx, &people, contact).await?;
            Ok((who, given, next, tx.changes().await?))
        })
        .await?;
    let message = match given {
        0 => format!("{} has these addresses already.", who.name),
        1 => format!("{} has one address more.", who.name),
        _ => format!("{} has {given} addresses more.", who.name),
    };
    let list = picked.asked.url(None);
    let place = next.map_or_else(|| list.clone(), |id| format!("{list}#{id}"));
    let undo = change_set.filter(|_| given > 0);
    Ok(see_other_linking(&layout, &place, message, undo, Some(format!("/contacts/{contact}"))))
}
