//! Sign-up: for whoever holds the operator's link while there is no account, afterwards for
//! everybody, for whoever holds an invitation, or for nobody, as the setting says.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::forms::{NewAccount, SignUp};
use super::{passwords, sessions};
use crate::db::{Db, NewUser};
use crate::error::{AppError, too_soon};
use crate::web::client_ip::client_ip;
use crate::web::page::{missing, too_many, unprocessable};
use crate::web::site::{SignUp as Mode, Site};
use crate::web::{CsrfForm, Layout, html, throttle, zones};

#[derive(Template)]
#[template(path = "accounts/sign_up.html")]
struct SignUpPage {
    layout: Layout,
    form: SignUp,
    zones: Vec<&'static str>,
    /// Whether she has not chosen a zone yet: then a script offers the browser's.
    is_guessed: bool,
    door: Door,
    /// Whether she typed something that is to be kept.
    is_typed: bool,
}

impl SignUpPage {
    fn new(layout: Layout, mut form: SignUp, door: Door) -> Self {
        let is_guessed = form.time_zone.value.is_empty();
        if is_guessed {
            form.time_zone.value = layout.site().time_zone.name().to_owned();
        }
        form.password.value.clear();
        let is_typed = [&form.full_name, &form.email].iter().any(|field| !field.value.trim().is_empty());
        Self { layout, form, zones: zones::names(), is_guessed, door, is_typed }
    }

    fn is_first(&self) -> bool {
        self.door == Door::First
    }

    fn is_invited(&self) -> bool {
        self.door == Door::Invited
    }

    fn is_gone(&self) -> bool {
        self.door == Door::Gone
    }
}

/// The secret in the operator's link, or in an invitation's.
#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    token: String,
}

/// Why this visitor may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// By the operator's link, as the first.
    First,
    /// By an invitation, which that uses up.
    Invited,
    /// Since everybody may.
    Open,
    /// She may not: the link that she has makes no account, whether it was used, taken back or never was.
    Gone,
}

/// Whether this visitor may sign up, and why.
///
/// # Errors
/// `NotFound` where she may not and has no link: a closed instance does not even say that it has a form.
async fn admit(db: &Db, site: &Site, token: &str) -> Result<Door, AppError> {
    if !db.anonymous().any_user().await? {
        return match &site.setup_token {
            Some(secret) if bool::from(secret.as_bytes().ct_eq(token.as_bytes())) => Ok(Door::First),
            _ => Err(AppError::NotFound),
        };
    }
    let may_be_invited = site.sign_up != Mode::Closed && !token.is_empty();
    if may_be_invited && db.anonymous().invitation_stands(&sessions::hash_token(token)).await? {
        return Ok(Door::Invited);
    }
    match site.sign_up {
        Mode::Open => Ok(Door::Open),
        _ if !token.is_empty() => Ok(Door::Gone),
        _ => Err(AppError::NotFound),
    }
}

/// The form.
#[get("/signup")]
pub(super) async fn sign_up_form(db: Data<Db>, layout: Layout, link: Query<Link>) -> Result<HttpResponse, AppError> {
    let door = admit(&db, layout.site(), &link.token).await?;
    let form = SignUp { token: link.into_inner().token, ..SignUp::default() };
    let page = SignUpPage::new(layout, form, door);
    if page.is_gone() { missing(&page) } else { html(&page) }
}

/// Makes the account and signs its owner in.
#[post("/signup")]
pub(super) async fn sign_up(
    req: HttpRequest,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut form = SignUp::posted(&posted);
    let door = admit(&db, layout.site(), &form.token).await?;
    if door == Door::Gone {
        return missing(&SignUpPage::new(layout, form, door));
    }
    let Some(new) = form.validate() else {
        return unprocessable(&SignUpPage::new(layout, form, door));
    };
    // Whoever asks for one address after another learns which have an account: that is slowed down.
    let ip = client_ip(&req, &layout.site().trusted_proxies);
    let turn = match throttle::take(&db, ip, &new.email).await {
        Err(AppError::TooMany(wait)) => {
            form.email.refuse(too_soon(wait));
            return too_many(&SignUpPage::new(layout, form, door), wait);
        }
        turn => turn?,
    };
    let Some(user) = create(&db, &new, door, &form.token).await? else {
        // An invitation that somebody else was faster with is gone like one that never was.
        let door = admit(&db, layout.site(), &form.token).await?;
        if door == Door::Gone {
            return missing(&SignUpPage::new(layout, form, door));
        }
        form.email.refuse("This address cannot be used. If it is yours, sign in.");
        return unprocessable(&SignUpPage::new(layout, form, door));
    };
    turn.give_back(&db).await?;
    let cookie = sessions::open(&db, layout.site(), &req, user).await?;
    let mut response = crate::web::see_other_with(&layout, "/", format!("Welcome, {}.", new.full_name), None);
    response.add_cookie(&cookie).map_err(anyhow::Error::from)?;
    Ok(response)
}

async fn create(db: &Db, new: &NewAccount, door: Door, token: &str) -> Result<Option<uuid::Uuid>, AppError> {
    let password_hash = passwords::hash(&new.password).await?;
    let row = NewUser {
        email: &new.email,
        full_name: &new.full_name,
        time_zone: &new.time_zone,
        password_hash: &password_hash,
    };
    match door {
        Door::Invited => db.anonymous().create_invited_user(&row, &sessions::hash_token(token)).await,
        Door::First => db.anonymous().create_user(&row, true).await,
        Door::Open => db.anonymous().create_user(&row, false).await,
        Door::Gone => Ok(None),
    }
}
