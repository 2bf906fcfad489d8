//! Each field of several people: which values there are, which one is chosen, and who she is then.

use uuid::Uuid;

use super::united;
use crate::contacts::fields::OwnValue;
use crate::contacts::model::Person;
use crate::text::country::Country;
use crate::web::FormData;

/// What is chosen to keep all values.
const BOTH: &str = "both";
/// As long as a nickname may be.
const LONGEST_NICKNAME: usize = 255;
/// As long as notes may be, in bytes.
const LONGEST_NOTES: usize = 500_000;

/// Characters of a value that are shown.
const SHOWN: usize = 1000;

/// A field that is chosen.
struct Part {
    name: &'static str,
    label: &'static str,
    /// What is read where there is no value.
    none: &'static str,
    get: fn(&Person) -> String,
    set: fn(&mut Person, String),
}

const NOTHING: &str = "Nothing";

fn text(value: &Option<String>) -> String {
    value.clone().unwrap_or_default()
}

fn some(value: String) -> Option<String> {
    (!value.is_empty()).then_some(value)
}

fn number(value: Option<i32>) -> String {
    value.map(|number| number.to_string()).unwrap_or_default()
}

/// A display name that her parts make by themselves is none of her own.
fn own_display_name(person: &Person) -> String {
    let composed = Person { display_name: String::new(), ..person.clone() }.shown_name();
    if person.display_name == composed { String::new() } else { person.display_name.clone() }
}

/// All but the nickname, which may take the other names.
const PARTS: [Part; 12] = [
    Part {
        name: "first_name",
        label: "First name",
        none: NOTHING,
        get: |p| p.first_name.clone(),
        set: |p, v| p.first_name = v,
    },
    Part {
        name: "last_name",
        label: "Last name",
        none: NOTHING,
        get: |p| text(&p.last_name),
        set: |p, v| p.last_name = some(v),
    },
    Part {
        name: "middle_name",
        label: "Middle name",
        none: NOTHING,
        get: |p| text(&p.middle_name),
        set: |p, v| p.middle_name = some(v),
    },
    Part {
        name: "name_prefix",
        label: "Prefix",
        none: NOTHING,
        get: |p| text(&p.name_prefix),
        set: |p, v| p.name_prefix = some(v),
    },
    Part {
        name: "name_suffix",
        label: "Suffix",
        none: NOTHING,
        get: |p| text(&p.name_suffix),
        set: |p, v| p.name_suffix = some(v),
    },
    Part {
        name: "display_name",
        label: "Shown as",
        none: "What the parts make",
        get: own_display_name,
        set: |p, v| p.display_name = v,
    },
    Part {
        name: "sort_name",
        label: "Sorted as",
        none: NOTHING,
        get: |p| text(&p.sort_name),
        set: |p, v| p.sort_name = some(v),
    },
    Part {
        name: "how_met",
        label: "How you met",
        none: NOTHING,
        get: |p| p.how_met.clone(),
        set: |p, v| p.how_met = v,
    },
    Part {
        name: "met_at",
        label: "Where you met",
        none: NOTHING,
        get: |p| text(&p.met_at),
        set: |p, v| p.met_at = some(v),
    },
    Part {
        name: "relationship_strength",
        label: "Strength",
        none: NOTHING,
        get: |p| number(p.relationship_strength),
        set: |p, v| p.relationship_strength = v.parse().ok(),
    },
    Part {
        name: "contact_frequency_days",
        label: "Days between contacts",
        none: NOTHING,
        get: |p| number(p.contact_frequency_days),
        set: |p, v| p.contact_frequency_days = v.parse().ok(),
    },
    Part { name: "notes", label: "Notes", none: NOTHING, get: |p| p.notes.clone(), set: |p, v| p.notes = v },
];

/// A field with several values.
pub(super) struct Choice {
    pub name: String,
    pub label: String,
    pub offers: Vec<Offer>,
}

/// One of them.
pub(super) struct Offer {
    /// Whose it is, or that all are kept.
    pub value: String,
    pub shown: String,
    pub is_chosen: bool,
    /// Whether `shown` is a word of Kith's own.
    pub is_word: bool,
}

/// The fields in which these people differ, whoever stays first, and who she is by what the form says of each, else by
/// her own value, else by the first that somebody has.
pub(super) fn chosen(people: &[(Uuid, Person)], form: &FormData, country: Option<Country>) -> (Vec<Choice>, Person) {
    let mut merged = people.first().map(|(_, person)| person.clone()).unwrap_or_default();
    let named = people.iter().find(|(_, person)| !person.is_nameless).or(people.first());
    let mut choices = Vec::new();
    for part in &PARTS {
        let values = values(people, part.get);
        let both = if part.name == "notes" { joined(&values, "\n\n", LONGEST_NOTES) } else { None };
        let first = match part.name {
            "first_name" => named.map(|(_, person)| (part.get)(person)).unwrap_or_default(),
            _ => String::new(),
        };
        let (choice, value) = pick(part.name, part.label, part.none, &values, both, first, form);
        if part.name == "first_name"
            && let Some((_, whose)) = people.iter().find(|(_, person)| person.first_name == value)
        {
            merged.is_nameless = whose.is_nameless;
        }
        (part.set)(&mut merged, value);
        choices.extend(choice);
    }
    merged.nickname = None;
    let (choice, nickname) = nickname(people, &merged, form);
    choices.extend(choice);
    merged.nickname = some(nickname);
    merged.fields = Vec::new();
    for (choice, value) in own_fields(people, form) {
        choices.extend(choice);
        merged.fields.extend(value);
    }
    merged.methods = united::methods(people.iter().map(|(_, person)| person), country);
    merged.dates = united::dates(people.iter().map(|(_, person)| person));
    (choices, merged)
}

/// What each own field is to say.
fn own_fields(people: &[(Uuid, Person)], form: &FormData) -> Vec<(Option<Choice>, Option<OwnValue>)> {
    let mut fields: Vec<&OwnValue> = Vec::new();
    for field in people.iter().flat_map(|(_, person)| &person.fields) {
        if fields.iter().all(|known| known.name != field.name) {
            fields.push(field);
        }
    }
    let chosen = fields.into_iter().map(|field| {
        let value = |person: &Person| {
            person.fields.iter().find(|one| one.name == field.name).map(|one| one.value.clone()).unwrap_or_default()
        };
        let name = format!("field {}", field.name);
        let (choice, value) = pick(&name, &field.name, NOTHING, &values(people, value), None, String::new(), form);
        (choice, some(value).map(|value| OwnValue { value, ..field.clone() }))
    });
    chosen.collect()
}

/// The nickname, which may be all of them and the names that were not chosen.
fn nickname(people: &[(Uuid, Person)], merged: &Person, form: &FormData) -> (Option<Choice>, String) {
    let values = values(people, |person| text(&person.nickname));
    let shown = merged.shown_name();
    let mut all = values.clone();
    for (id, person) in people {
        let name = person.shown_name();
        let is_new = name != shown && !person.is_nameless && all.iter().all(|(_, other)| *other != name);
        if is_new {
            all.push((*id, name));
        }
    }
    let both = joined(&all, ", ", LONGEST_NICKNAME);
    pick("nickname", "Nickname", NOTHING, &values, both, String::new(), form)
}

/// The distinct values, each with the first who has it.
fn values(people: &[(Uuid, Person)], get: impl Fn(&Person) -> String) -> Vec<(Uuid, String)> {
    let mut values: Vec<(Uuid, String)> = Vec::new();
    for (id, person) in people {
        let value = get(person);
        if values.iter().all(|(_, other)| *other != value) {
            values.push((*id, value));
        }
    }
    values
}

/// All values in one text, where it is another than each of them and not too long.
fn joined(values: &[(Uuid, String)], between: &str, longest: usize) -> Option<String> {
    let texts: Vec<&str> = values.iter().map(|(_, value)| value.as_str()).filter(|value| !value.is_empty()).collect();
    let text = texts.join(between);
    let is_another = values.iter().all(|(_, value)| *value != text);
    (is_another && text.len() <= longest).then_some(text)
}

/// The value that the form names, else `first`, else all notes, else the first value that is one.
fn pick(
    name: &str,
    label: &str,
    none: &'static str,
    values: &[(Uuid, String)],
    both: Option<String>,
    first: String,
    form: &FormData,
) -> (Option<Choice>, String) {
    let mut offers: Vec<(String, String)> = values.iter().map(|(id, value)| (id.to_string(), value.clone())).collect();
    offers.extend(both.map(|both| (BOTH.to_owned(), both)));
    let wanted = form.text(name);
    let by_default = || {
        let keeps_all = name == "notes";
        offers.iter().position(|(value, _)| keeps_all && value == BOTH).or_else(|| {
            offers
                .iter()
                .position(|(value, text)| value != BOTH && !text.is_empty() && (first.is_empty() || *text == first))
        })
    };
    let at = offers.iter().position(|(value, _)| value == wanted).or_else(by_default).unwrap_or(0);
    let value = offers.get(at).map(|(_, text)| text.clone()).unwrap_or_default();
    if offers.len() < 2 {
        return (None, value);
    }
    let offers = offers.into_iter().enumerate().map(|(place, (value, text))| {
        let word = match name {
            _ if text.is_empty() => Some(none),
            "notes" if value == BOTH => Some("All, one below the other"),
            _ => None,
        };
        let shown = word.map_or_else(|| shortened(&text), str::to_owned);
        Offer { is_chosen: place == at, is_word: word.is_some(), shown, value }
    });
    (Some(Choice { name: name.to_owned(), label: label.to_owned(), offers: offers.collect() }), value)
}

/// Notes may be a book.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
