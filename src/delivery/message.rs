//! What a message says.

use chrono::{DateTime, TimeDelta, Utc};
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use uuid::Uuid;

use super::Mailer;
use super::queries::Item;
use crate::db::CurrentUser;
use crate::web::dates;

/// From then on she is told that it comes late.
const LATE: TimeDelta = TimeDelta::minutes(10);
/// So many reminders are named in one message.
pub(super) const NAMED: usize = 200;

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
    let (subject, text) = match items {
        [one] if all == 1 => (plain(&one.title), told_alone(mailer, user, one, now)),
        _ => (format!("{all} reminders were due"), told_together(mailer, user, items, all)),
    };
    let host = mailer.from().email.domain();
    let message = begun(mailer, user)?.message_id(Some(format!("<{id}@{host}>"))).subject(subject);
    message.body(text).map_err(|error| error.to_string())
}

/// A message that says nothing but that messages arrive.
///
/// # Errors
/// As [`reminders`].
pub(super) fn test(mailer: &Mailer, user: &CurrentUser) -> Result<Message, String> {
    let text =
        format!("Messages from Kith reach you here.\n\nWhat you are sent: {}\n", mailer.link("/settings#mail-title"));
    begun(mailer, user)?.subject("A test from Kith").body(text).map_err(|error| error.to_string())
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

fn told_alone(mailer: &Mailer, user: &CurrentUser, one: &Item, now: DateTime<Utc>) -> String {
    let mut parts = vec![plain(&one.title), format!("Due {}.", when(user, one))];
    if now - one.rings_at > LATE {
        parts.push("This comes late: Kith could not tell you before.".to_owned());
    }
    parts.extend(one.name.as_ref().map(|name| format!("About {}.", plain(name))));
    parts.extend(one.note.clone());
    parts.push(link(mailer, one));
    parts.join("\n\n") + "\n"
}

fn told_together(mailer: &Mailer, user: &CurrentUser, items: &[Item], all: usize) -> String {
    let mut text = "These were due, and Kith could not tell you before:\n\n".to_owned();
    for one in items {
        let about = one.name.as_ref().map(|name| format!(", about {}", plain(name))).unwrap_or_default();
        text += &format!("{}{about}\nDue {}.\n{}\n\n", plain(&one.title), when(user, one), link(mailer, one));
    }
    if all > items.len() {
        text += &format!("And {} more: {}\n", all - items.len(), mailer.link("/reminders"));
    }
    text
}

fn when(user: &CurrentUser, one: &Item) -> String {
    if one.is_day && !one.is_snoozed {
        return dates::exact(one.rings_at.with_timezone(&user.time_zone()).date_naive());
    }
    dates::moment(one.rings_at, user.time_zone())
}

fn link(mailer: &Mailer, one: &Item) -> String {
    mailer.link(&format!("/reminders/{}", one.reminder))
}

/// On one line, as a header has to be.
fn plain(text: &str) -> String {
    text.split(|c: char| c.is_control()).collect::<Vec<_>>().join(" ")
}
