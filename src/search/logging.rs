//! What is typed behind a `>`: `> call Ada yesterday: asked about the job` logs a call. What it means is shown before
//! it is logged, and where a name leaves open who is meant that is asked.

use uuid::Uuid;

use crate::contacts::queries::{Candidate, similar};
use crate::dates::Here;
use crate::db::TenantTx;
use crate::error::AppError;
use crate::interactions::day::{self, Moment};
use crate::interactions::model::kind_label;
use crate::interactions::people::{Meant, meant};

/// The verbs, each with the type that it logs.
const VERBS: [(&str, &str); 20] = [
    ("call", "call"),
    ("called", "call"),
    ("phoned", "call"),
    ("meeting", "meeting"),
    ("meet", "meeting"),
    ("met", "meeting"),
    ("saw", "meeting"),
    ("email", "email"),
    ("emailed", "email"),
    ("e-mail", "email"),
    ("mail", "email"),
    ("mailed", "email"),
    ("message", "message"),
    ("messaged", "message"),
    ("text", "message"),
    ("texted", "message"),
    ("linkedin", "linkedin"),
    ("note", "note"),
    ("noted", "note"),
    ("other", "other"),
];
/// People that a command names at most.
const MOST: usize = 10;

/// A command, as far as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    kind: &'static str,
    /// Whom it names and when, first as if there were no day among the names, last with all that may be one taken away.
    readings: Vec<(Vec<String>, Option<Moment>)>,
    /// When it was by what was said.
    told: Option<Moment>,
    text: String,
}

/// Whether this is no search.
pub(super) fn is_command(typed: &str) -> bool {
    typed.trim_start().starts_with('>')
}

impl Command {
    /// None where the verb is none.
    pub fn parse(typed: &str, here: Here) -> Option<Self> {
        let Here { today, style, .. } = here;
        let typed = typed.trim_start().strip_prefix('>')?.trim_start();
        let (head, text) = match colon(typed) {
            Some((at, length)) => (&typed[..at], &typed[at + length..]),
            None => (typed, ""),
        };
        // `14:`, of which the minutes are still to be typed.
        let is_half = text.trim().is_empty() && head.len() < typed.trim_end().len() && ends_with_hour(head);
        let whole = if is_half { format!("{head}:00") } else { head.to_owned() };
        let (verb, rest) = whole.split_once(char::is_whitespace).unwrap_or((whole.as_str(), ""));
        let verb = verb.to_lowercase();
        let kind = VERBS.iter().find(|(word, _)| *word == verb)?.1;
        let rest = rest.trim_start();
        let people = rest.strip_prefix("with ").unwrap_or(rest);
        let readings = day::takes(people, today, style).into_iter();
        let readings = readings.map(|(when, people)| (names_in(&people).map(str::to_owned).collect(), when));
        let text = text.trim();
        let (readings, told) = (readings.collect(), day::in_text(text, today, style));
        Some(Self { kind, readings, told, text: text.to_owned() })
    }

    /// Whom it names and when. A day in it may be somebody's name, who is there: `call Sunday Adeyemi`. Where nobody is left
    /// without it, somebody who may be meant does.
    async fn read(&self, tx: &mut TenantTx<'_>) -> Result<(Vec<(String, Meant)>, Option<Moment>), AppError> {
        let names: Vec<&str> = self.readings.iter().flat_map(|(names, _)| names).map(String::as_str).collect();
        let mut found = meant(tx, &names).await?.into_iter();
        let left = self.readings.last().map(|(names, _)| names.as_slice()).unwrap_or_default();
        let (mut read, mut at) = (Vec::new(), None);
        for (names, when) in &self.readings {
            at = *when;
            read = names.iter().cloned().zip(found.by_ref()).collect();
            let is_somebody = |meant: &Meant| match meant {
                Meant::One(_) => true,
                Meant::Perhaps(candidates) => left.is_empty() && !candidates.is_empty(),
            };
            let mut named = read.iter();
            if !read.is_empty()
                && named.all(|(name, meant): &(String, Meant)| left.contains(name) || is_somebody(meant))
            {
                break;
            }
        }
        Ok((read, at.or(self.told)))
    }
}

/// Whether the last word may be the hour of a time.
fn ends_with_hour(head: &str) -> bool {
    let last = head.rsplit(char::is_whitespace).next().unwrap_or_default();
    last.len() <= 2 && last.parse::<u8>().is_ok_and(|hour| hour < 24)
}

/// Where the first colon stands that is not that of an hour, and its length.
pub(super) fn colon(text: &str) -> Option<(usize, usize)> {
    let is_digit = |char: Option<char>| char.is_some_and(|char| char.is_ascii_digit());
    let mut colons = text.char_indices().filter(|(_, char)| matches!(char, ':' | '：'));
    let colon = colons.find(|(at, char)| {
        !(is_digit(text[..*at].chars().next_back()) && is_digit(text[at + char.len_utf8()..].chars().next()))
    });
    colon.map(|(at, char)| (at, char.len_utf8()))
}

/// The names of people, as they are listed.
pub(super) fn names_in(text: &str) -> impl Iterator<Item = &str> {
    let names = text.split([',', ';', '&']).flat_map(|part| part.split(" and ")).map(str::trim);
    names.filter(|name| !name.is_empty()).take(MOST)
}

/// As the form's field says it.
fn typed((day, time): Moment) -> String {
    time.map_or_else(|| day.to_string(), |time| format!("{day} {}", time.format("%H:%M")))
}

/// In words: the day where it is not today, and the hour where that is said.
fn told((day, time): Moment, here: Here) -> String {
    let day = (day != here.today).then(|| here.style.exact(day));
    let parts: Vec<String> = day.into_iter().chain(time.map(|time| here.style.hour(time))).collect();
    parts.join(", ")
}

/// What a command would log, and who may be meant.
pub(super) struct Logging {
    /// The type as it is stored.
    pub kind: &'static str,
    /// YYYY-MM-DD, with HH:MM where the hour is said.
    pub occurred_at: String,
    /// The same in words, where it is not just today.
    pub when: Option<String>,
    pub text: String,
    /// Whoever is meant without doubt.
    pub known: Vec<Candidate>,
    /// The name that leaves it open.
    pub open: Option<Open>,
    /// Further names that do; the form asks who is meant by them.
    pub further: Vec<String>,
}

/// A name of which it has to be asked who is meant.
pub(super) struct Open {
    pub name: String,
    pub candidates: Vec<Candidate>,
}

impl Logging {
    /// What a command means. At most three statements.
    pub async fn of(tx: &mut TenantTx<'_>, command: Command, here: Here) -> Result<Self, AppError> {
        let (names, when) = command.read(tx).await?;
        let mut logging = Self {
            kind: command.kind,
            occurred_at: typed(when.unwrap_or((here.today, None))),
            when: when.map(|when| told(when, here)).filter(|told| !told.is_empty()),
            text: command.text.clone(),
            known: Vec::new(),
            open: None,
            further: Vec::new(),
        };
        for (name, meant) in names {
            match meant {
                Meant::One(one) if logging.known.iter().all(|known| known.id != one.id) => logging.known.push(one),
                Meant::One(_) => {}
                Meant::Perhaps(candidates) if logging.open.is_none() => {
                    logging.open = Some(Open { name, candidates });
                }
                Meant::Perhaps(_) => logging.further.push(name),
            }
        }
        if let Some(open) = logging.open.as_mut().filter(|open| open.candidates.is_empty()) {
            // Perhaps it is misspelt.
            open.candidates = similar(tx, Uuid::nil(), &open.name).await?;
        }
        Ok(logging)
    }

    /// Whether it names somebody.
    pub fn is_ready(&self) -> bool {
        !self.known.is_empty() || self.open.is_some()
    }

    /// `Call with Ada Lovelace and Grace Hopper`, with whoever is chosen.
    pub fn says(&self, chosen: &str) -> String {
        let mut names: Vec<&str> = self.known.iter().map(|one| one.name.as_str()).collect();
        names.extend(Some(chosen).filter(|name| !name.is_empty()));
        names.extend(self.further.iter().map(String::as_str));
        let link = if self.kind == "note" { "on" } else { "with" };
        format!("{} {link} {}", kind_label(self.kind), names.join(", "))
    }

    /// The same of nobody besides those who are known.
    pub fn says_it(&self) -> String {
        self.says("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(command: &str) -> Option<(&'static str, Vec<String>, String, String)> {
        let now = "2026-11-26T09:00:00Z".parse().unwrap();
        let command = Command::parse(command, Here::at(now, chrono_tz::UTC, crate::dates::DateStyle::default()))?;
        let (names, when) = command.readings.last().cloned()?;
        let when = when.or(command.told).map(typed).unwrap_or_default();
        Some((command.kind, names, when, command.text))
    }

    fn is(
        kind: &'static str,
        names: &[&str],
        day: &str,
        text: &str,
    ) -> Option<(&'static str, Vec<String>, String, String)> {
        Some((kind, names.iter().map(|name| (*name).to_owned()).collect(), day.to_owned(), text.to_owned()))
    }

    #[test]
    fn a_command_says_what_it_was_with_whom_when_and_what_about() {
        for (typed, command) in [
            ("> call Ada: asked about the job", is("call", &["Ada"], "", "asked about the job")),
            (">note Ada Lovelace: likes tea", is("note", &["Ada Lovelace"], "", "likes tea")),
            ("> Met with Ada and Grace yesterday: lunch", is("meeting", &["Ada", "Grace"], "2026-11-25", "lunch")),
            ("> email Ada, Grace last friday: x", is("email", &["Ada", "Grace"], "2026-11-20", "x")),
            ("> message Ada on 3 May: a: b", is("message", &["Ada"], "2026-05-03", "a: b")),
            ("> linkedin 2026-01-02 Ada", is("linkedin", &["Ada"], "2026-01-02", "")),
            (
                "> call Ada: asked about the job yesterday",
                is("call", &["Ada"], "2026-11-25", "asked about the job yesterday"),
            ),
            ("> call Ada at 14:00: asked", is("call", &["Ada"], "2026-11-26 14:00", "asked")),
            ("> call Ada 9:30am: a 2:1 win", is("call", &["Ada"], "2026-11-26 09:30", "a 2:1 win")),
            ("> met Ada and Grace yesterday at noon: x", is("meeting", &["Ada", "Grace"], "2026-11-25 12:00", "x")),
            ("> call Ada at 14:00", is("call", &["Ada"], "2026-11-26 14:00", "")),
            (
                "> call Ada: asked yesterday at 9 pm",
                is("call", &["Ada"], "2026-11-25 21:00", "asked yesterday at 9 pm"),
            ),
            ("> call Ada: we meet tomorrow at 14:00", is("call", &["Ada"], "", "we meet tomorrow at 14:00")),
            ("> call Tom: moves to Berlin on Monday", is("call", &["Tom"], "", "moves to Berlin on Monday")),
            ("> note Tom: birthday 3 May", is("note", &["Tom"], "", "birthday 3 May")),
            ("> note Tom: leaves, on Monday", is("note", &["Tom"], "", "leaves, on Monday")),
            ("> note Tom on Monday: yesterday, x", is("note", &["Tom"], "2026-11-23", "yesterday, x")),
            ("> call Tom tomorrow: x", is("call", &["Tom"], "2026-11-27", "x")),
            ("> call tim chapman yesterday 14:30: x", is("call", &["tim chapman"], "2026-11-25 14:30", "x")),
            ("> call tim chapman yesterday 2pm: x", is("call", &["tim chapman"], "2026-11-25 14:00", "x")),
            ("> call tim chapman yesterday 14:30", is("call", &["tim chapman"], "2026-11-25 14:30", "")),
            ("> call tim chapman yesterday 14:3", is("call", &["tim chapman"], "2026-11-25 14:03", "")),
            ("> call tim chapman yesterday 14:", is("call", &["tim chapman"], "2026-11-25 14:00", "")),
            ("> call tim chapman yesterday 14", is("call", &["tim chapman"], "2026-11-25 14:00", "")),
            ("> call tim chapman yesterday 14: x", is("call", &["tim chapman"], "2026-11-25 14:00", "x")),
            ("> call Peter Noon: x", is("call", &["Peter Noon"], "", "x")),
            ("> call Anderson: x", is("call", &["Anderson"], "", "x")),
            ("> call", is("call", &[], "", "")),
            ("> sing Ada: x", None),
            ("Ada", None),
        ] {
            assert_eq!(read(typed), command, "{typed}");
        }
    }
}
