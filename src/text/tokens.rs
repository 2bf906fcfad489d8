//! The one tokeniser: it writes the search documents and builds the queries.

use super::fold::{fold, is_apostrophe, is_hyphen, is_picture, is_unspaced, is_word};

/// The longest word kept, in bytes; both sides cut, so a longer one is still found.
pub(super) const LONGEST: usize = 128;

/// How a piece hangs on the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Not at all.
    Apart,
    /// As in O'Brien.
    Apostrophe,
    /// As in Jean-Luc.
    Hyphen,
}

/// A run of letters and digits, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Never empty.
    pub text: String,
    /// How it hangs on the piece before it.
    pub link: Link,
    /// Whether its script has no spaces, so that it may hold many words.
    pub unspaced: bool,
}

/// The pieces of a text, in order. There are no stop words: Will and May are names.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut scan = Scan { found: Vec::new(), text: String::new(), unspaced: false, link: Link::Apart };
    for c in fold(text).chars() {
        scan.read(c);
    }
    scan.finish_piece(Link::Apart);
    scan.found
}

/// The pairs of neighbours by which a piece without spaces is found, and its last character alone, so
/// that each of its characters begins one of them.
pub fn pairs(piece: &str) -> impl Iterator<Item = &str> {
    let starts = piece.char_indices().map(|(at, _)| at);
    let ends = piece.char_indices().map(|(at, _)| at).skip(2).chain([piece.len(), piece.len()]);
    starts.zip(ends).map(move |(start, end)| &piece[start..end])
}

struct Scan {
    found: Vec<Piece>,
    text: String,
    unspaced: bool,
    link: Link,
}

impl Scan {
    fn read(&mut self, c: char) {
        if is_word(c) {
            // A mark follows its letter, whatever the script.
            let unspaced = if c.is_alphanumeric() { is_unspaced(c) } else { self.unspaced };
            if unspaced != self.unspaced {
                self.finish_piece(Link::Apart);
                self.unspaced = unspaced;
            }
            if unspaced || self.text.len() < LONGEST {
                self.text.push(c);
            }
        } else if is_apostrophe(c) {
            self.finish_piece(Link::Apostrophe);
        } else if is_hyphen(c) {
            self.finish_piece(Link::Hyphen);
        } else {
            self.finish_piece(Link::Apart);
            if is_picture(c) {
                self.text.push(c);
                self.finish_piece(Link::Apart);
            }
        }
    }

    /// Ends the piece that is being read; the next one hangs on it by `link`.
    fn finish_piece(&mut self, link: Link) {
        if self.text.is_empty() {
            self.link = Link::Apart;
            return;
        }
        let text = std::mem::take(&mut self.text);
        self.found.push(Piece { text, link: self.link, unspaced: self.unspaced });
        self.link = link;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        pieces(text).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn words_are_runs_of_letters_digits_and_marks() {
        assert_eq!(
            texts("Dr. Ada King, 2nd Countess (of) Lovelace"),
            ["dr", "ada", "king", "2nd", "countess", "of", "lovelace"]
        );
        assert_eq!(texts("अनिल किशोरी"), ["अनिल", "किशोरी"]);
        assert_eq!(texts("محمد بن سلمان"), ["محمد", "بن", "سلمان"]);
    }

    #[test]
    fn pieces_say_how_they_hang_together() {
        let links: Vec<Link> = pieces("Jean-Luc d'Arc - x").into_iter().map(|piece| piece.link).collect();
        assert_eq!(links, [Link::Apart, Link::Hyphen, Link::Apart, Link::Apostrophe, Link::Apart]);
        assert_eq!(pieces("O’Brien"), pieces("o'brien"));
        assert_eq!(pieces("O´Brien"), pieces("O'Brien"));
    }

    #[test]
    fn scripts_without_spaces_part_from_those_with() {
        assert_eq!(texts("山田AI花子 Kim김철수"), ["山田", "ai", "花子", "kim", "김철수"]);
        assert_eq!(texts("🦊Fox❤\u{fe0f}"), ["🦊", "fox", "❤"]);
    }

    #[test]
    fn each_character_begins_one_of_the_pairs() {
        assert_eq!(pairs("山田花子").collect::<Vec<_>>(), ["山田", "田花", "花子", "子"]);
        assert_eq!(pairs("子").collect::<Vec<_>>(), ["子"]);
    }

    #[test]
    fn a_word_of_any_length_is_cut_and_nothing_but_signs_is_no_word() {
        assert_eq!(texts(&"a".repeat(100_000))[0].len(), LONGEST);
        assert!(texts("(+)+$ '\\&|!:*<> \0").is_empty());
    }
}
