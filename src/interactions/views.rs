//! Interactions as pages show them.

use chrono::NaiveDate;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use super::model::{DIRECTIONS, Interaction, When, kind_label};
use super::queries::addresses::Named;
use super::queries::{Companion, Row, Stored};
use super::sentiment::Score;
use crate::dates::Here;
use crate::db::CurrentUser;
use crate::text::clean::cut;
use crate::text::markdown;
use crate::web::avatar::Avatar;
use crate::web::dates::Day;
use crate::web::paging;

/// Names that a row tells; the rest are "others".
const NAMED: usize = 3;
/// Characters of a summary that a row shows.
const SHOWN: usize = 240;

/// The icon of a type.
#[must_use]
pub fn icon(kind: &str) -> &'static str {
    match kind {
        "email" => "mail",
        "call" => "phone",
        "meeting" => "calendar",
        "message" => "message",
        "linkedin" => "linkedin",
        "note" => "note",
        _ => "interactions",
    }
}

/// When something happened, as pages show it.
pub struct WhenView {
    /// For `<time datetime>`.
    pub machine: String,
    /// `25 November 2026, 14:05`.
    pub exact: String,
    /// The hour, where it is known.
    pub time: Option<String>,
}

impl WhenView {
    fn new(when: When, day: &Day, here: Here) -> Self {
        let time = when.hour(here);
        Self {
            machine: time
                .as_ref()
                .map_or_else(|| day.machine.to_string(), |_| when.at.with_timezone(&here.zone).to_rfc3339()),
            exact: time.as_ref().map_or_else(|| day.exact.to_string(), |_| here.moment(when.at)),
            time,
        }
    }
}

/// A row of a list.
pub struct RowView {
    /// Which.
    pub id: Uuid,
    /// Drawn before it.
    pub icon: &'static str,
    /// The type for people.
    pub kind: String,
    /// What about, else what it was.
    pub title: String,
    /// The first who took part, besides whoever's page it stands on.
    pub people: Vec<Companion>,
    /// Whom it names, where nobody of her contacts took part.
    pub stranger: Option<String>,
    /// Whether there are more of them.
    pub has_others: bool,
    /// Whom it came from.
    pub direction: &'static str,
    /// The beginning of what was said, on one line.
    pub summary: String,
    /// When.
    pub when: WhenView,
    /// The thread that it stands for, and how many messages that has.
    pub thread: Option<(Uuid, i64)>,
}

impl RowView {
    fn new(row: Row, day: &Day, here: Here, but: Option<Uuid>) -> Self {
        let mut people: Vec<Companion> = row.people.into_iter().filter(|one| Some(one.id) != but).collect();
        let has_others = people.len() > NAMED;
        people.truncate(NAMED);
        let words = markdown::to_words(row.summary.as_deref().unwrap_or_default(), SHOWN);
        let shown = cut(&words, SHOWN);
        Self {
            id: row.id,
            icon: icon(&row.kind),
            title: row.subject.unwrap_or_else(|| kind_label(&row.kind).to_owned()),
            kind: kind_label(&row.kind).to_owned(),
            people,
            stranger: row.stranger,
            has_others,
            direction: direction(row.direction.as_deref()),
            summary: if shown.len() < words.len() { format!("{shown}…") } else { words },
            when: WhenView::new(row.when, day, here),
            thread: row.thread,
        }
    }

    /// What it was, where its title does not say that, and whom it came from.
    #[must_use]
    pub fn about(&self) -> String {
        let kind = if self.kind == self.title { "" } else { &self.kind };
        [kind, self.direction].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// Its page, or that of the thread for which it stands.
    #[must_use]
    pub fn url(&self) -> String {
        self.thread.map_or_else(|| super::pages::url(self.id), |(thread, _)| super::pages::thread_url(thread))
    }
}

impl Companion {
    /// Drawn beside her name.
    #[must_use]
    pub fn avatar(&self) -> Avatar {
        Avatar::of(self.id, &self.name)
    }
}

/// In words; nothing where that says nothing.
fn direction(stored: Option<&str>) -> &'static str {
    DIRECTIONS.into_iter().find(|(word, _)| Some(*word) == stored).map_or("", |(_, label)| label)
}

/// What happened on one day.
pub struct DayView {
    /// The day; none where the page before it began with it.
    pub day: Option<Day>,
    /// Newest first.
    pub rows: Vec<RowView>,
}

/// Rows by their days, each as `user` reads it; `but` is on whose page they stand. `begun` is the day with which the
/// page before them ended.
#[must_use]
pub fn by_day(rows: Vec<Row>, user: &CurrentUser, but: Option<Uuid>, begun: Option<NaiveDate>) -> Vec<DayView> {
    let here = user.here();
    let mut days: Vec<(NaiveDate, DayView)> = Vec::new();
    for row in rows {
        let date = row.when.day(here.zone);
        let day = Day::of(date, here);
        let view = RowView::new(row, &day, here, but);
        match days.last_mut().filter(|(last, _)| *last == date) {
            Some((_, group)) => group.rows.push(view),
            None => {
                let heading = (!days.is_empty() || begun != Some(date)).then_some(day);
                days.push((date, DayView { day: heading, rows: vec![view] }));
            }
        }
    }
    days.into_iter().map(|(_, day)| day).collect()
}

/// Entries of somebody's timeline that a page shows.
const ENTRIES: usize = 30;

/// What passed between her and one person: a page of it.
pub struct Timeline {
    /// By day, newest first.
    pub days: Vec<DayView>,
    /// Where it goes on.
    pub next: Option<String>,
}

impl Timeline {
    /// Of rows of which the one beyond the page says that there is more; `begun` as in [`by_day`].
    #[must_use]
    pub fn new(contact: Uuid, mut rows: Vec<Row>, user: &CurrentUser, begun: Option<NaiveDate>) -> Self {
        let cursor = rows.get(ENTRIES - 1).map(Row::cursor).filter(|_| rows.len() > ENTRIES);
        rows.truncate(ENTRIES);
        Self {
            days: by_day(rows, user, Some(contact), begun),
            next: cursor.map(|cursor| format!("/contacts/{contact}/timeline?after={}", paging::pack(&cursor))),
        }
    }
}

/// The page of one interaction.
pub(super) struct InteractionView {
    pub id: Uuid,
    pub title: String,
    pub icon: &'static str,
    pub kind: String,
    pub direction: &'static str,
    pub people: Vec<Companion>,
    pub when: WhenView,
    pub relative: String,
    pub source: Option<String>,
    pub is_contact: bool,
    /// How warm it was, and whether she says so herself.
    pub tone: Option<(Score, bool)>,
    pub is_trashed: bool,
}

impl InteractionView {
    pub fn new(stored: &Stored, user: &CurrentUser) -> Self {
        let here = user.here();
        let Interaction { kind, direction: stored_direction, when, .. } = &stored.interaction;
        let day = Day::of(when.day(here.zone), here);
        Self {
            id: stored.id,
            title: title(&stored.interaction, &stored.people),
            icon: icon(kind),
            kind: kind_label(kind).to_owned(),
            direction: direction(stored_direction.as_deref()),
            people: stored.people.clone(),
            when: WhenView::new(*when, &day, here),
            relative: day.relative.to_string(),
            source: stored.source.clone(),
            is_contact: stored.counts,
            tone: stored.sentiment.map(|score| (score, stored.interaction.sentiment.is_some())),
            is_trashed: stored.deleted_at.is_some(),
        }
    }

    pub fn edit(&self) -> String {
        format!("/interactions/{}/edit", self.id)
    }
    pub fn trash(&self) -> String {
        format!("/interactions/{}/trash", self.id)
    }
    pub fn restoration(&self) -> String {
        format!("/interactions/{}/restoration", self.id)
    }
}

/// Somebody whom an interaction names.
pub(super) struct NamedView {
    /// As what.
    pub role: &'static str,
    pub name: Option<String>,
    pub address: String,
    pub is_own: bool,
    /// Where whoever is in nobody's contacts is added from.
    pub queue: Option<String>,
}

impl From<Named> for NamedView {
    fn from(named: Named) -> Self {
        let Named { role, address, name, is_own, is_strange } = named;
        let role = match role.as_str() {
            "from" => "From",
            "sender" => "Sent by",
            "reply_to" => "Answers to",
            "to" => "To",
            "cc" => "Copy to",
            "bcc" => "Hidden copy",
            "organizer" => "Called by",
            "attendee" => "Invited",
            _ => "Passed on",
        };
        let query = || Serializer::new(String::new()).extend_pairs([("show", "all"), ("q", &address)]).finish();
        let queue = is_strange.then(|| format!("/correspondents?{}", query()));
        Self { role, name, address, is_own, queue }
    }
}

/// What about, else what it was and with whom: `Call with Ada Lovelace`.
pub(super) fn title(interaction: &Interaction, people: &[Companion]) -> String {
    if let Some(subject) = &interaction.subject {
        return subject.clone();
    }
    let kind = kind_label(&interaction.kind);
    let link = if interaction.kind == "note" { "on" } else { "with" };
    match people {
        [] => kind.to_owned(),
        [one] => format!("{kind} {link} {}", one.name),
        [one, other] => format!("{kind} {link} {} and {}", one.name, other.name),
        [one, rest @ ..] => format!("{kind} {link} {} and {} others", one.name, rest.len()),
    }
}
