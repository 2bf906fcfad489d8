//! The page of invitations.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use chrono::Utc;
use uuid::Uuid;

use super::queries;
use super::views::RowView;
use crate::accounts::administrator::Administrator;
use crate::accounts::hash_token;
use crate::db::Db;
use crate::error::AppError;
use crate::text::hex::random_token;
use crate::web::once;
use crate::web::page::unprocessable;
use crate::web::paging::{self, TimeCursor};
use crate::web::site::SignUp;
use crate::web::{CsrfForm, Field, Layout, Params, html, see_other_with};

/// The page's address.
const PATH: &str = "/admin/invitations";
/// Carries the token of a new invitation to the page that shows its link, once: the database has its hash alone.
const COOKIE: &str = "kith_invitation";
/// For how many days an invitation stands, unless something else is chosen.
const DAYS: &str = "7";

#[derive(Template)]
#[template(path = "admin/invitations.html")]
struct Index {
    layout: Layout,
    form: Form,
    /// The link of the invitation that was just made.
    link: Option<String>,
    rows: Vec<RowView>,
    first: Option<String>,
    next: Option<String>,
}

impl Index {
    fn is_closed(&self) -> bool {
        self.layout.site().sign_up == SignUp::Closed
    }
}

/// What is asked of a new one.
struct Form {
    note: Field,
    days: Field,
}

impl Default for Form {
    fn default() -> Self {
        Self { note: Field::default(), days: DAYS.into() }
    }
}

impl Form {
    fn validate(&mut self) -> Option<(String, i32)> {
        let note = self.note.line(255).unwrap_or_default();
        let days = self.days.number(1..=90);
        if days.is_none() {
            self.days.refuse("Give a whole number from 1 to 90.");
        }
        if self.note.is_invalid() { None } else { Some((note, days?)) }
    }
}

async fn page(db: &Db, user: &Administrator, layout: Layout, after: &str, form: Form) -> Result<Index, AppError> {
    let cursor = TimeCursor::of(after);
    let rows = db.as_user(user, async |tx| queries::list(tx, cursor).await).await?;
    let behind = rows.get(paging::PAGE - 1).map(|row| paging::pack(&row.cursor()));
    let (rows, is_more) = paging::split(rows);
    let now = Utc::now();
    Ok(Index {
        layout,
        form,
        link: None,
        rows: rows.into_iter().map(|row| RowView::new(row, user, now)).collect(),
        first: cursor.map(|_| PATH.to_owned()),
        next: behind.filter(|_| is_more).map(|after| format!("{PATH}?after={after}")),
    })
}

/// The list, and the link of one that was just made.
#[get("/admin/invitations")]
pub(in crate::accounts) async fn index(
    req: HttpRequest,
    user: Administrator,
    db: Data<Db>,
    layout: Layout,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let base = layout.site().base(&req);
    let page = page(&db, &user, layout, params.text("after"), Form::default()).await?;
    let link = |token| format!("{base}/signup?token={token}");
    once::show(&req, COOKIE, |token| html(&Index { link: token.map(link), ..page }))
}

/// Makes one.
#[post("/admin/invitations")]
pub(in crate::accounts) async fn create(
    req: HttpRequest,
    user: Administrator,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut form = Form { note: Field::of(&posted, "note"), days: Field::of(&posted, "days") };
    let token = random_token();
    if layout.site().sign_up == SignUp::Closed {
        form.note.refuse("Sign-up is closed, so that no link would make an account.");
    }
    if let Some((note, days)) = form.validate() {
        let hash = hash_token(&token);
        if db.as_user(&user, async |tx| queries::create(tx, &hash, &note, days).await).await? {
            return once::carry(&req, COOKIE, token, PATH);
        }
        form.note.refuse("A hundred invitations are open already. Revoke some of them first.");
    }
    unprocessable(&page(&db, &user, layout, "", form).await?)
}

/// Takes one back.
#[post("/admin/invitations/{id}/revocation")]
pub(in crate::accounts) async fn revoke(
    user: Administrator,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    db.as_user(&user, async |tx| queries::revoke(tx, *id).await).await?;
    Ok(see_other_with(&layout, PATH, "The invitation is revoked. Its link makes no account any more.", None))
}
