//! What a message says.

use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use uuid::Uuid;

use super::queries::Item;
use crate::db::CurrentUser;
use crate::mailer::Mailer;
use crate::web::dates;

/// From then on she is told that it comes late.
const LATE: TimeDelta = TimeDelta::minutes(10);

/// A reminder as a message names it.
struct Named {
    title: String,
    when: String,
    about: Option<String>,
    link: String,
}

#[derive(Template)]
#[template(path = "email/reminder.txt")]
struct Alone<'a> {
    one: Named,
    note: Option<&'a str>,
    is_late: bool,
}

/// What was missed.
#[derive(Template)]
#[template(path = "email/missed.txt")]
struct Together {
    named: Vec<Named>,
    /// How many are not named.
    more: usize,
    /// Where all are.
    all: String,
}

#[derive(Template)]
#[template(path = "email/test.txt")]
struct Test {
    settings: String,
}

impl Named {
    fn new(item: &Item, mailer: &Mailer, user: &CurrentUser) -> Self {
        let is_day = item.is_day && !item.is_snoozed;
        let when = if is_day {
            dates::exact(item.rings_at.with_timezone(&user.time_zone()).date_naive())
        } else {
            dates::moment(item.rings_at, user.time_zone())
        };
        let link = mailer.link(&format!("/reminders/{}", item.reminder));
        Self { title: on_one_line(&item.title), when, about: item.name.as_deref().map(on_one_line), link }
    }
}

/// The message `id` about these, of `all`.
///
/// # Errors
/// When her address cannot be written in a message.
pub(super) fn reminders(
    mailer: &Mailer,
    user: &CurrentUser,
    id: Uuid,
    items: &[Item],
    all: usize,
    now: DateTime<Utc>,
) -> Result<Message, String> {
    let mut named: Vec<Named> = items.iter().map(|item| Named::new(item, mailer, user)).collect();
    let (subject, text) = match items {
        [item] => {
            let one = named.remove(0);
            let is_late = now - item.rings_at > LATE;
            (one.title.clone(), Alone { one, note: item.note.as_deref(), is_late }.render())
        }
        _ => {
            let more = all.saturating_sub(named.len());
            (format!("{all} reminders were due"), Together { named, more, all: mailer.link("/reminders") }.render())
        }
    };
    let host = mailer.from().email.domain();
    let message = begun(mailer, user)?.message_id(Some(format!("<{id}@{host}>"))).subject(subject);
    finished(message, text)
}

/// A message that says nothing but that messages arrive.
///
/// # Errors
/// As [`reminders`].
pub(super) fn test(mailer: &Mailer, user: &CurrentUser) -> Result<Message, String> {
    let text = Test { settings: mailer.link("/settings#reminders-title") }.render();
    finished(begun(mailer, user)?.subject("A test from Kith"), text)
}

/// From and to whom, and that no person wrote it (RFC 3834), so that nobody's absence answers.
fn begun(mailer: &Mailer, user: &CurrentUser) -> Result<MessageBuilder, String> {
    let address = user.email().parse().map_err(|error| format!("{} is no address for mail: {error}", user.email()))?;
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    Ok(Message::builder()
        .from(mailer.from().clone())
        .to(Mailbox::new(None, address))
        .raw_header(HeaderValue::new(name, "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN))
}

fn finished(message: MessageBuilder, text: askama::Result<String>) -> Result<Message, String> {
    message.body(text.map_err(|error| error.to_string())?).map_err(|error| error.to_string())
}

/// As a header has to be.
fn on_one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
