//! The records of a file as its page shows them: what each would change, and what is asked of her.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use super::card::Card;
use super::items::{self, Compared};
use super::merge::{Change, Manner, Merged, Prefer, merge};
use super::model::{Choice, Import, Status};
use super::people;
use crate::contacts::model::MethodKind;
use crate::dates::DateStyle;
use crate::db::TenantTx;
use crate::error::AppError;

/// A value that is longer is cut on the page.
const SHOWN: usize = 300;

/// One record.
pub(super) struct ItemView {
    pub position: i32,
    /// That of the record behind it on the page, or its own.
    pub next: i32,
    pub line: i64,
    /// The file of an archive that it stands in.
    pub file: Option<String>,
    /// Whether it is that file whole, so that no line tells it from others.
    pub is_file: bool,
    pub status: Status,
    pub title: String,
    pub reason: Option<String>,
    /// Whom it is about.
    pub contact: Option<Uuid>,
    /// What it became.
    pub interaction: Option<Uuid>,
    /// Of a record of what passed, the name of which it is not certain whom it means; empty where it names nobody.
    pub doubted: Option<String>,
    /// Whether that may be the name of two.
    pub may_be_two: bool,
    /// What a new card says, at a glance.
    pub says: String,
    pub changes: Vec<Change>,
    pub conflicts: Vec<Change>,
    pub choice: Option<Choice>,
    pub is_applied: bool,
    /// Whether she can decide of it.
    pub is_asked: bool,
    /// Whether there is somebody whose values could be kept.
    pub has_other: bool,
}

impl ItemView {
    /// One that nothing is asked of.
    pub fn of_record(position: i32, line: i64, status: Status, title: String, reason: Option<String>) -> Self {
        Self {
            position,
            next: position,
            line,
            file: None,
            is_file: false,
            status,
            title: if title.is_empty() { format!("Record {position}") } else { title },
            reason,
            contact: None,
            interaction: None,
            doubted: None,
            may_be_two: false,
            says: String::new(),
            changes: Vec::new(),
            conflicts: Vec::new(),
            choice: None,
            is_applied: false,
            is_asked: false,
            has_other: false,
        }
    }

    pub fn is_chosen(&self, word: &str) -> bool {
        self.choice.is_some_and(|choice| choice.as_str() == word)
    }
}

/// Says of each record of a page which one is behind it.
pub(super) fn follow(items: &mut [ItemView]) {
    let positions: Vec<i32> = items.iter().skip(1).map(|item| item.position).collect();
    for (item, next) in items.iter_mut().zip(positions) {
        item.next = next;
    }
}

/// The records that have a word behind a position, and whether there are more. Three statements.
pub(super) async fn items(
    tx: &mut TenantTx<'_>,
    import: &Import,
    status: Status,
    after: i32,
    style: DateStyle,
) -> Result<Vec<ItemView>, AppError> {
    let rows = items::of(tx, import, status, after).await?;
    let is_compared = |row: &Compared| {
        row.item.applied_at.is_none()
            && matches!(status, Status::Changed | Status::Doubtful)
            && row.item.twin_of.is_none()
    };
    let mut ids: Vec<Uuid> = rows.iter().filter(|row| is_compared(row)).filter_map(|row| row.item.contact_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let standing: HashMap<Uuid, Card> = people::glimpses(tx, &ids).await?.into_iter().collect();
    let is_archive = import.format == "zip";
    let manner = Manner { country: tx.country(), style };
    rows.into_iter().map(|row| view(row, &standing, manner, is_archive)).collect()
}

fn view(
    mut row: Compared,
    standing: &HashMap<Uuid, Card>,
    manner: Manner,
    is_archive: bool,
) -> Result<ItemView, AppError> {
    let status = row.item.status();
    let card = row.item.take_card()?;
    let item = row.item;
    let is_open = item.applied_at.is_none() && card.is_some();
    let merged = match &card {
        Some(card) if is_open && matches!(status, Status::Changed | Status::Doubtful) => {
            let mine = item.contact_id.and_then(|id| standing.get(&id));
            merged(manner, card, read(row.base)?, read(row.leader)?, mine)
        }
        _ => None,
    };
    let (changes, conflicts) = merged.map(|merged| (merged.changes, merged.conflicts)).unwrap_or_default();
    let shown = |changes: Vec<Change>| changes.into_iter().map(cut).collect();
    Ok(ItemView {
        file: Some(row.file_name).filter(|_| is_archive),
        contact: item.contact_id,
        says: card.as_ref().map(says).unwrap_or_default(),
        changes: shown(changes),
        conflicts: shown(conflicts),
        choice: item.choice(),
        is_applied: item.applied_at.is_some(),
        is_asked: is_open && matches!(status, Status::Doubtful | Status::Ignored),
        has_other: status == Status::Doubtful,
        ..ItemView::of_record(item.position, item.line, status, item.title.clone(), item.reason.clone())
    })
}

fn read(value: Option<Value>) -> Result<Option<Card>, AppError> {
    Ok(value.map(serde_json::from_value).transpose().map_err(anyhow::Error::from)?)
}

fn merged(
    manner: Manner,
    card: &Card,
    base: Option<Card>,
    leader: Option<Card>,
    mine: Option<&Card>,
) -> Option<Merged> {
    match (mine, leader) {
        (Some(mine), _) => Some(merge(manner, base.as_ref(), card, mine, Prefer::Mine)),
        (None, Some(leader)) => Some(merge(manner, None, card, &leader, Prefer::Mine)),
        (None, None) => None,
    }
}

/// An e-mail, a phone and where she works.
fn says(card: &Card) -> String {
    let first =
        |kind| card.person.methods.iter().find(move |method| method.kind == kind).map(|method| method.value.clone());
    let post = card.employments.first().map(|post| match &post.title {
        Some(title) => format!("{title}, {}", post.organization),
        None => post.organization.clone(),
    });
    let parts = [post, first(MethodKind::Email), first(MethodKind::Phone)];
    shortened(&parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

fn cut(change: Change) -> Change {
    Change { what: change.what, mine: shortened(&change.mine), card: shortened(&change.card) }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
