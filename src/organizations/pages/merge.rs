//! Several organizations made into one.

use actix_web::web::Data;
use actix_web::{HttpResponse, get, post};
use uuid::Uuid;

use crate::by_name::merge::{Choices, Decided, Entry, Found, Kind, Merge, already, describe, told_already};
use crate::contacts::groups::{self, Groups};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::jobs;
use crate::organizations::queries;
use crate::web::page::{changed_by, conflict};
use crate::web::{CsrfForm, Layout, Params, html};

/// What the shared page says of them.
pub(in crate::organizations) const KIND: Kind = Kind {
    row: "organization",
    many: "organizations",
    list: "/organizations",
    path: "/organization-merges",
    fields: &[("domain", "Domain"), ("industry", "Industry")],
    fate: "the others go into the trash",
};

/// Those of the address side by side, and a field that finds another one.
#[get("/organization-merges/new")]
pub(in crate::organizations) async fn blank(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let (ids, typed) = (KIND.ids(&params)?, params.text("q"));
    let (entries, found) = load(&db, &user, &ids, typed).await?;
    html(&Merge::new(layout, KIND, entries, &Choices::default(), (typed, found)))
}

async fn load(db: &Db, user: &CurrentUser, ids: &[Uuid], typed: &str) -> Result<(Vec<Entry>, Vec<Found>), AppError> {
    db.as_user(user, async |tx| {
        let entries = if ids.is_empty() { Vec::new() } else { queries::merge::entries(tx, ids).await? };
        let rows = if typed.trim().is_empty() { Vec::new() } else { queries::list(tx, typed, None).await?.rows };
        let found = |row: queries::Row| Found { id: row.id, name: row.name, people: row.people_count };
        Ok((entries, rows.into_iter().map(found).collect()))
    })
    .await
}

/// Merges them. A hundred thousand people may move, so it is given the time of a job.
#[post("/organization-merges")]
pub(in crate::organizations) async fn create(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let posted = KIND.posted(&posted)?;
    let merged = db
        .as_user_for_job(&user, async |tx| {
            queries::merge::hold(tx, &posted.ids).await?;
            let entries = queries::merge::entries(tx, &posted.ids).await?;
            let decided = KIND.decide(&entries, &posted.choices).filter(|_| !posted.is_stale(&entries));
            let Some(decided) = decided else { return Ok(Err(already(tx, &KIND, &posted.ids).await?)) };
            queries::merge::merge(tx, &decided).await?;
            describe(tx, &KIND, &entries, &decided).await?;
            groups::refresh(tx, &Groups { moved_by: Some(tx.change_set()), ..Groups::default() }).await?;
            Ok(Ok((decided, tx.changes().await?)))
        })
        .await?;
    jobs::ring();
    let (Decided { survivor, name, .. }, change_set) = match merged {
        Ok(merged) => merged,
        Err(Some(already)) => {
            return Ok(changed_by(&layout, &super::url(already.id), told_already(&already), Some(already.change_set)));
        }
        Err(None) => {
            let (entries, _) = load(&db, &user, &posted.ids, "").await?;
            return conflict(&Merge::new(layout, KIND, entries, &posted.choices, ("", Vec::new())).refused());
        }
    };
    let message = format!("{} organizations are one now: {name}.", posted.ids.len());
    Ok(changed_by(&layout, &super::url(survivor), message, change_set))
}
