//! The signed-in user's own row and sessions.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Inet, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use ipnetwork::IpNetwork;
use uuid::Uuid;

use crate::contacts::occasions::queries::read_days_ahead;
use crate::dates::DateStyle;
use crate::db::schema::users;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::text::country::Country;

/// One of the signed-in user's sessions.
#[derive(QueryableByName)]
pub(super) struct SessionRow {
    /// Its id, which is not its token.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The last use, to the minute.
    #[diesel(sql_type = Timestamptz)]
    pub last_used_at: DateTime<Utc>,
    /// Where from.
    #[diesel(sql_type = Nullable<Inet>)]
    pub ip_address: Option<IpNetwork>,
    /// With which browser.
    #[diesel(sql_type = Nullable<Text>)]
    pub user_agent: Option<String>,
}

#[derive(QueryableByName)]
struct Ended {
    #[diesel(sql_type = Bool)]
    ended: bool,
}

/// Her live sessions, the last used first.
pub(super) async fn sessions(tx: &mut TenantTx<'_>) -> Result<Vec<SessionRow>, AppError> {
    let query = prepared(
        "select id, last_used_at, ip_address, user_agent from public.list_sessions() \
         order by last_used_at desc, id",
        (),
    );
    Ok(query.load(tx).await?)
}

/// Ends one of her sessions.
///
/// # Errors
/// `NotFound` where it is none of hers.
pub(super) async fn end_session(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let query = prepared("select public.end_session(?) as ended", (bind::<SqlUuid, _>(id),));
    let answer: Ended = query.get_result(tx).await?;
    if answer.ended { Ok(()) } else { Err(AppError::NotFound) }
}

/// Changes her name and her time zone.
pub(super) async fn change_profile(tx: &mut TenantTx<'_>, name: &str, time_zone: &str) -> Result<(), AppError> {
    diesel::update(users::table).set((users::full_name.eq(name), users::time_zone.eq(time_zone))).execute(tx).await?;
    Ok(())
}

/// Keeps the country that she dials from, which then no longer follows her time zone.
pub(super) async fn set_country(tx: &mut TenantTx<'_>, country: Country) -> Result<(), AppError> {
    let query = prepared(
        "update users set settings = coalesce(settings, '{}') || jsonb_build_object('country', ?)",
        (bind::<Text, _>(country.code()),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Turns keys of one letter on or off.
pub(super) async fn set_single_keys(tx: &mut TenantTx<'_>, on: bool) -> Result<(), AppError> {
    let query = prepared(
        "update users set settings = coalesce(settings, '{}') || jsonb_build_object('single_keys', ?)",
        (bind::<Text, _>(if on { "on" } else { "off" }),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// After how many messages somebody is suggested as a contact, where she never said so.
pub(super) const SUGGEST_AFTER: i32 = 3;

#[derive(QueryableByName)]
struct Chosen {
    #[diesel(sql_type = Nullable<Text>)]
    suggest_after: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    reminder_time: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    dates_ahead_days: Option<String>,
}

/// After how many messages somebody she writes with is suggested as a contact, at which hour a reminder of a day alone
/// is due, and how many days before a date she is told of it.
pub(super) async fn chosen(tx: &mut TenantTx<'_>) -> Result<(i32, String, i32), AppError> {
    let query = prepared(
        "select settings ->> 'suggest_after' as suggest_after, settings ->> 'reminder_time' as reminder_time, \
            settings ->> 'dates_ahead_days' as dates_ahead_days \
         from users where id = app_user_id()",
        (),
    );
    let stored: Chosen = query.get_result(tx).await?;
    let messages = stored.suggest_after.and_then(|number| number.parse().ok()).unwrap_or(SUGGEST_AFTER);
    let time = stored.reminder_time.unwrap_or_else(|| "09:00".to_owned());
    Ok((messages, time, read_days_ahead(stored.dates_ahead_days.as_deref())))
}

/// Keeps how she writes days and hours.
pub(super) async fn set_date_style(tx: &mut TenantTx<'_>, style: DateStyle) -> Result<(), AppError> {
    let query = prepared(
        "update users set settings = coalesce(settings, '{}') || jsonb_build_object('week_start', ?, 'date_format', ?, 'clock', ?, 'date_language', ?)",
        (
            bind::<Text, _>(style.week_start_word()),
            bind::<Text, _>(style.order_word()),
            bind::<Text, _>(style.clock_word()),
            bind::<Text, _>(style.language_word()),
        ),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Keeps how many days before a date she is told of it.
pub(super) async fn set_dates_ahead(tx: &mut TenantTx<'_>, days: i32) -> Result<(), AppError> {
    let query = prepared(
        "update users set settings = coalesce(settings, '{}') || jsonb_build_object('dates_ahead_days', ?)",
        (bind::<Integer, _>(days),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Keeps that hour.
pub(super) async fn set_reminder_time(tx: &mut TenantTx<'_>, time: &str) -> Result<(), AppError> {
    let query = prepared(
        "update users set settings = coalesce(settings, '{}') || jsonb_build_object('reminder_time', ?)",
        (bind::<Text, _>(time),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Keeps after how many messages.
pub(super) async fn set_suggest_after(tx: &mut TenantTx<'_>, messages: i32) -> Result<(), AppError> {
    let query = prepared(
        "update users set settings = coalesce(settings, '{}') || jsonb_build_object('suggest_after', ?)",
        (bind::<Integer, _>(messages),),
    );
    query.execute(tx).await?;
    Ok(())
}
