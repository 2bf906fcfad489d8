//! Whom a doubtful row means by a name, or by none: somebody new, two who are, or a contact who is chosen. The rows of that name are taken then.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use super::queries::taking::{self as rows, Doubtful};
use super::taking::{self, Whom};
use super::who::may_be_two;
use crate::contacts::queries::{Candidate, called, suggested};
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::exchange::deciding;
use crate::exchange::model::Status;
use crate::exchange::queries::find as import_of;
use crate::jobs;
use crate::web::page::see_other_linking;
use crate::web::{CsrfForm, FormData, Htmx, Layout, Params, html, see_other_with};

/// What is said of a row that is not doubtful.
const SETTLED: &str = "Of this row nothing is in doubt now.";

#[derive(Template)]
#[template(path = "exchange/whom.html", blocks = ["results"])]
struct Finder {
    layout: Layout,
    import: Uuid,
    row: Doubtful,
    /// How many rows have the name.
    count: i64,
    /// Whether it may be that of two.
    may_be_two: bool,
    /// The list that the row stands in.
    back: String,
    next: i32,
    stay: String,
    q: String,
    rows: Vec<Candidate>,
}

/// People of a like name, or whoever is looked for; where no row is said, for the first that is doubtful.
#[get("/imports/{id}/people")]
pub(in crate::exchange) async fn find(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let position: Option<i32> = match params.text("position") {
        "" => None,
        position => Some(position.parse().map_err(|_| AppError::NotFound)?),
    };
    let typed = params.has("q").then(|| params.text("q").replace(char::is_control, " "));
    let (row, count, q, rows) = db
        .as_user(&user, async |tx| {
            let row = match position {
                Some(position) => rows::at(tx, *id, position).await?,
                None => rows::first(tx, *id).await?,
            };
            let row = row.filter(|row| row.is_open).ok_or(AppError::NotFound)?;
            let q = typed.clone().unwrap_or_else(|| row.name.clone());
            let found = candidates(tx, &q).await?;
            let count = rows::count(tx, *id, &row).await?;
            Ok((row, count, q, found))
        })
        .await?;
    let page = Finder {
        layout,
        import: *id,
        back: back(*id, row.position, &params),
        next: params.text("next").parse().unwrap_or(row.position),
        stay: params.text("stay").to_owned(),
        may_be_two: may_be_two(&row.name, &row.reason),
        row,
        count,
        q,
        rows,
    };
    if htmx.wants_block("results") { html(&page.as_results()) } else { html(&page) }
}

/// Those who are called so, then those whom the text may mean.
async fn candidates(tx: &mut TenantTx<'_>, q: &str) -> Result<Vec<Candidate>, AppError> {
    if q.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut found = called(tx, Uuid::nil(), q.trim()).await?;
    for one in suggested(tx, &[q]).await?.into_iter().flatten() {
        if found.iter().all(|other| other.id != one.id) {
            found.push(one);
        }
    }
    Ok(found)
}

fn back(id: Uuid, position: i32, params: &FormData) -> String {
    deciding::place(id, Status::Doubtful, params.text("stay"), Some(position))
}

/// Says whom the name means, and takes the rows that have it. Many may take longer than a page may, so it is given the time
/// of a job.
#[post("/imports/{id}/people")]
pub(in crate::exchange) async fn mean(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let zone = user.time_zone();
    let taken = db
        .as_user_for_job(&user, async |tx| {
            import_of(tx, *id).await?;
            let whom = whom(&posted)?;
            let position = posted.text("position").parse().map_err(|_| AppError::NotFound)?;
            let taken = taking::take(tx, zone, *id, position, whom).await?;
            Ok((taken, tx.changes().await?))
        })
        .await;
    let url = deciding::place(*id, Status::Doubtful, posted.text("stay"), posted.text("next").parse().ok());
    let (taken, change_set) = match taken {
        Err(AppError::Limit(says)) => return Ok(see_other_with(&layout, &url, says, None)),
        taken => taken?,
    };
    let Some(taken) = taken else {
        return Ok(see_other_with(&layout, &url, SETTLED, None));
    };
    jobs::ring();
    let link = Some(format!("/contacts/{}", taken.contact));
    Ok(see_other_linking(&layout, &url, taken.says, change_set, link))
}

fn whom(posted: &FormData) -> Result<Whom, AppError> {
    if posted.has("add") {
        return Ok(if posted.text("add") == "two" { Whom::Two } else { Whom::Somebody });
    }
    match posted.text("survivor") {
        "" => Err(AppError::BadRequest("Say with whom it was.".to_owned())),
        id => id.parse().map(Whom::Contact).map_err(|_| AppError::NotFound),
    }
}
