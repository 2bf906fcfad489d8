//! Everybody as vCards or as a table, batch by batch: as many megabytes as it takes, never whole in memory.

use std::rc::Rc;

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use futures_util::stream::{self, Stream};
use futures_util::{StreamExt, TryFutureExt};
use uuid::Uuid;

use super::card::Card;
use super::table::writer;
use super::vcard::{self, Version};
use super::{people, photos};
use crate::contacts::bulk::Chosen;
use crate::contacts::fields::Definition;
use crate::contacts::fields::queries::definitions;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::{CsrfForm, Layout, Params, html};

/// As what people are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// vCards.
    Vcard(Version),
    /// Comma separated values.
    Csv,
}

impl Format {
    fn head(self, fields: &[Definition]) -> String {
        match self {
            Self::Vcard(_) => String::new(),
            Self::Csv => writer::head(fields),
        }
    }

    fn write(self, card: &Card, fields: &[Definition]) -> String {
        match self {
            Self::Vcard(version) => vcard::write(card, version),
            Self::Csv => writer::write(card, fields),
        }
    }

    /// What its file ends with, and how it is called on the web.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Vcard(_) => ("vcf", "text/vcard; charset=utf-8"),
            Self::Csv => ("csv", "text/csv; charset=utf-8; header=present"),
        }
    }
}

/// Everybody who is not in the trash, or the chosen among them (by id), a batch at a time.
pub fn everybody(
    db: Db,
    user: CurrentUser,
    format: Format,
    chosen: Option<Vec<Uuid>>,
) -> impl Stream<Item = Result<String, AppError>> {
    let begin = {
        let (db, user) = (db.clone(), user.clone());
        async move { db.as_user(&user, async |tx| definitions(tx).await).await }
    };
    let parts = begin.map_ok(move |fields| {
        let fields = Rc::<[Definition]>::from(fields);
        let head = stream::once(std::future::ready(Ok(format.head(&fields))));
        head.chain(batches(db, user, (format, fields), chosen.map(Rc::from)))
    });
    parts.try_flatten_stream()
}

/// The people themselves.
fn batches(
    db: Db,
    user: CurrentUser,
    (format, fields): (Format, Rc<[Definition]>),
    chosen: Option<Rc<[Uuid]>>,
) -> impl Stream<Item = Result<String, AppError>> {
    stream::try_unfold(Some(Uuid::nil()), move |after| {
        let (db, user, chosen, fields) = (db.clone(), user.clone(), chosen.clone(), fields.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let cards = db
                .as_user_for_job(&user, async |tx| {
                    let ids = people::ids_behind(tx, after, chosen.as_deref()).await?;
                    let mut cards = people::cards(tx, &ids).await?;
                    photos::put_back(tx, &mut cards).await?;
                    Ok((ids.last().copied(), cards))
                })
                .await?;
            let (last, cards) = cards;
            let text = cards.into_iter().map(|(id, mut card)| {
                card.uid.get_or_insert_with(|| format!("urn:uuid:{id}"));
                format.write(&card, &fields)
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

/// The vCards of everybody.
#[get("/exports/contacts.vcf")]
pub(super) async fn vcards(user: CurrentUser, db: Data<Db>, params: Params) -> Result<HttpResponse, AppError> {
    let version = version(params.text("version"))?;
    Ok(file(&user, &db, Format::Vcard(version), None))
}

/// Everybody as a table.
#[get("/exports/contacts.csv")]
pub(super) async fn table(user: CurrentUser, db: Data<Db>) -> Result<HttpResponse, AppError> {
    Ok(file(&user, &db, Format::Csv, None))
}

/// The vCards of people chosen in the list; posted, since an address could not hold so many ids.
#[post("/exports/contacts.vcf")]
pub(super) async fn chosen_vcards(user: CurrentUser, db: Data<Db>, posted: CsrfForm) -> Result<HttpResponse, AppError> {
    let version = version(posted.text("version"))?;
    chosen(&user, &db, Format::Vcard(version), &posted).await
}

/// The same people as a table.
#[post("/exports/contacts.csv")]
pub(super) async fn chosen_table(user: CurrentUser, db: Data<Db>, posted: CsrfForm) -> Result<HttpResponse, AppError> {
    chosen(&user, &db, Format::Csv, &posted).await
}

async fn chosen(user: &CurrentUser, db: &Db, format: Format, posted: &CsrfForm) -> Result<HttpResponse, AppError> {
    let chosen = Chosen::posted(posted)?;
    let people = db.as_user(user, async |tx| chosen.people(tx).await).await?;
    Ok(file(user, db, format, Some(people)))
}

fn version(word: &str) -> Result<Version, AppError> {
    match word {
        "" | "4.0" => Ok(Version::V4),
        "3.0" => Ok(Version::V3),
        _ => Err(AppError::BadRequest("Kith writes vCard 3.0 and 4.0.".to_owned())),
    }
}

fn file(user: &CurrentUser, db: &Db, format: Format, chosen: Option<Vec<Uuid>>) -> HttpResponse {
    let (end, kind) = format.names();
    let name = format!("contacts-{}.{end}", user.today());
    let parts = everybody(db.clone(), user.clone(), format, chosen);
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(StreamExt::map(parts, |part| part.map(Bytes::from)))
}
