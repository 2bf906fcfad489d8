//! The page of a selection, and what is done with it.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use askama::Template;
use uuid::Uuid;

use super::chosen::Chosen;
use super::forms::{BulkForm, Deed};
use super::queries;
use super::work::{self, Outcome};
use crate::contacts::asked::Asked;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::number::grouped;
use crate::web::{CsrfForm, Layout, html, see_other_with, unprocessable};
use crate::{jobs, tags};

#[derive(Template)]
#[template(path = "contacts/bulk.html")]
struct Selection {
    layout: Layout,
    people: Vec<Uuid>,
    missing: usize,
    /// The first of them.
    names: Vec<String>,
    is_filter: bool,
    asked: Asked,
    form: BulkForm,
    /// Names of the tags that can be taken off.
    tags: Vec<String>,
}

impl Selection {
    async fn new(
        user: &CurrentUser,
        db: &Db,
        layout: Layout,
        chosen: Chosen,
        form: BulkForm,
    ) -> Result<Self, AppError> {
        let (people, names, tags) = db
            .as_user(user, async |tx| {
                let people = chosen.people(tx).await?;
                let names = queries::first_names(tx, &people).await?;
                Ok((people, names, tags::queries::choices(tx).await?))
            })
            .await?;
        let missing = chosen.missing(people.len());
        Ok(Self {
            tags: tags.into_iter().map(|tag| tag.name).collect(),
            is_filter: chosen.is_filter,
            asked: chosen.asked,
            layout,
            people,
            missing,
            names,
            form,
        })
    }

    fn title(&self) -> String {
        how_many(self.people.len())
    }

    /// `and 12 more`, or nothing.
    fn more(&self) -> String {
        match self.people.len().saturating_sub(self.names.len()) {
            0 => String::new(),
            more => format!("and {} more", grouped(more)),
        }
    }

    fn missing_words(&self) -> String {
        gone(self.missing)
    }

    fn takes_off(&self, name: &str) -> bool {
        self.form.remove_tag.value == name
    }

    fn back(&self) -> String {
        self.asked.url(None)
    }
}

/// `1 person`, `1,284 people`.
fn how_many(people: usize) -> String {
    if people == 1 { "1 person".to_owned() } else { format!("{} people", grouped(people)) }
}

fn gone(missing: usize) -> String {
    match missing {
        1 => "One of those chosen is not in your list any more.".to_owned(),
        many => format!("{} of those chosen are not in your list any more.", grouped(many)),
    }
}

/// Who is meant, and what can be done with them.
#[post("/selections")]
pub(in crate::contacts) async fn select(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let chosen = Chosen::posted(&posted)?;
    html(&Selection::new(&user, &db, layout, chosen, BulkForm::default()).await?)
}

/// Does it. Ten thousand people and more may take longer than a page may, so it is given the time of a job.
#[post("/bulk-edits")]
pub(in crate::contacts) async fn apply(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (chosen, mut form) = (Chosen::posted(&posted)?, BulkForm::posted(&posted));
    let deed = match posted.text("action") {
        "trash" => Some(Deed::Trash),
        "" | "edit" => form.validate().map(Deed::Edit),
        _ => return Err(AppError::BadRequest("Many people can be edited or put into the trash.".to_owned())),
    };
    if let Some(deed) = deed {
        let outcome = db.as_user_for_job(&user, async |tx| work::run(tx, &chosen, &deed).await).await?;
        jobs::ring();
        match outcome {
            Outcome::NoSuchTag => form.remove_tag.refuse("There is no such tag."),
            Outcome::Done { people, missing, change_set } => {
                let message = message(people, missing, &deed, change_set.is_some());
                return Ok(see_other_with(&layout, &chosen.asked.url(None), message, change_set));
            }
        }
    }
    unprocessable(&Selection::new(&user, &db, layout, chosen, form).await?)
}

fn message(people: usize, missing: usize, deed: &Deed, is_changed: bool) -> String {
    let mut message = match is_changed {
        true => format!("{}: {}.", how_many(people), deed.words()),
        false => format!("{}: nothing to change.", how_many(people)),
    };
    if missing > 0 {
        message = format!("{message} {}", gone(missing));
    }
    message
}
