//! Everybody as vCards, batch by batch: as many megabytes as it takes, never whole in memory.

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get};
use askama::Template;
use futures_util::stream::{self, Stream};
use uuid::Uuid;

use super::people;
use super::vcard::{self, Version};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::{Layout, Params, html};

/// The vCards of everybody who is not in the trash, a batch at a time.
pub fn vcards(db: Db, user: CurrentUser, version: Version) -> impl Stream<Item = Result<String, AppError>> {
    stream::try_unfold(Some(Uuid::nil()), move |after| {
        let (db, user) = (db.clone(), user.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let cards = db
                .as_user_for_job(&user, async |tx| {
                    let ids = people::ids_behind(tx, after).await?;
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

/// The file itself.
#[get("/exports/contacts.vcf")]
pub(super) async fn contacts(user: CurrentUser, db: Data<Db>, params: Params) -> Result<HttpResponse, AppError> {
    let version = match params.text("version") {
        "" | "4.0" => Version::V4,
        "3.0" => Version::V3,
        _ => return Err(AppError::BadRequest("Kith writes vCard 3.0 and 4.0.".to_owned())),
    };
    let name = format!("contacts-{}.vcf", user.today());
    let db = db.get_ref().clone();
    let body = futures_util::StreamExt::map(vcards(db, user, version), |part| part.map(Bytes::from));
    Ok(HttpResponse::Ok()
        .content_type("text/vcard; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(body))
}
