//! Doubtful rows of a table that are taken once she says whom a name in them means: a change set of its own, beside that of
//! the import.

use std::collections::HashMap;

use chrono::Utc;
use chrono_tz::Tz;
use uuid::Uuid;

use super::answers::Passing;
use super::directory::{Directory, Meant};
use super::files::Batch;
use super::judged::Judged;
use super::queries::NewItem;
use super::queries::taking::{self, Doubtful};
use super::record::Record;
use super::row::Rules;
use super::who::{sides, somebody};
use crate::contacts::documents;
use crate::contacts::queries::{insert_many, named};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::exchange::model::{Import, State, Status};
use crate::exchange::parts;
use crate::exchange::queries::{lock, take_turn};
use crate::exchange::table::Layout;
use crate::web::number::grouped;

/// Whom a name means.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whom {
    /// Somebody whom she does not have yet.
    Somebody,
    /// Two of whom that holds, parted by the comma of the name.
    Two,
    /// This contact.
    Contact(Uuid),
}

/// What came of it.
pub(super) struct Taken {
    /// The contact.
    pub contact: Uuid,
    /// What is said of it, in a sentence.
    pub says: String,
}

/// Whether rows of an import can be taken: it has come to its end, and stands.
fn is_open(import: &Import) -> bool {
    import.passing.is_some() && import.state() == State::Done && import.going.is_none()
}

/// Takes the rows that have the same name as the one at `position`, or it alone where it has no name; none where that one is not doubtful any more. So many
/// statements for each two hundred rows.
///
/// # Errors
/// `NotFound` where there is no such contact, `BadRequest` where the name is not one of somebody new, `Limit` where nobody more fits into the account.
pub(super) async fn take(
    tx: &mut TenantTx<'_>,
    zone: Tz,
    id: Uuid,
    position: i32,
    whom: Whom,
) -> Result<Option<Taken>, AppError> {
    let import = lock(tx, id).await?;
    let Some(row) = taking::at(tx, id, position).await?.filter(|_| is_open(&import)) else { return Ok(None) };
    take_turn(tx).await?;
    let mut directory = Directory::load(tx).await?;
    let meant = meant(tx, &row.name, whom, &directory).await?;
    for (name, contact, _) in &meant {
        directory.mean(name, *contact);
    }
    let called = meant.iter().map(|(_, _, called)| called.as_str()).collect::<Vec<_>>().join(" and ");
    let contact = meant.last().map(|(_, contact, _)| *contact).ok_or(AppError::NotFound)?;
    let taken = rows(tx, &import, &row, (zone, directory)).await?;
    let entries = format!("{} {}", grouped(taken), if taken == 1 { "row" } else { "rows" });
    let now = match whom {
        Whom::Somebody => Some("is a contact now"),
        Whom::Two => Some("are contacts now"),
        Whom::Contact(_) => None,
    };
    let says = match (now, taken) {
        (Some(now), 0) => format!("{called} {now}. Other names of the row are still in doubt."),
        (Some(now), _) => format!("{called} {now}, and {entries} taken."),
        (None, 0) => "Other names of the row are still in doubt.".to_owned(),
        (None, _) => format!("{entries} taken, with {called}."),
    };
    let verb = if now.is_some() { "added, and taken" } else { "taken" };
    taking::settle(tx, id, &format!("{called}: {entries} of {} {verb}", import.file_name)).await?;
    Ok(Some(Taken { contact, says }))
}

/// Whom a name means, each with the name that means her, and with what she is called. Whoever is new is added; of two only who is
/// not there by now.
async fn meant(
    tx: &mut TenantTx<'_>,
    name: &str,
    whom: Whom,
    directory: &Directory,
) -> Result<Vec<(String, Uuid, String)>, AppError> {
    let names = match whom {
        Whom::Contact(contact) => {
            let who = named(tx, &[contact]).await?.pop().ok_or(AppError::NotFound)?;
            return Ok(vec![(name.to_owned(), contact, who.name)]);
        }
        Whom::Somebody if name.is_empty() => {
            return Err(AppError::BadRequest("The row names nobody: choose a contact.".to_owned()));
        }
        Whom::Somebody => vec![name],
        Whom::Two => {
            let (left, right) =
                sides(name).ok_or_else(|| AppError::BadRequest("This name is not that of two.".to_owned()))?;
            vec![left, right]
        }
    };
    let (mut meant, mut new) = (Vec::new(), Vec::new());
    for name in names {
        let person = somebody(name);
        let known = match (whom, directory.find(name)) {
            (Whom::Two, Meant::One(contact)) => Some(contact),
            _ => None,
        };
        let contact = known.unwrap_or_else(Uuid::now_v7);
        meant.push((name.to_owned(), contact, person.display_name.clone()));
        if known.is_none() {
            new.push((contact, person));
        }
    }
    let ids: Vec<Uuid> = new.iter().map(|(id, _)| *id).collect();
    if !ids.is_empty() {
        insert_many(tx, &new).await?;
        documents::refresh(tx, &ids).await?;
    }
    Ok(meant)
}

/// Judges a row and those of its name anew and writes what they bring; how many are taken.
async fn rows(
    tx: &mut TenantTx<'_>,
    import: &Import,
    row: &Doubtful,
    (zone, directory): (Tz, Directory),
) -> Result<usize, AppError> {
    let layouts = layouts(tx, import.id).await?;
    let own = Passing::of(import)?.unwrap_or_default().own;
    let (mut taken, mut after) = (0, 0);
    loop {
        let rows = taking::alike(tx, import.id, row, after).await?;
        let Some(last) = rows.last() else { return Ok(taken) };
        after = last.position;
        for some in rows.chunk_by(|one, other| one.part == other.part) {
            let Some((layout, namespace)) = some.first().and_then(|row| layouts.get(&row.part)) else { continue };
            let rules = Rules { layout, namespace, directory: &directory, own: &own, zone, now: Utc::now() };
            taken += keep(tx, import.id, some, &rules).await?;
        }
    }
}

/// The tables of an import by the places of their files, each with whose ids its rows have.
async fn layouts(tx: &mut TenantTx<'_>, import: Uuid) -> Result<HashMap<i32, (Layout, String)>, AppError> {
    let parts = parts::of(tx, import).await?;
    let tables = parts.iter().filter(|part| part.is_read() && part.is_table_of_what_passed());
    let layout = |part: &parts::Part| {
        let layout = part.layout()?;
        let namespace = layout.namespace();
        Ok((part.position, (layout, namespace)))
    };
    tables.map(layout).collect()
}

async fn keep(tx: &mut TenantTx<'_>, import: Uuid, rows: &[Doubtful], rules: &Rules<'_>) -> Result<usize, AppError> {
    let part = rows.first().map_or(1, |row| row.part);
    let records = rows.iter().map(|row| {
        let (title, outcome) = rules.read(&row.cells()?);
        Ok(Record { offset: 0, line: row.line.unsigned_abs(), file: None, title, outcome, ended: None })
    });
    let records = records.collect::<Result<Vec<Record>, AppError>>()?;
    let batch = Batch { part, zone: rules.zone, records, start: 0, end: (0, 0), is_last: false };
    let mut judged = Judged::load(tx, &batch, true).await?;
    let items: Vec<NewItem<'_>> =
        rows.iter().zip(&batch.records).map(|(row, one)| judged.item(&batch, row.position, one)).collect();
    judged.write(tx).await?;
    taking::note(tx, import, &items).await?;
    Ok(items.iter().filter(|item| item.status != Status::Doubtful).count())
}
