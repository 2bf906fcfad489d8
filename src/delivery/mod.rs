//! Telling her what is due, by mail, by a call of a program of hers (webhook) and by push message (ntfy), and once a
//! day all that there is, by mail (digest): at least once, and twice only where the receiver left it unknown.
//!
//! What rings, or of which notice comes, becomes a message (`ring_reminders`), one for each way to tell her: an
//! occurrence's notice is told once by each, and not where it was done, put off or due before. A message is claimed in
//! a short transaction, sent outside of any, and what came of it is noted in a third. Whoever dies in between leaves a
//! lease that runs out: the message goes out again under the same Message-ID (of a webhook the same webhook-id) and is
//! counted as perhaps sent twice. One that fails is tried for as long as anything in it is open. What was missed for
//! more than an hour is told in one message.
//!
//! A digest tells what there is when it is sent, and its items are the occurrences that it is the first to tell: what
//! stays open is told again the next day, and was then told before. It is a message of its day: once that is over the
//! next takes its place.

mod digest;
mod email;
mod forms;
mod means;
mod ntfy;
/// By which ways she is told: a page.
pub(crate) mod pages;
/// The SQL of messages.
pub mod queries;
mod scheduler;
mod unsubscribing;
/// Messages as pages show them.
pub mod views;
mod webhook;

use actix_web::web::ServiceConfig;

pub use email::test_message;
pub use means::Means;
pub use scheduler::Scheduler;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(pages::show)
        .service(pages::save_mail)
        .service(pages::save_webhook)
        .service(pages::save_ntfy)
        .service(pages::renew_secret)
        .service(pages::test_mail)
        .service(pages::test_ntfy)
        .service(pages::test_webhook)
        .service(unsubscribing::ask)
        .service(unsubscribing::stop);
}
