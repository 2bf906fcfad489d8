//! What several people have together, nothing of it twice.

use std::collections::HashSet;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::contacts::employments::Employment;
use crate::contacts::model::{Method, PartialDate, Person};
use crate::text::country::Country;

/// All ways to reach them, in their order: of two spellings of one the first.
pub(super) fn methods<'a>(people: impl Iterator<Item = &'a Person>, country: Option<Country>) -> Vec<Method> {
    let mut seen = HashSet::new();
    let all = people.enumerate().flat_map(|(place, person)| person.methods.iter().map(move |method| (place, method)));
    // Whoever stays keeps all that she has, as she has it.
    all.filter(|(place, method)| seen.insert((method.kind, method.key(country))) || *place == 0)
        .map(|(_, method)| method.clone())
        .collect()
}

/// All their days: of one with and without its year the one with.
pub(super) fn dates<'a>(people: impl Iterator<Item = &'a Person>) -> Vec<PartialDate> {
    let mut dates: Vec<PartialDate> = Vec::new();
    for date in people.flat_map(|person| &person.dates) {
        let is_same = |other: &&mut PartialDate| {
            other.kind.to_lowercase() == date.kind.to_lowercase() && (other.month, other.day) == (date.month, date.day)
        };
        let mut same = dates.iter_mut().filter(is_same);
        match same.find(|other| other.year == date.year || other.year.is_none() || date.year.is_none()) {
            Some(other) => other.year = other.year.or(date.year),
            None => dates.push(date.clone()),
        }
    }
    dates
}

/// What becomes of posts, each with its row: those of whoever stays that say more now, and those that she gets. Posts of
/// one organization, title and beginning are one, which has ended where anybody knows when; so are two of which only one
/// has a title, or a beginning, where nothing contradicts it.
pub(super) fn posts(stays: Uuid, held: &[(Uuid, Employment)]) -> (Vec<(Uuid, Employment)>, Vec<Employment>) {
    let (hers, mut others): (Vec<_>, Vec<_>) = held.iter().cloned().partition(|(_, post)| post.contact_id == stays);
    // The latest end counts, and a post without a title finds the one that it is.
    others.sort_by_key(|(_, post)| (post.title.is_none(), std::cmp::Reverse((post.end_date, post.is_current))));
    let mut united = hers.clone();
    for (id, post) in others {
        let is_other = |place: usize, known: &Employment| {
            united.iter().enumerate().all(|(at, (_, other))| at == place || !is_one(other, known))
        };
        let mut fuller =
            united.iter().enumerate().filter_map(|(place, (_, known))| Some((place, filled(known, &post)?)));
        let same = united.iter().position(|(_, known)| is_one(known, &post));
        let found = match same {
            Some(place) => Some((place, ended(&united[place].1, &post))),
            None => fuller.find(|(place, known)| is_other(*place, known)),
        };
        match found {
            Some((place, known)) => united[place].1 = known,
            None => united.push((id, Employment { contact_id: stays, ..post })),
        }
    }
    let mut new = united.split_off(hers.len());
    new.sort_by_key(|(id, _)| *id);
    let changed = united.into_iter().zip(&hers).filter(|(is, was)| is != *was).map(|(is, _)| is).collect();
    (changed, new.into_iter().map(|(_, post)| post).collect())
}

fn title(post: &Employment) -> Option<String> {
    post.title.as_ref().map(|title| title.to_lowercase())
}

fn is_one(one: &Employment, other: &Employment) -> bool {
    one.organization_id == other.organization_id && title(one) == title(other) && one.start_date == other.start_date
}

fn ended(known: &Employment, other: &Employment) -> Employment {
    let ends = known.end_date.is_none() && other.end_date.is_some();
    let end_date = known.end_date.or(other.end_date);
    Employment { end_date, is_current: known.is_current && !ends, ..known.clone() }
}

/// The post with what the other says of it, where they can be one though only one of them has a title or a beginning.
fn filled(known: &Employment, other: &Employment) -> Option<Employment> {
    let agree =
        |one: Option<NaiveDate>, other: Option<NaiveDate>| one.zip(other).is_none_or(|(one, other)| one == other);
    let post = Employment {
        title: known.title.clone().or_else(|| other.title.clone()),
        start_date: known.start_date.or(other.start_date),
        end_date: known.end_date.or(other.end_date),
        ..known.clone()
    };
    let is_possible = known.organization_id == other.organization_id
        && (known.title.is_some() != other.title.is_some() || title(known) == title(other))
        && known.is_current == other.is_current
        && agree(known.start_date, other.start_date)
        && agree(known.end_date, other.end_date)
        && post.start_date.zip(post.end_date).is_none_or(|(start, end)| start <= end);
    is_possible.then_some(post)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACME: Uuid = Uuid::from_u128(7);

    /// A post at Acme of one of two people: title, beginning, end; current unless it ended.
    fn post(whose: u128, title: &str, start: &str, end: &str) -> (Uuid, Employment) {
        let post = Employment {
            contact_id: Uuid::from_u128(whose),
            organization_id: ACME,
            title: Some(title.to_owned()).filter(|title| !title.is_empty()),
            start_date: start.parse().ok(),
            end_date: end.parse().ok(),
            is_current: end.is_empty(),
        };
        (Uuid::now_v7(), post)
    }

    /// What the first of two has then: titles, beginnings and ends.
    fn together(held: &[(Uuid, Employment)]) -> Vec<String> {
        let stays = Uuid::from_u128(1);
        let (changed, new) = posts(stays, held);
        assert!(new.iter().all(|post| post.contact_id == stays));
        let hers = held.iter().filter(|(_, post)| post.contact_id == stays);
        let hers =
            hers.map(|(id, post)| changed.iter().find(|(changed, _)| changed == id).map_or(post, |(_, post)| post));
        let told = |post: &Employment| {
            let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
            format!("{}|{}|{}", post.title.as_deref().unwrap_or_default(), day(post.start_date), day(post.end_date))
        };
        hers.chain(&new).map(told).collect()
    }

    #[test]
    fn a_post_without_a_title_is_the_one_with_a_title_at_the_same_organization() {
        let day = "2020-01-01";
        assert_eq!(together(&[post(1, "Boss", "", ""), post(2, "", "", "")]), ["Boss||"]);
        assert_eq!(together(&[post(1, "", "", ""), post(2, "Boss", "", "")]), ["Boss||"]);
        assert_eq!(together(&[post(1, "Boss", "", ""), post(2, "", day, "")]), ["Boss|2020-01-01|"]);
        assert_eq!(together(&[post(2, "", "", ""), post(3, "Boss", day, "")]), ["Boss|2020-01-01|"]);
        assert_eq!(together(&[post(1, "", "", ""), post(2, "Boss", "", ""), post(2, "Clerk", "", "")]).len(), 2);
    }

    #[test]
    fn a_post_without_a_beginning_is_the_one_with_a_beginning_where_the_rest_is_alike() {
        let day = "2010-01-01";
        for title in ["Boss", ""] {
            let one = [format!("{title}|{day}|")];
            assert_eq!(together(&[post(1, title, "", ""), post(2, title, day, "")]), one);
            assert_eq!(together(&[post(1, title, day, ""), post(2, title, "", "")]), one);
            assert_eq!(together(&[post(2, title, "", ""), post(3, title, day, "")]), one);
            assert_eq!(together(&[post(1, title, "", "2009-01-01"), post(2, title, day, "")]).len(), 2);
            assert_eq!(together(&[post(1, title, "", "2009-01-01"), post(2, title, day, "2009-06-01")]).len(), 2);
            assert_eq!(together(&[post(1, title, "2011-01-01", ""), post(2, title, day, "")]).len(), 2);
        }
        assert_eq!(together(&[post(1, "Boss", day, ""), post(2, "boss", "", "")]), [format!("Boss|{day}|")]);
        let hers = [post(1, "Boss", "", ""), post(1, "Boss", day, "")];
        assert_eq!(together(&hers).len(), 2, "hers stay as they are");
    }

    #[test]
    fn posts_that_contradict_each_other_stay_two_and_hers_stay_as_they_are() {
        for other in [post(2, "", "2021-01-01", ""), post(2, "", "", "2022-01-01"), post(2, "Clerk", "2020-01-01", "")]
        {
            assert_eq!(together(&[post(1, "Boss", "2020-01-01", ""), other]).len(), 2);
        }
        assert_eq!(
            together(&[post(1, "Boss", "", ""), post(1, "", "", ""), post(2, "boss", "", "")]),
            ["Boss||", "||"]
        );
        let boss = [post(1, "Boss", "", ""), post(1, "Boss", "2020-01-01", ""), post(2, "", "2020-01-01", "")];
        assert_eq!(together(&boss), ["Boss||", "Boss|2020-01-01|"], "two posts never become alike");
    }

    #[test]
    fn a_post_has_ended_where_anybody_knows_when() {
        let held = [post(1, "Boss", "", ""), post(2, "boss", "", "2019-01-01"), post(3, "Boss", "", "2020-01-01")];
        assert_eq!(together(&held), ["Boss||2020-01-01"]);
        assert!(!posts(Uuid::from_u128(1), &held).0[0].1.is_current);
    }
    use crate::contacts::model::MethodKind;

    #[test]
    fn a_number_is_one_however_it_is_spelled_and_a_new_one_is_added() {
        let method = |kind, value: &str| Method { kind, label: String::new(), value: value.into() };
        let person = |methods| Person { methods, ..Person::default() };
        let one = person(vec![method(MethodKind::Phone, "+49 30 1234"), method(MethodKind::Email, "Ada@x.example")]);
        let other = person(vec![
            method(MethodKind::Phone, "030 / 1234"),
            method(MethodKind::Email, "ada@X.example"),
            method(MethodKind::Phone, "ask Bob"),
            method(MethodKind::Phone, "ask Eve"),
        ]);
        let all: Vec<String> = methods([&one, &other].into_iter(), Country::of_code("DE"))
            .into_iter()
            .map(|method| method.value)
            .collect();
        assert_eq!(all, ["+49 30 1234", "Ada@x.example", "ask Bob", "ask Eve"]);
    }

    #[test]
    fn a_birthday_that_lacks_its_year_is_that_of_whoever_knows_it() {
        let date = |kind: &str, year| PartialDate { kind: kind.into(), year, month: 12, day: 10 };
        let person = |dates| Person { dates, ..Person::default() };
        let people = [person(vec![date("birthday", None)]), person(vec![date("Birthday", Some(1815))])];
        assert_eq!(dates(people.iter()), [date("birthday", Some(1815))]);
        let apart = [person(vec![date("birthday", Some(1814))]), person(vec![date("birthday", Some(1815))])];
        assert_eq!(dates(apart.iter()).len(), 2);
    }
}
