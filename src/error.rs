//! What can go wrong in a request. The variants are what the visitor can act on; everything else is
//! `Internal`, logged once here and shown as no more than a request id.

use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use uuid::Uuid;

/// The error of every handler and of every unit of database work.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The row does not exist, or is somebody else's: whether it exists is itself private.
    #[error("not found")]
    NotFound,
    /// No live session: the visitor is led to the sign-in page, and from there to this path.
    #[error("sign in first")]
    SignedOut(String),
    /// The row was changed since the form was opened.
    #[error("changed elsewhere")]
    Conflict,
    /// The request did not come from a page of ours, or asks for what this user may not do.
    #[error("{0}")]
    Forbidden(&'static str),
    /// No page of Kith's is asked for in this way.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The request took longer to arrive than anybody waits.
    #[error("too slow")]
    TooSlow,
    /// The body is larger than its route takes.
    #[error("too large")]
    TooLarge,
    /// Too many tries; the duration is how long to wait.
    #[error("too many tries")]
    TooMany(Duration),
    /// The request cannot be understood; the text says why, in words for a person.
    #[error("{0}")]
    BadRequest(String),
    /// More than the account's tier takes; the text says what is full and what helps, in words for a person.
    #[error("{0}")]
    Limit(String),
    /// The database does not answer.
    #[error("the database does not answer")]
    Unavailable,
    /// Anything else.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

/// The SQLSTATE classes and codes after which a transaction may simply be tried again
/// (PostgreSQL manual, appendix A): serialization failure and deadlock.
pub(crate) fn is_retryable(error: &AppError) -> bool {
    matches!(error, AppError::Internal(cause)
        if matches!(cause.downcast_ref::<diesel::result::Error>(),
            Some(diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::SerializationFailure, _)))
        || cause.to_string().contains("deadlock detected"))
}

impl From<diesel::result::Error> for AppError {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error};
        match error {
            Error::NotFound => Self::NotFound,
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => Self::Unavailable,
            Error::DatabaseError(_, info) if is_lost(info.message()) => Self::Unavailable,
            other => Self::Internal(other.into()),
        }
    }
}

/// Whether PostgreSQL went away in the middle of a statement, or is only coming up: diesel-async gives these no kind
/// of their own.
fn is_lost(message: &str) -> bool {
    const BEGINNINGS: [&str; 3] = ["connection closed", "terminating connection", "the database system is"];
    BEGINNINGS.iter().any(|beginning| message.starts_with(beginning))
}

impl AppError {
    /// Whether a row was refused because of this constraint or unique index.
    #[must_use]
    pub fn violates(&self, name: &str) -> bool {
        let Self::Internal(cause) = self else { return false };
        matches!(cause.downcast_ref::<diesel::result::Error>(),
            Some(diesel::result::Error::DatabaseError(_, info)) if info.constraint_name() == Some(name))
    }

    fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "There is nothing here",
            Self::SignedOut(_) => "Sign in first",
            Self::Conflict => "This was changed elsewhere",
            Self::Forbidden(_) => "That was refused",
            Self::MethodNotAllowed => "Kith knows GET and POST",
            Self::TooSlow => "That took too long",
            Self::TooLarge => "That is too large",
            Self::TooMany(_) => "That was too often",
            Self::BadRequest(_) => "That could not be understood",
            Self::Limit(_) => "That is more than this account takes",
            Self::Unavailable => "The database does not answer",
            Self::Internal(_) => "Something went wrong",
        }
    }

    fn text(&self, id: Uuid) -> String {
        match self {
            Self::NotFound => "The page or the entry does not exist, or it is not yours.".into(),
            Self::SignedOut(_) => "Your session has ended.".into(),
            Self::Conflict => "Somebody, perhaps you in another window, saved a newer version.".into(),
            Self::Forbidden(why) => (*why).into(),
            Self::MethodNotAllowed => "No page is asked for in this way.".into(),
            Self::TooSlow => "The request did not arrive in time. Nothing was changed. Send it again.".into(),
            Self::TooLarge => "All fields of a form together take two megabytes, and this was more. Nothing was changed. Go back in the browser: what you typed is still there to be shortened.".into(),
            Self::TooMany(wait) => too_soon(*wait),
            Self::BadRequest(why) | Self::Limit(why) => why.clone(),
            Self::Unavailable => "Nothing was changed. Try again in a moment.".into(),
            Self::Internal(_) => format!("Nothing was changed. The log has the cause under {id}."),
        }
    }
}

/// What is said to whoever has to wait.
#[must_use]
pub fn too_soon(wait: Duration) -> String {
    match wait.as_secs().max(1) {
        1 => "Too many tries. Try again in a second.".to_owned(),
        seconds => format!("Too many tries. Try again in {seconds} seconds."),
    }
}

/// The error page: what happened and one way out.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    title: &'a str,
    text: &'a str,
    signed_out: bool,
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignedOut(_) => StatusCode::SEE_OTHER,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Limit(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let id = Uuid::now_v7();
        if let Self::Internal(cause) = self {
            tracing::error!(error.id = %id, cause = format!("{cause:#}"), "a request failed");
        }
        let mut reply = HttpResponse::build(self.status_code());
        match self {
            // Both headers: a browser follows the one, htmx the other.
            Self::SignedOut(next) => {
                let mut query = url::form_urlencoded::Serializer::new(String::new());
                if !next.is_empty() {
                    query.append_pair("next", next);
                }
                let login = format!("/login?{}", query.finish()).trim_end_matches('?').to_owned();
                reply.insert_header((header::LOCATION, login.as_str()));
                reply.insert_header(("HX-Redirect", login));
            }
            Self::MethodNotAllowed => {
                reply.insert_header((header::ALLOW, "GET, HEAD, POST"));
            }
            Self::TooMany(wait) => {
                reply.insert_header((header::RETRY_AFTER, wait.as_secs().max(1).to_string()));
            }
            _ => {}
        }
        let (title, text) = (self.title(), self.text(id));
        let page = ErrorPage { title, text: &text, signed_out: matches!(self, Self::SignedOut(_)) };
        reply.content_type("text/html; charset=utf-8").body(page.render().unwrap_or(text))
    }
}
