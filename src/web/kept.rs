//! What was typed into a form that cannot be taken at once, since the session has ended or another began: it is shown
//! and carried along in the page, to be sent again, and stored nowhere.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::page::{self, Layout, is_local};
use super::{FormData, csrf};
use crate::error::AppError;

/// The field that carries the path.
const PATH: &str = "again";
/// What the names of the carried fields begin with.
const PREFIX: &str = "again:";

/// A form as it was sent, without its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Where it was sent to.
    pub path: String,
    /// Its fields in their order.
    pub pairs: Vec<(String, String)>,
}

impl Kept {
    /// The form that this request brings, where something was typed into it and a page of ours sent it: another
    /// site's must not come to stand here, one click from being sent. A form with a password or another secret is
    /// never kept.
    #[must_use]
    pub fn of(req: &HttpRequest, form: &FormData) -> Option<Self> {
        let is_ours = csrf::verify(req, form.text("csrf_token")).is_ok() || csrf::is_from_here(req);
        let pairs: Vec<_> = form.pairs().filter(|(name, _)| *name != "csrf_token").collect();
        let is_secret = pairs.iter().any(|(name, _)| name.contains("password") || name.contains("token"));
        let is_typed = pairs.iter().any(|(_, value)| !value.trim().is_empty());
        (is_ours && is_typed && !is_secret).then(|| Self {
            path: req.path().to_owned(),
            pairs: pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        })
    }

    /// What another form, that of the sign-in page, carried along.
    #[must_use]
    pub fn carried_by(form: &FormData) -> Option<Self> {
        let path = form.text(PATH).to_owned();
        let named = form.pairs().filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?, value)));
        let pairs = named.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        is_local(&path).then_some(Self { path, pairs })
    }

    /// The hidden fields that carry it along in another form.
    pub fn carried(&self) -> impl Iterator<Item = (String, &str)> {
        let pairs = self.pairs.iter().map(|(name, value)| (format!("{PREFIX}{name}"), value.as_str()));
        std::iter::once((PATH.to_owned(), self.path.as_str())).chain(pairs)
    }

    /// What of it a person typed, each with its name in words.
    #[must_use]
    pub fn typed(&self) -> Vec<(String, &str)> {
        let is_typed = |name: &str, value: &str| {
            name != "version" && !value.trim().is_empty() && value.parse::<uuid::Uuid>().is_err()
        };
        let pairs = self.pairs.iter().filter(|(name, value)| is_typed(name, value));
        pairs.map(|(name, value)| (in_words(name), value.as_str())).collect()
    }
}

/// `method_value[]` is Method value.
fn in_words(name: &str) -> String {
    let text = name.trim_end_matches("[]").replace('_', " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The page that sends it again, under the token of today's session.
#[derive(Template)]
#[template(path = "kept.html")]
struct KeptPage<'a> {
    layout: Layout,
    kept: &'a Kept,
}

/// The page for whoever has just signed in.
///
/// # Errors
/// When the template cannot be rendered.
pub fn after_sign_in(layout: Layout, kept: &Kept) -> Result<HttpResponse, AppError> {
    page::html(&KeptPage { layout, kept })
}

/// 403 with the page, for a form of a session that is no more, while another has begun.
///
/// # Errors
/// When the template cannot be rendered.
pub fn in_another_session(layout: Layout, kept: &Kept) -> Result<HttpResponse, AppError> {
    page::forbidden(&KeptPage { layout, kept })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_form_carries_comes_back_as_it_was() {
        let pairs = [("name", "Ada"), ("method_value[]", "a"), ("method_value[]", "b\r\nc")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let kept = Kept { path: "/contacts".to_owned(), pairs };
        let carried = kept.carried().map(|(name, value)| (name, value.to_owned())).collect();
        assert_eq!(Kept::carried_by(&FormData::from_pairs(carried)), Some(kept));
    }

    #[test]
    fn what_leads_elsewhere_is_not_carried() {
        for path in ["", "//evil", "https://evil.example/", "/\\evil"] {
            let pairs = vec![(PATH.to_owned(), path.to_owned()), (format!("{PREFIX}name"), "Ada".to_owned())];
            assert_eq!(Kept::carried_by(&FormData::from_pairs(pairs)), None, "{path}");
        }
    }
}
