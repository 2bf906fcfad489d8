//! The form of an interaction.

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use uuid::Uuid;

use super::day;
use super::model::{DIRECTIONS, Interaction, KINDS, When, kind_label};
use super::people::Meant;
use super::queries::{Companion, Stored};
use super::sentiment::Score;
use crate::contacts::queries::Candidate;
use crate::dates::Here;
use crate::web::{Difference, Field, FormData};

/// Names that a form takes at once: each is looked up, and may be asked about. Beyond these one saves and goes on.
const MOST_NAMES: usize = 30;
/// Empty fields for names, where no script adds one.
const ROOM: usize = 2;
/// A clock may be ahead of the server's by this much.
const MOST_AHEAD: TimeDelta = TimeDelta::minutes(5);
/// Somebody who is not there yet.
pub(super) const NEW: &str = "new";

/// What the form holds.
#[derive(Debug, Clone, Default)]
pub(super) struct InteractionForm {
    pub interaction_type: Field,
    pub direction: Field,
    pub subject: Field,
    pub summary: Field,
    pub occurred_at: Field,
    /// How warm it was, where she says so.
    pub sentiment_score: Field,
    /// What stands where she does not.
    pub read: Option<Score>,
    /// Who was chosen already.
    pub people: Vec<Companion>,
    /// Whose ids were sent.
    pub contact_ids: Vec<Uuid>,
    /// Who is named besides.
    pub names: Vec<Name>,
    /// What is wrong with all of them.
    pub participant: Field,
    /// The type that is stored, which the page offers beside its own.
    pub stored_kind: Option<String>,
    /// When it happened as it is stored: the field shows no seconds, and must not lose them.
    stored_when: Option<When>,
    /// Whether nobody among her contacts took part, as in much that an import brings, and so nobody has to.
    pub may_name_nobody: bool,
    is_contact: bool,
}

/// Somebody's name in a field of its own.
#[derive(Debug, Clone, Default)]
pub(super) struct Name {
    pub typed: Field,
    /// Who of those who may be meant: an id or [`NEW`].
    pub answer: String,
    /// Who may be meant, where that has to be asked.
    pub candidates: Option<Vec<Candidate>>,
}

impl Name {
    /// Whether it is not known yet whom the name means.
    fn is_open(&self) -> bool {
        self.answer.is_empty() && !self.typed.is_invalid() && !self.typed.value.trim().is_empty()
    }

    /// Whether somebody new is meant.
    pub fn is_new(&self) -> bool {
        self.answer == NEW
    }
}

impl InteractionForm {
    /// Of something that has just happened.
    pub fn blank(kind: &str, today: NaiveDate) -> Self {
        Self {
            interaction_type: kind.into(),
            occurred_at: today.to_string().as_str().into(),
            is_contact: true,
            ..Self::default()
        }
    }

    pub fn posted(form: &FormData) -> Self {
        let field = |name| Field::of(form, name);
        let name = |(n, typed): (usize, &str)| Name {
            typed: typed.into(),
            // A choice among people of one name is none among those of another.
            answer: match form.text(&format!("asked-{n}")) == typed {
                true => form.text(&format!("meant-{n}")).to_owned(),
                false => String::new(),
            },
            candidates: None,
        };
        Self {
            interaction_type: field("interaction_type"),
            direction: field("direction"),
            subject: field("subject"),
            summary: field("summary"),
            occurred_at: field("occurred_at"),
            sentiment_score: field("sentiment_score"),
            contact_ids: form.ids("contact_id"),
            names: form.all("participant[]").enumerate().map(name).collect(),
            is_contact: true,
            ..Self::default()
        }
    }

    /// Of an interaction that is stored.
    pub fn of(stored: Stored, zone: Tz) -> Self {
        let Interaction { kind, direction, subject, summary, when, people, sentiment, .. } = stored.interaction.clone();
        Self {
            interaction_type: kind.as_str().into(),
            direction: direction.into(),
            subject: subject.into(),
            summary: summary.into(),
            occurred_at: when.typed(zone).as_str().into(),
            sentiment_score: sentiment.map(|score| score.to_string()).into(),
            contact_ids: people,
            people: stored.people.clone(),
            ..Self::default()
        }
        .over(&stored)
    }

    /// What of the stored one the form does not say.
    pub fn over(mut self, stored: &Stored) -> Self {
        let is_offered = KINDS.iter().any(|(kind, _)| *kind == stored.interaction.kind);
        self.stored_kind = (!is_offered).then(|| stored.interaction.kind.clone());
        self.stored_when = Some(stored.interaction.when);
        self.may_name_nobody = stored.people.is_empty();
        self.is_contact = stored.interaction.is_contact;
        self.read = stored.sentiment.filter(|_| stored.interaction.sentiment.is_none());
        self
    }

    /// With empty fields for further names.
    pub fn with_room(mut self) -> Self {
        let empty = self.names.iter().filter(|name| name.typed.value.is_empty()).count();
        self.names.extend((empty..ROOM).map(|_| Name::default()));
        self
    }

    /// The types that the page offers, each with its word for people.
    pub fn kinds(&self) -> Vec<(String, String)> {
        let stored = self.stored_kind.iter().map(|kind| (kind.clone(), kind_label(kind).to_owned()));
        KINDS.iter().map(|(kind, label)| ((*kind).to_owned(), (*label).to_owned())).chain(stored).collect()
    }

    /// The directions, and none.
    pub fn directions() -> [(&'static str, &'static str); 4] {
        let [one, other, both] = DIRECTIONS;
        [("", "Not said"), one, other, both]
    }

    /// What was typed besides who took part, or none where something of it is wrong.
    pub fn validate(&mut self, here: Here) -> Option<Interaction> {
        if !self.kinds().iter().any(|(kind, _)| *kind == self.interaction_type.value) {
            self.interaction_type.refuse("Choose what it was from the list.");
        }
        if !Self::directions().iter().any(|(direction, _)| *direction == self.direction.value) {
            self.direction.refuse("Choose the direction from the list.");
        }
        let (subject, summary) = (self.subject.line(500), self.summary.lines(100_000));
        let when = self.when(here);
        let sentiment = self.sentiment();
        for name in &mut self.names {
            name.typed.line(255);
        }
        let named = self.named();
        if named > MOST_NAMES {
            self.participant.refuse(format!(
                "These are {named} names; {MOST_NAMES} at once are possible. Save with the first, and add the others then."
            ));
        }
        if self.is_refused() {
            return None;
        }
        Some(Interaction {
            kind: self.interaction_type.value.clone(),
            direction: Some(self.direction.value.clone()).filter(|direction| !direction.is_empty()),
            subject,
            summary,
            when: when?,
            is_contact: self.is_contact,
            sentiment,
            people: Vec::new(),
        })
    }

    fn when(&mut self, here: Here) -> Option<When> {
        let Here { zone, today, style, .. } = here;
        if let Some(stored) = self.stored_when.filter(|when| when.typed(zone) == self.occurred_at.value.trim()) {
            return Some(stored);
        }
        let Some((day, time)) = day::parse_with_time(&self.occurred_at.value, today, style) else {
            self.occurred_at.refuse("Say when: as 2026-05-03, 2026-05-03 14:05, today 9am, yesterday or last friday.");
            return None;
        };
        let when = When::of(day, time, zone);
        if time.map_or(day > today, |_| when.at > here.now + MOST_AHEAD) {
            self.occurred_at.refuse(match day > today {
                true => "That day is still to come: log what has happened. For what is planned add a reminder.".to_owned(),
                false => format!(
                    "That hour is still to come, it is {} in {}: log what has happened. For what is planned add a reminder.",
                    style.hour(here.clock(here.now)),
                    zone.name(),
                ),
            });
        }
        Some(when)
    }

    fn sentiment(&mut self) -> Option<Score> {
        let typed = self.sentiment_score.line(20)?;
        let score = Score::typed(&typed);
        if score.is_none() {
            self.sentiment_score.refuse("Say it as a number from -1 to 1, or leave it empty.");
        }
        score
    }

    /// What the field for how warm it was is for.
    pub fn tone(&self) -> String {
        let read = self.read.map_or_else(String::new, |score| format!(", now {score}, {}", score.word()));
        format!("From -1, cold, to 1, warm. Empty: as an English text reads{read}.")
    }

    fn named(&self) -> usize {
        self.names.iter().filter(|name| !name.typed.value.trim().is_empty()).count()
    }

    /// The names that no answer says whom they mean; none where they are more than are looked up.
    pub fn open_names(&self) -> Vec<&str> {
        if self.named() > MOST_NAMES {
            return Vec::new();
        }
        self.names.iter().filter(|name| name.is_open()).map(|name| name.typed.value.trim()).collect()
    }

    /// Takes in whom the open names mean; where one leaves that open it is asked.
    pub fn answer(&mut self, meant: Vec<Meant>) {
        let open = self.names.iter_mut().filter(|name| name.is_open());
        for (name, meant) in open.zip(meant) {
            match meant {
                Meant::One(one) => name.answer = one.id.to_string(),
                Meant::Perhaps(several) => {
                    self.participant.refuse(match several.len() {
                        0 => format!("Nobody is called “{}” yet.", name.typed.value),
                        _ => format!("Say who is meant by “{}”.", name.typed.value),
                    });
                    name.candidates = Some(several);
                }
            }
        }
    }

    /// Everybody who was chosen, ticked or answered with, each once.
    pub fn chosen(&self) -> Vec<Uuid> {
        let mut ids = self.contact_ids.clone();
        ids.extend(self.names.iter().filter_map(|name| name.answer.parse::<Uuid>().ok()));
        let mut seen = std::collections::HashSet::new();
        ids.retain(|id| seen.insert(*id));
        ids
    }

    /// The names of people whom she wants added.
    pub fn new_names(&self) -> Vec<String> {
        self.names.iter().filter(|name| name.is_new()).map(|name| name.typed.value.trim().to_owned()).collect()
    }

    /// Whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        let fields = [
            &self.interaction_type,
            &self.direction,
            &self.subject,
            &self.summary,
            &self.occurred_at,
            &self.sentiment_score,
            &self.participant,
        ];
        fields.into_iter().chain(self.names.iter().map(|name| &name.typed)).any(Field::is_invalid)
    }
}

/// Every field in which two versions of an interaction differ; each with the names of those who took part.
pub(super) fn differences(
    mine: (&Interaction, &[String]),
    stored: (&Interaction, &[String]),
    zone: Tz,
) -> Vec<Difference> {
    let texts = |(one, names): (&Interaction, &[String])| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let direction = DIRECTIONS.iter().find(|(word, _)| Some(*word) == one.direction.as_deref());
        [
            ("What", kind_label(&one.kind).to_owned()),
            ("Direction", direction.map_or_else(String::new, |(_, label)| (*label).to_owned())),
            ("When", one.when.typed(zone)),
            ("Who", names.join(", ")),
            ("Subject", text(&one.subject)),
            ("Summary", text(&one.summary)),
            ("Tone", one.sentiment.map(|score| score.to_string()).unwrap_or_default()),
        ]
    };
    Difference::between(texts(mine), texts(stored))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> InteractionForm {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        InteractionForm::posted(&FormData::from_pairs(pairs))
    }

    fn here() -> Here {
        Here::at("2026-11-26T09:00:00Z".parse().unwrap(), Tz::UTC, crate::dates::DateStyle::default())
    }

    #[test]
    fn a_day_to_come_and_no_day_at_all_are_refused_at_the_field() {
        for typed in ["2026-11-27", "", "soon", "294277-01-01"] {
            let mut form = form(&[("interaction_type", "call"), ("occurred_at", typed)]);
            assert!(form.validate(here()).is_none());
            assert!(form.occurred_at.is_invalid(), "{typed}");
        }
    }

    #[test]
    fn an_hour_to_come_is_refused_at_the_field_but_for_what_clocks_differ_by() {
        for (typed, is_taken) in [
            ("today 9am", true),
            ("09:04", true),
            ("09:06", false),
            ("today 23:59", false),
            ("2026-11-27 00:30", false),
        ] {
            let mut form = form(&[("interaction_type", "meeting"), ("occurred_at", typed)]);
            assert_eq!(form.validate(here()).is_some(), is_taken, "{typed}");
            assert!(is_taken || form.occurred_at.error.unwrap().contains("add a reminder"), "{typed}");
        }
        let mut form = form(&[("interaction_type", "meeting"), ("occurred_at", "23:59")]);
        form.validate(here());
        assert!(form.occurred_at.error.unwrap().contains("it is 09:00 in UTC"));
    }

    #[test]
    fn a_choice_holds_only_for_the_name_that_was_asked() {
        let id = "01900000-0000-7000-8000-000000000000";
        let same = form(&[("participant[]", "Ada"), ("asked-0", "Ada"), ("meant-0", id)]);
        assert_eq!(same.chosen().len(), 1);
        let other = form(&[("participant[]", "Grace"), ("asked-0", "Ada"), ("meant-0", id)]);
        assert_eq!((other.chosen().len(), other.open_names()), (0, vec!["Grace"]));
    }
}
