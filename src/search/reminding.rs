//! What is typed behind `> remind`: `> remind Ada: ring back, friday 9:00`, `> remind me to pay the rent on the first
//! of every month`. What it means is shown before it is saved, and what it leaves open is asked.

use url::form_urlencoded::Serializer;
use uuid::Uuid;

use super::logging::{Open, colon, names_in};
use crate::contacts::queries::{Candidate, similar};
use crate::dates::Here;
use crate::db::TenantTx;
use crate::error::AppError;
use crate::interactions::people::{Meant, meant};
use crate::reminders::phrases;
use crate::reminders::queries::clock;
use crate::reminders::schedule::Schedule;
use crate::reminders::views::told;

/// A command, as far as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    /// Whom it is about; nobody where it is empty.
    name: String,
    schedule: Option<Schedule>,
    /// What to be reminded of.
    title: String,
}

impl Command {
    /// None where the verb is another.
    pub fn parse(typed: &str, here: Here) -> Option<Self> {
        let typed = typed.trim_start().strip_prefix('>')?.trim_start();
        let (verb, rest) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
        let verb = verb.to_lowercase();
        let rest = match verb.strip_suffix([':', '：']).unwrap_or(&verb) {
            "remind" | "reminder" if verb.ends_with([':', '：']) => format!(": {rest}"),
            "remind" | "reminder" => rest.trim().to_owned(),
            _ => return None,
        };
        let (head, text) = apart(without(&rest, &["me"]));
        let (schedule, name) = phrases::take(head, here);
        let (schedule, title) = match schedule {
            Some(schedule) => (Some(schedule), text.trim().to_owned()),
            None => phrases::at_end(text, here),
        };
        Some(Self { name: without(without(&name, &["me"]), &["about", "of"]).to_owned(), schedule, title })
    }
}

/// The words behind one of these.
fn without<'a>(text: &'a str, first: &[&str]) -> &'a str {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    if first.contains(&word.to_lowercase().as_str()) { rest.trim() } else { text }
}

/// What stands before the first colon or `to`, and what behind it. A colon amid digits is that of an hour.
fn apart(text: &str) -> (&str, &str) {
    if text.eq_ignore_ascii_case("to") {
        return ("", "");
    }
    if let Some((_, rest)) = text.split_once(' ').filter(|(first, _)| first.eq_ignore_ascii_case("to")) {
        return ("", rest);
    }
    let to = text.find(" to ").map(|at| (at, " to ".len()));
    match colon(text).into_iter().chain(to).min() {
        Some((at, length)) => (&text[..at], &text[at + length..]),
        None => (text, ""),
    }
}

/// What a command would be a reminder of, when, and who may be meant.
pub(super) struct Reminding {
    pub title: String,
    /// When, in words.
    pub when: Option<String>,
    /// As the form's field says it.
    pub starts_at: String,
    /// How often, likewise.
    pub rule: String,
    /// Whoever is meant without doubt.
    pub known: Option<Candidate>,
    /// The name that leaves it open.
    pub open: Option<Open>,
    /// Whether those are the names of several people, of whom a reminder is about one.
    pub is_of_several: bool,
}

/// Whom a name means, or who may be meant; where it is the names of several people each of them. At most two
/// statements.
async fn whom(tx: &mut TenantTx<'_>, name: &str) -> Result<(Option<Candidate>, Option<Open>), AppError> {
    if name.is_empty() {
        return Ok((None, None));
    }
    let names: Vec<&str> = std::iter::once(name).chain(several(name)).collect();
    let mut candidates: Vec<Candidate> = Vec::new();
    for (place, meant) in meant(tx, &names).await?.into_iter().enumerate() {
        match meant {
            Meant::One(one) if place == 0 => return Ok((Some(one), None)),
            Meant::One(one) => candidates.push(one),
            Meant::Perhaps(several) => candidates.extend(several),
        }
    }
    let mut seen = std::collections::HashSet::new();
    candidates.retain(|one| seen.insert(one.id));
    if candidates.is_empty() {
        candidates = similar(tx, Uuid::nil(), name).await?;
    }
    Ok((None, Some(Open { name: name.to_owned(), candidates })))
}

/// The names in it, where those are several.
fn several(name: &str) -> Vec<&str> {
    let names: Vec<&str> = names_in(name).collect();
    if names.len() > 1 { names } else { Vec::new() }
}

impl Reminding {
    /// What a command means. At most three statements.
    pub async fn of(tx: &mut TenantTx<'_>, command: Command, here: Here) -> Result<Self, AppError> {
        let clock = clock(tx).await?;
        let (known, open) = whom(tx, &command.name).await?;
        let schedule = command.schedule.as_ref();
        let form = |schedule: &Schedule| if schedule.is_day { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" };
        Ok(Self {
            title: command.title,
            when: schedule.map(|schedule| told(schedule, (clock, here.style))),
            starts_at: schedule.map(|one| one.starts_at.format(form(one)).to_string()).unwrap_or_default(),
            rule: schedule.and_then(|one| one.rule.as_ref()).map(ToString::to_string).unwrap_or_default(),
            is_of_several: open.as_ref().is_some_and(|open| !several(&open.name).is_empty()),
            known,
            open,
        })
    }

    /// Whether it says anything yet.
    pub fn is_begun(&self) -> bool {
        !self.title.is_empty() || self.when.is_some() || self.known.is_some() || self.open.is_some()
    }

    /// Whether it says of what and when.
    pub fn is_ready(&self) -> bool {
        !self.title.is_empty() && self.when.is_some()
    }

    /// What is left to say, where it is not ready.
    pub fn missing(&self) -> &'static str {
        match (self.title.is_empty(), self.when.is_some()) {
            (true, true) => "Of what?",
            (true, false) => "Of what, and when?",
            (false, _) => "When?",
        }
    }

    /// The form with what is known, about one who may be meant.
    pub fn form_about(&self, one: &Candidate) -> String {
        self.form(Some(one.id), &self.title)
    }

    /// The form for whoever is known.
    pub fn form_as_known(&self) -> String {
        self.form(self.known.as_ref().map(|one| one.id), &self.title)
    }

    /// The form about nobody.
    pub fn form_of_nobody(&self) -> String {
        self.form(None, &self.of_nobody())
    }

    fn form(&self, contact: Option<Uuid>, title: &str) -> String {
        let contact = contact.map(|id| id.to_string()).unwrap_or_default();
        let fields = [
            ("contact", contact.as_str()),
            ("title", title),
            ("starts_at", &self.starts_at),
            ("recurrence_rule", &self.rule),
        ];
        let mut query = Serializer::new(String::new());
        query.extend_pairs(fields.into_iter().filter(|(_, value)| !value.is_empty()));
        format!("/reminders/new?{}", query.finish()).trim_end_matches('?').to_owned()
    }

    /// `Ada Lovelace: ring back`, of whoever is chosen.
    pub fn says(&self, chosen: &str) -> String {
        match (chosen, self.title.as_str()) {
            ("", "") => "Add a reminder".to_owned(),
            ("", title) => title.to_owned(),
            (name, "") => name.to_owned(),
            (name, title) => format!("{name}: {title}"),
        }
    }

    /// The same of whoever is known.
    pub fn says_it(&self) -> String {
        self.says(self.known.as_ref().map_or("", |one| &one.name))
    }

    /// What it says where it is about nobody: the name that was typed is of the text then, so that nothing is lost.
    pub fn of_nobody(&self) -> String {
        match &self.open {
            Some(open) => self.says(&open.name),
            None => self.title.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recurrence::sentence;

    fn read(typed: &str) -> Option<(String, String, String)> {
        // A Thursday.
        let now = "2026-11-26T10:30:00Z".parse().unwrap();
        let command = Command::parse(typed, Here::at(now, chrono_tz::UTC, crate::dates::DateStyle::default()))?;
        let told = |one: &Schedule| {
            let at = one.starts_at.format(if one.is_day { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" });
            let often = one
                .rule
                .as_ref()
                .map(|rule| format!(" {}", sentence(rule, crate::dates::DateStyle::default())))
                .unwrap_or_default();
            format!("{at}{often}")
        };
        Some((command.name, command.schedule.as_ref().map(told).unwrap_or_default(), command.title))
    }

    #[test]
    fn a_command_says_whom_it_is_about_when_and_of_what() {
        for (typed, (name, when, title)) in [
            ("> remind Ada: ring back, friday 9:00", ("Ada", "2026-11-27 09:00", "ring back")),
            ("> remind Ada: ring back tomorrow 9:00", ("Ada", "2026-11-27 09:00", "ring back")),
            ("> remind Ada friday at 9:30: ring back", ("Ada", "2026-11-27 09:30", "ring back")),
            ("> remind tomorrow Ada Lovelace: ring back", ("Ada Lovelace", "2026-11-27", "ring back")),
            ("> Remind me to ring Ada on friday at 9", ("", "2026-11-27 09:00", "ring Ada")),
            ("> remind me on friday to ring Ada: a job", ("", "2026-11-27", "ring Ada: a job")),
            ("> remind me about Ada tomorrow", ("Ada", "2026-11-27", "")),
            ("> remind Ada to send the slides, in 2 weeks", ("Ada", "2026-12-10", "send the slides")),
            ("> remind: pay the rent first of month", ("", "2026-12-01", "pay the rent")),
            (">reminder: pay the rent first of every month", ("", "2026-12-01 The 1st of every month", "pay the rent")),
            ("> remind me every friday: water the plants", ("", "2026-11-27 Every Friday", "water the plants")),
            ("> remind Ada: lunch 12:30 tomorrow", ("Ada", "2026-11-27 12:30", "lunch")),
            ("> remind Ada 2026-12-24：Glögg", ("Ada", "2026-12-24", "Glögg")),
            ("> remind me: ring back", ("", "", "ring back")),
            ("> remind me about tomorrow", ("", "2026-11-27", "")),
            ("> remind Ada by friday: ring back", ("Ada", "2026-11-27", "ring back")),
            ("> remind Ada: ring back", ("Ada", "", "ring back")),
            ("> remind Ada", ("Ada", "", "")),
            ("> remind me", ("", "", "")),
            ("> remind me to", ("", "", "")),
            ("> remind", ("", "", "")),
        ] {
            assert_eq!(read(typed), Some((name.to_owned(), when.to_owned(), title.to_owned())), "{typed}");
        }
        assert_eq!([read("> call Ada: remind her"), read("remind me to x")], [None, None]);
    }
}
