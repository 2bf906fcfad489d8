//! Whom she chose: what a form says of many people, for whatever is done with them.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::queries;
use crate::contacts::asked::Asked;
use crate::db::TenantTx;
use crate::error::AppError;
use crate::web::FormData;

/// The people that a form names: those ticked, or all that match the filter of the list it stood on.
pub struct Chosen {
    ids: Vec<Uuid>,
    /// Whether all that match are meant, and no ids.
    pub(super) is_filter: bool,
    pub(super) asked: Asked,
}

impl Chosen {
    /// Reads repeated `id`, or `scope=filter` with `q`, `tag` and `organization`.
    ///
    /// # Errors
    /// `BadRequest` where nobody is chosen, or where a part of the filter is no id: without it more people
    /// would be meant than she saw.
    pub fn posted(form: &FormData) -> Result<Self, AppError> {
        let is_filter = form.text("scope") == "filter";
        let is_broken = |name| form.all(name).any(|value| !value.is_empty() && value.parse::<Uuid>().is_err());
        if is_filter && (is_broken("tag") || is_broken("organization")) {
            return Err(AppError::BadRequest("The list's filter did not arrive whole. Choose again.".to_owned()));
        }
        let ids = if is_filter { Vec::new() } else { form.ids("id") };
        if ids.is_empty() && !is_filter {
            return Err(AppError::BadRequest("Nobody is chosen. Tick people in the list first.".to_owned()));
        }
        let ids = ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        Ok(Self { ids, is_filter, asked: Asked::of(form) })
    }

    /// Those of them who are hers and not in the trash, in the order of their ids: never a cut set.
    ///
    /// # Errors
    /// `NotFound` where ids were named and none of them is.
    pub async fn people(&self, tx: &mut TenantTx<'_>) -> Result<Vec<Uuid>, AppError> {
        if self.is_filter {
            return match self.asked.filter(tx).await? {
                Some(filter) => queries::matching(tx, &filter).await,
                None => Ok(Vec::new()),
            };
        }
        let found = queries::living(tx, &self.ids).await?;
        if found.is_empty() { Err(AppError::NotFound) } else { Ok(found) }
    }

    /// The list that they were chosen in.
    #[must_use]
    pub fn back(&self) -> String {
        self.asked.url(None)
    }

    /// How many of the named are not among `found` people: trashed meanwhile, or never hers.
    pub(super) fn missing(&self, found: usize) -> usize {
        self.ids.len().saturating_sub(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_filter_is_refused_since_it_would_mean_more_people() {
        assert!(Chosen::posted(&FormData::parse(b"scope=filter&tag=friend")).is_err());
        assert!(Chosen::posted(&FormData::parse(b"scope=filter&tag=")).is_ok());
        assert!(Chosen::posted(&FormData::parse(b"id=friend")).is_err());
    }
}
