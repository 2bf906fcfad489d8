//! When a message was sent, as far as anything in it tells.

use chrono::{DateTime, Datelike, Duration, FixedOffset, Utc};
use serde::{Deserialize, Serialize};

use super::header::Header;
use super::{date, decode, separator};

/// The year in which mail got the form that it has (RFC 822). What is dated earlier was dated by a clock that nobody had set:
/// those of Unix begin with 1970, those of DOS with 1980, which is 1979 further west.
pub const FIRST_YEAR: i32 = 1982;
/// Fields that are looked at to find out when a message passed.
const MAX_RECEIVED: usize = 50;

/// What said when a message was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateSource {
    /// Its Date.
    Date,
    /// The newest Received: when it arrived.
    Received,
    /// The separator before it in its mbox: when it was put there.
    FromLine,
}

/// What is wrong with a Date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateProblem {
    /// There is none.
    Missing,
    /// It is no date.
    Unreadable,
    /// It is before [`FIRST_YEAR`].
    TooEarly,
    /// It is more than two days ahead.
    TooLate,
}

/// When a message was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// The moment, in the zone of whoever wrote it down.
    pub at: Option<DateTime<FixedOffset>>,
    /// What said so.
    pub source: Option<DateSource>,
    /// Why its Date did not.
    pub problem: Option<DateProblem>,
}

/// The Date of a message where that can be; else when it arrived, else when it was put into its mailbox.
pub(super) fn when(header: &Header<'_>, from_line: Option<&str>, now: DateTime<Utc>) -> When {
    let problem = match header.first("date").map(decode::line).filter(|text| !text.is_empty()) {
        None => DateProblem::Missing,
        Some(text) => match date::read(&text).map(|at| (at, problem_of(at, now))) {
            Some((at, None)) => return When { at: Some(at), source: Some(DateSource::Date), problem: None },
            Some((_, Some(problem))) => problem,
            None => DateProblem::Unreadable,
        },
    };
    let is_possible = |at: &DateTime<FixedOffset>| problem_of(*at, now).is_none();
    let received = header.all("received").take(MAX_RECEIVED).filter_map(received).filter(is_possible).max();
    let put_there = || from_line.and_then(separator::date_of).filter(is_possible).map(|at| (at, DateSource::FromLine));
    let found = received.map(|at| (at, DateSource::Received)).or_else(put_there);
    When { at: found.map(|found| found.0), source: found.map(|found| found.1), problem: Some(problem) }
}

/// The date of a Received, which stands behind its last semicolon (RFC 5321 section 4.4).
fn received(value: &[u8]) -> Option<DateTime<FixedOffset>> {
    let line = decode::line(value);
    date::read(line.rsplit_once(';')?.1)
}

fn problem_of(at: DateTime<FixedOffset>, now: DateTime<Utc>) -> Option<DateProblem> {
    let last = now + Duration::days(2);
    match at {
        at if at.year() < FIRST_YEAR => Some(DateProblem::TooEarly),
        at if at > last => Some(DateProblem::TooLate),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str, from_line: Option<&str>) -> (String, Option<DateSource>, Option<DateProblem>) {
        let now = "2024-06-01T00:00:00Z".parse().unwrap();
        let when = when(&Header::split(header.as_bytes(), |_| false), from_line, now);
        (when.at.map(|at| at.to_rfc3339()).unwrap_or_default(), when.source, when.problem)
    }

    #[test]
    fn a_date_that_cannot_be_is_replaced_by_the_next_best_and_noted() {
        let received = "Received: from a by b; Thu, 2 May 2024 10:00:05 +0200\nReceived: from c\n by a;\n Thu, 2 May 2024 10:00:00 +0200\n\
                        Received: by c; Fri, 1 Jan 2038 00:00:00 +0000\n";
        let line = Some("From ann@x.example Thu May  2 09:00:00 2024");
        let arrived = "2024-05-02T10:00:05+02:00".to_owned();
        let (by_received, by_line) = (Some(DateSource::Received), Some(DateSource::FromLine));
        assert_eq!(
            read("Date: Wed, 1 May 2024 10:00 EDT\n", line),
            ("2024-05-01T10:00:00-04:00".into(), Some(DateSource::Date), None)
        );
        assert_eq!(read(received, line), (arrived.clone(), by_received, Some(DateProblem::Missing)));
        for early in [
            "1 Jan 1969 00:00:00 +0000",
            "1 Jan 1970 00:00:00 +0000",
            "31 Dec 1979 16:00:00 -0800",
            "1 Jan 0001 00:00:00 +0000",
        ] {
            let early = format!("Date: {early}\n{received}");
            assert_eq!(read(&early, line), (arrived.clone(), by_received, Some(DateProblem::TooEarly)), "{early}");
        }
        let late = format!("Date: Tue, 4 Jun 2024 00:00:00 +0000\n{received}");
        assert_eq!(read(&late, line), (arrived, by_received, Some(DateProblem::TooLate)));
        assert_eq!(
            read("Date: soon\n", line),
            ("2024-05-02T09:00:00+00:00".into(), by_line, Some(DateProblem::Unreadable))
        );
        assert_eq!(read("Date: soon\n", None), (String::new(), None, Some(DateProblem::Unreadable)));
    }
}
