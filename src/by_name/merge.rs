//! Several organizations, or several tags, made into one: what is posted, and the page that shows them side by side.
//! The one whose name is chosen stays, so that a name is never moved; each further field is chosen on its own.

use std::collections::BTreeMap;

use askama::Template;
use uuid::Uuid;

use crate::db::TenantTx;
use crate::db::merged::{self, Already};
use crate::error::AppError;
use crate::text::clean::cut;
use crate::web::number::grouped;
use crate::web::{FormData, Layout};

/// More at once are no table that anybody reads.
pub const MOST: usize = 20;

/// Others that the page offers for what was typed.
pub const OFFERED: usize = 10;

/// Of those that do not stay the history names so many.
const NAMED: usize = 3;

/// What is merged, in words and addresses.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// `data-kind` of one.
    pub row: &'static str,
    /// `organizations`.
    pub many: &'static str,
    /// The list.
    pub list: &'static str,
    /// Where a merge is posted; its page is `/new` below it.
    pub path: &'static str,
    /// The columns besides the name of which one value stands, each with what a person reads.
    pub fields: &'static [(&'static str, &'static str)],
    /// What becomes of those that do not stay.
    pub fate: &'static str,
}

/// One of those to be merged.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its row.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Counts edits; nothing where they are not counted.
    pub version: i32,
    /// Whether it is in the trash: then it can't be the one that stays.
    pub is_trashed: bool,
    /// How many people belong to it.
    pub people: i32,
    /// The values of the kind's fields, in their order; empty where there is none.
    pub values: Vec<String>,
}

/// What was chosen; what is not said is chosen as the page would.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    survivor: Option<Uuid>,
    fields: BTreeMap<&'static str, Uuid>,
}

/// A merge as it was posted.
#[derive(Debug, Clone)]
pub struct Posted {
    /// Which, in the form's order.
    pub ids: Vec<Uuid>,
    /// The versions that she saw, in the order of the ids; a program need not send them.
    versions: Vec<i32>,
    /// What she chose.
    pub choices: Choices,
}

/// A merge, decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The one that stays.
    pub survivor: Uuid,
    /// Its name.
    pub name: String,
    /// Those that do not.
    pub others: Vec<Uuid>,
    /// The values of the kind's fields that stand.
    pub values: Vec<Option<String>>,
}

impl Kind {
    /// The page on which these are merged.
    #[must_use]
    pub fn page(&self, ids: &[Uuid]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(ids.iter().map(|id| ("id", id.to_string())));
        format!("{}/new?{}", self.path, query.finish())
    }

    /// The repeated `id` of a form or an address.
    ///
    /// # Errors
    /// `BadRequest` where too many are named.
    pub fn ids(&self, form: &FormData) -> Result<Vec<Uuid>, AppError> {
        let ids = form.ids("id");
        if ids.len() > MOST {
            return Err(AppError::BadRequest(format!("At most {MOST} {} can be merged at once.", self.many)));
        }
        Ok(ids)
    }

    /// Reads a posted form.
    ///
    /// # Errors
    /// `BadRequest` where fewer than two or too many are named, or a choice is none of the page's.
    pub fn posted(&self, form: &FormData) -> Result<Posted, AppError> {
        let ids = self.ids(form)?;
        if ids.len() < 2 {
            return Err(AppError::BadRequest(format!("Choose at least two {} to merge.", self.many)));
        }
        let one_of =
            |name: &str| match form.text(name) {
                "" => Ok(None),
                value => value.parse().ok().filter(|id| ids.contains(id)).map(Some).ok_or_else(|| {
                    AppError::BadRequest("The form holds a choice that its page did not offer.".to_owned())
                }),
            };
        let mut choices = Choices { survivor: one_of("survivor")?, ..Choices::default() };
        for (name, _) in self.fields {
            if let Some(id) = one_of(&format!("take_{name}"))? {
                choices.fields.insert(name, id);
            }
        }
        let versions = form.all("version").filter_map(|version| version.parse().ok()).collect();
        Ok(Posted { ids, versions, choices })
    }

    /// What stays of these, as chosen; none where fewer than two are left or all are in the trash. By default the one
    /// of most people stays, and of each field the first value that there is.
    #[must_use]
    pub fn decide(&self, entries: &[Entry], choices: &Choices) -> Option<Decided> {
        let living = entries.iter().filter(|entry| !entry.is_trashed);
        let chosen = living.clone().find(|entry| choices.survivor == Some(entry.id));
        let survivor = chosen.or_else(|| living.rev().max_by_key(|entry| entry.people))?;
        let others: Vec<Uuid> = entries.iter().map(|entry| entry.id).filter(|id| *id != survivor.id).collect();
        let ordered = || std::iter::once(survivor).chain(entries);
        let values = self.fields.iter().enumerate().map(|(place, (name, _))| {
            let of = |entry: &Entry| entry.values.get(place).filter(|value| !value.is_empty()).cloned();
            let chosen = choices.fields.get(name).and_then(|id| entries.iter().find(|entry| entry.id == *id));
            chosen.and_then(of).or_else(|| ordered().find_map(of))
        });
        let values = values.collect();
        (!others.is_empty()).then(|| Decided { survivor: survivor.id, name: survivor.name.clone(), others, values })
    }
}

impl Posted {
    /// Whether one of these is not as she saw it.
    #[must_use]
    pub fn is_stale(&self, entries: &[Entry]) -> bool {
        entries.iter().any(|entry| {
            let place = self.ids.iter().position(|id| *id == entry.id);
            place.and_then(|place| self.versions.get(place)).is_some_and(|seen| *seen != entry.version)
        })
    }
}

/// Says in the history what this change set is, behind those whom it was about: `Grace, Bob: organization US Navy
/// merged into Navy`.
///
/// # Errors
/// When the database fails.
pub async fn describe(
    tx: &mut TenantTx<'_>,
    kind: &Kind,
    entries: &[Entry],
    decided: &Decided,
) -> Result<(), AppError> {
    let others = entries.iter().filter(|entry| entry.id != decided.survivor).map(|entry| cut(&entry.name, 60));
    let others: Vec<&str> = others.take(NAMED + 1).collect();
    let named = others[..others.len().min(NAMED)].join(", ");
    let (what, more) = match others.len() {
        1 => (kind.row, ""),
        2..=NAMED => (kind.many, ""),
        _ => (kind.many, " and others"),
    };
    let summary = format!("{what} {named}{more} merged into {}", cut(&decided.name, 60));
    merged::note(tx, &summary, decided.survivor).await
}

/// The merge after which one alone of these is left, if there was one: a form that is sent twice is done once.
///
/// # Errors
/// When the database fails.
pub async fn already(tx: &mut TenantTx<'_>, kind: &Kind, ids: &[Uuid]) -> Result<Option<Already>, AppError> {
    merged::already(tx, (kind.many, "name"), ids).await
}

/// For whoever sent the form twice.
#[must_use]
pub fn told_already(already: &Already) -> String {
    format!("They are one already: {}.", already.name)
}

/// Another one that may be merged too.
pub struct Found {
    /// Its row.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// How many people belong to it.
    pub people: i32,
}

/// The page.
#[derive(Template)]
#[template(path = "merge.html")]
pub struct Merge {
    layout: Layout,
    kind: Kind,
    entries: Vec<Entry>,
    decided: Option<Decided>,
    q: String,
    found: Vec<Found>,
    /// Whether a merge was refused since one of them is not as she saw it.
    is_stale: bool,
}

impl Merge {
    /// These side by side, and what was found for what was typed.
    #[must_use]
    pub fn new(
        mut layout: Layout,
        kind: Kind,
        entries: Vec<Entry>,
        choices: &Choices,
        (q, mut found): (&str, Vec<Found>),
    ) -> Self {
        found.retain(|one| entries.iter().all(|entry| entry.id != one.id));
        found.truncate(OFFERED);
        layout.section = kind.many.to_owned();
        let decided = kind.decide(&entries, choices);
        Self { layout, kind, decided, entries, found, q: q.to_owned(), is_stale: false }
    }

    /// The same, after a merge that was refused.
    #[must_use]
    pub fn refused(self) -> Self {
        Self { is_stale: true, ..self }
    }

    fn title(&self) -> String {
        match self.entries.as_slice() {
            [] => format!("Merge {}", self.kind.many),
            [one] => format!("Merge {} with …", one.name),
            many => format!("Merge {} {}", many.len(), self.kind.many),
        }
    }

    fn is_whole(&self) -> bool {
        self.decided.is_some()
    }

    fn has_room(&self) -> bool {
        self.entries.len() < MOST
    }

    fn stays(&self, entry: &Entry) -> bool {
        self.decided.as_ref().is_some_and(|decided| decided.survivor == entry.id)
    }

    /// The fields in which they differ: place, field name, label.
    fn questions(&self) -> Vec<(usize, String, &'static str)> {
        let differs = |place: usize| {
            let mut values: Vec<&String> = self.entries.iter().filter_map(|entry| entry.values.get(place)).collect();
            values.retain(|value| !value.is_empty());
            values.sort_unstable();
            values.dedup();
            values.len() > 1
        };
        let fields = self.kind.fields.iter().enumerate().filter(|(place, _)| differs(*place));
        fields.map(|(place, (name, label))| (place, format!("take_{name}"), *label)).collect()
    }

    fn value<'a>(&self, entry: &'a Entry, place: &usize) -> &'a str {
        entry.values.get(*place).map_or("", String::as_str)
    }

    fn is_colour(&self, value: &str) -> bool {
        value.starts_with('#') && value.len() == 7
    }

    /// Whether this value is the one that stands; of several entries that have it all are marked, the last stays
    /// marked.
    fn is_taken(&self, entry: &Entry, place: &usize) -> bool {
        let taken = self.decided.as_ref().and_then(|decided| decided.values.get(*place)?.as_deref());
        let first = self.entries.iter().find(|one| taken == Some(self.value(one, place)));
        first.is_some_and(|one| one.id == entry.id)
    }

    fn with(&self, found: &Found) -> String {
        let ids: Vec<Uuid> = self.entries.iter().map(|entry| entry.id).chain([found.id]).collect();
        self.kind.page(&ids)
    }

    /// The page without one of them, where two are left.
    fn without(&self, entry: &Entry) -> Option<String> {
        let ids: Vec<Uuid> = self.entries.iter().map(|one| one.id).filter(|id| *id != entry.id).collect();
        (ids.len() > 1).then(|| self.kind.page(&ids))
    }
}

impl Entry {
    fn people_words(&self) -> String {
        people(self.people)
    }
}

impl Found {
    fn people_words(&self) -> String {
        people(self.people)
    }
}

fn people(count: i32) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{} people", grouped(count)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Kind = Kind {
        row: "tag",
        many: "tags",
        list: "/tags",
        path: "/tag-merges",
        fields: &[("color", "Colour"), ("contact_frequency_days", "Days")],
        fate: "",
    };

    fn entry(id: u128, people: i32, is_trashed: bool, values: [&str; 2]) -> Entry {
        let values = values.map(str::to_owned).to_vec();
        Entry { id: Uuid::from_u128(id), name: format!("n{id}"), version: 1, is_trashed, people, values }
    }

    #[test]
    fn by_default_the_one_of_most_people_outside_the_trash_stays_and_lacks_nothing_that_another_has() {
        let entries =
            [entry(1, 2, false, ["", "30"]), entry(2, 5, false, ["red", ""]), entry(3, 9, true, ["blue", ""])];
        let decided = KIND.decide(&entries, &Choices::default()).unwrap();
        assert_eq!((decided.survivor, decided.name.as_str()), (Uuid::from_u128(2), "n2"));
        assert_eq!(decided.others, [Uuid::from_u128(1), Uuid::from_u128(3)]);
        assert_eq!(decided.values, [Some("red".to_owned()), Some("30".to_owned())]);
        assert_eq!(KIND.decide(&entries[..1], &Choices::default()), None);
        assert_eq!(KIND.decide(&[entry(1, 0, true, ["", ""]), entry(2, 0, true, ["", ""])], &Choices::default()), None);
    }

    #[test]
    fn what_is_chosen_stands_and_a_choice_that_was_not_offered_is_refused() {
        let ids: Vec<String> = (1..=3).map(|id| Uuid::from_u128(id).to_string()).collect();
        let form = |rest: &str| FormData::parse(format!("id={}&id={}&{rest}", ids[0], ids[1]).as_bytes());
        let entries = [entry(1, 2, false, ["green", ""]), entry(2, 5, false, ["red", ""])];
        let posted = KIND.posted(&form(&format!("survivor={}&take_color={}", ids[0], ids[1]))).unwrap();
        let decided = KIND.decide(&entries, &posted.choices).unwrap();
        assert_eq!((decided.survivor, decided.values[0].as_deref()), (Uuid::from_u128(1), Some("red")));
        assert!(KIND.posted(&form(&format!("survivor={}", ids[2]))).is_err());
        assert!(KIND.posted(&form("take_color=red")).is_err());
        assert!(KIND.posted(&FormData::parse(format!("id={}", ids[0]).as_bytes())).is_err());
        assert!(KIND.posted(&form("version=1&version=1")).is_ok_and(|posted| !posted.is_stale(&entries)));
        assert!(KIND.posted(&form("version=1&version=2")).is_ok_and(|posted| posted.is_stale(&entries)));
    }
}
