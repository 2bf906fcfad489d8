//! What the address of the list asks for: its filter and its place.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use uuid::Uuid;

use super::model::{DIRECTIONS, KINDS, When, kind_label};
use super::people::{Meant, meant};
use super::queries::Filter;
use crate::contacts::queries::{Candidate, named as people_named};
use crate::dates::DateStyle;
use crate::db::TenantTx;
use crate::error::AppError;
use crate::organizations::queries::{self as organizations, Choice};
use crate::text::search_query::SearchQuery;
use crate::web::paging::TimeCursor;
use crate::web::{Field, FormData, paging};

/// What the address asks for, as it was typed.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub q: String,
    pub kind: String,
    pub direction: String,
    /// An id or a name.
    pub contact: String,
    /// An id or a name.
    pub organization: String,
    pub tag: String,
    pub from: Field,
    pub to: Field,
}

/// What that means.
#[derive(Debug, Default)]
pub(super) struct Narrowed {
    /// None where nothing can match.
    pub filter: Option<Filter>,
    /// The person who is meant.
    pub person: Option<Candidate>,
    /// Who may be meant, where a name does not say it.
    pub people: Option<Vec<Candidate>>,
    /// The organization that is meant.
    pub organization: Option<Choice>,
}

impl Asked {
    /// Days may stand in it as she writes them; links say them as YYYY-MM-DD.
    pub fn of(params: &FormData, style: DateStyle) -> Self {
        let text = |name| params.text(name).trim().replace(char::is_control, "");
        let mut asked = Self {
            q: text("q"),
            kind: text("interaction_type"),
            direction: text("direction"),
            contact: text("contact"),
            organization: text("organization"),
            tag: text("tag"),
            from: Field::of(params, "from"),
            to: Field::of(params, "to"),
        };
        let (from, to) = (asked.from.typed_date(style), asked.to.typed_date(style));
        for (field, day) in [(&mut asked.from, from), (&mut asked.to, to)] {
            if let Some(day) = day {
                field.value = day.to_string();
            }
        }
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            asked.to.refuse("The end is before the start.");
        }
        asked
    }

    /// The filter that this means. At most three statements.
    pub async fn narrow(&self, tx: &mut TenantTx<'_>, zone: Tz) -> Result<Narrowed, AppError> {
        let mut narrowed = Narrowed::default();
        if !self.contact.is_empty() {
            match self.contact.parse::<Uuid>() {
                Ok(id) => narrowed.person = people_named(tx, &[id]).await?.pop(),
                Err(_) => match meant(tx, &[&self.contact]).await?.pop() {
                    Some(Meant::One(one)) => narrowed.person = Some(one),
                    Some(Meant::Perhaps(several)) => narrowed.people = Some(several),
                    None => {}
                },
            }
        }
        if !self.organization.is_empty() {
            narrowed.organization = match self.organization.parse::<Uuid>() {
                Ok(id) => organizations::named(tx, &[id]).await?.pop(),
                Err(_) => organizations::of_name(tx, &self.organization).await?,
            };
        }
        narrowed.filter = self.filter(tx, zone, &narrowed);
        Ok(narrowed)
    }

    fn filter(&self, tx: &TenantTx<'_>, zone: Tz, narrowed: &Narrowed) -> Option<Filter> {
        let query = SearchQuery::parse(&self.q, tx.country()).map(|query| query.tsquery());
        let tag = self.tag.parse::<Uuid>().ok();
        let is_lost = |typed: &str, is_found: bool| !typed.is_empty() && !is_found;
        if is_lost(&self.q, query.is_some())
            || is_lost(&self.contact, narrowed.person.is_some())
            || is_lost(&self.organization, narrowed.organization.is_some())
            || is_lost(&self.tag, tag.is_some())
        {
            return None;
        }
        let chosen = |word: &str| Some(word.to_owned()).filter(|word| !word.is_empty());
        let midnight = |day: NaiveDate| When::of(day, Some(chrono::NaiveTime::MIN), zone).at;
        let (mut from, mut to) = (self.from.clone(), self.to.clone());
        Some(Filter {
            query,
            kind: chosen(&self.kind),
            direction: chosen(&self.direction),
            person: narrowed.person.as_ref().map(|one| one.id),
            organization: narrowed.organization.as_ref().map(|one| one.id),
            tag,
            since: from.date().map(midnight),
            until: to.date().and_then(|day| day.checked_add_days(Days::new(1))).map(midnight),
        })
    }

    pub fn is_filtered(&self) -> bool {
        let fields = [&self.q, &self.kind, &self.direction, &self.contact, &self.organization, &self.tag];
        fields.iter().any(|field| !field.is_empty()) || !self.from.value.is_empty() || !self.to.value.is_empty()
    }

    /// Whether what stands behind "With whom, and when" is asked for.
    pub fn has_more(&self) -> bool {
        [&self.contact, &self.organization, &self.tag, &self.from.value, &self.to.value]
            .iter()
            .any(|field| !field.is_empty())
    }

    /// A day as she writes it; what is none as it was typed.
    pub fn day_shown(field: &Field, style: &DateStyle) -> String {
        field.clone().date().map_or_else(|| field.value.clone(), |day| style.exact(day))
    }

    /// The person's name, also where the address says her id.
    pub fn contact_shown(&self, narrowed: &Narrowed) -> String {
        narrowed.person.as_ref().map_or_else(|| self.contact.clone(), |one| one.name.clone())
    }

    /// Likewise the organization's.
    pub fn organization_shown(&self, narrowed: &Narrowed) -> String {
        narrowed.organization.as_ref().map_or_else(|| self.organization.clone(), |one| one.name.clone())
    }

    pub fn has_tag(&self, id: &Uuid) -> bool {
        self.tag.parse() == Ok(*id)
    }

    /// The types, and the one that is asked for where the page does not offer it.
    pub fn kinds(&self) -> Vec<(String, String)> {
        let is_offered = self.kind.is_empty() || KINDS.iter().any(|(kind, _)| *kind == self.kind);
        let other = (!is_offered).then(|| (self.kind.clone(), kind_label(&self.kind).to_owned()));
        KINDS.iter().map(|(kind, label)| ((*kind).to_owned(), (*label).to_owned())).chain(other).collect()
    }

    pub fn directions() -> [(&'static str, &'static str); 3] {
        DIRECTIONS
    }

    /// The address of the same list with that person.
    pub fn with(&self, person: &Uuid) -> String {
        Self { contact: person.to_string(), ..self.clone() }.url(None)
    }

    /// The address of this list behind a row.
    pub fn url(&self, after: Option<&TimeCursor>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let fields = [
            ("q", &self.q),
            ("interaction_type", &self.kind),
            ("direction", &self.direction),
            ("contact", &self.contact),
            ("organization", &self.organization),
            ("tag", &self.tag),
            ("from", &self.from.value),
            ("to", &self.to.value),
        ];
        query.extend_pairs(fields.into_iter().filter(|(_, value)| !value.is_empty()));
        if let Some(cursor) = after {
            query.append_pair("after", &paging::pack(cursor));
        }
        format!("/interactions?{}", query.finish()).trim_end_matches('?').to_owned()
    }
}
