//! Invitations as the page shows them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::queries::Row;
use crate::db::CurrentUser;

/// One line of the list.
pub(super) struct RowView {
    pub id: Uuid,
    pub note: String,
    pub made_by: String,
    /// One sentence.
    pub says: String,
    /// Whether its link still makes an account.
    pub is_open: bool,
}

impl RowView {
    pub fn new(row: Row, user: &CurrentUser, now: DateTime<Utc>) -> Self {
        let here = user.here();
        let moment = |at| here.moment(at);
        let is_open = row.used_at.is_none() && row.revoked_at.is_none() && row.expires_at > now;
        let says = match (row.used_at, row.revoked_at) {
            (Some(at), _) => format!("Used {}", moment(at)),
            (None, Some(at)) => format!("Revoked {}", moment(at)),
            (None, None) if is_open => format!("Open until {}", moment(row.expires_at)),
            (None, None) => format!("Expired {}", moment(row.expires_at)),
        };
        let note = if row.note.is_empty() { "Nobody in particular".to_owned() } else { row.note };
        Self { id: row.id, note, made_by: row.made_by, says, is_open }
    }
}
