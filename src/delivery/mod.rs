//! Telling her what is due, by mail: at least once, and twice only where the mail server left it unknown.
//!
//! What rings becomes a message (`ring_reminders`), one for each way to tell her. A message is claimed in a short transaction,
//! sent outside of any, and what came of it is noted in a third. Whoever dies in between leaves a lease that runs out: the
//! message goes out again under the same Message-ID and is counted as perhaps sent twice. One that fails is tried for as long
//! as anything in it is open. What was missed for more than an hour is told in one message.

mod message;
/// A button that sends a test.
pub(crate) mod pages;
/// The SQL of messages.
pub mod queries;
mod scheduler;
mod smtp;

use actix_web::web::ServiceConfig;

use crate::db::CurrentUser;
use crate::web::dates;

pub use scheduler::{Running, Scheduler};
pub use smtp::Mailer;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(pages::choose).service(pages::send_test);
}

/// That messages do not get through, as she reads it.
#[must_use]
pub fn told(failing: &queries::Failing, user: &CurrentUser) -> String {
    let messages =
        if failing.messages == 1 { "A message".to_owned() } else { format!("{} messages", failing.messages) };
    let since = dates::moment(failing.since, user.time_zone());
    let answer = failing.answer.as_deref().unwrap_or("nothing was said");
    format!("{messages} about reminders did not get through since {since}: {answer}. Kith goes on trying.")
}
