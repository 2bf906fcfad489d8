//! The SQL of messages: what they say, by which ways they go, and what came of them. They are made and claimed in
//! `db::Anonymous`.

mod alarm;
mod channels;
mod digest;
mod messages;

pub use alarm::{Alarm, alarm};
pub(super) use channels::{
    Chosen, Kind, channel, chosen, digest_token, set_digest, set_mail_reminders, set_receiver, set_secret,
};
pub(super) use digest::note;
pub use messages::{FAILING, Failing, Item, Standing, Told, failing, of_reminder};
pub(super) use messages::{Newest, Outcome, end, items, newest};
