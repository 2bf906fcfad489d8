//! Tiers: what an account is called that may have so much.

use std::fmt;

/// The word in `users.subscription_tier`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tier {
    /// Whoever has no other.
    #[default]
    Free,
    /// `pro`.
    Pro,
    /// `team`.
    Team,
}

impl Tier {
    /// All of them, from the least.
    pub const ALL: [Self; 3] = [Self::Free, Self::Pro, Self::Team];

    /// The tier with this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.word() == word)
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Pro => "pro",
            Self::Team => "team",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}
