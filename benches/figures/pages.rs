//! The pages that are measured, by the addresses that a browser asks for.

use anyhow::{Context, Result};

use crate::client::request;
use crate::place::Place;

/// A page.
pub struct Page {
    pub name: &'static str,
    pub path: String,
    /// Only a block of it is asked for, as htmx does while one types.
    target: Option<&'static str>,
}

impl Page {
    /// The request for it, as the owner of the tenant sends it.
    pub fn request(&self, place: &Place, headers: &[(&str, &str)]) -> Vec<u8> {
        let partial = self.target.map(|id| [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", id)]);
        request(&self.path, &place.token, &[partial.as_ref().map_or(&[][..], |headers| &headers[..]), headers].concat())
    }
}

/// The list, a person's page, and the list while a first name is typed.
pub fn pages(place: &Place) -> Result<Vec<Page>> {
    // Somebody of whom much is known, so that the page has all of its parts.
    let person = place
        .sql(
            "select c.id from contacts c join users u on u.id = c.user_id where u.email = 'bench@example.com' \
             and c.notes <> '' and c.deleted_at is null \
             order by (select count(*) from contact_methods m where m.user_id = c.user_id and m.contact_id = c.id) \
                 + (select count(*) from contact_tags t where t.user_id = c.user_id and t.contact_id = c.id) \
                 + 2 * (select count(*) from contact_employments e where e.user_id = c.user_id and e.contact_id = c.id) desc, c.id \
             limit 1",
        )?
        .context("the tenant is empty")?;
    Ok(vec![
        Page { name: "list", path: "/contacts".to_owned(), target: None },
        Page { name: "contact", path: format!("/contacts/{person}"), target: None },
        Page { name: "search", path: "/contacts?q=jennif".to_owned(), target: Some("results") },
    ])
}
