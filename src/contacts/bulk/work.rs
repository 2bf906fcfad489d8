//! One bulk action: a fixed number of statements in one transaction, one change set.

use uuid::Uuid;

use super::chosen::Chosen;
use super::forms::{Deed, Edit};
use super::queries;
use crate::contacts::documents;
use crate::contacts::groups::{self, Groups};
use crate::contacts::queries::{PEOPLE_OF_AT_ONCE, set_trashed};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::{organizations, tags};

/// What came of it.
pub(super) enum Outcome {
    Done {
        /// Whom it was about.
        people: usize,
        /// Who was named and is not there.
        missing: usize,
        /// None where everybody was so before.
        change_set: Option<Uuid>,
    },
    /// The tag to be taken off is nobody's.
    NoSuchTag,
}

/// Does it to everybody chosen; the caller rings the workers' bell once the transaction has ended.
pub(super) async fn run(tx: &mut TenantTx<'_>, chosen: &Chosen, deed: &Deed) -> Result<Outcome, AppError> {
    let people = chosen.people(tx).await?;
    let people = queries::lock(tx, &people).await?;
    let changed = match deed {
        _ if people.is_empty() => 0,
        Deed::Trash => {
            set_trashed(tx, &people, true).await?;
            people.len()
        }
        Deed::Edit(edit) => match edit_all(tx, &people, edit).await? {
            Some(changed) => changed,
            None => return Ok(Outcome::NoSuchTag),
        },
    };
    if changed > 0 {
        queries::describe(tx, &deed.words()).await?;
    }
    let change_set = (changed > 0).then(|| tx.change_set());
    Ok(Outcome::Done { people: people.len(), missing: chosen.missing(people.len()), change_set })
}

/// How many rows it changed; `None`, before anything was changed, where there is no tag of that name.
async fn edit_all(tx: &mut TenantTx<'_>, people: &[Uuid], edit: &Edit) -> Result<Option<usize>, AppError> {
    let mut moved = 0;
    if let Some(name) = &edit.remove_tag {
        let Some(tag) = tags::queries::of_name(tx, name).await? else { return Ok(None) };
        moved += queries::detach(tx, people, tag.id).await?;
    }
    if let Some(name) = &edit.add_tag {
        let named = tags::queries::ids_of_names(tx, std::slice::from_ref(name)).await?;
        let tag = named.values().next().ok_or(AppError::NotFound)?;
        moved += queries::attach(tx, people, *tag).await?;
    }
    if let Some(name) = &edit.employer {
        let named = organizations::queries::ids_of_names(tx, std::slice::from_ref(name)).await?;
        let organization = named.values().next().ok_or(AppError::NotFound)?;
        moved += queries::employ(tx, people, *organization).await?;
    }
    let is_numbered = !(edit.frequency.is_kept() && edit.strength.is_kept());
    let set = if is_numbered { queries::set_numbers(tx, people, edit.frequency, edit.strength).await? } else { 0 };
    if moved > 0 {
        refresh(tx, people).await?;
    }
    Ok(Some(moved + set))
}

/// Documents of more than a thousand people are a job's: the search finds them by what is new a moment later.
async fn refresh(tx: &mut TenantTx<'_>, people: &[Uuid]) -> Result<(), AppError> {
    if people.len() <= PEOPLE_OF_AT_ONCE {
        return documents::refresh(tx, people).await;
    }
    let groups = Groups { moved_by: Some(tx.change_set()), ..Groups::default() };
    groups::refresh(tx, &groups).await
}
