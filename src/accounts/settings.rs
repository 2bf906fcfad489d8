//! What a user changes of her own account: name, zone, password, sessions.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use super::date_style::DateStyleForm;
use super::forms::{PasswordChange, Profile, check_new_password};
use super::pages::zone_names;
use super::{passwords, queries, throttle};
use crate::allowance::{self, Figure};
use crate::contacts::dialling;
use crate::contacts::occasions::queries::MOST_DAYS_AHEAD;
use crate::db::{CurrentUser, Db, SessionRow, TenantTx};
use crate::delivery::views::Notice;
use crate::error::{AppError, too_soon};
use crate::text::country::Country;
use crate::web::device::device;
use crate::web::page::{too_many, unprocessable};
use crate::web::{CsrfForm, Field, Layout, html, see_other_with};
use crate::{delivery, demo, interactions, jobs, reminders};

#[derive(Template)]
#[template(path = "accounts/settings.html")]
pub(super) struct SettingsPage {
    layout: Layout,
    profile: Profile,
    date_style: DateStyleForm,
    email: String,
    is_admin: bool,
    password: PasswordChange,
    suggest_after: Field,
    /// The hour at which a reminder of a day alone is due.
    reminder_time: Field,
    /// How many days before a date she is told of it.
    dates_ahead_days: Field,
    /// That messages do not get through, as she reads it.
    failing: Option<String>,
    /// What has to be known of everybody's messages, if she administers.
    notices: Vec<Notice>,
    /// What becomes of the next few reminders in the zone that was chosen, where that has to be seen first.
    moves: Vec<String>,
    zones: Vec<&'static str>,
    countries: Vec<(Country, &'static str)>,
    sessions: Vec<SessionView>,
    tier: String,
    /// How much of what is limited she uses; nothing where nothing is.
    figures: Vec<Figure>,
    /// The change set that made the example people, while they are here.
    demo: Option<Uuid>,
}

impl SettingsPage {
    /// The same with what was chosen there.
    pub fn with_date_style(self, date_style: DateStyleForm) -> Self {
        Self { date_style, ..self }
    }
}

/// One line of the list of sessions.
struct SessionView {
    id: Uuid,
    device: String,
    address: String,
    last_used: String,
    last_used_at: String,
    is_current: bool,
}

impl SessionView {
    fn new(row: SessionRow, user: &CurrentUser) -> Self {
        Self {
            id: row.id,
            device: device(row.user_agent.as_deref().unwrap_or("")),
            address: row.ip_address.map_or_else(|| "unknown address".to_owned(), |network| network.ip().to_string()),
            last_used: user.here().moment(row.last_used_at),
            last_used_at: row.last_used_at.to_rfc3339(),
            is_current: user.session() == Some(row.id),
        }
    }
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
        zones: zone_names(),
        tier: user.tier().to_owned(),
        figures: usage.map(|usage| allowance::figures(db.limits_of(user.tier()), &usage)).unwrap_or_default(),
        demo,
        sessions: rows.into_iter().map(|row| SessionView::new(row, user)).collect(),
    })
}

/// The page.
#[get("/settings")]
pub(super) async fn show(user: CurrentUser, db: Data<Db>, layout: Layout) -> Result<HttpResponse, AppError> {
    html(&page(&db, &user, layout).await?)
}

/// Her name, time zone, and the country that she dials from.
#[post("/settings/profile")]
pub(super) async fn change_profile(
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
    Ok(rows.into_iter().map(|row| reminders::views::told_move(&row, clock, zone, user.dates())).collect())
}

/// The hour at which a reminder of a day alone is due.
#[post("/settings/reminders")]
pub(super) async fn change_reminders(
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
pub(super) async fn change_dates(
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

/// Where she dials from another country than before, her people's numbers mean others.
async fn keep_country(tx: &mut TenantTx<'_>, country: Country) -> Result<(), AppError> {
    let was = tx.country();
    queries::set_country(tx, country).await?;
    if was == Some(country) { Ok(()) } else { dialling::begin(tx).await }
}

/// Keys of one letter, on or off.
#[post("/settings/keyboard")]
pub(super) async fn change_keyboard(
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
pub(super) async fn change_correspondents(
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

/// A new password, for whoever knows the old one. Every other session ends.
#[post("/settings/password")]
pub(super) async fn change_password(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut form = PasswordChange { current_password: Field::default(), password: Field::of(&posted, "password") };
    check_new_password(&mut form.password, user.email(), user.full_name());
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

/// Whether this is her present password. Who sits at her open session may not guess it either.
///
/// # Errors
/// `TooMany` where it comes too soon after others that were wrong.
pub async fn is_present_password(db: &Db, user: &CurrentUser, password: &str) -> Result<bool, AppError> {
    let turn = throttle::take(db, user.ip(), user.email()).await?;
    let stored = db.anonymous().credential_of(user.id()).await?.map(|credential| credential.password_hash);
    let is_right = passwords::verify(password, stored).await?;
    if is_right {
        turn.give_back(db).await?;
    }
    Ok(is_right)
}

/// Ends one of her sessions; her own is ended by signing out.
#[post("/settings/sessions/{id}/end")]
pub(super) async fn end_session(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    db.as_user(&user, async |tx| queries::end_session(tx, *id).await).await?;
    Ok(see_other_with(&layout, "/settings", "The session is ended.", None))
}
