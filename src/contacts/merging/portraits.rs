//! Whose photo she has then.

use uuid::Uuid;

use super::column::Column;
use crate::web::FormData;
use crate::web::avatar::Avatar;

/// A photo that can be chosen, or none.
pub(super) struct Portrait {
    /// Whose it is.
    pub id: Uuid,
    pub name: String,
    pub avatar: Avatar,
    pub photo: Option<String>,
    pub is_chosen: bool,
}

/// The distinct photos, whoever stays first, none among them where somebody has none: the one that the form names,
/// else the first that is one.
pub(super) fn offered(columns: &[Column], form: &FormData) -> Vec<Portrait> {
    let mut distinct: Vec<&Column> = Vec::new();
    let (stays, others): (Vec<&Column>, Vec<&Column>) = columns.iter().partition(|column| column.stays);
    for column in stays.into_iter().chain(others) {
        if distinct.iter().all(|known| known.photo_id != column.photo_id) {
            distinct.push(column);
        }
    }
    let wanted = form.text("photo");
    let named = distinct.iter().position(|column| column.id.to_string() == wanted);
    let chosen = named.or_else(|| distinct.iter().position(|column| column.photo_id.is_some())).unwrap_or(0);
    let offers = distinct.into_iter().enumerate().map(|(place, column)| Portrait {
        id: column.id,
        name: column.name.clone(),
        avatar: column.avatar.clone(),
        photo: column.photo(),
        is_chosen: place == chosen,
    });
    offers.collect()
}

/// Who has the photo that is chosen.
pub(super) fn whose(portraits: &[Portrait], stays: Uuid) -> Uuid {
    portraits.iter().find(|one| one.is_chosen).map_or(stays, |one| one.id)
}
