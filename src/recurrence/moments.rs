//! The moments of one period of a rule, in order: days by hours by minutes by seconds, of which BYSETPOS picks some.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::rule::{Frequency, Rule};

/// The moments of a period. None of them is held: a year of seconds is four short lists.
#[derive(Debug, Clone, Default)]
pub(super) struct Moments {
    /// In order.
    pub days: Vec<NaiveDate>,
    hours: Vec<i32>,
    minutes: Vec<i32>,
    seconds: Vec<i32>,
    /// What BYSETPOS picks, or everything.
    picked: Option<Vec<u64>>,
    /// How many of it were taken.
    taken: u64,
}

impl Moments {
    /// Completes the days with the times of day of a rule, and picks. What the rule does not say, or the period itself
    /// says, is as in `time`; days before `floor` are passed over.
    pub fn begin(&mut self, rule: &Rule, time: NaiveTime, floor: NaiveDate) {
        let expand = |into: &mut Vec<i32>, list: &[i32], own: u32, is_period: bool| {
            into.clear();
            if is_period || list.is_empty() {
                into.push(own.cast_signed());
            } else {
                into.extend_from_slice(list);
            }
        };
        expand(&mut self.hours, &rule.hours, time.hour(), rule.frequency < Frequency::Daily);
        expand(&mut self.minutes, &rule.minutes, time.minute(), rule.frequency < Frequency::Hourly);
        expand(&mut self.seconds, &rule.seconds, time.second(), rule.frequency < Frequency::Minutely);
        self.taken = 0;
        self.picked = None;
        if rule.positions.is_empty() {
            self.taken = self.days.partition_point(|day| *day < floor) as u64 * self.in_a_day();
        } else {
            let size = self.size().cast_signed();
            let at = |position: &i32| i64::from(*position) + if *position > 0 { -1 } else { size };
            let picked = rule.positions.iter().map(at).filter(|at| (0..size).contains(at));
            let mut picked: Vec<u64> = picked.map(i64::cast_unsigned).collect();
            picked.sort_unstable();
            picked.dedup();
            self.picked = Some(picked);
        }
    }

    /// The next one.
    pub fn take(&mut self) -> Option<NaiveDateTime> {
        let at = match &self.picked {
            Some(picked) => *picked.get(usize::try_from(self.taken).ok()?)?,
            None if self.taken < self.size() => self.taken,
            None => return None,
        };
        self.taken += 1;
        let at = usize::try_from(at).ok()?;
        let (at, second) = (at / self.seconds.len(), self.seconds[at % self.seconds.len()]);
        let (at, minute) = (at / self.minutes.len(), self.minutes[at % self.minutes.len()]);
        let (day, hour) = (at / self.hours.len(), self.hours[at % self.hours.len()]);
        let second_of_day = (hour * 60 + minute) * 60 + second;
        let time = NaiveTime::from_num_seconds_from_midnight_opt(second_of_day.cast_unsigned(), 0)?;
        Some(self.days[day].and_time(time))
    }

    fn in_a_day(&self) -> u64 {
        (self.hours.len() * self.minutes.len() * self.seconds.len()) as u64
    }

    fn size(&self) -> u64 {
        self.days.len() as u64 * self.in_a_day()
    }
}
