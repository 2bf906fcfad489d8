//! What keeps the instance itself in order: its health, as load balancers and people ask for it.

use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpResponse, get};

use crate::db::Db;
use crate::error::AppError;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(healthz).service(readyz);
}

/// The process answers.
#[get("/healthz")]
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// The process answers and so does its database.
#[get("/readyz")]
async fn readyz(db: Data<Db>) -> Result<HttpResponse, AppError> {
    db.anonymous().ping().await?;
    Ok(HttpResponse::Ok().content_type("text/plain").body("ready\n"))
}
