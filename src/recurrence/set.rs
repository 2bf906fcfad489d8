//! Rules and dates together: RRULE, RDATE, EXDATE (RFC 5545, section 3.8.5), and EXRULE of RFC 2445.

use std::collections::BTreeSet;
use std::iter::Peekable;

use chrono::{NaiveDate, NaiveDateTime};

use super::occurrences::Occurrences;
use super::rule::Rule;

/// What repeats by rules, at dates, and but for others; all by the wall clock of its start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recurrence {
    /// RRULE. Without one the start is the first occurrence.
    pub rules: Vec<Rule>,
    /// EXRULE.
    pub except_rules: Vec<Rule>,
    /// RDATE.
    pub dates: BTreeSet<NaiveDateTime>,
    /// EXDATE.
    pub except: BTreeSet<NaiveDateTime>,
    /// EXDATE with a day alone, as some programs write it for something with an hour: nothing is on that day.
    pub except_days: BTreeSet<NaiveDate>,
}

impl Recurrence {
    /// What repeats by one rule.
    #[must_use]
    pub fn by(rule: Rule) -> Self {
        Self { rules: vec![rule], ..Self::default() }
    }

    /// Whether the start is none of its own rules, nor a date beside them: what that means RFC 5545 leaves open
    /// (section 3.8.5.3), and here it is no occurrence. One that an EXDATE takes out is meant to be none.
    #[must_use]
    pub fn leaves_out(&self, start: NaiveDateTime) -> bool {
        let is_excepted = self.except.contains(&start) || self.except_days.contains(&start.date());
        let is_of_rule = |rule: &Rule| rule.occurrences(start).next() == Some(start);
        !self.rules.is_empty() && !is_excepted && !self.dates.contains(&start) && !self.rules.iter().any(is_of_rule)
    }

    /// The occurrences from `from` on, in order and each once. COUNT counts also what is excepted.
    pub fn occurrences(
        &self,
        start: NaiveDateTime,
        from: NaiveDateTime,
    ) -> impl Iterator<Item = NaiveDateTime> + use<> {
        let expand = |rule: &Rule| rule.occurrences(start).from(from).peekable();
        let mut dates = self.dates.clone();
        if self.rules.is_empty() {
            dates.insert(start);
        }
        let (except, except_days) = (self.except.clone(), self.except_days.clone());
        let mut except_rules: Vec<_> = self.except_rules.iter().map(expand).collect();
        Merged { rules: self.rules.iter().map(expand).collect(), dates: dates.split_off(&from) }.filter(move |at| {
            let is_out = except.contains(at) || except_days.contains(&at.date());
            !is_out && !except_rules.iter_mut().any(|rule| reaches(rule, *at))
        })
    }
}

/// Whether a rule has an occurrence at this moment, of moments that only grow.
fn reaches(rule: &mut Peekable<Occurrences>, at: NaiveDateTime) -> bool {
    while rule.next_if(|next| *next < at).is_some() {}
    rule.peek() == Some(&at)
}

struct Merged {
    rules: Vec<Peekable<Occurrences>>,
    dates: BTreeSet<NaiveDateTime>,
}

impl Iterator for Merged {
    type Item = NaiveDateTime;

    fn next(&mut self) -> Option<NaiveDateTime> {
        let of_rules = self.rules.iter_mut().filter_map(|rule| rule.peek().copied()).min();
        let next = of_rules.into_iter().chain(self.dates.first().copied()).min()?;
        self.dates.remove(&next);
        for rule in &mut self.rules {
            rule.next_if_eq(&next);
        }
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap().and_hms_opt(9, 0, 0).unwrap()
    }

    fn days(recurrence: &Recurrence, start: u32, from: u32) -> Vec<u32> {
        use chrono::Datelike;
        recurrence.occurrences(day(start), day(from)).take(9).map(|at| at.day()).collect()
    }

    #[test]
    fn without_a_rule_the_start_is_the_first() {
        let recurrence = Recurrence { dates: [day(9), day(3), day(1)].into(), ..Recurrence::default() };
        assert_eq!(days(&recurrence, 2, 1), [1, 2, 3, 9]);
        assert_eq!(days(&recurrence, 2, 3), [3, 9]);
    }

    #[test]
    fn a_start_beside_its_rules_is_told_from_one_that_is_taken_out() {
        // The 2nd of November 2026 is a Monday.
        let tuesdays = Recurrence::by("FREQ=WEEKLY;BYDAY=TU".parse().unwrap());
        assert!(tuesdays.leaves_out(day(2)) && !tuesdays.leaves_out(day(3)));
        assert!(!Recurrence::default().leaves_out(day(2)));
        for told in [
            Recurrence { dates: [day(2)].into(), ..tuesdays.clone() },
            Recurrence { except: [day(2)].into(), ..tuesdays.clone() },
            Recurrence { except_days: [day(2).date()].into(), ..tuesdays },
        ] {
            assert!(!told.leaves_out(day(2)));
        }
    }

    #[test]
    fn rules_and_dates_come_in_order_and_each_once() {
        let rules = ["FREQ=DAILY;COUNT=3", "FREQ=DAILY;INTERVAL=2;COUNT=3"].map(|rule| rule.parse().unwrap()).to_vec();
        let recurrence = Recurrence { rules, dates: [day(2), day(4)].into(), ..Recurrence::default() };
        assert_eq!(days(&recurrence, 1, 1), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn what_is_excepted_is_out_but_counted() {
        let recurrence = Recurrence {
            except: [day(2)].into(),
            except_days: [day(4).date()].into(),
            except_rules: vec!["FREQ=DAILY;INTERVAL=5".parse().unwrap()],
            ..Recurrence::by("FREQ=DAILY;COUNT=7".parse().unwrap())
        };
        assert_eq!(days(&recurrence, 1, 1), [3, 5, 7]);
        assert_eq!(days(&recurrence, 1, 4), [5, 7]);
    }
}
