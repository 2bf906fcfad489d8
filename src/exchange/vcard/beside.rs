//! What other formats say and Kith does not model, as the content lines that a vCard would have for it: kept in
//! `Card::extras` and given back on export.

use super::content_line::{ContentLine, Param};
use super::escape::{escape, quote_param};
use super::method;

/// An address of box, building, street, city, region, postal code and country: as it is shown, and as a line that
/// keeps the parts.
pub(in crate::exchange) fn address(parts: &[String; 7]) -> (String, Option<String>) {
    let value: Vec<String> = parts.iter().map(|part| escape(part)).collect();
    let line = ContentLine::new("ADR", &value.join(";"));
    (method::value(&line), method::fuller(&line))
}

/// The line of an organization with the part of it that she works in.
pub(in crate::exchange) fn department(organization: &str, department: &str) -> String {
    format!("ORG:{};{}", escape(organization), escape(department))
}

/// A named value that says nothing to Kith.
pub(in crate::exchange) fn column(name: &str, value: &str) -> String {
    let mut line = ContentLine::new("X-COLUMN", &escape(value));
    let raw = format!("NAME={}", quote_param(name));
    line.params.push(Param { name: "NAME".to_owned(), values: vec![name.to_owned()], raw });
    line.to_text()
}

/// Whether a link leads to LinkedIn.
pub(in crate::exchange) fn is_linkedin(link: &str) -> bool {
    method::is_linkedin(&super::escape::escape_uri(link))
}
