//! What is asked of her before anything is taken: which addresses are hers, and whether she wants what machines sent.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sample::Looked;
use super::{job, own, queries};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::exchange::mail::normal_address;
use crate::exchange::mail::own::{Guess, likely};
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
    /// Whether none of these occurs in the mail, and she never said one.
    pub is_unclear: bool,
    /// Those that are hers.
    pub own: Vec<String>,
    /// Those of them that she said herself: what came earlier is to follow. None where the command guessed.
    pub fresh: Vec<String>,
    /// Of what was taken for hers before, and is not said any more, that it stays so: a sentence each.
    pub stays: Vec<String>,
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

    /// What she should know before the report: of files that end too early, and of addresses that she says no more.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.cut_off.iter().chain(&self.stays).cloned().collect()
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
    let own::Own { addresses: said, are_said } = own::own_addresses(tx).await?;
    let guessed = guesses.iter().map(|guess| &guess.address);
    let offered = said.iter().chain(guessed.filter(|address| !said.contains(address))).cloned().collect();
    let likely = likely_of(tx, guesses, (&said, are_said)).await?;
    let is_unclear = !are_said && !guesses.is_empty() && !guesses.iter().any(|guess| likely.contains(&guess.address));
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

/// Which of the guesses are taken for hers unless she says otherwise. What a contact has, or somebody else wrote stored mail from, is
/// never hers by a guess. Once she said addresses, one more has to be sure; before that, what was taken for hers counts as said.
async fn likely_of(
    tx: &mut TenantTx<'_>,
    guesses: &[Guess],
    (said, are_said): (&[String], bool),
) -> Result<Vec<String>, AppError> {
    let addresses: Vec<String> = guesses.iter().map(|guess| guess.address.clone()).collect();
    let known = own::known(tx, &addresses).await?;
    let of = |guess: &Guess| known.iter().find(|one| one.address == guess.address);
    let may_be_hers = |guess: &&Guess| {
        said.contains(&guess.address)
            || (guess.is_sure() || !are_said) && !of(guess).is_some_and(|known| known.is_others)
    };
    let guesses: Vec<Guess> = guesses.iter().filter(may_be_hers).cloned().collect();
    let was_hers = |guess: &&Guess| !are_said && of(guess).is_some_and(|known| known.is_hers);
    let taken = guesses.iter().filter(was_hers).map(|guess| &guess.address).filter(|address| !said.contains(address));
    let said: Vec<String> = said.iter().chain(taken).cloned().collect();
    Ok(likely(&guesses, &said))
}

/// Takes her answer, and begins, in the change set of this transaction. Says whether it was asked for.
///
/// # Errors
/// When the database does not take it.
pub async fn answer(tx: &mut TenantTx<'_>, place: &str, id: Uuid, answer: &Answer) -> Result<bool, AppError> {
    begin(tx, place, id, answer, true).await
}

/// As [`answer`]; where it is not hers but a guess, nothing that came before follows it, and it is not remembered.
async fn begin(tx: &mut TenantTx<'_>, place: &str, id: Uuid, answer: &Answer, is_hers: bool) -> Result<bool, AppError> {
    let import = lock(tx, id).await?;
    let Some(passing) = Passing::of(&import)?.filter(|_| import.state() == State::Asking) else { return Ok(false) };
    let mut passing = Passing { own: answer.own.clone(), with_lists: answer.with_lists, ..passing };
    if is_hers {
        // What is stored decides what follows, not what she said before: that may be undone.
        passing.fresh.clone_from(&answer.own);
        let others = passing.offered.iter().filter(|address| !answer.own.contains(address));
        let others: Vec<String> = others.cloned().collect();
        let known = own::known(tx, &others).await?;
        passing.stays = known.iter().filter(|one| one.is_hers).map(|one| stays(&one.address)).collect();
        own::remember(tx, &answer.own).await?;
    }
    note_change_set(tx, id).await?;
    queries::begin(tx, id, tx.change_set(), &passing).await?;
    job::enqueue(tx, place, id).await?;
    Ok(true)
}

fn stays(address: &str) -> String {
    format!(
        "{address} was taken for yours before, and is not this time. What was imported with it stays as it is: if it never was \
         yours, undo the imports that took it for yours, and import their files again."
    )
}

/// As [`answer`], with the likely addresses, which nothing that came before follows; answers with them, none where nothing was asked.
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
    Ok(begin(tx, place, id, &guessed, false).await?.then_some(likely))
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
