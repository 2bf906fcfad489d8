//! A push message by ntfy, published as JSON (ntfy's manual, "Publish as JSON"): headers could not hold every script.

use chrono::{DateTime, Utc};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::{Value, json};
use url::Url;

use super::means::Means;
use super::queries::Item;
use super::views;
use crate::db::CurrentUser;
use crate::outgoing::Failure;

/// So many reminders are named in one message, which shows on a small screen.
const NAMED: usize = 10;
/// So much of a note: a message holds 4,096 bytes.
const NOTE: usize = 500;

/// The topic that a URL names, and its server's URL; none where it names no topic.
pub(super) fn topic(url: &Url) -> Option<(String, Url)> {
    let mut parts = url.path_segments()?;
    let topic = parts.next().filter(|_| parts.next().is_none())?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !(1..=64).contains(&topic.len()) || !topic.chars().all(is_plain) || url.query().is_some() {
        return None;
    }
    Some((topic.to_owned(), url.join("/").ok()?))
}

/// What is said of reminders that are due, or come: a title, a text and a link.
pub(super) fn reminders(means: &Means, user: &CurrentUser, items: &[Item], all: usize, now: DateTime<Utc>) -> Value {
    let line = |item: &Item| format!("{}, due {}", short(&item.title, 200), views::when(item, user));
    match items {
        [item] => {
            let late = if item.is_late(now) { "\nThis comes late: Kith could not tell you before." } else { "" };
            let about = item.name.as_deref().map(|name| format!("\nAbout {}.", short(name, 200))).unwrap_or_default();
            let note = item.note.as_deref().map(|note| format!("\n\n{}", short(note, NOTE))).unwrap_or_default();
            let text = format!("Due {}.{late}{about}{note}", views::when(item, user));
            json!({ "title": short(&views::title(item, user), 200), "message": text, "click": means.reminder(item) })
        }
        _ => {
            let named: Vec<String> = items.iter().take(NAMED).map(line).collect();
            let more = all.saturating_sub(named.len());
            let more = if more > 0 { format!("\nand {more} more") } else { String::new() };
            let text = format!("{}{more}", named.join("\n"));
            json!({ "title": views::title_of_many(items, all), "message": text, "click": means.link("/reminders") })
        }
    }
}

/// What says nothing but that messages arrive.
pub(super) fn test(means: &Means) -> Value {
    let click = means.link("/settings/notifications");
    json!({ "title": "A test from Kith", "message": "Messages from Kith reach you here.", "click": click })
}

/// Publishes.
///
/// # Errors
/// When it was not taken, or nobody can know.
pub(super) async fn publish(
    means: &Means,
    (url, token): (&Url, Option<&str>),
    mut said: Value,
) -> Result<String, Failure> {
    let Some((topic, server)) = topic(url) else { return Err(Failure::refused("its URL names no topic")) };
    said["topic"] = topic.into();
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    if let Some(token) = token {
        let value = HeaderValue::try_from(format!("Bearer {token}"));
        let mut value = value.map_err(|_| Failure::refused("its access token cannot be written"))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    means.caller.post(&server, headers, said.to_string()).await
}

/// The beginning of a text.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_one_topic_of_a_server() {
        let named = |url: &str| topic(&url.parse().unwrap()).map(|(topic, server)| format!("{topic} at {server}"));
        assert_eq!(named("https://ntfy.sh/ada_1").as_deref(), Some("ada_1 at https://ntfy.sh/"));
        assert_eq!(named("http://localhost:8090/a").as_deref(), Some("a at http://localhost:8090/"));
        for none in [
            "https://ntfy.sh",
            "https://ntfy.sh/",
            "https://ntfy.sh/a/b",
            "https://ntfy.sh/a%20b",
            "https://ntfy.sh/a?x=1",
        ] {
            assert_eq!(named(none), None, "{none}");
        }
    }
}
