//! The one form of a person: strings in, a checked [`Person`] out.

use chrono::{Datelike, NaiveDate};
use url::Url;

use super::model::{Method, MethodKind, PartialDate, Person};
use crate::web::{Field, FormData};

/// Characters of a name as it is shown, whether it was typed or put together.
const LONGEST_NAME: usize = 1000;

/// How many ways to reach somebody, or days of hers, a form takes.
const MOST_PARTS: usize = 200;

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

/// What the form holds.
#[derive(Debug, Clone, Default)]
pub(super) struct PersonForm {
    pub first_name: Field,
    pub last_name: Field,
    pub middle_name: Field,
    pub name_prefix: Field,
    pub name_suffix: Field,
    pub nickname: Field,
    pub sort_name: Field,
    pub display_name: Field,
    pub notes: Field,
    pub relationship_strength: Field,
    pub contact_frequency_days: Field,
    pub methods: Vec<Part>,
    pub dates: Vec<Part>,
    /// Carries what is wrong with one of the methods; its value says nothing.
    pub method_value: Field,
    /// Carries what is wrong with one of the dates.
    pub date_value: Field,
}

impl PersonForm {
    /// As a browser sent it. `email`, `phone` and `linkedin_url`, where a script sends the columns'
    /// names, become the first method of their kind.
    pub fn posted(form: &FormData) -> Self {
        let field = |name| Field::of(form, name);
        let mut methods = parts(form, "method_kind[]", "method_label[]", "method_value[]");
        for (name, kind) in [("linkedin_url", "linkedin"), ("phone", "phone"), ("email", "email")] {
            let value = form.text(name);
            if !value.trim().is_empty() && !methods.iter().any(|part| part.kind == kind && part.value == value) {
                methods.insert(0, Part { kind: kind.into(), label: String::new(), value: value.into() });
            }
        }
        Self {
            first_name: field("first_name"),
            last_name: field("last_name"),
            middle_name: field("middle_name"),
            name_prefix: field("name_prefix"),
            name_suffix: field("name_suffix"),
            nickname: field("nickname"),
            sort_name: field("sort_name"),
            display_name: field("display_name"),
            notes: field("notes"),
            relationship_strength: field("relationship_strength"),
            contact_frequency_days: field("contact_frequency_days"),
            methods,
            dates: parts(form, "date_kind[]", "", "date_value[]"),
            method_value: Field::default(),
            date_value: Field::default(),
        }
    }

    /// Of somebody who is stored. A display name that her parts make by themselves stays empty, so
    /// that it follows when they change.
    pub fn of(person: &Person) -> Self {
        let composed = Person { display_name: String::new(), ..person.clone() }.shown_name();
        let shown = if person.display_name == composed { "" } else { &person.display_name };
        let number = |number: Option<i32>| Field::from(number.map(|n| n.to_string()));
        Self {
            first_name: Field::from(person.first_name.as_str()),
            last_name: person.last_name.clone().into(),
            middle_name: person.middle_name.clone().into(),
            name_prefix: person.name_prefix.clone().into(),
            name_suffix: person.name_suffix.clone().into(),
            nickname: person.nickname.clone().into(),
            sort_name: person.sort_name.clone().into(),
            display_name: Field::from(shown),
            notes: Field::from(person.notes.as_str()),
            relationship_strength: number(person.relationship_strength),
            contact_frequency_days: number(person.contact_frequency_days),
            methods: person.methods.iter().map(Part::from).collect(),
            dates: person.dates.iter().map(Part::from).collect(),
            method_value: Field::default(),
            date_value: Field::default(),
        }
    }

    /// Of nobody yet: an e-mail and a phone to fill in.
    pub fn blank() -> Self {
        let part = |kind: &str| Part { kind: kind.into(), ..Part::default() };
        Self {
            relationship_strength: "5".into(),
            methods: vec![part("email"), part("phone")],
            dates: vec![part("birthday")],
            ..Self::default()
        }
    }

    /// The form with room for more rows where there is no script to add them.
    pub fn with_room(mut self) -> Self {
        if self.methods.is_empty() {
            self.methods.push(Part { kind: "email".into(), ..Part::default() });
        }
        if self.dates.is_empty() {
            self.dates.push(Part { kind: "birthday".into(), ..Part::default() });
        }
        self
    }

    /// The person that it describes, or the form with what is wrong at each field.
    pub fn validate(&mut self) -> Option<Person> {
        let person = Person {
            first_name: self.first_name.required_line(255, "Give a first name.").unwrap_or_default(),
            last_name: self.last_name.line(255),
            middle_name: self.middle_name.line(255),
            name_prefix: self.name_prefix.line(255),
            name_suffix: self.name_suffix.line(255),
            nickname: self.nickname.line(255),
            sort_name: self.sort_name.line(255),
            display_name: self.display_name.line(LONGEST_NAME).unwrap_or_default(),
            is_nameless: false,
            notes: self.notes.lines(100_000).unwrap_or_default(),
            relationship_strength: self.relationship_strength.number(1..=10),
            contact_frequency_days: self.contact_frequency_days.number(1..=3660),
            methods: self.checked_methods(),
            dates: self.checked_dates(),
        };
        if person.shown_name().chars().count() > LONGEST_NAME {
            self.first_name.refuse("All parts of the name together have at most 1,000 characters.");
        }
        (!self.is_refused()).then_some(person)
    }

    /// Whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        let fields = [
            &self.first_name,
            &self.last_name,
            &self.middle_name,
            &self.name_prefix,
            &self.name_suffix,
            &self.nickname,
            &self.sort_name,
            &self.display_name,
            &self.notes,
            &self.relationship_strength,
            &self.contact_frequency_days,
            &self.method_value,
            &self.date_value,
        ];
        fields.iter().any(|field| field.is_invalid())
    }

    /// Whether the names beyond first and last are in use, or refused: then they are shown open.
    pub fn has_further_names(&self) -> bool {
        let further = [
            &self.middle_name,
            &self.name_prefix,
            &self.name_suffix,
            &self.nickname,
            &self.sort_name,
            &self.display_name,
        ];
        further.iter().any(|field| field.is_invalid() || !field.value.is_empty())
    }

    fn checked_methods(&mut self) -> Vec<Method> {
        let mut methods = Vec::new();
        for part in self.methods.iter().filter(|part| !part.value.trim().is_empty()) {
            match method(part) {
                Ok(method) => methods.push(method),
                Err(reason) => self.method_value.refuse(reason),
            }
        }
        if methods.len() > MOST_PARTS {
            self.method_value.refuse(format!("At most {MOST_PARTS} can be saved."));
        }
        methods
    }

    fn checked_dates(&mut self) -> Vec<PartialDate> {
        let mut dates = Vec::new();
        for part in self.dates.iter().filter(|part| !part.value.trim().is_empty()) {
            match date(part) {
                Ok(date) => dates.push(date),
                Err(reason) => self.date_value.refuse(reason),
            }
        }
        if dates.len() > MOST_PARTS {
            self.date_value.refuse(format!("At most {MOST_PARTS} can be saved."));
        }
        dates
    }
}

fn parts(form: &FormData, kind: &str, label: &str, value: &str) -> Vec<Part> {
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

fn method(part: &Part) -> Result<Method, String> {
    let kind: MethodKind = part.kind.parse().map_err(|()| "Choose what it is from the list.".to_owned())?;
    let (mut label, mut value) = (Field::from(part.label.as_str()), Field::from(part.value.as_str()));
    let label_text = label.line(100).unwrap_or_default();
    let longest = if kind == MethodKind::Email { 255 } else { 2000 };
    let text = if kind == MethodKind::Address { value.lines(longest) } else { value.line(longest) };
    if let Some(reason) = label.error.or(value.error) {
        return Err(reason);
    }
    let text = text.unwrap_or_default();
    match kind {
        MethodKind::Email if !text.contains('@') => Err(format!("“{text}” is no e-mail address.")),
        MethodKind::Url | MethodKind::Linkedin if !is_web_link(&text) => {
            Err(format!("“{text}” is no link that a browser may follow: begin it with https://."))
        }
        _ => Ok(Method { kind, label: label_text, value: text }),
    }
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

fn date(part: &Part) -> Result<PartialDate, String> {
    let mut kind = Field::from(part.kind.as_str());
    let kind_text = kind.required_line(50, "Say what the day is, such as birthday.");
    let Some(kind_text) = kind_text else { return Err(kind.error.unwrap_or_default()) };
    let typed = part.value.trim();
    let no_date = || format!("“{typed}” is no date: write YYYY-MM-DD, or --MM-DD without a year.");
    let (year, rest) = match typed.strip_prefix("--") {
        Some(rest) => (None, rest.to_owned()),
        None => {
            let day = NaiveDate::parse_from_str(typed, "%Y-%m-%d").map_err(|_| no_date())?;
            if !(1..=9999).contains(&day.year()) || typed.len() != 10 {
                return Err(no_date());
            }
            (Some(day.year()), day.format("%m-%d").to_string())
        }
    };
    // 2000 was a leap year: 29 February is a birthday too.
    let day = NaiveDate::parse_from_str(&format!("2000-{rest}"), "%Y-%m-%d").map_err(|_| no_date())?;
    let (month, day) = (i32::try_from(day.month()).unwrap_or(1), i32::try_from(day.day()).unwrap_or(1));
    Ok(PartialDate { kind: kind_text, year, month, day })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> PersonForm {
        PersonForm::posted(&FormData::parse(body.as_bytes()))
    }

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
    fn a_day_may_lack_its_year_and_must_be_in_the_calendar() {
        let part = |value: &str| Part { kind: "birthday".into(), label: String::new(), value: value.into() };
        assert_eq!(date(&part("--02-29")), Ok(PartialDate { kind: "birthday".into(), year: None, month: 2, day: 29 }));
        assert_eq!(date(&part("1990-05-17")).map(|date| date.year), Ok(Some(1990)));
        for wrong in ["1991-02-29", "--02-30", "294277-01-01", "0000-01-01", "17.5.1990", "--1-1x"] {
            assert!(date(&part(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn columns_by_name_become_the_first_of_their_kind() {
        let mut form =
            form("first_name=Ada&email=a%40x.org&method_kind[]=email&method_label[]=home&method_value[]=b%40x.org");
        let values: Vec<String> = form.validate().unwrap().methods.into_iter().map(|method| method.value).collect();
        assert_eq!(values, ["a@x.org", "b@x.org"]);
    }

    #[test]
    fn what_is_stored_comes_back_from_its_form_unchanged() {
        let person = Person {
            first_name: "Zoë".into(),
            last_name: Some("Marchetti".into()),
            display_name: "Zoë Marchetti".into(),
            relationship_strength: Some(7),
            methods: vec![Method { kind: MethodKind::Address, label: "home".into(), value: "1 Rue A\nParis".into() }],
            dates: vec![PartialDate { kind: "birthday".into(), year: Some(7), month: 3, day: 1 }],
            ..Person::default()
        };
        let read = PersonForm::of(&person).validate().unwrap();
        assert_eq!(read.shown_name(), person.display_name);
        assert_eq!(Person { display_name: person.display_name.clone(), ..read }, person);
    }
}
