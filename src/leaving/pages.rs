//! The page that closes an account.

use actix_web::web::Data;
use actix_web::{HttpResponse, get, post};
use askama::Template;

use super::queries::{self, Standing};
use crate::accounts;
use crate::db::{CurrentUser, Db, Done};
use crate::error::{AppError, too_soon};
use crate::jobs;
use crate::web::page::{too_many, unprocessable};
use crate::web::{CsrfForm, Field, Layout, html};

#[derive(Template)]
#[template(path = "leaving/form.html")]
struct Form {
    layout: Layout,
    email: String,
    standing: Standing,
    current_password: Field,
}

async fn page(db: &Db, user: &CurrentUser, layout: Layout, current_password: Field) -> Result<Form, AppError> {
    let standing = db.as_user(user, async |tx| queries::standing(tx).await).await?;
    Ok(Form { layout, email: user.email().to_owned(), standing, current_password })
}

/// What it means, and the form.
#[get("/settings/deletion")]
pub(super) async fn form(user: CurrentUser, db: Data<Db>, layout: Layout) -> Result<HttpResponse, AppError> {
    html(&page(&db, &user, layout, Field::default()).await?)
}

/// Closes the account of whoever knows its password: every session ends at once, and a job erases what it held.
#[post("/settings/deletion")]
pub(super) async fn close(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut field = Field::default();
    match accounts::is_present_password(&db, &user, posted.text("current_password")).await {
        Ok(true) => {}
        Ok(false) => field.refuse("This is not your present password."),
        Err(AppError::TooMany(wait)) => {
            field.refuse(too_soon(wait));
            return too_many(&page(&db, &user, layout, field).await?, wait);
        }
        Err(error) => return Err(error),
    }
    if !field.is_invalid() {
        match db.as_user(&user, async |tx| queries::close(tx).await).await? {
            Done::Done => {
                jobs::ring();
                return accounts::account_closed(&layout);
            }
            Done::Last => field.refuse("Make somebody else an administrator first: others have accounts here."),
            _ => return Err(AppError::SignedOut(String::new())),
        }
    }
    unprocessable(&page(&db, &user, layout, field).await?)
}
