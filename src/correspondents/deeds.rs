//! What is done with those whom she chose: one change set, however many they are.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::asked::Asked;
use super::names;
use super::queries::{self, Chosen, Cursor};
use crate::contacts::model::Person;
use crate::contacts::{documents, queries as contacts};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::web::FormData;

/// Documents that are made anew at once.
const AT_ONCE: usize = 1000;

/// Whom she chose: those ticked, or all that match the filter of the list it stood on.
pub(super) struct Picked {
    ids: Vec<Uuid>,
    is_filter: bool,
    pub asked: Asked,
}

impl Picked {
    /// Reads repeated `id`, or `scope=filter` with `q` and `show`.
    ///
    /// # Errors
    /// `BadRequest` where nobody is chosen.
    pub fn posted(form: &FormData) -> Result<Self, AppError> {
        Self::named(form, "id")
    }

    /// As [`Picked::posted`], the ids in fields of this name.
    pub fn named(form: &FormData, name: &str) -> Result<Self, AppError> {
        let is_filter = form.text("scope") == "filter";
        let ids = if is_filter { Vec::new() } else { form.ids(name) };
        if ids.is_empty() && !is_filter {
            return Err(AppError::BadRequest("Nobody is chosen. Tick people in the list first.".to_owned()));
        }
        Ok(Self { ids, is_filter, asked: Asked::of(form) })
    }

    /// Who they are. At most three statements.
    ///
    /// # Errors
    /// `NotFound` where ids were named and none of them is hers.
    pub async fn people(&self, tx: &mut TenantTx<'_>) -> Result<Vec<Chosen>, AppError> {
        if self.is_filter {
            let ids = queries::matching(tx, &self.asked.filter()).await?;
            return queries::chosen(tx, &ids).await;
        }
        let people = queries::chosen(tx, &self.ids).await?;
        if people.is_empty() { Err(AppError::NotFound) } else { Ok(people) }
    }

    /// The list, at whoever stands behind the last of them, so that one goes on there.
    pub async fn next(&self, tx: &mut TenantTx<'_>, after: Option<Cursor>) -> Result<Option<Uuid>, AppError> {
        let Some(cursor) = after.filter(|_| self.ids.len() == 1) else { return Ok(None) };
        let rows = queries::list(tx, &self.asked.filter(), Some(&cursor)).await?;
        Ok(rows.first().map(|row| row.id))
    }
}

/// What can be done with them in the list itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Add,
    Ignore,
    Wait,
}

/// What came of it.
pub(super) struct Outcome {
    /// Whom it was done with, as a message names them.
    pub who: String,
    /// How many they are.
    pub people: usize,
    /// The contact that was made, where it is one.
    pub contact: Option<Uuid>,
}

/// Does it. Whoever is a contact by now, or stands so already, is passed over.
pub(super) async fn run(tx: &mut TenantTx<'_>, people: &[Chosen], deed: Deed) -> Result<Outcome, AppError> {
    let is_meant = |one: &&Chosen| match deed {
        Deed::Add => !one.addresses.is_empty(),
        Deed::Ignore => !one.addresses.is_empty() && !one.is_ignored,
        Deed::Wait => one.is_ignored,
    };
    let meant: Vec<&Chosen> = people.iter().filter(is_meant).collect();
    let addresses: Vec<&String> = meant.iter().flat_map(|one| &one.addresses).collect();
    let mut contact = None;
    match deed {
        _ if meant.is_empty() => {}
        Deed::Add => contact = add(tx, &meant).await?,
        Deed::Ignore => queries::ignore(tx, &addresses).await?,
        Deed::Wait => queries::wait(tx, &addresses).await?,
    }
    let who = said(&meant);
    if !meant.is_empty() {
        queries::describe(tx, &format!("{who}: {}", deed.words())).await?;
    }
    Ok(Outcome { who, people: meant.len(), contact })
}

impl Deed {
    const ALL: [(&str, Self); 3] = [("add", Self::Add), ("ignore", Self::Ignore), ("wait", Self::Wait)];

    /// What is to be done, and in which field stands with whom: the button of a row has the deed's name and her id,
    /// those of the selection are called `action`.
    pub fn posted(form: &FormData) -> Option<(Self, &'static str)> {
        let of_row = Self::ALL.into_iter().find(|(word, _)| form.has(word));
        let of_many = || Self::ALL.into_iter().find(|(word, _)| form.text("action") == *word);
        of_row.map(|(word, deed)| (deed, word)).or_else(|| Some((of_many()?.1, "id")))
    }

    /// As the end of a sentence that begins with whom.
    pub fn words(self) -> &'static str {
        match self {
            Self::Add => "added to your contacts",
            Self::Ignore => "ignored",
            Self::Wait => "waiting again",
        }
    }
}

/// Makes contacts of them: the database links each to all that names her addresses.
async fn add(tx: &mut TenantTx<'_>, people: &[&Chosen]) -> Result<Option<Uuid>, AppError> {
    let person = |one: &&Chosen| (Uuid::now_v7(), names::person(one.name.as_deref(), &one.addresses));
    let new: Vec<(Uuid, Person)> = people.iter().map(person).collect();
    contacts::insert_many(tx, &new).await?;
    let ids: Vec<Uuid> = new.iter().map(|(id, _)| *id).collect();
    for some in ids.chunks(AT_ONCE) {
        documents::refresh(tx, some).await?;
    }
    Ok(ids.first().copied().filter(|_| ids.len() == 1))
}

/// Gives a contact all of their addresses.
///
/// # Errors
/// `NotFound` where there is no such contact outside the trash.
pub(super) async fn merge(tx: &mut TenantTx<'_>, people: &[Chosen], contact: Uuid) -> Result<usize, AppError> {
    let addresses: Vec<&String> =
        people.iter().flat_map(|one| &one.addresses).collect::<BTreeSet<_>>().into_iter().collect();
    let given = queries::give(tx, contact, &addresses).await?;
    documents::refresh(tx, &[contact]).await?;
    if given > 0 {
        let refs: Vec<&Chosen> = people.iter().collect();
        queries::describe(tx, &format!("{}: merged into a contact", said(&refs))).await?;
    }
    Ok(given)
}

/// `Ann Lee`, or `12 people`.
pub(super) fn said(people: &[&Chosen]) -> String {
    match people {
        [one] => called(one),
        _ => format!("{} people", crate::web::number::grouped(people.len())),
    }
}

/// What she is called.
pub(super) fn called(one: &Chosen) -> String {
    let name = one.name.as_deref().map(names::plain).filter(|name| !name.is_empty());
    name.or_else(|| one.addresses.first().cloned()).unwrap_or_default()
}
