//! What is asked of her before anything is taken: which addresses are hers, and whether she wants what machines sent.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sample::Looked;
use super::{job, own, queries};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::exchange::mail::normal_address;
use crate::exchange::mail::own::likely;
use crate::exchange::model::{Import, State};
use crate::exchange::parts::Part;
use crate::exchange::queries::{lock, note_change_set};

/// Why what she can include is left out.
pub(super) const SPAM: &str = "It was taken for spam.";
pub(super) const LIST: &str = "It is of a mailing list or a newsletter.";
pub(super) const MACHINE: &str = "It was written by a machine.";
pub(super) const ONE_WAY: &str = "Its sender writes much, and you never wrote back.";

/// Addresses of one person; somebody with more has pasted something else.
const MOST: usize = 100;

/// What an import of what passed asks, and knows: kept with it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Passing {
    /// Addresses that are offered as hers: those that she said before, then the likeliest.
    pub offered: Vec<String>,
    /// Those of them that are taken for hers unless she says otherwise.
    pub likely: Vec<String>,
    /// Whether none of these occurs in the mail.
    pub is_unclear: bool,
    /// Those that are hers.
    pub own: Vec<String>,
    /// Those of them that she had not said before: what came earlier is to follow.
    pub fresh: Vec<String>,
    /// Whether mail to lists, of machines, and what a filter took for spam is taken too.
    pub with_lists: bool,
    /// What it is: mail, or where it is that alone, calendar or table, which no machine sends.
    pub what: String,
    /// How many records were ignored, by reason.
    pub ignored: BTreeMap<String, i32>,
    /// What took place more often than is kept, with how much of it is left out: a sentence each, the first few.
    pub cut: Vec<String>,
    /// The time zones that no calendar tells and nobody knows, the first few: their times are read as hers.
    pub unknown_zones: BTreeSet<String>,
    /// Of each file that ends too early, that it does.
    pub cut_off: Vec<String>,
}

impl Passing {
    /// That of an import; none where it is one of people.
    ///
    /// # Errors
    /// When what is stored is none.
    pub fn of(import: &Import) -> Result<Option<Self>, AppError> {
        let passing = import.passing.clone().map(serde_json::from_value).transpose();
        Ok(passing.map_err(anyhow::Error::from)?)
    }

    /// Whether records were left out that come in where she includes lists and machines.
    #[must_use]
    pub fn has_lists_left_out(&self) -> bool {
        self.ignored.keys().any(|reason| [SPAM, LIST, MACHINE, ONE_WAY].contains(&reason.as_str()))
    }
}

/// Her answer.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The addresses that are hers, in lower case.
    pub own: Vec<String>,
    /// Whether mail to lists, of machines, and what a filter took for spam is taken too.
    pub with_lists: bool,
}

impl Answer {
    /// Of addresses as she writes them, parted by blanks, commas or semicolons.
    ///
    /// # Errors
    /// In one sentence, what is wrong with them.
    pub fn of(texts: &[&str], with_lists: bool) -> Result<Self, String> {
        let mut own: Vec<String> = Vec::new();
        let parted = texts.iter().flat_map(|text| text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')));
        for text in parted.filter(|text| !text.is_empty()) {
            let address = normal_address(text);
            if address.is_empty() {
                let shown: String = text.chars().take(100).collect();
                return Err(format!("{shown} is no e-mail address."));
            }
            if !own.contains(&address) {
                own.push(address);
            }
        }
        match own.len() {
            0 => {
                Err("Say at least one address that is yours: by it Kith knows what you wrote and what you got."
                    .to_owned())
            }
            1..=MOST => Ok(Self { own, with_lists }),
            _ => Err(format!("These are more than {MOST} addresses.")),
        }
    }
}

/// Asks her: what is likely by the file itself is offered, behind what she said before, and mail to lists as she wanted it
/// when she sent the file.
pub(in crate::exchange) async fn ask(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    looked: &Looked,
    parts: &[Part],
    with_lists: bool,
) -> Result<(), AppError> {
    let Looked { guesses, cut_off } = looked;
    let said = own::own_addresses(tx).await?;
    let guessed = guesses.iter().map(|guess| &guess.address);
    let offered = said.iter().chain(guessed.filter(|address| !said.contains(address))).cloned().collect();
    let likely = likely(guesses, &said);
    let is_unclear = !guesses.is_empty() && !guesses.iter().any(|guess| likely.contains(&guess.address));
    let mut read = parts.iter().filter(|part| part.is_read());
    let what = match () {
        () if read.clone().all(Part::is_calendar) => "calendar",
        () if read.all(Part::is_table_of_what_passed) => "table",
        () => "mail",
    };
    let (what, cut_off) = (what.to_owned(), cut_off.clone());
    let passing = Passing { offered, likely, is_unclear, what, with_lists, cut_off, ..Passing::default() };
    queries::ask(tx, id, &passing).await
}

/// Takes her answer, and begins, in the change set of this transaction. Says whether it was asked for.
///
/// # Errors
/// When the database does not take it.
pub async fn answer(tx: &mut TenantTx<'_>, place: &str, id: Uuid, answer: &Answer) -> Result<bool, AppError> {
    let import = lock(tx, id).await?;
    let Some(passing) = Passing::of(&import)?.filter(|_| import.state() == State::Asking) else { return Ok(false) };
    let said = own::own_addresses(tx).await?;
    let fresh = answer.own.iter().filter(|address| !said.contains(address)).cloned().collect();
    let passing = Passing { own: answer.own.clone(), fresh, with_lists: answer.with_lists, ..passing };
    own::remember(tx, &answer.own).await?;
    note_change_set(tx, id).await?;
    queries::begin(tx, id, tx.change_set(), &passing).await?;
    job::enqueue(tx, place, id).await?;
    Ok(true)
}

/// As [`answer`], with the likely addresses; answers with them, none where nothing was asked.
///
/// # Errors
/// `BadRequest` where none is likely; when the database does not take it.
pub async fn answer_as_guessed(
    tx: &mut TenantTx<'_>,
    place: &str,
    id: Uuid,
    with_lists: bool,
) -> Result<Option<Vec<String>>, AppError> {
    let Passing { offered, likely, is_unclear, .. } = Passing::of(&lock(tx, id).await?)?.unwrap_or_default();
    if is_unclear {
        let perhaps = offered.join(", ");
        let says =
            format!("It is not clear which addresses are the user's own. Give --addresses; they may be {perhaps}.");
        return Err(AppError::BadRequest(says));
    }
    let guessed = Answer { own: likely.clone(), with_lists };
    Ok(answer(tx, place, id, &guessed).await?.then_some(likely))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_as_people_write_them() {
        let answer = Answer::of(&["Me@X.example", "me@x.example; <other@x.example>,\n"], true).unwrap();
        assert_eq!(answer.own, ["me@x.example", "other@x.example"]);
        assert!(Answer::of(&["", " ,"], false).unwrap_err().contains("at least one"));
        assert_eq!(Answer::of(&["me@x.example", "nobody"], false).unwrap_err(), "nobody is no e-mail address.");
    }
}
