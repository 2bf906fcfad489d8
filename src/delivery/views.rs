//! How messages fare, as pages say it.

use super::queries::{Failing, Told};
use crate::db::CurrentUser;
use crate::web::dates;

/// That messages do not get through.
#[must_use]
pub fn failing(failing: &Failing, user: &CurrentUser) -> String {
    let messages =
        if failing.messages == 1 { "A message".to_owned() } else { format!("{} messages", failing.messages) };
    let since = dates::moment(failing.since, user.time_zone());
    let answer = failing.answer.as_deref().unwrap_or("nothing was said");
    format!("{messages} about reminders did not get through since {since}: {answer}. Kith goes on trying.")
}

/// A message about a reminder.
#[derive(Debug)]
pub struct ToldView {
    /// When that rang.
    pub rang: String,
    /// What became of it.
    pub fate: String,
}

/// A message about a reminder, and what became of it.
#[must_use]
pub fn told(told: &Told, user: &CurrentUser) -> ToldView {
    let at = |moment| dates::moment(moment, user.time_zone());
    let answer = told.answer.as_deref().unwrap_or("nothing was said");
    let fate = match (told.state.as_str(), told.sent_at) {
        ("sent", Some(sent)) => format!("sent {}", at(sent)),
        ("needless", _) => "not sent, since it was no longer wanted".to_owned(),
        ("sending", _) => "being sent".to_owned(),
        (_, _) if told.attempts == 0 => "about to be sent".to_owned(),
        (_, _) => format!("not sent ({answer}), tried again {}", at(told.next_try_at)),
    };
    let doubt = match told.maybe_sent {
        0 => String::new(),
        1 => "; once the mail server left it unknown, so it may have come twice".to_owned(),
        times => format!("; {times} times the mail server left it unknown, so it may have come more than once"),
    };
    ToldView { rang: at(told.rings_at), fate: format!("{fate}{doubt}") }
}
