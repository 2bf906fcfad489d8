//! The feed whole, piece by piece: as it is at one moment, however long the writing takes.

use std::collections::BTreeMap;
use std::pin::pin;

use chrono::{Datelike, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use futures_util::stream::{Stream, TryStreamExt};

use super::component::{Event, Text};
use super::queries::{self, ContactRow, DateRow, DueRow};
use super::reminder::Reminders;
use super::zone;
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::reminders;
use crate::web::pieces::{PIECE, Pieces, pieces, send};

/// The year of what has none: a leap year.
const ANY_YEAR: i32 = 2000;

/// All of it; `base` is where Kith is found.
pub(super) fn everything(db: Db, user: CurrentUser, base: String) -> impl Stream<Item = Result<String, AppError>> {
    pieces(async move |out| db.as_user_at_one_moment(&user, async |tx| write(tx, &base, &out).await).await)
}

async fn write(tx: &mut TenantTx<'_>, base: &str, out: &Pieces) -> Result<(), AppError> {
    let clock = reminders::queries::clock(tx).await?;
    let mut text = head();
    zones(&mut text, queries::zones(tx).await?, clock.zone);
    {
        let mut reminders = Reminders::new(clock, base);
        let mut rows = pin!(queries::reminders(tx).await?);
        while let Some(row) = rows.try_next().await? {
            reminders.write(&mut text, &row);
            flush(&mut text, out).await?;
        }
    }
    {
        let mut rows = pin!(queries::dates(tx).await?);
        while let Some(row) = rows.try_next().await? {
            day(&mut text, &row, base);
            flush(&mut text, out).await?;
        }
    }
    {
        let mut rows = pin!(queries::due(tx).await?);
        while let Some(row) = rows.try_next().await? {
            due(&mut text, &row, base);
            flush(&mut text, out).await?;
        }
    }
    text.line("END:VCALENDAR");
    send(out, text.0).await
}

/// Sends what is written, once it is so much.
async fn flush(text: &mut Text, out: &Pieces) -> Result<(), AppError> {
    if text.0.len() < PIECE { Ok(()) } else { send(out, std::mem::take(&mut text.0)).await }
}

/// How it begins; the last four are for programs that ask how it is called and how often to read it (RFC 7986).
fn head() -> Text {
    let mut text = Text::default();
    for line in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kith//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Kith",
        "X-WR-CALNAME:Kith",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ] {
        text.line(line);
    }
    text
}

/// The zones that reminders name, each once and since the first of these or the epoch; one that is none means hers.
fn zones(text: &mut Text, rows: Vec<queries::ZoneRow>, hers: Tz) {
    let mut years: BTreeMap<&str, (Tz, i32)> = BTreeMap::new();
    for row in rows {
        let zone: Tz = row.zone.and_then(|zone| zone.parse().ok()).unwrap_or(hers);
        let (_, year) = years.entry(zone.name()).or_insert((zone, row.year));
        *year = row.year.min(*year);
    }
    for (zone, year) in years.into_values() {
        zone::write(text, zone, year.max(1970)..Utc::now().year() + 30);
    }
}

/// How an event of a whole day begins that is about somebody.
fn begin(out: &mut Text, uid: String, summary: &str, (contact, base): (&ContactRow, &str), day: NaiveDate) {
    let url = format!("{base}/contacts/{}", contact.contact_id);
    out.begin(&Event { uid, which: None, changed_at: contact.updated_at, summary, says: "", url: &url });
    out.wall("DTSTART", None, [day.and_time(NaiveTime::MIN)]);
}

/// A day of somebody, each year; one that no year has is left out.
fn day(out: &mut Text, row: &DateRow, base: &str) {
    let at = |year| NaiveDate::from_ymd_opt(year, u32::try_from(row.month).ok()?, u32::try_from(row.day).ok()?);
    let Some(first) = row.year.and_then(at).or_else(|| at(ANY_YEAR)) else { return };
    let summary = format!("{}: {}", row.contact.display_name, row.kind);
    begin(out, row.id.to_string(), &summary, (&row.contact, base), first);
    // It stays in its month, as on her page.
    let is_leap = (row.month, row.day) == (2, 29);
    out.line(if is_leap { "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1" } else { "RRULE:FREQ=YEARLY" });
    out.end();
}

/// When she wants to be in touch with somebody again.
fn due(out: &mut Text, row: &DueRow, base: &str) {
    let summary = format!("Get in touch with {}", row.contact.display_name);
    begin(out, row.contact.contact_id.to_string(), &summary, (&row.contact, base), row.due);
    out.end();
}
