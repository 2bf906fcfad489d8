//! Who she is and how she signs in: name, zone and country, password, sessions.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use uuid::Uuid;

use super::show::{SettingsPage, page};
use crate::accounts::{is_present_password, passwords};
use crate::contacts::dialling;
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::{AppError, too_soon};
use crate::settings::forms::{PasswordChange, Profile};
use crate::settings::queries;
use crate::text::country::Country;
use crate::web::page::{too_many, unprocessable};
use crate::web::{CsrfForm, Field, Layout, see_other_with};
use crate::{interactions, jobs, reminders};

/// Her name, time zone, and the country that she dials from.
#[post("/settings/profile")]
pub(in crate::settings) async fn change_profile(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut profile = Profile::posted(&posted, &user);
    let Some((name, zone, country)) = profile.validate() else {
        return unprocessable(&SettingsPage { profile, ..page(&db, &user, layout).await? });
    };
    if zone != user.time_zone().name() && posted.text("zone_seen") != zone {
        let moves = moves(&db, &user, &zone).await?;
        if !moves.is_empty() {
            profile.time_zone.refuse("Your reminders move: see how, and save again.");
            return unprocessable(&SettingsPage { profile, moves, ..page(&db, &user, layout).await? });
        }
    }
    db.as_user(&user, async |tx| {
        queries::change_profile(tx, &name, &zone).await?;
        if zone != user.time_zone().name() {
            interactions::count_in_another_zone(tx).await?;
            if let Ok(to) = zone.parse() {
                reminders::queries::move_put_off(tx, user.time_zone(), to).await?;
            }
            reminders::queries::make_anew(tx).await?;
        }
        match country {
            Some(country) => keep_country(tx, country).await,
            None => Ok(()),
        }
    })
    .await?;
    jobs::ring();
    Ok(see_other_with(&layout, "/settings", "Saved.", None))
}

/// What becomes of the next few reminders that go by her own clock, once that is the one of `zone`.
async fn moves(db: &Db, user: &CurrentUser, zone: &str) -> Result<Vec<String>, AppError> {
    let Ok(zone) = zone.parse() else { return Ok(Vec::new()) };
    let (clock, rows) = db
        .as_user(user, async |tx| {
            Ok((reminders::queries::clock(tx).await?, reminders::queries::by_her_clock(tx).await?))
        })
        .await?;
    Ok(rows.into_iter().map(|row| reminders::zone::told_move(&row, clock, zone, user.dates())).collect())
}

/// Where she dials from another country than before, her people's numbers mean others.
async fn keep_country(tx: &mut TenantTx<'_>, country: Country) -> Result<(), AppError> {
    let was = tx.country();
    queries::set_country(tx, country).await?;
    if was == Some(country) { Ok(()) } else { dialling::begin(tx).await }
}

/// A new password, for whoever knows the old one. Every other session ends.
#[post("/settings/password")]
pub(in crate::settings) async fn change_password(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut form = PasswordChange { current_password: Field::default(), password: Field::of(&posted, "password") };
    passwords::check(&mut form.password, user.email(), user.full_name());
    let wait = match is_present_password(&db, &user, posted.text("current_password")).await {
        Ok(true) => None,
        Ok(false) => {
            form.current_password.refuse("This is not your present password.");
            None
        }
        Err(AppError::TooMany(wait)) => {
            form.current_password.refuse(too_soon(wait));
            Some(wait)
        }
        Err(error) => return Err(error),
    };
    if form.current_password.is_invalid() || form.password.is_invalid() {
        form.password.value.clear();
        let page = SettingsPage { password: form, ..page(&db, &user, layout).await? };
        return wait.map_or_else(|| unprocessable(&page), |wait| too_many(&page, wait));
    }
    let hash = passwords::hash(&form.password.value).await?;
    db.anonymous().set_password(user.id(), &hash).await?;
    db.anonymous().close_other_sessions(user.id(), user.session()).await?;
    Ok(see_other_with(&layout, "/settings", "The password is changed, and every other session ended.", None))
}

/// Ends one of her sessions; her own is ended by signing out.
#[post("/settings/sessions/{id}/end")]
pub(in crate::settings) async fn end_session(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    db.as_user(&user, async |tx| queries::end_session(tx, *id).await).await?;
    Ok(see_other_with(&layout, "/settings", "The session is ended.", None))
}
