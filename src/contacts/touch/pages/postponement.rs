//! Somebody put off: to tomorrow, next week, a day. It fakes no contact, and each of it can be taken back.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::{Swapped, wants_row};
use crate::contacts::pages::url;
use crate::contacts::queries::name_of;
use crate::contacts::touch::queries::{self, Touch};
use crate::contacts::touch::views::{self, TouchView, chosen, postponed};
use crate::dates::Here;
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::web::page::{changed_by, is_local, leaves, left};
use crate::web::{CsrfForm, Field, FormData, Htmx, Layout, Params, html, unprocessable};

/// Days that somebody is put off for at most, as many as a cadence has.
const FARTHEST: i64 = 3660;

#[derive(Template)]
#[template(path = "touch/postponement.html")]
struct Postponement {
    layout: Layout,
    id: Uuid,
    name: String,
    /// When she is due now; none without a cadence.
    due: Option<String>,
    choices: Vec<(&'static str, &'static str)>,
    /// A day, as it is typed.
    postponed_until: Field,
    next: String,
}

impl Postponement {
    fn new(
        layout: Layout,
        (id, name, touch): (Uuid, String, Option<&Touch>),
        (postponed_until, next): (Field, &str),
        here: Here,
    ) -> Self {
        let choices = touch.map(|touch| views::choices(touch.natural(), here.today)).unwrap_or_default();
        let due = touch.map(|touch| here.style.exact(touch.due));
        Self { layout, id, name, due, choices, postponed_until, next: next.to_owned() }
    }

    fn back(&self) -> String {
        if is_local(&self.next) { self.next.clone() } else { url(self.id) }
    }

    fn action(&self) -> String {
        views::postponement_url(self.id)
    }
}

/// Her name, and how she stands with her cadence, if she has one.
async fn open(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(String, Option<Touch>), AppError> {
    Ok((name_of(tx, id).await?, queries::find(tx, id).await?))
}

/// The page that asks until when, or the row that does and, with `asks=no`, does no more.
#[get("/contacts/{id}/postponement")]
pub(in crate::contacts) async fn ask(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let (name, touch) = db.as_user(&user, async |tx| open(tx, *id).await).await?;
    let here = user.here();
    match touch {
        Some(touch) if wants_row(&htmx, *id) => {
            let row = TouchView::new(touch, here).standing_on(params.text("next"));
            let row = TouchView { is_asking: params.text("asks") != "no", ..row };
            html(&Swapped { layout, row, is_current: true })
        }
        touch => {
            let typed = (Field::default(), params.text("next"));
            html(&Postponement::new(layout, (*id, name, touch.as_ref()), typed, here))
        }
    }
}

/// Puts her off.
#[post("/contacts/{id}/postponement")]
pub(in crate::contacts) async fn postpone(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let here = user.here();
    let (name, touch) = db.as_user(&user, async |tx| open(tx, *id).await).await?;
    let mut typed = Field::of(&posted, "postponed_until");
    let Some(until) = until(&mut typed, posted.text("choice"), touch.as_ref(), here)? else {
        let typed = (typed, posted.text("next"));
        return unprocessable(&Postponement::new(layout, (*id, name, touch.as_ref()), typed, here));
    };
    let (touch, change_set) = db
        .as_user(&user, async |tx| {
            queries::postpone(tx, *id, Some(until)).await?;
            Ok((queries::find(tx, *id).await?, tx.changes().await?))
        })
        .await?;
    match touch.filter(|_| wants_row(&htmx, *id)) {
        Some(_) if leaves(&posted) => {
            left(layout, format!("{name}: {}", low(&postponed(until, here.style))), change_set)
        }
        Some(touch) => {
            let settled = Some((postponed(until, here.style), change_set));
            let row = TouchView::new(touch, here).standing_on(posted.text("next"));
            let row = TouchView { settled, ..row };
            html(&Swapped { layout, row, is_current: true })
        }
        None => Ok(changed_by(
            &layout,
            &way_back(&posted, *id),
            format!("{name}: {}", low(&postponed(until, here.style))),
            change_set,
        )),
    }
}

/// Takes that back: she is due as her cadence has it.
#[post("/contacts/{id}/postponement/removal")]
pub(in crate::contacts) async fn take_back(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (name, change_set) = db
        .as_user(&user, async |tx| {
            let name = name_of(tx, *id).await?;
            queries::postpone(tx, *id, None).await?;
            Ok((name, tx.changes().await?))
        })
        .await?;
    Ok(changed_by(&layout, &way_back(&posted, *id), format!("{name} is postponed no longer."), change_set))
}

/// Until when, or what is wrong with it.
fn until(typed: &mut Field, choice: &str, touch: Option<&Touch>, here: Here) -> Result<Option<NaiveDate>, AppError> {
    let today = here.today;
    let day = match (choice, chosen(choice, today)) {
        ("", _) => typed.typed_date(here.style),
        (_, None) => return Err(AppError::BadRequest("There is no such day to postpone to.".to_owned())),
        (_, day) => day,
    };
    let Some(touch) = touch else {
        typed.refuse("There is no rhythm that could be postponed: say first how often.");
        return Ok(None);
    };
    match day {
        None => typed.refuse("Say until when, as 2027-05-03."),
        Some(day) if day <= today => typed.refuse("That is not to come: choose a later day."),
        Some(day) if (day - today).num_days() > FARTHEST => typed.refuse("That is more than ten years ahead."),
        Some(day) if day <= touch.natural() => {
            typed.refuse(format!("Not due before {} anyway: choose a later day.", here.style.exact(touch.natural())));
        }
        Some(day) => return Ok(Some(day)),
    }
    Ok(None)
}

/// Where a form leads back to: the list that it was sent from, else her page.
fn way_back(posted: &FormData, id: Uuid) -> String {
    Some(posted.text("next")).filter(|next| is_local(next)).map_or_else(|| url(id), str::to_owned)
}

fn low(words: &str) -> String {
    let (first, rest) = words.split_at(1);
    format!("{}{rest}", first.to_lowercase())
}
