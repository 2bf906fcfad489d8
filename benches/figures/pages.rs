//! The pages that are measured, by the addresses that a browser asks for.

use anyhow::{Context, Result};

use crate::client::request;
use crate::place::Place;
use crate::tenant::EMAIL;

/// A page.
pub struct Page {
    pub name: &'static str,
    pub path: String,
    /// Only a block of it is asked for, as htmx does while one types.
    target: Option<&'static str>,
}

impl Page {
    /// The request for it, as the owner of the large tenant sends it.
    pub fn request(&self, place: &Place, headers: &[(&str, &str)]) -> Vec<u8> {
        self.request_of(&place.token, headers)
    }

    /// The request for it in somebody's session.
    pub fn request_of(&self, token: &str, headers: &[(&str, &str)]) -> Vec<u8> {
        let partial = self.target.map(|id| [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", id)]);
        request(&self.path, token, &[partial.as_ref().map_or(&[][..], |headers| &headers[..]), headers].concat())
    }
}

/// The list, a person's page with what passed, the first page, the list while a first name is typed, and what passed with all and with one.
pub fn pages(place: &Place) -> Result<Vec<Page>> {
    let person = richest(place, EMAIL)?;
    Ok(vec![
        whole("list", "/contacts"),
        whole("contact", format!("/contacts/{person}")),
        whole("today", "/"),
        Page { name: "search", path: "/contacts?q=jennif".to_owned(), target: Some("results") },
        whole("interactions", "/interactions"),
        whole("timeline", format!("/contacts/{person}/timeline")),
    ])
}

/// Every list and every page of one thing, in somebody's tenant.
pub fn lists_and_details(place: &Place, email: &str) -> Result<Vec<Page>> {
    let person = richest(place, email)?;
    let firm = place
        .sql(&format!(
            "select e.organization_id from contact_employments e join users u on u.id = e.user_id \
             where u.email = '{email}' group by 1 order by count(*) desc, 1 limit 1"
        ))?
        .context("nobody has a post")?;
    let passed = place
        .sql(&format!(
            "select p.interaction_id from interaction_participants p join users u on u.id = p.user_id \
             where u.email = '{email}' and p.contact_id = '{person}' order by p.occurred_at desc limit 1"
        ))?
        .context("nothing passed with her")?;
    Ok(vec![
        whole("list", "/contacts"),
        whole("contact", format!("/contacts/{person}")),
        whole("organizations", "/organizations"),
        whole("organization", format!("/organizations/{firm}")),
        whole("tags", "/tags"),
        whole("interactions", "/interactions"),
        whole("timeline", format!("/contacts/{person}/timeline")),
        whole("interaction", format!("/interactions/{passed}")),
        whole("today", "/"),
        whole("reminders", "/reminders"),
        whole("trash", "/trash"),
        whole("search", "/search?q=a"),
    ])
}

/// Those and the forms: every page that answers a signed-in person.
pub fn all(place: &Place) -> Result<Vec<Page>> {
    let mut all = lists_and_details(place, EMAIL)?;
    let edit = format!("/contacts/{}/edit", richest(place, EMAIL)?);
    all.extend([
        whole("edit", edit),
        whole("new contact", "/contacts/new"),
        whole("new organization", "/organizations/new"),
        whole("empty search", "/search"),
        whole("imports", "/imports"),
        whole("exports", "/exports"),
        whole("settings", "/settings"),
    ]);
    Ok(all)
}

fn whole(name: &'static str, path: impl Into<String>) -> Page {
    Page { name, path: path.into(), target: None }
}

/// Somebody of whom much is known, so that the page has all of its parts.
fn richest(place: &Place, email: &str) -> Result<String> {
    place
        .sql(&format!(
            "select c.id from contacts c join users u on u.id = c.user_id where u.email = '{email}' \
             and c.deleted_at is null \
             order by c.notes <> '' desc, \
                 (select count(*) from contact_methods m where m.user_id = c.user_id and m.contact_id = c.id) \
                 + (select count(*) from contact_tags t where t.user_id = c.user_id and t.contact_id = c.id) \
                 + 2 * (select count(*) from contact_employments e where e.user_id = c.user_id and e.contact_id = c.id) desc, c.id \
             limit 1"
        ))?
        .context("the tenant is empty")
}
