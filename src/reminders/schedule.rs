//! When a reminder comes: the wall clock that she entered, as moments. It knows no database.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::recurrence::{self, Frequency, Recurrence, Rule, Until};

/// Occurrences are made so far ahead.
pub const AHEAD: TimeDelta = TimeDelta::days(400);
/// More than so many in that time, five a day, are no reminder.
const MOST: usize = 2000;

/// So many are looked through for the last one.
const COUNTED: usize = 100_000;

/// What a day without an hour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Where she lives.
    pub zone: Tz,
    /// The hour at which a date alone is due.
    pub hour: NaiveTime,
}

impl Clock {
    /// Nine o'clock, where she chose no hour.
    pub const MORNING: NaiveTime = match NaiveTime::from_hms_opt(9, 0, 0) {
        Some(time) => time,
        None => NaiveTime::MIN,
    };
}

/// When a reminder comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// DTSTART, by the wall clock; midnight of a day alone.
    pub starts_at: NaiveDateTime,
    /// Whether it is a date alone.
    pub is_day: bool,
    /// Whose wall clock, where it is not hers.
    pub zone: Option<Tz>,
    /// RRULE; without one it comes once.
    pub rule: Option<Rule>,
    /// EXDATE: when the rule does not count.
    pub except: BTreeSet<NaiveDateTime>,
}

/// An occurrence: which one, and when that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// By the wall clock: what tells it from the others of its reminder (RECURRENCE-ID).
    pub local: NaiveDateTime,
    /// When that is.
    pub due_at: DateTime<Utc>,
}

impl Schedule {
    /// Of a day, at its hour if it has one, by her wall clock.
    #[must_use]
    pub fn of(day: NaiveDate, time: Option<NaiveTime>, rule: Option<Rule>) -> Self {
        let starts_at = day.and_time(time.unwrap_or(NaiveTime::MIN));
        Self { starts_at, is_day: time.is_none(), zone: None, rule, except: BTreeSet::new() }
    }

    /// Whose wall clock it goes by.
    #[must_use]
    pub fn zone(&self, clock: Clock) -> Tz {
        self.zone.unwrap_or(clock.zone)
    }

    /// The wall clock of a moment.
    #[must_use]
    pub fn local(&self, at: DateTime<Utc>, clock: Clock) -> NaiveDateTime {
        at.with_timezone(&self.zone(clock)).naive_local()
    }

    /// When this occurrence is due.
    #[must_use]
    pub fn due(&self, local: NaiveDateTime, clock: Clock) -> DateTime<Utc> {
        let wall = if self.is_day { local.date().and_time(clock.hour) } else { local };
        recurrence::at(&self.zone(clock), wall)
    }

    /// The rule by its wall clock.
    fn wall_rule(&self, clock: Clock) -> Option<Rule> {
        let rule = self.rule.clone()?.in_zone(&self.zone(clock));
        Some(if self.is_day { rule.of_days() } else { rule })
    }

    /// The occurrences that are not due before `from`, in order; of what comes once that one, whenever it is.
    pub fn occurrences(&self, from: NaiveDateTime, clock: Clock) -> Box<dyn Iterator<Item = Occurrence> + '_> {
        let occurrence = move |local| Occurrence { local, due_at: self.due(local, clock) };
        let Some(rule) = self.wall_rule(clock) else { return Box::new(iter::once(occurrence(self.starts_at))) };
        let recurrence = Recurrence { except: self.except.clone(), ..Recurrence::by(rule) };
        // A day alone is over once its hour is.
        let first = match self.is_day && from.time() <= clock.hour {
            true => from.date().and_time(NaiveTime::MIN),
            false => from,
        };
        Box::new(recurrence.occurrences(self.starts_at, first).map(occurrence))
    }

    /// What is made: everything from `from` to `until`, and the next one where there is none until then.
    #[must_use]
    pub fn ahead(&self, from: NaiveDateTime, until: NaiveDateTime, clock: Clock) -> Vec<Occurrence> {
        let mut coming = self.occurrences(from, clock);
        let first = coming.next();
        first.into_iter().chain(coming.take_while(|next| next.local <= until)).take(MOST).collect()
    }

    /// Whether it never comes, or so often that nobody wants to be told: what is wrong with it, in a sentence.
    #[must_use]
    pub fn refusal(&self, from: NaiveDateTime, clock: Clock) -> Option<String> {
        self.rule.as_ref()?;
        match self.occurrences(self.starts_at, clock).next() {
            None => Some("By this rule it never comes.".to_owned()),
            Some(_) => self.too_often(from, clock),
        }
    }

    /// Whether it comes so often that nobody wants to be told, in a sentence. One whose every time was edited apart never
    /// comes, and is not meant.
    #[must_use]
    pub fn too_often(&self, from: NaiveDateTime, clock: Clock) -> Option<String> {
        self.rule.as_ref()?;
        let first = self.occurrences(self.starts_at, clock).next()?;
        let from = from.max(first.local);
        let until = from + AHEAD;
        let many = self.occurrences(from, clock).take_while(|next| next.local <= until).take(MOST + 1).count();
        (many > MOST).then(|| "That is more than five times a day: nobody could attend to it.".to_owned())
    }

    /// Of what repeats, and of which nothing comes from `from` on, the day by which it is over.
    #[must_use]
    pub fn over_by(&self, from: NaiveDateTime, clock: Clock) -> Option<NaiveDate> {
        self.rule.as_ref()?;
        if self.occurrences(from, clock).next().is_some() {
            return None;
        }
        let mut all = self.occurrences(self.starts_at, clock);
        let last = all.by_ref().take(COUNTED).last()?;
        Some(if all.next().is_some() { from.date() } else { last.local.date() })
    }

    /// How many there are before this one, by the rule alone.
    #[must_use]
    pub fn before(&self, local: NaiveDateTime, clock: Clock) -> usize {
        self.wall_rule(clock)
            .map_or(0, |rule| rule.occurrences(self.starts_at).take_while(|earlier| *earlier < local).count())
    }

    /// The same, ended before this occurrence.
    #[must_use]
    pub fn until(&self, local: NaiveDateTime) -> Self {
        let is_daily = |rule: &Rule| {
            rule.frequency >= Frequency::Daily
                && [&rule.hours, &rule.minutes, &rule.seconds].iter().all(|list| list.len() < 2)
        };
        let last = match self.is_day || self.rule.as_ref().is_some_and(is_daily) {
            true => local.date().pred_opt().map(Until::Day),
            false => local.checked_sub_signed(TimeDelta::seconds(1)).map(Until::Local),
        };
        let rule = self.rule.clone().map(|rule| Rule { count: None, until: last, ..rule });
        Self { rule, ..self.clone() }
    }

    /// The same without this occurrence.
    #[must_use]
    pub fn without(&self, local: NaiveDateTime) -> Self {
        let mut rest = self.clone();
        rest.except.insert(local);
        rest
    }

    /// The same from this occurrence on.
    #[must_use]
    pub fn from(&self, local: NaiveDateTime, clock: Clock) -> Self {
        let passed = u32::try_from(self.before(local, clock)).unwrap_or(u32::MAX);
        let rule = self
            .rule
            .clone()
            .map(|rule| Rule { count: rule.count.map(|count| count.saturating_sub(passed).max(1)), ..rule });
        let except = self.except.iter().copied().filter(|out| *out >= local).collect();
        Self { starts_at: local, rule, except, ..self.clone() }
    }

    /// Those of its occurrences for which another of the same day stands, that the rule had at an hour which it has no more: of
    /// each day as many as there are of those, the earliest first. What the rule still has stands for itself alone.
    #[must_use]
    pub fn stood_for(&self, others: &BTreeSet<NaiveDateTime>, clock: Clock) -> BTreeSet<NaiveDateTime> {
        let ends = others.first().zip(others.last()).filter(|_| self.rule.is_some());
        let Some((first, last)) = ends else { return BTreeSet::new() };
        let whole = Self { except: BTreeSet::new(), ..self.clone() };
        let of_rule: BTreeSet<NaiveDateTime> = whole
            .occurrences(first.date().and_time(NaiveTime::MIN), clock)
            .map(|one| one.local)
            .take_while(|local| local.date() <= last.date())
            .collect();
        let mut strangers: BTreeMap<NaiveDate, usize> = BTreeMap::new();
        for other in others.difference(&of_rule) {
            *strangers.entry(other.date()).or_default() += 1;
        }
        let mut is_taken = |local: &NaiveDateTime| match strangers.get_mut(&local.date()) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        };
        let is_free = |local: &NaiveDateTime| !others.contains(local) && !self.except.contains(local);
        of_rule.into_iter().filter(|local| is_free(local) && is_taken(local)).collect()
    }

    /// The occurrences of these days, which are not to count; of a day that has none its time of day.
    #[must_use]
    pub fn on_days(&self, days: &BTreeSet<NaiveDate>, clock: Clock) -> BTreeSet<NaiveDateTime> {
        let whole = Self { except: BTreeSet::new(), ..self.clone() };
        let of = |day: &NaiveDate| {
            let (first, next) = (day.and_time(NaiveTime::MIN), *day + Days::new(1));
            let there: Vec<_> = whole
                .occurrences(first, clock)
                .map(|one| one.local)
                .take_while(|local| local.date() < next)
                .filter(|local| local.date() == *day)
                .take(100)
                .collect();
            if there.is_empty() { vec![day.and_time(self.starts_at.time())] } else { there }
        };
        days.iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(starts_at: &str, rule: &str) -> Schedule {
        let (day, time) = starts_at.split_once(' ').unwrap_or((starts_at, ""));
        let day: NaiveDate = day.parse().unwrap();
        Schedule {
            starts_at: day.and_time(time.parse().unwrap_or(NaiveTime::MIN)),
            is_day: time.is_empty(),
            zone: None,
            rule: (!rule.is_empty()).then(|| rule.parse().unwrap()),
            except: BTreeSet::new(),
        }
    }

    fn clock(zone: Tz) -> Clock {
        Clock { zone, hour: NaiveTime::from_hms_opt(9, 0, 0).unwrap() }
    }

    fn berlin() -> Clock {
        clock(Tz::Europe__Berlin)
    }

    /// The first few from a wall clock on, in UTC.
    fn dues(schedule: &Schedule, from: &str, clock: Clock) -> Vec<String> {
        let from = NaiveDateTime::parse_from_str(from, "%Y-%m-%d %H:%M").unwrap();
        schedule.occurrences(from, clock).take(3).map(|one| one.due_at.format("%Y-%m-%d %H:%M").to_string()).collect()
    }

    #[test]
    fn nine_o_clock_stays_nine_o_clock_across_a_clock_change() {
        let daily = schedule("2026-03-28 09:00:00", "FREQ=DAILY");
        assert_eq!(
            dues(&daily, "2026-03-28 00:00", berlin()),
            ["2026-03-28 08:00", "2026-03-29 07:00", "2026-03-30 07:00"]
        );
    }

    #[test]
    fn a_time_in_the_gap_moves_forward_and_of_a_time_that_comes_twice_it_is_the_first() {
        let early = schedule("2026-03-28 02:30:00", "FREQ=DAILY");
        assert_eq!(
            dues(&early, "2026-03-28 00:00", berlin()),
            ["2026-03-28 01:30", "2026-03-29 01:30", "2026-03-30 00:30"]
        );
        assert_eq!(dues(&early, "2026-10-25 00:00", berlin())[0], "2026-10-25 00:30");
        let whole_day = schedule("2011-12-29 12:00:00", "FREQ=DAILY");
        assert_eq!(dues(&whole_day, "2011-12-30 00:00", clock(Tz::Pacific__Apia))[0], "2011-12-30 22:00");
    }

    #[test]
    fn a_date_alone_is_due_at_her_hour_and_over_behind_it() {
        let daily = schedule("2026-01-01", "FREQ=DAILY;BYHOUR=3;UNTIL=20260103T120000Z");
        assert_eq!(dues(&daily, "2026-01-01 08:59", berlin())[0], "2026-01-01 08:00");
        assert_eq!(dues(&daily, "2026-01-01 09:01", berlin()), ["2026-01-02 08:00", "2026-01-03 08:00"]);
    }

    #[test]
    fn the_29th_of_february_and_the_31st_are_left_out_where_they_are_not() {
        let leap = schedule("2028-02-29 09:00:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29");
        let from = "2028-03-01T00:00:00".parse().unwrap();
        let ahead = leap.ahead(from, from + AHEAD, berlin());
        assert_eq!(ahead.len(), 1, "the next one is made, however far it is");
        assert_eq!(ahead[0].due_at.to_rfc3339(), "2032-02-29T08:00:00+00:00");
        let last = schedule("2027-01-31 09:00:00", "FREQ=MONTHLY;BYMONTHDAY=31");
        assert_eq!(
            dues(&last, "2027-01-01 00:00", clock(Tz::UTC)),
            ["2027-01-31 09:00", "2027-03-31 09:00", "2027-05-31 09:00"]
        );
        let end = schedule("2027-01-31 09:00:00", "FREQ=MONTHLY;BYMONTHDAY=-1");
        assert_eq!(dues(&end, "2027-02-01 00:00", clock(Tz::UTC))[0], "2027-02-28 09:00");
    }

    #[test]
    fn what_comes_too_often_or_never_is_refused_and_quickly() {
        let from = "2026-01-01T00:00:00".parse().unwrap();
        let begun = std::time::Instant::now();
        for rule in [
            "FREQ=SECONDLY",
            "FREQ=MINUTELY;COUNT=100000",
            "FREQ=DAILY;BYHOUR=0,1,2,3,4,5",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=DAILY;UNTIL=20200101",
        ] {
            assert!(schedule("2026-01-01 09:00:00", rule).refusal(from, berlin()).is_some(), "{rule}");
        }
        for rule in
            ["", "FREQ=DAILY", "FREQ=HOURLY;INTERVAL=5", "FREQ=MINUTELY;COUNT=3", "FREQ=DAILY;BYHOUR=8,12,18,21"]
        {
            assert_eq!(schedule("2026-01-01 09:00:00", rule).refusal(from, berlin()), None, "{rule}");
        }
        assert!(begun.elapsed().as_secs() < 5);
    }

    #[test]
    fn what_is_over_says_by_when() {
        let over = |starts_at: &str, rule: &str| {
            let over = schedule(starts_at, rule).over_by("2026-11-28T12:00:00".parse().unwrap(), berlin());
            over.map(|day| day.to_string()).unwrap_or_default()
        };
        assert_eq!(over("2025-12-01 09:00:00", "FREQ=DAILY;COUNT=3"), "2025-12-03");
        assert_eq!(over("2026-11-26", "FREQ=DAILY;COUNT=3"), "2026-11-28", "its hour is over");
        assert_eq!(over("2000-01-01 09:00:00", "FREQ=MINUTELY;UNTIL=20200101"), "2026-11-28");
        for comes in ["FREQ=DAILY;COUNT=400", "FREQ=DAILY", ""] {
            assert_eq!(over("2025-12-01 09:00:00", comes), "", "{comes}");
        }
    }

    #[test]
    fn one_rule_cut_in_two_comes_as_often_as_before() {
        let whole = schedule("2026-01-01 09:00:00", "FREQ=DAILY;COUNT=9");
        let at = "2026-01-04T09:00:00".parse().unwrap();
        let all = |one: &Schedule| one.occurrences(one.starts_at, berlin()).collect::<Vec<_>>();
        let parts = [all(&whole.until(at)), all(&whole.from(at, berlin()))].concat();
        assert_eq!(parts, all(&whole));
        assert_eq!(all(&whole.until(at)).len(), 3);
    }

    #[test]
    fn what_was_at_another_hour_stands_for_its_day_and_for_no_other() {
        let others = |all: &[&str]| all.iter().map(|at| at.parse().unwrap()).collect::<BTreeSet<NaiveDateTime>>();
        let stood_for = |rule: &str, all: &[&str]| {
            let one = schedule("2026-01-01 08:00:00", rule);
            one.stood_for(&others(all), berlin()).into_iter().map(|at| at.to_string()).collect::<Vec<_>>()
        };
        let nine = ["2026-01-02T09:00:00", "2026-01-03T08:00:00", "2026-01-05T09:00:00"];
        assert_eq!(stood_for("FREQ=DAILY", &nine), ["2026-01-02 08:00:00", "2026-01-05 08:00:00"]);
        assert_eq!(stood_for("FREQ=DAILY;COUNT=3", &nine), ["2026-01-02 08:00:00"]);
        assert_eq!(stood_for("FREQ=DAILY;BYHOUR=9,17", &nine), ["2026-01-03 09:00:00"]);
        assert_eq!(stood_for("FREQ=DAILY;BYHOUR=10,17", &nine[..1]), ["2026-01-02 10:00:00"]);
        assert!(stood_for("", &["2026-01-01T09:00:00"]).is_empty(), "what comes once is as it was entered");
    }

    #[test]
    fn a_day_that_does_not_count_is_every_time_of_it() {
        let twice = schedule("2026-01-01 09:00:00", "FREQ=DAILY;BYHOUR=9,17");
        let days = BTreeSet::from(["2026-01-02".parse().unwrap()]);
        let but = Schedule { except: twice.on_days(&days, berlin()), ..twice };
        assert_eq!(but.except.len(), 2);
        assert_eq!(
            dues(&but, "2026-01-01 10:00", clock(Tz::UTC)),
            ["2026-01-01 17:00", "2026-01-03 09:00", "2026-01-03 17:00"]
        );
    }
}
