//! The forms of accounts: strings in, checked values out.

use crate::accounts::passwords;
use crate::db::CurrentUser;
use crate::outgoing;
use crate::text::country::Country;
use crate::web::{Field, FormData};

/// Sign-up.
#[derive(Debug, Clone, Default)]
pub(super) struct SignUp {
    pub full_name: Field,
    pub email: Field,
    pub password: Field,
    pub time_zone: Field,
    /// The secret of the first account's link, carried along.
    pub token: String,
}

/// What [`SignUp`] says when nothing is wrong with it.
pub(super) struct NewAccount {
    pub full_name: String,
    pub email: String,
    pub password: String,
    pub time_zone: String,
}

impl SignUp {
    pub fn posted(form: &FormData) -> Self {
        Self {
            full_name: Field::of(form, "full_name"),
            email: Field::of(form, "email"),
            password: Field::of(form, "password"),
            time_zone: Field::of(form, "time_zone"),
            token: form.text("token").to_owned(),
        }
    }

    pub fn validate(&mut self) -> Option<NewAccount> {
        let full_name = self.full_name.required_line(255, "Give your name.");
        let email = self.email.required_line(255, "Give your e-mail address.");
        if email.as_deref().is_some_and(|email| !is_address(email)) {
            self.email.refuse("This is no e-mail address.");
        }
        let (address, name) = (email.clone().unwrap_or_default(), full_name.clone().unwrap_or_default());
        check_new_password(&mut self.password, &address, &name);
        let time_zone = check_time_zone(&mut self.time_zone);
        let is_refused = [&self.full_name, &self.email, &self.password, &self.time_zone].iter().any(|f| f.is_invalid());
        if is_refused {
            return None;
        }
        Some(NewAccount {
            full_name: full_name?,
            email: email?,
            password: self.password.value.clone(),
            time_zone: time_zone?,
        })
    }
}

/// Sign-in.
#[derive(Debug, Clone, Default)]
pub(super) struct SignIn {
    pub email: Field,
    pub password: Field,
}

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
        let zone = check_time_zone(&mut self.time_zone);
        let country = Country::all().map(|(country, _)| country).find(|one| one.code() == self.country.value);
        if country.is_none() && !self.country.value.is_empty() {
            self.country.refuse("Choose a country from the list.");
        }
        (!self.country.is_invalid()).then_some((name?, zone?, country))
    }
}

/// Refuses a password that is none; the field is never trimmed, for spaces count.
pub(super) fn check_new_password(field: &mut Field, email: &str, name: &str) {
    if let Some(reason) = passwords::refusal(&field.value, email, name) {
        field.refuse(reason);
    }
}

fn check_time_zone(field: &mut Field) -> Option<String> {
    match field.value.trim().parse::<chrono_tz::Tz>() {
        Ok(zone) => Some(zone.name().to_owned()),
        Err(_) => {
            field.refuse("Choose a time zone from the list.");
            None
        }
    }
}

/// Whether a message can carry it, in whatever script. More is for the first message to find out.
fn is_address(text: &str) -> bool {
    outgoing::address(text).is_ok()
}
