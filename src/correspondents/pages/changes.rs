//! What becomes of those who were chosen in the queue; one goes on in it.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use uuid::Uuid;

use super::merge;
use crate::correspondents::deeds::{self, Deed, Outcome, Picked};
use crate::correspondents::queries::Chosen;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::jobs;
use crate::web::page::see_other_linking;
use crate::web::{CsrfForm, Layout, see_other, see_other_with};

/// Adds, ignores, lets wait again, or leads to where somebody is chosen to merge them into. Many may take longer than a
/// page may, so it is given the time of a job.
#[post("/correspondents")]
pub(in crate::correspondents) async fn change(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let Some((deed, field)) = Deed::posted(&posted) else {
        let picked = Picked::posted(&posted)?;
        if posted.text("action") != "merge" {
            return Err(AppError::BadRequest("People can be added, merged, ignored, or wait again.".to_owned()));
        }
        let people = db.as_user(&user, async |tx| picked.people(tx).await).await?;
        if people.len() > merge::MOST {
            return Ok(see_other_with(&layout, &place(&picked, None), merge::too_many(people.len()), None));
        }
        return Ok(see_other(&merge::url(&people.iter().map(|one| one.id).collect::<Vec<_>>(), &picked.asked)));
    };
    let picked = Picked::named(&posted, field)?;
    let (outcome, next, change_set) = db
        .as_user_for_job(&user, async |tx| {
            let people = picked.people(tx).await?;
            let next = picked.next(tx, people.last().and_then(Chosen::cursor)).await?;
            let outcome = deeds::run(tx, &people, deed).await?;
            Ok((outcome, next, tx.changes().await?))
        })
        .await?;
    jobs::ring();
    let link = outcome.contact.map(|id| format!("/contacts/{id}"));
    Ok(see_other_linking(&layout, &place(&picked, next), message(&outcome, deed), change_set, link))
}

fn message(outcome: &Outcome, deed: Deed) -> String {
    match outcome.people {
        0 => "Nothing was changed.".to_owned(),
        _ => format!("{}: {}.", outcome.who, deed.words()),
    }
}

fn place(picked: &Picked, next: Option<Uuid>) -> String {
    let list = picked.asked.url(None);
    next.map_or_else(|| list.clone(), |id| format!("{list}#{id}"))
}
