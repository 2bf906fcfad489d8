//! The search page, whose results also fill the palette.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use askama::Template;
use uuid::Uuid;

use super::lexical::{self, Answer};
use super::logging::{Command, Logging, is_command};
use super::queries::{self, Found, Group};
use super::reminding::{self, Reminding};
use crate::contacts::views::what;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::avatar::Avatar;
use crate::web::{Htmx, Layout, Params, html};

/// Rows of the palette, and of the page.
const FEW: i32 = 8;
const MANY: i32 = 50;
/// More is no search; what is longer is cut before it is shown again.
const LONGEST: usize = 200;
/// What is logged may be longer; more is for the form.
const LONGEST_COMMAND: usize = 4000;

#[derive(Template)]
#[template(path = "search/index.html", blocks = ["results"])]
struct Index {
    layout: Layout,
    q: String,
    people: Vec<PersonView>,
    corrected: Option<String>,
    organizations: Vec<Group>,
    tags: Vec<Group>,
    /// Where the list shows all of them, when there may be more.
    all: Option<String>,
    is_palette: bool,
    /// What is typed behind a `>`, and what it would log.
    is_command: bool,
    logging: Option<Logging>,
    /// What it would be a reminder of.
    reminding: Option<Reminding>,
}

impl Index {
    /// The page of this search: the palette leads there where a person has to be chosen.
    fn url(&self) -> String {
        format!("/search?{}", url::form_urlencoded::Serializer::new(String::new()).append_pair("q", &self.q).finish())
    }

    fn found_nothing(&self) -> bool {
        self.people.is_empty() && self.organizations.is_empty() && self.tags.is_empty()
    }
}

/// One line of the results.
struct PersonView {
    id: Uuid,
    name: String,
    avatar: Avatar,
    what: String,
}

impl From<Found> for PersonView {
    fn from(found: Found) -> Self {
        Self {
            id: found.id,
            avatar: Avatar::titled(found.id, &found.display_name, found.name_prefix.as_deref()),
            what: what(found.title.as_deref(), found.organization.as_deref()),
            name: found.display_name,
        }
    }
}

/// The page, or the block that the palette or the page's own field swaps.
#[get("/search")]
pub(super) async fn search(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let longest = if is_command(params.text("q")) { LONGEST_COMMAND } else { LONGEST };
    let q: String = params.text("q").chars().filter(|c| !c.is_control()).take(longest).collect();
    let is_palette = htmx.wants_block("palette-results");
    if is_command(&q) {
        return command(&user, &db, layout, &htmx, q).await;
    }
    let most = if is_palette { FEW } else { MANY };
    let (answer, groups) = db
        .as_user(&user, async |tx| {
            // A letter or two begin half of all organizations.
            let groups = if q.trim().chars().count() > 2 { queries::groups(tx, q.trim()).await? } else { Vec::new() };
            Ok((lexical::find(tx, &q, most).await?, groups))
        })
        .await?;
    let page = index(layout, q, answer, groups, is_palette);
    if is_palette || htmx.wants_block("search-results") { html(&page.as_results()) } else { html(&page) }
}

/// What a command would do.
async fn command(
    user: &CurrentUser,
    db: &Db,
    layout: Layout,
    htmx: &Htmx,
    q: String,
) -> Result<HttpResponse, AppError> {
    let here = user.here();
    let (mut logging, mut reminding) = (None, None);
    if let Some(command) = reminding::Command::parse(&q, here) {
        reminding = Some(db.as_user(user, async |tx| Reminding::of(tx, command.clone(), here).await).await?);
    } else if let Some(command) = Command::parse(&q, here) {
        logging = Some(db.as_user(user, async |tx| Logging::of(tx, command.clone(), here).await).await?);
    }
    let is_palette = htmx.wants_block("palette-results");
    let answer = index(layout, q, Answer::default(), Vec::new(), is_palette);
    let page = Index { is_command: true, logging, reminding, ..answer };
    if is_palette || htmx.wants_block("search-results") { html(&page.as_results()) } else { html(&page) }
}

fn index(layout: Layout, q: String, answer: Answer, groups: Vec<Group>, is_palette: bool) -> Index {
    let most = if is_palette { FEW } else { MANY };
    let words = answer.corrected.as_ref().unwrap_or(&q);
    let list = || {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", words).finish();
        format!("/contacts?{query}")
    };
    let all = (i32::try_from(answer.people.len()) == Ok(most)).then(list);
    let (organizations, tags) = groups.into_iter().partition(|group| group.kind == "organization");
    Index {
        people: answer.people.into_iter().map(PersonView::from).collect(),
        corrected: answer.corrected,
        layout,
        q,
        organizations,
        tags,
        all,
        is_palette,
        is_command: false,
        logging: None,
        reminding: None,
    }
}
