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
/// Messages as pages show them.
pub mod views;

use actix_web::web::ServiceConfig;

pub use scheduler::Scheduler;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(pages::send_test);
}
