//! How near a day is, in words.

use super::{DateStyle, digits};

/// Bytes that how near a day is takes, written out.
const ROOM: usize = 16;

/// How near a day is.
impl DateStyle {
    /// `today`, `tomorrow`, `yesterday`: what a day has a name for that lies so many days ahead.
    #[must_use]
    pub fn near(self, days: i64) -> Option<&'static str> {
        let words = self.words();
        match days {
            0 => Some(words.today),
            1 => Some(words.tomorrow),
            -1 => Some(words.yesterday),
            _ => None,
        }
    }

    /// `3 d ago`, `in 5 d`, `today`, of so many days ahead.
    #[must_use]
    pub fn relative(self, days: i64) -> String {
        self.near(days).map_or_else(
            || {
                let (number, unit) = largest(days.abs());
                self.placed(days, number, self.words().short_units[unit])
            },
            str::to_owned,
        )
    }

    /// `3 weeks ago`, `in 5 days`, `today`, of so many days ahead.
    #[must_use]
    pub fn relative_in_full(self, days: i64) -> String {
        self.near(days).map_or_else(
            || {
                let (number, unit) = largest(days.abs());
                self.placed(days, number, self.unit(unit, number))
            },
            str::to_owned,
        )
    }

    /// `today`, `tomorrow`, `in 112 days`: to the day, however many those are.
    #[must_use]
    pub fn days_ahead(self, days: i64) -> String {
        self.near(days).map_or_else(|| self.placed(days, days.abs(), self.unit(0, days.abs())), str::to_owned)
    }

    fn placed(self, days: i64, number: i64, unit: &str) -> String {
        let (before, behind) = if days > 0 { self.words().ahead } else { self.words().ago };
        let mut text = String::with_capacity(ROOM);
        text.push_str(before);
        digits::number(&mut text, number);
        text.push(' ');
        text.push_str(unit);
        text.push_str(behind);
        text
    }

    fn unit(self, unit: usize, number: i64) -> &'static str {
        let [one, few, many] = self.words().units[unit];
        match number {
            1 => one,
            _ if (2..=4).contains(&(number % 10)) && !(12..=14).contains(&(number % 100)) => few,
            _ => many,
        }
    }
}

/// A number of days in the largest unit that says enough: days, weeks, months or years, counted from zero.
fn largest(days: i64) -> (i64, usize) {
    match days {
        ..14 => (days, 0),
        14..60 => (days / 7, 1),
        60..730 => ((days * 24 + 365) / 730, 2),
        _ => (days / 365, 3),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Language, Order};
    use super::*;

    fn style(order: Order, language: Language) -> DateStyle {
        DateStyle { order, language, ..DateStyle::default() }
    }

    #[test]
    fn how_near_a_day_is_has_words_in_every_language() {
        let near = |language, days: [i64; 4]| days.map(|days| style(Order::Iso, language).relative_in_full(days));
        assert_eq!(near(Language::English, [0, -1, 5, -21]), ["today", "yesterday", "in 5 days", "3 weeks ago"]);
        assert_eq!(near(Language::German, [0, 1, 5, -21]), ["heute", "morgen", "in 5 Tagen", "vor 3 Wochen"]);
        assert_eq!(
            near(Language::French, [0, -1, 5, -21]),
            ["aujourd’hui", "hier", "dans 5 jours", "il y a 3 semaines"]
        );
        assert_eq!(near(Language::Italian, [0, -1, 5, -730]), ["oggi", "ieri", "tra 5 giorni", "2 anni fa"]);
        assert_eq!(
            near(Language::Polish, [3, 5, -21, -1900]),
            ["za 3 dni", "za 5 dni", "3 tygodnie temu", "5 lat temu"]
        );
        let short = [-3, 5, -21, -120, 800].map(|days| style(Order::Iso, Language::German).relative(days));
        assert_eq!(short, ["vor 3 Tagen", "in 5 Tagen", "vor 3 Wo.", "vor 4 Mon.", "in 2 J."]);
        assert_eq!(DateStyle::default().days_ahead(112), "in 112 days");
    }
}
