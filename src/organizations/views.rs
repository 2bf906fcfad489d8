//! Organizations as their pages show them.

use uuid::Uuid;

use super::forms::link;
use super::queries::{Choice, Colleague, People, Row, Stored};
use crate::dates::Here;
use crate::web::avatar::Avatar;
use crate::web::dates::{Day, period};
use crate::web::number::grouped;

/// A row of the list.
pub(super) struct RowView {
    pub id: Uuid,
    pub name: String,
    pub avatar: Avatar,
    /// `Publishing · example.com`.
    pub what: String,
    pub people: i32,
}

impl RowView {
    pub fn new(row: Row) -> Self {
        let what = [row.industry, row.domain].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        Self { id: row.id, avatar: Avatar::of(row.id, &row.name), name: row.name, what, people: row.people_count }
    }
}

/// The page of one organization.
pub(super) struct OrganizationView {
    pub id: Uuid,
    pub name: String,
    pub avatar: Avatar,
    pub website: Option<Website>,
    pub industry: Option<String>,
    pub is_trashed: bool,
    pub people_count: i32,
    pub added: Day,
    /// People now, people before; a group without anybody is left out.
    pub groups: Vec<Group>,
}

/// A domain and where it leads.
pub(super) struct Website {
    pub domain: String,
    pub href: Option<String>,
}

impl OrganizationView {
    pub fn new(stored: Stored, (now, before): (People, People), here: Here) -> Self {
        let organization = stored.organization;
        let groups = [("Now", now), ("Before", before)].map(|(title, people)| Group::new(title, people, here));
        Self {
            id: stored.id,
            avatar: Avatar::of(stored.id, &organization.name),
            name: organization.name,
            website: organization.domain.map(|domain| Website { href: link(&domain), domain }),
            industry: organization.industry,
            is_trashed: stored.deleted_at.is_some(),
            people_count: stored.people_count,
            added: Day::of(here.day(stored.created_at), here),
            groups: groups.into_iter().filter(|group| group.count > 0).collect(),
        }
    }

    /// Whether somebody stands on no list here: then there is a link to all of them.
    pub fn has_more(&self) -> bool {
        self.groups.iter().any(Group::has_more)
    }

    pub fn everybody(&self) -> String {
        format!("/contacts?organization={}", self.id)
    }
    pub fn everybody_label(&self) -> String {
        format!("Show all {} people", grouped(self.people_count))
    }
    pub fn interactions(&self) -> String {
        format!("/interactions?organization={}", self.id)
    }
    pub fn edit(&self) -> String {
        format!("/organizations/{}/edit", self.id)
    }
    pub fn merge(&self) -> String {
        super::pages::merge::KIND.page(&[self.id])
    }
    pub fn trash(&self) -> String {
        format!("/organizations/{}/trash", self.id)
    }
    pub fn restoration(&self) -> String {
        format!("/organizations/{}/restoration", self.id)
    }
}

/// People now, or people before.
pub(super) struct Group {
    pub title: &'static str,
    pub people: Vec<ColleagueView>,
    pub count: i64,
}

impl Group {
    fn new(title: &'static str, people: People, here: Here) -> Self {
        let first = people.first.into_iter().map(|one| ColleagueView::new(one, here)).collect();
        Self { title, people: first, count: people.count }
    }

    fn has_more(&self) -> bool {
        i64::try_from(self.people.len()).is_ok_and(|shown| shown < self.count)
    }
}

/// Somebody there.
pub(super) struct ColleagueView {
    pub id: Uuid,
    pub name: String,
    pub avatar: Avatar,
    pub titles: Option<String>,
    pub period: String,
    pub last: Option<Day>,
}

impl ColleagueView {
    fn new(one: Colleague, here: Here) -> Self {
        Self {
            id: one.id,
            avatar: Avatar::of(one.id, &one.display_name),
            name: one.display_name,
            titles: one.titles,
            period: period(one.start_date, one.end_date, one.is_current),
            last: one.last_contact_date.map(|day| Day::of(day, here)),
        }
    }
}

impl Choice {
    /// Its page.
    pub fn url(&self) -> String {
        super::pages::url(self.id)
    }
}
