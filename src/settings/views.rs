//! Sessions as the page shows them.

use uuid::Uuid;

use super::queries::SessionRow;
use crate::db::CurrentUser;
use crate::web::device::device;

/// One line of the list of sessions.
pub(super) struct SessionView {
    pub id: Uuid,
    pub device: String,
    pub address: String,
    pub last_used: String,
    pub last_used_at: String,
    pub is_current: bool,
}

impl SessionView {
    pub fn new(row: SessionRow, user: &CurrentUser) -> Self {
        Self {
            id: row.id,
            device: device(row.user_agent.as_deref().unwrap_or("")),
            address: row.ip_address.map_or_else(|| "unknown address".to_owned(), |network| network.ip().to_string()),
            last_used: user.here().moment(row.last_used_at),
            last_used_at: row.last_used_at.to_rfc3339(),
            is_current: user.session() == Some(row.id),
        }
    }
}
