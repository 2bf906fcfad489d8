//! Notes in Markdown, as safe HTML.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;

use askama::filters::HtmlSafe;
use pulldown_cmark::{Event, Options, Parser, html};

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

/// CommonMark with tables, strikethrough and task lists; a line break stays one. Raw HTML is shown as
/// text, images are not loaded, and links lead to the web, a mail or a phone only.
#[must_use]
pub fn to_html(markdown: &str) -> Html {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut depth = 0;
    // Each level of nesting costs the sanitiser a look at all levels above it.
    let shallow = Parser::new_ext(markdown, options).filter(|event| match event {
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

#[cfg(test)]
mod tests {
    use super::to_html;

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
