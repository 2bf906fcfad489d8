//! The forms of accounts: strings in, checked values out.

use crate::accounts::passwords;
use crate::outgoing;
use crate::web::{Field, FormData, zones};

/// Sign-up.
#[derive(Debug, Clone, Default)]
pub(super) struct SignUp {
    pub full_name: Field,
    pub email: Field,
    pub password: Field,
    pub time_zone: Field,
    /// The secret of the first account's link or of an invitation's, carried along.
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
            token: token_in(form.text("token")).to_owned(),
        }
    }

    pub fn validate(&mut self) -> Option<NewAccount> {
        let full_name = self.full_name.required_line(255, "Give your name.");
        let email = self.email.required_line(255, "Give your e-mail address.");
        if email.as_deref().is_some_and(|email| !is_address(email)) {
            self.email.refuse("This is no e-mail address.");
        }
        let (address, name) = (email.clone().unwrap_or_default(), full_name.clone().unwrap_or_default());
        passwords::check(&mut self.password, &address, &name);
        let time_zone = zones::check(&mut self.time_zone);
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

/// The secret in what was pasted: a whole link, or the secret alone.
fn token_in(pasted: &str) -> &str {
    pasted.rsplit_once("token=").map_or(pasted, |(_, token)| token).trim()
}

/// Sign-in.
#[derive(Debug, Clone, Default)]
pub(super) struct SignIn {
    pub email: Field,
    pub password: Field,
}

/// Whether a message can carry it, in whatever script. More is for the first message to find out.
fn is_address(text: &str) -> bool {
    outgoing::address(text).is_ok()
}
