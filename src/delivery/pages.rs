//! By which ways she is told: the page, its forms, and buttons that send a test.

use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use chrono::Utc;
use uuid::Uuid;

use super::forms::{MailForm, ReceiverForm};
use super::means::Means;
use super::queries::{self, Chosen, Kind};
use super::views::{self, NewestView};
use super::{email, ntfy, webhook};
use crate::db::{CurrentUser, Db};
use crate::error::{AppError, too_soon};
use crate::web::{CsrfForm, Layout, html, see_other_with, unprocessable};

/// The page's address.
const PATH: &str = "/settings/notifications";
/// Tests of one account, or from one address, before the next has to wait: nobody knows yet that the account's address
/// is hers.
const FREE: i32 = 5;
const LONGEST_WAIT: Duration = Duration::from_secs(900);

#[derive(Template)]
#[template(path = "delivery/notifications.html")]
struct Notifications {
    layout: Layout,
    email: String,
    mail: MailForm,
    webhook: ReceiverForm,
    /// The key of the webhook that stands.
    webhook_secret: Option<String>,
    ntfy: ReceiverForm,
    has_ntfy: bool,
    /// That messages do not get through, as she reads it.
    failing: Option<String>,
    newest: Vec<NewestView>,
}

async fn page(db: &Db, user: &CurrentUser, layout: Layout) -> Result<Notifications, AppError> {
    let (chosen, failing, newest) = db
        .as_user(user, async |tx| {
            Ok((queries::chosen(tx).await?, queries::failing(tx).await?, queries::newest(tx).await?))
        })
        .await?;
    Ok(Notifications {
        layout,
        email: user.email().to_owned(),
        mail: MailForm::stored(&chosen),
        webhook: ReceiverForm::stored(&chosen, Kind::Webhook),
        webhook_secret: chosen.channel("webhook").and_then(|channel| channel.secret.clone()),
        ntfy: ReceiverForm::stored(&chosen, Kind::Ntfy),
        has_ntfy: chosen.channel("ntfy").is_some(),
        failing: failing.map(|failing| views::failing(&failing, user)),
        newest: newest.iter().map(|row| NewestView::new(row, user)).collect(),
    })
}

/// The page.
#[get("/settings/notifications")]
pub(super) async fn show(user: CurrentUser, db: Data<Db>, layout: Layout) -> Result<HttpResponse, AppError> {
    html(&page(&db, &user, layout).await?)
}

/// Whether each reminder is mailed, and the digest.
#[post("/settings/notifications/mail")]
pub(super) async fn save_mail(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut mail = MailForm::posted(&posted);
    let Some(at) = mail.validate() else {
        return unprocessable(&Notifications { mail, ..page(&db, &user, layout).await? });
    };
    db.as_user(&user, async |tx| {
        queries::set_mail_reminders(tx, mail.mail_reminders).await?;
        queries::set_digest(tx, mail.has_digest, at).await
    })
    .await?;
    Ok(see_other_with(&layout, PATH, "Saved.", None))
}

/// Where her webhook is; its key is made when it is first saved.
#[post("/settings/notifications/webhook")]
pub(super) async fn save_webhook(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut webhook = ReceiverForm::posted(&posted, Kind::Webhook);
    let Some((url, _)) = webhook.validate(&layout.site().caller) else {
        return unprocessable(&Notifications { webhook, ..page(&db, &user, layout).await? });
    };
    db.as_user(&user, async |tx| {
        let stored = queries::channel(tx, Kind::Webhook.name()).await?.and_then(|channel| channel.secret);
        let secret = stored.unwrap_or_else(webhook::new_secret);
        queries::set_receiver(tx, Kind::Webhook, webhook.is_on, &url, Some(&secret)).await
    })
    .await?;
    Ok(see_other_with(&layout, PATH, "Saved.", None))
}

/// Another key: what was signed by the old one no longer is.
#[post("/settings/notifications/webhook/secret")]
pub(super) async fn renew_secret(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    db.as_user(&user, async |tx| queries::set_secret(tx, &webhook::new_secret()).await).await?;
    Ok(see_other_with(&layout, PATH, "There is a new signing secret. Give it to the program that is called.", None))
}

/// Her topic of ntfy, and the token that it asks for.
#[post("/settings/notifications/ntfy")]
pub(super) async fn save_ntfy(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut ntfy = ReceiverForm::posted(&posted, Kind::Ntfy);
    let Some((url, token)) = ntfy.validate(&layout.site().caller) else {
        return unprocessable(&Notifications { ntfy, ..page(&db, &user, layout).await? });
    };
    db.as_user(&user, async |tx| queries::set_receiver(tx, Kind::Ntfy, ntfy.is_on, &url, token.as_deref()).await)
        .await?;
    Ok(see_other_with(&layout, PATH, "Saved.", None))
}

/// What her way to be told is tested with.
struct Trial {
    req: HttpRequest,
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
}

/// A mail to her, now, and what the mail server said of it.
#[post("/settings/notifications/mail/test")]
pub(super) async fn test_mail(
    req: HttpRequest,
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    send_test("mail", Trial { req, user, db, layout }).await
}

/// The same by ntfy.
#[post("/settings/notifications/ntfy/test")]
pub(super) async fn test_ntfy(
    req: HttpRequest,
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    send_test("ntfy", Trial { req, user, db, layout }).await
}

/// The same by webhook.
#[post("/settings/notifications/webhook/test")]
pub(super) async fn test_webhook(
    req: HttpRequest,
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    send_test("webhook", Trial { req, user, db, layout }).await
}

async fn send_test(way: &str, Trial { req, user, db, layout }: Trial) -> Result<HttpResponse, AppError> {
    let account = format!("mail {}", user.id());
    let address = user.ip().map_or_else(|| "mail from nowhere".to_owned(), |ip| format!("mail from {ip}"));
    let keys = [(account.as_str(), FREE, LONGEST_WAIT), (address.as_str(), FREE, LONGEST_WAIT)];
    let said = match db.anonymous().take_sign_in_turn(keys).await? {
        Some(wait) => Err(too_soon(wait)),
        None => {
            let chosen = db.as_user(&user, async |tx| queries::chosen(tx).await).await?;
            let site = layout.site();
            let (mailer, caller) = (site.mailer.clone(), site.caller.clone());
            attempt(&Means { mailer, caller, address: site.base(&req) }, &user, &chosen, way).await
        }
    };
    let said = match said {
        Ok(to) => format!("Sent to {to}."),
        Err(reason) => format!("Not sent: {reason}"),
    };
    Ok(see_other_with(&layout, PATH, said, None))
}

/// Sends a test; to whom, or why not.
async fn attempt(means: &Means, user: &CurrentUser, chosen: &Chosen, way: &str) -> Result<String, String> {
    if way == "mail" {
        let Some(mailer) = &means.mailer else { return Err("this Kith has no mail server.".to_owned()) };
        let message = email::test_message(mailer, &means.address, user.email())?;
        return mailer.send(&message).await.map(|_| user.email().to_owned()).map_err(|failure| failure.reason);
    }
    let channel = chosen.channel(way).ok_or("save its URL first.")?;
    let text = channel.url.as_deref().unwrap_or_default();
    let url = text.parse().map_err(|error| format!("its URL is none: {error}"))?;
    let now = Utc::now();
    let secret = channel.secret.as_deref();
    let sent = match way {
        "ntfy" => ntfy::publish(means, (&url, secret), ntfy::test(means)).await,
        _ => {
            let to = (&url, secret.unwrap_or_default());
            webhook::call(means, to, Uuid::now_v7(), now, &webhook::test(means, now)).await
        }
    };
    sent.map(|answer| format!("{text}, which answered {answer}")).map_err(|failure| failure.reason)
}
