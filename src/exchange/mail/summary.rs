//! What somebody wrote in a message, without what they quoted, signed or were made to add.

use unicode_segmentation::UnicodeSegmentation;

use super::html;
use super::part::Part;
use super::quotes::{self, Start};
use crate::text::clean;

/// Characters of a summary.
pub const MAX_CHARACTERS: usize = 2_000;
/// How much of a part is looked at: HTML may bring its styles first.
const MAX_BYTES: usize = 1 << 20;
/// Lines of it that are looked at.
const MAX_LINES: usize = 5_000;

/// The text of a message: of its plain parts, else of its HTML. Where nothing is left of either without what is quoted,
/// the quotation.
pub(super) fn of_parts(parts: &[Part<'_>]) -> String {
    let text_of = |media_type: &str| {
        let texts = parts.iter().filter(|part| part.is_text(media_type)).take(20).map(|part| part.text(MAX_BYTES));
        texts.map(|text| text.replace("\r\n", "\n")).collect::<Vec<_>>()
    };
    let plain = text_of("text/plain").join("\n");
    let own = written(&plain);
    if !clean::is_blank(&own) {
        return cut(&own);
    }
    let html = text_of("text/html").iter().map(|text| html::to_text(text)).collect::<Vec<_>>().join("\n");
    let own = written(&html);
    if !clean::is_blank(&own) {
        return cut(&own);
    }
    let quoted = if clean::is_blank(&plain) { html } else { plain };
    cut(&unquoted(&quoted))
}

/// The first characters of a message as it was sent, whatever of it is shown. Blanks, at which programs wrap, and marks of quotation, by
/// which they escape, are none.
pub(super) fn beginning(parts: &[Part<'_>], most: usize) -> String {
    let text_of = |media_type: &str| {
        let texts = parts.iter().filter(|part| part.is_text(media_type)).take(20).map(|part| part.text(MAX_BYTES));
        texts.collect::<String>()
    };
    let plain = text_of("text/plain");
    let text = if clean::is_blank(&plain) { text_of("text/html") } else { plain };
    text.chars().filter(|c| !c.is_whitespace() && !matches!(*c, '>' | char::REPLACEMENT_CHARACTER)).take(most).collect()
}

/// The lines that the sender wrote.
fn written(text: &str) -> String {
    let lines = text.lines().take(MAX_LINES);
    let lines: Vec<&str> = lines.map(|line| if line == quotes::SIGNATURE { line } else { line.trim_end() }).collect();
    let mut own: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let (before, after) = (at.checked_sub(1).and_then(|at| lines.get(at)), lines.get(at + 1));
        match quotes::start(&lines[at..]) {
            Start::Quoted => {}
            // An attribution over lines that are not marked: all of them are quoted.
            Start::Attribution(length) => {
                let next = lines[at + length..].iter().find(|line| !line.is_empty());
                if !next.is_some_and(|line| quotes::is_marked(line)) && !is_nothing(&own) {
                    break;
                }
                at += length;
                continue;
            }
            // Below what somebody wrote on top stands nothing more of theirs; else it is an answer between the lines.
            Start::Original(length) if is_nothing(&own) => {
                at += length;
                continue;
            }
            Start::Original(_) | Start::Rest => break,
            Start::Signature if !is_nothing(&own) => break,
            Start::Signature | Start::Device => {}
            Start::Own if before.zip(after).is_some_and(|(one, two)| quotes::is_wrapped(one, line, two)) => {}
            Start::Own => own.push(line),
        }
        at += 1;
    }
    paragraphs(&own)
}

/// Lines without runs of empty ones, and without a legal notice at their end.
fn paragraphs(lines: &[&str]) -> String {
    let text = lines.join("\n");
    let mut kept: Vec<&str> = Vec::new();
    for paragraph in text.split("\n\n").map(|part| part.trim_matches('\n')).filter(|part| !part.trim().is_empty()) {
        if !kept.is_empty() && quotes::is_footer(paragraph) {
            break;
        }
        kept.push(paragraph);
    }
    clean::lines(&kept.join("\n\n"))
}

fn is_nothing(lines: &[&str]) -> bool {
    lines.iter().all(|line| clean::is_blank(line))
}

/// All lines without the marks of quotation.
fn unquoted(text: &str) -> String {
    let lines: Vec<&str> =
        text.lines().take(MAX_LINES).map(|line| line.trim_start_matches(['>', ' ']).trim_end()).collect();
    paragraphs(&lines)
}

/// The first characters of a text, no grapheme of it split unless it alone is longer.
fn cut(text: &str) -> String {
    if text.chars().nth(MAX_CHARACTERS).is_none() {
        return text.to_owned();
    }
    let (mut characters, mut end) = (0, 0);
    for grapheme in text.graphemes(true) {
        characters += grapheme.chars().count();
        if characters > MAX_CHARACTERS {
            break;
        }
        end += grapheme.len();
    }
    let whole = text[..end].trim_end();
    if whole.is_empty() { clean::cut(text, MAX_CHARACTERS).to_owned() } else { whole.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_what_was_written_above_between_and_below_what_it_answers() {
        let text = "Hello Ann,\n\nyes.\n\nOn Mon, 1 Jan 2024 at 10:00, Ann Lee\n<ann@x.example> wrote:\n> really?\n\nSee you\n> and when?\nTomorrow.\n-- \nBo";
        assert_eq!(written(text), "Hello Ann,\n\nyes.\n\nSee you\nTomorrow.");
        let below = "----- Original Message -----\nFrom: \"Ann Lee\" <ann@x.example>\nTo: Bo\nSubject: x\n\n> Is it\n> true?\nYes.\n\n> And why?\nSo.";
        assert_eq!(written(below), "Yes.\n\nSo.");
        let initials =
            "Monday, September 30, 2002, 1:19:12 PM, you wrote:\n\nAL> Is it\nAL>> true?\n\nYes.\n\nSQL> select 1;";
        assert_eq!(written(initials), "Yes.\n\nSQL> select 1;");
        let wrapped = "> Pressing play must cause the music to start immediately, so that whoever presses\nit knows\n> what it does.\nyes\n> Really?";
        assert_eq!(written(wrapped), "yes");
        let prose = "Hello.\n\nOn page 3 of yours you wrote:\nall is well.";
        assert_eq!(written(prose), prose);
    }

    #[test]
    fn who_wrote_what_is_quoted_right_below_is_no_line_of_the_senders() {
        for line in [
            "On Mon, Aug 19, 2002 at 03:08:16PM +0100, Ann Lee mentioned:",
            "In message <1@x.example>, Ann\nLee writes:",
            "Ann Lee <ann@x.example>\nwrote:",
            "Quoting Ann Lee (ann@x.example):",
            "Ann Lee wrote*:",
            "Ann B. Lee:",
            "So then, Ann <ann@x.example> is all like:",
            "Ann stated the following on Thu, Aug 29 :",
            "Le 3 Septembre 2002 12:43, vous avez \u{e9}crit :",
            "Am 3.9.2002 um 12:43 schrieb Ann:",
            "El 3/9/2002 a las 12:43, Ann escribi\u{f3}:",
            "Il giorno 3 set 2002, Ann ha scritto:",
            "\u{43f}\u{43d}, 3 \u{43c}\u{430}\u{440}. 2025 \u{433}. \u{432} 09:00, Ann Lee <ann@x.example>:\n",
            "\u{43f}\u{43d}, 3 \u{43c}\u{430}\u{440}. 2025 \u{433}. \u{432} 09:00, Ann Lee <\nann@x.example>:\n",
            "2025\u{5e74}3\u{6708}3\u{65e5}(\u{6708}) 9:00 Ann Lee <ann@x.example>:\n",
            "man. 3. mar. 2025 kl. 09.00 skrev Ann Lee <ann@x.example>:\n",
            "Ann Lee <ann@x.example> ezt \u{ed}rta (id\u{151}pont: 2025. m\u{e1}rc. 3., H, 9:00):\n",
        ] {
            assert_eq!(written(&format!("{line}\n> really?\n\nYes.")), "Yes.", "{line}");
        }
        for line in ["These are the commands that you want to type:", "as:"] {
            assert_eq!(written(&format!("{line}\n> really?\n\nYes.")), format!("{line}\n\nYes."));
        }
    }

    #[test]
    fn what_stands_under_an_original_message_is_not_the_senders() {
        for start in [
            "-----Original Message-----",
            "-------- Urspr\u{fc}ngliche Nachricht --------",
            "________________________________\nVon: Ann\nGesendet: Montag\nAn: Bo\nBetreff: x",
            "*From:* Ann\n*Sent:* Monday\n*To:* Bo",
            "Am 1. Januar 2024 um 10:00 schrieb Ann <ann@x.example>:",
            "Le lun. 1 janv. 2024 \u{e0} 10:00, Ann <ann@x.example> a\n\u{e9}crit :",
            "Begin forwarded message:",
        ] {
            assert_eq!(written(&format!("Mine.\n\n{start}\nNot mine\n")), "Mine.", "{start}");
        }
    }

    #[test]
    fn a_rule_of_two_hyphens_is_a_signature_s_if_little_stands_below_it() {
        let table = "Totals follow\n--\nA 1\nB 2\nC 3\nD 4\nE 5\nF 6\nG 7\nH 8\nThis is what matters";
        assert_eq!(written(table), table);
        assert_eq!(written(&table.replace("--\n", "-- \n")), "Totals follow");
        let sentences = "Hi Bob,\n--\nThe door code is 4711.\nPlease come at 8!";
        assert_eq!(written(sentences), sentences);
        for below in
            ["Bo\nLee\n", "Bo\n\nOn 3 March 2025 Ann <ann@x.example> wrote:\n> really?\n> a\n> b\n> c\n> d\n> e\n> f\n"]
        {
            assert_eq!(written(&format!("Yes.\n--\n{below}")), "Yes.", "{below}");
        }
    }

    #[test]
    fn notices_that_lists_devices_and_lawyers_add_are_cut() {
        let text = "Mine: From: here to there.\n\nSent from my iPhone\n\nThis e-mail is confidential and intended only for the \
            addressee named above.\nDelete it.\n\nmore law";
        assert_eq!(written(text), "Mine: From: here to there.");
        let text =
            "Mine.\n_______________________________________________\nClub mailing list\nhttp://x.example/listinfo";
        assert_eq!(written(text), "Mine.");
    }

    #[test]
    fn a_text_is_cut_between_graphemes() {
        let text = "e\u{301}".repeat(1_500);
        assert_eq!(cut(&text).chars().count(), MAX_CHARACTERS);
        let text = format!("a{text}");
        assert_eq!(cut(&text).chars().count(), MAX_CHARACTERS - 1);
        assert!(!cut(&"\u{301}".repeat(5_000)).is_empty());
    }
}
