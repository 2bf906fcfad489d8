//! Everybody as vCards, batch by batch: as many megabytes as it takes, never whole in memory.

use std::rc::Rc;

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use futures_util::StreamExt;
use futures_util::stream::{self, Stream};
use uuid::Uuid;

use super::people;
use super::vcard::{self, Version};
use crate::contacts::bulk::Chosen;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::{CsrfForm, Layout, Params, html};

/// The vCards of everybody who is not in the trash, or of the chosen among them (by id), a batch at a time.
pub fn vcards(
    db: Db,
    user: CurrentUser,
    version: Version,
    chosen: Option<Vec<Uuid>>,
) -> impl Stream<Item = Result<String, AppError>> {
    let chosen = chosen.map(Rc::<[Uuid]>::from);
    stream::try_unfold(Some(Uuid::nil()), move |after| {
        let (db, user, chosen) = (db.clone(), user.clone(), chosen.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let cards = db
                .as_user_for_job(&user, async |tx| {
                    let ids = people::ids_behind(tx, after, chosen.as_deref()).await?;
                    let cards = people::cards(tx, &ids).await?;
                    Ok((ids.last().copied(), cards))
                })
                .await?;
            let (last, cards) = cards;
            let text = cards.into_iter().map(|(id, mut card)| {
                card.uid.get_or_insert_with(|| format!("urn:uuid:{id}"));
                vcard::write(&card, version)
            });
            let text: String = text.collect();
            Ok((last.is_some() || !text.is_empty()).then_some((text, last)))
        }
    })
}

#[derive(Template)]
#[template(path = "exchange/exports.html")]
struct Exports {
    layout: Layout,
}

/// What can be taken along.
#[get("/exports")]
pub(super) async fn index(_user: CurrentUser, layout: Layout) -> Result<HttpResponse, AppError> {
    html(&Exports { layout })
}

/// The file of everybody.
#[get("/exports/contacts.vcf")]
pub(super) async fn contacts(user: CurrentUser, db: Data<Db>, params: Params) -> Result<HttpResponse, AppError> {
    let version = version(params.text("version"))?;
    Ok(file(&user, &db, version, None))
}

/// The file of people chosen in the list; posted, since an address could not hold so many ids.
#[post("/exports/contacts.vcf")]
pub(super) async fn selection(user: CurrentUser, db: Data<Db>, posted: CsrfForm) -> Result<HttpResponse, AppError> {
    let version = version(posted.text("version"))?;
    let chosen = Chosen::posted(&posted)?;
    let people = db.as_user(&user, async |tx| chosen.people(tx).await).await?;
    Ok(file(&user, &db, version, Some(people)))
}

fn version(word: &str) -> Result<Version, AppError> {
    match word {
        "" | "4.0" => Ok(Version::V4),
        "3.0" => Ok(Version::V3),
        _ => Err(AppError::BadRequest("Kith writes vCard 3.0 and 4.0.".to_owned())),
    }
}

fn file(user: &CurrentUser, db: &Db, version: Version, chosen: Option<Vec<Uuid>>) -> HttpResponse {
    let name = format!("contacts-{}.vcf", user.today());
    let cards = vcards(db.clone(), user.clone(), version, chosen);
    HttpResponse::Ok()
        .content_type("text/vcard; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(StreamExt::map(cards, |part| part.map(Bytes::from)))
}
