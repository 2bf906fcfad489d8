//! The form of an organization.

use url::Url;

use super::model::Organization;
use crate::web::{Difference, Field, FormData};

/// What the form holds.
#[derive(Debug, Clone, Default)]
pub(super) struct OrganizationForm {
    pub name: Field,
    pub domain: Field,
    pub industry: Field,
}

impl OrganizationForm {
    pub fn posted(form: &FormData) -> Self {
        let field = |name| Field::of(form, name);
        Self { name: field("name"), domain: field("domain"), industry: field("industry") }
    }

    /// Of an organization that is stored.
    pub fn of(organization: &Organization) -> Self {
        Self {
            name: Field::from(organization.name.as_str()),
            domain: organization.domain.clone().into(),
            industry: organization.industry.clone().into(),
        }
    }

    /// The organization that it describes, or the form with what is wrong at each field.
    pub fn validate(&mut self) -> Option<Organization> {
        let name = self.name.required_line(255, "Give the organization a name.");
        let (domain, industry) = (self.checked_domain(), self.industry.line(100));
        let organization = Organization { name: name?, domain, industry };
        (!self.is_refused()).then_some(organization)
    }

    /// Whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        [&self.name, &self.domain, &self.industry].iter().any(|field| field.is_invalid())
    }

    fn checked_domain(&mut self) -> Option<String> {
        let typed = self.domain.line(255)?;
        let domain = domain(&typed);
        if domain.is_none() {
            self.domain.refuse(format!("“{typed}” is no domain: write it as in example.com."));
        }
        domain
    }
}

/// The host of a website, in lower case, whether its domain or a whole link was typed.
fn domain(typed: &str) -> Option<String> {
    let rest = typed.split_once("://").map_or(typed, |(_, rest)| rest);
    let scheme = typed.strip_suffix(rest)?.to_lowercase();
    let host = rest.split(['/', '?', '#']).next()?.trim_end_matches('.').to_lowercase();
    let is_web = matches!(scheme.as_str(), "" | "http://" | "https://");
    let is_named = host.contains('.') && !host.contains(['@', ':', '%']) && link(&host).is_some();
    (is_web && is_named).then_some(host)
}

/// The website of a domain.
pub(super) fn link(domain: &str) -> Option<String> {
    Url::parse(&format!("https://{domain}/")).ok().filter(Url::has_host).map(Into::into)
}

/// Every field in which two versions of an organization differ.
pub(super) fn differences(mine: &Organization, stored: &Organization) -> Vec<Difference> {
    let texts = |one: &Organization| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        [("Name", one.name.clone()), ("Domain", text(&one.domain)), ("Industry", text(&one.industry))]
    };
    Difference::between(texts(mine), texts(stored))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_taken_from_whatever_was_typed_of_a_website() {
        for typed in ["Example.com", "https://example.com/about?x#y", "HTTP://EXAMPLE.COM", "example.com."] {
            assert_eq!(domain(typed).as_deref(), Some("example.com"), "{typed}");
        }
        assert_eq!(domain("Müller.example").as_deref(), Some("müller.example"));
        assert_eq!(link("müller.example").as_deref(), Some("https://xn--mller-kva.example/"));
    }

    #[test]
    fn what_is_no_website_is_no_domain() {
        let wrong = [
            "javascript:alert(1)",
            "ftp://example.com",
            "a b.example",
            "ada@example.com",
            "example",
            ".",
            "//x.y\\",
            "a.b%2f",
        ];
        for typed in wrong {
            assert_eq!(domain(typed), None, "{typed}");
        }
    }
}
