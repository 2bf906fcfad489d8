//! The page.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use askama::Template;
use uuid::Uuid;

use crate::allowance::{self, Figure};
use crate::db::{CurrentUser, Db};
use crate::delivery::views::Notice;
use crate::error::AppError;
use crate::settings::forms::{DateStyleForm, PasswordChange, Profile};
use crate::settings::queries;
use crate::settings::views::SessionView;
use crate::text::country::Country;
use crate::web::{Field, Layout, html, zones};
use crate::{delivery, demo};

#[derive(Template)]
#[template(path = "settings/show.html")]
pub(super) struct SettingsPage {
    pub layout: Layout,
    pub profile: Profile,
    pub date_style: DateStyleForm,
    pub email: String,
    pub is_admin: bool,
    pub password: PasswordChange,
    pub suggest_after: Field,
    /// The hour at which a reminder of a day alone is due.
    pub reminder_time: Field,
    /// How many days before a date she is told of it.
    pub dates_ahead_days: Field,
    /// That messages do not get through, as she reads it.
    pub failing: Option<String>,
    /// What has to be known of everybody's messages, if she administers.
    pub notices: Vec<Notice>,
    /// What becomes of the next few reminders in the zone that was chosen, where that has to be seen first.
    pub moves: Vec<String>,
    pub zones: Vec<&'static str>,
    pub countries: Vec<(Country, &'static str)>,
    pub sessions: Vec<SessionView>,
    pub tier: String,
    /// How much of what is limited she uses; nothing where nothing is.
    pub figures: Vec<Figure>,
    /// The change set that made the example people, while they are here.
    pub demo: Option<Uuid>,
}

/// The page as it is stored.
pub(super) async fn page(db: &Db, user: &CurrentUser, layout: Layout) -> Result<SettingsPage, AppError> {
    let (rows, demo, usage, (suggest_after, reminder_time, dates_ahead), (failing, alarm)) = db
        .as_user(user, async |tx| {
            let usage = allowance::usage(tx, user.time_zone()).await?;
            let (sessions, demo) = (queries::sessions(tx).await?, demo::queries::standing(tx).await?);
            let told = (delivery::queries::failing(tx).await?, delivery::queries::alarm(tx).await?);
            Ok((sessions, demo, usage, queries::chosen(tx).await?, told))
        })
        .await?;
    let has_mail = layout.site().mailer.is_some();
    Ok(SettingsPage {
        layout,
        notices: alarm.map(|alarm| delivery::views::alarm(&alarm, has_mail, user)).unwrap_or_default(),
        profile: Profile::of(user),
        date_style: DateStyleForm::of(user.dates()),
        countries: Country::all().collect(),
        email: user.email().to_owned(),
        is_admin: user.is_admin(),
        password: PasswordChange::default(),
        suggest_after: suggest_after.to_string().as_str().into(),
        reminder_time: reminder_time.as_str().into(),
        dates_ahead_days: dates_ahead.to_string().as_str().into(),
        failing: failing.map(|failing| delivery::views::failing(&failing, user)),
        moves: Vec::new(),
        zones: zones::names(),
        tier: user.tier().to_owned(),
        figures: usage.map(|usage| allowance::figures(db.limits_of(user.tier()), &usage)).unwrap_or_default(),
        demo,
        sessions: rows.into_iter().map(|row| SessionView::new(row, user)).collect(),
    })
}

/// The page.
#[get("/settings")]
pub(in crate::settings) async fn show(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
) -> Result<HttpResponse, AppError> {
    html(&page(&db, &user, layout).await?)
}
