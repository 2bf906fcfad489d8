//! Her answer, and the buttons that stop an import of what passed and let it go on.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use anyhow::Context;
use uuid::Uuid;

use super::answers::{self, Answer, Passing};
use super::views::AskingView;
use super::{job, queries};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::exchange::model::State;
use crate::exchange::pages::Show;
use crate::exchange::queries::find;
use crate::jobs;
use crate::web::{CsrfForm, Layout, see_other, see_other_with, unprocessable};

/// Takes which addresses are hers, and begins.
#[post("/imports/{id}/addresses")]
pub(in crate::exchange) async fn addresses(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let url = format!("/imports/{id}");
    let ticked: Vec<&str> = posted.all("address[]").collect();
    let texts: Vec<&str> = ticked.iter().copied().chain([posted.text("addresses")]).collect();
    let with_lists = posted.has("include_lists");
    match Answer::of(&texts, with_lists) {
        Err(error) => {
            let import = db.as_user(&user, async |tx| find(tx, *id).await).await?;
            let Some(passing) = Passing::of(&import)?.filter(|_| import.state() == State::Asking) else {
                return Ok(see_other(&url));
            };
            let offered = passing.offered.into_iter().map(|one| (one.clone(), ticked.contains(&one.as_str())));
            let typed = posted.text("addresses").to_owned();
            let what = passing.what;
            let view = AskingView { offered: offered.collect(), typed, with_lists, what, error: Some(error) };
            unprocessable(&Show::asking(layout, import, &user, view))
        }
        Ok(answer) => {
            let place = jobs::place(&layout.site().data_dir).context("naming the data folder")?;
            let is_begun = db.as_user(&user, async |tx| answers::answer(tx, &place, *id, &answer).await).await?;
            if !is_begun {
                return Ok(see_other_with(&layout, &url, "Your addresses are not asked for now.", None));
            }
            jobs::ring();
            Ok(see_other(&url))
        }
    }
}

/// Stops it for a while.
#[post("/imports/{id}/pause")]
pub(in crate::exchange) async fn pause(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let url = format!("/imports/{id}");
    let is_paused = db
        .as_user(&user, async |tx| {
            find(tx, *id).await?;
            queries::pause(tx, *id).await
        })
        .await?;
    let says = "There is nothing to pause now.";
    Ok(if is_paused { see_other(&url) } else { see_other_with(&layout, &url, says, None) })
}

/// Lets it go on from where it stopped.
#[post("/imports/{id}/resumption")]
pub(in crate::exchange) async fn resume(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let url = format!("/imports/{id}");
    let data_dir = layout.site().data_dir.clone();
    let goes_on = db.as_user(&user, async |tx| job::go_on(tx, &data_dir, *id).await).await?;
    if !goes_on {
        return Ok(see_other_with(&layout, &url, "There is nothing to go on with now.", None));
    }
    jobs::ring();
    Ok(see_other(&url))
}
