//! People as their pages show them: every rule of what is written where, apart from the templates.

use chrono::NaiveDate;
use uuid::Uuid;

use super::employments::Post;
use super::fields::FieldView;
use super::model::{Method, MethodKind, Person};
use super::occasions::views::DateView;
use super::parts::web_link;
use super::photos;
use super::queries::{Candidate, Contact, Row, TagOf};
use super::relations::{Relation, RelationView};
use super::touch::model::Rhythm;
use super::touch::views::postponement_url;
use crate::dates::Here;
use crate::db::CurrentUser;
use crate::web::avatar::Avatar;
use crate::web::dates::{self, Day};
use crate::web::plain::Plain;

/// So many digits stand before letters that are dialled too.
const LONGEST_BEFORE_LETTERS: usize = 4;

/// Due within so many days is soon.
const SOON: i64 = 7;

/// A row of the list.
pub(super) struct RowView {
    pub id: Plain,
    pub name: String,
    pub avatar: Avatar,
    pub what: String,
    pub last: Option<Day>,
    pub due: Option<Due>,
}

impl RowView {
    pub fn new(row: Row, here: Here) -> Self {
        Self {
            id: row.id.into(),
            avatar: Avatar::titled(row.id, &row.display_name, row.name_prefix.as_deref()),
            name: row.display_name,
            what: what(row.title.as_deref(), row.organization.as_deref()),
            last: row.last_contact_date.map(|day| Day::of(day, here)),
            due: Due::of(row.next_contact_due, row.effective_frequency_days, here),
        }
    }
}

/// What somebody is: `Editor, Tidewater`.
pub fn what(title: Option<&str>, organization: Option<&str>) -> String {
    match (title.unwrap_or_default(), organization.unwrap_or_default()) {
        ("", one) | (one, "") => one.to_owned(),
        (title, organization) => format!("{title}, {organization}"),
    }
}

impl Candidate {
    /// What tells her from others of her name.
    #[must_use]
    pub fn what(&self) -> String {
        what(self.title.as_deref(), self.organization.as_deref())
    }
}

/// How the cadence stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// `overdue`, `soon` or nothing.
    pub state: &'static str,
    pub text: Plain,
}

impl Due {
    pub fn of(due: Option<NaiveDate>, every: Option<i32>, here: Here) -> Option<Self> {
        let (due, every) = (due?, every?);
        let left = (due - here.today).num_days();
        let (state, text) = match left {
            ..0 => ("overdue", dates::span(-left) + " late"),
            0 => ("soon", "due today".to_owned()),
            1..=SOON => ("soon", here.style.relative(left)),
            _ => ("", dates::every(every.into())),
        };
        Some(Self { state, text: Plain::spelled(text) })
    }
}

/// A person's page.
pub(super) struct PersonView {
    pub id: Uuid,
    pub name: String,
    pub avatar: Avatar,
    pub photo: Option<String>,
    pub nickname: Option<String>,
    pub is_nameless: bool,
    pub is_trashed: bool,
    pub current: Vec<Post>,
    pub posts: Vec<PostView>,
    pub relations: Vec<RelationView>,
    pub tags: Vec<TagOf>,
    pub methods: Vec<MethodView>,
    pub dates: Vec<DateView>,
    pub notes: String,
    pub fields: Vec<FieldView>,
    pub how_met: String,
    pub met_at: Option<String>,
    pub strength: Option<i32>,
    pub cadence: Option<String>,
    pub last: Option<Day>,
    pub due: Option<Due>,
    pub next: Option<Day>,
    /// Until when she is put off, where that is why she is due no earlier.
    pub postponed: Option<Day>,
    /// How often they are in touch already, where no cadence is set.
    pub rhythm: Option<Rhythm>,
    pub added: Day,
}

impl PersonView {
    pub fn new(
        contact: Contact,
        (posts, relations): (Vec<Post>, Vec<Relation>),
        tags: Vec<TagOf>,
        user: &CurrentUser,
    ) -> Self {
        let here = user.here();
        let today = here.today;
        let Contact { id, person, .. } = contact;
        let days = |day: Option<NaiveDate>| day.map(|day| Day::of(day, here));
        Self {
            id,
            name: person.display_name.clone(),
            avatar: Avatar::titled(id, &person.display_name, person.name_prefix.as_deref()),
            photo: contact.photo_id.map(|photo| photos::pages::picture_url(id, photo)),
            nickname: person.nickname.clone(),
            is_nameless: person.is_nameless,
            is_trashed: contact.deleted_at.is_some(),
            current: posts.iter().filter(|post| post.is_current).cloned().collect(),
            posts: posts.iter().map(PostView::new).collect(),
            relations: relations.into_iter().map(|relation| RelationView::new(relation, here.style)).collect(),
            tags,
            methods: person
                .methods
                .iter()
                .zip(&contact.keys)
                .map(|(method, key)| MethodView::new(method, key))
                .collect(),
            dates: coming_first(&person, here),
            notes: person.notes,
            fields: person.fields.into_iter().map(|field| FieldView::new(field, here)).collect(),
            how_met: person.how_met,
            met_at: person.met_at,
            strength: person.relationship_strength,
            cadence: contact.effective_frequency_days.map(|days| dates::every(days.into()).replacen('e', "E", 1)),
            last: days(contact.last_contact_date),
            due: Due::of(contact.next_contact_due, contact.effective_frequency_days, here),
            next: days(contact.next_contact_due),
            postponed: days(
                contact.postponed_until.filter(|day| *day > today && contact.next_contact_due == Some(*day)),
            ),
            rhythm: None,
            added: Day::of(here.day(contact.created_at), here),
        }
    }
}

impl PersonView {
    /// The same, with what her year of contact tells of how often they are in touch.
    pub fn with_rhythm(self, days: &[NaiveDate], today: NaiveDate) -> Self {
        let rhythm = Rhythm::of(days, today).filter(|_| self.cadence.is_none() && !self.is_trashed);
        Self { rhythm, ..self }
    }
}

/// Where the buttons of her page lead.
impl PersonView {
    pub fn postponement(&self) -> String {
        postponement_url(self.id)
    }
    pub fn keep_to(&self) -> String {
        format!("/contacts/{}/rhythm", self.id)
    }
    pub fn edit(&self) -> String {
        format!("/contacts/{}/edit", self.id)
    }
    pub fn photo_form(&self) -> String {
        photos::pages::form_url(self.id)
    }
    pub fn trash(&self) -> String {
        format!("/contacts/{}/trash", self.id)
    }
    pub fn restoration(&self) -> String {
        format!("/contacts/{}/restoration", self.id)
    }
    pub fn log(&self) -> String {
        format!("/interactions/new?contact={}", self.id)
    }
    pub fn remind(&self) -> String {
        format!("/reminders/new?contact={}", self.id)
    }
    pub fn new_post(&self) -> String {
        format!("/contacts/{}/employments/new", self.id)
    }
    pub fn merge(&self) -> String {
        format!("/contacts/{}/merge", self.id)
    }
    pub fn new_relation(&self) -> String {
        format!("/contacts/{}/relations/new", self.id)
    }
    pub fn untag(&self, tag: &Uuid) -> String {
        format!("/contacts/{}/tags/{tag}/removal", self.id)
    }
}

impl TagOf {
    /// The list of everybody who has it.
    pub fn list(&self) -> String {
        format!("/contacts?tag={}", self.id)
    }
    /// Its colour, or grey.
    pub fn shade(&self) -> &str {
        self.color.as_deref().unwrap_or("#808080")
    }
}

fn coming_first(person: &Person, here: Here) -> Vec<DateView> {
    let mut dates: Vec<DateView> = person.dates.iter().map(|date| DateView::new(date, here)).collect();
    dates.sort_by_key(|date| date.in_days);
    dates
}

/// A way to reach her.
pub(super) struct MethodView {
    pub label: String,
    pub lines: Vec<String>,
    pub href: Option<String>,
    /// A number for whoever calls from abroad, where it was typed otherwise.
    pub title: Option<String>,
}

impl MethodView {
    /// `key` is what the spellings of it share: to understand a number again would be a fifth of a page's work.
    fn new(method: &Method, key: &str) -> Self {
        let label = if method.label.is_empty() { method.kind.as_str().to_owned() } else { method.label.clone() };
        let number = Some(key).filter(|key| method.kind == MethodKind::Phone && key.starts_with('+'));
        let digits = |text: &str| text.chars().filter(|c| *c == '+' || c.is_ascii_digit()).collect::<String>();
        Self {
            label,
            lines: method.value.lines().map(str::to_owned).collect(),
            href: number.map(|number| format!("tel:{number}")).or_else(|| href(method)),
            title: number
                .map(|number| number.replace(";ext=", " ext. "))
                .filter(|number| digits(number) != digits(&method.value)),
        }
    }
}

/// Where a way to reach somebody leads; `javascript:` and its like lead nowhere.
fn href(method: &Method) -> Option<String> {
    let encoded = |text: &str| {
        percent_encoding::utf8_percent_encode(text.trim(), percent_encoding::NON_ALPHANUMERIC)
            .to_string()
            .replace("%40", "@")
            .replace("%2E", ".")
            .replace("%2B", "+")
            .replace("%2D", "-")
            .replace("%5F", "_")
    };
    match method.kind {
        MethodKind::Email => Some(format!("mailto:{}", encoded(&method.value))),
        MethodKind::Phone => dialled(&method.value).map(|digits| format!("tel:{}", digits.replace('#', "%23"))),
        MethodKind::Url | MethodKind::Linkedin => web_link(&method.value),
        MethodKind::Address | MethodKind::Other => None,
    }
}

/// What to dial for a number that is not understood: as it stands, but not 1800 for 1-800-FLOWERS.
fn dialled(number: &str) -> Option<String> {
    let digits: String = number.chars().filter(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '#')).collect();
    let fewest = if number.chars().any(char::is_alphabetic) { LONGEST_BEFORE_LETTERS + 1 } else { 1 };
    (digits.chars().filter(char::is_ascii_digit).count() >= fewest).then_some(digits)
}

/// A post, and the time that she holds or held it.
pub(super) struct PostView {
    pub id: Uuid,
    pub organization_id: Uuid,
    pub organization: String,
    pub title: Option<String>,
    pub period: String,
}

impl PostView {
    fn new(post: &Post) -> Self {
        Self {
            id: post.id,
            organization_id: post.organization_id,
            organization: post.organization.clone(),
            title: post.title.clone(),
            period: dates::period(post.start_date, post.end_date, post.is_current),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::country::Country;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_cadence_says_late_soon_or_how_often() {
        let now = "2026-11-25T09:00:00Z".parse().unwrap();
        let here = Here::at(now, chrono_tz::UTC, crate::dates::DateStyle::default());
        let due = |on: &str| Due::of(Some(day(on)), Some(21), here).map(|due| (due.state, due.text.to_string()));
        assert_eq!(due("2026-10-01"), Some(("overdue", "7 wk late".to_owned())));
        assert_eq!(due("2026-11-27"), Some(("soon", "in 2 d".to_owned())));
        assert_eq!(due("2026-12-12"), Some(("", "every 3 wk".to_owned())));
        assert_eq!(Due::of(None, None, here), None);
    }

    #[test]
    fn what_reaches_somebody_leads_somewhere_safe() {
        let view = |kind, value: &str| {
            let method = Method { kind, label: String::new(), value: value.into() };
            MethodView::new(&method, &method.key(None))
        };
        let link = |kind, value: &str| view(kind, value).href;
        assert_eq!(link(MethodKind::Email, "zoë?bcc=x@y.org").as_deref(), Some("mailto:zo%C3%AB%3Fbcc%3Dx@y.org"));
        assert_eq!(link(MethodKind::Url, "javascript:alert(1)"), None);
        assert_eq!(link(MethodKind::Linkedin, "linkedin.com/in/zoe").as_deref(), Some("https://linkedin.com/in/zoe"));
    }

    #[test]
    fn a_number_is_shown_as_typed_and_dialled_from_anywhere() {
        let view = |value: &str| {
            let method = Method { kind: MethodKind::Phone, label: String::new(), value: value.into() };
            MethodView::new(&method, &method.key(Country::of_code("PT")))
        };
        let typed = view("(912) 345-678 x5");
        assert_eq!(typed.lines, ["(912) 345-678 x5"]);
        assert_eq!(typed.href.as_deref(), Some("tel:+351912345678;ext=5"));
        assert_eq!(typed.title.as_deref(), Some("+351912345678 ext. 5"));
        assert_eq!(view("+351 912 345 678").title, None);
        let strange =
            [("112", Some("tel:112")), ("*100#", Some("tel:*100%23")), ("ask Bob", None), ("1-800-FLOWERS", None)];
        for (value, href) in strange {
            assert_eq!(view(value).href.as_deref(), href, "{value}");
        }
    }
}
