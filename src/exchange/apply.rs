//! The job that applies a preview: a few hundred records at a time, each batch in one transaction that
//! also marks them, so that a killed one goes on from there. Everything is judged anew, for she may have
//! gone on since the preview: what has become doubtful is asked, not applied.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use futures_util::FutureExt;
use uuid::Uuid;

use super::card::{Card, CardRelation};
use super::items::{self, Applied};
use super::late;
use super::matching::{GONE, Keyed, Known, Match, word};
use super::merge::Prefer;
use super::model::{Choice, Import, Item, Rewritten, State, Status};
use super::payload::Payload;
use super::people;
use super::queries;
use super::relations;
use super::sources;
use super::vcard;
use crate::accounts::measuring;
use crate::allowance;
use crate::audit;
use crate::contacts::documents;
use crate::contacts::fields::queries::definitions;
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::jobs::{self, Work};

/// The kind of the job that applies.
pub const KIND: &str = "import.apply";
/// The kind of the job that takes back what a cancelled import had applied.
pub const TAKE_BACK: &str = "import.take_back";

/// Begins to apply an import, in the change set of this transaction, where the import is ready for it: in its preview,
/// or again once she decided more. Answers with whether there is anything to do; the caller rings the workers' bell.
///
/// # Errors
/// `Limit` where its new people do not fit into the account.
pub async fn begin(tx: &mut TenantTx<'_>, id: Uuid) -> Result<bool, AppError> {
    let import = queries::lock(tx, id).await?;
    let is_ready = match import.state() {
        State::Preview | State::Done => true,
        State::Failed => import.change_set_id.is_some(),
        _ => false,
    };
    if import.passing.is_some() {
        return Ok(false);
    }
    if !is_ready || import.going.is_some() || (import.state() == State::Done && items::waiting(tx, id).await? == 0) {
        return Ok(false);
    }
    if let Some(says) = refusal(tx, id).await? {
        return Err(AppError::Limit(says));
    }
    if import.change_set_id.is_none() {
        queries::note_change_set(tx, id).await?;
    }
    queries::begin_applying(tx, id).await?;
    let payload = serde_json::to_value(Payload::of_import(id)).map_err(anyhow::Error::from)?;
    jobs::enqueue(tx, KIND, &payload, None).await?;
    Ok(true)
}

/// Why an import cannot be applied: more new people than fit. Nothing is lost then, and it waits.
pub(super) async fn refusal(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Option<String>, AppError> {
    if tx.limits().are_none() {
        return Ok(None);
    }
    let more = items::waiting_new(tx, id).await?;
    allowance::refusal_of_people(tx, more).await
}

/// Applies an import to its end.
pub const WORK: Work = |tools, job| {
    async move {
        let (payload, user) = Payload::of(&job)?;
        let user = tools.db.anonymous().user(user).await?;
        apply(&tools.db, &user, payload.import).await
    }
    .boxed_local()
};

/// Takes back what a cancelled import had applied.
pub const TAKE_BACK_WORK: Work = |tools, job| {
    async move {
        let (payload, user) = Payload::of(&job)?;
        let user = tools.db.anonymous().user(user).await?;
        take_back(&tools.db, &user, payload.import).await
    }
    .boxed_local()
};

async fn take_back(db: &Db, user: &CurrentUser, id: Uuid) -> Result<(), AppError> {
    let begun = db
        .as_user_for_job(user, async |tx| {
            let import = queries::lock(tx, id).await?;
            let Some(change_set) = import.change_set_id.filter(|_| import.state() == State::Cancelled) else {
                return Ok(None);
            };
            audit::queries::begin(tx, change_set).await?;
            Ok(audit::queries::going_by(tx, change_set).await?.map(|by| (change_set, by)))
        })
        .await?;
    match begun {
        Some((change_set, by)) => audit::undoing::run(db, user, change_set, by).await,
        None => Ok(()),
    }
}

async fn apply(db: &Db, user: &CurrentUser, id: Uuid) -> Result<(), AppError> {
    let import = db.as_user(user, async |tx| queries::find(tx, id).await).await?;
    let Some(change_set) = import.change_set_id else { return Ok(()) };
    let (mut after, mut applied, mut looked_from) = (Some(0), 0, LOOKED_FROM);
    while let Some(position) = after {
        if applied >= looked_from {
            db.as_user_for_job(user, async |tx| queries::refresh_statistics(tx).await).await?;
            looked_from = applied * 8;
        }
        let done = match db.as_import(user, id, change_set, async |tx| batch(tx, id, position).await).await {
            // She added others meanwhile. What is applied stands, and it goes on when there is room.
            Err(AppError::Limit(says)) => {
                db.as_user(user, async |tx| queries::end(tx, id, State::Failed, Some(&says)).await).await?;
                None
            }
            done => done?,
        };
        applied += done.map_or(0, |(_, records)| records);
        after = done.map(|(last, _)| last);
    }
    let mut after = Some(Uuid::nil());
    while let Some(behind) = after {
        after = db.as_import(user, id, change_set, async |tx| last_batch(tx, id, behind).await).await?;
    }
    // Where it is not limited the hourly housekeeping measures it soon enough.
    match db.limits_of(user.tier()).megabytes {
        Some(_) => db.as_user(user, async |tx| measuring::enqueue(tx).await).await,
        None => Ok(()),
    }
}

/// Records applied after which PostgreSQL is told to look at what it holds, and again at each eightfold: a look takes a
/// second or two, whatever came.
const LOOKED_FROM: usize = 1_000;

/// Applies the next batch; answers with its last position and how many records it was, or with none at the end.
async fn batch(tx: &mut TenantTx<'_>, id: Uuid, after: i32) -> Result<Option<(i32, usize)>, AppError> {
    let import = queries::lock(tx, id).await?;
    if import.state() != State::Applying {
        return Ok(None);
    }
    queries::take_turn(tx).await?;
    let mut items = items::next_to_apply(tx, id, after).await?;
    let Some(last) = items.last().map(|item| item.position) else { return Ok(None) };
    // Fields may have come and gone since the file was read.
    let fields = definitions(tx).await?;
    let cards: Vec<Card> = items
        .iter_mut()
        .map(|item| Ok(item.take_card()?.unwrap_or_default().settled(&fields)))
        .collect::<Result<_, AppError>>()?;
    let mut plan = Plan::load(tx, &import, &items, &cards).await?;
    for (index, item) in items.iter().enumerate() {
        let done = plan.judge(index, item, &cards[index]);
        plan.applied.push(done);
    }
    plan.write(tx, &import).await?;
    Ok(Some((last, items.len())))
}

/// Once every record is applied: settles the next people who named others that came after them, and ends the import
/// where there are none.
async fn last_batch(tx: &mut TenantTx<'_>, id: Uuid, after: Uuid) -> Result<Option<Uuid>, AppError> {
    if queries::lock(tx, id).await?.state() != State::Applying {
        return Ok(None);
    }
    let last = late::batch(tx, id, after).await?;
    if last.is_none() {
        queries::end_applying(tx, id).await?;
    }
    Ok(last)
}

/// What a batch will do.
struct Plan<'a> {
    known: Known,
    /// The contacts of earlier twins, by position.
    twins: HashMap<i32, Uuid>,
    people: BTreeMap<Uuid, Pending<'a>>,
    seen: BTreeMap<(String, String), (Uuid, &'a Card)>,
    applied: Vec<Applied>,
}

struct Pending<'a> {
    before: Option<Card>,
    after: Cow<'a, Card>,
}

/// Whom a record is applied to.
enum Target {
    New,
    Contact { contact: Uuid, is_known: bool, doubt: Option<String> },
    Not(Status, String),
}

impl<'a> Plan<'a> {
    async fn load(tx: &mut TenantTx<'_>, import: &Import, items: &[Item], cards: &'a [Card]) -> Result<Self, AppError> {
        let keyed: Vec<Keyed<'_>> = items.iter().zip(cards).map(|(item, card)| keyed(item, card)).collect();
        let mut known = Known::load(tx, &keyed, true).await?;
        let positions: Vec<i32> = items.iter().filter_map(|item| item.twin_of).collect();
        let mut twins = HashMap::new();
        if !positions.is_empty() {
            let leaders = items::at(tx, import.id, &positions).await?;
            twins = leaders.iter().filter_map(|item| Some((item.position, item.contact_id?))).collect();
            let missing: Vec<Uuid> = twins.values().copied().filter(|id| !known.standing.contains_key(id)).collect();
            people::lock(tx, &missing).await?;
            known.standing.extend(people::cards(tx, &missing).await?);
        }
        Ok(Self { known, twins, people: BTreeMap::new(), seen: BTreeMap::new(), applied: Vec::new() })
    }

    fn judge(&mut self, index: usize, item: &Item, card: &'a Card) -> Applied {
        let refused = |status, reason: String| Applied {
            position: item.position,
            status,
            contact_id: item.contact_id,
            reason: Some(reason),
            is_applied: false,
        };
        match self.target(index, item, card) {
            Target::Not(status, reason) => refused(status, reason),
            // Whom it was to leave as she is went meanwhile.
            Target::New if item.choice() == Some(Choice::Leave) => refused(Status::Ignored, GONE.to_owned()),
            Target::New => {
                let contact = Uuid::now_v7();
                self.people.insert(contact, Pending { before: None, after: Cow::Borrowed(card) });
                self.note(item, contact, card, Status::New)
            }
            Target::Contact { contact, is_known, doubt } => {
                let one = keyed(item, card);
                if is_known && !self.people.contains_key(&contact) && self.known.is_as_last_seen(one) {
                    return self.note(item, contact, card, Status::Unchanged);
                }
                let Some(mine) = self.mine(contact) else { return refused(Status::Ignored, GONE.to_owned()) };
                if item.choice() == Some(Choice::Leave) {
                    return self.note(item, contact, card, Status::Unchanged);
                }
                let prefer = if item.choice() == Some(Choice::Card) { Prefer::Card } else { Prefer::Mine };
                let merged = self.known.merge(self.known.base(one, is_known), card, &mine, prefer);
                let (status, reason) = word(&merged, doubt.as_deref());
                if status == Status::Doubtful && item.choice().is_none() {
                    return Applied { contact_id: Some(contact), ..refused(status, reason.unwrap_or_default()) };
                }
                let is_changed = !merged.changes.is_empty() || prefer == Prefer::Card && !merged.conflicts.is_empty();
                let before = self.people.remove(&contact).map_or(Some(mine), |pending| pending.before);
                self.people.insert(contact, Pending { before, after: Cow::Owned(merged.card) });
                self.note(item, contact, card, if is_changed { Status::Changed } else { Status::Unchanged })
            }
        }
    }

    fn target(&self, index: usize, item: &Item, card: &Card) -> Target {
        if item.choice() == Some(Choice::New) {
            return Target::New;
        }
        match self.known.find(index, keyed(item, card)) {
            Match::Gone(reason) => Target::Not(Status::Ignored, reason),
            Match::Somebody { contact, is_known, doubt } => Target::Contact { contact, is_known, doubt },
            Match::Nobody => match item.twin_of {
                None => Target::New,
                Some(position) => match self.twins.get(&position) {
                    Some(contact) => {
                        let doubt = self.mine(*contact).and_then(|mine| self.known.contrary(card, &mine));
                        Target::Contact { contact: *contact, is_known: false, doubt }
                    }
                    None => {
                        Target::Not(item.status(), "The earlier record of this person is not imported yet.".to_owned())
                    }
                },
            },
        }
    }

    /// What a contact says by now.
    fn mine(&self, contact: Uuid) -> Option<Card> {
        let pending = self.people.get(&contact).map(|pending| pending.after.as_ref());
        pending.or_else(|| self.known.standing.get(&contact)).cloned()
    }

    fn note(&mut self, item: &Item, contact: Uuid, card: &'a Card, status: Status) -> Applied {
        self.twins.insert(item.position, contact);
        if let Some(key) = &item.source_key {
            self.seen.insert((item.source.clone(), key.clone()), (contact, card));
        }
        let reason = item.reason.clone().filter(|_| status == item.status());
        Applied { position: item.position, status, contact_id: Some(contact), reason, is_applied: true }
    }

    /// Whom the relations of these people name. Those that name nobody who is here are kept as lines of the card.
    async fn settle_relations(&mut self, tx: &mut TenantTx<'_>) -> Result<HashMap<String, Uuid>, AppError> {
        let relations = |pending: &'_ Pending<'_>| {
            let before = pending.before.iter().flat_map(|card| &card.relations);
            before.chain(&pending.after.relations).map(|relation| relation.other.clone()).collect::<Vec<_>>()
        };
        let uids: Vec<String> = self.people.values().flat_map(relations).collect();
        let mut meant = relations::meant(tx, &uids.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        let named = self.seen.iter().map(|((_, key), (contact, _))| (key.clone(), *contact));
        meant.extend(named.filter(|_| !uids.is_empty()));
        for (contact, pending) in &mut self.people {
            let is_here = |relation: &CardRelation| meant.get(&relation.other).is_some_and(|other| other != contact);
            if pending.after.relations.iter().all(is_here) {
                continue;
            }
            let card = pending.after.to_mut();
            let (here, nobodys): (Vec<_>, Vec<_>) = std::mem::take(&mut card.relations).into_iter().partition(is_here);
            card.relations = here;
            for line in nobodys.iter().map(vcard::related) {
                if !card.extras.contains(&line) {
                    card.extras.push(line);
                }
            }
            card.extras.sort();
        }
        Ok(meant)
    }

    /// A fixed number of statements, however many records.
    async fn write(mut self, tx: &mut TenantTx<'_>, import: &Import) -> Result<(), AppError> {
        let meant = self.settle_relations(tx).await?;
        let is_changed = |pending: &Pending| pending.before.as_ref() != Some(pending.after.as_ref());
        let people: Vec<Rewritten<'_>> = self
            .people
            .iter()
            .filter(|(_, pending)| is_changed(pending))
            .map(|(id, pending)| Rewritten { contact: *id, before: pending.before.as_ref(), after: &pending.after })
            .collect();
        people::write(tx, &people, &meant).await?;
        sources::keep(tx, &self.seen).await?;
        let touched: Vec<Uuid> = people.iter().map(|one| one.contact).collect();
        documents::refresh(tx, &touched).await?;
        items::mark(tx, import.id, &self.applied).await
    }
}

fn keyed<'a>(item: &'a Item, card: &'a Card) -> Keyed<'a> {
    Keyed { source: &item.source, key: item.source_key.as_deref().unwrap_or_default(), card }
}
