//! Named values become a card.

use super::date;
use super::meaning::{Meaning, What};
use crate::contacts::fields::OwnValue;
use crate::contacts::model::{Method, MethodKind};
use crate::exchange::card::{Card, CardEmployment};
use crate::exchange::vcard;
use crate::text::clean;

/// What parts several values in one of Google's cells.
pub(in crate::exchange) const SEVERAL: &str = " ::: ";

/// The label of a Google group that every contact is in.
const EVERYBODY: &str = "mycontacts";

/// How the values are written.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::exchange) struct Style {
    /// Whether 3/4/1990 is in April.
    pub day_first: bool,
    /// Whether one value may hold several, parted by [`SEVERAL`].
    pub has_several: bool,
    /// Whether tags are Google's groups.
    pub is_google: bool,
}

/// The parts of an address: box, building, street, city, region, postal code, country.
type Parts = [String; 7];

/// A card in the making.
pub(in crate::exchange) struct Building<'a> {
    style: Style,
    card: Card,
    /// Methods in the order of their columns; addresses that are parted are put in where their first part stood.
    methods: Vec<(Meaning, Method)>,
    labels: Vec<(What, &'a str, &'a str)>,
    addresses: Vec<(&'a Meaning, usize, Parts)>,
    posts: Vec<(&'a str, CardEmployment, String)>,
    days: Vec<(&'a str, [&'a str; 3])>,
    dates: Vec<(&'a Meaning, &'a str)>,
    notes: Vec<String>,
    rest: Vec<String>,
    spoken: [&'a str; 2],
}

impl<'a> Building<'a> {
    pub fn new(style: Style) -> Self {
        Self {
            style,
            card: Card::default(),
            methods: Vec::new(),
            labels: Vec::new(),
            addresses: Vec::new(),
            posts: Vec::new(),
            days: Vec::new(),
            dates: Vec::new(),
            notes: Vec::new(),
            rest: Vec::new(),
            spoken: [""; 2],
        }
    }

    /// Adds a value that is not blank under its name.
    pub fn add(&mut self, name: &str, meaning: &'a Meaning, value: &'a str) {
        match meaning.what {
            What::Skip => {}
            What::Note => self.rest.push(format!("{name}: {}", value.trim())),
            What::Extra => self.card.extras.push(vcard::column(name, value.trim())),
            What::Uid => self.card.uid = Some(value.to_owned()),
            // Whoever reads a table of ours takes it from there.
            What::Own => {}
            What::Email => self.add_methods(meaning, MethodKind::Email, value),
            What::Phone => self.add_methods(meaning, MethodKind::Phone, value),
            What::Address => self.add_methods(meaning, MethodKind::Address, value),
            What::Url => self.add_methods(meaning, MethodKind::Url, value),
            What::Other => self.add_methods(meaning, MethodKind::Other, value),
            What::EmailLabel
            | What::PhoneLabel
            | What::AddressLabel
            | What::UrlLabel
            | What::OtherLabel
            | What::DateLabel => self.labels.push((meaning.what, &meaning.group, value)),
            What::PoBox => self.add_part(meaning, 0, value),
            What::Street => self.add_part(meaning, 2, value),
            What::City => self.add_part(meaning, 3, value),
            What::Region => self.add_part(meaning, 4, value),
            What::PostalCode => self.add_part(meaning, 5, value),
            What::Country => self.add_part(meaning, 6, value),
            What::Organization | What::Title | What::Department => self.add_post(meaning, value),
            What::Tags => self.add_tags(value),
            What::Notes => self.notes.push(clean::lines(value)),
            What::OwnField => {
                let field = OwnValue { name: meaning.group.clone(), value: value.to_owned(), ..OwnValue::default() };
                self.card.person.fields.push(field);
            }
            What::HowMet => self.card.person.how_met = clean::lines(value),
            What::Date => self.dates.push((meaning, value)),
            What::Year => self.add_day(meaning, 0, value),
            What::Month => self.add_day(meaning, 1, value),
            What::Day => self.add_day(meaning, 2, value),
            _ => self.add_name(name, meaning, value),
        }
    }

    fn add_name(&mut self, name: &str, meaning: &Meaning, value: &'a str) {
        let number = value.trim().parse::<i32>().ok();
        let person = &mut self.card.person;
        let part = match meaning.what {
            What::DisplayName => &mut person.display_name,
            What::FirstName => &mut person.first_name,
            What::MiddleName => person.middle_name.get_or_insert_default(),
            What::LastName => person.last_name.get_or_insert_default(),
            What::NamePrefix => person.name_prefix.get_or_insert_default(),
            What::NameSuffix => person.name_suffix.get_or_insert_default(),
            What::Nickname => person.nickname.get_or_insert_default(),
            What::SortName => person.sort_name.get_or_insert_default(),
            What::MetAt => person.met_at.get_or_insert_default(),
            What::PhoneticLast => return self.spoken[0] = value,
            What::PhoneticFirst => return self.spoken[1] = value,
            What::Strength if number.is_some() => return person.relationship_strength = number,
            What::FrequencyDays if number.is_some() => return person.contact_frequency_days = number,
            _ => return self.rest.push(format!("{name}: {}", value.trim())),
        };
        if !part.is_empty() {
            // Two that are both said to be it.
            part.push(' ');
        }
        part.push_str(value.trim());
    }

    fn add_methods(&mut self, meaning: &Meaning, kind: MethodKind, value: &str) {
        for value in self.several(kind, value) {
            let kind = if kind == MethodKind::Url && vcard::is_linkedin(value) { MethodKind::Linkedin } else { kind };
            let method = Method { kind, label: meaning.label().to_owned(), value: value.to_owned() };
            self.methods.push((meaning.clone(), method));
        }
    }

    /// The values that stand in one: Google parts several, and so do people who type two addresses into a cell.
    fn several<'c>(&self, kind: MethodKind, value: &'c str) -> Vec<&'c str> {
        if self.style.has_several {
            return value.split(SEVERAL).map(str::trim).filter(|value| !value.is_empty()).collect();
        }
        let parts = || value.split([';', ',']).map(str::trim).filter(|part| !part.is_empty());
        if kind == MethodKind::Email && parts().all(|part| part.contains('@') && !part.contains(' ')) {
            return parts().collect();
        }
        vec![value]
    }

    fn add_part(&mut self, meaning: &'a Meaning, part: usize, value: &str) {
        let at = self.addresses.iter().position(|(known, _, _)| known.group == meaning.group);
        let at = at.unwrap_or_else(|| {
            self.addresses.push((meaning, self.methods.len(), Parts::default()));
            self.addresses.len() - 1
        });
        let text = &mut self.addresses[at].2[part];
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&clean::lines(value));
    }

    fn add_post(&mut self, meaning: &'a Meaning, value: &str) {
        let is_taken = |post: &CardEmployment| meaning.what == What::Organization && !post.organization.is_empty();
        let at = self.posts.iter().position(|(group, post, _)| *group == meaning.group && !is_taken(post));
        let at = at.unwrap_or_else(|| {
            let post = CardEmployment { is_current: true, ..CardEmployment::default() };
            self.posts.push((&meaning.group, post, String::new()));
            self.posts.len() - 1
        });
        let (_, post, department) = &mut self.posts[at];
        match meaning.what {
            What::Organization => post.organization = clean::line(value),
            What::Title => post.title = Some(value.to_owned()),
            _ => *department = clean::line(value),
        }
    }

    fn add_tags(&mut self, value: &str) {
        let is_own = self.style.has_several;
        let separator = if value.contains(SEVERAL) || is_own {
            SEVERAL
        } else if value.contains(';') {
            ";"
        } else {
            ","
        };
        let is_google = self.style.is_google;
        let tags = value.split(separator).map(str::trim);
        // Google's own groups have a star in front; everybody is in one of them.
        let tags = tags.map(|tag| if is_google { tag.strip_prefix("* ").unwrap_or(tag) } else { tag });
        let tags = tags.filter(|tag| !is_google || tag.to_lowercase() != EVERYBODY);
        self.card.tags.extend(tags.map(str::to_owned));
    }

    fn add_day(&mut self, meaning: &'a Meaning, part: usize, value: &'a str) {
        let at = self.days.iter().position(|(group, _)| *group == meaning.group).unwrap_or_else(|| {
            self.days.push((&meaning.group, [""; 3]));
            self.days.len() - 1
        });
        self.days[at].1[part] = value;
    }

    /// The card, not yet tidy.
    pub fn finish(mut self) -> Card {
        self.finish_methods();
        self.finish_dates();
        for (_, post, department) in std::mem::take(&mut self.posts) {
            if !department.is_empty() && post.organization.is_empty() {
                self.rest.push(format!("Department: {department}"));
            } else if !department.is_empty() {
                self.card.extras.push(vcard::department(&post.organization, &department));
            }
            self.card.employments.push(post);
        }
        let spoken = self.spoken.join(" ");
        if self.card.person.sort_name.is_none() && !spoken.trim().is_empty() {
            self.card.person.sort_name = Some(spoken);
        }
        if !self.rest.is_empty() {
            self.notes.push(self.rest.join("\n"));
        }
        self.card.person.notes = self.notes.join("\n\n");
        self.card
    }

    fn finish_methods(&mut self) {
        for (meaning, at, parts) in std::mem::take(&mut self.addresses).into_iter().rev() {
            // Google says an address twice: whole, and in parts.
            let is_twin = |(other, method): &(Meaning, Method)| {
                method.kind == MethodKind::Address && other.group == meaning.group
            };
            // Of another address several twins may have gone.
            let at = at.min(self.methods.len());
            let before = self.methods[..at].iter().filter(|twin| is_twin(twin)).count();
            self.methods.retain(|twin| !is_twin(twin));
            let (value, line) = vcard::address(&parts);
            self.card.extras.extend(line);
            let method = Method { kind: MethodKind::Address, label: meaning.label().to_owned(), value };
            self.methods.insert(at - before, (meaning.clone(), method));
        }
        let mut preferred = Vec::new();
        for (index, (meaning, method)) in self.methods.iter_mut().enumerate() {
            let label_of = match method.kind {
                MethodKind::Email => What::EmailLabel,
                MethodKind::Phone => What::PhoneLabel,
                MethodKind::Address => What::AddressLabel,
                MethodKind::Url | MethodKind::Linkedin => What::UrlLabel,
                MethodKind::Other => What::OtherLabel,
            };
            let label = self.labels.iter().find(|(what, group, _)| *what == label_of && *group == meaning.group);
            if let Some((_, _, label)) = label {
                let (is_preferred, label) = plain_label(label);
                method.label = label;
                preferred.extend(is_preferred.then_some(index));
            }
        }
        // The preferred one of a kind goes in front of it.
        let mut moved = Vec::new();
        for index in preferred {
            let kind = self.methods[index].1.kind;
            // Behind those that were moved there before it: several of one cell stay in their order.
            let before = moved.iter().filter(|one| **one == kind).count();
            moved.push(kind);
            let of_kind = self.methods.iter().enumerate().filter(|(_, (_, method))| method.kind == kind);
            if let Some(place) = of_kind.map(|(place, _)| place).nth(before) {
                let method = self.methods.remove(index);
                self.methods.insert(place, method);
            }
        }
        self.card.person.methods = std::mem::take(&mut self.methods).into_iter().map(|(_, method)| method).collect();
    }

    fn finish_dates(&mut self) {
        for (meaning, value) in std::mem::take(&mut self.dates) {
            let label = self.labels.iter().find(|(what, group, _)| *what == What::DateLabel && *group == meaning.group);
            let kind = label.map_or(meaning.label().to_owned(), |(_, _, label)| plain_label(label).1);
            let kind = if kind.is_empty() { "date".to_owned() } else { kind };
            match date::parse(value, &kind, self.style.day_first) {
                Some(date) => self.card.person.dates.push(date),
                None if date::is_none(value) => {}
                None => self.rest.push(format!("{kind}: {}", value.trim())),
            }
        }
        for (kind, [year, month, day]) in std::mem::take(&mut self.days) {
            let kind = if kind.is_empty() { "date" } else { kind };
            match date::of_parts(kind, year, month, day) {
                Some(date) => self.card.person.dates.push(date),
                None => self.rest.push(format!("{kind}: {}-{}-{}", year.trim(), month.trim(), day.trim())),
            }
        }
    }
}

/// A label as Kith writes it, and whether Google's star says that it is the preferred one.
fn plain_label(label: &str) -> (bool, String) {
    const WORDS: [&str; 16] = [
        "home",
        "work",
        "mobile",
        "other",
        "main",
        "school",
        "work fax",
        "home fax",
        "fax",
        "pager",
        "birthday",
        "anniversary",
        "home page",
        "profile",
        "blog",
        "internet",
    ];
    let (is_preferred, label) = match label.trim().strip_prefix('*') {
        Some(rest) => (true, rest.trim()),
        None => (false, label.trim()),
    };
    let small = label.to_lowercase();
    (is_preferred, if WORDS.contains(&small.as_str()) { small } else { label.to_owned() })
}
