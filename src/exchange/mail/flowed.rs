//! Paragraphs that a program wrapped, and says so (RFC 3676, format=flowed).

use mail_parser::ContentType;

/// In which way a text flows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flow {
    /// DelSp: the blank by which a line says that it goes on is none of the text, as where words have none between them.
    deletes_blank: bool,
}

impl Flow {
    /// That of a text; none where its lines end where they end.
    pub fn read(value: &ContentType<'_>) -> Option<Self> {
        let is = |name: &str, word: &str| value.attribute(name).is_some_and(|it| it.trim().eq_ignore_ascii_case(word));
        let is_plain = value.subtype().is_none_or(|it| it.eq_ignore_ascii_case("plain"));
        let is_flowed = value.ctype().eq_ignore_ascii_case("text") && is_plain && is("format", "flowed");
        is_flowed.then(|| Self { deletes_blank: is("delsp", "yes") })
    }

    /// A text with each of its paragraphs on one line: one that ends in a blank goes on in the next, if that is quoted as deeply.
    pub fn joined(self, text: &str) -> String {
        let mut joined = String::with_capacity(text.len());
        let mut open = None;
        for (at, line) in text.lines().enumerate() {
            let rest = line.trim_start_matches('>');
            let depth = line.len() - rest.len();
            // A blank before what would else be taken for a quotation.
            let rest = rest.strip_prefix(' ').unwrap_or(rest);
            let is_signature = rest == "-- ";
            if open != Some(depth) || is_signature {
                if at > 0 {
                    joined.push('\n');
                }
                joined.extend(std::iter::repeat_n('>', depth));
                joined.push_str(if depth > 0 { " " } else { "" });
            }
            let is_open = rest.ends_with(' ') && !is_signature;
            joined.push_str(if is_open && self.deletes_blank { &rest[..rest.len() - 1] } else { rest });
            open = is_open.then_some(depth);
        }
        if text.ends_with('\n') {
            joined.push('\n');
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_that_flows_is_one_line() {
        let flow = Flow { deletes_blank: false };
        let text = "This is a long \r\nline that was \nwrapped.\n\n From the start\n> quote \n> goes on \n>> deeper\nend \n-- \nsig\n";
        let expected =
            "This is a long line that was wrapped.\n\nFrom the start\n> quote goes on \n>> deeper\nend \n-- \nsig\n";
        assert_eq!(flow.joined(text), expected);
        let flow = Flow { deletes_blank: true };
        assert_eq!(
            flow.joined("\u{65e5}\u{672c} \n\u{8a9e}\u{306e} \n\u{6587}"),
            "\u{65e5}\u{672c}\u{8a9e}\u{306e}\u{6587}"
        );
        assert_eq!(flow.joined(""), "");
    }
}
