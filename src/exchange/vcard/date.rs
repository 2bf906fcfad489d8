//! Days in somebody's life, in the many ways in which vCard writes them.

use super::content_line::ContentLine;
use super::shape::ENCODED;
use crate::contacts::model::PartialDate;

/// The kind of date that a property is, if it is one; `label` is that of its group.
pub(super) fn kind(line: &ContentLine, label: Option<&str>) -> Option<String> {
    let kind = match line.name.as_str() {
        "BDAY" => "birthday",
        "DEATHDATE" | "X-DEATHDATE" => "death",
        "ANNIVERSARY"
        | "X-ANNIVERSARY"
        | "X-MS-ANNIVERSARY"
        | "X-EVOLUTION-ANNIVERSARY"
        | "X-KADDRESSBOOK-X-ANNIVERSARY" => "anniversary",
        "X-ABDATE" => label.unwrap_or("date"),
        _ => return None,
    };
    Some(kind.to_owned())
}

/// The date that a property is, if it names a month and a day.
pub(super) fn of_line(line: &ContentLine, label: Option<&str>) -> Option<PartialDate> {
    let (day, _) = line.value.split_once(['T', ' ']).unwrap_or((&line.value, ""));
    let (year, month, day) = parts(day.trim())?;
    // Apple has no dates without a year and names one that means none.
    let omitted = line.param("X-APPLE-OMIT-YEAR").next().and_then(|year| year.parse().ok());
    let year = year.filter(|year| *year != 0 && Some(*year) != omitted);
    let date = PartialDate { kind: kind(line, label)?, year, month, day };
    crate::exchange::tidy::is_day(&date).then_some(date)
}

/// Year, month and day of `19960415`, `1996-04-15`, `1996-4-15`, `--0415` or `--04-15`.
fn parts(text: &str) -> Option<(Option<i32>, i32, i32)> {
    if !text.is_ascii() {
        return None;
    }
    if let Some(rest) = text.strip_prefix("--") {
        let (month, day) = match rest.len() {
            4 => rest.split_at(2),
            5 => rest.split_once('-')?,
            _ => return None,
        };
        return Some((None, number(month, 2)?, number(day, 2)?));
    }
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((Some(number(&text[..4], 4)?), number(&text[4..6], 2)?, number(&text[6..], 2)?));
    }
    let (year, rest) = text.split_once(['-', '/', '.'])?;
    let (month, day) = rest.split_once(['-', '/', '.'])?;
    (year.len() == 4).then_some(())?;
    Some((Some(number(year, 4)?), number(month, 2)?, number(day, 2)?))
}

/// A number of at most so many digits.
fn number(text: &str, digits: usize) -> Option<i32> {
    let is_number = (1..=digits).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

/// What the line says beyond the day, as a line to be kept: the hour, parameters that Kith does not know.
pub(super) fn fuller(line: &ContentLine) -> Option<String> {
    let mut fuller = ContentLine { group: String::new(), raw_name: line.name.clone(), ..line.clone() };
    fuller.params.retain(|param| !matches!(param.name.as_str(), "VALUE" | "TYPE" | "PREF" | ENCODED));
    let is_known = fuller.params.iter().all(|param| param.name == "X-APPLE-OMIT-YEAR");
    let (_, hour) = line.value.split_once(['T', ' ']).unwrap_or_default();
    let has_hour = hour.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    (has_hour || !is_known).then(|| fuller.to_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(line: &str) -> Option<(Option<i32>, i32, i32)> {
        of_line(&ContentLine::of_text(line).unwrap(), None).map(|date| (date.year, date.month, date.day))
    }

    #[test]
    fn days_are_read_in_every_spelling() {
        for line in ["BDAY:19960415", "BDAY:1996-04-15", "BDAY:1996-04-15T23:10:00Z", "BDAY;VALUE=date:19960415T000000"]
        {
            assert_eq!(date(line), Some((Some(1996), 4, 15)), "{line}");
        }
        for line in ["BDAY:--0415", "BDAY:--04-15", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-15", "BDAY:0000-04-15"] {
            assert_eq!(date(line), Some((None, 4, 15)), "{line}");
        }
        assert_eq!(date("BDAY:--0229"), Some((None, 2, 29)));
    }

    #[test]
    fn what_names_no_day_is_no_date() {
        for line in [
            "BDAY:1996",
            "BDAY:1996-04",
            "BDAY:---15",
            "BDAY:0000",
            "BDAY:19960230",
            "BDAY:circa 1800",
            "BDAY:206-12-15",
        ] {
            assert_eq!(date(line), None, "{line}");
        }
    }
}
