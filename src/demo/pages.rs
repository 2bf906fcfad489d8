//! The button that makes the example people.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};

use super::making::{Made, make};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::{CsrfForm, Layout, see_other_with};

/// Makes them; the message's Undo takes them back, and so does a button of the settings.
#[post("/demo")]
pub(super) async fn create(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (says, undo) = match db.as_user_for_job(&user, async |tx| make(tx, &user).await).await {
        Ok(Made::Made(people, change_set)) => {
            (format!("{people} example people are here. The settings take them away again."), Some(change_set))
        }
        Ok(Made::Already(_)) => ("The example people are here already. The settings take them away.".to_owned(), None),
        Err(AppError::Limit(says)) => (says, None),
        Err(error) => return Err(error),
    };
    Ok(see_other_with(&layout, "/contacts", says, undo))
}
