//! What a generated person is besides her name: how she is reached, where she works, what is noted of her.

use chrono::NaiveDate;
use kith::contacts::model::{Method, MethodKind, PartialDate, Person};
use rand::Rng;
use unicode_normalization::UnicodeNormalization;

use super::names::{Name, Names, any, common};

const PROVIDERS: [&str; 8] = [
    "mail.example",
    "post.example",
    "inbox.example",
    "home.example",
    "letters.example",
    "web.example",
    "fast.example",
    "old-mail.example",
];
const TITLES: [&str; 24] = [
    "Engineer",
    "Manager",
    "Director",
    "Consultant",
    "Teacher",
    "Editor",
    "Designer",
    "Founder",
    "Nurse",
    "Lawyer",
    "Analyst",
    "Professor",
    "Head of Sales",
    "Product Manager",
    "CTO",
    "Research Fellow",
    "Account Executive",
    "Architect",
    "Partner",
    "Journalist",
    "Data Scientist",
    "Producer",
    "Vice President, Operations",
    "Geschäftsführerin",
];
const PLACES: [&str; 16] = [
    "Lisbon",
    "Hamburg",
    "Nairobi",
    "Osaka",
    "Toronto",
    "Kraków",
    "Buenos Aires",
    "Leeds",
    "Pune",
    "Tel Aviv",
    "Oslo",
    "Lyon",
    "Seoul",
    "Boston",
    "Hanoi",
    "Izmir",
];
const TRADES: [&str; 14] = [
    "Labs",
    "Partners",
    "Systems",
    "Press",
    "Foundation",
    "University",
    "Clinic",
    "Studio",
    "Bank",
    "Logistics",
    "Energy",
    "Museum",
    "& Sons",
    "GmbH",
];
const FIRMS: [&str; 26] = [
    "Tidewater",
    "Northlight",
    "Ember",
    "Juniper",
    "Harbour",
    "Lattice",
    "Meridian",
    "Quarry",
    "Saffron",
    "Thistle",
    "Umbra",
    "Vantage",
    "Willow",
    "Zephyr",
    "Cobalt",
    "Drift",
    "Fathom",
    "Granite",
    "Heron",
    "Indigo",
    "Kestrel",
    "Lumen",
    "Marlow",
    "Nimbus",
    "Orchard",
    "Pine",
];
const REMARKS: [&str; 14] = [
    "Met at a conference in",
    "Introduced by a colleague from",
    "Moved here from",
    "Plays the cello; grew up in",
    "Wants to hear about the new office in",
    "Has two children at school in",
    "Allergic to nuts. Likes the food of",
    "Send the photos of",
    "Ask how the marathon went in",
    "Used to run a bookshop in",
    "Keeps bees near",
    "Prefers calls in the evening, is often in",
    "Lent me a book about",
    "Looking for a flat in",
];

/// What a tenant's tags are called.
const TAGS: [&str; 40] = [
    "friend",
    "family",
    "work",
    "school",
    "client",
    "neighbour",
    "investor",
    "press",
    "chess",
    "climbing",
    "choir",
    "alumni",
    "mentor",
    "vendor",
    "conference",
    "book club",
    "running",
    "doctor",
    "lawyer",
    "travel",
    "Berlin",
    "Lisbon",
    "Tokyo",
    "holiday cards",
    "volunteers",
    "board",
    "ex-colleague",
    "recruiter",
    "advisor",
    "landlord",
    "teacher",
    "band",
    "sailing",
    "parents",
    "speaker",
    "intro owed",
    "dormant",
    "VIP",
    "customer",
    "partner",
];

/// A post, by its organization's name.
pub struct Work {
    pub organization: String,
    pub title: Option<&'static str>,
    pub start: Option<NaiveDate>,
    pub end: Option<NaiveDate>,
}

/// A person with her posts and tags.
pub struct Generated {
    pub person: Person,
    pub works: Vec<Work>,
    pub tags: Vec<&'static str>,
}

/// One of `firms` organizations, big ones more often.
fn firm(rng: &mut impl Rng, firms: usize) -> String {
    let number = (rng.random::<f64>().powf(1.5) * firms as f64) as usize;
    let (name, trade, place) = (
        FIRMS[number % FIRMS.len()],
        TRADES[number / FIRMS.len() % TRADES.len()],
        number / (FIRMS.len() * TRADES.len()),
    );
    if place == 0 { format!("{name} {trade}") } else { format!("{name} {trade} {}", PLACES[place % PLACES.len()]) }
}

/// The next person of a tenant that knows `firms` organizations.
pub fn draw(names: &Names, rng: &mut impl Rng, firms: usize) -> Generated {
    let name = names.draw(rng);
    let mut person = Person {
        first_name: name.given.clone(),
        last_name: rng.random_bool(0.97).then(|| name.family.clone()),
        relationship_strength: rng.random_bool(0.5).then(|| rng.random_range(1..=10)),
        contact_frequency_days: rng.random_bool(0.15).then(|| any_number(&[7, 14, 30, 60, 90, 180, 365], rng)),
        methods: methods(&name, rng),
        ..Person::default()
    };
    if name.is_joined && rng.random_bool(0.8) {
        person.display_name = format!("{}{}", name.family, name.given);
    }
    if rng.random_bool(0.06) {
        person.middle_name = Some(names.draw(rng).given);
    }
    if rng.random_bool(0.04) {
        person.nickname = Some(names.draw(rng).given.chars().take(4).collect());
    }
    if rng.random_bool(0.02) {
        person.name_prefix = Some("Dr.".to_owned());
    }
    if rng.random_bool(0.2) {
        let remarks = (0..rng.random_range(1..=3)).map(|_| format!("{} {}.", any(&REMARKS, rng), any(&PLACES, rng)));
        person.notes = remarks.collect::<Vec<_>>().join(" ");
    }
    person.dates = dates(rng);
    let tags = if rng.random_bool(0.4) {
        (0..rng.random_range(1..=3)).map(|_| common(&TAGS, rng)).collect()
    } else {
        Vec::new()
    };
    Generated { person, works: works(rng, firms), tags }
}

fn any_number(numbers: &[i32], rng: &mut impl Rng) -> i32 {
    numbers[rng.random_range(0..numbers.len())]
}

fn methods(name: &Name, rng: &mut impl Rng) -> Vec<Method> {
    let method = |kind, label: &str, value: String| Method { kind, label: label.to_owned(), value };
    let slug: String = format!("{}.{}", name.given, name.family)
        .nfd()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '.')
        .collect::<String>()
        .to_lowercase();
    let slug = if slug.len() < 4 { format!("user{}", rng.random_range(0..1_000_000)) } else { slug };
    let mut methods = Vec::new();
    if rng.random_bool(0.8) {
        methods.push(method(
            MethodKind::Email,
            "home",
            format!("{slug}{}@{}", rng.random_range(1..999), any(&PROVIDERS, rng)),
        ));
    }
    if rng.random_bool(0.25) {
        methods.push(method(MethodKind::Email, "work", format!("{slug}@{}.example", any(&FIRMS, rng).to_lowercase())));
    }
    if rng.random_bool(0.7) {
        let number = format!(
            "+{} {} {:07}",
            any_number(&[1, 44, 49, 33, 34, 81, 91, 351], rng),
            rng.random_range(20..999),
            rng.random_range(0..10_000_000)
        );
        methods.push(method(MethodKind::Phone, "mobile", number));
    }
    if rng.random_bool(0.15) {
        let address = format!("{} {} Street\n{}", rng.random_range(1..300), any(&FIRMS, rng), any(&PLACES, rng));
        methods.push(method(MethodKind::Address, "home", address));
    }
    if rng.random_bool(0.2) {
        methods.push(method(
            MethodKind::Linkedin,
            "",
            format!("https://www.linkedin.com/in/{slug}-{}", rng.random_range(100..9999)),
        ));
    }
    methods
}

fn dates(rng: &mut impl Rng) -> Vec<PartialDate> {
    if !rng.random_bool(0.3) {
        return Vec::new();
    }
    let year = rng.random_bool(0.6).then(|| rng.random_range(1930..2008));
    vec![PartialDate {
        kind: "birthday".to_owned(),
        year,
        month: rng.random_range(1..=12),
        day: rng.random_range(1..=28),
    }]
}

fn works(rng: &mut impl Rng, firms: usize) -> Vec<Work> {
    let mut works = Vec::new();
    let day = |year: i32| NaiveDate::from_ymd_opt(year, 3, 1);
    if rng.random_bool(0.7) {
        let start = rng.random_bool(0.6).then(|| day(rng.random_range(2005..2026))).flatten();
        let title = rng.random_bool(0.85).then(|| common(&TITLES, rng));
        works.push(Work { organization: firm(rng, firms), title, start, end: None });
    }
    if rng.random_bool(0.25) {
        let from = rng.random_range(1995..2015);
        let title = rng.random_bool(0.85).then(|| common(&TITLES, rng));
        works.push(Work {
            organization: firm(rng, firms),
            title,
            start: day(from),
            end: day(from + rng.random_range(1..9)),
        });
    }
    works
}
