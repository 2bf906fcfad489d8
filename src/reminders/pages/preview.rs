//! What a form means before it is saved: its rule in words, and the next five dates.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use uuid::Uuid;

use super::edit::{Editing, Form, apart, identify, may_end};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::reminders::forms::ReminderForm;
use crate::reminders::queries;
use crate::reminders::views::Preview;
use crate::web::{CsrfForm, Htmx, Layout, html, unprocessable};

/// The form again with what it means, or that alone. Nothing is saved.
#[post("/reminders/preview")]
pub(in crate::reminders) async fn preview(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (id, apart) = (posted.text("reminder_id"), apart(&posted)?);
    let id: Option<Uuid> = if id.is_empty() { None } else { Some(id.parse().map_err(|_| AppError::NotFound)?) };
    let (clock, (editing, may_end), mut form) = db
        .as_user(&user, async |tx| {
            let mut form = ReminderForm::posted(&posted, user.dates());
            let editing = match id {
                Some(id) => {
                    let (version, stored) = (posted.text("version").parse().unwrap_or(0), queries::find(tx, id).await?);
                    form = form.keeping(&stored, apart.map(|(_, since)| since));
                    (Some(Editing::of(&stored, version, apart)), may_end(tx, &stored, apart).await?)
                }
                None => (None, false),
            };
            Ok((queries::clock(tx).await?, editing, identify(tx, form).await?))
        })
        .await?;
    let mut reminder = form.validate(user.today(), clock);
    if !may_end {
        reminder = form.unless_over(reminder, apart.map(|(_, since)| since), clock);
    }
    let preview = reminder.map(|reminder| Preview::of(&reminder, clock, user.dates()));
    let begun_at = posted.text("begun_at").parse().ok();
    let is_partial = htmx.wants_block("preview");
    let page = Form { begun_at, preview, is_partial, ..Form::new(layout, form, editing) };
    match (is_partial, page.preview.is_some()) {
        (true, _) => html(&page.as_preview()),
        (false, true) => html(&page),
        (false, false) => unprocessable(&page),
    }
}
