//! What a calendar or a table says anew of what it brought before: the fields that she did not touch follow it, hers stay, and what a
//! calendar no longer has goes into the trash.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::files::Batch;
use super::moving;
use super::queries::Known;
use super::queries::revisions::{self, Stored};
use super::record::{Draft, Ended, Named, Outcome, Revision, Said};
use super::revised::Revised;
use crate::correspondents::gathering::gather;
use crate::db::TenantTx;
use crate::error::AppError;
use crate::interactions::model::{Interaction, When};
use crate::interactions::queries::addresses::{self, AddressRow};
use crate::interactions::queries::refresh;
use crate::text::hex::hex;

/// What a batch changes of what is there.
#[derive(Default)]
pub(super) struct Revising {
    /// Of which a file says something new.
    stored: HashMap<Uuid, Stored>,
    /// What there is of series, in the trash too.
    series: HashMap<String, Vec<Stored>>,
    /// What only moved, by the ids that it has now.
    moved: HashMap<String, Known>,
    updates: Vec<Update>,
    ended: HashSet<Uuid>,
    gone: Vec<Gone>,
}

/// An interaction that is no more, and which version says so.
#[derive(Debug, Serialize)]
pub(super) struct Gone {
    interaction: Uuid,
    revision: String,
    whole: String,
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
    /// Whether it comes back from the trash, into which another import put it.
    pub is_back: bool,
    /// Its id, where it moved.
    pub external_id: Option<String>,
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

/// What a calendar says of an interaction.
pub(super) fn said(
    (calendar, revision, whole): (String, String, String),
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
    Said {
        calendar,
        revision,
        subject,
        summary,
        when,
        people,
        kind,
        direction,
        written,
        whole,
        ended: None,
        torn: None,
    }
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

/// With what a [`Said::revision`] of a calendar begins.
fn sequence(revision: &str) -> &str {
    revision.split(' ').next().unwrap_or_default()
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

    /// Whether it may be said to be no more: by the calendar that said that it is, before this import, and never yet the contrary; or
    /// by any that has it called off, since who invites alone counts its SEQUENCE on.
    fn is_open(&self, ended: &Ended) -> bool {
        let is_next = ended.is_called_off && sequence(&ended.revision) > sequence(&self.said.revision);
        !self.is_of_this_import && self.said.ended.is_none() && (self.said.calendar == ended.calendar || is_next)
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
            // What she herself took out of the trash stays, whatever is said of it later.
            said: Said { ended: stored.said.ended.clone().filter(|_| !stored.is_ended), ..said.clone() },
            is_back: stored.is_ended,
            external_id: None,
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
    /// Looks up what stands of what a batch may change, `known` being the ids of it that are there, and `torn` the messages of which a
    /// file had only the beginning. No statement where nothing of it can.
    pub async fn load(
        tx: &mut TenantTx<'_>,
        batch: &Batch,
        known: &HashSet<&str>,
        torn: Vec<Uuid>,
    ) -> Result<Self, AppError> {
        let drafts = batch.records.iter().filter_map(|record| match &record.outcome {
            Outcome::Found(drafts, _) => Some(drafts),
            _ => None,
        });
        let revised: Vec<&Draft> = drafts.flatten().filter(|draft| draft.revision.is_some()).collect();
        let ended = batch.records.iter().filter_map(|one| Some(one.ended.as_ref()?.series.as_str()));
        let told = revised.iter().filter_map(|draft| draft.revision.as_ref()?.series.as_deref());
        let series: HashSet<&str> = ended.chain(told).collect();
        let mut revising = Self::default();
        if !revised.is_empty() {
            let stored = revisions::said_anew(tx, &revised).await?;
            revising.stored = stored.into_iter().map(|one| (one.interaction_id, one)).collect();
        }
        if !series.is_empty() {
            for one in revisions::of_series(tx, &series.into_iter().collect::<Vec<_>>()).await? {
                revising.series.entry(one.series.clone()).or_default().push(one);
            }
        }
        revising.follow(batch, known);
        let these: Vec<Uuid> = revising.moved.values().map(|one| one.interaction).chain(torn).collect();
        if !these.is_empty() {
            let stored = revisions::these(tx, &these).await?;
            revising.stored.extend(stored.into_iter().map(|one| (one.interaction_id, one)));
        }
        Ok(revising)
    }

    /// Finds out what of series only moved.
    fn follow(&mut self, batch: &Batch, known: &HashSet<&str>) {
        let mut taken: HashSet<Uuid> = HashSet::new();
        for record in &batch.records {
            let (Outcome::Found(drafts, _), Some(ended)) = (&record.outcome, &record.ended) else { continue };
            if self.is_older(&ended.series, &ended.calendar, &ended.whole) {
                continue;
            }
            let is_new = |draft: &&Draft| {
                !known.contains(draft.external_id.as_str()) && !self.moved.contains_key(&draft.external_id)
            };
            let arriving: Vec<&Draft> = drafts.iter().filter(is_new).collect();
            let all = self.series.get(&ended.series).into_iter().flatten();
            let leaving = all.filter(|one| {
                !taken.contains(&one.interaction_id) && one.is_open(ended) && ended.has(&one.external_id)
            });
            let is_whole = arriving.len() == drafts.len();
            let pairs = moving::pairs(arriving, leaving.collect(), is_whole, batch.zone);
            taken.extend(pairs.iter().map(|(_, one)| one.interaction_id));
            let standing = |one: &Stored| Known {
                interaction: one.interaction_id,
                is_trashed: one.is_trashed,
                is_of_this_import: false,
                is_torn: false,
            };
            let moved: Vec<(String, Known)> =
                pairs.iter().map(|(draft, one)| (draft.external_id.clone(), standing(one))).collect();
            self.moved.extend(moved);
        }
    }

    /// What stands for a draft that only moved.
    pub fn moved(&self, draft: &Draft) -> Option<Known> {
        draft.revision.as_ref()?.series.as_ref()?;
        self.moved.get(&draft.external_id).copied()
    }

    /// Whether the same calendar said something newer of the series.
    pub fn is_outdated(&self, revision: &Revision) -> bool {
        let said = &revision.said;
        revision.series.as_deref().is_some_and(|series| self.is_older(series, &said.calendar, &said.whole))
    }

    fn is_older(&self, series: &str, calendar: &str, whole: &str) -> bool {
        let mut all = self.series.get(series).into_iter().flatten();
        !whole.is_empty() && all.any(|one| one.said.calendar == calendar && one.said.whole.as_str() > whole)
    }

    /// Notes what a draft changes of the interaction that it speaks of.
    pub fn revise(&mut self, interaction: Uuid, draft: &Draft) -> Revised {
        let mut revised = Revised::default();
        let (Some(stored), Some(revision)) = (self.stored.remove(&interaction), &draft.revision) else {
            return revised;
        };
        let (was, now) = (&stored.said, &revision.said);
        let is_moved = self.moved.get(&draft.external_id).is_some_and(|one| one.interaction == interaction);
        // Of one calendar the newer series decides. Another one that has a copy does not change it by turns.
        let is_of_newer = now.calendar == was.calendar && !was.whole.is_empty() && now.whole > was.whole;
        let is_other = now.revision == was.revision && now.calendar != was.calendar;
        if !is_moved && !is_of_newer && (now.revision < was.revision || is_other) {
            return revised;
        }
        let mut update = Update::of(&stored, now);
        update.external_id = is_moved.then(|| draft.external_id.clone());
        revised.restored = usize::from(update.is_back);
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

    /// What stands of an interaction, once: the first record that changes it decides.
    pub fn take(&mut self, interaction: Uuid, is_meant: impl Fn(&Stored) -> bool) -> Option<Stored> {
        if self.stored.get(&interaction).is_some_and(is_meant) { self.stored.remove(&interaction) } else { None }
    }

    /// Notes that an interaction takes over the text of a draft, of which this is said.
    pub fn follow_text(&mut self, stored: &Stored, draft: &Draft, said: &Said) -> Revised {
        let summary = draft.interaction.summary.clone();
        self.updates.push(Update { summary, ..Update::of(stored, said) });
        Revised { changed: vec!["text"], ..Revised::default() }
    }

    /// Notes which interactions are no more. How many go into the trash, and how many stay since she wrote something of them.
    pub fn end(&mut self, ended: &Ended) -> (usize, usize) {
        let (mut gone, mut kept) = (0, 0);
        if self.is_older(&ended.series, &ended.calendar, &ended.whole) {
            return (gone, kept);
        }
        let moved: HashSet<Uuid> = self.moved.values().map(|one| one.interaction).collect();
        for one in self.series.get(&ended.series).into_iter().flatten() {
            let is_out = one.is_trashed || moved.contains(&one.interaction_id) || !one.is_open(ended);
            if is_out || !ended.has(&one.external_id) {
                continue;
            }
            if one.is_touched() {
                kept += 1;
            } else if self.ended.insert(one.interaction_id) {
                let revision = ended.revision.clone().max(one.said.revision.clone());
                let whole = ended.whole.clone().max(one.said.whole.clone());
                self.gone.push(Gone { interaction: one.interaction_id, revision, whole });
                gone += 1;
            }
        }
        (gone, kept)
    }

    /// Writes it. As a person's edit it is logged row by row, so that it can be taken back by itself.
    pub async fn write(&self, tx: &mut TenantTx<'_>) -> Result<(), AppError> {
        if self.updates.is_empty() && self.gone.is_empty() {
            return Ok(());
        }
        let import = revisions::log_rows(tx).await?;
        revisions::update(tx, &self.updates).await?;
        let added: Vec<AddressRow> = self.updates.iter().flat_map(|one| one.added.iter().cloned()).collect();
        addresses::add(tx, &added).await?;
        refresh(tx, &self.updates.iter().map(|one| one.interaction).collect::<Vec<_>>()).await?;
        revisions::end(tx, &self.gone).await?;
        while gather(tx).await? {}
        revisions::import_rows(tx, import).await
    }
}

/// An address of an interaction, as it is stored.
pub(super) fn row(interaction: Uuid, position: i16, one: &Named) -> AddressRow {
    let (address, name) = (one.address.clone(), one.name.clone());
    AddressRow { interaction, position, role: one.role, address, name, is_own: one.is_own }
}
