//! Her answer to what the columns of a table are.

use std::path::PathBuf;

use actix_web::web::{self, Data, Path};
use actix_web::{HttpResponse, post};
use uuid::Uuid;

use super::views::{delimiter_of, quote_of};
use super::{Answer, MappingView};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::exchange::fields::Meaning;
use crate::exchange::model::{Import, State};
use crate::exchange::parts::{self, Part};
use crate::exchange::table::{Given, Guess, Layout};
use crate::exchange::{pages, queries};
use crate::jobs;
use crate::web::form::FormData;
use crate::web::{CsrfForm, Layout as Frame, see_other, see_other_with, unprocessable};

/// How a form says that the table is written; what it does not say is as it was.
fn given_by(form: &FormData, layout: &Layout) -> Given {
    let before = super::given(layout);
    let encoding = encoding_rs::Encoding::for_label(form.text("encoding").as_bytes());
    let has_header = match form.text("header") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => before.has_header,
    };
    let is_of_what_passed = match form.text("rows") {
        "passed" => Some(true),
        "people" => Some(false),
        _ => before.is_of_what_passed,
    };
    Given {
        encoding: encoding.map(|encoding| encoding.name().to_owned()).or(before.encoding),
        delimiter: delimiter_of(form.text("delimiter")).or(before.delimiter),
        quote: quote_of(form.text("quote")).or(before.quote),
        has_header,
        is_of_what_passed,
    }
}

/// The beginning of a table as the form says that it is written: its columns are what they were, as long as they are
/// the same columns.
async fn guess(data_dir: PathBuf, part: &Part, form: &FormData) -> Result<Option<Guess>, AppError> {
    let (part, before) = (part.clone(), part.layout()?);
    let given = given_by(form, &before);
    let guess = web::block(move || super::look(&data_dir, &part, &given)).await.map_err(anyhow::Error::from)?;
    // The file may be on another server, or gone: it waits no longer than a week.
    let Ok(mut guess) = guess else { return Ok(None) };
    let is_alike = guess.layout.is_of_what_passed == before.is_of_what_passed;
    if is_alike && guess.layout.header == before.header && guess.layout.columns.len() == before.columns.len() {
        guess.layout.columns.clone_from(&before.columns);
        guess.layout.day_first = before.day_first;
    }
    Ok(Some(guess))
}

/// The table that she is asked about, as `form` says that it is written; none where its file is gone.
pub(in crate::exchange) async fn view(
    data_dir: PathBuf,
    parts: &[Part],
    form: &FormData,
) -> Result<Option<MappingView>, AppError> {
    let Some(part) = super::asked(parts) else { return Ok(None) };
    let guess = guess(data_dir, part, form).await?;
    Ok(guess.map(|guess| MappingView::new(part.position, &part.file_name, &guess)))
}

/// Takes what the columns are, or that she wants to be asked again.
#[post("/imports/{id}/columns")]
pub(in crate::exchange) async fn columns(
    user: CurrentUser,
    db: Data<Db>,
    layout: Frame,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (url, data_dir) = (format!("/imports/{id}"), layout.site().data_dir.clone());
    if posted.text("do") == "again" {
        let is_asked = db.as_user(&user, async |tx| super::ask_again(tx, &data_dir, *id).await).await?;
        let gone = "The columns cannot be chosen again: the import is applied, or its file is gone.";
        return Ok(if is_asked { see_other(&url) } else { see_other_with(&layout, &url, gone, None) });
    }
    let (import, parts) =
        db.as_user(&user, async |tx| Ok((queries::find(tx, *id).await?, parts::of(tx, *id).await?))).await?;
    let asked = super::asked(&parts)
        .filter(|part| import.state() == State::Mapping && posted.text("position").parse() == Ok(part.position));
    let Some(part) = asked else {
        return Ok(see_other_with(&layout, &url, "The columns of this file are chosen already.", None));
    };
    let position = part.position;
    let answer = if posted.text("do") == "leave_out" {
        Answer::LeaveOut
    } else {
        match chosen(data_dir.clone(), part, &posted).await? {
            Ok(answer) => answer,
            Err(Some(view)) => return refused(&user, layout, import, *view),
            Err(None) => return Ok(see_other(&url)),
        }
    };
    db.as_user(&user, async |tx| super::answer(tx, &data_dir, *id, position, &answer).await).await?;
    jobs::ring();
    Ok(see_other(&url))
}

/// What she chose, or the page that says what is wrong with it; none where the file is gone.
async fn chosen(
    data_dir: PathBuf,
    part: &Part,
    posted: &FormData,
) -> Result<Result<Answer, Option<Box<MappingView>>>, AppError> {
    let Some(mut guess) = guess(data_dir, part, posted).await? else { return Ok(Err(None)) };
    let (mut unknown, mut count) = (None, 0);
    for (column, word) in guess.layout.columns.iter_mut().zip(posted.all("column[]")) {
        count += 1;
        match word.parse::<Meaning>() {
            Ok(meaning) => *column = meaning,
            Err(reason) => unknown = Some(reason),
        }
    }
    guess.layout.day_first = posted.text("days") == "day";
    let is_remembered = posted.has("remember");
    let error = if unknown.is_some() {
        unknown
    } else if count == 0 {
        Some("Say what the columns are.".to_owned())
    } else if guess.layout.is_of_what_passed && !guess.layout.tells_what_passed() {
        Some("Say which column holds when it was, and which with whom: a name, an e-mail address, or the id of a person whom another table brought.".to_owned())
    } else if !guess.layout.is_of_what_passed && !guess.layout.names_people() {
        Some("Say which column holds a name, an e-mail address, a phone number or an organization: without one nobody is named.".to_owned())
    } else {
        None
    };
    Ok(match error {
        None => Ok(Answer::Layout { layout: guess.layout, is_remembered }),
        Some(error) => {
            let mut view = MappingView::new(part.position, &part.file_name, &guess);
            view.is_remembered = is_remembered;
            view.error = Some(error);
            Err(Some(Box::new(view)))
        }
    })
}

fn refused(user: &CurrentUser, layout: Frame, import: Import, view: MappingView) -> Result<HttpResponse, AppError> {
    unprocessable(&pages::Show::mapping(layout, import, user, view))
}
