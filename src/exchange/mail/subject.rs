//! What the messages of one conversation share of their subjects.

/// What mail programs write before the subject of an answer or of what they pass on, in lower case: English, German,
/// Dutch, Danish and Norwegian, Swedish, Finnish, French, Spanish, Portuguese, Italian, Polish, Czech, Hungarian, Turkish,
/// Greek, Russian, Hebrew, Arabic, Chinese, Japanese and others as they are met.
const PREFIXES: [&str; 53] = [
    "re",
    "fw",
    "fwd",
    "aw",
    "antw",
    "antwort",
    "wg",
    "betreff",
    "sv",
    "vs",
    "vb",
    "vl",
    "vá",
    "fs",
    "antw.",
    "doorst",
    "r",
    "i",
    "rif",
    "tr",
    "réf",
    "ref",
    "rv",
    "res",
    "enc",
    "odp",
    "pd",
    "odpověď",
    "odp.",
    "ynt",
    "ilt",
    "i̇lt",
    "απ",
    "πρθ",
    "σχετ",
    "отв",
    "ha",
    "на",
    "пересл",
    "השב",
    "הועבר",
    "رد",
    "إعادة توجيه",
    "回复",
    "回覆",
    "答复",
    "转发",
    "轉寄",
    "返信",
    "転送",
    "답장",
    "전달",
    "továbbítás",
];

/// A subject without the prefixes of answers (`Re: AW: [list] Fwd:`) and the names of lists, in whichever order they stand.
#[must_use]
pub fn thread(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some(shorter) = without_prefix(rest).or_else(|| without_tag(rest)) {
        rest = shorter;
    }
    let is_forwarded =
        rest.len() > 5 && rest.is_char_boundary(rest.len() - 5) && rest[rest.len() - 5..].eq_ignore_ascii_case("(fwd)");
    let rest = if is_forwarded { rest[..rest.len() - 5].trim_end() } else { rest };
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a subject says that it answers or passes something on, behind whatever names of lists.
#[must_use]
pub fn is_answer(subject: &str) -> bool {
    let mut rest = subject.trim();
    while let Some(shorter) = without_tag(rest) {
        rest = shorter;
    }
    without_prefix(rest).is_some()
}

/// Behind `Re:`, `RE[2]:`, `Re^3:`, `Re (2):` and their like.
fn without_prefix(subject: &str) -> Option<&str> {
    let (prefix, rest) = subject.split_once([':', '：'])?;
    let is_count = |c: char| c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')' | '^' | '*' | ' ');
    let word = prefix.trim_end_matches(is_count);
    let is_prefix = word.len() <= 30 && PREFIXES.contains(&word.to_lowercase().as_str());
    is_prefix.then(|| rest.trim_start())
}

/// Behind `[list]`, unless nothing else stands there.
fn without_tag(subject: &str) -> Option<&str> {
    let (tag, rest) = subject.strip_prefix('[')?.split_once(']')?;
    (!tag.is_empty() && tag.len() <= 60 && !rest.trim().is_empty()).then(|| rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::thread;

    #[test]
    fn answers_of_every_program_share_a_subject() {
        for subject in [
            "Lunch on Friday",
            "Re: Lunch on Friday",
            "RE: re: Lunch  on Friday",
            "AW: WG: Lunch on Friday",
            "SV: [club] Re: Lunch on Friday",
            "[club] [ext] Lunch on Friday",
            "Re[2]: Lunch on Friday",
            "Re^3: Lunch on Friday",
            "Re (2): Lunch on Friday",
            "回复：Lunch on Friday",
            "Fwd: Lunch on Friday (fwd)",
            "R: I: Lunch on Friday",
            "Vá: Lunch on Friday",
            " re :Lunch on Friday ",
        ] {
            assert_eq!(thread(subject), "Lunch on Friday", "{subject}");
        }
    }

    #[test]
    fn what_only_looks_like_a_prefix_stays() {
        for subject in ["Recipe: soup", "Berlin: when?", "[club]", "12:30", "", "Ärger: nein", "[]: x"] {
            assert_eq!(thread(subject), subject);
        }
        assert_eq!(thread("Re:"), "");
    }
}
