//! What a batch of records will do: what of it is new, what is there already, and the word of each record.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::files::{Batch, signed};
use super::mending;
use super::queries::{self, Known, NewItem, Present, revisions};
use super::record::{Draft, Ended, Named, Outcome, Record};
use super::revised::Revised;
use super::revising::{Revising, row};
use crate::correspondents::gathering::gather;
use crate::db::TenantTx;
use crate::error::AppError;
use crate::exchange::model::Status;
use crate::interactions::model::Interaction;
use crate::interactions::queries::addresses::{self, AddressRow};
use crate::interactions::queries::{Origin, import_many, join_many, threads};
use crate::text::fold::fold;
use crate::web::number::grouped;

/// What is said of a record whose interaction she put into the trash: a file does not bring it back.
const IN_TRASH: &str = "It is in the trash.";
/// What is said of an event of which this calendar said something newer before.
const OUTDATED: &str = "A newer version of it was imported before.";

type Key<'a> = (&'a str, &'a str);

/// What a batch will do.
pub(super) struct Judged<'a> {
    known: HashMap<Key<'a>, Known>,
    new: Vec<(Uuid, Cow<'a, Draft>)>,
    /// Where among the new ones an interaction is.
    places: HashMap<Uuid, usize>,
    /// Whom those name that this import brought before, and to which records of this batch may add.
    present: HashMap<Uuid, Present>,
    /// Who is added to them.
    joining: Vec<(Uuid, Uuid)>,
    naming: Vec<AddressRow>,
    revising: Revising,
}

/// What came of a draft.
enum Came {
    New,
    /// It adds somebody to what an earlier record of this import brought.
    Grown,
    /// It says something else of it than it did.
    Revised(Revised),
    Known,
}

fn key(draft: &Draft) -> Key<'_> {
    (draft.namespace.as_ref(), draft.external_id.as_str())
}

/// By what it may be there already, the surest first.
fn keys(draft: &Draft) -> impl Iterator<Item = Key<'_>> {
    let older = draft.older_id.as_deref().map(|id| (draft.namespace.as_ref(), id));
    std::iter::once(key(draft)).chain(older)
}

impl<'a> Judged<'a> {
    /// Looks up what is there already. Two statements more where records add to each other: to what this import brought, or
    /// where she asks for these very records, to whatever is there.
    pub async fn load(tx: &mut TenantTx<'_>, batch: &'a Batch, is_asked_for: bool) -> Result<Self, AppError> {
        let drafts = batch.records.iter().filter_map(|record| match &record.outcome {
            Outcome::Found(drafts, _) => Some(drafts),
            _ => None,
        });
        let drafts: Vec<&Draft> = drafts.flatten().collect();
        let rows = queries::known(tx, &drafts.iter().flat_map(|draft| keys(draft)).collect::<Vec<_>>()).await?;
        let by_key: HashMap<(String, String), Known> = rows.into_iter().collect();
        let (mut known, mut growing): (HashMap<Key<'_>, Known>, HashSet<Uuid>) = Default::default();
        for draft in drafts {
            let mut all = keys(draft).filter_map(|(kind, id)| by_key.get(&(kind.to_owned(), id.to_owned())));
            let Some(found) = all.next() else { continue };
            known.insert(key(draft), *found);
            if draft.is_joint && (found.is_of_this_import || is_asked_for) && !found.is_trashed {
                growing.insert(found.interaction);
            }
        }
        let growing: Vec<Uuid> = growing.into_iter().collect();
        let present = if growing.is_empty() { HashMap::new() } else { queries::present(tx, &growing).await? };
        let (new, places, joining, naming) = (Vec::new(), HashMap::new(), Vec::new(), Vec::new());
        let ids: HashSet<&str> = known.keys().map(|(_, id)| *id).collect();
        let torn = known.values().filter(|one| one.is_torn && !one.is_trashed).map(|one| one.interaction).collect();
        let revising = Revising::load(tx, batch, &ids, torn).await?;
        Ok(Self { known, new, places, present, joining, naming, revising })
    }

    /// The word of a record; what it brings is noted, to be written with the others.
    pub fn item(&mut self, batch: &Batch, position: i32, record: &'a Record) -> NewItem<'a> {
        let mut item = NewItem {
            part: batch.part,
            position,
            byte_offset: signed(record.offset),
            line: signed(record.line),
            file_name: record.file.as_deref(),
            status: Status::Unreadable,
            title: &record.title,
            interaction_id: None,
            reason: None,
            doubted: None,
            cells: None,
        };
        match &record.outcome {
            Outcome::Unreadable(reason) => item.reason = Some(reason.clone()),
            Outcome::Doubtful(doubt) => {
                item.status = Status::Doubtful;
                item.reason = Some(doubt.reason.clone());
                item.doubted = doubt.name.as_deref();
                item.cells = Some(&doubt.cells);
            }
            Outcome::Ignored(reason) => {
                item.status = Status::Ignored;
                item.reason = Some(reason.clone().into_owned());
            }
            Outcome::Found(drafts, note) => self.found(&mut item, drafts, note.as_ref()),
        }
        if let Some(ended) = &record.ended {
            self.end(&mut item, ended);
        }
        item
    }

    fn found(&mut self, item: &mut NewItem<'a>, drafts: &'a [Draft], note: Option<&String>) {
        item.status = Status::Unchanged;
        item.reason = note.cloned();
        if drafts.first().and_then(|draft| draft.revision.as_ref()).is_some_and(|one| self.revising.is_outdated(one)) {
            item.interaction_id = drafts.iter().find_map(|draft| Some(self.known.get(&key(draft))?.interaction));
            item.reason = Some(OUTDATED.to_owned());
            return;
        }
        let mut is_trashed = !drafts.is_empty();
        let mut all = Revised::default();
        for draft in drafts {
            let (known, came) = self.meet(draft);
            is_trashed &= known.is_trashed;
            item.interaction_id = item.interaction_id.or(Some(known.interaction));
            match came {
                Came::New => item.status = Status::New,
                Came::Grown if item.status != Status::New => item.status = Status::Changed,
                Came::Revised(revised) => all.add(revised),
                Came::Grown | Came::Known => {}
            }
        }
        if item.status == Status::Unchanged && all.is_any() {
            item.status = Status::Changed;
        }
        add_reason(item, all.told());
        if item.status == Status::Unchanged && is_trashed {
            item.status = Status::Ignored;
            item.reason = Some(IN_TRASH.to_owned());
        }
    }

    /// What the record says to be no more.
    fn end(&mut self, item: &mut NewItem<'_>, ended: &Ended) {
        let (gone, kept) = self.revising.end(ended);
        if gone > 0 && item.status != Status::New {
            item.status = Status::Changed;
        }
        let told = |count: usize, what: &str| {
            let times = if count == 1 { "One time".to_owned() } else { format!("{} times", grouped(count)) };
            (count > 0).then(|| format!("{times} that it no longer has {what}."))
        };
        add_reason(item, told(gone, if gone == 1 { "is in the trash now" } else { "are in the trash now" }));
        add_reason(
            item,
            told(kept, if kept == 1 { "stays, since you edited it" } else { "stay, since you edited them" }),
        );
    }

    fn meet(&mut self, draft: &'a Draft) -> (Known, Came) {
        let Some(known) = self.known.get(&key(draft)).copied().or_else(|| self.revising.moved(draft)) else {
            let known =
                Known { interaction: Uuid::now_v7(), is_trashed: false, is_of_this_import: true, is_torn: false };
            self.known.insert(key(draft), known);
            self.places.insert(known.interaction, self.new.len());
            self.new.push((known.interaction, Cow::Borrowed(draft)));
            return (known, Came::New);
        };
        if draft.is_joint && self.join(known.interaction, draft) {
            return (known, Came::Grown);
        }
        // A later row of this import adds to what the first one said, and says nothing anew.
        let is_added = draft.is_joint && known.is_of_this_import;
        if draft.revision.is_some() && !is_added {
            let revised = self.revising.revise(known.interaction, draft);
            let known = Known { is_trashed: known.is_trashed && revised.restored == 0, ..known };
            self.known.insert(key(draft), known);
            return (known, Came::Revised(revised));
        }
        if let Some(stored) = self.revising.take(known.interaction, |stored| mending::goes_on(stored, draft)) {
            return (known, Came::Revised(self.revising.follow_text(&stored, draft, &mending::said(draft))));
        }
        (known, Came::Known)
    }

    /// Adds whom a draft names to an interaction that this import brought; says whether there was anybody to add.
    fn join(&mut self, interaction: Uuid, draft: &Draft) -> bool {
        if let Some(place) = self.places.get(&interaction) {
            return grow(&mut self.new[*place].1, draft);
        }
        let Some(present) = self.present.get_mut(&interaction) else { return false };
        let mut is_grown = false;
        for person in &draft.interaction.people {
            if present.people.insert(*person) {
                self.joining.push((interaction, *person));
                is_grown = true;
            }
        }
        for one in &draft.addresses {
            if present.addresses.insert(one.address.clone()) {
                self.naming.push(row(interaction, present.next, one));
                present.next = present.next.saturating_add(1);
                is_grown = true;
            }
        }
        is_grown
    }

    /// A fixed number of statements, however many records.
    pub async fn write(&self, tx: &mut TenantTx<'_>) -> Result<(), AppError> {
        if !self.joining.is_empty() {
            let (ids, people): (Vec<Uuid>, Vec<Uuid>) = self.joining.iter().copied().unzip();
            join_many(tx, &ids, &people).await?;
        }
        if !self.new.is_empty() {
            self.write_new(tx).await?;
        }
        let rows = self
            .new
            .iter()
            .flat_map(|(id, draft)| (0..).zip(&draft.addresses).map(|(position, one)| row(*id, position, one)));
        let rows: Vec<AddressRow> = rows.chain(self.naming.iter().cloned()).collect();
        if !rows.is_empty() {
            addresses::add(tx, &rows).await?;
            while gather(tx).await? {}
        }
        self.revising.write(tx).await
    }

    async fn write_new(&self, tx: &mut TenantTx<'_>) -> Result<(), AppError> {
        let new: Vec<(Uuid, Interaction)> =
            self.new.iter().map(|(id, draft)| (*id, draft.interaction.clone())).collect();
        let threads = self.threads(tx).await?;
        let origins = self.new.iter().map(|(id, draft)| Origin {
            source: &draft.source,
            namespace: &draft.namespace,
            id: &draft.external_id,
            thread: threads.get(id).copied(),
        });
        import_many(tx, &new, &origins.collect::<Vec<_>>()).await?;
        let said = self.new.iter().filter_map(|(id, draft)| {
            let revision = draft.revision.as_ref();
            let said = revision.map(|one| one.said.clone()).or_else(|| draft.torn.map(|_| mending::said(draft)))?;
            Some((*id, revision.and_then(|one| one.series.as_deref()), said))
        });
        revisions::keep(tx, &said.collect::<Vec<_>>()).await
    }

    async fn threads(&self, tx: &mut TenantTx<'_>) -> Result<HashMap<Uuid, Uuid>, AppError> {
        let messages = self.new.iter().filter_map(|(id, draft)| {
            let thread = draft.thread.as_ref()?;
            let named = draft.addresses.iter().filter(|one| matches!(one.role, "from" | "to" | "cc"));
            Some(threads::Message {
                interaction: *id,
                message_id: Some(thread.message_id.clone()),
                references: thread.references.clone(),
                subject: fold(&thread.subject),
                is_reply: thread.is_answer,
                people: named.map(|one| one.address.clone()).collect(),
                sent_at: draft.interaction.when.at,
            })
        });
        let messages: Vec<threads::Message> = messages.collect();
        if messages.is_empty() {
            return Ok(HashMap::new());
        }
        let threads = threads::assign(tx, &messages).await?;
        Ok(messages.iter().map(|one| one.interaction).zip(threads).collect())
    }
}

fn add_reason(item: &mut NewItem<'_>, reason: Option<String>) {
    if let Some(reason) = reason {
        item.reason = Some(item.reason.take().map_or_else(|| reason.clone(), |said| format!("{said} {reason}")));
    }
}

/// Adds whom another draft of the same id names.
fn grow(draft: &mut Cow<'_, Draft>, other: &Draft) -> bool {
    let people = other.interaction.people.iter().filter(|one| !draft.interaction.people.contains(one));
    let people: Vec<Uuid> = people.copied().collect();
    let named = other.addresses.iter().filter(|one| !draft.addresses.iter().any(|had| had.address == one.address));
    let named: Vec<Named> = named.cloned().collect();
    if people.is_empty() && named.is_empty() {
        return false;
    }
    let draft = draft.to_mut();
    draft.interaction.people.extend(people);
    draft.addresses.extend(named);
    true
}
