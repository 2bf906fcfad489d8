//! Once a day all that there is, in one mail: what is overdue and due, what is to be told before, whom to be in touch
//! with, which days come. It is made when it is sent, not when its hour strikes: what she did meanwhile is not in it,
//! and where there is nothing left nothing is sent.

use askama::Template;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use uuid::Uuid;

use super::email;
use super::means::Means;
use super::queries::{self, Coming};
use crate::contacts::occasions::queries::{Occasion, ahead, days_ahead};
use crate::contacts::touch::queries::{Listed, Touch, due};
use crate::dates::DateStyle;
use crate::db::{CurrentUser, TenantTx};
use crate::error::AppError;
use crate::outgoing::Mailer;
use crate::recurrence;
use crate::reminders;
use crate::reminders::queries::{Filter, Row};
use crate::text::hex::random_token;
use crate::web::dates;
use crate::web::paging;

/// So many people are named.
const PEOPLE: usize = 15;
/// So many days of people are named.
const OCCASIONS: usize = 30;

/// All that there is.
pub(super) struct Digest {
    day: NaiveDate,
    reminders: Vec<Row>,
    has_more: bool,
    /// Of which it tells before.
    coming: Vec<Coming>,
    people: Listed,
    occasions: Vec<Occasion>,
    token: String,
}

impl Digest {
    /// What there is on `day`; nothing where that is nothing new. The message is `id`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(
        tx: &mut TenantTx<'_>,
        user: &CurrentUser,
        id: Uuid,
        day: NaiveDate,
    ) -> Result<Option<Self>, AppError> {
        if !queries::channel(tx, "digest").await?.is_none_or(|channel| channel.is_on) {
            return Ok(None);
        }
        let end = begin(day + Days::new(1), user);
        let filter = Filter { before: Some(end), ..Filter::default() };
        let (rows, has_more) = paging::split(reminders::queries::list(tx, &filter, None).await?);
        let coming = queries::coming(tx, end).await?;
        let people = due(tx, day, PEOPLE).await?;
        let days = days_ahead(tx).await?.unsigned_abs();
        let occasions = ahead(tx, day, days, OCCASIONS).await?;
        // Those between are named where there is a digest, and are no reason for one: each is told before, and on its
        // day.
        let is_told = |on: NaiveDate| on == day || on == day + Days::new(days.into());
        let has_reminders = !rows.is_empty() || !coming.is_empty();
        if !has_reminders && people.people.is_empty() && !occasions.iter().any(|one| is_told(one.on)) {
            return Ok(None);
        }
        let told: Vec<_> = rows.iter().filter_map(|row| Some((row.id, row.occurrence?, row.due_at))).collect();
        queries::note(tx, id, &told, &coming).await?;
        let token = queries::digest_token(tx, &random_token()).await?;
        Ok(Some(Self { day, reminders: rows, has_more, coming, people, occasions, token }))
    }

    /// As a mail that she can stop without signing in (RFC 2369, RFC 8058).
    ///
    /// # Errors
    /// When her address cannot be written in a message.
    pub fn message(&self, means: &Means, mailer: &Mailer, user: &CurrentUser, id: Uuid) -> Result<Message, String> {
        let stop = means.link(&format!("/unsubscribe/{}", self.token));
        let header = |name: &'static str, value: String| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
        let message = email::named_by(id, mailer, user)?
            .subject(format!("{}: {}", user.dates().weekday(self.day.weekday()), self.sum()))
            .raw_header(header("List-Unsubscribe", format!("<{stop}>")))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        email::finished(message, self.text(means, user, stop).render())
    }

    /// How much there is of each.
    fn sum(&self) -> String {
        let more = |is_more: bool| if is_more { "+" } else { "" };
        let parts = [
            (self.reminders.len() as i64, more(self.has_more), "reminder", "reminders"),
            (self.coming.len() as i64, "", "reminder to come", "reminders to come"),
            (
                self.people.count,
                more(self.people.is_more),
                "person to keep in touch with",
                "people to keep in touch with",
            ),
            (self.occasions.len() as i64, more(self.occasions.len() >= OCCASIONS), "day that comes", "days that come"),
        ];
        let said = parts
            .into_iter()
            .filter(|part| part.0 > 0)
            .map(|(count, more, one, many)| format!("{count}{more} {}", if count == 1 { one } else { many }));
        said.collect::<Vec<_>>().join(", ")
    }

    fn text(&self, means: &Means, user: &CurrentUser, stop: String) -> Text {
        let (overdue, today): (Vec<&Row>, Vec<&Row>) =
            self.reminders.iter().partition(|row| row.due_at < begin(self.day, user));
        let line = |row: &&Row| self.reminder(row, means, user);
        Text {
            day: user.dates().exact(self.day),
            overdue: overdue.iter().map(line).collect(),
            today: today.iter().map(line).collect(),
            more_reminders: self.has_more.then(|| means.link("/reminders")),
            coming: self.coming.iter().map(|one| self.notice(one, means, user)).collect(),
            people: self.people.people.iter().map(|one| self.person(one, means, user.dates())).collect(),
            more_people: (self.people.count > self.people.people.len() as i64).then(|| means.link("/keep-in-touch")),
            occasions: self.occasions.iter().map(|one| self.occasion(one, means, user.dates())).collect(),
            home: means.link("/"),
            settings: means.link("/settings/notifications"),
            stop,
        }
    }

    fn reminder(&self, row: &Row, means: &Means, user: &CurrentUser) -> Line {
        let local = row.due_at.with_timezone(&user.time_zone());
        let has_hour = !row.is_day || row.is_snoozed;
        let style = user.dates();
        let hour = if has_hour { format!(", {}", style.hour(local)) } else { String::new() };
        let day = style.relative((local.date_naive() - self.day).num_days());
        let about = row.contact.as_ref().map(|one| format!(", about {}", email::on_one_line(&one.name)));
        Line {
            says: format!("{} ({day}{hour}){}", email::on_one_line(&row.title), about.unwrap_or_default()),
            link: means.link(&format!("/reminders/{}", row.id)),
        }
    }

    /// `in 3 days: Pay the rent (3 December 2026)`.
    fn notice(&self, one: &Coming, means: &Means, user: &CurrentUser) -> Line {
        let here = user.here();
        let when = if one.is_day { here.style.exact(here.day(one.due_at)) } else { here.moment(one.due_at) };
        let about = one.name.as_deref().map(|name| format!(", about {}", email::on_one_line(name))).unwrap_or_default();
        let days = here.style.days_ahead((here.day(one.due_at) - self.day).num_days());
        Line {
            says: format!("{days}: {} ({when}){about}", email::on_one_line(&one.title)),
            link: means.link(&format!("/reminders/{}", one.reminder)),
        }
    }

    fn person(&self, touch: &Touch, means: &Means, style: DateStyle) -> Line {
        let late = (self.day - touch.due).num_days();
        let late = if late > 0 { format!("{} late", dates::span(late)) } else { style.relative(0) };
        let last = touch.last.as_ref().and_then(|last| last.what.as_deref());
        let last =
            last.map(|what| format!("; last: {}", email::on_one_line(what).chars().take(120).collect::<String>()));
        Line {
            says: format!(
                "{} ({late}, {}{})",
                email::on_one_line(&touch.name),
                dates::every(touch.every.into()),
                last.unwrap_or_default()
            ),
            link: means.link(&format!("/contacts/{}", touch.id)),
        }
    }

    fn occasion(&self, one: &Occasion, means: &Means, style: DateStyle) -> Line {
        let days = (one.on - self.day).num_days();
        let when = match style.near(days) {
            Some(near) => near.to_owned(),
            None => format!("{}, {}", style.days_ahead(days), style.weekday(one.on.weekday())),
        };
        let years = one.years().map(|years| match years {
            0 => ", the day itself".to_owned(),
            1 => ", 1 year".to_owned(),
            _ => format!(", {years} years"),
        });
        Line {
            says: format!(
                "{}: {} {when}{}",
                email::on_one_line(&one.name),
                email::on_one_line(&one.kind),
                years.unwrap_or_default()
            ),
            link: means.link(&format!("/contacts/{}", one.contact_id)),
        }
    }
}

/// When a day begins where she is.
fn begin(day: NaiveDate, user: &CurrentUser) -> DateTime<Utc> {
    recurrence::at(&user.time_zone(), day.and_time(NaiveTime::MIN))
}

struct Line {
    says: String,
    link: String,
}

#[derive(Template)]
#[template(path = "email/digest.txt")]
struct Text {
    day: String,
    overdue: Vec<Line>,
    today: Vec<Line>,
    more_reminders: Option<String>,
    coming: Vec<Line>,
    people: Vec<Line>,
    more_people: Option<String>,
    occasions: Vec<Line>,
    home: String,
    settings: String,
    stop: String,
}
