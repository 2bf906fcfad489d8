//! What people are to each other: `RELATED;TYPE=child:urn:uuid:...` names the other one by the UID of her card. What
//! vCard has no word for stands in parameters of Kith's own.

use super::content_line::{ContentLine, Param};
use super::escape::{escape_uri, quote_param, unescape};
use crate::contacts::relations::Kind;
use crate::exchange::card::CardRelation;

/// The property.
pub(super) const NAME: &str = "RELATED";

const KIND: &str = "X-KIND";
const WORD: &str = "X-WORD";
const INVERSE: &str = "X-INVERSE";
const FROM: &str = "X-FROM";
const UNTIL: &str = "X-UNTIL";
const NOTE: &str = "X-NOTE";

/// Words of vCard that say all that a kind does.
const TYPES: [(&str, Kind); 5] = [
    ("spouse", Kind::Partner),
    ("parent", Kind::Parent),
    ("child", Kind::Child),
    ("sibling", Kind::Sibling),
    ("friend", Kind::Friend),
];

/// What a line says, if it names somebody by her UID and nothing of it would be lost.
pub(super) fn of_line(line: &ContentLine) -> Option<CardRelation> {
    let known = [KIND, WORD, INVERSE, FROM, UNTIL, NOTE];
    let is_kept = |param: &Param| match param.name.as_str() {
        "TYPE" => param.values.len() == 1,
        "VALUE" => param.values.iter().all(|value| value.eq_ignore_ascii_case("uri")),
        name => known.contains(&name),
    };
    let names_a_card = line.value.to_ascii_lowercase().starts_with("urn:uuid:") || line.param(KIND).next().is_some();
    if !line.group.is_empty() || !names_a_card || !line.params.iter().all(is_kept) {
        return None;
    }
    let text = |name| line.param(name).next().map(str::to_owned);
    let day = |name| line.param(name).next().map(str::parse).transpose().ok();
    let word = line.param("TYPE").next().unwrap_or_default().to_ascii_lowercase();
    let kind = match line.param(KIND).next() {
        Some(kind) => kind.parse().ok()?,
        None => TYPES.into_iter().find(|(known, _)| *known == word)?.1,
    };
    let relation = CardRelation {
        other: unescape(&line.value),
        kind: kind.as_str().to_owned(),
        word: text(WORD),
        inverse_word: text(INVERSE),
        started_on: day(FROM)?,
        ended_on: day(UNTIL)?,
        note: text(NOTE).unwrap_or_default(),
    };
    relation.is_sound().then_some(relation)
}

/// What a line that was kept says, likewise.
pub(in crate::exchange) fn of_text(text: &str) -> Option<CardRelation> {
    of_line(&ContentLine::of_text(text).filter(|line| line.name == NAME)?)
}

/// The line of a relation.
pub(in crate::exchange) fn line(relation: &CardRelation) -> String {
    let mut line = ContentLine::new(NAME, &escape_uri(&relation.other));
    let kind = relation.kind.parse::<Kind>().unwrap_or(Kind::Own);
    match TYPES.into_iter().find(|(_, known)| *known == kind) {
        Some((word, _)) => line.params.push(Param::new("TYPE", word)),
        None => {
            let is_of_work = matches!(kind, Kind::Manager | Kind::Report);
            line.params.push(Param::new("TYPE", if is_of_work { "colleague" } else { "contact" }));
        }
    }
    // Only what was written by Kith may name a card otherwise than by urn:uuid.
    let is_plain = relation.other.to_ascii_lowercase().starts_with("urn:uuid:");
    let is_known = TYPES.iter().any(|(_, known)| *known == kind);
    let mut quoted = |name: &str, text: &str| {
        line.params.push(Param { raw: format!("{name}={}", quote_param(text)), ..Param::new(name, text) });
    };
    if !(is_plain && is_known) {
        quoted(KIND, kind.as_str());
    }
    let days = [relation.started_on, relation.ended_on].map(|day| day.map(|day| day.to_string()));
    let texts = [
        (WORD, relation.word.as_deref()),
        (INVERSE, relation.inverse_word.as_deref()),
        (FROM, days[0].as_deref()),
        (UNTIL, days[1].as_deref()),
        (NOTE, Some(relation.note.as_str()).filter(|note| !note.is_empty())),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            quoted(name, text);
        }
    }
    line.to_text()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<CardRelation> {
        of_line(&ContentLine::of_text(text)?)
    }

    #[test]
    fn what_names_a_card_by_its_uid_is_a_relation_and_anything_else_stays_a_line() {
        let other = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
        for (text, kind) in [
            (format!("RELATED;TYPE=spouse:{other}"), Some("partner")),
            (format!("RELATED;VALUE=uri;TYPE=CHILD:{other}"), Some("child")),
            (format!("RELATED;TYPE=contact;X-KIND=\"introduced by\":{other}"), Some("introduced by")),
            (format!("RELATED;TYPE=muse:{other}"), None),
            (format!("RELATED;TYPE=friend,spouse:{other}"), None),
            (format!("RELATED;TYPE=friend;PREF=1:{other}"), None),
            (format!("item1.RELATED;TYPE=friend:{other}"), None),
            (format!("RELATED;TYPE=contact;X-KIND=own:{other}"), None),
            ("RELATED;TYPE=friend;VALUE=text:Please contact my assistant Jane Doe".to_owned(), None),
            ("RELATED;TYPE=friend:https://example.org/jane.vcf".to_owned(), None),
        ] {
            assert_eq!(read(&text).map(|relation| relation.kind).as_deref(), kind, "{text}");
        }
    }

    #[test]
    fn everything_of_a_relation_comes_back() {
        let relation = CardRelation {
            other: "some;one,else\\".to_owned(),
            kind: "own".to_owned(),
            word: Some("Mentor: \"the\" ^best".to_owned()),
            inverse_word: Some("花子, 2nd".to_owned()),
            started_on: "2001-05-01".parse().ok(),
            ended_on: None,
            note: "Met\nat school; \"often\"".to_owned(),
        };
        assert_eq!(read(&line(&relation)), Some(relation));
    }
}
