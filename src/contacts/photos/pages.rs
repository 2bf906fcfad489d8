//! The photo of one person: the form, and the picture itself.

use actix_multipart::Multipart;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use super::picture::MAX_BYTES;
use super::queries::{self, Given};
use super::{Photo, photo_of};
use crate::allowance;
use crate::contacts::pages::url;
use crate::contacts::queries::hold;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::avatar::Avatar;
use crate::web::page::{changed_by, is_known};
use crate::web::upload::{self, Received};
use crate::web::{CsrfForm, Field, Layout, html};

#[derive(Template)]
#[template(path = "contacts/photo_form.html")]
struct Form {
    layout: Layout,
    id: Uuid,
    name: String,
    avatar: Avatar,
    photo: Option<String>,
    file: Field,
}

impl Form {
    fn action(&self) -> String {
        form_url(self.id)
    }
    fn removal(&self) -> String {
        format!("/contacts/{}/photo/removal", self.id)
    }
    fn back(&self) -> String {
        url(self.id)
    }
}

/// The form of somebody's photo.
#[must_use]
pub fn form_url(contact: Uuid) -> String {
    format!("/contacts/{contact}/photo")
}

/// The address of the picture itself: another one has another address.
#[must_use]
pub fn picture_url(contact: Uuid, photo: Uuid) -> String {
    format!("/contacts/{contact}/photo/{photo}")
}

async fn form_of(user: &CurrentUser, db: &Db, layout: Layout, id: Uuid, file: Field) -> Result<Form, AppError> {
    let shown = db.as_user(user, async |tx| queries::shown(tx, id).await).await?;
    let photo = shown.photo_id.map(|photo| picture_url(id, photo));
    let avatar = Avatar::titled(id, &shown.display_name, shown.name_prefix.as_deref());
    Ok(Form { layout, id, avatar, name: shown.display_name, photo, file })
}

/// The form.
#[get("/contacts/{id}/photo")]
pub(in crate::contacts) async fn edit(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
) -> Result<HttpResponse, AppError> {
    html(&form_of(&user, &db, layout, *id, Field::default()).await?)
}

/// Takes a picture in, and gives her what is made of it.
#[post("/contacts/{id}/photo")]
pub(in crate::contacts) async fn update(
    req: HttpRequest,
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    body: Multipart,
) -> Result<HttpResponse, AppError> {
    let unread = |reason: &str| (StatusCode::UNPROCESSABLE_ENTITY, reason.to_owned());
    let (status, reason) = match upload::receive(&req, body, MAX_BYTES, || Ok(Vec::new())).await? {
        Received::File(bytes, ..) => match photo_of(bytes).await? {
            Ok(photo) => match save(&user, &db, *id, &photo).await {
                Ok(change_set) => return Ok(changed_by(&layout, &url(*id), "The photo is saved.", change_set)),
                Err(AppError::Limit(says)) => unread(&says),
                Err(error) => return Err(error),
            },
            Err(reason) => unread(reason),
        },
        Received::Nothing => unread("Choose a picture."),
        Received::Unnamed => unread("The name of the file cannot be read. Rename it."),
        Received::Empty => unread("The file is empty."),
        Received::TooLarge => {
            let reason = "The file is larger than 10 MB. Make the picture smaller, and choose it again.";
            (StatusCode::PAYLOAD_TOO_LARGE, reason.to_owned())
        }
    };
    let mut file = Field::default();
    file.refuse(reason);
    let mut response = html(&form_of(&user, &db, layout, *id, file).await?)?;
    *response.status_mut() = status;
    Ok(response)
}

async fn save(user: &CurrentUser, db: &Db, id: Uuid, photo: &Photo) -> Result<Option<Uuid>, AppError> {
    let size = i64::try_from(photo.bytes.len()).unwrap_or(i64::MAX);
    db.as_user(user, async |tx| {
        hold(tx, id).await?;
        if let Some(says) = allowance::refusal_of_bytes(tx, size).await? {
            return Err(AppError::Limit(says));
        }
        queries::keep(tx, std::slice::from_ref(photo)).await?;
        queries::give(tx, &[Given { contact: id, photo: photo.id, source: photo.source_id }]).await?;
        tx.changes().await
    })
    .await
}

/// Takes the photo away: her initials stand in its place.
#[post("/contacts/{id}/photo/removal")]
pub(in crate::contacts) async fn remove(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let change_set = db
        .as_user(&user, async |tx| {
            hold(tx, *id).await?;
            queries::take(tx, &[*id]).await?;
            tx.changes().await
        })
        .await?;
    Ok(changed_by(&layout, &url(*id), "The photo is removed.", change_set))
}

/// The picture itself, for the eyes of whoever is signed in and no other page's: whatever its bytes were, a browser
/// makes nothing but a picture of them. It is asked for anew each time, and sent only where the browser has another.
#[get("/contacts/{id}/photo/{photo}")]
pub(in crate::contacts) async fn picture(
    req: HttpRequest,
    user: CurrentUser,
    db: Data<Db>,
    path: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, AppError> {
    let (id, photo) = path.into_inner();
    let bytes = db.as_user(&user, async |tx| queries::bytes(tx, id, photo).await).await?;
    let tag = format!("\"{photo}\"");
    let is_known = is_known(&req, &tag);
    let mut reply = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    reply
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Cookie"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"))
        .insert_header((header::CONTENT_DISPOSITION, "inline; filename=\"photo.jpg\""))
        .insert_header(("cross-origin-resource-policy", "same-origin"));
    if is_known {
        return Ok(reply.finish());
    }
    Ok(reply.content_type("image/jpeg").body(bytes))
}
