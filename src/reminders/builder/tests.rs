use super::*;
use crate::recurrence::sentence;

fn built(pairs: &[(&str, &str)], day: &str) -> String {
    let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let mut builder = Builder::posted(&FormData::from_pairs(pairs), DateStyle::default());
    let rule = builder.rule(day.parse().ok());
    rule.map(|rule| sentence(&rule, DateStyle::default())).unwrap_or_default()
}

#[test]
fn what_is_chosen_reads_as_a_sentence() {
    for (pairs, day, says) in [
        (&[("repeats", "")][..], "2026-12-03", ""),
        (&[("repeats", "daily"), ("interval", "3")], "2026-12-03", "Every third day"),
        (&[("repeats", "weekly"), ("interval", "2")], "2026-12-03", "Every second Thursday"),
        (&[("repeats", "weekly"), ("weekday[]", "FR"), ("weekday[]", "MO")], "2026-12-03", "Every Monday and Friday"),
        (&[("repeats", "monthly"), ("monthly", "weekday")], "2026-12-07", "The first Monday of every month"),
        (&[("repeats", "monthly"), ("monthly", "last weekday")], "2026-12-07", "The last Monday of every month"),
        (&[("repeats", "monthly"), ("monthly", "last day")], "2026-12-07", "The last day of every month"),
        (&[("repeats", "monthly")], "2026-12-07", "The 7th of every month"),
        (&[("repeats", "yearly")], "2028-02-29", "Yearly on 29 February"),
        (
            &[("repeats", "daily"), ("ends", "until"), ("until", "2027-05-03")],
            "2026-12-03",
            "Every day until 3 May 2027",
        ),
        (&[("repeats", "daily"), ("ends", "count"), ("count", "10")], "2026-12-03", "Every day, 10 times"),
        (&[("repeats", "rule"), ("recurrence_rule", "RRULE:freq=daily")], "2026-12-03", "Every day"),
    ] {
        assert_eq!(built(pairs, day), says, "{pairs:?}");
    }
}

fn schedule(rule: Rule, starts_at: NaiveDateTime) -> Schedule {
    Schedule { starts_at, is_day: false, zone: None, rule: Some(rule), except: BTreeSet::new() }
}

#[test]
fn every_second_week_is_one_of_hers_and_stays_that_of_the_rule() {
    let sunday = DateStyle { week_start: Weekday::Sun, ..DateStyle::default() };
    let built = |interval: &str, style| {
        let pairs = [("repeats", "weekly"), ("interval", interval), ("weekday[]", "SU"), ("weekday[]", "MO")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Builder::posted(&FormData::from_pairs(pairs), style).rule("2026-12-07".parse().ok()).unwrap()
    };
    let (hers, monday) = (built("2", sunday), built("2", DateStyle::default()));
    assert_eq!(hers.to_string(), "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU");
    assert_eq!(monday.to_string(), "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU");
    assert_eq!(built("1", sunday).to_string(), "FREQ=WEEKLY;BYDAY=MO,SU");
    let starts_at: NaiveDateTime = "2026-12-07T09:00:00".parse().unwrap();
    for rule in [hers, monday] {
        for style in [sunday, DateStyle::default()] {
            let mut builder = Builder::of(&schedule(rule.clone(), starts_at), style);
            assert_eq!(builder.repeats.value, "weekly");
            assert_eq!(builder.rule(Some(starts_at.date())), Some(rule.clone()));
            let sent = [
                ("repeats", "weekly"),
                ("interval", "2"),
                ("weekday[]", "SU"),
                ("weekday[]", "MO"),
                ("week_start", builder.week_start_name()),
            ];
            let sent = sent.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
            let mut again = Builder::posted(&FormData::from_pairs(sent), style);
            assert_eq!(again.rule(Some(starts_at.date())), Some(rule.clone()));
        }
    }
    assert_eq!(Builder::posted(&FormData::default(), sunday).offered()[..2], [("SU", "Sun"), ("MO", "Mon")]);
}

#[test]
fn what_is_stored_comes_back_as_it_was_chosen() {
    let starts_at: NaiveDateTime = "2026-12-07T09:00:00".parse().unwrap();
    for (text, repeats) in [
        ("FREQ=DAILY;INTERVAL=3", "daily"),
        ("FREQ=WEEKLY;BYDAY=MO,FR", "weekly"),
        ("FREQ=MONTHLY;UNTIL=20270503;BYMONTHDAY=7", "monthly"),
        ("FREQ=MONTHLY;COUNT=4;BYDAY=1MO", "monthly"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "monthly"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=7", "yearly"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=8", "rule"),
        ("FREQ=WEEKLY", "rule"),
        ("FREQ=DAILY;UNTIL=20270503T080000Z", "rule"),
    ] {
        let rule: Rule = text.parse().unwrap();
        let mut builder = Builder::of(&schedule(rule.clone(), starts_at), DateStyle::default());
        assert_eq!(builder.repeats.value, repeats, "{text}");
        assert_eq!(builder.rule(Some(starts_at.date())), Some(rule), "{text}");
    }
}

#[test]
fn what_is_no_choice_is_refused_at_its_field() {
    let typed = |name: &'static str| [(name, "x"), ("repeats", if name == "repeats" { "x" } else { "daily" })];
    for name in ["repeats", "interval", "monthly", "ends", "until", "count", "recurrence_rule"] {
        assert_eq!(built(&typed(name), "2026-12-03"), "", "{name}");
    }
}

#[test]
fn a_typed_rule_that_the_rfc_forbids_is_refused_and_says_what_of_it() {
    for (rule, says) in [
        ("FREQ=DAILY;COUNT=3;UNTIL=20270503", "COUNT and UNTIL"),
        ("FREQ=WEEKLY;BYDAY=2MO", "FREQ=MONTHLY and FREQ=YEARLY"),
        ("FREQ=DAILY;BYDAY=MO,-1FR", "FREQ=MONTHLY and FREQ=YEARLY"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "BYWEEKNO"),
        ("FREQ=MONTHLY;BYWEEKNO=20", "only with FREQ=YEARLY"),
        ("FREQ=DAILY;BYYEARDAY=100", "BYYEARDAY"),
        ("FREQ=MONTHLY;BYYEARDAY=100", "BYYEARDAY"),
        ("FREQ=WEEKLY;BYMONTHDAY=13", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", ""),
        ("FREQ=YEARLY;BYYEARDAY=100", ""),
        ("FREQ=DAILY;BYMONTHDAY=13", ""),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", ""),
        ("FREQ=MONTHLY;BYDAY=2MO", ""),
        ("FREQ=YEARLY;BYDAY=20MO", ""),
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=20270503", ""),
    ] {
        let pairs = [("repeats", "rule"), ("recurrence_rule", rule)];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let mut builder = Builder::posted(&FormData::from_pairs(pairs), DateStyle::default());
        let built = builder.rule("2026-12-07".parse().ok());
        assert_eq!(built.is_some(), says.is_empty(), "{rule}");
        let said = builder.recurrence_rule.error.unwrap_or_default();
        assert!(said.contains(says) && said.is_empty() == says.is_empty(), "{rule}: {said}");
    }
}

#[test]
fn a_rule_that_was_stored_before_stays_and_another_like_it_is_refused() {
    let typed = |rule: &str| {
        let pairs = [("repeats", "rule"), ("recurrence_rule", rule)];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Builder::posted(&FormData::from_pairs(pairs), DateStyle::default())
    };
    let day = "2026-12-07".parse().ok();
    for stored in ["FREQ=WEEKLY;BYDAY=2MO", "FREQ=DAILY;COUNT=3;UNTIL=20270503"] {
        let rule: Rule = stored.parse().unwrap();
        assert_eq!(typed(stored).keeping(Some(rule.clone())).rule(day), Some(rule.clone()), "{stored}");
        assert_eq!(typed("FREQ=WEEKLY;BYDAY=3MO").keeping(Some(rule)).rule(day), None, "{stored}");
    }
}
