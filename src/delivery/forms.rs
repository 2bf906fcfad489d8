//! What she chooses: by which ways she is told.

use chrono::NaiveTime;
use url::Url;

use super::ntfy;
use super::queries::{Chosen, Kind};
use crate::outgoing::Caller;
use crate::web::{Field, FormData};

/// A URL may be so long.
const LONGEST: usize = 2000;

/// The mail's part.
pub(super) struct MailForm {
    pub mail_reminders: bool,
    pub has_digest: bool,
    pub digest_time: Field,
}

impl MailForm {
    pub fn stored(chosen: &Chosen) -> Self {
        let digest = chosen.channel("digest");
        let at = digest.and_then(|digest| digest.time_of_day).unwrap_or(morning());
        Self {
            mail_reminders: chosen.mail_reminders,
            has_digest: digest.is_none_or(|digest| digest.is_on),
            digest_time: at.format("%H:%M").to_string().as_str().into(),
        }
    }

    pub fn posted(form: &FormData) -> Self {
        Self {
            mail_reminders: form.has("mail_reminders"),
            has_digest: form.has("digest"),
            digest_time: Field::of(form, "digest_time"),
        }
    }

    /// The hour, where it is one.
    pub fn validate(&mut self) -> Option<NaiveTime> {
        let time = NaiveTime::parse_from_str(self.digest_time.value.trim(), "%H:%M").ok();
        if time.is_none() {
            self.digest_time.refuse("Give the hour as 07:00.");
        }
        time
    }
}

/// Seven o'clock, as `begin_digests` has it.
fn morning() -> NaiveTime {
    NaiveTime::from_hms_opt(7, 0, 0).unwrap_or_default()
}

/// The part of what is called by HTTP.
pub(super) struct ReceiverForm {
    pub kind: Kind,
    pub is_on: bool,
    pub url: Field,
    /// The access token of ntfy; the key of a webhook is Kith's to make, and shown beside.
    pub secret: Field,
}

impl ReceiverForm {
    pub fn stored(chosen: &Chosen, kind: Kind) -> Self {
        let stored = chosen.channel(kind.name());
        let text = |text: Option<&String>| text.map_or("", String::as_str).into();
        Self {
            kind,
            is_on: stored.is_none_or(|channel| channel.is_on),
            url: text(stored.and_then(|channel| channel.url.as_ref())),
            secret: text(stored.and_then(|channel| channel.secret.as_ref())),
        }
    }

    pub fn posted(form: &FormData, kind: Kind) -> Self {
        let name = kind.name();
        Self {
            kind,
            is_on: form.has(name),
            url: Field::of(form, &format!("{name}_url")),
            secret: Field::of(form, &format!("{name}_token")),
        }
    }

    /// The URL and the token, where both may be used.
    pub fn validate(&mut self, caller: &Caller) -> Option<(String, Option<String>)> {
        let token = self.secret.line(400);
        let is_plain = self.secret.value.chars().all(|c| c.is_ascii_graphic());
        if token.is_some() && !is_plain {
            self.secret.refuse("An access token holds letters and digits, such as tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2.");
        }
        let text = self.url.required_line(LONGEST, "Say where.")?;
        if let Err(reason) = self.check(&text, caller) {
            self.url.refuse(reason);
        }
        (!self.url.is_invalid() && !self.secret.is_invalid()).then_some((text, token))
    }

    fn check(&self, text: &str, caller: &Caller) -> Result<(), String> {
        let url: Url = text.parse().map_err(|_| "This is no URL. One begins with https://.".to_owned())?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err("A URL that can be called begins with https:// or http://.".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("Leave the name and password out of the URL.".to_owned());
        }
        if self.kind == Kind::Ntfy && ntfy::topic(&url).is_none() {
            return Err("Give the URL of a topic, such as https://ntfy.sh/ada_reminders.".to_owned());
        }
        caller.check(&url)
    }
}
