//! What she decides of records: the values of which side stand, and whom a record is about.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use uuid::Uuid;

use super::model::{Choice, State, Status};
use super::{items, queries};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::{CsrfForm, Layout, see_other_with};

/// The record that is meant; none where all of a word are.
fn position_of(posted: &CsrfForm) -> Result<Option<i32>, std::num::ParseIntError> {
    if posted.has("position") { posted.text("position").parse().map(Some) } else { Ok(None) }
}

/// What she decides of one record, or of all that have a word.
#[post("/imports/{id}/choices")]
pub(super) async fn choose(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let status =
        Status::of(posted.text("status")).filter(|status| matches!(status, Status::Doubtful | Status::Ignored));
    let choice = Choice::of(posted.text("choice"));
    let is_choice = choice.is_some() || posted.text("choice") == "later";
    let (Some(status), true, Ok(position)) = (status, is_choice, position_of(&posted)) else {
        return Err(AppError::BadRequest("Say what is to become of the card.".to_owned()));
    };
    // Whom one does not have cannot be merged into.
    if status == Status::Ignored && !matches!(choice, None | Some(Choice::New)) {
        return Err(AppError::BadRequest("An ignored card can only be imported as somebody new.".to_owned()));
    }
    let decided = db
        .as_user(&user, async |tx| {
            let import = queries::lock(tx, *id).await?;
            match import.state() {
                // Of what passed nothing is decided so: its file is read once.
                _ if import.passing.is_some() => Ok(0),
                State::Preview | State::Done => items::choose(tx, *id, position, status, choice).await,
                _ => Ok(0),
            }
        })
        .await?;
    let url = place(*id, status, posted.text("stay"), posted.text("next").parse().ok());
    let message = match decided {
        0 => "There was nothing to decide.".to_owned(),
        1 => "Noted. It takes effect when you apply the import.".to_owned(),
        many => {
            format!("Noted for {} cards. It takes effect when you apply the import.", crate::web::number::grouped(many))
        }
    };
    Ok(see_other_with(&layout, &url, message, None))
}

/// The list of a word, on the page that is behind `stay`, at a record.
pub(super) fn place(id: Uuid, status: Status, stay: &str, record: Option<i32>) -> String {
    let mut url = format!("/imports/{id}?status={}", status.as_str());
    if !stay.is_empty() {
        let stay: String = url::form_urlencoded::byte_serialize(stay.as_bytes()).collect();
        url = format!("{url}&after={stay}");
    }
    match record {
        Some(record) => format!("{url}#record-{record}"),
        None => url,
    }
}
