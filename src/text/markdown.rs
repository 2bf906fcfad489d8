//! Notes in Markdown, as safe HTML and as words alone.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;

use askama::filters::HtmlSafe;
use pulldown_cmark::{Event, Options, Parser, TagEnd, html};

/// HTML that went through the sanitiser: the one kind of text that templates print as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl HtmlSafe for Html {}

impl fmt::Display for Html {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Quotes in quotes and lists in lists beyond this are shown as if they were not nested.
const DEEPEST: usize = 24;

/// CommonMark and what else is understood.
const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_TASKLISTS);

/// CommonMark with tables, strikethrough and task lists; a line break stays one. Raw HTML is shown as
/// text, images are not loaded, and links lead to the web, a mail or a phone only.
#[must_use]
pub fn to_html(markdown: &str) -> Html {
    let mut depth = 0;
    // Each level of nesting costs the sanitiser a look at all levels above it.
    let shallow = Parser::new_ext(markdown, OPTIONS).filter(|event| match event {
        Event::Start(_) => {
            depth += 1;
            depth <= DEEPEST
        }
        Event::End(_) => {
            depth -= 1;
            depth < DEEPEST
        }
        _ => true,
    });
    let events = shallow.map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::SoftBreak => Event::HardBreak,
        other => other,
    });
    let mut written = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut written, events);
    let tags = HashSet::from([
        "p",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "blockquote",
        "pre",
        "code",
        "em",
        "strong",
        "del",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]);
    let clean = ammonia::Builder::empty()
        .tags(tags)
        .tag_attributes(HashMap::from([("a", HashSet::from(["href", "title"])), ("ol", HashSet::from(["start"]))]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .link_rel(Some("noopener noreferrer nofollow"))
        .attribute_filter(|_, _, value| Some(Cow::Borrowed(value)))
        .clean(&written);
    Html(clean.to_string())
}

/// What a page says of it, on one line and without its marks: more than `enough` characters where there are more, the
/// rest is not read. A text without marks, as most that comes by mail, is not parsed.
#[must_use]
pub fn to_words(markdown: &str, enough: usize) -> String {
    if !may_be_marked(markdown) {
        return on_one_line(markdown);
    }
    let (mut text, mut length) = (String::with_capacity(markdown.len()), 0);
    for event in Parser::new_ext(markdown, OPTIONS) {
        match event {
            Event::Text(part) | Event::Code(part) | Event::Html(part) | Event::InlineHtml(part) => {
                length += part.chars().count();
                text.push_str(&part);
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule => text.push(' '),
            Event::End(end) if !is_within_a_line(end) => text.push(' '),
            _ => {}
        }
        if length > enough {
            break;
        }
    }
    on_one_line(&text)
}

fn may_be_marked(text: &str) -> bool {
    let is_mark =
        |byte: u8| matches!(byte, b'*' | b'_' | b'`' | b'[' | b'#' | b'<' | b'>' | b'~' | b'|' | b'\\' | b'&');
    text.bytes().any(is_mark) || text.lines().any(|line| line.trim_start().starts_with(['-', '+', '=']))
}

fn is_within_a_line(end: TagEnd) -> bool {
    matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::{to_html, to_words};

    #[test]
    fn the_words_of_a_text_stand_on_one_line_without_its_marks() {
        for (markdown, words) in [
            ("plain\n text", "plain text"),
            ("**Ada** said *so*, ~~not~~ `code`", "Ada said so, not code"),
            ("see [the plan](https://example.com/a_b) now", "see the plan now"),
            ("# Plan\n\n- one\n- two\n\n---\n> quoted", "Plan one two quoted"),
            ("- [x] done\n- [ ] open", "done open"),
            ("Title\n=====\ntext", "Title text"),
            ("![a photo](https://evil/x.png)", "a photo"),
            ("| a | b |\n|---|---|\n| 1 | 2 |", "a b 1 2"),
            ("2 * 3 = 6, snake_case, a < b & c", "2 * 3 = 6, snake_case, a < b & c"),
            ("<b>bold</b> &amp; <ada@example.com>", "<b>bold</b> & ada@example.com"),
            ("**not closed", "**not closed"),
            ("\\*kept\\*", "*kept*"),
            ("---", ""),
            ("", ""),
        ] {
            assert_eq!(to_words(markdown, 240), words, "{markdown}");
        }
    }

    #[test]
    fn no_more_words_are_read_than_are_enough() {
        let words = to_words(&"*word* ".repeat(1000), 240);
        assert!((240..260).contains(&words.chars().count()), "{}", words.len());
    }

    #[test]
    fn what_is_nested_too_deep_is_shown_flat() {
        let html = to_html(&format!("{}x", "> ".repeat(5000))).to_string();
        assert_eq!(html.matches("<blockquote>").count(), super::DEEPEST);
        assert_eq!(html.matches("</blockquote>").count(), super::DEEPEST);
        assert!(html.contains('x'));
    }

    #[test]
    fn markdown_is_rendered() {
        assert_eq!(to_html("**Ada** & co\nnext").to_string(), "<p><strong>Ada</strong> &amp; co<br>\nnext</p>\n");
    }

    #[test]
    fn nothing_runs_and_nothing_is_fetched() {
        for evil in [
            "<script>x</script>",
            "<img src=x onerror=alert(1)>",
            "[a](javascript:alert(1))",
            "![a](https://evil/x.png)",
            "[a](data:text/html,x)",
            "<a href='vbscript:x'>y</a>",
        ] {
            let html = to_html(evil).to_string();
            let parsed = ammonia::Builder::default().clean(&html).to_string();
            for bad in ["<script", "<img", "<svg", "href=\"javascript", "href=\"data", "href=\"vbscript"] {
                assert!(!html.contains(bad) && !parsed.contains(bad), "{evil} became {html}");
            }
        }
    }
}
