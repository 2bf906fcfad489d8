//! Into the trash and out of it. Everything that hangs on a person stays with her meanwhile. Whoever is there already
//! stays there: a button that is pressed twice does no harm.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use url::Url;
use uuid::Uuid;

use super::url;
use crate::contacts::asked::Asked;
use crate::contacts::queries;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::{CsrfForm, FormData, Layout, see_other_with};

/// Puts her into the trash, and leads to whoever stands behind her in the list.
#[post("/contacts/{id}/trash")]
pub(in crate::contacts) async fn trash(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    req: HttpRequest,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let list = left(&req, &posted);
    let (name, next, change_set) = db
        .as_user(&user, async |tx| {
            let contact = queries::find(tx, *id).await?;
            let next = match list.filter(tx).await? {
                Some(filter) => queries::behind(tx, &filter, list.sort, *id).await?,
                None => None,
            };
            queries::set_trashed(tx, &[*id], true).await?;
            Ok((contact.person.shown_name(), next, tx.changes().await?))
        })
        .await?;
    let next = next.map(|id| format!("#{id}")).unwrap_or_default();
    let place = format!("{}{next}", list.url(list.after.as_ref()));
    Ok(see_other_with(&layout, &place, format!("{name} is in the trash."), change_set))
}

/// The list that she leaves: the one beside which she was read, else the one that her own page leads back to.
fn left(req: &HttpRequest, posted: &FormData) -> Asked {
    let page = req.headers().get(header::REFERER).and_then(|page| page.to_str().ok()?.parse::<Url>().ok());
    let beside = page.as_ref().filter(|page| page.path() == "/contacts").and_then(Url::query);
    let query = beside.unwrap_or_else(|| posted.text("list").trim_start_matches('?'));
    Asked::of(&FormData::parse(query.as_bytes()))
}

/// Takes her out of it, with every link.
#[post("/contacts/{id}/restoration")]
pub(in crate::contacts) async fn restore(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (name, change_set) = db
        .as_user(&user, async |tx| {
            let contact = queries::find(tx, *id).await?;
            queries::set_trashed(tx, &[*id], false).await?;
            Ok((contact.person.shown_name(), tx.changes().await?))
        })
        .await?;
    Ok(see_other_with(&layout, &url(*id), format!("{name} is back."), change_set))
}
