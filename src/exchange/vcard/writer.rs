//! Writes a card as vCard 4.0 or 3.0, so that reading it gives the same card.

use std::collections::{HashMap, HashSet, VecDeque};

use super::content_line::{ContentLine, Param};
use super::escape::{escape, escape_uri, fold, has_scheme, quote_param};
use super::{binary, date, employment, label, method, own_field, related, shape};
use crate::contacts::model::{Method, MethodKind, PartialDate, Person};
use crate::exchange::card::{Card, CardEmployment};

/// The version to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// vCard 3.0 (RFC 2426), what older phones and programs read.
    V3,
    /// vCard 4.0 (RFC 6350).
    V4,
}

/// The card as text, lines ending with CRLF. Its UID is written as it is; a caller who wants one sets it.
#[must_use]
pub fn write(card: &Card, version: Version) -> String {
    let mut writing = Writing::new(card, version);
    writing.names(&card.person, card.uid.as_deref());
    for (index, method) in card.person.methods.iter().enumerate() {
        let is_first = !card.person.methods[..index].iter().any(|other| other.kind == method.kind);
        let has_more = is_first && card.person.methods[index + 1..].iter().any(|other| other.kind == method.kind);
        writing.method(method, has_more);
    }
    writing.employments(&card.employments);
    for date in &card.person.dates {
        writing.date(date);
    }
    writing.rest(card);
    writing.finish()
}

struct Writing {
    version: Version,
    text: String,
    /// Lines that are kept for themselves.
    extras: Vec<ContentLine>,
    /// Lines that say more than something else in the card, by what they become when they are read.
    fuller: HashMap<String, VecDeque<ContentLine>>,
    /// Groups that kept lines have, in small letters.
    taken: HashSet<String>,
    groups: usize,
}

impl Writing {
    fn new(card: &Card, version: Version) -> Self {
        let version_line = if version == Version::V3 { "VERSION:3.0" } else { "VERSION:4.0" };
        let mut writing = Self {
            version,
            text: String::new(),
            extras: Vec::new(),
            fuller: HashMap::new(),
            taken: HashSet::new(),
            groups: 0,
        };
        let extras = card.extras.iter().map(|extra| extra.replace(['\r', '\n'], ""));
        for line in extras.filter_map(|extra| ContentLine::of_text(&extra)) {
            let line = binary::kept(shape::shaped(line));
            writing.taken.insert(line.group.to_lowercase());
            match meaning(&line) {
                Some(meaning) => writing.fuller.entry(meaning).or_default().push_back(line),
                None => writing.extras.push(line),
            }
        }
        writing.text = format!("BEGIN:VCARD\r\n{version_line}\r\nPRODID:-//Kith//EN\r\n");
        writing
    }

    fn line(&mut self, line: &str) {
        fold(line, &mut self.text);
    }

    /// A group that nothing else has.
    fn group(&mut self, prefix: &str) -> String {
        loop {
            self.groups += 1;
            let group = format!("{prefix}{}", self.groups);
            if !self.taken.contains(&group) {
                return group;
            }
        }
    }

    fn names(&mut self, person: &Person, uid: Option<&str>) {
        if let Some(uid) = uid {
            self.line(&format!("UID:{}", escape_uri(uid)));
        }
        self.line(&format!("FN:{}", escape(&person.shown_name())));
        let part = |part: &Option<String>| escape(part.as_deref().unwrap_or_default());
        let parts = [
            part(&person.last_name),
            escape(&person.first_name),
            part(&person.middle_name),
            part(&person.name_prefix),
            part(&person.name_suffix),
        ];
        let sort = person.sort_name.as_deref();
        let sort_as =
            sort.filter(|_| self.version == Version::V4).map(|name| format!(";SORT-AS={}", quote_param(&escape(name))));
        self.line(&format!("N{}:{}", sort_as.unwrap_or_default(), parts.join(";")));
        if let Some(nickname) = &person.nickname {
            self.line(&format!("NICKNAME:{}", escape(nickname)));
        }
        match sort {
            Some(sort) if self.version == Version::V3 => self.line(&format!("SORT-STRING:{}", escape(sort))),
            Some(_) => {}
            // They would give a sort name that the person no longer has.
            None => self.extras.retain(|line| !is_sort_name(&line.name)),
        }
        if person.is_nameless {
            self.line("X-KITH-NAMELESS:1");
        }
    }

    fn method(&mut self, method: &Method, is_first: bool) {
        let fuller = self.fuller(&format!("method {}", method.value));
        let mut line = fuller.unwrap_or_else(|| of_method(method));
        if line.name == "X-SOCIALPROFILE" && method.kind == MethodKind::Linkedin {
            line.params.push(Param::new("TYPE", "linkedin"));
        }
        let service = method::own_label(&line);
        let words = method.label.strip_suffix(service.as_str()).map_or(method.label.as_str(), str::trim_end);
        let types = label::types(words).unwrap_or_default();
        let unlabelled = line.params.len();
        line.params.extend(types.iter().map(|word| Param::new("TYPE", word)));
        if method::own_label(&line) != method.label {
            line.params.truncate(unlabelled);
            line.group = self.group("item");
        }
        if is_first {
            line.params.push(match self.version {
                Version::V3 => Param::new("TYPE", "pref"),
                Version::V4 => Param::new("PREF", "1"),
            });
        }
        if method::kind(&line) != Some(method.kind) {
            line.params.push(Param::new(method::KIND, method.kind.as_str()));
        }
        self.line(&line.to_text());
        self.label(&line.group, &method.label);
    }

    fn label(&mut self, group: &str, label: &str) {
        if !group.is_empty() {
            self.line(&format!("{group}.X-ABLabel:{}", escape(label)));
        }
    }

    /// Takes the first line that says more than what is to be written.
    fn fuller(&mut self, meaning: &str) -> Option<ContentLine> {
        self.fuller.get_mut(meaning)?.pop_front()
    }

    fn employments(&mut self, posts: &[CardEmployment]) {
        // One post alone needs no group, unless another title would seem to be its own.
        let is_plain = |post: &CardEmployment| post.start_date.is_none() && post.end_date.is_none() && post.is_current;
        let is_of_a_post =
            |line: &ContentLine| matches!(line.name.as_str(), "TITLE" | "ROLE") || line.name.starts_with("X-KITH-");
        let needs_groups = posts.len() > 1 || self.extras.iter().any(is_of_a_post) || !posts.iter().all(is_plain);
        for post in posts {
            let group = if needs_groups { self.group(employment::GROUP) } else { String::new() };
            let fuller = self.fuller(&format!("post {}", post.organization));
            let mut line = fuller.unwrap_or_else(|| ContentLine::new("ORG", &escape(&post.organization)));
            line.group.clone_from(&group);
            self.line(&line.to_text());
            let dot = if needs_groups { "." } else { "" };
            if let Some(title) = &post.title {
                self.line(&format!("{group}{dot}TITLE:{}", escape(title)));
            }
            for (name, day) in [("START", post.start_date), ("END", post.end_date)] {
                if let Some(day) = day {
                    self.line(&format!("{group}.X-KITH-{name}:{day}"));
                }
            }
            if !post.is_current {
                self.line(&format!("{group}.X-KITH-CURRENT:0"));
            }
        }
    }

    fn date(&mut self, date: &PartialDate) {
        let PartialDate { kind, year, month, day } = date;
        let fuller = self.fuller(&format!("{kind} {year:?} {month} {day}"));
        let fuller = fuller.or_else(|| self.fuller(&format!("date {year:?} {month} {day}")));
        let mut line = fuller.unwrap_or_else(|| of_date(date, self.version));
        if line.name == "X-ABDATE" {
            line.group = self.group("item");
        }
        self.line(&line.to_text());
        self.label(&line.group, &date.kind);
    }

    fn rest(&mut self, card: &Card) {
        let person = &card.person;
        if !card.tags.is_empty() {
            let tags: Vec<String> = card.tags.iter().map(|tag| escape(tag)).collect();
            self.line(&format!("CATEGORIES:{}", tags.join(",")));
        }
        if !person.notes.is_empty() {
            self.line(&format!("NOTE:{}", escape(&person.notes)));
        }
        if !person.how_met.is_empty() {
            self.line(&format!("X-KITH-HOW-MET:{}", escape(&person.how_met)));
        }
        if let Some(place) = &person.met_at {
            self.line(&format!("X-KITH-MET-AT:{}", escape(place)));
        }
        for value in &person.fields {
            self.line(&own_field::line(value));
        }
        if let Some(strength) = person.relationship_strength {
            self.line(&format!("X-KITH-STRENGTH:{strength}"));
        }
        if let Some(days) = person.contact_frequency_days {
            self.line(&format!("X-KITH-FREQUENCY-DAYS:{days}"));
        }
        for relation in &card.relations {
            self.line(&related::line(relation));
        }
        let has_address = person.methods.iter().any(|method| method.kind == MethodKind::Address);
        for line in std::mem::take(&mut self.extras) {
            // What says more than something that is no longer there is left out: it would bring it back.
            if line.name != "LABEL" || has_address {
                let line = if self.version == Version::V3 { binary::as_v3(line) } else { line };
                self.line(&shape::apart(line, self.version == Version::V4).to_text());
            }
        }
    }

    fn finish(mut self) -> String {
        self.text.push_str("END:VCARD\r\n");
        self.text
    }
}

/// Whether a line by this name gives a sort name where nothing better does.
pub(super) fn is_sort_name(line: &str) -> bool {
    line == "SORT-STRING" || line.starts_with("X-PHONETIC-")
}

/// What a kept line becomes when it is read, if that is a method, a post or a date.
fn meaning(line: &ContentLine) -> Option<String> {
    if method::of_line(line, None).is_some() {
        return Some(format!("method {}", method::value(line)));
    }
    if let Some(PartialDate { kind, year, month, day }) = date::of_line(line, None) {
        return Some(format!("{kind} {year:?} {month} {day}"));
    }
    let organization = employment::organization(line);
    (line.name == "ORG" && !organization.is_empty()).then(|| format!("post {organization}"))
}

fn of_method(method: &Method) -> ContentLine {
    let text = || escape(&method.value);
    let link = || escape_uri(&method.value);
    match method.kind {
        MethodKind::Phone => ContentLine::new("TEL", &text()),
        MethodKind::Email => ContentLine::new("EMAIL", &text()),
        MethodKind::Address => ContentLine::new("ADR", &format!(";;{};;;;", text())),
        MethodKind::Url => ContentLine::new("URL", &link()),
        MethodKind::Linkedin if method::is_linkedin(&link()) => ContentLine::new("URL", &link()),
        MethodKind::Linkedin => ContentLine::new("X-SOCIALPROFILE", &link()),
        MethodKind::Other => {
            let service = method.label.rsplit(' ').next().and_then(method::messenger_property);
            let service = service.or_else(|| method::messenger_property(&method.label));
            let property = service.unwrap_or(if has_scheme(&method.value) { "IMPP" } else { method::OTHER });
            ContentLine::new(property, &link())
        }
    }
}

fn of_date(date: &PartialDate, version: Version) -> ContentLine {
    let (month, day) = (date.month, date.day);
    let (value, omits_year) = match (version, date.year) {
        (Version::V4, Some(year)) => (format!("{year:04}{month:02}{day:02}"), false),
        (Version::V4, None) => (format!("--{month:02}{day:02}"), false),
        (Version::V3, Some(year)) => (format!("{year:04}-{month:02}-{day:02}"), false),
        (Version::V3, None) => (format!("1604-{month:02}-{day:02}"), true),
    };
    let name = match (date.kind.as_str(), version) {
        ("birthday", _) => "BDAY",
        ("anniversary", Version::V4) => "ANNIVERSARY",
        ("anniversary", Version::V3) => "X-ANNIVERSARY",
        ("death", _) => "DEATHDATE",
        _ => "X-ABDATE",
    };
    let mut line = ContentLine::new(name, &value);
    if omits_year {
        line.params.push(Param::new("X-APPLE-OMIT-YEAR", "1604"));
    }
    line
}
