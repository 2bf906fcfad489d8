//! The people side by side, as the page shows them.

use askama::Template;
use uuid::Uuid;

use super::choices::{self, Choice};
use super::column::{Column, lines};
use super::portraits::{self, Portrait};
use super::queries;
use crate::contacts::model::Person;
use crate::contacts::queries::people;
use crate::dates::{DateStyle, Here};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::web::{FormData, Layout};

/// The page.
#[derive(Template)]
#[template(path = "contacts/comparison.html")]
pub(super) struct Comparison {
    pub layout: Layout,
    pub pair: Compared,
    /// Why it is shown again.
    pub warning: String,
}

impl Comparison {
    fn title(&self) -> String {
        format!("Merge {} people", self.pair.columns.len())
    }
}

/// Those who are compared, and who she will be.
pub(super) struct Compared {
    pub columns: Vec<Column>,
    pub choices: Vec<Choice>,
    pub portraits: Vec<Portrait>,
    pub person: Person,
    /// How her days are written.
    style: DateStyle,
}

impl Compared {
    /// Loads those of `ids` who are not in the trash: the oldest stays, unless the form says who.
    pub async fn load(tx: &mut TenantTx<'_>, ids: &[Uuid], form: &FormData, here: Here) -> Result<Self, AppError> {
        let standing = queries::standing(tx, ids).await?;
        let stays = standing.iter().find(|one| one.id.to_string() == form.text("survivor")).or(standing.first());
        let stays = stays.map(|one| one.id);
        let mut found: Vec<(Uuid, Person)> = people(tx, ids).await?;
        let place = |id: &Uuid| (Some(*id) != stays, standing.iter().position(|one| one.id == *id));
        found.sort_by_key(|(id, _)| place(id));
        let (choices, person) = choices::chosen(&found, form, tx.country());
        let columns = standing.into_iter().filter_map(|one| {
            let (_, person) = found.iter().find(|(id, _)| *id == one.id)?;
            Some(Column::new(one, person, stays, here))
        });
        let columns: Vec<Column> = columns.collect();
        let portraits = portraits::offered(&columns, form);
        Ok(Self { columns, choices, portraits, person, style: here.style })
    }

    /// Who stays, and who goes.
    pub fn parted(&self) -> (Option<Uuid>, Vec<Uuid>) {
        let stays = self.columns.iter().find(|column| column.stays).map(|column| column.id);
        (stays, self.columns.iter().filter(|column| !column.stays).map(|column| column.id).collect())
    }

    /// Whether the form was made from these versions.
    pub fn is_as_seen(&self, form: &FormData) -> bool {
        self.columns.iter().all(|column| form.all("seen").any(|seen| seen == column.seen()))
    }

    /// What reaches her then, and her days.
    fn lines(&self) -> Vec<String> {
        lines(&self.person, self.style)
    }

    fn tags(&self) -> Vec<&str> {
        let mut tags: Vec<&str> = self.columns.iter().flat_map(|column| &column.tags).map(String::as_str).collect();
        tags.sort_unstable();
        tags.dedup();
        tags
    }
}
