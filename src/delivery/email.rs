//! What a mail about reminders says.

use askama::Template;
use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use uuid::Uuid;

use super::means::Means;
use super::queries::Item;
use super::views;
use crate::db::CurrentUser;
use crate::outgoing::{self, Mailer};

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
    /// Whether no notice is among them.
    were_due: bool,
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
    fn new(item: &Item, means: &Means, user: &CurrentUser) -> Self {
        let (title, when) = (on_one_line(&item.title), views::when(item, user));
        Self { title, when, about: item.name.as_deref().map(on_one_line), link: means.reminder(item) }
    }
}

/// The message `id` about these, of `all`.
///
/// # Errors
/// When her address cannot be written in a message.
pub(super) fn reminders(
    means: &Means,
    mailer: &Mailer,
    user: &CurrentUser,
    id: Uuid,
    items: &[Item],
    all: usize,
    now: DateTime<Utc>,
) -> Result<Message, String> {
    let mut named: Vec<Named> = items.iter().map(|item| Named::new(item, means, user)).collect();
    let (subject, text) = match items {
        [item] => {
            let one = named.remove(0);
            let is_late = item.is_late(now);
            (on_one_line(&views::title(item, user)), Alone { one, note: item.note.as_deref(), is_late }.render())
        }
        _ => {
            let more = all.saturating_sub(named.len());
            let were_due = items.iter().all(|item| !item.is_notice);
            let text = Together { named, were_due, more, all: means.link("/reminders") }.render();
            (views::title_of_many(items, all), text)
        }
    };
    finished(named_by(id, mailer, user)?.subject(subject), text)
}

/// A message that says nothing but that messages arrive; `base` is where Kith is found, `address` to whom it goes.
///
/// # Errors
/// Where `address` is none.
pub fn test_message(mailer: &Mailer, base: &str, address: &str) -> Result<Message, String> {
    let text = Test { settings: format!("{base}/settings/notifications") }.render();
    finished(begun(mailer, address)?.subject("A test from Kith"), text)
}

/// A message with the same Message-ID each time that it is sent.
///
/// # Errors
/// As [`reminders`].
pub(super) fn named_by(id: Uuid, mailer: &Mailer, user: &CurrentUser) -> Result<MessageBuilder, String> {
    let host = mailer.from().email.domain();
    Ok(begun(mailer, user.email())?.message_id(Some(format!("<{id}@{host}>"))))
}

/// From and to whom, and that no person wrote it (RFC 3834), so that nobody's absence answers.
fn begun(mailer: &Mailer, address: &str) -> Result<MessageBuilder, String> {
    let address = outgoing::address(address)?;
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    Ok(Message::builder()
        .from(mailer.from().clone())
        .to(Mailbox::new(None, address))
        .raw_header(HeaderValue::new(name, "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN))
}

/// With its text, `text/plain`.
///
/// # Errors
/// When that cannot be written.
pub(super) fn finished(message: MessageBuilder, text: askama::Result<String>) -> Result<Message, String> {
    message.body(text.map_err(|error| error.to_string())?).map_err(|error| error.to_string())
}

/// As a header has to be.
pub(super) fn on_one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
