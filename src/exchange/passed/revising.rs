//! What a calendar or a table says anew of what it brought before: the fields that she did not touch follow it, hers stay, and what a
//! calendar no longer has goes into the trash.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::files::Batch;
use super::queries::revisions::{self, Stored};
use super::record::{Draft, Ended, Named, Outcome, Said};
use crate::correspondents::gathering::gather;
use crate::db::TenantTx;
use crate::error::AppError;
use crate::interactions::model::{Interaction, When};
use crate::interactions::queries::addresses::{self, AddressRow};
use crate::interactions::queries::refresh;
use crate::web::csrf::hex;

/// What a batch changes of what is there.
#[derive(Default)]
pub(super) struct Revising {
    /// Of which a file says something new.
    stored: HashMap<Uuid, Stored>,
    /// What stands of series.
    series: HashMap<String, Vec<Stored>>,
    updates: Vec<Update>,
    ended: HashSet<Uuid>,
}

/// An interaction as it is to be.
#[derive(Debug, Serialize)]
pub(super) struct Update {
    pub interaction: Uuid,
    pub subject: Option<String>,
    pub summary: Option<String>,
    pub kind: String,
    pub direction: Option<String>,
    #[serde(flatten)]
    pub when: At,
    pub is_contact: bool,
    pub said: Said,
    #[serde(skip)]
    added: Vec<AddressRow>,
    pub removed: Vec<String>,
}

/// When, as the table says it.
#[derive(Debug, Serialize)]
pub(super) struct At {
    pub occurred_at: chrono::DateTime<chrono::Utc>,
    pub occurred_on: Option<chrono::NaiveDate>,
}

/// What came of something said anew, by the names of fields.
#[derive(Debug, Default)]
pub(super) struct Revised {
    /// What follows the file.
    pub changed: Vec<&'static str>,
    /// What she wrote, and stays.
    pub kept: Vec<&'static str>,
}

impl Revised {
    /// Adds what came of another.
    pub fn add(&mut self, other: Self) {
        for (these, those) in [(&mut self.changed, other.changed), (&mut self.kept, other.kept)] {
            these.extend(those.into_iter().filter(|field| !these.contains(field)).collect::<Vec<_>>());
        }
    }

    /// In a sentence or two.
    pub fn told(&self) -> Option<String> {
        let changed = (!self.changed.is_empty()).then(|| format!("Changed: {}.", self.changed.join(", ")));
        let kept = (!self.kept.is_empty()).then(|| format!("As you wrote it: {}.", self.kept.join(", ")));
        let told: Vec<String> = changed.into_iter().chain(kept).collect();
        (!told.is_empty()).then(|| told.join(" "))
    }
}

/// What a calendar says of an interaction.
pub(super) fn said(
    (calendar, revision): (String, String),
    (subject, summary): (Option<&str>, Option<&str>),
    when: When,
    people: &[Named],
) -> Said {
    let mut named: Vec<String> = people.iter().map(pair).collect();
    named.sort_unstable();
    let when = when.on.map_or_else(|| when.at.to_rfc3339(), |day| day.to_string());
    let [subject, summary] = [subject, summary].map(|text| hash(text.unwrap_or_default()));
    let (when, people) = (hash(&when), hash(&named.join("\u{1f}")));
    let (kind, direction, written) = Default::default();
    Said { calendar, revision, subject, summary, when, people, kind, direction, written }
}

/// What a table says of one, and how it writes when: no calendar's name, and nobody, since each of its rows may name others.
pub(super) fn said_by_table(one: &Interaction, written: &str) -> Said {
    let texts = (one.subject.as_deref(), one.summary.as_deref());
    let (kind, direction) = (hash(&one.kind), hash(one.direction.as_deref().unwrap_or_default()));
    Said { kind, direction, written: hash(written), ..said(Default::default(), texts, one.when, &[]) }
}

/// Sixteen digits tell the versions of one field apart.
pub(super) fn hash(text: &str) -> String {
    hex(&Sha256::digest(text)[..8])
}

fn pair(one: &Named) -> String {
    format!("{} {}", one.role, one.address)
}

impl Stored {
    /// As a file would say what stands.
    fn present(&self) -> Said {
        let when = When { at: self.occurred_at, on: self.occurred_on };
        let said = said(Default::default(), (self.subject.as_deref(), self.summary.as_deref()), when, &[]);
        Said { kind: hash(&self.kind), direction: hash(self.direction.as_deref().unwrap_or_default()), ..said }
    }

    fn is_touched(&self) -> bool {
        let (present, was) = (self.present(), &self.said);
        (present.subject, present.summary, present.when) != (was.subject.clone(), was.summary.clone(), was.when.clone())
    }
}

impl Update {
    /// What stands, with what is said of it now.
    fn of(stored: &Stored, said: &Said) -> Self {
        Self {
            interaction: stored.interaction_id,
            subject: stored.subject.clone(),
            summary: stored.summary.clone(),
            kind: stored.kind.clone(),
            direction: stored.direction.clone(),
            when: At { occurred_at: stored.occurred_at, occurred_on: stored.occurred_on },
            is_contact: stored.is_contact,
            said: said.clone(),
            added: Vec::new(),
            removed: Vec::new(),
        }
    }

    /// Takes over what is said anew and she did not touch; says whether it went another way than before.
    fn follow(&mut self, draft: &Draft, was: &Said, present: &Said, revised: &mut Revised) -> bool {
        let now = self.said.clone();
        let mut follows = |field, was: &str, now: &str, present: &str| {
            let (is_new, is_hers) = (now != was && now != present, present != was);
            match (is_new, is_hers) {
                (true, false) => revised.changed.push(field),
                (true, true) => revised.kept.push(field),
                (false, _) => {}
            }
            is_new && !is_hers
        };
        let one = &draft.interaction;
        if follows("type", &was.kind, &now.kind, &present.kind) {
            self.kind.clone_from(&one.kind);
        }
        let turns = follows("direction", &was.direction, &now.direction, &present.direction);
        if turns {
            self.direction.clone_from(&one.direction);
        }
        if follows("subject", &was.subject, &now.subject, &present.subject) {
            self.subject.clone_from(&one.subject);
        }
        if follows("text", &was.summary, &now.summary, &present.summary) {
            self.summary.clone_from(&one.summary);
        }
        if !now.written.is_empty() && now.written == was.written {
            self.said.when.clone_from(&was.when);
        } else if follows("time", &was.when, &now.when, &present.when) {
            self.when = At { occurred_at: one.when.at, occurred_on: one.when.on };
            self.is_contact = one.is_contact;
        }
        turns
    }

    /// Names whom a draft names; of whom stands the others go that `goes` says, by role and address.
    fn name(&mut self, draft: &Draft, stored: &Stored, goes: impl Fn(&str) -> bool) {
        let new = draft.addresses.iter().filter(|one| !stored.named.contains(&pair(one)));
        self.added = (stored.next..).zip(new).map(|(position, one)| row(self.interaction, position, one)).collect();
        self.removed = stored.named.iter().filter(|one| goes(one)).cloned().collect();
    }
}

impl Revising {
    /// Looks up what stands of what a batch may change. No statement where nothing of it can.
    pub async fn load(tx: &mut TenantTx<'_>, batch: &Batch) -> Result<Self, AppError> {
        let drafts = batch.records.iter().filter_map(|record| match &record.outcome {
            Outcome::Found(drafts, _) => Some(drafts),
            _ => None,
        });
        let revised: Vec<&Draft> = drafts.flatten().filter(|draft| draft.revision.is_some()).collect();
        let series: Vec<&str> =
            batch.records.iter().filter_map(|one| Some(one.ended.as_ref()?.series.as_str())).collect();
        let mut revising = Self::default();
        if !revised.is_empty() {
            let stored = revisions::said_anew(tx, &revised).await?;
            revising.stored = stored.into_iter().map(|one| (one.interaction_id, one)).collect();
        }
        if !series.is_empty() {
            for one in revisions::of_series(tx, &series).await? {
                revising.series.entry(one.series.clone()).or_default().push(one);
            }
        }
        Ok(revising)
    }

    /// Notes what a draft changes of the interaction that it speaks of.
    pub fn revise(&mut self, interaction: Uuid, draft: &Draft) -> Revised {
        let mut revised = Revised::default();
        let (Some(stored), Some(revision)) = (self.stored.remove(&interaction), &draft.revision) else {
            return revised;
        };
        let (was, now) = (&stored.said, &revision.said);
        // Another calendar that has a copy does not change it by turns.
        if now.revision < was.revision || now.revision == was.revision && now.calendar != was.calendar {
            return revised;
        }
        let mut update = Update::of(&stored, now);
        let turns = update.follow(draft, was, &stored.present(), &mut revised);
        if was.people != now.people {
            let named: HashSet<String> = draft.addresses.iter().map(pair).collect();
            update.name(draft, &stored, |one| !named.contains(one));
            revised.changed.push("people");
        } else if turns {
            // Whoever got it sent it now: the row that says so names them, others of the same id name others.
            let named: HashSet<String> = draft.addresses.iter().map(pair).collect();
            let turned: HashSet<&str> = draft.addresses.iter().map(|one| one.address.as_str()).collect();
            let is_turned = |address: &str| turned.contains(address) || stored.own.iter().any(|own| own == address);
            let goes = |one: &str| !named.contains(one) && one.split_once(' ').is_some_and(|(_, it)| is_turned(it));
            update.name(draft, &stored, goes);
        }
        self.updates.push(update);
        revised
    }

    /// Notes which interactions are no more. How many go into the trash, and how many stay since she wrote something of them.
    pub fn end(&mut self, ended: &Ended) -> (usize, usize) {
        let (mut gone, mut kept) = (0, 0);
        for one in self.series.get(&ended.series).into_iter().flatten() {
            if !ended.has(&one.external_id) || one.said.calendar != ended.calendar {
                continue;
            }
            if one.is_touched() {
                kept += 1;
            } else if self.ended.insert(one.interaction_id) {
                gone += 1;
            }
        }
        (gone, kept)
    }

    /// Writes it. As a person's edit it is logged row by row, so that it can be taken back by itself.
    pub async fn write(&self, tx: &mut TenantTx<'_>) -> Result<(), AppError> {
        if self.updates.is_empty() && self.ended.is_empty() {
            return Ok(());
        }
        let import = revisions::log_rows(tx).await?;
        revisions::update(tx, &self.updates).await?;
        let added: Vec<AddressRow> = self.updates.iter().flat_map(|one| one.added.iter().cloned()).collect();
        addresses::add(tx, &added).await?;
        refresh(tx, &self.updates.iter().map(|one| one.interaction).collect::<Vec<_>>()).await?;
        revisions::end(tx, &self.ended.iter().copied().collect::<Vec<_>>()).await?;
        while gather(tx).await? {}
        revisions::import_rows(tx, import).await
    }
}

/// An address of an interaction, as it is stored.
pub(super) fn row(interaction: Uuid, position: i16, one: &Named) -> AddressRow {
    let (address, name) = (one.address.clone(), one.name.clone());
    AddressRow { interaction, position, role: one.role, address, name, is_own: one.is_own }
}
