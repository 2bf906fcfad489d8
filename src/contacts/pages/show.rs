//! One person: in the reading pane and as a page of her own.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use askama::Template;
use futures_util::future::try_join5;
use uuid::Uuid;

use crate::contacts::views::PersonView;
use crate::contacts::{employments, queries, relations};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::interactions::heat::Heat;
use crate::interactions::queries as interactions;
use crate::interactions::views::Timeline;
use crate::reminders::queries::{self as reminders, Filter};
use crate::reminders::views::RowView;
use crate::text::markdown;
use crate::web::{Htmx, Layout, html};

/// Reminders that her page shows.
const REMINDERS: usize = 5;

#[derive(Template)]
#[template(path = "contacts/show.html", blocks = ["person"])]
struct Show {
    layout: Layout,
    person: PersonView,
    notes: markdown::Html,
    timeline: Timeline,
    heat: Option<Heat>,
    /// The next few that are open.
    reminders: Vec<RowView>,
    /// Only the block is wanted: then it brings the message of the last request along.
    is_partial: bool,
}

/// Her page, or the block that fills the reading pane.
#[get("/contacts/{id}")]
pub(in crate::contacts) async fn show(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
) -> Result<HttpResponse, AppError> {
    let (person, passed, year, reminders) = db
        .as_user(&user, async |tx| {
            let tx = &*tx;
            let hers = Filter { contact: Some(*id), ..Filter::default() };
            let (found, posts, relations, timeline, reminders) = try_join5(
                queries::find_for_page(tx, *id),
                employments::of_contact(tx, *id),
                relations::of_contact(tx, *id),
                interactions::timeline(tx, *id, None),
                reminders::list(tx, &hers, None),
            )
            .await?;
            let (contact, year, tags) = found;
            let person =
                PersonView::new(contact, (posts, relations), tags, &user).with_rhythm(&year.days, user.today());
            Ok((person, timeline, year, reminders))
        })
        .await?;
    let is_partial = htmx.wants_block("pane") || htmx.wants_block("person");
    let mut timeline = Timeline::new(*id, passed, &user, None);
    if person.is_trashed {
        timeline.next = None;
    }
    let here = user.here();
    let heat = Heat::new(&year, here);
    let reminders = reminders.into_iter().take(REMINDERS).map(|row| RowView::new(row, here)).collect();
    let notes = markdown::to_html(&person.notes);
    let page = Show { layout, heat, notes, person, timeline, reminders, is_partial };
    if is_partial { html(&page.as_person()) } else { html(&page) }
}
