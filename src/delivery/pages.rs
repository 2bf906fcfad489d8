//! Whether she is told by mail, and a button that tries it.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};

use super::{message, queries};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::page::site;
use crate::web::{CsrfForm, Layout, see_other_with};

/// Mail of what is due, on or off.
#[post("/settings/mail")]
pub(super) async fn choose(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let wants = posted.has("mail_reminders");
    db.as_user(&user, async |tx| queries::set_wants_mail(tx, wants).await).await?;
    Ok(see_other_with(&layout, "/settings", "Saved.", None))
}

/// A message to her, now, and what the mail server said of it.
#[post("/settings/mail/test")]
pub(super) async fn send_test(
    req: HttpRequest,
    user: CurrentUser,
    layout: Layout,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let said = match &site(&req).mailer {
        None => "This Kith has no mail server: nothing was sent.".to_owned(),
        Some(mailer) => {
            let sent = match message::test(mailer, &user) {
                Ok(message) => mailer.send(&message).await.map_err(|failure| failure.reason),
                Err(reason) => Err(reason),
            };
            match sent {
                Ok(_) => format!("Sent to {}.", user.email()),
                Err(reason) => format!("Not sent: {reason}"),
            }
        }
    };
    Ok(see_other_with(&layout, "/settings", &said, None))
}
