//! The forms of pages, as a browser would find and send them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use scraper::{ElementRef, Html, Selector};

use super::{CHOSEN, EXPORT, UNSEEN};
use crate::harness::User;
use crate::url_table::routes;

/// A form of a page, as a browser would send it.
#[derive(Clone, Debug)]
pub struct Form {
    pub page: String,
    pub action: String,
    pub pattern: String,
    pub fields: Vec<(String, String)>,
}

impl Form {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// This form among those of a page, which may have two of one route, each with fields of its own.
    pub fn among(&self, mut found: Vec<Self>) -> Option<Self> {
        found.retain(|other| other.pattern == self.pattern);
        let at = found.iter().position(|other| other.names() == self.names()).unwrap_or(0);
        (at < found.len()).then(|| found.swap_remove(at))
    }

    /// The fields that somebody may type into.
    pub fn names(&self) -> BTreeSet<&str> {
        self.fields.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "csrf_token").collect()
    }

    /// Those of them that take any text.
    pub fn texts(&self) -> Vec<&str> {
        self.names().into_iter().filter(|name| !CHOSEN.contains(name) && !UNSEEN.contains(name)).collect()
    }

    /// Its pairs with this typed into these fields.
    pub fn with<'a>(&'a self, names: &[&str], typed: &'a str) -> Vec<(&'a str, &'a str)> {
        let value = |(field, value): &'a (String, String)| {
            (field.as_str(), if names.contains(&field.as_str()) { typed } else { value.as_str() })
        };
        self.fields.iter().map(value).collect()
    }
}

fn select(selector: &str) -> Selector {
    Selector::parse(selector).unwrap()
}

fn value(field: ElementRef<'_>) -> Option<String> {
    match field.value().name() {
        "textarea" => Some(field.text().collect()),
        "select" => {
            let chosen = field.select(&select("option[selected]")).next();
            let option = chosen.or_else(|| field.select(&select("option")).next())?;
            Some(option.attr("value").map_or_else(|| option.text().collect(), str::to_owned))
        }
        _ => match field.attr("type") {
            Some("file") => None,
            // Whoever stands in a list is ticked.
            Some("checkbox") if field.attr("checked").is_none() && field.attr("name") != Some("id") => None,
            _ => Some(field.attr("value").unwrap_or("").to_owned()),
        },
    }
}

/// The forms of a page that ask (`get`) or that change something (`post`), once for each address that a button of theirs
/// sends them to.
pub fn forms(method: &str, path: &str, body: &str) -> Vec<Form> {
    let html = Html::parse_document(body);
    let all = select("form");
    let forms = html.select(&all).filter(|form| form.attr("method").unwrap_or("get") == method);
    forms.flat_map(|form| read(method, path, &html, form)).collect()
}

fn read(method: &str, path: &str, html: &Html, form: ElementRef<'_>) -> Vec<Form> {
    let named = "input[name], textarea[name], select[name], button[name]";
    let outside = form.attr("id").map_or_else(String::new, |id| format!("[name][form='{id}']"));
    let inside = select(named);
    let all: Vec<ElementRef<'_>> = form.select(&inside).collect();
    let outside = (!outside.is_empty()).then(|| select(&outside));
    let all: Vec<ElementRef<'_>> = all.into_iter().chain(outside.iter().flat_map(|other| html.select(other))).collect();
    let own = form.attr("action").unwrap_or(path);
    let buttons = select("button");
    let actions: BTreeSet<&str> =
        form.select(&buttons).map(|button| button.attr("formaction").unwrap_or(own)).chain([own]).collect();
    let of = |action: &str| {
        let mut seen = BTreeSet::new();
        let fields = all.iter().filter_map(|field| {
            let name = field.attr("name").unwrap().to_owned();
            let is_button = field.value().name() == "button";
            let is_pressed = field.attr("formaction").unwrap_or(own) == action && seen.insert(name.clone());
            (!is_button || is_pressed).then_some((name, value(*field)?))
        });
        let pattern = route_of(method, action).unwrap();
        Form { page: path.to_owned(), fields: fields.collect(), pattern, action: action.to_owned() }
    };
    actions.into_iter().map(of).collect()
}

/// The pattern that a path leads to: a literal one comes before one with an id.
fn route_of(method: &str, path: &str) -> Option<String> {
    let bare = path.split('?').next().unwrap();
    let routes = routes(method);
    let leads = routes.iter().filter(|route| route.leads(bare)).min_by_key(|route| route.holes());
    leads.map(|route| route.pattern.clone())
}

/// Every page that is found by following links, a few of each route.
pub async fn pages(user: &mut User, start: &[&str]) -> Vec<(String, String)> {
    let (mut found, mut visits) = (Vec::new(), BTreeMap::<String, usize>::new());
    let (mut queue, mut seen): (VecDeque<String>, BTreeSet<String>) =
        (start.iter().map(|path| (*path).to_owned()).collect(), BTreeSet::new());
    while let Some(path) = queue.pop_front() {
        let route = route_of("get", &path).filter(|route| !route.starts_with(EXPORT));
        let Some(route) = route.filter(|_| seen.insert(path.clone())) else { continue };
        let visits = visits.entry(route).or_default();
        *visits += 1;
        if *visits > 8 {
            continue;
        }
        let page = user.get(&path).await;
        assert!(page.status < 400, "a link leads to {path}, which answers {}", page.status);
        queue.extend(page.all("a[href^='/']").iter().map(|link| link.attr("href")));
        found.push((path, page.body));
    }
    found
}

/// The forms of these pages, of each route the one with most fields.
pub fn all_forms(method: &str, pages: &[(String, String)]) -> BTreeMap<String, Form> {
    let mut found = BTreeMap::<String, Form>::new();
    for form in pages.iter().flat_map(|(path, body)| forms(method, path, body)) {
        let known = found.get(&form.pattern).map_or(0, |known| known.fields.len());
        if form.fields.len() > known {
            found.insert(form.pattern.clone(), form);
        }
    }
    found
}

/// The same form as it is now, where a change of what it edits would make it stale.
pub async fn fresh(user: &mut User, form: &Form) -> Option<Form> {
    if form.field("version").is_none() {
        return Some(form.clone());
    }
    // Tags that are merged are gone, and their page with them; the form may still be sent again.
    let merged = (form.pattern == "/tag-merges").then(|| form.clone());
    again(user, form).await.or(merged)
}

/// The same form, from its page.
pub async fn again(user: &mut User, form: &Form) -> Option<Form> {
    let page = user.get(&form.page).await;
    form.among(forms("post", &form.page, &page.body).into_iter().filter(|other| other.action == form.action).collect())
}
