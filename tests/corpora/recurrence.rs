//! Recurrence rules with their occurrences, taken from the tests of six libraries.

use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use kith::dates::DateStyle;
use kith::recurrence::{Frequency, Recurrence, Rule, at, sentence};
use serde_json::Value;

/// One rule, and what a library makes of it.
struct Vector {
    id: String,
    text: String,
    start: Option<String>,
    zone: Option<Tz>,
    dates: Vec<String>,
    except: Vec<String>,
    /// Only so many of the expected ones are known.
    limit: Option<usize>,
    expected: Option<Vec<String>>,
    /// Libraries agree, and the start matches the rule.
    is_plain: bool,
}

impl Vector {
    fn read(value: &Value) -> Self {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let texts = |name: &str| {
            value[name].as_array().map(|list| list.iter().map(|text| text.as_str().unwrap().to_owned()).collect())
        };
        Self {
            id: text("id").unwrap(),
            text: text("rrule").unwrap(),
            start: text("dtstart"),
            zone: text("tzid").map(|name| name.parse().unwrap()),
            dates: texts("rdate").unwrap_or_default(),
            except: texts("exdate").unwrap_or_default(),
            limit: value["limit"].as_u64().map(|limit| usize::try_from(limit).unwrap()),
            expected: texts("expected"),
            is_plain: value["dtstart_in_expected"] == true && value["dateutil_oracle"] == "agree",
        }
    }

    fn rule(&self) -> Result<Rule, String> {
        let rule: Rule = self.text.parse().map_err(|error| format!("{error}"))?;
        let is_day = self.start.as_ref().is_some_and(|start| start.len() == 10);
        let rule = if is_day { rule.of_days() } else { rule };
        Ok(if let Some(zone) = self.zone { rule.in_zone(&zone) } else { rule })
    }

    fn occurrences(&self, rule: Rule, most: usize) -> Vec<NaiveDateTime> {
        let start = wall(self.start.as_deref().unwrap_or("2026-01-01"));
        let walls = |texts: &[String]| texts.iter().map(|text| wall(text)).collect();
        let recurrence = Recurrence { dates: walls(&self.dates), except: walls(&self.except), ..Recurrence::by(rule) };
        recurrence.occurrences(start, start).take(most).collect()
    }
}

/// What the clock shows in a text, its zone left out.
fn wall(text: &str) -> NaiveDateTime {
    match text.get(..19) {
        Some(moment) => moment.parse().unwrap(),
        None => text.parse::<chrono::NaiveDate>().unwrap().and_time(NaiveTime::MIN),
    }
}

fn vectors() -> Vec<Vector> {
    let Some(file) = crate::file("rrule", "rrule_vectors.jsonl") else { return Vec::new() };
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().map(|line| Vector::read(&serde_json::from_str(line).unwrap())).collect()
}

/// What section 3.3.10 forbids (MUST NOT) and libraries read each in their own way.
fn is_forbidden(rule: &Rule) -> bool {
    let has_number = rule.weekdays.iter().any(|day| day.nth.is_some());
    let is_yearly = rule.frequency == Frequency::Yearly;
    (!rule.weeks.is_empty() && (!is_yearly || has_number))
        || (has_number && rule.frequency < Frequency::Monthly)
        || (!rule.month_days.is_empty() && rule.frequency == Frequency::Weekly)
        || (!rule.year_days.is_empty()
            && matches!(rule.frequency, Frequency::Daily | Frequency::Weekly | Frequency::Monthly))
}

/// Why what a library makes of a rule may differ from what the RFC says, or what was decided where it says nothing.
/// Each reason is checked as far as it goes, and excuses nothing that libraries agree on with a start that matches.
fn excuse(vector: &Vector, rule: &Rule, found: &[NaiveDateTime], expected: &[NaiveDateTime]) -> Option<&'static str> {
    let start = wall(vector.start.as_deref()?);
    let says_no_day = rule.weekdays.is_empty() && rule.month_days.is_empty() && rule.year_days.is_empty();
    let is_yearly = rule.frequency == Frequency::Yearly;
    let in_month: Vec<_> =
        vector.occurrences(rule.clone(), 10_000).into_iter().filter(|at| at.month() == start.month()).collect();
    if vector.is_plain {
        None
    } else if is_forbidden(rule) {
        Some("forbidden by the RFC")
    } else if !rule.weeks.is_empty() && says_no_day && found.iter().all(|at| at.weekday() == start.weekday()) {
        // "Information, not contained in the rule [...] is derived from DTSTART": so is the weekday. Others take all seven.
        Some("weeks without a day")
    } else if !rule.weeks.is_empty() && rule.interval > 1 && !found.contains(&start) {
        Some("every nth year of weeks from a start in another year than its week's, which does not match")
    } else if is_yearly && rule.months.is_empty() && !rule.month_days.is_empty() && in_month.starts_with(&expected[..1])
    {
        // The table of section 3.3.10 has BYMONTHDAY expand a year: it is in each month.
        expected
            .iter()
            .all(|at| at.month() == start.month())
            .then_some("days of the month in the month of the start alone")
    } else if expected.first() == Some(&start) && found.starts_with(&expected[1..]) && !found.contains(&start) {
        Some("a start that does not match its rule counts")
    } else {
        None
    }
}

#[test]
fn rules_have_the_occurrences_that_libraries_agree_on_and_where_they_do_not_those_of_the_rfc() {
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    let mut wrong = Vec::new();
    for vector in vectors() {
        let Some(expected) = &vector.expected else { continue };
        let expected: Vec<_> = expected.iter().map(|text| wall(text)).collect();
        let rule = match vector.rule() {
            Ok(rule) => rule,
            Err(reason) => {
                wrong.push(format!("{}: {}: {reason}", vector.id, vector.text));
                continue;
            }
        };
        let found = vector.occurrences(rule.clone(), vector.limit.unwrap_or(expected.len() + 1));
        let verdict = match found == expected {
            true if vector.is_plain => Some("plain and equal"),
            true => Some("equal"),
            false => excuse(&vector, &rule, &found, &expected),
        };
        *counts.entry(verdict.unwrap_or("wrong")).or_default() += 1;
        if verdict.is_none() {
            let start = vector.start.unwrap_or_default();
            wrong.push(format!("{}: {} from {start}: {found:?} and not {expected:?}", vector.id, vector.text));
        }
    }
    println!("{counts:?}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_wall_clock_of_a_zone_is_the_moment_that_libraries_have() {
    for vector in vectors() {
        let (Some(zone), Some(expected)) = (vector.zone, &vector.expected) else { continue };
        for text in expected {
            let moment: DateTime<Utc> = text.parse().unwrap();
            assert_eq!(at(&zone, wall(text)), moment, "{}", vector.id);
        }
    }
}

#[test]
fn no_rule_takes_long_for_a_thousand_occurrences() {
    let mut longest = (Duration::ZERO, String::new());
    for vector in vectors() {
        let begin = Instant::now();
        if let Ok(rule) = vector.rule() {
            vector.occurrences(rule, 1_000);
        }
        longest = longest.max((begin.elapsed(), vector.text));
    }
    println!("longest: {longest:?}");
    assert!(longest.0 < Duration::from_secs(5), "{longest:?}");
}

#[test]
fn every_rule_is_written_as_it_is_read_and_has_a_sentence() {
    let mut raw = std::collections::BTreeSet::new();
    let mut rules = 0;
    for vector in vectors() {
        let Ok(rule) = vector.text.parse::<Rule>() else { continue };
        rules += 1;
        let text = rule.to_string();
        assert_eq!(text.parse::<Rule>().as_ref(), Ok(&rule), "{}", vector.text);
        if sentence(&rule, DateStyle::default()) == text {
            raw.insert(text);
        }
    }
    println!("{rules} rules, {} different ones of which have no plain sentence", raw.len());
}
