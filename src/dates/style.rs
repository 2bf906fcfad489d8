//! A day and an hour as she writes them.

use chrono::{Datelike, NaiveDate, Timelike, Weekday};

use super::words::Words;
use super::{HourClock, Language, Order, digits};

/// Bytes that a day takes, written out.
const ROOM: usize = 24;

/// How she writes days and hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateStyle {
    /// The first day of her week.
    pub week_start: Weekday,
    /// The order of a day's parts.
    pub order: Order,
    /// The clock.
    pub clock: HourClock,
    /// What months and weekdays are called.
    pub language: Language,
}

impl Default for DateStyle {
    fn default() -> Self {
        Self {
            week_start: Weekday::Mon,
            order: Order::default(),
            clock: HourClock::default(),
            language: Language::default(),
        }
    }
}

/// The days of a week.
impl DateStyle {
    /// How many days of her week lie before this one.
    #[must_use]
    pub fn into_week(self, day: NaiveDate) -> u32 {
        day.weekday().days_since(self.week_start)
    }

    /// How many days lie between this one and the end of the week that is to come: of her week, or on its last day of
    /// the next one, which are seven then.
    #[must_use]
    pub fn days_of_week_ahead(self, day: NaiveDate) -> u32 {
        match 6 - self.into_week(day) {
            0 => 7,
            rest => rest,
        }
    }

    /// The weekdays from the first of her week on.
    #[must_use]
    pub fn week(self) -> [Weekday; 7] {
        let mut day = self.week_start;
        [(); 7].map(|()| {
            let this = day;
            day = day.succ();
            this
        })
    }
}

/// Names.
impl DateStyle {
    pub(super) fn words(self) -> &'static Words {
        self.language.words()
    }

    /// The month's name as it stands alone; `month` is 1 to 12.
    #[must_use]
    pub fn month(self, month: u32) -> &'static str {
        name(&self.words().months, month)
    }

    /// The weekday's name.
    #[must_use]
    pub fn weekday(self, day: Weekday) -> &'static str {
        self.words().weekdays[day.num_days_from_monday() as usize]
    }

    /// `Thu`.
    #[must_use]
    pub fn short_weekday(self, day: Weekday) -> &'static str {
        self.words().short_weekdays[day.num_days_from_monday() as usize]
    }

    /// `December 2026`: above what belongs to a month.
    #[must_use]
    pub fn month_and_year(self, day: NaiveDate) -> String {
        format!("{} {}", self.month(day.month()), day.year())
    }
}

/// Days.
impl DateStyle {
    /// `25 November 2026`, `25/11/2026`.
    #[must_use]
    pub fn exact(self, day: NaiveDate) -> String {
        self.date(Some(day.year()), day.month(), day.day())
    }

    /// A day that may lack its year: `25 November`, `25/11`.
    #[must_use]
    pub fn date(self, year: Option<i32>, month: u32, day: u32) -> String {
        let words = self.words();
        let months = words.months_of_days.as_ref().unwrap_or(&words.months);
        self.written((year, month, day), months)
    }

    /// A day that shows how it is typed.
    #[must_use]
    pub fn sample(self) -> String {
        NaiveDate::from_ymd_opt(2027, 5, 31).map(|day| self.exact(day)).unwrap_or_default()
    }

    /// The same without its year.
    #[must_use]
    pub fn sample_without_year(self) -> String {
        self.date(None, 5, 31)
    }

    /// Two days with a comma between them, as days are typed in one line: by a number where hers are written in words
    /// that hold commas themselves.
    #[must_use]
    pub fn samples(self) -> String {
        let style = match self.order {
            Order::MonthNameDay => Self { order: Order::Iso, ..self },
            _ => self,
        };
        let days = [NaiveDate::from_ymd_opt(2026, 12, 24), NaiveDate::from_ymd_opt(2026, 12, 31)];
        days.into_iter().flatten().map(|day| style.exact(day)).collect::<Vec<_>>().join(", ")
    }

    /// `Thursday, 3 December 2026`.
    #[must_use]
    pub fn long(self, day: NaiveDate) -> String {
        format!("{}, {}", self.weekday(day.weekday()), self.exact(day))
    }

    /// `Thursday, 3 December`.
    #[must_use]
    pub fn long_without_year(self, day: NaiveDate) -> String {
        format!("{}, {}", self.weekday(day.weekday()), self.date(None, day.month(), day.day()))
    }

    /// `3 Dec`, `03/12`; of another year than that of `today` with it.
    #[must_use]
    pub fn short(self, day: NaiveDate, today: NaiveDate) -> String {
        let year = (day.year() != today.year()).then_some(day.year());
        self.written((year, day.month(), day.day()), &self.words().short_months)
    }

    /// `Thu 3 Dec`.
    #[must_use]
    pub fn short_with_weekday(self, day: NaiveDate, today: NaiveDate) -> String {
        format!("{} {}", self.short_weekday(day.weekday()), self.short(day, today))
    }

    fn written(self, (year, month, day): (Option<i32>, u32, u32), months: &[&'static str; 12]) -> String {
        let name = name(months, month);
        let mut text = String::with_capacity(ROOM);
        match (self.order, year) {
            (Order::DayMonthName, year) => self.day_month_name(&mut text, (year, name, day)),
            (Order::MonthNameDay, year) => month_name_day(&mut text, (year, name, day)),
            (Order::DayMonth, year) => numbers(&mut text, [day, month], "/", year),
            (Order::MonthDay, year) => numbers(&mut text, [month, day], "/", year),
            (Order::Dotted, Some(year)) => numbers(&mut text, [day, month], ".", Some(year)),
            (Order::Dotted, None) => {
                numbers(&mut text, [day, month], ".", None);
                text.push('.');
            }
            (Order::Iso, Some(year)) => {
                digits::year(&mut text, year);
                text.push('-');
                numbers(&mut text, [month, day], "-", None);
            }
            (Order::Iso, None) => numbers(&mut text, [month, day], "-", None),
        }
        text
    }

    fn day_month_name(self, text: &mut String, (year, name, day): (Option<i32>, &str, u32)) {
        let Words { joints: (joint, other), first, .. } = self.words();
        match day {
            1 => text.push_str(first),
            _ => digits::number(text, day.into()),
        }
        text.push_str(joint);
        text.push_str(name);
        if let Some(year) = year {
            text.push_str(other);
            digits::number(text, year.into());
        }
    }
}

fn month_name_day(text: &mut String, (year, name, day): (Option<i32>, &str, u32)) {
    text.push_str(name);
    text.push(' ');
    digits::number(text, day.into());
    if let Some(year) = year {
        text.push_str(", ");
        digits::number(text, year.into());
    }
}

fn numbers(text: &mut String, [first, second]: [u32; 2], between: &str, year: Option<i32>) {
    digits::two(text, first);
    text.push_str(between);
    digits::two(text, second);
    if let Some(year) = year {
        text.push_str(between);
        digits::year(text, year);
    }
}

/// Hours.
impl DateStyle {
    /// `14:05`, `2:05 pm`.
    #[must_use]
    pub fn hour(self, time: impl Timelike) -> String {
        let (is_afternoon, hour) = time.hour12();
        match self.clock {
            HourClock::Whole => format!("{:02}:{:02}", time.hour(), time.minute()),
            HourClock::Half => format!("{hour}:{:02} {}", time.minute(), if is_afternoon { "pm" } else { "am" }),
        }
    }
}

fn name(names: &[&'static str; 12], month: u32) -> &'static str {
    names.get(month.wrapping_sub(1) as usize).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::super::Chosen;
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn style(order: Order, language: Language) -> DateStyle {
        DateStyle { order, language, ..DateStyle::default() }
    }

    #[test]
    fn a_day_is_written_in_the_order_that_was_chosen_with_and_without_its_year() {
        let (on, today) = (day("2027-12-03"), day("2026-11-28"));
        for (order, exact, bare, short) in [
            (Order::DayMonthName, "3 December 2027", "3 December", "Fri 3 Dec 2027"),
            (Order::MonthNameDay, "December 3, 2027", "December 3", "Fri Dec 3, 2027"),
            (Order::DayMonth, "03/12/2027", "03/12", "Fri 03/12/2027"),
            (Order::MonthDay, "12/03/2027", "12/03", "Fri 12/03/2027"),
            (Order::Dotted, "03.12.2027", "03.12.", "Fri 03.12.2027"),
            (Order::Iso, "2027-12-03", "12-03", "Fri 2027-12-03"),
        ] {
            let style = style(order, Language::English);
            let written = [style.exact(on), style.date(None, 12, 3), style.short_with_weekday(on, today)];
            assert_eq!(written, [exact, bare, short], "{order:?}");
        }
        let samples = Order::ALL.map(|(order, _, sample)| (style(order, Language::English).exact(today), sample));
        assert!(samples.iter().all(|(written, sample)| written == sample), "{samples:?}");
    }

    #[test]
    fn what_a_hint_shows_is_read_as_it_is_written() {
        for (order, ..) in Order::ALL {
            let style = style(order, Language::French);
            assert_eq!(super::super::typed(&style.sample(), style), Some(day("2027-05-31")), "{order:?}");
            assert_eq!(super::super::day_of_month(&style.sample_without_year(), style), Some((5, 31)), "{order:?}");
            let read: Vec<_> = style.samples().split(", ").map(|text| super::super::typed(text, style)).collect();
            assert_eq!(read, [Some(day("2026-12-24")), Some(day("2026-12-31"))], "{order:?}");
        }
    }

    #[test]
    fn a_day_is_written_in_the_language_that_was_chosen() {
        for (language, long, first) in [
            (Language::English, "Saturday, 28 November 2026", "1 November 2026"),
            (Language::German, "Samstag, 28. November 2026", "1. November 2026"),
            (Language::French, "samedi, 28 novembre 2026", "1er novembre 2026"),
            (Language::Spanish, "sábado, 28 de noviembre de 2026", "1 de noviembre de 2026"),
            (Language::Italian, "sabato, 28 novembre 2026", "1 novembre 2026"),
            (Language::Portuguese, "sábado, 28 de novembro de 2026", "1 de novembro de 2026"),
            (Language::Dutch, "zaterdag, 28 november 2026", "1 november 2026"),
            (Language::Polish, "sobota, 28 listopada 2026", "1 listopada 2026"),
        ] {
            let style = style(Order::DayMonthName, language);
            assert_eq!([style.long(day("2026-11-28")), style.exact(day("2026-11-01"))], [long, first]);
        }
        assert_eq!(style(Order::Dotted, Language::Polish).month_and_year(day("2026-11-01")), "listopad 2026");
    }

    #[test]
    fn an_hour_is_told_by_the_clock_that_was_chosen() {
        let hour = |clock, text: &str| {
            DateStyle { clock, ..DateStyle::default() }.hour(text.parse::<chrono::NaiveTime>().unwrap())
        };
        let hours = ["00:05", "09:00", "12:00", "23:59"];
        assert_eq!(hours.map(|text| hour(HourClock::Whole, text)), ["00:05", "09:00", "12:00", "23:59"]);
        assert_eq!(hours.map(|text| hour(HourClock::Half, text)), ["12:05 am", "9:00 am", "12:00 pm", "11:59 pm"]);
    }

    #[test]
    fn a_week_begins_where_hers_does() {
        let style = |word| Chosen { week_start: Some(word), ..Chosen::default() }.style();
        let sunday = day("2026-11-29");
        assert_eq!(["monday", "sunday", "saturday", "friday"].map(|word| style(word).into_week(sunday)), [6, 0, 1, 6]);
        assert_eq!(["monday", "sunday", "saturday"].map(|word| style(word).days_of_week_ahead(sunday)), [7, 6, 5]);
        assert_eq!(style("saturday").week()[..3], [Weekday::Sat, Weekday::Sun, Weekday::Mon]);
    }
}
