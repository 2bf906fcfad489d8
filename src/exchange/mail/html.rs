//! HTML as plain text, in one pass: what is shown, by lines, quoted as mail quotes it. It is text afterwards, which
//! templates escape; nothing is fetched and no tag survives.

use mail_parser::decoders::html::add_html_token;

/// Text that is enough for a summary, quotations included.
const MAX_TEXT_BYTES: usize = 256 << 10;

/// What a reader of the HTML sees.
pub(in crate::exchange) fn to_text(html: &str) -> String {
    // Of what is hidden and never ends nobody knows how far it goes.
    let text = read(html, true).or_else(|| read(html, false)).unwrap_or_default();
    text.replace('\u{a0}', " ")
}

/// The text; `None` where something is hidden up to the end.
fn read(html: &str, is_hiding: bool) -> Option<String> {
    let mut reader = Reader { rest: html, is_hiding, ..Reader::default() };
    while !reader.rest.is_empty() && reader.text.len() < MAX_TEXT_BYTES {
        reader.step();
    }
    reader.hidden.is_none().then_some(reader.text)
}

#[derive(Default)]
struct Reader<'a> {
    rest: &'a str,
    text: String,
    quotes: usize,
    preformatted: usize,
    /// Whether what styles hide is left out.
    is_hiding: bool,
    /// The name of the element that is hidden, and how many of that name are open in it, itself included.
    hidden: Option<(String, usize)>,
    /// A blank is due before the next word.
    is_spaced: bool,
    /// Something stands on the line.
    is_in_line: bool,
    /// No `>` follows any more outside of quotes, or at all: each is searched in vain only once.
    lacks_quoted_end: bool,
    lacks_end: bool,
}

impl<'a> Reader<'a> {
    fn step(&mut self) {
        let end = self.rest.find('<').unwrap_or(self.rest.len());
        if end > 0 {
            let (words, rest) = self.rest.split_at(end);
            self.rest = rest;
            self.words(words);
        } else if let Some(comment) = self.rest.strip_prefix("<!--") {
            self.rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
        } else if self.rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
            && let Some(end) = self.end_of_tag()
        {
            let (tag, rest) = self.rest.split_at(end);
            self.rest = rest;
            self.tag(&tag[1..end - 1]);
        } else {
            self.rest = &self.rest[1..];
            self.words("<");
        }
    }

    /// Behind the `>` of the tag that stands here.
    fn end_of_tag(&mut self) -> Option<usize> {
        if !self.lacks_quoted_end {
            let mut quote = None;
            for (at, byte) in self.rest.bytes().enumerate() {
                match byte {
                    b'"' | b'\'' if quote.is_none() => quote = Some(byte),
                    _ if quote == Some(byte) => quote = None,
                    b'>' if quote.is_none() => return Some(at + 1),
                    _ => {}
                }
            }
            self.lacks_quoted_end = true;
        }
        if !self.lacks_end {
            match self.rest.find('>') {
                Some(at) => return Some(at + 1),
                None => self.lacks_end = true,
            }
        }
        None
    }

    fn tag(&mut self, tag: &str) {
        let (is_end, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name = tag.split(|c: char| c.is_ascii_whitespace() || c == '/').next().unwrap_or_default();
        if self.is_hidden(name, tag, is_end) {
            return;
        }
        match name.to_ascii_lowercase().as_str() {
            name @ ("style" | "script" | "title" | "template") if !is_end => self.skip_element(name),
            "br" => self.end_line(true),
            "hr" => {
                self.end_line(false);
                self.words("________________");
                self.end_line(false);
            }
            "blockquote" => {
                self.end_line(false);
                self.quotes = if is_end { self.quotes.saturating_sub(1) } else { (self.quotes + 1).min(20) };
            }
            "pre" => {
                self.end_line(false);
                self.preformatted = if is_end { self.preformatted.saturating_sub(1) } else { self.preformatted + 1 };
            }
            "li" if !is_end => {
                self.end_line(false);
                self.words("- ");
            }
            "p" | "ul" | "ol" | "table" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_line(false);
                if !self.text.is_empty() && !self.text.ends_with("\n\n") {
                    self.text.push('\n');
                }
            }
            "div" | "tr" | "li" | "dt" | "dd" | "section" | "article" | "header" | "footer" | "center" | "body" => {
                self.end_line(false);
            }
            "td" | "th" => self.is_spaced = true,
            _ => {}
        }
    }

    /// Whether a tag begins, ends or stands in an element that nobody sees, as the words are with which newsletters fill what
    /// mail programs show of them in a list.
    fn is_hidden(&mut self, name: &str, tag: &str, is_end: bool) -> bool {
        if let Some((hidden, depth)) = &mut self.hidden {
            if !hidden.eq_ignore_ascii_case(name) {
                // Their content may look like tags.
                return !matches!(name.to_ascii_lowercase().as_str(), "style" | "script" | "title" | "template");
            }
            // A paragraph ends where the next begins.
            let is_next = !is_end && hidden.as_str() == "p";
            *depth = if is_end { *depth - 1 } else { *depth + 1 };
            if *depth == 0 || is_next {
                self.hidden = None;
            }
            if !is_next {
                return true;
            }
        }
        if is_end || !self.is_hiding || !is_styled_away(tag) || !may_hide(name) {
            return false;
        }
        self.hidden = Some((name.to_ascii_lowercase(), 1));
        true
    }

    /// Goes behind the end of an element whose content is no text; of one that never ends all is content.
    fn skip_element(&mut self, name: &str) {
        let is_its_end = |at: &usize| {
            let tag = self.rest.as_bytes().get(at + 2..at + 2 + name.len());
            tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
        };
        self.rest = match self.rest.match_indices("</").map(|(at, _)| at).find(is_its_end) {
            Some(at) => &self.rest[at..],
            None => "",
        };
    }

    /// `is_break` ends an empty line too.
    fn end_line(&mut self, is_break: bool) {
        if self.is_in_line || is_break {
            self.text.push('\n');
        }
        (self.is_in_line, self.is_spaced) = (false, false);
    }

    fn words(&mut self, words: &str) {
        if self.hidden.is_some() {
            return;
        }
        if self.preformatted > 0 {
            for (at, line) in words.split('\n').enumerate() {
                if at > 0 {
                    self.end_line(true);
                }
                self.word(line);
            }
            return;
        }
        let is_blank = |c: char| c.is_ascii_whitespace();
        for (at, word) in words.split(is_blank).enumerate() {
            self.is_spaced |= at > 0;
            self.word(word);
        }
    }

    fn word(&mut self, word: &str) {
        if word.is_empty() {
            return;
        }
        if !self.is_in_line {
            self.text.push_str(&"> ".repeat(self.quotes));
        } else if self.is_spaced {
            self.text.push(' ');
        }
        (self.is_in_line, self.is_spaced) = (true, false);
        let mut rest = word;
        while let Some(at) = rest.find('&') {
            self.text.push_str(&rest[..at]);
            rest = &rest[at..];
            let end = rest.bytes().take(34).position(|byte| byte == b';').map_or(1, |end| end + 1);
            match &rest[..end] {
                "&" | "&;" => self.text.push_str(&rest[..end]),
                entity => add_html_token(&mut self.text, entity.as_bytes(), false),
            }
            rest = &rest[end..];
        }
        self.text.push_str(rest);
    }
}

/// Whether an element has content and an end that programs write, and is not all of the page.
fn may_hide(name: &str) -> bool {
    const OTHERS: [&str; 15] = [
        "html", "body", "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
        "wbr",
    ];
    !OTHERS.iter().any(|other| other.eq_ignore_ascii_case(name))
}

/// Whether the style of a tag says that its element is not shown.
fn is_styled_away(tag: &str) -> bool {
    // Most tags have no style.
    if tag.len() < 10 || tag.ends_with('/') {
        return false;
    }
    let plain: String = tag.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let Some((_, style)) = plain.split_once("style=") else { return false };
    let style = match style.chars().next() {
        Some(quote @ ('"' | '\'')) => style[1..].split(quote).next().unwrap_or_default(),
        _ => style,
    };
    let is_away =
        |rule: &str| ["display:none", "visibility:hidden", "mso-hide:all"].iter().any(|away| rule.starts_with(away));
    style.split(';').any(is_away)
}

#[cfg(test)]
mod tests {
    use super::to_text;

    #[test]
    fn what_is_shown_comes_out_by_lines() {
        assert_eq!(
            to_text(
                "<html><head><title>no</title><style>p { x: '<p>' }</style></head><body><p>Dear&nbsp;Ann &amp; \
                 Bo,</p>\n<div>one<br>two <b>bold</b>, a<b>b</b></div><script>if (a < b) evil()</script><ul><li>x<li>y</ul>"
            ),
            "\nDear Ann & Bo,\n\none\ntwo bold, ab\n\n- x\n- y\n\n".trim_start()
        );
    }

    #[test]
    fn quotations_are_marked_as_in_plain_text() {
        assert_eq!(
            to_text("yes<blockquote type='cite'>really?<blockquote>a > b</blockquote></blockquote>bye"),
            "yes\n> really?\n> > a > b\nbye"
        );
        assert_eq!(to_text("<pre>a\n  b</pre>"), "a\n  b\n");
    }

    #[test]
    fn broken_html_is_text_as_far_as_it_goes() {
        assert_eq!(
            to_text("1 < 2 <3 &copy; &nosuch; &#x20AC; &#0; & <a title='x>y'>z</a> <b"),
            "1 < 2 <3 \u{a9} &nosuch; \u{20ac} \0 & z <b"
        );
        assert_eq!(to_text("a<!-- <p>no</p> -->b<!-- open"), "ab");
        assert_eq!(to_text("<!DOCTYPE html><?xml x?>a<style>b"), "a");
        assert_eq!(to_text("\u{e9}&\u{e9};<\u{e9}>"), "\u{e9}&\u{e9};<\u{e9}>");
    }

    #[test]
    fn what_styles_hide_is_left_out() {
        assert_eq!(
            to_text(
                "<body><div style=\"max-height:0; DISPLAY: none!important\">Save now <div>and <br>more</div><style></div></style></div>\
                 <span style='font-size:1px;mso-hide:all'>\u{200c}x</span><p style=visibility:hidden>y<p>Dear Ann</body>"
            ),
            "Dear Ann\n"
        );
        assert_eq!(
            to_text("<img style='display:none'>a<div title='display:none'>b</div><div style='x-display:none'>c</div>"),
            "a\nb\nc\n"
        );
        assert_eq!(to_text("x <span style='display:none'>and what follows"), "x and what follows");
    }

    #[test]
    fn what_never_ends_takes_no_time() {
        for text in [
            "<b style='display:none'>x",
            "<a \"",
            "<a '",
            "<a",
            "<",
            "&",
            "<!--",
            "</style",
            "<blockquote>",
            "<pre>",
            "<style>x</styl",
        ] {
            assert!(to_text(&text.repeat((1 << 20) / text.len())).len() <= 8 << 20);
        }
    }
}
