//! The beginning of an upload of mail and calendars, looked at to guess whose it is.

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::Utc;

use super::calendar;
use super::mail::{Message, Messages};
use crate::error::AppError;
use crate::exchange::mail::Mail;
use crate::exchange::mail::own::{Guess, guess_own_addresses};
use crate::exchange::parts::Part;

/// Messages that are looked at, of all files together.
const MOST: usize = 3_000;
/// Of each file at least so many.
const LEAST: usize = 100;
/// Bytes of one file that are looked at.
pub(super) const MOST_BYTES: u64 = 64 << 20;
/// It may take so long: she waits.
pub(super) const MOST_TIME: Duration = Duration::from_secs(10);

/// Which addresses may be hers by the beginning of each file, the likeliest first.
///
/// # Errors
/// When a file cannot be read.
pub(in crate::exchange) fn guessed(data_dir: &Path, parts: &[Part]) -> Result<Vec<Guess>, AppError> {
    let (calendars, parts): (Vec<&Part>, Vec<&Part>) = parts
        .iter()
        .filter(|part| part.is_read() && !part.is_table_of_what_passed())
        .partition(|part| part.is_calendar());
    let most = (MOST / parts.len().max(1)).max(LEAST);
    let (mut sample, begun, now) = (Vec::new(), Instant::now(), Utc::now());
    for part in parts {
        let mut messages = Messages::open(data_dir, part, (0, 1))?;
        let mut looked_at = 0;
        while looked_at < most && messages.position().0 < MOST_BYTES && begun.elapsed() < MOST_TIME {
            let Some(Message { mail, .. }) = messages.next(now).map_err(anyhow::Error::from)? else { break };
            looked_at += 1;
            sample.extend(mail.ok().map(without_text));
        }
    }
    let mut guesses = guess_own_addresses(&sample);
    for part in calendars {
        for more in calendar::guessed(data_dir, part)? {
            match guesses.iter_mut().find(|one| one.address == more.address) {
                Some(known) => known.sent += more.sent,
                None => guesses.push(more),
            }
        }
    }
    Ok(guesses)
}

/// What tells whose it is: three thousand messages are kept at once.
fn without_text(mail: Mail) -> Mail {
    let mut addresses = mail.addresses;
    addresses.truncate(50);
    addresses.shrink_to_fit();
    Mail {
        addresses,
        text: String::new(),
        attachments: Vec::new(),
        references: Vec::new(),
        subject: String::new(),
        thread_subject: String::new(),
        ..mail
    }
}
