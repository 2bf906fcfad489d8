//! The trash as its page shows it.

use uuid::Uuid;

use super::queries::Row;
use crate::db::CurrentUser;
use crate::interactions::model::kind_label;
use crate::web::avatar::Avatar;
use crate::web::dates::Day;

/// A row of the list.
pub(super) struct RowView {
    pub kind: String,
    pub id: Uuid,
    pub name: String,
    pub avatar: Avatar,
    pub since: Day,
    /// Days until the job deletes it.
    pub days_left: i64,
}

impl RowView {
    /// Of a trash that is emptied after `days`.
    pub fn new(row: Row, user: &CurrentUser, days: u16) -> Self {
        let here = user.here();
        let day = here.day(row.deleted_at);
        Self {
            avatar: Avatar::of(row.id, &row.name),
            since: Day::of(day, here),
            days_left: (i64::from(days) - (here.today - day).num_days()).max(0),
            id: row.id,
            // One without a subject is called by its type.
            name: if row.kind == "interaction" { kind_label(&row.name).to_owned() } else { row.name },
            kind: row.kind,
        }
    }

    pub fn url(&self) -> String {
        match self.kind.as_str() {
            "tag" => format!("/history/{}", self.id),
            kind => format!("/{kind}s/{}", self.id),
        }
    }
    /// Of a tag, the change that deleted it.
    pub fn restoration(&self) -> String {
        match self.kind.as_str() {
            "tag" => format!("/change-sets/{}/undo", self.id),
            _ => format!("{}/restoration", self.url()),
        }
    }
    /// What it is, where that is no person.
    pub fn what(&self) -> &'static str {
        match self.kind.as_str() {
            "organization" => "Organization",
            "interaction" => "Interaction",
            "reminder" => "Reminder",
            "tag" => "Tag",
            _ => "",
        }
    }
    pub fn goes(&self) -> String {
        match self.days_left {
            0 => "deleted for good today".to_owned(),
            1 => "deleted for good tomorrow".to_owned(),
            days => format!("deleted for good in {days} days"),
        }
    }
}
