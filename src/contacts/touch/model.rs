//! How often: what is offered, how it is said, and what her own rhythm was.

use chrono::{Days, NaiveDate};

use crate::web::{Field, FormData};

/// What forms offer, in days, each with its words.
pub const PRESETS: [(&str, &str); 6] = [
    ("7", "Every week"),
    ("14", "Every two weeks"),
    ("30", "Every month"),
    ("90", "Every 3 months"),
    ("182", "Twice a year"),
    ("365", "Every year"),
];
/// What is sent for none, where nothing at all means that it stays as it is.
pub const NONE: &str = "none";

/// How a form asks how often: one of a list, or a number of days of her own beside it.
#[derive(Debug, Clone, Default)]
pub struct CadenceField {
    /// Chosen from the list; a program may send any number of days.
    pub chosen: Field,
    /// Typed beside the list, which it goes before.
    pub own: Field,
    /// What she does already, offered besides.
    pub rhythm: Option<Rhythm>,
}

impl CadenceField {
    /// As a browser sent it.
    #[must_use]
    pub fn posted(form: &FormData) -> Self {
        Self {
            chosen: Field::of(form, "contact_frequency_days"),
            own: Field::of(form, "own_frequency_days"),
            rhythm: None,
        }
    }

    /// Of what is stored.
    #[must_use]
    pub fn of(days: Option<i32>) -> Self {
        Self { chosen: days.map(|days| days.to_string()).into(), ..Self::default() }
    }

    /// The days, if something was chosen or typed and nothing is wrong with that.
    pub fn days(&mut self) -> Option<i32> {
        let field = if self.own.value.trim().is_empty() { &mut self.chosen } else { &mut self.own };
        field.number(1..=3660)
    }

    /// Refuses a number that is typed beside something else that is chosen: for a form in which nothing is chosen
    /// before somebody does.
    pub fn refuse_both(&mut self) {
        let (chosen, own) = (self.chosen.value.trim(), self.own.value.trim());
        if !chosen.is_empty() && !own.is_empty() && chosen != own && !self.own.is_invalid() {
            self.own.refuse("Something else is chosen above. Choose from the list or type a number, not both.");
        }
    }

    /// Whether it is to be none, where that is one of the choices.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.own.value.trim().is_empty() && self.chosen.value.trim().eq_ignore_ascii_case(NONE)
    }

    /// What she does already, in words; nothing where that is not known.
    #[must_use]
    pub fn says(&self) -> String {
        self.rhythm.map(Rhythm::says).unwrap_or_default()
    }

    /// What the list offers behind `first`. What is stored, or was sent, and is none of it stays to be seen.
    #[must_use]
    pub fn options(&self, first: &[(&str, &str)]) -> Vec<(String, String)> {
        let offered = first.iter().chain(&PRESETS).map(|(days, words)| ((*days).to_owned(), (*words).to_owned()));
        let mut options: Vec<(String, String)> = offered.collect();
        if let Some(rhythm) = self.rhythm {
            let option = (rhythm.days.to_string(), format!("{}, as you are in touch", capital(&told(rhythm.days))));
            match options.iter_mut().find(|(days, _)| *days == option.0) {
                Some(known) => *known = option,
                None => options.push(option),
            }
        }
        if !options.iter().any(|(days, _)| *days == self.chosen.value) {
            let words =
                self.chosen.value.parse().map_or_else(|_| self.chosen.value.clone(), |days| capital(&told(days)));
            options.push((self.chosen.value.clone(), words));
        }
        options
    }

    /// Of somebody's form.
    #[must_use]
    pub fn options_of_one(&self) -> Vec<(String, String)> {
        self.options(&[("", "No rhythm")])
    }

    /// Of a form of many, in which nothing means that it stays.
    #[must_use]
    pub fn options_of_many(&self) -> Vec<(String, String)> {
        self.options(&[("", "As it is"), (NONE, "No rhythm")])
    }
}

/// How often somebody is in touch, without having said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// As a cadence that one would set: whole weeks, months, a year.
    pub days: i32,
}

/// Days on which they were in touch before it is a rhythm.
const FEWEST: usize = 4;

impl Rhythm {
    /// The middle one of the gaps between `days`, each once and in order: of the last year if that has enough of them,
    /// else of all.
    #[must_use]
    pub fn of(days: &[NaiveDate], today: NaiveDate) -> Option<Self> {
        let days = &days[..days.partition_point(|day| *day <= today)];
        let year = today.checked_sub_days(Days::new(365)).unwrap_or(today);
        let recent = &days[days.partition_point(|day| *day < year)..];
        let days = if recent.len() >= FEWEST { recent } else { days };
        if days.len() < FEWEST {
            return None;
        }
        let mut gaps: Vec<i64> = days.windows(2).map(|pair| (pair[1] - pair[0]).num_days()).collect();
        gaps.sort_unstable();
        let middle = gaps.get(gaps.len() / 2)?;
        Some(Self { days: i32::try_from(rounded(*middle)).ok()? })
    }

    /// `You are in touch about every 3 weeks.`
    #[must_use]
    pub fn says(self) -> String {
        format!("You are in touch about {}.", told(self.days))
    }
}

/// A gap as one would set it.
fn rounded(days: i64) -> i64 {
    match days {
        ..=5 => days.max(1),
        6..=8 => 7,
        9..=10 => days,
        11..=25 | 36..=59 => (days + 3) / 7 * 7,
        26..=35 => 30,
        60..=345 => (days + 15) / 30 * 30,
        _ => 365,
    }
}

/// A cadence in whole words: `every week`, `every 3 weeks`, `every 6 months`, `every 10 days`.
#[must_use]
pub fn told(days: i32) -> String {
    match days {
        1 => "every day".to_owned(),
        7 => "every week".to_owned(),
        30 | 31 => "every month".to_owned(),
        365 | 366 => "every year".to_owned(),
        _ if days % 7 == 0 || days % 30 == 0 || days >= 60 => format!("every {}", span(days.into())),
        _ => format!("every {days} days"),
    }
}

/// A number of days in the largest unit that says enough, in whole words: `9 days`, `6 weeks`, `4 months`, `2 years`.
#[must_use]
pub fn span(days: i64) -> String {
    let (number, unit) = match days {
        ..14 => (days, "day"),
        14..60 => (days / 7, "week"),
        60..730 => ((days * 24 + 365) / 730, "month"),
        _ => (days / 365, "year"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

fn capital(words: &str) -> String {
    let (first, rest) = words.split_at(words.len().min(1));
    format!("{}{rest}", first.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rhythm(days: &[&str]) -> Option<String> {
        let days: Vec<NaiveDate> = days.iter().map(|day| day.parse().unwrap()).collect();
        Rhythm::of(&days, "2026-11-28".parse().unwrap()).map(Rhythm::says)
    }

    #[test]
    fn a_rhythm_is_the_middle_one_of_the_gaps() {
        let regular = ["2026-06-01", "2026-06-21", "2026-07-13", "2026-08-02", "2026-11-20"];
        assert_eq!(rhythm(&regular).as_deref(), Some("You are in touch about every 3 weeks."));
        let weekly = ["2026-11-01", "2026-11-08", "2026-11-14", "2026-11-21", "2026-11-28"];
        assert_eq!(rhythm(&weekly).as_deref(), Some("You are in touch about every week."));
        assert_eq!(rhythm(&regular[..3]), None);
    }

    #[test]
    fn what_passed_this_year_goes_before_what_passed_before() {
        let seldom = ["2025-01-10", "2025-07-12", "2026-01-09", "2026-07-15"];
        assert_eq!(rhythm(&seldom).as_deref(), Some("You are in touch about every 6 months."));
        let changed =
            ["2025-01-01", "2025-01-02", "2025-01-03", "2026-08-01", "2026-09-01", "2026-10-01", "2026-11-01"];
        assert_eq!(rhythm(&changed).as_deref(), Some("You are in touch about every month."));
        let planned = ["2026-11-01", "2026-11-02", "2026-11-03", "2027-01-01"];
        assert_eq!(rhythm(&planned), None);
    }

    #[test]
    fn a_cadence_is_told_as_one_says_it() {
        let said = [1, 7, 10, 14, 21, 30, 60, 90, 182, 365, 730].map(told);
        let expected = [
            "every day",
            "every week",
            "every 10 days",
            "every 2 weeks",
            "every 3 weeks",
            "every month",
            "every 2 months",
            "every 3 months",
            "every 6 months",
            "every year",
            "every 2 years",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn what_is_typed_goes_before_what_is_chosen_and_what_is_none_of_the_list_stays_in_it() {
        let form = |body: &str| CadenceField::posted(&FormData::parse(body.as_bytes()));
        assert_eq!(form("contact_frequency_days=7").days(), Some(7));
        assert_eq!(form("contact_frequency_days=7&own_frequency_days=10").days(), Some(10));
        let mut wrong = form("contact_frequency_days=7&own_frequency_days=0");
        assert!(wrong.days().is_none() && wrong.own.is_invalid());
        let options = CadenceField::of(Some(21)).options_of_one();
        assert_eq!(options.last(), Some(&("21".to_owned(), "Every 3 weeks".to_owned())));
        let offered = CadenceField { rhythm: Some(Rhythm { days: 30 }), ..CadenceField::default() };
        let words: Vec<String> = offered.options_of_one().into_iter().map(|(_, words)| words).collect();
        assert_eq!((words.len(), words[3].as_str()), (7, "Every month, as you are in touch"));
    }
}
