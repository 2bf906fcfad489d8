//! What the merge promises, case by case.

use super::*;
use crate::contacts::model::{Method, MethodKind, PartialDate, Person};
use crate::exchange::card::{CardEmployment, CardPhoto};

fn method(kind: MethodKind, label: &str, value: &str) -> Method {
    Method { kind, label: label.to_owned(), value: value.to_owned() }
}

fn grace() -> Card {
    Card {
        uid: Some("grace".to_owned()),
        person: Person {
            first_name: "Grace".to_owned(),
            last_name: Some("Hopper".to_owned()),
            notes: "met in Arlington".to_owned(),
            methods: vec![
                method(MethodKind::Email, "work", "grace@navy.example"),
                method(MethodKind::Phone, "home", "+1 202 555 0101"),
            ],
            dates: vec![PartialDate { kind: "birthday".to_owned(), year: Some(1906), month: 12, day: 9 }],
            ..Person::default()
        },
        employments: vec![CardEmployment {
            organization: "Navy".to_owned(),
            title: Some("Commander".to_owned()),
            is_current: true,
            ..CardEmployment::default()
        }],
        tags: vec!["pioneers".to_owned()],
        relations: Vec::new(),
        photo: None,
        extras: vec!["X-RANK:7".to_owned()],
    }
}

/// Numbers are dialled from there.
const HOME: Option<Country> = None;

fn with(change: impl FnOnce(&mut Card)) -> Card {
    let mut card = grace();
    change(&mut card);
    card
}

fn asked(card: &Card, mine: &Card) -> Merged {
    merge(HOME, Some(&grace()), card, mine, Prefer::Mine)
}

/// As the database gives it back: with its display name made.
fn settled(mut card: Card) -> Card {
    card.person.display_name = card.person.shown_name();
    card
}

#[test]
fn the_same_card_again_changes_nothing_whatever_she_edited() {
    assert!(asked(&grace(), &grace()).is_nothing());
    let edited = with(|mine| {
        mine.person.notes = "an admiral".to_owned();
        mine.person.methods.remove(1);
        mine.person.dates.clear();
        mine.employments.clear();
        mine.tags = vec!["navy".to_owned()];
    });
    let merged = asked(&grace(), &edited);
    assert!(merged.is_nothing(), "{merged:?}");
    assert_eq!(merged.card, settled(edited));
}

#[test]
fn what_the_card_changed_and_she_did_not_is_taken() {
    let card = with(|card| {
        card.person.last_name = Some("Murray Hopper".to_owned());
        card.person.methods[1].value = "+1 202 555 0199".to_owned();
        card.person.dates[0].day = 10;
        card.employments[0].title = Some("Rear Admiral".to_owned());
        card.tags = vec!["admirals".to_owned()];
        card.extras = vec!["X-RANK:8".to_owned()];
    });
    let merged = asked(&card, &grace());
    assert_eq!(merged.conflicts, []);
    assert_eq!(merged.card, settled(card));
}

#[test]
fn what_she_changed_and_the_card_did_not_is_kept_beside_what_it_did() {
    let card = with(|card| card.person.nickname = Some("Amazing Grace".to_owned()));
    let mine = with(|mine| mine.person.notes = "an admiral".to_owned());
    let merged = asked(&card, &mine);
    assert_eq!(merged.conflicts, []);
    assert_eq!(merged.card.person.nickname.as_deref(), Some("Amazing Grace"));
    assert_eq!(merged.card.person.notes, "an admiral");
}

#[test]
fn where_both_changed_she_is_asked_and_either_answer_stands() {
    let card = with(|card| card.person.notes = "theirs".to_owned());
    let mine = with(|mine| mine.person.notes = "hers".to_owned());
    let merged = asked(&card, &mine);
    assert_eq!(merged.conflicts, [Change { what: "Notes".into(), mine: "hers".into(), card: "theirs".into() }]);
    assert_eq!(merged.card.person.notes, "hers");
    assert_eq!(merge(HOME, Some(&grace()), &card, &mine, Prefer::Card).card.person.notes, "theirs");
}

#[test]
fn both_made_the_same_change_and_nobody_is_asked() {
    let both = with(|card| card.person.methods[0].value = "grace@yale.example".to_owned());
    assert!(asked(&both, &both).is_nothing());
}

#[test]
fn a_number_replaced_on_both_sides_is_asked_about() {
    let card = with(|card| card.person.methods[1].value = "+1 1".to_owned());
    let mine = with(|mine| mine.person.methods[1].value = "+1 2".to_owned());
    let merged = asked(&card, &mine);
    assert_eq!(
        merged.conflicts,
        [Change { what: "Phone".into(), mine: "+1 2 (home)".into(), card: "+1 1 (home)".into() }]
    );
    assert_eq!(merged.changes, []);
    assert_eq!(merged.card.person.methods, mine.person.methods);
    let taken = merge(HOME, Some(&grace()), &card, &mine, Prefer::Card);
    assert_eq!(taken.card.person.methods, card.person.methods);
}

#[test]
fn a_number_that_she_added_stays_and_one_that_she_deleted_stays_away() {
    let mine = with(|mine| mine.person.methods[1] = method(MethodKind::Url, "", "https://grace.example"));
    let card = with(|card| card.person.methods.push(method(MethodKind::Email, "home", "hopper@home.example")));
    let merged = asked(&card, &mine);
    assert_eq!(merged.conflicts, []);
    let values: Vec<&str> = merged.card.person.methods.iter().map(|method| method.value.as_str()).collect();
    assert_eq!(values, ["grace@navy.example", "https://grace.example", "hopper@home.example"]);
}

#[test]
fn a_number_written_another_way_is_the_same_number() {
    let mine = with(|mine| mine.person.methods[1].value = "0012025550101".to_owned());
    let merged = merge(HOME, None, &grace(), &mine, Prefer::Mine);
    assert!(merged.is_nothing(), "{merged:?}");
}

#[test]
fn a_spelling_of_hers_stays_when_the_card_spells_it_anew() {
    let mine = with(|mine| mine.person.methods[1].value = "(202) 555-0101".to_owned());
    let card = with(|card| card.person.methods[1].value = "001 202 555 0101".to_owned());
    let merged = merge(Country::of_code("US"), Some(&grace()), &card, &mine, Prefer::Mine);
    assert!(merged.is_nothing(), "{merged:?}");
    assert_eq!(merged.card.person.methods, mine.person.methods);
}

#[test]
fn a_new_order_is_taken_unless_she_ordered_them_herself() {
    let card = with(|card| card.person.methods.reverse());
    assert_eq!(asked(&card, &grace()).card.person.methods, card.person.methods);
    let mine = with(|mine| mine.person.methods.insert(0, method(MethodKind::Phone, "", "1")));
    assert_eq!(asked(&card, &mine).card.person.methods, mine.person.methods);
}

#[test]
fn a_post_that_the_card_no_longer_names_becomes_a_former_one() {
    let card = with(|card| card.employments[0].organization = "DEC".to_owned());
    let merged = asked(&card, &grace());
    assert_eq!(merged.conflicts, []);
    let posts: Vec<(&str, bool)> =
        merged.card.employments.iter().map(|post| (post.organization.as_str(), post.is_current)).collect();
    assert_eq!(posts, [("Navy", false), ("DEC", true)]);
    assert!(merge(HOME, Some(&card), &card, &merged.card, Prefer::Mine).is_nothing());
}

/// Posts as the pages tell them: where, as what, and whether still.
fn posts(card: &Card) -> Vec<(&str, &str, bool)> {
    card.employments
        .iter()
        .map(|post| (post.organization.as_str(), post.title.as_deref().unwrap_or_default(), post.is_current))
        .collect()
}

fn employed(organization: &str, title: &str) -> Card {
    with(|card| {
        card.employments[0].organization = organization.to_owned();
        card.employments[0].title = Some(title.to_owned());
    })
}

#[test]
fn somebody_who_returns_to_a_former_post_holds_it_again() {
    let (acme, other) = (employed("Acme", "Engineer"), employed("NewCo", "Director"));
    let left = merge(HOME, Some(&acme), &other, &acme, Prefer::Mine).card;
    let back = merge(HOME, Some(&other), &acme, &left, Prefer::Mine);
    assert_eq!(back.conflicts, []);
    assert_eq!(posts(&back.card), [("Acme", "Engineer", true), ("NewCo", "Director", false)]);
    assert!(merge(HOME, Some(&acme), &acme, &back.card, Prefer::Mine).is_nothing());
    let gone = merge(HOME, Some(&acme), &other, &back.card, Prefer::Mine);
    assert_eq!(posts(&gone.card), [("Acme", "Engineer", false), ("NewCo", "Director", true)]);
}

#[test]
fn somebody_who_returns_under_another_title_holds_another_post_there() {
    let (acme, other, chief) = (employed("Acme", "Engineer"), employed("NewCo", "Director"), employed("ACME", "Chief"));
    let left = merge(HOME, Some(&acme), &other, &acme, Prefer::Mine).card;
    let back = merge(HOME, Some(&other), &chief, &left, Prefer::Mine);
    assert_eq!(back.conflicts, []);
    assert_eq!(posts(&back.card), [("Acme", "Engineer", false), ("NewCo", "Director", false), ("ACME", "Chief", true)]);
    assert!(merge(HOME, Some(&chief), &chief, &back.card, Prefer::Mine).is_nothing());
}

#[test]
fn a_return_is_asked_about_where_a_day_says_that_the_post_ended_and_unheard_of_without_a_last_card() {
    let (acme, other) = (employed("Acme", "Engineer"), employed("NewCo", "Director"));
    let mut left = merge(HOME, Some(&acme), &other, &acme, Prefer::Mine).card;
    assert!(merge(HOME, None, &acme, &left, Prefer::Mine).is_nothing());
    left.employments[0].end_date = "2024-05-01".parse().ok();
    let asked = merge(HOME, Some(&other), &acme, &left, Prefer::Mine);
    assert_eq!((asked.conflicts.len(), asked.card.employments[0].is_current), (1, false));
    let taken = merge(HOME, Some(&other), &acme, &left, Prefer::Card).card;
    assert_eq!(taken.employments[0], acme.employments[0]);
}

#[test]
fn meeting_somebody_for_the_first_time_fills_and_removes_nothing() {
    let card = with(|card| {
        card.person.notes = String::new();
        card.person.nickname = Some("Amazing Grace".to_owned());
        card.person.methods =
            vec![method(MethodKind::Email, "", "GRACE@navy.example"), method(MethodKind::Phone, "", "7")];
        card.tags.clear();
    });
    let mine = with(|mine| mine.person.dates[0].year = None);
    let merged = merge(HOME, None, &card, &mine, Prefer::Mine);
    assert_eq!(merged.conflicts, []);
    assert_eq!(merged.card.person.notes, "met in Arlington");
    assert_eq!(merged.card.person.dates[0].year, Some(1906));
    assert_eq!(merged.card.person.methods.len(), 3);
    assert_eq!(merged.card.tags, ["pioneers"]);
}

#[test]
fn meeting_somebody_for_the_first_time_with_another_birthday_is_asked_about() {
    let card = with(|card| card.person.dates[0].day = 10);
    let merged = merge(HOME, None, &card, &grace(), Prefer::Mine);
    assert_eq!(merged.conflicts[0].what, "Birthday");
}

#[test]
fn a_new_time_stamp_alone_is_no_change() {
    let card = with(|card| card.extras.push("REV:20261125T100000Z".to_owned()));
    assert!(asked(&card, &grace()).is_nothing());
}

#[test]
fn a_photo_is_known_by_what_it_was_made_from_and_by_what_it_became() {
    let photo = |id, source| Some(CardPhoto { id: uuid::Uuid::from_u128(id), source: uuid::Uuid::from_u128(source) });
    let has = |photo| with(|card| card.photo = photo);
    let merged = |base, card, mine| merge(None, Some(&has(base)), &has(card), &has(mine), Prefer::Mine);
    // Our own export, and the same picture made into a photo by another version.
    for known in [photo(1, 1), photo(5, 10)] {
        assert!(merged(photo(1, 10), known, photo(1, 10)).is_nothing());
        assert!(merge(None, None, &has(known), &has(photo(1, 10)), Prefer::Mine).is_nothing());
    }
    let taken = merged(photo(1, 10), photo(2, 20), photo(1, 10));
    assert_eq!((taken.conflicts.len(), taken.card.photo), (0, photo(2, 20)));
    assert_eq!(merged(photo(1, 10), None, photo(1, 10)).card.photo, None);
    assert!(merged(photo(1, 10), photo(1, 10), None).is_nothing(), "she took it away");
    let asked = merged(photo(1, 10), photo(2, 20), photo(3, 30));
    assert_eq!((asked.conflicts.len(), asked.card.photo), (1, photo(3, 30)));
}
