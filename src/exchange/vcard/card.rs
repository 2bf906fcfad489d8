//! The properties of a card become a [`Card`]; what Kith does not model is kept line by line.

use std::collections::{HashMap, HashSet};

use super::content_line::ContentLine;
use super::employment::Posts;
use super::escape::{components, split, unescape};
use super::{android, binary, date, method, own_field, related, shape, writer};
use crate::contacts::model::{Method, MethodKind, PartialDate};
use crate::exchange::card::Card;
use crate::exchange::tidy::tidy_label;

/// More tags than anybody has; a longer list is kept as it stands.
const MAX_TAGS: usize = 1_000;

/// The card of these lines, or `None` if they say nothing of anybody.
pub(super) fn from_lines(lines: Vec<ContentLine>) -> Option<Card> {
    let mut building = Building::default();
    let lines: Vec<ContentLine> = lines.into_iter().map(|line| shape::shaped(shape::together(line))).collect();
    for line in &lines {
        if line.name == "X-ABLABEL" && !line.group.is_empty() {
            building.labels.entry(line.group.to_lowercase()).or_insert_with(|| tidy_label(&unescape(&line.value)));
        }
    }
    for line in lines {
        building.add(line);
    }
    let mut card = building.finish().tidy();
    if card.person.sort_name.is_none() {
        let is_sort_name =
            |line: &String| ContentLine::of_text(line).is_some_and(|line| writer::is_sort_name(&line.name));
        card.extras.retain(|line| !is_sort_name(line));
    }
    (!card.is_empty()).then_some(card)
}

#[derive(Default)]
struct Building {
    card: Card,
    /// Labels by group.
    labels: HashMap<String, String>,
    /// Groups whose label has gone into a method or a date.
    labelled: HashSet<String>,
    has_name: bool,
    has_shown_name: bool,
    methods: Vec<(u32, Method)>,
    /// Addresses that stand in lines of their own, until it is known whether there are any others.
    address_labels: Vec<ContentLine>,
    posts: Posts,
    sort_names: SortNames,
    notes: Vec<String>,
    nicknames: Vec<String>,
    group_labels: Vec<ContentLine>,
}

/// By what to sort, from the surest to the least.
#[derive(Default)]
struct SortNames {
    param: Option<String>,
    property: Option<ContentLine>,
    phonetic: Vec<ContentLine>,
}

impl Building {
    fn add(&mut self, line: ContentLine) {
        match line.name.as_str() {
            // REV and PRODID differ with every export that changed nothing.
            "BEGIN" | "END" | "VERSION" | "PRODID" | "REV" => {}
            _ if line.value.trim().is_empty() && line.params.is_empty() && line.name != "X-ABLABEL" => {}
            "FN" if !self.has_shown_name => {
                self.has_shown_name = true;
                self.card.person.display_name = unescape(&line.value);
            }
            "N" if !self.has_name => self.add_name(&line),
            "UID" if self.card.uid.is_none() => self.card.uid = Some(unescape(&line.value)),
            "NICKNAME" | "X-NICKNAME" => {
                self.nicknames.extend(split(&line.value, b',', MAX_TAGS).into_iter().map(|name| unescape(name.trim())));
            }
            "CATEGORIES" => self.add_tags(line),
            "NOTE" => self.notes.push(crate::text::clean::lines(&unescape(&line.value))),
            "SORT-STRING" if self.sort_names.property.is_none() => self.sort_names.property = Some(line),
            "X-PHONETIC-FIRST-NAME" | "X-PHONETIC-MIDDLE-NAME" | "X-PHONETIC-LAST-NAME" => {
                self.sort_names.phonetic.push(line);
            }
            "ORG" | "TITLE" | "ROLE" => self.posts.add(line),
            related::NAME => self.add_relation(&line),
            own_field::NAME => self.add_own_field(&line),
            name if name.starts_with("X-KITH-") && name != method::OTHER => self.add_own(line),
            "LABEL" => self.address_labels.push(line),
            "X-ABLABEL" => self.group_labels.push(line),
            "X-ANDROID-CUSTOM" => self.add_android(line),
            _ => self.add_method_or_date(line),
        }
    }

    fn add_name(&mut self, line: &ContentLine) {
        let parts = components(&line.value);
        let part = |index: usize, separator: &str| {
            let part = parts.get(index).copied().unwrap_or_default();
            let names = if line.is_v21 { vec![part] } else { split(part, b',', MAX_TAGS) };
            let names: Vec<String> = names.into_iter().map(|name| unescape(name).trim().to_owned()).collect();
            Some(names.join(separator)).filter(|name| !name.is_empty())
        };
        let person = &mut self.card.person;
        person.last_name = part(0, " ");
        person.first_name = part(1, " ").unwrap_or_default();
        person.middle_name = part(2, " ");
        person.name_prefix = part(3, " ");
        person.name_suffix = part(4, ", ");
        let sort: Vec<String> =
            line.param("SORT-AS").flat_map(|sort| split(sort, b',', MAX_TAGS)).map(unescape).collect();
        self.sort_names.param = Some(sort.join(" ")).filter(|sort| !sort.trim().is_empty());
        self.has_name = true;
    }

    fn add_tags(&mut self, line: ContentLine) {
        let tags = split(&line.value, b',', MAX_TAGS + 1);
        if tags.len() > MAX_TAGS || self.card.tags.len() > MAX_TAGS {
            self.card.extras.push(line.to_text());
        } else {
            self.card.tags.extend(tags.into_iter().map(unescape));
        }
    }

    /// What Kith itself wrote.
    fn add_own(&mut self, line: ContentLine) {
        let number = line.value.trim().parse::<i32>().ok();
        let person = &mut self.card.person;
        match (line.name.as_str(), number) {
            ("X-KITH-NAMELESS", Some(1)) => person.is_nameless = true,
            ("X-KITH-STRENGTH", Some(1..=10)) if person.relationship_strength.is_none() => {
                person.relationship_strength = number;
            }
            ("X-KITH-FREQUENCY-DAYS", Some(1..=3_660)) if person.contact_frequency_days.is_none() => {
                person.contact_frequency_days = number;
            }
            ("X-KITH-HOW-MET", _) if person.how_met.is_empty() => person.how_met = unescape(&line.value),
            ("X-KITH-MET-AT", _) if person.met_at.is_none() => person.met_at = Some(unescape(&line.value)),
            ("X-KITH-START" | "X-KITH-END" | "X-KITH-CURRENT", _) => self.posts.add(line),
            _ => self.card.extras.push(line.to_text()),
        }
    }

    fn add_own_field(&mut self, line: &ContentLine) {
        let fields = &mut self.card.person.fields;
        match own_field::of_line(line).filter(|read| fields.iter().all(|known| !own_field::is_same(known, read))) {
            Some(read) => fields.push(read),
            None => self.card.extras.push(line.to_text()),
        }
    }

    fn add_relation(&mut self, line: &ContentLine) {
        match related::of_line(line) {
            Some(read) if self.card.relations.contains(&read) => {}
            Some(read) => self.card.relations.push(read),
            None => self.card.extras.push(line.to_text()),
        }
    }

    fn add_android(&mut self, line: ContentLine) {
        let property = android::property(&line);
        match property.filter(|property| property.name == "NICKNAME" || date::of_line(property, None).is_some()) {
            Some(property) => self.add(property),
            None => self.card.extras.push(line.to_text()),
        }
    }

    fn add_method_or_date(&mut self, line: ContentLine) {
        let group = line.group.to_lowercase();
        let label = self.labels.get(&group).cloned();
        if let Some(method) = method::of_line(&line, label.as_deref()) {
            self.card.extras.extend(method::fuller(&line));
            self.methods.push((method::preference(&line), method));
            self.labelled.insert(group);
        } else if let Some(date) = date::of_line(&line, label.as_deref()) {
            if line.name == "X-ABDATE" {
                self.labelled.insert(group);
            }
            self.add_date(date, &line);
        } else {
            let line = binary::kept(line);
            if !(line.value.trim().is_empty() && line.params.is_empty()) {
                self.card.extras.push(line.to_text());
            }
        }
    }

    fn add_date(&mut self, date: PartialDate, line: &ContentLine) {
        if !self.card.person.dates.contains(&date) {
            self.card.extras.extend(date::fuller(line));
            self.card.person.dates.push(date);
        }
    }

    fn finish(mut self) -> Card {
        self.finish_addresses();
        self.finish_sort_name();
        let person = &mut self.card.person;
        person.methods = in_order(self.methods);
        self.nicknames.retain(|name| !name.is_empty());
        person.nickname = Some(self.nicknames.join(", ")).filter(|name| !name.is_empty());
        self.notes.retain(|note| !note.is_empty());
        person.notes = self.notes.join("\n\n");
        for label in self.group_labels {
            let is_first = self.labels.remove(&label.group.to_lowercase()).is_some();
            if !(is_first && self.labelled.contains(&label.group.to_lowercase())) {
                self.card.extras.push(label.to_text());
            }
        }
        self.posts.finish(&mut self.card);
        self.card
    }

    /// A LABEL says what its ADR says; only where there is no address at all it is one.
    fn finish_addresses(&mut self) {
        let has_address = self.methods.iter().any(|(_, method)| method.kind == MethodKind::Address);
        for line in std::mem::take(&mut self.address_labels) {
            if has_address {
                self.card.extras.push(line.to_text());
            } else {
                let value = unescape(&line.value);
                let label = method::own_label(&line);
                let address = Method { kind: MethodKind::Address, label, value };
                self.methods.push((method::preference(&line), address));
            }
        }
    }

    fn finish_sort_name(&mut self) {
        let SortNames { param, property, phonetic } = std::mem::take(&mut self.sort_names);
        let spoken = |name: &str| phonetic.iter().find(|line| line.name == name).map(|line| unescape(&line.value));
        let spoken: Vec<String> = ["X-PHONETIC-LAST-NAME", "X-PHONETIC-FIRST-NAME", "X-PHONETIC-MIDDLE-NAME"]
            .into_iter()
            .filter_map(spoken)
            .collect();
        let sort = param.clone().or_else(|| property.as_ref().map(|line| unescape(&line.value)));
        self.card.person.sort_name = sort.or_else(|| Some(spoken.join(" "))).filter(|name| !name.trim().is_empty());
        self.card.extras.extend(property.filter(|_| param.is_some()).map(|line| line.to_text()));
        // Also where they are the sort name: telephones speak by them.
        self.card.extras.extend(phonetic.iter().map(ContentLine::to_text));
    }
}

/// The methods in the order of the file, but of each kind the preferred ones first.
fn in_order(methods: Vec<(u32, Method)>) -> Vec<Method> {
    let kinds: Vec<_> = methods.iter().map(|(_, method)| method.kind).collect();
    let mut ranked: HashMap<_, Vec<(u32, Method)>> = HashMap::new();
    for (rank, method) in methods {
        ranked.entry(method.kind).or_default().push((rank, method));
    }
    let mut ranked: HashMap<_, _> = ranked
        .into_iter()
        .map(|(kind, mut methods)| {
            methods.sort_by_key(|(rank, _)| *rank);
            (kind, methods.into_iter())
        })
        .collect();
    kinds.into_iter().filter_map(|kind| ranked.get_mut(&kind)?.next()).map(|(_, method)| method).collect()
}
