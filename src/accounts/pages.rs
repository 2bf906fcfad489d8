//! Sign-up: for whoever holds the operator's link while there is no account, afterwards for
//! everybody or for nobody, as the setting says.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::forms::{NewAccount, SignUp};
use super::{passwords, sessions, throttle};
use crate::db::{Db, NewUser};
use crate::error::{AppError, too_soon};
use crate::web::client_ip::client_ip;
use crate::web::page::{Site, too_many, unprocessable};
use crate::web::{CsrfForm, Layout, html};

#[derive(Template)]
#[template(path = "accounts/sign_up.html")]
struct SignUpPage {
    layout: Layout,
    form: SignUp,
    zones: Vec<&'static str>,
    is_first: bool,
}

impl SignUpPage {
    fn new(layout: Layout, mut form: SignUp, is_first: bool) -> Self {
        if form.time_zone.value.is_empty() {
            form.time_zone.value = layout.site().time_zone.name().to_owned();
        }
        form.password.value.clear();
        Self { layout, form, zones: zone_names(), is_first }
    }
}

/// Every zone that a select offers.
pub(super) fn zone_names() -> Vec<&'static str> {
    chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect()
}

/// The secret in the operator's link.
#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    token: String,
}

/// Whether this visitor may sign up, and whether as the first.
///
/// # Errors
/// `NotFound` where she may not: a closed instance does not even say that it has a form.
async fn admit(db: &Db, site: &Site, token: &str) -> Result<bool, AppError> {
    if db.anonymous().any_user().await? {
        return if site.sign_up_open { Ok(false) } else { Err(AppError::NotFound) };
    }
    match &site.setup_token {
        Some(secret) if bool::from(secret.as_bytes().ct_eq(token.as_bytes())) => Ok(true),
        _ => Err(AppError::NotFound),
    }
}

/// The form.
#[get("/signup")]
pub(super) async fn sign_up_form(db: Data<Db>, layout: Layout, link: Query<Link>) -> Result<HttpResponse, AppError> {
    let is_first = admit(&db, layout.site(), &link.token).await?;
    let form = SignUp { token: link.into_inner().token, ..SignUp::default() };
    html(&SignUpPage::new(layout, form, is_first))
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
    let is_first = admit(&db, layout.site(), &form.token).await?;
    let Some(new) = form.validate() else {
        return unprocessable(&SignUpPage::new(layout, form, is_first));
    };
    // Whoever asks for one address after another learns which have an account: that is slowed down.
    let ip = client_ip(&req, &layout.site().trusted_proxies);
    let turn = match throttle::take(&db, ip, &new.email).await {
        Err(AppError::TooMany(wait)) => {
            form.email.refuse(too_soon(wait));
            return too_many(&SignUpPage::new(layout, form, is_first), wait);
        }
        turn => turn?,
    };
    let Some(user) = create(&db, &new, is_first).await? else {
        form.email.refuse("This address cannot be used. If it is yours, sign in.");
        return unprocessable(&SignUpPage::new(layout, form, is_first));
    };
    turn.give_back(&db).await?;
    let cookie = sessions::open(&db, layout.site(), &req, user).await?;
    let mut response = crate::web::see_other_with(&layout, "/contacts", format!("Welcome, {}.", new.full_name), None);
    response.add_cookie(&cookie).map_err(anyhow::Error::from)?;
    Ok(response)
}

async fn create(db: &Db, new: &NewAccount, only_first: bool) -> Result<Option<uuid::Uuid>, AppError> {
    let password_hash = passwords::hash(&new.password).await?;
    let row = NewUser {
        email: &new.email,
        full_name: &new.full_name,
        time_zone: &new.time_zone,
        password_hash: &password_hash,
    };
    db.anonymous().create_user(&row, only_first).await
}
