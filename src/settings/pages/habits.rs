//! How she likes things: days and hours, reminders, dates, keys, whom to suggest.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};

use super::show::{SettingsPage, page};
use crate::contacts::occasions::queries::MOST_DAYS_AHEAD;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::settings::forms::DateStyleForm;
use crate::settings::queries;
use crate::web::{CsrfForm, Field, Layout, see_other_with, unprocessable};
use crate::{jobs, reminders};

/// Keeps how she writes days and hours.
#[post("/settings/date-style")]
pub(in crate::settings) async fn change_date_style(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut date_style = DateStyleForm::posted(&posted, user.dates());
    let Some(style) = date_style.validate() else {
        return unprocessable(&SettingsPage { date_style, ..page(&db, &user, layout).await? });
    };
    db.as_user(&user, async |tx| queries::set_date_style(tx, style).await).await?;
    Ok(see_other_with(&layout, "/settings", "Saved.", None))
}

/// The hour at which a reminder of a day alone is due.
#[post("/settings/reminders")]
pub(in crate::settings) async fn change_reminders(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut reminder_time = Field::of(&posted, "reminder_time");
    let Ok(time) = chrono::NaiveTime::parse_from_str(reminder_time.value.trim(), "%H:%M") else {
        reminder_time.refuse("Give the hour as 09:00.");
        return unprocessable(&SettingsPage { reminder_time, ..page(&db, &user, layout).await? });
    };
    db.as_user(&user, async |tx| {
        queries::set_reminder_time(tx, &time.format("%H:%M").to_string()).await?;
        reminders::queries::make_anew(tx).await
    })
    .await?;
    jobs::ring();
    Ok(see_other_with(&layout, "/settings", "Saved.", None))
}

/// How many days before a date of somebody she is told of it.
#[post("/settings/dates")]
pub(in crate::settings) async fn change_dates(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut dates_ahead_days = Field::of(&posted, "dates_ahead_days");
    let Some(days) = dates_ahead_days.number(0..=MOST_DAYS_AHEAD) else {
        dates_ahead_days.refuse(format!("Give a whole number from 0 to {MOST_DAYS_AHEAD}."));
        return unprocessable(&SettingsPage { dates_ahead_days, ..page(&db, &user, layout).await? });
    };
    db.as_user(&user, async |tx| queries::set_dates_ahead(tx, days).await).await?;
    Ok(see_other_with(&layout, "/settings", "Saved.", None))
}

/// Keys of one letter, on or off.
#[post("/settings/keyboard")]
pub(in crate::settings) async fn change_keyboard(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let on = posted.has("single_keys");
    db.as_user(&user, async |tx| queries::set_single_keys(tx, on).await).await?;
    Ok(see_other_with(&layout, "/settings", "Saved.", None))
}

/// After how many messages somebody she writes with is suggested as a contact.
#[post("/settings/correspondents")]
pub(in crate::settings) async fn change_correspondents(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut suggest_after = Field::of(&posted, "suggest_after");
    let Some(messages) = suggest_after.number(1..=1000) else {
        suggest_after.refuse("Give a whole number from 1 to 1000.");
        return unprocessable(&SettingsPage { suggest_after, ..page(&db, &user, layout).await? });
    };
    db.as_user(&user, async |tx| queries::set_suggest_after(tx, messages).await).await?;
    Ok(see_other_with(&layout, "/settings", "Saved.", None))
}
