//! Whoever is due, the longest overdue first, and who comes next.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use askama::Template;

use crate::contacts::touch::queries::{self, Cursor, Listed, Which};
use crate::contacts::touch::views::{LIST, TouchView};
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::web::{Layout, Params, html, paging};

#[derive(Template)]
#[template(path = "touch/index.html")]
struct Index {
    layout: Layout,
    which: Which,
    rows: Vec<TouchView>,
    count: i64,
    is_more: bool,
    /// Who is next of the other list, where there is nobody on this one.
    other: Option<TouchView>,
    first: Option<String>,
    next: Option<String>,
    is_current: bool,
}

impl Index {
    fn is_due(&self) -> bool {
        self.which == Which::Due
    }

    fn tab(&self) -> &'static str {
        if self.is_due() { "due" } else { "coming" }
    }
}

/// The list: whoever is due, or with `coming` who comes next.
#[get("/keep-in-touch")]
pub(in crate::contacts) async fn index(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let which = if params.has("coming") { Which::Coming } else { Which::Due };
    let after = Cursor::of(params.text("after"));
    let here = user.here();
    let today = here.today;
    let work = async |tx: &mut TenantTx<'_>| {
        let listed = queries::list(tx, which, today, after).await?;
        // An empty list says what is on the other one.
        let other = match which {
            _ if !listed.people.is_empty() => None,
            Which::Due => queries::first(tx, Which::Coming, today).await?,
            Which::Coming => queries::first(tx, Which::Due, today).await?,
        };
        Ok((listed, other))
    };
    let (Listed { people, count, is_more }, other) = db.as_user(&user, work).await?;
    let cursor = people.get(paging::PAGE - 1).map(queries::Touch::cursor);
    let (people, has_next) = paging::split(people);
    let view = |touch| TouchView::new(touch, here);
    html(&Index {
        layout,
        which,
        rows: people.into_iter().map(view).collect(),
        count,
        is_more,
        other: other.map(view),
        first: after.map(|_| url(which, None)),
        next: cursor.filter(|_| has_next).map(|cursor| url(which, Some(cursor))),
        is_current: false,
    })
}

/// The address of a list behind a row.
fn url(which: Which, after: Option<Cursor>) -> String {
    let coming = (which == Which::Coming).then(|| "coming".to_owned());
    let after = after.map(|cursor| format!("after={}", paging::pack(&cursor)));
    let query: Vec<String> = coming.into_iter().chain(after).collect();
    if query.is_empty() { LIST.to_owned() } else { format!("{LIST}?{}", query.join("&")) }
}
