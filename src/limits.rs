//! What an account of a tier may hold and do at most: settings of the instance, unlimited unless set.

use std::fmt;
use std::str::FromStr;

/// The limits of one tier; none where it is unlimited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// People not in the trash.
    pub contacts: Option<u32>,
    /// Files taken in on one day of hers.
    pub imports: Option<u32>,
    /// Megabytes (of a million bytes) of all her rows, and of her files that wait to be read.
    pub megabytes: Option<u32>,
}

impl Limits {
    /// Whether nothing is limited.
    #[must_use]
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }

    /// The limit of the storage, in bytes.
    #[must_use]
    pub fn bytes(&self) -> Option<i64> {
        self.megabytes.map(|megabytes| i64::from(megabytes) * 1_000_000)
    }
}

impl FromStr for Limits {
    type Err = String;

    /// Reads what [`Limits`] is written as: `contacts=1000,imports=5,megabytes=200`, each at most once.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut limits = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, number) = part.split_once('=').ok_or_else(|| format!("write {part}=NUMBER"))?;
            let limit = match name.trim() {
                "contacts" => &mut limits.contacts,
                "imports" => &mut limits.imports,
                "megabytes" => &mut limits.megabytes,
                other => return Err(format!("there is no limit {other}: they are contacts, imports and megabytes")),
            };
            let number = number.trim().parse().map_err(|_| format!("{part}: write a whole number"))?;
            if limit.replace(number).is_some() {
                return Err(format!("{} stands twice", name.trim()));
            }
        }
        Ok(limits)
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [("contacts", self.contacts), ("imports", self.imports), ("megabytes", self.megabytes)];
        let set = named.iter().filter_map(|(name, limit)| Some(format!("{name}={}", (*limit)?)));
        out.write_str(&set.collect::<Vec<_>>().join(","))
    }
}

/// The limits of the three tiers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tiers {
    /// Of `free`, which every account has that was given no other.
    pub free: Limits,
    /// Of `pro`.
    pub pro: Limits,
    /// Of `team`.
    pub team: Limits,
}

impl Tiers {
    /// The limits of a tier by its word.
    #[must_use]
    pub fn of(&self, tier: &str) -> Limits {
        match tier {
            "pro" => self.pro,
            "team" => self.team,
            _ => self.free,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_what_is_not_said_is_unlimited() {
        for (text, shown) in
            [("", ""), ("imports = 5 , contacts=1000,", "contacts=1000,imports=5"), ("megabytes=0", "megabytes=0")]
        {
            let limits: Limits = text.parse().unwrap();
            assert_eq!(limits.to_string(), shown);
            assert_eq!(shown.parse(), Ok(limits));
        }
        assert!(Limits::default().are_none());
        assert_eq!("megabytes=200".parse::<Limits>().unwrap().bytes(), Some(200_000_000));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        for (text, word) in [
            ("contacts", "contacts=NUMBER"),
            ("contacts=many", "whole number"),
            ("contacts=-1", "whole number"),
            ("people=1", "people"),
            ("imports=1,imports=2", "twice"),
        ] {
            let reason = text.parse::<Limits>().unwrap_err();
            assert!(reason.contains(word), "{text}: {reason}");
        }
    }
}
