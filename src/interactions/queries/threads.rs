//! Which messages are of one thread (RFC 5322 section 3.6.4): those that refer to each other, and those that answer by
//! their subject alone. In whatever order they arrive, the threads are the same: they are united, and part only where a
//! message is taken back.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::text::hex::hex;

/// For how long a subject alone goes on with what was said before.
const LOOSE: TimeDelta = TimeDelta::days(90);

/// A message, as far as its thread goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The interaction that it becomes.
    pub interaction: Uuid,
    /// Its Message-ID, if it has one.
    pub message_id: Option<String>,
    /// What it refers to: References and In-Reply-To.
    pub references: Vec<String>,
    /// Its subject without `Re:` and the like, folded.
    pub subject: String,
    /// Whether its subject says that it answers.
    pub is_reply: bool,
    /// Every address of From, To and Cc, the user's own included, in lower case.
    pub people: Vec<String>,
    /// When.
    pub sent_at: DateTime<Utc>,
}

impl Message {
    fn key(&self) -> String {
        self.message_id.clone().unwrap_or_else(|| self.interaction.to_string())
    }

    /// What those of one subject between the same people share.
    fn conversation(&self) -> Option<String> {
        let people: BTreeSet<&str> = self.people.iter().map(String::as_str).collect();
        let text = people.into_iter().fold(self.subject.clone(), |text, one| text + "\n" + one);
        (!self.subject.is_empty()).then(|| hex(&Sha256::digest(text)))
    }

    fn is_loose(&self) -> bool {
        self.is_reply && self.references.is_empty()
    }
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Text)]
    message_id: String,
    #[diesel(sql_type = SqlUuid)]
    thread_id: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    conversation: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    sent_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    is_loose: bool,
}

/// What was said of one subject between the same people: by which message, when, and whether by its subject alone.
pub(super) type Said = (String, DateTime<Utc>, bool);

/// What holds a message to others.
pub(super) struct Ties {
    pub key: String,
    pub references: Vec<String>,
    pub conversation: Option<String>,
    pub sent_at: DateTime<Utc>,
    pub is_loose: bool,
}

/// The thread of each of these messages, in their order, for the `thread_id` of the interactions that the caller
/// inserts after this; where they show that earlier threads are one, these are united. Four statements at most, however
/// many.
///
/// # Errors
/// When the database fails.
pub async fn assign(tx: &mut TenantTx<'_>, messages: &[Message]) -> Result<Vec<Uuid>, AppError> {
    let ties = messages.iter().map(|one| Ties {
        key: one.key(),
        references: one.references.clone(),
        conversation: one.conversation(),
        sent_at: one.sent_at,
        is_loose: one.is_loose(),
    });
    tie(tx, &ties.collect::<Vec<_>>()).await
}

/// As [`assign`].
pub(super) async fn tie(tx: &mut TenantTx<'_>, messages: &[Ties]) -> Result<Vec<Uuid>, AppError> {
    let keys: BTreeSet<String> =
        messages.iter().flat_map(|one| one.references.iter().cloned().chain([one.key.clone()])).collect();
    let conversations: BTreeSet<String> = messages.iter().filter_map(|one| one.conversation.clone()).collect();
    let known = known(tx, &Vec::from_iter(&keys), &Vec::from_iter(&conversations), span(messages)).await?;
    let mut sets = Sets::default();
    let mut said: BTreeMap<String, BTreeSet<Said>> = BTreeMap::new();
    let mut threads: HashMap<String, Uuid> = HashMap::new();
    for row in known {
        if let Some((conversation, sent_at)) = row.conversation.zip(row.sent_at) {
            said.entry(conversation).or_default().insert((row.message_id.clone(), sent_at, row.is_loose));
        }
        threads.insert(row.message_id, row.thread_id);
    }
    for one in messages {
        one.references.iter().for_each(|other| sets.unite(&one.key, other));
        if let Some(conversation) = one.conversation.clone() {
            said.entry(conversation).or_default().insert((one.key.clone(), one.sent_at, one.is_loose));
        }
    }
    said.values().for_each(|said| unite_loose(&mut sets, said));
    // Those that are stored under one thread are one already.
    let mut first: HashMap<Uuid, &String> = HashMap::new();
    for (key, thread) in &threads {
        let other = *first.entry(*thread).or_insert(key);
        sets.unite(key, other);
    }
    let mut of_set: BTreeMap<String, BTreeSet<Uuid>> = BTreeMap::new();
    for (key, thread) in &threads {
        of_set.entry(sets.root(key)).or_default().insert(*thread);
    }
    unite_stored(tx, of_set.values()).await?;
    let mut thread_of = |key: &str| {
        let threads = of_set.entry(sets.root(key)).or_insert_with(|| BTreeSet::from([Uuid::now_v7()]));
        threads.iter().next().copied().unwrap_or_default()
    };
    let mut rows: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    for key in &keys {
        rows.insert(key.clone(), json!({ "message_id": key, "thread_id": thread_of(key), "is_loose": false }));
    }
    for one in messages {
        let row = json!({ "message_id": one.key, "thread_id": thread_of(&one.key), "conversation": one.conversation,
            "sent_at": one.sent_at, "is_loose": one.is_loose, "refers": one.references });
        rows.insert(one.key.clone(), row);
    }
    write(tx, rows.into_values().collect()).await?;
    Ok(messages.iter().map(|one| thread_of(&one.key)).collect())
}

/// One that answers by its subject alone is of one thread with all that was said within ninety days before it: with the
/// last alone the threads would hang on which arrived first.
pub(super) fn unite_loose(sets: &mut Sets, said: &BTreeSet<Said>) {
    for (answer, sent_at, _) in said.iter().filter(|(_, _, is_loose)| *is_loose) {
        let before = said.iter().filter(|(key, at, _)| key != answer && at <= sent_at && *sent_at - *at <= LOOSE);
        before.for_each(|(key, ..)| sets.unite(answer, key));
    }
}

fn span(messages: &[Ties]) -> (DateTime<Utc>, DateTime<Utc>) {
    let times = || messages.iter().map(|one| one.sent_at);
    let widen = |at: Option<DateTime<Utc>>, by| at.and_then(|at| at.checked_add_signed(by)).unwrap_or_default();
    (widen(times().min(), -LOOSE), widen(times().max(), LOOSE))
}

async fn known(
    tx: &mut TenantTx<'_>,
    keys: &[&String],
    conversations: &[&String],
    (since, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Known>, AppError> {
    let query = prepared(
        "select t.message_id::text, t.thread_id, t.conversation::text, t.sent_at, t.is_loose from unnest(?) k cross join lateral \
             (select * from mail_threads where message_id = k offset 0) t \
         union select t.message_id::text, t.thread_id, t.conversation::text, t.sent_at, t.is_loose from unnest(?) c cross join lateral \
             (select * from mail_threads where conversation = c and not is_gone and sent_at between ? and ? offset 0) t",
        (
            bind::<Array<Text>, _>(keys),
            bind::<Array<Text>, _>(conversations),
            bind::<Timestamptz, _>(since),
            bind::<Timestamptz, _>(until),
        ),
    );
    Ok(query.load(tx).await?)
}

/// Of several threads that are one the oldest stays.
async fn unite_stored(tx: &mut TenantTx<'_>, sets: impl Iterator<Item = &BTreeSet<Uuid>>) -> Result<(), AppError> {
    let pairs = sets.flat_map(|set| set.iter().skip(1).filter_map(|gone| Some((*gone, *set.first()?))));
    let (gone, stays): (Vec<Uuid>, Vec<Uuid>) = pairs.unzip();
    if gone.is_empty() {
        return Ok(());
    }
    for table in ["mail_threads", "interactions"] {
        let update = prepared(
            format!(
                "update {table} t set thread_id = r.stays from unnest(?, ?) r(gone, stays) where t.thread_id = r.gone"
            ),
            (bind::<Array<SqlUuid>, _>(&gone), bind::<Array<SqlUuid>, _>(&stays)),
        );
        update.execute(tx).await?;
    }
    Ok(())
}

async fn write(tx: &mut TenantTx<'_>, rows: Vec<serde_json::Value>) -> Result<(), AppError> {
    let insert = prepared(
        "insert into mail_threads as t (message_id, thread_id, conversation, sent_at, is_loose, refers) \
         select r.message_id, r.thread_id, r.conversation, r.sent_at, r.is_loose, r.refers \
         from jsonb_to_recordset(?) as r(message_id text, thread_id uuid, conversation text, sent_at timestamptz, is_loose boolean, \
             refers text[]) \
         on conflict (user_id, message_id) do update set conversation = excluded.conversation, sent_at = excluded.sent_at, \
             is_loose = excluded.is_loose, refers = excluded.refers, is_gone = false \
         where (t.conversation is null or t.is_gone) and excluded.sent_at is not null",
        (bind::<Jsonb, _>(serde_json::Value::Array(rows)),),
    );
    insert.execute(tx).await?;
    Ok(())
}

/// Sets that are united (union-find), by the keys of messages.
#[derive(Default)]
pub(super) struct Sets {
    places: HashMap<String, usize>,
    keys: Vec<String>,
    above: Vec<usize>,
}

impl Sets {
    fn place(&mut self, key: &str) -> usize {
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        self.places.insert(key.to_owned(), self.keys.len());
        self.above.push(self.keys.len());
        self.keys.push(key.to_owned());
        self.keys.len() - 1
    }

    fn top(&mut self, key: &str) -> usize {
        let mut place = self.place(key);
        while self.above[place] != place {
            self.above[place] = self.above[self.above[place]];
            place = self.above[place];
        }
        place
    }

    pub fn unite(&mut self, one: &str, other: &str) {
        let (one, other) = (self.top(one), self.top(other));
        self.above[one] = other;
    }

    pub fn root(&mut self, key: &str) -> String {
        let top = self.top(key);
        self.keys[top].clone()
    }
}
