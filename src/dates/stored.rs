//! How she writes days, as her account stores it: a word for each choice.

use chrono::Weekday;

use super::{DateStyle, HourClock, Language, Order, WEEK_STARTS};

/// The words by which her choices are stored; nothing where she made none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chosen<'a> {
    /// One of [`WEEK_STARTS`].
    pub week_start: Option<&'a str>,
    /// One of [`Order::ALL`].
    pub order: Option<&'a str>,
    /// One of [`HourClock::ALL`].
    pub clock: Option<&'a str>,
    /// One of [`Language::ALL`].
    pub language: Option<&'a str>,
}

impl Chosen<'_> {
    /// The style that they mean; a word that is none leaves what goes without saying.
    #[must_use]
    pub fn style(self) -> DateStyle {
        DateStyle {
            week_start: of(&WEEK_STARTS, self.week_start).unwrap_or(Weekday::Mon),
            order: of(&Order::ALL, self.order).unwrap_or_default(),
            clock: of(&HourClock::ALL, self.clock).unwrap_or_default(),
            language: of(&Language::ALL, self.language).unwrap_or_default(),
        }
    }

    /// Whether each word that is said is known.
    #[must_use]
    pub fn is_known(self) -> bool {
        let knows = |is: bool, word: Option<&str>| is || word.is_none();
        knows(of(&WEEK_STARTS, self.week_start).is_some(), self.week_start)
            && knows(of(&Order::ALL, self.order).is_some(), self.order)
            && knows(of(&HourClock::ALL, self.clock).is_some(), self.clock)
            && knows(of(&Language::ALL, self.language).is_some(), self.language)
    }
}

fn of<T: Copy>(all: &[(T, &str, &str)], word: Option<&str>) -> Option<T> {
    let word = word?;
    all.iter().find(|(_, known, _)| *known == word).map(|(one, ..)| *one)
}

fn word<T: PartialEq>(all: &[(T, &'static str, &'static str)], one: &T) -> &'static str {
    all.iter().find(|(known, ..)| known == one).map_or("", |(_, word, _)| *word)
}

/// What is stored of it.
impl DateStyle {
    /// As [`WEEK_STARTS`] has it.
    #[must_use]
    pub fn week_start_word(self) -> &'static str {
        word(&WEEK_STARTS, &self.week_start)
    }
    /// As [`Order::ALL`] has it.
    #[must_use]
    pub fn order_word(self) -> &'static str {
        word(&Order::ALL, &self.order)
    }
    /// As [`HourClock::ALL`] has it.
    #[must_use]
    pub fn clock_word(self) -> &'static str {
        word(&HourClock::ALL, &self.clock)
    }
    /// As [`Language::ALL`] has it.
    #[must_use]
    pub fn language_word(self) -> &'static str {
        word(&Language::ALL, &self.language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_means_what_was_chosen_and_a_strange_word_is_none() {
        let chosen =
            Chosen { week_start: Some("sunday"), order: Some("mm/dd/yyyy"), clock: Some("12"), language: Some("pl") };
        let style = chosen.style();
        let words = (style.week_start_word(), style.order_word(), style.clock_word(), style.language_word());
        assert_eq!(words, ("sunday", "mm/dd/yyyy", "12", "pl"));
        assert!(chosen.is_known() && Chosen::default().is_known());
        assert!(!Chosen { language: Some("xx"), ..chosen }.is_known());
        assert_eq!(Chosen { order: Some("x"), ..Chosen::default() }.style(), DateStyle::default());
    }
}
