//! The forms of the settings: strings in, checked values out.

use crate::dates::{Chosen, DateStyle, HourClock, Language, Order, WEEK_STARTS};
use crate::db::CurrentUser;
use crate::text::country::Country;
use crate::web::{Field, FormData, zones};

/// Change of password.
#[derive(Debug, Clone, Default)]
pub(super) struct PasswordChange {
    pub current_password: Field,
    pub password: Field,
}

/// Her name, time zone, and the country that she dials from.
#[derive(Debug, Clone, Default)]
pub(super) struct Profile {
    pub full_name: Field,
    pub time_zone: Field,
    pub country: Field,
}

impl Profile {
    /// Of what is stored.
    pub fn of(user: &CurrentUser) -> Self {
        Self {
            full_name: user.full_name().into(),
            time_zone: user.time_zone().name().into(),
            country: user.country().as_ref().map_or("", Country::code).into(),
        }
    }

    /// As a browser sent it; what a script, or the form of the zone alone, does not say stays as it is.
    pub fn posted(form: &FormData, user: &CurrentUser) -> Self {
        let present = Self::of(user);
        let field = |name, present| if form.has(name) { Field::of(form, name) } else { present };
        Self {
            full_name: field("full_name", present.full_name),
            time_zone: field("time_zone", present.time_zone),
            country: field("country", present.country),
        }
    }

    pub fn validate(&mut self) -> Option<(String, String, Option<Country>)> {
        let name = self.full_name.required_line(255, "Give your name.");
        let zone = zones::check(&mut self.time_zone);
        let country = Country::all().map(|(country, _)| country).find(|one| one.code() == self.country.value);
        if country.is_none() && !self.country.value.is_empty() {
            self.country.refuse("Choose a country from the list.");
        }
        (!self.country.is_invalid()).then_some((name?, zone?, country))
    }
}

/// How she writes days and hours, by the words that are stored.
#[derive(Debug, Clone, Default)]
pub(super) struct DateStyleForm {
    pub week_start: Field,
    pub date_format: Field,
    pub clock: Field,
    pub date_language: Field,
}

/// What a list offers: what is stored, and what it is called.
type Offered<const N: usize> = [(&'static str, &'static str); N];

impl DateStyleForm {
    /// Of what she chose before.
    pub fn of(style: DateStyle) -> Self {
        Self {
            week_start: style.week_start_word().into(),
            date_format: style.order_word().into(),
            clock: style.clock_word().into(),
            date_language: style.language_word().into(),
        }
    }

    /// As a browser sent it; what a script does not say stays as it is.
    pub fn posted(form: &FormData, style: DateStyle) -> Self {
        let present = Self::of(style);
        let field = |name, present| if form.has(name) { Field::of(form, name) } else { present };
        Self {
            week_start: field("week_start", present.week_start),
            date_format: field("date_format", present.date_format),
            clock: field("clock", present.clock),
            date_language: field("date_language", present.date_language),
        }
    }

    pub fn validate(&mut self) -> Option<DateStyle> {
        let is_among = |field: &mut Field, words: &[&str]| {
            if !words.contains(&field.value.as_str()) {
                field.refuse("Choose one from the list.");
            }
        };
        is_among(&mut self.week_start, &Self::week_starts().map(|(word, _)| word));
        is_among(&mut self.date_format, &Self::date_formats().map(|(word, _)| word));
        is_among(&mut self.clock, &Self::clocks().map(|(word, _)| word));
        is_among(&mut self.date_language, &Self::languages().map(|(word, _)| word));
        let fields = [&self.week_start, &self.date_format, &self.clock, &self.date_language];
        let chosen = Chosen {
            week_start: Some(&self.week_start.value),
            order: Some(&self.date_format.value),
            clock: Some(&self.clock.value),
            language: Some(&self.date_language.value),
        };
        (!fields.into_iter().any(Field::is_invalid)).then(|| chosen.style())
    }

    pub fn week_starts() -> Offered<3> {
        WEEK_STARTS.map(|(_, word, label)| (word, label))
    }
    pub fn date_formats() -> Offered<6> {
        Order::ALL.map(|(_, word, label)| (word, label))
    }
    pub fn clocks() -> Offered<2> {
        HourClock::ALL.map(|(_, word, label)| (word, label))
    }
    pub fn languages() -> Offered<8> {
        Language::ALL.map(|(_, word, label)| (word, label))
    }
}
