//! The SQL of messages: what they say, by which ways they go, what came of them, and what keeps them. They are made and
//! claimed in `db::Anonymous`.

mod alarm;
mod channels;
mod digest;
mod messages;
mod trouble;

pub use alarm::{ALARM, Alarm, alarm};
pub(super) use channels::{
    Chosen, Kind, channel, chosen, digest_token, set_digest, set_mail_reminders, set_receiver, set_secret,
};
pub(super) use digest::{Coming, coming, note};
pub use messages::{Item, Standing, Told, of_reminder};
pub(super) use messages::{Newest, Outcome, end, items, newest};
pub use trouble::{Failing, Trouble, failing, trouble, trouble_sql};
