//! Hours that are typed.

use chrono::{NaiveTime, Timelike};

/// An hour at the end or at the beginning, and the words besides it; all in small letters.
#[must_use]
pub fn take_hour<'a, 'b>(words: &'b [&'a str]) -> Option<(NaiveTime, &'b [&'a str])> {
    (1..=3.min(words.len())).rev().find_map(|length| {
        let (rest, end) = words.split_at(words.len() - length);
        let (beginning, behind) = words.split_at(length);
        hour(end).map(|time| (time, rest)).or_else(|| hour(beginning).map(|time| (time, behind)))
    })
}

/// `9:00`, `at 9`, `9am`, `at 6:30 pm`, `noon`, `midnight`. A number alone is none.
fn hour(words: &[&str]) -> Option<NaiveTime> {
    let (is_at, words) = match words {
        ["at", rest @ ..] => (true, rest),
        all => (false, all),
    };
    let whole = words.concat();
    let named = [("noon", 12), ("midnight", 0)].into_iter().find(|(name, _)| *name == whole);
    if let Some((_, hour)) = named {
        return NaiveTime::from_hms_opt(hour, 0, 0);
    }
    let half =
        whole.strip_suffix("am").map(|rest| (rest, 0)).or_else(|| whole.strip_suffix("pm").map(|rest| (rest, 12)));
    let clock = |text: &str| ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok());
    let number = |text: &str| NaiveTime::from_hms_opt(text.parse::<u8>().ok()?.into(), 0, 0);
    if let Some((text, add)) = half {
        let time = clock(text).or_else(|| number(text)).filter(|time| (1..=12).contains(&time.hour()))?;
        return time.with_hour(time.hour() % 12 + add);
    }
    match words {
        [one] => clock(one).or_else(|| is_at.then(|| number(one)).flatten()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_read_by_either_clock_and_by_its_name() {
        for (text, read) in [
            ("14:05", "14:05:00"),
            ("14:05:30", "14:05:30"),
            ("2:05 pm", "14:05:00"),
            ("2:05pm", "14:05:00"),
            ("9 pm", "21:00:00"),
            ("12 am", "00:00:00"),
            ("12:30 pm", "12:30:00"),
            ("at 14:00", "14:00:00"),
            ("at 9", "09:00:00"),
            ("noon", "12:00:00"),
            ("at midnight", "00:00:00"),
            ("9", ""),
            ("13 pm", ""),
            ("2:60 pm", ""),
            ("25:00", ""),
            ("pm", ""),
            ("soon", ""),
            ("", ""),
        ] {
            let words: Vec<&str> = text.split_whitespace().collect();
            let whole = take_hour(&words).filter(|(_, rest)| rest.is_empty());
            assert_eq!(whole.map(|(hour, _)| hour.to_string()).unwrap_or_default(), read, "{text}");
        }
        assert_eq!(
            take_hour(&["on", "3", "may", "at", "2", "pm"]).map(|(_, rest)| rest.join(" ")).unwrap(),
            "on 3 may"
        );
        assert_eq!(take_hour(&["9am", "on", "friday"]).map(|(_, rest)| rest.join(" ")).unwrap(), "on friday");
    }
}
