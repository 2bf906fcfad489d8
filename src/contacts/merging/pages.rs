//! The page that compares, and the merge.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use uuid::Uuid;

use super::comparison::{Compared, Comparison};
use super::{portraits, queries, work};
use crate::contacts::bulk::Chosen;
use crate::dates::Here;
use crate::db::merged::{self, Already};
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::jobs;
use crate::web::page::conflict;
use crate::web::{CsrfForm, FormData, Layout, html, see_other, see_other_with};

/// More can't be compared by anybody.
const MOST: usize = 20;

/// Who was chosen, as far as they can be merged.
enum Found {
    One(Uuid),
    /// So many.
    TooMany,
    Some(Box<Compared>),
}

/// The chosen side by side. Whoever chose one alone is led to where another is found.
#[post("/comparisons")]
pub(in crate::contacts) async fn compare(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let chosen = Chosen::posted(&posted)?;
    let found = db
        .as_user(&user, async |tx| {
            let people = chosen.people(tx).await?;
            refuse_strangers(tx, &posted.ids("id")).await?;
            Ok(match *people {
                [one] => Found::One(one),
                [] => Found::TooMany,
                _ if people.len() > MOST => Found::TooMany,
                _ => Found::Some(Box::new(Compared::load(tx, &people, &FormData::default(), user.here()).await?)),
            })
        })
        .await?;
    match found {
        Found::One(id) => Ok(see_other(&format!("/contacts/{id}/merge"))),
        Found::TooMany => {
            let message = format!("Choose at least two people and at most {MOST}: more can't be compared at once.");
            Ok(see_other_with(&layout, &chosen.back(), message, None))
        }
        Found::Some(pair) => html(&Comparison { layout, pair: *pair, warning: String::new() }),
    }
}

/// Somebody else's id is nobody's, among her own too.
async fn refuse_strangers(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<(), AppError> {
    if queries::are_hers(tx, ids).await? { Ok(()) } else { Err(AppError::NotFound) }
}

/// What came of it.
enum Outcome {
    Merged {
        stays: Uuid,
        others: usize,
        name: String,
        change_set: Uuid,
    },
    /// Somebody was changed, or put into the trash, since the page was made.
    Stale(Box<Compared>),
    /// All but her are merged into her already, as of a form that was sent twice.
    Already(Already),
    /// Fewer than two are left.
    Alone,
    TooMany,
}

/// Merges them.
#[post("/merges")]
pub(in crate::contacts) async fn merge(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let ids = posted.ids("id");
    let outcome = db.as_user_for_job(&user, async |tx| run(tx, &ids, &posted, user.here()).await).await?;
    jobs::ring();
    match outcome {
        Outcome::Merged { stays, others, name, change_set } => {
            let how_many = if others == 1 { "One other".to_owned() } else { format!("{others} others") };
            let message = format!("{how_many} merged into {name}.");
            Ok(see_other_with(&layout, &format!("/contacts/{stays}"), message, Some(change_set)))
        }
        Outcome::Stale(pair) => {
            let warning = "Somebody of them was changed or put into the trash meanwhile, so nothing is merged yet. Look again, then merge.";
            conflict(&Comparison { layout, pair: *pair, warning: warning.to_owned() })
        }
        Outcome::Already(Already { id, name, change_set }) => Ok(see_other_with(
            &layout,
            &format!("/contacts/{id}"),
            format!("They are merged already, into {name}."),
            Some(change_set),
        )),
        Outcome::Alone => Ok(see_other_with(
            &layout,
            "/contacts",
            "Nothing is merged: fewer than two of them are in your list.",
            None,
        )),
        Outcome::TooMany => {
            let message = format!("Nothing is merged: at most {MOST} can be at once.");
            Ok(see_other_with(&layout, "/contacts", message, None))
        }
    }
}

async fn run(tx: &mut TenantTx<'_>, ids: &[Uuid], form: &FormData, here: Here) -> Result<Outcome, AppError> {
    refuse_strangers(tx, ids).await?;
    if ids.len() > MOST {
        return Ok(Outcome::TooMany);
    }
    let people = queries::lock(tx, ids).await?;
    if people.len() < 2 {
        let already = merged::already(tx, ("contacts", "display_name"), ids).await?;
        return Ok(already.map_or(Outcome::Alone, Outcome::Already));
    }
    let pair = Compared::load(tx, &people, form, here).await?;
    if people.len() < ids.len() || !pair.is_as_seen(form) {
        return Ok(Outcome::Stale(Box::new(pair)));
    }
    let (Some(stays), others) = pair.parted() else { return Ok(Outcome::Alone) };
    work::merge(tx, stays, &others, &pair.person, portraits::whose(&pair.portraits, stays)).await?;
    Ok(Outcome::Merged { stays, others: others.len(), name: pair.person.shown_name(), change_set: tx.change_set() })
}
