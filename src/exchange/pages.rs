//! The pages of imports: the list with its upload form, and one import from reading to undo.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use super::apply as applying;
use super::intake::{self, Incoming, Keeping};
use super::items;
use super::lacking;
use super::mapping::{self, MappingView};
use super::model::{Import, State, Status};
use super::parts::{self, Part};
use super::passed::{self, AskingView, Passing};
use super::payload::Payload;
use super::preview::{self, ItemView};
use super::queries;
use super::views::{ImportView, WordLink, word_links};
use crate::allowance;
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::jobs;
use crate::web::paging::TimeCursor;
use crate::web::upload::{self, Received};
use crate::web::{CsrfForm, Field, Htmx, Layout, Params, html, paging, see_other, see_other_with};

#[derive(Template)]
#[template(path = "exchange/imports.html")]
struct Index {
    layout: Layout,
    file: Field,
    /// Whether mail to lists is to come in too.
    with_lists: bool,
    limit: u64,
    /// Why no file can be taken in now.
    full: Option<String>,
    rows: Vec<ImportView>,
    first: Option<String>,
    next: Option<String>,
}

async fn index_page(
    user: &CurrentUser,
    db: &Db,
    layout: Layout,
    params: &Params,
    file: Field,
) -> Result<Index, AppError> {
    let cursor = TimeCursor::of(params.text("after"));
    let (rows, full) = db
        .as_user(user, async |tx| {
            let full = allowance::refusal_of_file(tx, user.time_zone(), 0).await?;
            Ok((queries::list(tx, cursor).await?, full))
        })
        .await?;
    let (rows, is_more) = paging::split(rows);
    let behind =
        rows.last().filter(|_| is_more).map(|row| paging::pack(&TimeCursor { at: row.created_at, id: row.id }));
    Ok(Index {
        limit: layout.site().upload_limit >> 20,
        layout,
        file,
        with_lists: params.has("lists"),
        full,
        rows: rows.into_iter().map(|row| ImportView::new(row, user)).collect(),
        first: cursor.map(|_| "/imports".to_owned()),
        next: behind.map(|cursor| format!("/imports?after={cursor}")),
    })
}

/// The list and the upload form.
#[get("/imports")]
pub(super) async fn index(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    params: Params,
) -> Result<HttpResponse, AppError> {
    html(&index_page(&user, &db, layout, &params, Field::default()).await?)
}

/// Takes a file in and has it read.
#[post("/imports")]
pub(super) async fn create(
    req: HttpRequest,
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    params: Params,
    body: Multipart,
) -> Result<HttpResponse, AppError> {
    let (data_dir, limit) = (layout.site().data_dir.clone(), layout.site().upload_limit);
    let (status, reason) = match upload::receive(&req, body, limit, || Keeping::create(&data_dir)).await? {
        Received::File(keeping, name, size) => {
            let (kept, name) = (keeping.synced().await?, intake::shown_name(&name));
            let with_lists = params.has("lists");
            let incoming = Incoming { name: &name, size, format: "auto", limit, with_lists };
            match kept.record(&db, &user, &data_dir, incoming).await {
                Ok(id) => return Ok(see_other(&format!("/imports/{id}"))),
                Err(AppError::Limit(says)) => (StatusCode::UNPROCESSABLE_ENTITY, says),
                Err(error) => return Err(error),
            }
        }
        Received::Nothing => (StatusCode::UNPROCESSABLE_ENTITY, "Choose a file.".to_owned()),
        Received::Unnamed => {
            let reason = "The name of the file cannot be read. Rename it, and send it again.";
            (StatusCode::UNPROCESSABLE_ENTITY, reason.to_owned())
        }
        Received::Empty => (StatusCode::UNPROCESSABLE_ENTITY, "The file is empty.".to_owned()),
        Received::TooLarge => {
            let reason = format!(
                "The file is larger than {} MB, the most that is taken. Split it, and import its parts.",
                limit >> 20
            );
            (StatusCode::PAYLOAD_TOO_LARGE, reason)
        }
    };
    let mut file = Field::default();
    file.refuse(reason);
    let mut response = html(&index_page(&user, &db, layout, &params, file).await?)?;
    *response.status_mut() = status;
    Ok(response)
}

#[derive(Template)]
#[template(path = "exchange/import.html", blocks = ["import"])]
pub(super) struct Show {
    layout: Layout,
    import: ImportView,
    mapping: Option<MappingView>,
    asking: Option<AskingView>,
    left_out: Vec<Part>,
    /// Why it cannot be applied as it is, and what of it she would not see.
    warnings: Vec<String>,
    can_ask_again: bool,
    /// Whether she decided something since it was applied.
    is_decided: bool,
    words: Vec<WordLink>,
    status: Status,
    items: Vec<ItemView>,
    /// Of the page that is shown, to come back to it.
    stay: String,
    first: Option<String>,
    next: Option<String>,
}

impl Show {
    /// An import of which the columns of a table are asked.
    pub fn mapping(layout: Layout, import: Import, user: &CurrentUser, mapping: MappingView) -> Self {
        let mut page = Self::bare(layout, import, user);
        page.import.says.clone_from(&mapping.says);
        Self { mapping: Some(mapping), ..page }
    }

    /// An import of which her addresses are asked.
    pub fn asking(layout: Layout, import: Import, user: &CurrentUser, asking: AskingView) -> Self {
        Self { asking: Some(asking), ..Self::bare(layout, import, user) }
    }

    /// Without records.
    fn bare(layout: Layout, import: Import, user: &CurrentUser) -> Self {
        Self {
            layout,
            mapping: None,
            asking: None,
            left_out: Vec::new(),
            warnings: Vec::new(),
            can_ask_again: false,
            is_decided: false,
            words: Vec::new(),
            status: Status::New,
            import: ImportView::new(import, user),
            items: Vec::new(),
            stay: String::new(),
            first: None,
            next: None,
        }
    }

    fn is_running(&self) -> bool {
        self.import.is_running
    }
}

/// One import: its progress while something runs, else its records by word.
#[get("/imports/{id}")]
pub(super) async fn show(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let after: i32 = paging::unpack(params.text("after")).unwrap_or(0);
    let (import, parts, status, items, warnings, is_decided) = db
        .as_user(&user, async |tx| {
            let import = queries::find(tx, *id).await?;
            let parts = parts::of(tx, *id).await?;
            let status = Status::of(params.text("status")).unwrap_or_else(|| first_word(&import.counts));
            let items = match &import.passing {
                Some(_) => passed::items(tx, &import, status, after).await?,
                None => preview::items(tx, &import, status, after, user.dates()).await?,
            };
            let warnings = warnings(tx, &import).await?;
            let is_decided = import.state() == State::Done && items::waiting(tx, *id).await? > 0;
            Ok((import, parts, status, items, warnings, is_decided))
        })
        .await?;
    let data_dir = layout.site().data_dir.clone();
    if import.state() == State::Mapping
        && let Some(view) = mapping::pages::view(data_dir.clone(), &parts, &params).await?
    {
        let page = Show::mapping(layout, import, &user, view);
        return if htmx.wants_block("import") { html(&page.as_import()) } else { html(&page) };
    }
    let asked = Passing::of(&import)?.filter(|_| import.state() == State::Asking);
    let is_lost = import.state() == State::Mapping;
    let (mut items, is_more) = paging::split(items);
    let behind = items.last().filter(|_| is_more).map(|item| paging::pack(&item.position));
    preview::follow(&mut items);
    let url = |after: Option<String>| match after {
        Some(after) => format!("/imports/{id}?status={}&after={after}", status.as_str()),
        None => format!("/imports/{id}?status={}", status.as_str()),
    };
    let mut page = Show {
        layout,
        mapping: None,
        asking: asked.as_ref().map(AskingView::new),
        warnings,
        is_decided,
        can_ask_again: import.state() == State::Preview && mapping::can_ask_again(&data_dir, &parts),
        left_out: parts.into_iter().filter(|part| !part.is_read()).collect(),
        words: word_links(&import, status),
        import: ImportView::new(import, &user),
        status,
        items,
        stay: if after > 0 { paging::pack(&after) } else { String::new() },
        first: (after > 0).then(|| url(None)),
        next: behind.map(|after| url(Some(after))),
    };
    if is_lost {
        let gone = "The file is not on this server any more. Cancel this import, and send the file again.";
        page.import.error = Some(gone.to_owned());
    }
    if htmx.wants_block("import") { html(&page.as_import()) } else { html(&page) }
}

async fn warnings(tx: &mut TenantTx<'_>, import: &Import) -> Result<Vec<String>, AppError> {
    let limit = if import.state() == State::Preview { applying::refusal(tx, import.id).await? } else { None };
    Ok(limit.into_iter().chain(lacking::says(tx, import).await?).collect())
}

/// What she is shown first: what needs her, else what there is.
fn first_word(counts: &super::model::Counts) -> Status {
    use Status::{Changed, Doubtful, Ignored, New, Unchanged, Unreadable};
    [Doubtful, Changed, New, Unreadable, Ignored, Unchanged]
        .into_iter()
        .find(|word| counts.of(*word) > 0)
        .unwrap_or(New)
}

/// Applies what is new and changed, and what she decided.
#[post("/imports/{id}/application")]
pub(super) async fn apply(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let url = format!("/imports/{id}");
    let is_begun = match db.as_user(&user, async |tx| applying::begin(tx, *id).await).await {
        Err(AppError::Limit(says)) => return Ok(see_other_with(&layout, &url, says, None)),
        begun => begun?,
    };
    if !is_begun {
        return Ok(see_other_with(&layout, &url, "There is nothing to apply now.", None));
    }
    // Its columns cannot be chosen again now.
    intake::forget(&layout.site().data_dir, *id);
    jobs::ring();
    Ok(see_other(&url))
}

/// Gives an import up. What was applied of it is taken back whole.
#[post("/imports/{id}/cancellation")]
pub(super) async fn cancel(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    db.as_user(&user, async |tx| give_up(tx, *id).await).await?;
    // A job that reads it has it open, and ends at its next batch.
    intake::forget(&layout.site().data_dir, *id);
    jobs::ring();
    Ok(see_other(&format!("/imports/{id}")))
}

async fn give_up(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let import = queries::lock(tx, id).await?;
    if matches!(import.state(), State::Done | State::Cancelled | State::Undone) {
        return Ok(());
    }
    queries::end(tx, id, State::Cancelled, None).await?;
    if import.change_set_id.is_some() {
        let payload = serde_json::to_value(Payload::of_import(id)).map_err(anyhow::Error::from)?;
        jobs::enqueue(tx, applying::TAKE_BACK, &payload, None).await?;
    }
    Ok(())
}
