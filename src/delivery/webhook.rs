//! A call of a program of hers, signed so that it knows who calls: as Standard Webhooks 1.0.0 has it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use rand::RngCore;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use sha2::Sha256;
use url::Url;
use uuid::Uuid;

use super::means::Means;
use super::queries::Item;
use crate::outgoing::Failure;

/// What a key begins with.
const PREFIX: &str = "whsec_";

/// A new key to sign with: 32 random bytes.
pub(super) fn new_secret() -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes))
}

/// What is said of reminders that are due, or of which notice has come, of `all` of which these are named.
pub(super) fn reminders(means: &Means, items: &[Item], all: usize, now: DateTime<Utc>) -> Value {
    let told: Vec<Value> = items
        .iter()
        .map(|item| {
            json!({
                "id": item.reminder,
                "title": item.title,
                "note": item.note,
                "due_at": item.due_at,
                "is_notice": item.is_notice,
                "is_day": item.is_day,
                "is_late": item.is_late(now),
                "contact": item.contact.map(|id| json!({
                    "id": id, "name": item.name, "url": means.link(&format!("/contacts/{id}")),
                })),
                "url": means.reminder(item),
            })
        })
        .collect();
    json!({ "type": "reminders.due", "timestamp": now, "data": { "count": all, "reminders": told } })
}

/// What says nothing but that calls arrive.
pub(super) fn test(means: &Means, now: DateTime<Utc>) -> Value {
    json!({ "type": "test", "timestamp": now, "data": { "url": means.link("/settings/notifications") } })
}

/// Calls: the message `id` keeps its name each time that it is sent.
///
/// # Errors
/// When it was not taken, or nobody can know.
pub(super) async fn call(
    means: &Means,
    (url, secret): (&Url, &str),
    id: Uuid,
    now: DateTime<Utc>,
    said: &Value,
) -> Result<String, Failure> {
    let (name, moment, body) = (format!("msg_{}", id.simple()), now.timestamp().to_string(), said.to_string());
    let signature = signature(secret, &name, &moment, &body).map_err(Failure::refused)?;
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    for (header, value) in [("webhook-id", name), ("webhook-timestamp", moment), ("webhook-signature", signature)] {
        let value = value.try_into().map_err(|_| Failure::refused("its headers cannot be written"))?;
        headers.insert(HeaderName::from_static(header), value);
    }
    means.caller.post(url, headers, body).await
}

/// `v1,` and the HMAC-SHA256 of the name, the moment and the text, with a dot between each.
fn signature(secret: &str, name: &str, moment: &str, body: &str) -> Result<String, String> {
    let key = BASE64_STANDARD.decode(secret.strip_prefix(PREFIX).unwrap_or(secret));
    let key = key.map_err(|_| "its secret is none".to_owned())?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| error.to_string())?;
    mac.update(format!("{name}.{moment}.{body}").as_bytes());
    Ok(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example of the Standard Webhooks' own libraries.
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let said = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", r#"{"test": 2432232314}"#).unwrap();
        assert_eq!(said, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_key_is_made_anew_each_time() {
        let (one, other) = (new_secret(), new_secret());
        assert_ne!(one, other);
        assert!(
            signature(&one, "a", "1", "{}").is_ok_and(|signed| signed != signature(&other, "a", "1", "{}").unwrap())
        );
    }
}
