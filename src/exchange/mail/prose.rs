//! What tells a sentence from the lines of a signature.

/// Whether a line is a sentence: several words up to a full stop, and not all of them names or abbreviations as in `Ann Lee Jr.`.
pub(super) fn is_sentence(line: &str) -> bool {
    let line = line.trim();
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_common = |word: &&str| word.starts_with(char::is_lowercase) && !word.ends_with('.');
    let last = words.last().is_some_and(|word| word.starts_with(char::is_lowercase));
    line.ends_with(['.', '!', '?']) && words.len() >= 3 && (last || words.iter().any(is_common))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_no_line_of_a_signature() {
        for line in ["The door code is 4711.", "Please call Ann!", "Der Code ist 4711.", "I said no."] {
            assert!(is_sentence(line), "{line}");
        }
        for line in ["Ann Lee Jr.", "Dr. med. Ann Lee, Ph.D.", "Acme Corp. Inc.", "Head of Sales", "Bye!", ""] {
            assert!(!is_sentence(line), "{line}");
        }
    }
}
