//! What counts as contact: the page that asks it.

use actix_web::web::Data;
use actix_web::{HttpResponse, get, post};
use askama::Template;

use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::interactions::counting::CountingForm;
use crate::interactions::{queries, zone};
use crate::jobs;
use crate::web::{CsrfForm, Layout, html, see_other_with, unprocessable};

/// The page's address.
const PATH: &str = "/settings/contact";

#[derive(Template)]
#[template(path = "interactions/counting.html")]
struct Page {
    layout: Layout,
    form: CountingForm,
    /// Whether the job is still to count by it.
    is_being_counted: bool,
}

/// The page.
#[get("/settings/contact")]
pub(in crate::interactions) async fn show(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
) -> Result<HttpResponse, AppError> {
    let chosen = db.as_user(&user, async |tx| queries::counting(tx).await).await?;
    let form = CountingForm::of(&chosen.counting, &chosen.own);
    html(&Page { layout, form, is_being_counted: chosen.is_being_counted })
}

/// Keeps it; a job counts anew when she was last in touch with whom.
#[post("/settings/contact")]
pub(in crate::interactions) async fn change(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (form, changed, is_being_counted) = db
        .as_user(&user, async |tx| {
            let chosen = queries::counting(tx).await?;
            let form = CountingForm::of(&chosen.counting, &chosen.own).posted(&posted);
            let counting = form.whole();
            let changed = counting.as_ref().map(|counting| *counting != chosen.counting);
            if let (Some(counting), Some(true)) = (&counting, changed) {
                queries::set_counting(tx, counting).await?;
                zone::begin_last_contacts(tx).await?;
            }
            Ok((form, changed, chosen.is_being_counted))
        })
        .await?;
    let says = match changed {
        None => return unprocessable(&Page { layout, form, is_being_counted }),
        Some(false) => "Nothing is changed.",
        Some(true) => "Saved. When you were last in touch with whom is being counted anew.",
    };
    jobs::ring();
    Ok(see_other_with(&layout, PATH, says, None))
}
