//! An answer, its HTML parsed and selected, never searched as a string.

use reqwest::header::HeaderMap;
use scraper::{ElementRef, Html, Selector};

/// What a request was answered with.
pub struct Page {
    path: String,
    /// The HTTP status.
    pub status: u16,
    /// The answer's headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: String,
}

/// One element, copied out of its page.
pub struct Element {
    text: String,
    attributes: Vec<(String, String)>,
}

impl Page {
    pub fn new(path: &str, status: u16, headers: HeaderMap, body: String) -> Self {
        Self { path: path.to_owned(), status, headers, body }
    }

    /// Fails unless this is the status.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(
            self.status,
            status,
            "{} answered {}: {}",
            self.path,
            self.status,
            self.all("main").first().map_or(self.body.as_str(), |main| &main.text)
        );
        self
    }

    /// Where a 303 leads.
    pub fn location(&self) -> String {
        self.header("location")
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
    }

    /// The only element that matches.
    pub fn one(&self, selector: &str) -> Element {
        let mut found = self.all(selector);
        assert_eq!(found.len(), 1, "{selector} on {}: {}", self.path, self.body);
        found.remove(0)
    }

    /// Every element that matches.
    pub fn all(&self, selector: &str) -> Vec<Element> {
        let html = Html::parse_document(&self.body);
        html.select(&Selector::parse(selector).unwrap()).map(Element::copy).collect()
    }

    /// How many elements match.
    pub fn count(&self, selector: &str) -> usize {
        self.all(selector).len()
    }
}

impl Element {
    fn copy(element: ElementRef<'_>) -> Self {
        Self {
            text: element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "),
            attributes: element.value().attrs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        }
    }

    /// Its text, with runs of white space as one space.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// One of its attributes, or nothing.
    pub fn attr(&self, name: &str) -> String {
        self.attributes.iter().find(|(key, _)| key == name).map_or_else(String::new, |(_, value)| value.clone())
    }
}
