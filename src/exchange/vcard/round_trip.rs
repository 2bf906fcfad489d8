//! What is written is read again as the same card, whatever Unicode people are called by; bytes of any kind
//! are survived.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Reader, Version, write};
use crate::exchange::any_card::card;
use crate::exchange::card::Card;

/// The one card of a text.
fn read(text: &str) -> Card {
    let mut records: Vec<_> = Reader::new(text.as_bytes(), 0, 1).map(Result::unwrap).collect();
    assert_eq!(records.len(), 1, "{text}");
    records.remove(0).outcome.unwrap()
}

proptest! {
    // PROPTEST_CASES asks for more.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_normal_form_of_a_normal_form_is_itself(card in card()) {
        let tidy = card.tidy();
        prop_assert_eq!(tidy.clone().tidy(), tidy);
    }

    #[test]
    fn a_written_card_is_read_as_the_same_card(card in card()) {
        let card = card.tidy();
        prop_assume!(!card.is_empty());
        for version in [Version::V4, Version::V3] {
            let text = write(&card, version);
            prop_assert!(text.lines().all(|line| line.len() <= 75 || line.find([':', ';']).is_none_or(|name| name >= 75)));
            prop_assert_eq!(read(&text), card.clone(), "{}", text);
        }
    }

    #[test]
    fn arbitrary_bytes_are_survived(bytes in vec(any::<u8>(), 0..2000)) {
        survives(&bytes);
    }

    #[test]
    fn mutated_cards_are_survived(card in card(), cuts in vec((any::<proptest::sample::Index>(), vec(any::<u8>(), 0..4), 0..5usize), 0..6)) {
        let mut bytes = write(&card.tidy(), Version::V3).into_bytes();
        for (at, with, without) in cuts {
            let start = at.index(bytes.len());
            let end = (start + without).min(bytes.len());
            bytes.splice(start..end, with);
            bytes.push(b'\n');
        }
        survives(&bytes);
    }
}

/// Every card that comes out of these bytes is in normal form and comes back equal, and reading ends.
#[test]
fn a_post_that_is_said_twice_is_written_and_read_as_one() {
    let post = "ORG:Harbour;Pilots\nTITLE:Pilot\n".repeat(2);
    let card = read(&format!("BEGIN:VCARD\nVERSION:3.0\nFN:Ada\n{post}END:VCARD\n"));
    assert_eq!(card.employments.len(), 1);
    assert_eq!(read(&write(&card, Version::V4)), card);
}

fn survives(bytes: &[u8]) {
    for record in Reader::new(bytes, 0, 1) {
        let record = record.unwrap();
        assert!(record.offset <= bytes.len() as u64);
        if let Ok(card) = record.outcome {
            assert_eq!(card.clone().tidy(), card);
            for version in [Version::V4, Version::V3] {
                let text = write(&card, version);
                assert_eq!(read(&text), card, "{text}");
            }
        }
    }
}
