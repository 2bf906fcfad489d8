//! The list of changes, and the page of one.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use askama::Template;
use uuid::Uuid;

use super::queries::{self, Filter, RowCursor};
use super::views::{RowView, SetView, kept_until};
use crate::audit::queries::{Conflict, conflicts};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::paging::{self, TimeCursor};
use crate::web::{Htmx, Layout, Params, html};

/// A change set of more rows is not tried out before its page is shown: that would cost as much as the undo.
const TRIED: i64 = 200;

/// What the list can be narrowed to: the word of the URL, its label, and the tables.
const KINDS: [(&str, &str, &[&str]); 7] = [
    (
        "people",
        "People",
        &[
            "contacts",
            "contact_methods",
            "contact_dates",
            "contact_employments",
            "contact_tags",
            "contact_relations",
            "contact_fields",
        ],
    ),
    ("organizations", "Organizations", &["organizations"]),
    ("interactions", "Interactions", &["interactions", "interaction_participants"]),
    ("reminders", "Reminders", &["reminders", "reminder_occurrences"]),
    ("tags", "Tags", &["tags"]),
    ("fields", "Own fields", &["own_fields"]),
    ("imports", "Imports", &[]),
];

#[derive(Template)]
#[template(path = "history/index.html", blocks = ["results"])]
struct Index {
    layout: Layout,
    /// Whose history it is, where it is one person's.
    person: Option<(Uuid, String)>,
    kind: String,
    rows: Vec<SetView>,
    first: Option<String>,
    next: Option<String>,
}

impl Index {
    fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
        KINDS.iter().map(|(word, label, _)| (*word, *label))
    }
}

#[derive(Template)]
#[template(path = "history/show.html", blocks = ["change"])]
struct Show {
    layout: Layout,
    set: SetView,
    /// Until when it can be taken back, where the history is not kept for ever.
    until: Option<String>,
    rows: Vec<RowView>,
    /// What could not be taken back now, and why.
    conflicts: Vec<Conflict>,
    /// Of an undo: what it did not take back, the first of it.
    refused: Vec<Conflict>,
    first: Option<String>,
    next: Option<String>,
}

/// The list, of the account or of one person.
#[get("/history")]
pub(in crate::audit) async fn index(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let kind = KINDS.iter().find(|(word, ..)| *word == params.text("kind"));
    let word = kind.map_or("", |(word, ..)| word);
    let filter = Filter {
        contact: params.ids("contact").first().copied(),
        tables: kind.map_or(&[], |(.., tables)| tables),
        imports: word == "imports",
    };
    let after = TimeCursor::of(params.text("after"));
    let (sets, name) = db
        .as_user(&user, async |tx| {
            let name = match filter.contact {
                Some(contact) => Some(queries::name_of(tx, contact).await?),
                None => None,
            };
            Ok((queries::list(tx, &filter, after).await?, name))
        })
        .await?;
    let cursor = sets.get(paging::PAGE - 1).map(queries::Set::cursor);
    let (sets, has_next) = paging::split(sets);
    let here = user.here();
    let page = Index {
        first: after.map(|_| address(filter.contact, word, None)),
        next: cursor.filter(|_| has_next).map(|cursor| address(filter.contact, word, Some(cursor))),
        rows: sets.into_iter().map(|set| SetView::new(set, here)).collect::<Result<_, _>>()?,
        person: filter.contact.zip(name),
        kind: word.to_owned(),
        layout,
    };
    if htmx.wants_block("results") { html(&page.as_results()) } else { html(&page) }
}

fn address(contact: Option<Uuid>, kind: &str, after: Option<TimeCursor>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(contact) = contact {
        query.append_pair("contact", &contact.to_string());
    }
    if !kind.is_empty() {
        query.append_pair("kind", kind);
    }
    if let Some(cursor) = after {
        query.append_pair("after", &paging::pack(&cursor));
    }
    format!("/history?{}", query.finish()).trim_end_matches('?').to_owned()
}

/// One change set: every row before and after, and what could not be taken back any more.
#[get("/history/{id}")]
pub(in crate::audit) async fn show(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let after = paging::unpack(params.text("after")).filter(|cursor: &RowCursor| !cursor.table.contains('\0'));
    let (set, rows, conflicts) = db
        .as_user(&user, async |tx| {
            let set = queries::find(tx, *id).await?;
            let is_tried = set.undone_at.is_none()
                && set.undone_by.is_none()
                && set.import_id.is_none()
                && set.count <= TRIED
                && after.is_none();
            let rows = queries::rows(tx, *id, after.as_ref()).await?;
            let conflicts = if is_tried { conflicts(tx, *id).await? } else { Vec::new() };
            Ok((set, rows, conflicts))
        })
        .await?;
    let refused = set.refused()?;
    let here = user.here();
    let until = layout
        .site()
        .history_months
        .and_then(|months| kept_until(set.created_at, months))
        .map(|day| here.style.exact(day));
    let set = SetView::new(set, here)?;
    let cursor = rows.get(paging::PAGE - 1).map(|row| RowCursor { table: row.table_name.clone(), seq: row.seq });
    let (rows, has_next) = paging::split(rows);
    let page = Show {
        first: after.map(|_| set.url()),
        next: cursor.filter(|_| has_next).map(|cursor| format!("{}?after={}", set.url(), paging::pack(&cursor))),
        rows: rows.into_iter().map(|row| RowView::new(row, here)).collect(),
        layout,
        set,
        until,
        conflicts,
        refused,
    };
    if htmx.wants_block("change") { html(&page.as_change()) } else { html(&page) }
}
