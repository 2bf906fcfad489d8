//! Who is asking.

use std::net::IpAddr;

use chrono_tz::Tz;
use uuid::Uuid;

use crate::dates::{Chosen, DateStyle, Here};
use crate::text::country::Country;

/// Proof that the database checked who is asking: it is minted only in this module's parent, by
/// the look-up of a session or of a job's user, so a handler cannot make one up.
#[derive(Debug, Clone)]
pub struct CurrentUser {
    id: Uuid,
    session: Option<Uuid>,
    ip: Option<IpAddr>,
    email: String,
    full_name: String,
    time_zone: Tz,
    is_admin: bool,
    tier: String,
    country: Option<Country>,
    dates: DateStyle,
    single_keys: bool,
}

impl CurrentUser {
    pub(super) fn new(row: super::UserRow, session: Option<Uuid>, ip: Option<IpAddr>) -> Self {
        Self {
            id: row.id,
            session,
            ip,
            email: row.email,
            full_name: row.full_name,
            time_zone: row.time_zone.parse().unwrap_or(Tz::UTC),
            is_admin: row.is_admin,
            tier: row.subscription_tier,
            country: row.country.as_deref().and_then(Country::of_code),
            dates: style(&row.dates),
            single_keys: true,
        }
    }

    pub(super) fn with_single_keys(self, single_keys: bool) -> Self {
        Self { single_keys, ..self }
    }

    /// The row in `users`.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }
    /// The row in `sessions`; none in a job.
    #[must_use]
    pub fn session(&self) -> Option<Uuid> {
        self.session
    }
    /// The address that the request came from, as the trusted proxies tell it.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.ip
    }
    /// Her e-mail address, which she signs in with.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }
    /// Her name.
    #[must_use]
    pub fn full_name(&self) -> &str {
        &self.full_name
    }
    /// Her time zone.
    #[must_use]
    pub fn time_zone(&self) -> Tz {
        self.time_zone
    }
    /// Whether she administers this instance.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.is_admin
    }
    /// `free`, `pro` or `team`: by what her account is limited.
    #[must_use]
    pub fn tier(&self) -> &str {
        &self.tier
    }
    /// The country that she dials from: as she chose, else where her time zone lies.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        self.country.or_else(|| Country::of_time_zone(self.time_zone.name()))
    }
    /// Whether keys of one letter do something: WCAG 2.1.4 wants them to be turned off by whoever dictates.
    #[must_use]
    pub fn single_keys(&self) -> bool {
        self.single_keys
    }
    /// How she writes days and hours.
    #[must_use]
    pub fn dates(&self) -> DateStyle {
        self.dates
    }
    /// Where she is at this moment, and how she writes days.
    #[must_use]
    pub fn here(&self) -> Here {
        Here::at(chrono::Utc::now(), self.time_zone, self.dates)
    }
    /// Today's date where she is.
    #[must_use]
    pub fn today(&self) -> chrono::NaiveDate {
        chrono::Utc::now().with_timezone(&self.time_zone).date_naive()
    }
}

/// Of the words in the order of [`super::UserRow::dates`].
fn style(words: &[Option<String>]) -> DateStyle {
    let word = |place: usize| words.get(place).and_then(Option::as_deref);
    Chosen { week_start: word(0), order: word(1), clock: word(2), language: word(3) }.style()
}
