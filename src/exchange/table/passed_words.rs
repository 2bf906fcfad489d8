//! What programs call the columns of a table of what passed, in a few languages, and whether a table is one.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::content;
use super::dialect::Sample;
use super::words::{column_of as column_of_people, plain};
use crate::exchange::fields::{Meaning, What, date};

/// Meaning and its names, parted by commas. Case, accents, blanks and hyphens do not count.
const NAMES: [(What, &str); 10] = [
    (
        What::When,
        "when, date, date time, datetime, timestamp, time stamp, sent, sent at, sent on, date sent, sent date, received, occurred at, occurred on, happened at, start, start time, start date, begin, created at, call date, call time, day, datum, zeitpunkt, wann, tag, quand, fecha, cuándo, data, 日時, 日付, дата",
    ),
    (What::Hour, "time, time of day, hour, uhrzeit, zeit, heure, hora, ora, 時刻, время"),
    (
        What::From,
        "from, sender, from id, from name, from email, from address, sender id, sender name, author, caller, von, absender, de, expéditeur, remitente, mittente, от, 差出人",
    ),
    (
        What::To,
        "to, recipient, recipients, to id, to name, to email, to address, recipient id, cc, bcc, receiver, callee, an, empfänger, à, destinataire, para, destinatario, кому, 宛先",
    ),
    (
        What::Who,
        "who, with, person, people, contact, contacts, person id, contact id, contact name, contact email, participant, participants, attendee, attendees, name, full name, email, e mail, email address, wer, mit, kontakt, avec, qui, con, quién, 相手",
    ),
    (What::Kind, "type, kind, channel, medium, activity, activity type, interaction type, art, typ, tipo"),
    (What::Direction, "direction, in out, inbound outbound, call type, richtung, sens, dirección"),
    (
        What::Subject,
        "subject, topic, title, about, headline, betreff, thema, sujet, objet, asunto, oggetto, 件名, тема",
    ),
    (
        What::Text,
        "text, body, message, content, notes, note, summary, description, comment, comments, details, snippet, notiz, notizen, inhalt, nachricht, beschreibung, texte, contenu, mensaje, texto, 本文",
    ),
    (
        What::Id,
        "id, msg, msg id, message id, uid, uuid, guid, external id, event id, activity id, interaction id, key, kennung",
    ),
];

static KNOWN: LazyLock<HashMap<String, What>> = LazyLock::new(|| {
    let names = NAMES.into_iter().flat_map(|(what, names)| names.split(',').map(move |name| (plain(name), what)));
    names.collect()
});

/// What the columns of a table of what passed are by their names; the rest are notes.
pub(super) fn columns(header: &[String]) -> Vec<Meaning> {
    let mut columns: Vec<What> =
        header.iter().map(|name| KNOWN.get(&plain(name)).copied().unwrap_or(What::Note)).collect();
    // One of them is when it was: the first, and an hour that stands alone has its day with it.
    let day = columns.iter().position(|what| *what == What::When);
    let Some(when) = day.or_else(|| columns.iter().position(|what| *what == What::Hour)) else {
        return columns.into_iter().map(Meaning::of).collect();
    };
    for (index, what) in columns.iter_mut().enumerate() {
        if index == when {
            *what = What::When;
        } else if *what == What::When {
            *what = What::Note;
        }
    }
    columns.into_iter().map(Meaning::of).collect()
}

/// The columns of one without names: what holds days is when it was, what holds addresses is who.
pub(super) fn columns_by_content(sample: &Sample, count: usize) -> Vec<Meaning> {
    let mut has_day = false;
    let column = |index| {
        Meaning::of(match content::of_column(sample.column(index)) {
            Some(What::Email) => What::Who,
            _ if !has_day && holds_days(sample, index) => {
                has_day = true;
                What::When
            }
            _ => What::Note,
        })
    };
    (0..count).map(column).collect()
}

/// Whether these cells are names of columns of what passed: when something was, with whom, and half of them known.
pub(super) fn is_header(cells: &[String]) -> bool {
    let named: Vec<String> = cells.iter().map(|cell| plain(cell)).filter(|name| !name.is_empty()).collect();
    let known: Vec<What> = named.iter().filter_map(|name| KNOWN.get(name).copied()).collect();
    let has = |whats: &[What]| known.iter().any(|what| whats.contains(what));
    let is_data = cells.iter().any(|cell| content::is_telling(cell));
    !is_data
        && known.len() * 2 >= named.len()
        && has(&[What::When, What::Hour])
        && has(&[What::Who, What::From, What::To])
}

/// Whether they are those of a list of calls: it says when a call was, and tells the number beside the name.
pub(super) fn is_of_calls(header: &[String]) -> bool {
    header.iter().any(|name| matches!(plain(name).as_str(), "calldate" | "calltime" | "calltype" | "callduration"))
}

/// Whether a table says what passed: when, with whom, and something of it; and nothing that an address book says.
pub(super) fn tells(header: &[String], sample: &Sample) -> bool {
    let columns = columns(header);
    let has = |whats: &[What]| columns.iter().any(|column| whats.contains(&column.what));
    let Some(when) = columns.iter().position(|column| column.what == What::When) else { return false };
    let is_of_calls = is_of_calls(header);
    let of_people = header.iter().filter_map(|name| column_of_people(name)).any(|column| {
        !(is_of_calls && column.what == What::Phone)
            && matches!(
                column.what,
                What::FirstName
                    | What::LastName
                    | What::Phone
                    | What::Organization
                    | What::Street
                    | What::City
                    | What::Address
                    | What::Date
            )
    });
    let says = has(&[What::From]) && has(&[What::To]) || has(&[What::Kind, What::Direction, What::Subject, What::Text]);
    !of_people && has(&[What::Who, What::From, What::To]) && says && holds_days(sample, when)
}

/// Whether most cells of a column begin with a day.
fn holds_days(sample: &Sample, index: usize) -> bool {
    let (mut all, mut days) = (0, 0);
    for cell in sample.column(index) {
        let words: Vec<&str> = cell.split_whitespace().collect();
        let day = words.first().copied().unwrap_or_default().trim_end_matches(',');
        // `5 Mar 2025 3pm`.
        let three = words.get(..3).map(|words| words.join(" ")).unwrap_or_default();
        let is_day = |text| date::parse(text, "", false).is_some() || date::parse(text, "", true).is_some();
        let is_number = matches!(cell.len(), 10 | 13) && cell.bytes().all(|byte| byte.is_ascii_digit());
        let is_named = cell.split(' ').any(|word| word.contains(':')) && cell.bytes().any(|byte| byte.is_ascii_digit());
        all += 1;
        days += usize::from(is_day(cell) || is_day(day) || is_day(&three) || is_number || is_named);
    }
    all > 0 && days * 5 >= all * 3
}
