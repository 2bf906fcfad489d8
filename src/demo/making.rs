//! Making the example people: in one transaction, a fixed number of statements, one change set.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use uuid::Uuid;

use super::network::{self, Entry};
use super::queries;
use crate::contacts::employments::{self, Employment};
use crate::contacts::{self, documents};
use crate::db::{CurrentUser, TenantTx};
use crate::error::AppError;
use crate::interactions::model::{Interaction, When};
use crate::recurrence::Rule;
use crate::reminders::model::Reminder;
use crate::reminders::schedule::Schedule;
use crate::{interactions, organizations, reminders, tags};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// So many people, by this change set.
    Made(usize, Uuid),
    /// They are here already, by that change set.
    Already(Uuid),
}

/// Makes them, unless they are here.
///
/// # Errors
/// When the database fails.
pub async fn make(tx: &mut TenantTx<'_>, user: &CurrentUser) -> Result<Made, AppError> {
    queries::take_turn(tx).await?;
    if let Some(change_set) = queries::standing(tx).await? {
        return Ok(Made::Already(change_set));
    }
    let today = user.today();
    let entries: Vec<(Uuid, Entry)> = network::entries()?.into_iter().map(|entry| (Uuid::now_v7(), entry)).collect();
    let people: Vec<_> = entries.iter().map(|(id, entry)| (*id, entry.person(today))).collect();
    contacts::queries::insert_many(tx, &people).await?;
    add_posts(tx, &entries, today).await?;
    add_tags(tx, &entries).await?;
    let ids: Vec<Uuid> = people.iter().map(|(id, _)| *id).collect();
    documents::refresh(tx, &ids).await?;
    add_talks(tx, &entries, user).await?;
    queries::name_change_set(tx, "example people added").await?;
    Ok(Made::Made(people.len(), tx.change_set()))
}

async fn add_posts(tx: &mut TenantTx<'_>, entries: &[(Uuid, Entry)], today: NaiveDate) -> Result<(), AppError> {
    let posts = || entries.iter().flat_map(|(id, entry)| entry.posts(today).into_iter().map(move |post| (*id, post)));
    let names: BTreeSet<String> = posts().map(|(_, post)| post.organization.to_owned()).collect();
    let ids = organizations::queries::ids_of_names(tx, &names.into_iter().collect::<Vec<_>>()).await?;
    let rows: Vec<Employment> = posts()
        .filter_map(|(contact_id, post)| {
            Some(Employment {
                contact_id,
                organization_id: *ids.get(post.organization)?,
                title: Some(post.title.to_owned()),
                start_date: Some(post.from),
                end_date: post.to,
                is_current: post.to.is_none(),
            })
        })
        .collect();
    employments::insert_many(tx, &rows).await
}

async fn add_tags(tx: &mut TenantTx<'_>, entries: &[(Uuid, Entry)]) -> Result<(), AppError> {
    let names: BTreeSet<String> = entries.iter().flat_map(|(_, entry)| entry.tags.iter().cloned()).collect();
    let ids = tags::queries::ids_of_names(tx, &names.into_iter().collect::<Vec<_>>()).await?;
    let pairs: Vec<(Uuid, Uuid)> = entries
        .iter()
        .flat_map(|(contact, entry)| entry.tags.iter().map(move |tag| (*contact, tag)))
        .filter_map(|(contact, tag)| Some((contact, *ids.get(tag)?)))
        .collect();
    tags::queries::attach_many(tx, &pairs).await
}

async fn add_talks(tx: &mut TenantTx<'_>, entries: &[(Uuid, Entry)], user: &CurrentUser) -> Result<(), AppError> {
    let (today, zone) = (user.today(), user.time_zone());
    let mut passed = Vec::new();
    let mut coming = Vec::new();
    for (contact_id, entry) in entries {
        for (n, talk) in entry.talks(today).into_iter().enumerate() {
            let is_mutual = matches!(talk.kind, "meeting" | "call");
            let interaction = Interaction {
                kind: talk.kind.to_owned(),
                direction: Some(if is_mutual { "mutual" } else { "inbound" }.to_owned()),
                subject: Some(talk.subject.to_owned()),
                summary: Some(talk.summary.to_owned()).filter(|summary| !summary.is_empty()),
                when: at(talk.day, 9 + (n as u32 * 5 + 3) % 10, zone),
                is_contact: true,
                sentiment: None,
                people: vec![*contact_id],
            };
            passed.push((Uuid::now_v7(), interaction));
        }
        let due = entry.reminder(today);
        coming.extend(due.map(|(day, title)| reminder(title, Some(*contact_id), (day, 9), None)));
    }
    interactions::queries::insert_many(tx, &passed).await?;
    let habits =
        network::HABITS.into_iter().map(|(title, hour, rule)| reminder(title, None, (today, hour), rule.parse().ok()));
    let coming: Vec<_> = coming.into_iter().chain(habits).map(|one| (Uuid::now_v7(), one)).collect();
    let clock = reminders::queries::clock(tx).await?;
    reminders::queries::insert_many(tx, &coming, clock, None).await
}

/// Something that the user means to do.
fn reminder(title: &str, contact: Option<Uuid>, (day, hour): (NaiveDate, u32), rule: Option<Rule>) -> Reminder {
    let time = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    let schedule = Schedule { starts_at: day.and_time(time), is_day: false, zone: None, rule, except: BTreeSet::new() };
    Reminder { title: title.to_owned(), note: None, contact, schedule, advance_days: None }
}

/// An hour of a day where she is.
fn at(day: NaiveDate, hour: u32, zone: Tz) -> When {
    When::of(day, NaiveTime::from_hms_opt(hour, 0, 0), zone)
}
