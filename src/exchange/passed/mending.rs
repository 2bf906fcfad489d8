//! Messages of which one file had only the beginning, and which another has whole. What stands takes over the whole text as long as it is
//! what that file said.
//!
//! Programs give the same id to copies whose texts differ: lists add a footer, scanners of viruses a notice. So a message is known to go on
//! only where its file ended in the middle of it, and only by a text that begins with all of what stands; after a line in whose middle the
//! file ended it has to go on in that line, where no footer begins.

use super::queries::revisions::Stored;
use super::record::{Draft, Said};
use super::revising::{hash, said as said_of};
use crate::exchange::mail::Torn;

/// What a file says of a message.
pub(super) fn said(draft: &Draft) -> Said {
    let one = &draft.interaction;
    let texts = (one.subject.as_deref(), one.summary.as_deref());
    Said { torn: draft.torn, ..said_of(Default::default(), texts, one.when, &draft.addresses) }
}

/// Whether a message goes on from what stands, which is as a file said it.
pub(super) fn goes_on(stored: &Stored, draft: &Draft) -> bool {
    let (had, has) = (stored.summary.as_deref().unwrap_or_default(), draft.interaction.summary.as_deref());
    let is_untouched = !stored.is_trashed && hash(had) == stored.said.summary;
    stored.said.torn.is_some_and(|torn| is_untouched && is_more(had, has.unwrap_or_default(), torn))
}

fn is_more(had: &str, has: &str, torn: Torn) -> bool {
    // Half a character is no text.
    let Some(more) = has.strip_prefix(had.trim_end_matches(char::REPLACEMENT_CHARACTER)) else { return false };
    match torn {
        Torn::Line => !had.is_empty() && !more.is_empty() && !more.starts_with('\n'),
        Torn::Part => !more.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_on_where_its_file_ended_and_a_footer_is_no_more_of_it() {
        let had = "Hello Ada,\n\nthe engine ru";
        assert!(is_more(had, "Hello Ada,\n\nthe engine runs.\nGrace", Torn::Line));
        assert!(is_more(&format!("{had}\u{fffd}"), "Hello Ada,\n\nthe engine ru\u{df}t.", Torn::Line));
        for other in [had, "Hello Ada,\n\nthe engine", "Hello Bob,\n\nthe engine runs.", ""] {
            assert!(!is_more(had, other, Torn::Line) && !is_more(had, other, Torn::Part), "{other}");
        }
        let footer = format!("{had}\n\nYou get this as a member of the club.");
        assert!(!is_more(had, &footer, Torn::Line) && is_more(had, &footer, Torn::Part));
        assert!(!is_more("", "Hello", Torn::Line));
    }
}
