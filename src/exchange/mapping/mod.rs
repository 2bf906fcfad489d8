//! Tables whose columns nobody knows by their header: what she says they are, and what is remembered of it.

mod choices;
pub(super) mod pages;
mod views;

use std::path::Path;

use anyhow::Context;
use uuid::Uuid;

pub(super) use views::MappingView;

use super::model::{Import, State};
use super::parts::{self, Part};
use super::passed::{self, Looked};
use super::payload::{Payload, READ};
use super::queries;
use super::survey;
use super::table::{Given, Guess, Layout};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::jobs;

/// Why a table beside an address book is left out: an archive of a whole account holds many that name nobody.
const BESIDE: &str = "Its columns are not known. If it holds people, import it on its own.";

/// Why people beside what passed are left out.
const BESIDE_WHAT_PASSED: &str = "It holds people, and the others what passed: import it on its own.";

/// Settles the tables whose layout she was asked about before. Of an archive in which something is certain, the other
/// tables are left out, but for those of what passed beside mail and calendars.
pub(super) async fn recall(tx: &mut TenantTx<'_>, parts: &mut [Part]) -> Result<(), AppError> {
    if parts.iter().all(|part| part.is_settled) {
        return Ok(());
    }
    let mut guesses = Vec::new();
    for (index, part) in parts.iter().enumerate().filter(|(_, part)| !part.is_settled) {
        guesses.push((index, part.layout()?));
    }
    let signatures: Vec<String> = guesses.iter().map(|(_, layout)| layout.signature()).collect();
    let remembered = parts::remembered(tx, &signatures).await?;
    for ((index, guess), signature) in guesses.into_iter().zip(signatures) {
        if let Some(known) = remembered.get(&signature) {
            let layout = known.clone().for_file_like(&guess);
            let part = &mut parts[index];
            part.source = layout.source();
            part.layout = Some(serde_json::to_value(&layout).map_err(anyhow::Error::from)?);
            part.is_settled = true;
        }
    }
    let is_certain = |part: &Part| part.is_settled && part.is_read();
    let is_passing = parts.iter().any(|part| is_certain(part) && part.is_of_what_passed());
    if parts.iter().any(is_certain) {
        for part in parts.iter_mut().filter(|part| !(part.is_settled || is_passing && part.is_of_what_passed())) {
            part.is_settled = true;
            part.reason = Some(BESIDE.to_owned());
        }
    }
    Ok(())
}

/// The table that she is asked about.
#[must_use]
pub fn asked(parts: &[Part]) -> Option<&Part> {
    parts.iter().find(|part| !part.is_settled)
}

/// The beginning of a table, as what is given says that it is written.
///
/// # Errors
/// When its file is not there any more.
pub fn look(data_dir: &Path, part: &Part, given: &Given) -> Result<Guess, AppError> {
    let file = survey::open(&data_dir.join(&part.path))?;
    Ok(Layout::guess(file, given).context("the uploaded file")?)
}

/// What is given by a layout.
#[must_use]
pub fn given(layout: &Layout) -> Given {
    Given {
        encoding: Some(layout.encoding.clone()),
        delimiter: Some(layout.delimiter),
        quote: Some(layout.quote),
        has_header: Some(layout.header.is_some()),
        is_of_what_passed: Some(layout.is_of_what_passed),
    }
}

/// What she says of a table.
#[derive(Debug)]
pub enum Answer {
    /// It is laid out so; remembered or not.
    Layout {
        /// How.
        layout: Layout,
        /// Whether the next file of the program is read so too, unasked.
        is_remembered: bool,
    },
    /// It is left out.
    LeaveOut,
}

/// Takes her answer, and goes on reading once there is nothing left to ask. Says whether it was asked for.
///
/// # Errors
/// When the database does not take it.
pub async fn answer(
    tx: &mut TenantTx<'_>,
    data_dir: &Path,
    id: Uuid,
    position: i32,
    answer: &Answer,
) -> Result<bool, AppError> {
    let import = queries::lock(tx, id).await?;
    let parts = parts::of(tx, id).await?;
    let Some(part) = asked(&parts).filter(|part| import.state() == State::Mapping && part.position == position) else {
        return Ok(false);
    };
    match answer {
        Answer::LeaveOut => parts::leave_out(tx, id, position, "You left it out.").await?,
        Answer::Layout { layout, is_remembered } => {
            parts::settle(tx, id, position, layout).await?;
            // Under what the next file will be guessed to be, too.
            let guessed = part.layout()?.signature();
            if *is_remembered {
                parts::remember(tx, &guessed, layout).await?;
                parts::remember(tx, &layout.signature(), layout).await?;
            } else {
                parts::forget(tx, &[guessed, layout.signature()]).await?;
            }
        }
    }
    go_on(tx, data_dir, &import, &parts, position, matches!(answer, Answer::LeaveOut)).await?;
    Ok(true)
}

async fn go_on(
    tx: &mut TenantTx<'_>,
    data_dir: &Path,
    import: &Import,
    parts: &[Part],
    position: i32,
    is_left_out: bool,
) -> Result<(), AppError> {
    let mut others = parts.iter().filter(|part| part.position != position);
    if others.clone().any(|part| !part.is_settled) {
        return Ok(());
    }
    if is_left_out && !others.any(Part::is_read) {
        return queries::end(tx, import.id, State::Cancelled, None).await;
    }
    let settled = parts::of(tx, import.id).await?;
    if settled.iter().any(|part| part.is_read() && part.is_of_what_passed()) {
        for part in settled.iter().filter(|part| part.is_read() && !part.is_of_what_passed()) {
            parts::leave_out(tx, import.id, part.position, BESIDE_WHAT_PASSED).await?;
        }
        // What mail beside the table told was kept.
        return match import.passing {
            Some(_) => queries::stay(tx, import.id, State::Asking).await,
            None => passed::ask(tx, import.id, &Looked::default(), &settled, false).await,
        };
    }
    let place = jobs::place(data_dir).context("naming the data folder")?;
    queries::stay(tx, import.id, State::Reading).await?;
    let payload = serde_json::to_value(Payload::of_import(import.id)).map_err(anyhow::Error::from)?;
    jobs::enqueue(tx, READ, &payload, Some(&place)).await
}

/// Asks about the columns of an import's tables again: what was read of it is forgotten, nothing was applied yet.
/// Says whether there is a table to ask about.
///
/// # Errors
/// When the database does not take it.
pub(super) async fn ask_again(tx: &mut TenantTx<'_>, data_dir: &Path, id: Uuid) -> Result<bool, AppError> {
    let import = queries::lock(tx, id).await?;
    if import.state() != State::Preview || !can_ask_again(data_dir, &parts::of(tx, id).await?) {
        return Ok(false);
    }
    parts::unsettle(tx, id).await?;
    queries::read_anew(tx, id, &super::intake::upload_of(id)).await?;
    Ok(true)
}

/// Whether there is a table about which she could be asked again, and its file is still there.
pub(super) fn can_ask_again(data_dir: &Path, parts: &[Part]) -> bool {
    parts.iter().any(|part| part.is_asked_about() && data_dir.join(&part.path).is_file())
}
