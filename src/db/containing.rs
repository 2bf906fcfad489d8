//! What was typed into a filter, as patterns of `LIKE`.

/// Words of a filter that are looked at, and how much of each: more narrows nothing.
const WORDS: usize = 8;
const LONGEST: usize = 100;

/// A pattern for each typed word, to be met anywhere in a text: for `LIKE ALL`. Nothing typed is met
/// by every text.
#[must_use]
pub fn containing(typed: &str) -> Vec<String> {
    let words = typed.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.take(WORDS).map(pattern).collect()
}

fn pattern(word: &str) -> String {
    let mut pattern = String::from("%");
    for letter in word.chars().take(LONGEST) {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_a_pattern_are_only_letters_when_typed() {
        assert_eq!(containing("  50% a_b\\ \0x "), ["%50\\%%", "%a\\_b\\\\%", "%x%"]);
        assert_eq!(containing(" \n"), Vec::<String>::new());
    }
}
