//! The Undo button.

use std::time::Duration;

use actix_web::http::header;
use actix_web::rt::time::sleep;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use url::Url;
use uuid::Uuid;

use super::queries::{self, Conflict, Undone};
use super::undoing;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::jobs;
use crate::web::page::redone_by;
use crate::web::{CsrfForm, Layout, see_other_with};

/// Conflicts that the message names; the rest it counts.
const NAMED: usize = 3;

/// How often it is looked whether another undo of hers has ended, and after how long each time: a button that was pressed twice
/// hardly waits, and who took back ten thousand in another window is told.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(100);
const BUSY: &str = "Another undo is running, and nothing was changed. Try again in a moment.";

/// What came of the request.
enum Outcome {
    TakenBack(Undone, Uuid),
    DoneAgain(Undone, Uuid),
    Begun,
    Going,
    Already,
    Growing,
    /// Another one is at work; whether this one would do something again.
    Busy(bool),
}

/// Takes a change set back. What concerns ten thousand is done at once, for seconds if it must; more is left to a job.
#[post("/change-sets/{id}/undo")]
pub(super) async fn undo(
    req: HttpRequest,
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let wanted = way_back(posted.text("next"), &req);
    let mut tries = 1;
    let (outcome, goes, meant) = loop {
        let tried = attempt(&db, &user, *id, &wanted).await?;
        if tries == TRIES || !matches!(tried.0, Outcome::Busy(_)) {
            break tried;
        }
        tries += 1;
        sleep(PAUSE).await;
    };
    jobs::ring();
    let way = if goes { wanted } else { section_of(&wanted) };
    Ok(answer(&layout, way, outcome, (*id, meant)))
}

/// Takes it back unless another undo of hers is at work: what came of it, whether the page to go back to is still there, and
/// which change set was meant.
async fn attempt(db: &Db, user: &CurrentUser, id: Uuid, wanted: &str) -> Result<(Outcome, bool, Uuid), AppError> {
    let work = db.as_user_for_job(user, async |tx| {
        // First: what another one has just done is seen then.
        let is_alone = queries::alone(tx).await?;
        let id = queries::meant(tx, id).await?;
        let outcome = match queries::find(tx, id).await? {
            set if set.is_undone => Outcome::Already,
            set if set.is_growing => Outcome::Growing,
            set if set.is_going => Outcome::Going,
            set if !is_alone => Outcome::Busy(set.is_undo),
            set if undoing::is_large(set.size) => match queries::bars(tx, id).await? {
                bars if bars.is_empty() => {
                    undoing::begin(tx, id).await?;
                    Outcome::Begun
                }
                conflicts => {
                    let undone = Undone { conflicts, is_nothing: true };
                    if set.is_undo {
                        Outcome::DoneAgain(undone, tx.change_set())
                    } else {
                        Outcome::TakenBack(undone, tx.change_set())
                    }
                }
            },
            set if set.is_undo => Outcome::DoneAgain(queries::undo(tx, id).await?, tx.change_set()),
            _ => Outcome::TakenBack(queries::undo(tx, id).await?, tx.change_set()),
        };
        let goes = match id_in(wanted) {
            Some(id) => queries::is_there(tx, id).await?,
            None => true,
        };
        Ok((outcome, goes, id))
    });
    work.await
}

/// Leads back and says what came of taking back a change set that was `asked` for, by which another may be `meant`.
fn answer(layout: &Layout, way: String, outcome: Outcome, (asked, meant): (Uuid, Uuid)) -> HttpResponse {
    match outcome {
        Outcome::TakenBack(undone, _) if undone.is_refused() => {
            see_other_with(layout, &way, refused("taken back", &undone.conflicts), None)
        }
        Outcome::DoneAgain(undone, _) if undone.is_refused() => {
            see_other_with(layout, &way, refused("done again", &undone.conflicts), None)
        }
        Outcome::TakenBack(undone, mine) => redone_by(layout, &way, message("Taken back", &undone.conflicts), mine),
        Outcome::DoneAgain(undone, mine) => {
            see_other_with(layout, &way, message("Done again", &undone.conflicts), Some(mine))
        }
        Outcome::Busy(true) => redone_by(layout, &way, BUSY, asked),
        Outcome::Busy(false) => see_other_with(layout, &way, BUSY, Some(asked)),
        Outcome::Begun => {
            see_other_with(layout, &progress(way, meant), "This takes a while, and goes on by itself.", None)
        }
        Outcome::Going => see_other_with(layout, &progress(way, meant), "That is going on already.", None),
        Outcome::Already => see_other_with(layout, &way, "That was taken back already.", None),
        Outcome::Growing => see_other_with(layout, &way, "The import still goes on. Cancel it on its page.", None),
    }
}

/// The page that shows how far it is: that of the import, or the change's own.
fn progress(way: String, id: Uuid) -> String {
    if way.starts_with("/imports/") { way } else { format!("/history/{id}") }
}

fn message(done: &str, conflicts: &[Conflict]) -> String {
    match conflicts {
        [] => format!("{done}."),
        _ => format!("{done}, except what was changed since ({}).", listed(conflicts)),
    }
}

/// Of an undo that found nothing as it was left.
fn refused(done: &str, conflicts: &[Conflict]) -> String {
    format!("Nothing was {done} ({}).", listed(conflicts))
}

fn listed(conflicts: &[Conflict]) -> String {
    let mut named: Vec<String> = conflicts
        .iter()
        .take(NAMED)
        .map(|conflict| format!("{}: {}", shortened(&conflict.name), conflict.reason))
        .collect();
    if conflicts.len() > NAMED {
        named.push(format!("and {} more", conflicts.len() - NAMED));
    }
    named.join("; ")
}

/// The message travels in a cookie.
fn shortened(name: &str) -> String {
    match name.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// Where the form says, else the page that it stood on.
fn way_back(next: &str, req: &HttpRequest) -> String {
    if is_local(next) {
        return next.to_owned();
    }
    let referer = req.headers().get(header::REFERER).and_then(|value| Url::parse(value.to_str().ok()?).ok());
    let path =
        referer.map(|url| url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())));
    path.filter(|path| is_local(path)).unwrap_or_else(|| "/contacts".to_owned())
}

/// A path on this server: what a browser takes for another host (`//x`, `/\x`) is none.
fn is_local(path: &str) -> bool {
    path.starts_with('/') && !path[1..].starts_with(['/', '\\']) && !path.contains(char::is_control)
}

fn id_in(path: &str) -> Option<Uuid> {
    path.split('#').next()?.split(['/', '?']).nth(2)?.parse().ok()
}

/// `/contacts` of `/contacts/{id}`: what a page about somebody who is gone leads to.
fn section_of(path: &str) -> String {
    format!("/{}", path.split(['/', '?']).nth(1).unwrap_or("contacts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_to_another_host_is_refused() {
        let refused = ["//evil.example", "/\\evil.example", "https://evil.example", "", "/x\r\nSet-Cookie: a=b"];
        assert!(!refused.into_iter().any(is_local));
        assert!(is_local("/contacts?q=ada") && is_local("/"));
    }

    #[test]
    fn the_row_that_an_address_leads_to_is_not_whom_its_page_is_about() {
        let id = Uuid::nil();
        assert_eq!(id_in(&format!("/contacts/{id}#{}", Uuid::max())), Some(id));
        assert_eq!((id_in(&format!("/reminders#{id}")), id_in(&format!("/#{id}"))), (None, None));
    }

    #[test]
    fn a_message_with_many_conflicts_stays_short() {
        let conflict = || Conflict { name: "x".repeat(1000), reason: "notes changed since".to_owned() };
        let text = message("Taken back", &std::iter::repeat_with(conflict).take(500).collect::<Vec<_>>());
        assert!(text.len() < 400 && text.contains("and 497 more"), "{text}");
    }
}
