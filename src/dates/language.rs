//! The languages in which months, weekdays and what is near are called.

use super::words::{self, Words};

/// A language of dates; whatever else Kith says is English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Italian.
    Italian,
    /// Portuguese.
    Portuguese,
    /// Dutch.
    Dutch,
    /// Polish.
    Polish,
}

impl Language {
    /// Each with its code of ISO 639 and its own name.
    pub const ALL: [(Self, &'static str, &'static str); 8] = [
        (Self::English, "en", "English"),
        (Self::German, "de", "Deutsch"),
        (Self::French, "fr", "Français"),
        (Self::Spanish, "es", "Español"),
        (Self::Italian, "it", "Italiano"),
        (Self::Portuguese, "pt", "Português"),
        (Self::Dutch, "nl", "Nederlands"),
        (Self::Polish, "pl", "Polski"),
    ];

    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::English => &words::ENGLISH,
            Self::German => &words::GERMAN,
            Self::French => &words::FRENCH,
            Self::Spanish => &words::SPANISH,
            Self::Italian => &words::ITALIAN,
            Self::Portuguese => &words::PORTUGUESE,
            Self::Dutch => &words::DUTCH,
            Self::Polish => &words::POLISH,
        }
    }
}
