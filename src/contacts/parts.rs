//! The rows of a person's form that repeat: ways to reach her, and days of hers.

use chrono::Datelike;
use url::Url;

use super::model::{Method, MethodKind, PartialDate};
use crate::dates::{self, DateStyle};
use crate::text::clean::is_blank;
use crate::web::{Field, FormData};

/// A row of the form that may repeat, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// The chosen kind of a method, the typed one of a date.
    pub kind: String,
    /// Such as work; of a date nothing.
    pub label: String,
    /// The value.
    pub value: String,
}

impl Part {
    /// Whether it is this way as it is stored: an import takes what a form does not.
    pub fn is(&self, method: &Method) -> bool {
        let value = || self.value.replace("\r\n", "\n");
        self.kind == method.kind.as_str() && self.label == method.label && value() == method.value
    }
}

/// The rows of a posted form, by the names of their fields.
pub(super) fn parts(form: &FormData, kind: &str, label: &str, value: &str) -> Vec<Part> {
    let mut labels = form.all(label);
    let mut values = form.all(value);
    let kinds = form.all(kind);
    kinds
        .map(|kind| Part {
            kind: kind.to_owned(),
            label: labels.next().unwrap_or("").to_owned(),
            value: values.next().unwrap_or("").to_owned(),
        })
        .collect()
}

impl From<&Method> for Part {
    fn from(method: &Method) -> Self {
        Self { kind: method.kind.as_str().into(), label: method.label.clone(), value: method.value.clone() }
    }
}

impl From<&PartialDate> for Part {
    fn from(date: &PartialDate) -> Self {
        let value = match date.year {
            Some(year) => format!("{year:04}-{:02}-{:02}", date.month, date.day),
            None => format!("--{:02}-{:02}", date.month, date.day),
        };
        Self { kind: date.kind.clone(), label: String::new(), value }
    }
}

/// The way to reach somebody that a row describes, or what is wrong with it.
pub(super) fn method(part: &Part) -> Result<Method, String> {
    let kind: MethodKind = part.kind.parse().map_err(|()| "Choose what it is from the list.".to_owned())?;
    let (mut label, mut value) = (Field::from(part.label.as_str()), Field::from(part.value.as_str()));
    let label_text = label.line(100).unwrap_or_default();
    let longest = if kind == MethodKind::Email { 255 } else { 2000 };
    let text = if kind == MethodKind::Address { value.lines(longest) } else { value.line(longest) };
    if let Some(reason) = label.error.or(value.error) {
        return Err(reason);
    }
    let text = kind.bare(&text.unwrap_or_default());
    match kind {
        _ if text.is_empty() => Err(format!("“{}” reaches nobody.", part.value.trim())),
        MethodKind::Email if !is_address(&text) => Err(format!("“{text}” is no e-mail address.")),
        MethodKind::Url | MethodKind::Linkedin if !is_web_link(&text) => {
            Err(format!("“{text}” is no link that a browser may follow: begin it with https://."))
        }
        _ => Ok(Method { kind, label: label_text, value: text }),
    }
}

/// Something on both sides of an `@`. More is for the first message to find out.
fn is_address(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, host)| !is_blank(local) && !is_blank(host))
}

/// Whether a link leads to the web: with no scheme `https` is meant, and no other but `http` is let
/// through, `javascript:` least of all.
pub(super) fn is_web_link(text: &str) -> bool {
    web_link(text).is_some()
}

/// The address that a link leads to.
pub(super) fn web_link(text: &str) -> Option<String> {
    let has_scheme = Url::parse(text).is_ok_and(|url| !url.scheme().contains('.') && url.scheme() != "localhost");
    let whole = if has_scheme { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&whole).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| url.to_string())
}

/// The day that a row describes, or what is wrong with it.
pub(super) fn date(part: &Part, style: DateStyle) -> Result<PartialDate, String> {
    let mut kind = Field::from(part.kind.as_str());
    let kind_text = kind.required_line(50, "Say what the day is, such as birthday.");
    let Some(kind) = kind_text else { return Err(kind.error.unwrap_or_default()) };
    let typed = part.value.trim();
    let (year, month, day) = match typed.strip_prefix("--") {
        // 2000 was a leap year: 29 February is a birthday too.
        Some(rest) => dates::typed(&format!("2000-{rest}"), style).map(|day| (None, day.month(), day.day())),
        None => dates::typed(typed, style)
            .map(|day| (Some(day.year()), day.month(), day.day()))
            .or_else(|| dates::day_of_month(typed, style).map(|(month, day)| (None, month, day))),
    }
    .ok_or_else(|| {
        let (whole, bare) = (style.sample(), style.sample_without_year());
        format!("“{typed}” is no date: write it as {whole}, or without a year as {bare}.")
    })?;
    Ok(PartialDate { kind, year, month: month.cast_signed(), day: day.cast_signed() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_run_script_are_refused() {
        for evil in
            ["javascript:alert(1)", "JavaScript:alert(1)", "vbscript:x", "data:text/html,x", "file:///etc/passwd"]
        {
            assert!(!is_web_link(evil), "{evil}");
        }
        for good in ["https://example.com", "example.com/a?b=c", "http://localhost:8080/x", "linkedin.com/in/zoë"] {
            assert!(is_web_link(good), "{good}");
        }
    }

    #[test]
    fn what_was_copied_from_a_link_is_kept_without_its_scheme() {
        let typed = |kind: &str, value: &str| {
            let part = Part { kind: kind.into(), label: String::new(), value: value.into() };
            method(&part).map(|method| method.value)
        };
        assert_eq!(typed("email", "MailTo: ada@x.org").as_deref(), Ok("ada@x.org"));
        assert_eq!(typed("phone", "tel:+49 30 1").as_deref(), Ok("+49 30 1"));
        assert!(typed("phone", "tel:").is_err_and(|reason| reason.contains("reaches nobody")));
        assert_eq!(typed("other", "tel:x").as_deref(), Ok("tel:x"));
    }

    #[test]
    fn a_day_may_lack_its_year_and_must_be_in_the_calendar() {
        let part = |value: &str| Part { kind: "birthday".into(), label: String::new(), value: value.into() };
        let date = |part: &Part| date(part, DateStyle::default());
        assert_eq!(date(&part("--02-29")), Ok(PartialDate { kind: "birthday".into(), year: None, month: 2, day: 29 }));
        assert_eq!(date(&part("1990-05-17")).map(|date| date.year), Ok(Some(1990)));
        assert_eq!(date(&part("17/5/1990")), date(&part("1990-05-17")));
        assert_eq!(date(&part("29 February")), date(&part("--02-29")));
        for wrong in ["1991-02-29", "--02-30", "294277-01-01", "0000-01-01", "32.5.", "--1-1x", "--1-1"] {
            assert!(date(&part(wrong)).is_err(), "{wrong}");
        }
    }
}
