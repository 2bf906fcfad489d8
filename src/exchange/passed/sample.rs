//! The beginning of an upload of mail and calendars, looked at to guess whose it is, and its end, by which it may be half a file.

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::Utc;

use super::calendar;
use super::mail::{Early, Message, Messages, ends_early};
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

/// What follows from an end that is none. It stands before and behind the import.
const MISSING: &str = ", as where a download broke off. What is cut in two there is left out, and whatever stood behind it is missing. \
    You can go on with the rest: the whole file, imported later, adds what is missing.";

/// As that, of an end that programs write too.
const PERHAPS: &str = ": the last one lacks its end, as where a download broke off, though some programs forget it too. It is taken as it \
    stands. The whole file, imported later, adds what is missing.";

/// What a look at an upload tells.
#[derive(Debug, Default)]
pub(in crate::exchange) struct Looked {
    /// Which addresses may be hers by the beginning of each file, the likeliest first.
    pub guesses: Vec<Guess>,
    /// Of each file that ends too early, that it does, or may.
    pub cut_off: Vec<String>,
}

/// Looks at the files of an upload.
///
/// # Errors
/// When a file cannot be read.
pub(in crate::exchange) fn looked_at(data_dir: &Path, parts: &[Part]) -> Result<Looked, AppError> {
    let (calendars, parts): (Vec<&Part>, Vec<&Part>) = parts
        .iter()
        .filter(|part| part.is_read() && !part.is_table_of_what_passed())
        .partition(|part| part.is_calendar());
    let most = (MOST / parts.len().max(1)).max(LEAST);
    let (mut sample, mut cut_off, begun, now) = (Vec::new(), Vec::new(), Instant::now(), Utc::now());
    for part in parts {
        let early = if part.format == "messages" { None } else { ends_early(data_dir, part)? };
        cut_off.extend(early.map(|early| match early {
            Early::Certainly => format!("“{}” ends in the middle of a message{MISSING}", part.file_name),
            Early::Perhaps => format!("“{}” may end in the middle of a message{PERHAPS}", part.file_name),
        }));
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
        let (more, is_cut_off) = calendar::looked_at(data_dir, part)?;
        if is_cut_off {
            cut_off.push(format!("“{}” ends before its calendar does{MISSING}", part.file_name));
        }
        for more in more {
            match guesses.iter_mut().find(|one| one.address == more.address) {
                Some(known) => known.sent += more.sent,
                None => guesses.push(more),
            }
        }
    }
    Ok(Looked { guesses, cut_off })
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
