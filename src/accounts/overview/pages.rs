//! The pages of accounts. What a button does another button beside it takes back.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use super::queries;
use super::views::{self, AccountView};
use crate::accounts::administrator::Administrator;
use crate::db::{Db, Deed, Done};
use crate::delivery;
use crate::delivery::views::Notice;
use crate::error::AppError;
use crate::web::paging::{self, TimeCursor};
use crate::web::{CsrfForm, Layout, Params, html, see_other_with};

/// The list's address.
const PATH: &str = "/admin/accounts";

#[derive(Template)]
#[template(path = "admin/accounts.html")]
struct Index {
    layout: Layout,
    rows: Vec<AccountView>,
    /// What has to be known of everybody's messages.
    notices: Vec<Notice>,
    first: Option<String>,
    next: Option<String>,
}

/// The list.
#[get("/admin/accounts")]
pub(in crate::accounts) async fn index(
    user: Administrator,
    db: Data<Db>,
    layout: Layout,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let cursor = TimeCursor::of(params.text("after"));
    let (rows, alarm) = db
        .as_user(&user, async |tx| Ok((queries::list(tx, cursor).await?, delivery::queries::alarm(tx).await?)))
        .await?;
    let has_mail = layout.site().mailer.is_some();
    let behind = rows.get(paging::PAGE - 1).map(|row| paging::pack(&row.cursor()));
    let (rows, is_more) = paging::split(rows);
    html(&Index {
        layout,
        rows: rows.into_iter().map(|row| AccountView::new(row, &user, &db)).collect(),
        notices: alarm.map(|alarm| delivery::views::alarm(&alarm, has_mail, &user)).unwrap_or_default(),
        first: cursor.map(|_| PATH.to_owned()),
        next: behind.filter(|_| is_more).map(|after| format!("{PATH}?after={after}")),
    })
}

#[derive(Template)]
#[template(path = "admin/account.html")]
struct Show {
    layout: Layout,
    account: AccountView,
    /// Each tier with its limits, in words.
    tiers: Vec<(&'static str, String)>,
}

fn tiers(db: &Db) -> Vec<(&'static str, String)> {
    Deed::TIERS.iter().map(|deed| (deed.word(), views::limits(db.limits_of(deed.word())))).collect()
}

/// One account, with what may be done to it.
#[get("/admin/accounts/{id}")]
pub(in crate::accounts) async fn show(
    user: Administrator,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
) -> Result<HttpResponse, AppError> {
    let row = db.as_user(&user, async |tx| queries::find(tx, *id).await).await?;
    html(&Show { layout, account: AccountView::new(row, &user, &db), tiers: tiers(&db) })
}

/// Does what the button says.
#[post("/admin/accounts/{id}")]
pub(in crate::accounts) async fn change(
    user: Administrator,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let wanted = if posted.has("tier") { posted.text("tier") } else { posted.text("choice") };
    let Some(deed) = Deed::of(wanted) else {
        return Err(AppError::BadRequest("Say what is to become of the account.".to_owned()));
    };
    let done = db.as_user(&user, async |tx| queries::change(tx, *id, deed).await).await?;
    let says = match done {
        Done::Missing => return Err(AppError::NotFound),
        Done::Same => "It was so already. Nothing was changed.",
        Done::Last => "Nobody else administers this instance. Make somebody an administrator first.",
        Done::Own => "This is your own account. Another administrator can do that.",
        Done::Done => match deed {
            Deed::Disable => "The account is disabled, and every session of it ended. Nothing of it is lost.",
            Deed::Enable => "The account is enabled again.",
            Deed::Promote => "The account administers this instance from now on.",
            Deed::Demote => "The account does not administer this instance any more.",
            Deed::Free | Deed::Pro | Deed::Team => "The tier is changed.",
        },
    };
    Ok(see_other_with(&layout, &format!("{PATH}/{id}"), says, None))
}
