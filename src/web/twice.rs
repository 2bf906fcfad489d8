//! A form that is sent twice, by a double click or a slow line, makes one thing: it carries an id of its own, and by
//! that and all that it says what it makes is called. What says something else is something else, so nothing that was
//! typed is lost.

use chrono::{TimeDelta, Utc};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::FormData;
use crate::db::CurrentUser;

/// The field that carries it.
const FIELD: &str = "form_id";
/// A form that says it was shown later than this is none of ours.
const MOST_AHEAD: TimeDelta = TimeDelta::minutes(5);

/// The id of a form that is shown.
#[must_use]
pub fn form_id() -> Uuid {
    Uuid::now_v7()
}

/// The id of what this form makes: the same each time that `user` sends it with the same words in it. A form that
/// carries none makes something else each time.
#[must_use]
pub fn id_of_new(user: &CurrentUser, form: &FormData) -> Uuid {
    shown_at(form).map_or_else(Uuid::now_v7, |millis| named(user.id(), form, millis))
}

/// When the form was shown, in milliseconds, where it says so.
fn shown_at(form: &FormData) -> Option<u64> {
    let id: Uuid = form.text(FIELD).parse().ok()?;
    let (seconds, nanos) = id.get_timestamp().filter(|_| id.get_version_num() == 7)?.to_unix();
    let latest = u64::try_from((Utc::now() + MOST_AHEAD).timestamp()).ok()?;
    (seconds <= latest).then(|| seconds * 1000 + u64::from(nanos / 1_000_000))
}

fn named(user: Uuid, form: &FormData, millis: u64) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(user.as_bytes());
    for (name, value) in form.pairs().filter(|(name, _)| *name != "csrf_token") {
        for part in [name, value] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
    }
    let mut rest = [0; 10];
    rest.iter_mut().zip(hash.finalize()).for_each(|(byte, hashed)| *byte = hashed);
    Builder::from_unix_timestamp_millis(millis, &rest).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> FormData {
        FormData::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn what_a_form_makes_is_called_by_the_form_by_her_and_by_all_that_it_says() {
        let (id, other) = (form_id().to_string(), form_id().to_string());
        let (ada, bob) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let of = |user, pairs: &[(&str, &str)]| named(user, &form(pairs), 1_790_000_000_000);
        let made = of(ada, &[("form_id", &id), ("csrf_token", "a"), ("title", "x")]);
        assert_eq!(made, of(ada, &[("form_id", &id), ("csrf_token", "b"), ("title", "x")]));
        assert_eq!(made.get_version_num(), 7);
        for else_made in [
            of(bob, &[("form_id", &id), ("title", "x")]),
            of(ada, &[("form_id", &other), ("title", "x")]),
            of(ada, &[("form_id", &id), ("title", "y")]),
            of(ada, &[("form_id", &id), ("titlex", "")]),
        ] {
            assert_ne!(made, else_made);
        }
    }

    #[test]
    fn what_is_no_id_of_a_form_names_nothing() {
        let ahead = Builder::from_unix_timestamp_millis(9_999_999_999_999, &[0; 10]).into_uuid().to_string();
        for id in ["", "x", "018f0000-0000-4000-8000-000000000000", "00000000-0000-0000-0000-000000000000", &ahead] {
            assert_eq!(shown_at(&form(&[("form_id", id)])), None, "{id}");
        }
        assert!(shown_at(&form(&[("form_id", &form_id().to_string())])).is_some());
    }
}
