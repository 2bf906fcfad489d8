//! Properties that say how to reach somebody, and the methods that they are to Kith.

use super::content_line::ContentLine;
use super::escape::{components, unescape};
use super::label;
use super::shape::ENCODED;
use crate::contacts::model::{Method, MethodKind};
use crate::text::clean;

/// Properties of messengers, and their label; of several with one label the first is written.
const MESSENGERS: [(&str, &str); 24] = [
    ("X-AIM", "aim"),
    ("X-ICQ", "icq"),
    ("X-JABBER", "jabber"),
    ("X-MSN", "msn"),
    ("X-YAHOO", "yahoo"),
    ("X-SKYPE", "skype"),
    ("X-SKYPE-USERNAME", "skype"),
    ("X-GOOGLE-TALK", "google talk"),
    ("X-GOOGLE TALK", "google talk"),
    ("X-GTALK", "google talk"),
    ("X-QQ", "qq"),
    ("X-GADUGADU", "gadu-gadu"),
    ("X-GROUPWISE", "groupwise"),
    ("X-SAMETIME", "sametime"),
    ("X-TWITTER", "twitter"),
    ("X-TELEGRAM", "telegram"),
    ("X-WHATSAPP", "whatsapp"),
    ("X-SIGNAL", "signal"),
    ("X-MATRIX", "matrix"),
    ("X-WECHAT", "wechat"),
    ("X-LINE", "line"),
    ("X-FACEBOOK", "facebook"),
    ("X-MS-IMADDRESS", "messenger"),
    ("X-KADDRESSBOOK-X-IMADDRESS", "messenger"),
];

/// What Kith writes where it cannot write anything that others know.
pub(super) const OTHER: &str = "X-KITH-OTHER";
/// The parameter that says what kind of method it is where the property alone would say another.
pub(super) const KIND: &str = "X-KITH-KIND";

/// The kind of method that a property is, if it is one.
pub(super) fn kind(line: &ContentLine) -> Option<MethodKind> {
    let kind = match line.name.as_str() {
        "TEL" => MethodKind::Phone,
        "EMAIL" => MethodKind::Email,
        "ADR" => MethodKind::Address,
        "X-LINKEDIN" | "X-LINKEDIN-URL" => MethodKind::Linkedin,
        "X-SOCIALPROFILE" if line.param("TYPE").any(|word| word.eq_ignore_ascii_case("linkedin")) => {
            MethodKind::Linkedin
        }
        "URL" | "X-SOCIALPROFILE" if is_linkedin(&line.value) => MethodKind::Linkedin,
        "URL" | "X-SOCIALPROFILE" => MethodKind::Url,
        "IMPP" | OTHER => MethodKind::Other,
        name if messenger(name).is_some() => MethodKind::Other,
        _ => return None,
    };
    Some(line.param(KIND).next().and_then(|kind| kind.parse().ok()).unwrap_or(kind))
}

/// The property of the messenger with this label.
pub(super) fn messenger_property(label: &str) -> Option<&'static str> {
    MESSENGERS.iter().find(|(_, service)| *service == label).map(|(property, _)| *property)
}

fn messenger(property: &str) -> Option<&'static str> {
    MESSENGERS.iter().find(|(name, _)| *name == property).map(|(_, service)| *service)
}

/// Whether a link leads to LinkedIn.
pub(super) fn is_linkedin(link: &str) -> bool {
    let link = unescape(link).to_ascii_lowercase();
    let rest = link.split_once("://").map_or(link.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    host == "linkedin.com" || host.ends_with(".linkedin.com")
}

/// The label of a method without that of its group.
pub(super) fn own_label(line: &ContentLine) -> String {
    let is_profile = line.name == "X-SOCIALPROFILE";
    let words = line.param("TYPE").filter(|word| !(is_profile && word.eq_ignore_ascii_case("linkedin")));
    let words = label::of_types(words);
    match messenger(&line.name) {
        Some(service) if words.is_empty() => service.to_owned(),
        Some(service) => format!("{words} {service}"),
        None => words,
    }
}

/// The method that a property is; `label` is that of its group.
pub(super) fn of_line(line: &ContentLine, label: Option<&str>) -> Option<Method> {
    let kind = kind(line)?;
    let label = label.map_or_else(|| own_label(line), str::to_owned);
    Some(Method { kind, label, value: value(line) }).filter(|method| !method.value.is_empty())
}

/// What Kith keeps of a value.
pub(super) fn value(line: &ContentLine) -> String {
    match line.name.as_str() {
        "ADR" => address(line),
        "TEL" => phone(&unescape(&line.value)),
        _ => clean::line(&unescape(&line.value)),
    }
}

fn phone(value: &str) -> String {
    let value = clean::line(value);
    match value.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => {
            value[4..].replacen(";ext=", " ext. ", 1).trim().to_owned()
        }
        _ => value,
    }
}

/// An address in readable lines: box, building, street; city, region and postal code on one; country.
fn address(line: &ContentLine) -> String {
    let parts: Vec<String> = components(&line.value).into_iter().map(|part| clean::lines(&unescape(part))).collect();
    let part = |index: usize| parts.get(index).map_or("", String::as_str);
    let place = joined(&[part(3), part(4)], ", ");
    let place = joined(&[&place, part(5)], " ");
    let mut lines = vec![part(0), part(1), part(2), &place, part(6)];
    lines.extend(parts.iter().skip(7).map(String::as_str));
    let lines = joined(&lines, "\n");
    if lines.is_empty() { clean::lines(line.param("LABEL").next().unwrap_or_default()) } else { lines }
}

fn joined(parts: &[&str], separator: &str) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(separator)
}

/// How much a method is preferred: 1 is most, 101 is not at all.
pub(super) fn preference(line: &ContentLine) -> u32 {
    let rank = line.param("PREF").next().and_then(|rank| rank.trim().parse().ok());
    let is_preferred = || line.param("TYPE").any(|word| word.eq_ignore_ascii_case("pref"));
    rank.unwrap_or_else(|| if is_preferred() { 1 } else { 101 })
}

/// What the line says beyond its method, as a line to be kept: the parts of an address, parameters that Kith
/// does not know. Group, label and preference are the method's.
pub(super) fn fuller(line: &ContentLine) -> Option<String> {
    let mut fuller = ContentLine { group: String::new(), raw_name: line.name.clone(), ..line.clone() };
    fuller.params.retain(|param| !matches!(param.name.as_str(), "TYPE" | "PREF" | "VALUE" | KIND | ENCODED));
    let has_parts = line.name == "ADR"
        && components(&line.value).into_iter().enumerate().any(|(index, part)| index != 2 && !part.trim().is_empty());
    (has_parts || !fuller.params.is_empty()).then(|| fuller.to_text())
}
