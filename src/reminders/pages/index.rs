//! All reminders: those that are open by when they are due, and what was done.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use askama::Template;
use chrono::Utc;
use uuid::Uuid;

use crate::contacts::queries::{Candidate, named};
use crate::db::{CurrentUser, Db, containing};
use crate::delivery;
use crate::delivery::views::Notice;
use crate::error::AppError;
use crate::reminders::queries::{self, DoneCursor, Filter};
use crate::reminders::times::{Group, by_time};
use crate::reminders::views::DoneView;
use crate::web::paging::{self, TimeCursor};
use crate::web::{FormData, Htmx, Layout, Params, html};

/// Which of them; the first is shown where none is asked for.
const SHOWS: [(&str, &str); 3] = [("open", "Open"), ("overdue", "Overdue"), ("done", "Done")];

/// What the address asks for, as it was typed.
#[derive(Debug, Clone)]
struct Asked {
    q: String,
    show: String,
    contact: String,
}

impl Asked {
    fn of(params: &FormData) -> Self {
        let text = |name| params.text(name).trim().replace(char::is_control, "");
        let asked = params.text("show");
        let show = SHOWS.iter().find(|(show, _)| *show == asked).map_or("open", |(show, _)| *show).to_owned();
        Self { q: text("q"), show, contact: text("contact") }
    }

    fn filter(&self) -> Filter {
        Filter {
            words: containing(&self.q),
            contact: self.contact.parse().ok(),
            before: (self.show == "overdue").then(Utc::now),
            id: None,
        }
    }

    /// Whether nobody can be meant.
    fn is_lost(&self, person: Option<&Candidate>) -> bool {
        !self.contact.is_empty() && person.is_none()
    }

    fn is_filtered(&self) -> bool {
        !self.q.is_empty() || !self.contact.is_empty() || self.show != "open"
    }

    fn shows() -> [(&'static str, &'static str); 3] {
        SHOWS
    }

    /// The address of this list behind a row.
    fn url(&self, after: Option<String>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let fields = [("q", self.q.as_str()), ("show", self.show.as_str()), ("contact", &self.contact)];
        query.extend_pairs(fields.into_iter().filter(|(_, value)| !value.is_empty() && *value != "open"));
        if let Some(cursor) = after {
            query.append_pair("after", &cursor);
        }
        format!("/reminders?{}", query.finish()).trim_end_matches('?').to_owned()
    }

    /// The form for a new one, with whomever the list is about in it.
    fn new_one(&self) -> String {
        let person = self.contact.parse::<Uuid>().ok();
        person.map_or_else(|| "/reminders/new".to_owned(), |id| format!("/reminders/new?contact={id}"))
    }
}

#[derive(Template)]
#[template(path = "reminders/index.html", blocks = ["results"])]
struct Index {
    layout: Layout,
    asked: Asked,
    person: Option<Candidate>,
    groups: Vec<Group>,
    done: Vec<DoneView>,
    first: Option<String>,
    next: Option<String>,
    is_current: bool,
    /// What keeps messages from her.
    notices: Vec<Notice>,
}

/// The list, or the block that a filter swaps.
#[get("/reminders")]
pub(in crate::reminders) async fn index(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let (asked, after) = (Asked::of(&params), params.text("after"));
    let filter = asked.filter();
    let (trouble, (person, rows, done)) = db
        .as_user(&user, async |tx| {
            let trouble = delivery::queries::trouble(tx).await?;
            let ids: Vec<Uuid> = filter.contact.into_iter().collect();
            let person = named(tx, &ids).await?.pop();
            let found = match asked.show.as_str() {
                _ if asked.is_lost(person.as_ref()) => (person, Vec::new(), Vec::new()),
                "done" => (person, Vec::new(), queries::done(tx, &filter, DoneCursor::of(after)).await?),
                _ => (person, queries::list(tx, &filter, TimeCursor::of(after)).await?, Vec::new()),
            };
            Ok((trouble, found))
        })
        .await?;
    let cursor = match asked.show.as_str() {
        "done" => done.get(paging::PAGE - 1).map(|row| paging::pack(&row.cursor())),
        _ => rows.get(paging::PAGE - 1).map(|row| paging::pack(&row.cursor())),
    };
    let here = user.here();
    let ((rows, has_more), (done, has_more_done)) = (paging::split(rows), paging::split(done));
    let page = Index {
        first: (!after.is_empty()).then(|| asked.url(None)),
        next: (has_more || has_more_done).then(|| asked.url(cursor)),
        groups: by_time(rows, here),
        done: done.into_iter().map(|row| DoneView::new(row, here)).collect(),
        notices: delivery::views::trouble(&trouble, layout.site().mailer.is_some(), &user),
        layout,
        asked,
        person,
        is_current: false,
    };
    if htmx.wants_block("results") { html(&page.as_results()) } else { html(&page) }
}
