//! Where two people of one name, who were gathered as one, are parted.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use crate::correspondents::asked::Asked;
use crate::correspondents::names;
use crate::correspondents::queries::{self, OfPerson};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::dates::Day;
use crate::web::{CsrfForm, Field, FormData, Layout, Params, html, see_other_with, unprocessable};

/// What is said where there is nothing to part.
const ALONE: &str = "This is one address alone.";

#[derive(Template)]
#[template(path = "correspondents/part.html")]
struct Parting {
    layout: Layout,
    /// The list that she stands in.
    asked: Asked,
    id: Uuid,
    name: String,
    rows: Vec<AddressView>,
    ticked: Field,
}

/// An address, and whether it is ticked.
struct AddressView {
    id: Uuid,
    address: String,
    name: String,
    received: i32,
    sent: i32,
    first: Day,
    last: Day,
    is_ticked: bool,
}

/// The page's address; from there one comes back to the list `asked`.
pub(in crate::correspondents) fn url(id: Uuid, list: &Asked) -> String {
    let query = list.url(None);
    let query = query.split_once('?').map_or("", |(_, query)| query);
    format!("/correspondents/{id}/addresses?{query}").trim_end_matches('?').to_owned()
}

impl Parting {
    fn new(
        user: &CurrentUser,
        layout: Layout,
        (asked, id): (Asked, Uuid),
        rows: Vec<OfPerson>,
        (ids, ticked): (&[Uuid], Field),
    ) -> Self {
        let name = called(&rows);
        let here = user.here();
        let view = |row: OfPerson| AddressView {
            is_ticked: ids.contains(&row.id),
            id: row.id,
            name: row.name.as_deref().map(names::plain).unwrap_or_default(),
            address: row.address,
            received: row.received,
            sent: row.sent,
            first: Day::of(here.day(row.first_at), here),
            last: Day::of(here.day(row.last_at), here),
        };
        Self { layout, asked, id, name, rows: rows.into_iter().map(view).collect(), ticked }
    }
}

/// By her name, else by her address.
fn called(rows: &[OfPerson]) -> String {
    let name = rows.iter().find_map(|row| row.name.as_deref()).map(names::plain).filter(|name| !name.is_empty());
    name.or_else(|| rows.first().map(|row| row.address.clone())).unwrap_or_default()
}

/// Her addresses, to tick those that are somebody else's.
#[get("/correspondents/{id}/addresses")]
pub(in crate::correspondents) async fn show(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let asked = Asked::of(&params);
    let rows = db.as_user(&user, async |tx| queries::addresses_of(tx, *id).await).await?;
    if rows.len() < 2 {
        return Ok(see_other_with(&layout, &asked.url(None), ALONE, None));
    }
    html(&Parting::new(&user, layout, (asked, *id), rows, (&[], Field::default())))
}

/// Parts those that are ticked from the others.
#[post("/correspondents/{id}/addresses")]
pub(in crate::correspondents) async fn part(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (asked, ids) = (Asked::of(&posted), posted.ids("id"));
    let outcome = db
        .as_user(&user, async |tx| {
            let rows = queries::addresses_of(tx, *id).await?;
            if rows.len() < 2 {
                return Ok((rows, None));
            }
            let refusal = refusal(&rows, &ids, &posted)?;
            if refusal.is_none() {
                let (theirs, hers): (Vec<&OfPerson>, Vec<&OfPerson>) =
                    rows.iter().partition(|row| ids.contains(&row.id));
                let addresses: Vec<&String> = theirs.iter().map(|row| &row.address).collect();
                let beside = hers.first().map_or("", |row| &row.address);
                queries::part(tx, &addresses, beside).await?;
                queries::describe(tx, &format!("{}: parted into two people", called(&rows))).await?;
            }
            let changes = tx.changes().await?;
            Ok((rows, Some((refusal, changes))))
        })
        .await?;
    let place = asked.url(None);
    match outcome {
        (_, None) => Ok(see_other_with(&layout, &place, ALONE, None)),
        (rows, Some((Some(says), _))) => {
            let mut ticked = Field::default();
            ticked.refuse(says);
            unprocessable(&Parting::new(&user, layout, (asked, *id), rows, (&ids, ticked)))
        }
        (rows, Some((None, change_set))) => {
            let says =
                format!("{}: parted into two people. They stay so when more of their mail comes.", called(&rows));
            Ok(see_other_with(&layout, &format!("{place}#{id}"), says, change_set))
        }
    }
}

/// Why what is ticked parts nobody.
///
/// # Errors
/// `BadRequest` where it is none of the page's.
fn refusal(rows: &[OfPerson], ids: &[Uuid], posted: &FormData) -> Result<Option<&'static str>, AppError> {
    let ticked = rows.iter().filter(|row| ids.contains(&row.id)).count();
    match (ids.is_empty(), ticked) {
        (true, _) if posted.has("id") => Err(AppError::BadRequest("Tick addresses of the list.".to_owned())),
        (true, _) => Ok(Some("Tick the addresses that are somebody else’s.")),
        (false, 0) => Ok(Some("What was ticked is not hers any more. Tick the addresses that are somebody else’s.")),
        _ if ticked == rows.len() => Ok(Some("Leave one address unticked: else nobody is parted.")),
        _ => Ok(None),
    }
}
