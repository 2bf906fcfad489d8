//! A button that tries whether mail arrives.

use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpResponse, post};

use super::message;
use crate::db::{CurrentUser, Db};
use crate::error::{AppError, too_soon};
use crate::web::{CsrfForm, Layout, see_other_with};

/// Tests of one account, or from one address, before the next has to wait: nobody knows yet that the account's address
/// is hers.
const FREE: i32 = 5;
const LONGEST_WAIT: Duration = Duration::from_secs(900);

/// A message to her, now, and what the mail server said of it.
#[post("/settings/mail/test")]
pub(super) async fn send_test(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let said = match attempt(&user, &db, &layout).await? {
        Ok(()) => format!("Sent to {}.", user.email()),
        Err(reason) => format!("Not sent: {reason}"),
    };
    Ok(see_other_with(&layout, "/settings", said, None))
}

async fn attempt(user: &CurrentUser, db: &Db, layout: &Layout) -> Result<Result<(), String>, AppError> {
    let Some(mailer) = &layout.site().mailer else {
        return Ok(Err("this Kith has no mail server.".to_owned()));
    };
    let account = format!("mail {}", user.id());
    let address = user.ip().map_or_else(|| "mail from nowhere".to_owned(), |ip| format!("mail from {ip}"));
    let keys = [(account.as_str(), FREE, LONGEST_WAIT), (address.as_str(), FREE, LONGEST_WAIT)];
    if let Some(wait) = db.anonymous().take_sign_in_turn(keys).await? {
        return Ok(Err(too_soon(wait)));
    }
    let message = match message::test(mailer, user) {
        Ok(message) => message,
        Err(reason) => return Ok(Err(reason)),
    };
    Ok(mailer.send(&message).await.map(|_| ()).map_err(|failure| failure.reason))
}
