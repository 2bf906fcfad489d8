//! The lines of an entry become attributes, and these a card.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use encoding_rs::WINDOWS_1252;

use super::attributes;
use crate::exchange::card::Card;
use crate::exchange::fields::{Building, Style, What};

/// Base64 as programs write it, with or without its padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An attribute: its name in small letters, without options, and its value.
#[derive(Debug, PartialEq, Eq)]
struct Attribute {
    name: String,
    value: Value,
}

#[derive(Debug, PartialEq, Eq)]
enum Value {
    Text(String),
    /// No text: a picture, a certificate; as base64.
    Bytes(String),
}

/// The card of an entry's lines, folded ones joined, or in one sentence why there is none.
pub(super) fn card(lines: &[Vec<u8>]) -> Result<Card, String> {
    let attributes: Vec<Attribute> = lines.iter().map(|line| attribute(line)).collect::<Result<_, _>>()?;
    let text = |name: &str| {
        attributes.iter().find(|attribute| attribute.name == name).and_then(|attribute| match &attribute.value {
            Value::Text(text) => Some(text.as_str()),
            Value::Bytes(_) => None,
        })
    };
    if let Some(change) = text("changetype").filter(|change| !change.trim().eq_ignore_ascii_case("add")) {
        return Err(format!("This is a change ({}), not an entry.", crate::text::clean::line(change)));
    }
    let classes: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.name == "objectclass")
        .filter_map(|attribute| match &attribute.value {
            Value::Text(class) => Some(class.trim().to_lowercase()),
            Value::Bytes(_) => None,
        })
        .collect();
    if !classes.is_empty()
        && !classes.iter().any(|class| is_person(class))
        && classes.iter().any(|class| is_else(class))
    {
        return Err("This entry is a list or a folder, and nobody.".to_owned());
    }
    let mut card = built(&attributes);
    card.uid = own_id(text("entryuuid"), text("dn"));
    let card = card.tidy();
    if card.is_empty() { Err("The entry names nobody.".to_owned()) } else { Ok(card) }
}

fn built(attributes: &[Attribute]) -> Card {
    let mut building = Building::new(Style::default());
    let (mut photos, mut has_name) = (Vec::new(), attributes.iter().any(|one| one.name == "displayname"));
    for Attribute { name, value } in attributes {
        let meaning = attributes::meaning(name);
        match value {
            Value::Bytes(bytes) if matches!(name.as_str(), "jpegphoto" | "thumbnailphoto" | "photo") => {
                photos.push(format!("PHOTO:data:image/jpeg;base64,{bytes}"));
            }
            _ if name == "dn" || meaning.what == What::Skip => {}
            Value::Bytes(bytes) => photos.push(crate::exchange::vcard::column(name, bytes)),
            Value::Text(text) if text.trim().is_empty() => {}
            // A common name beside the one that is shown, or a second one, is another spelling.
            Value::Text(_) if matches!(name.as_str(), "cn" | "commonname") && has_name => {}
            Value::Text(text) => {
                has_name |= meaning.what == What::DisplayName;
                building.add(name, meaning, shown(name, text));
            }
        }
    }
    let mut card = building.finish();
    card.extras.extend(photos);
    card
}

/// A link stands in front of what it is called.
fn shown<'a>(name: &str, text: &'a str) -> &'a str {
    if name == "labeleduri" { text.split_whitespace().next().unwrap_or(text) } else { text }
}

/// What the directory itself knows the entry by; names made of what the entry says change with it.
fn own_id(uuid: Option<&str>, dn: Option<&str>) -> Option<String> {
    let named = dn.filter(|dn| dn.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("uid=")));
    uuid.or(named).map(|id| id.trim().to_owned())
}

fn is_person(class: &str) -> bool {
    class.contains("person") || class.contains("contact") || class == "mozillaabperson" || class.ends_with("account")
}

fn is_else(class: &str) -> bool {
    let words = ["group", "list", "organization", "organizationalunit", "dcobject", "domain", "country", "locality"];
    words.iter().any(|word| class.contains(word))
}

/// `name: text`, `name:: base64` or `name:< link`.
fn attribute(line: &[u8]) -> Result<Attribute, String> {
    let shown = || {
        let start = String::from_utf8_lossy(&line[..line.len().min(200)]).into_owned();
        crate::text::clean::cut(&crate::text::clean::line(&start), 60).to_owned()
    };
    let colon = line.iter().position(|byte| *byte == b':').filter(|colon| *colon > 0);
    let Some(colon) = colon else { return Err(format!("This is no line of an entry: “{}”.", shown())) };
    let name = String::from_utf8_lossy(&line[..colon]).trim().to_lowercase();
    // Options such as the language stand behind a semicolon.
    let name = name.split(';').next().unwrap_or_default().replace('_', "");
    let rest = &line[colon + 1..];
    let value = match rest.first() {
        Some(b':') => {
            let packed: Vec<u8> = rest[1..].iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            let bytes = LENIENT.decode(&packed).map_err(|_| format!("This is no base64: “{}”.", shown()))?;
            value(bytes)
        }
        // A file of the computer that wrote it: its name is all there is.
        Some(b'<') => value(rest[1..].trim_ascii().to_vec()),
        _ => value(rest.trim_ascii_start().to_vec()),
    };
    let value = match value {
        // RFC 4517: the lines of an address are parted by dollar signs.
        Value::Text(text) if name.ends_with("postaladdress") => Value::Text(text.replace('$', "\n")),
        value => value,
    };
    Ok(Attribute { name, value })
}

fn value(bytes: Vec<u8>) -> Value {
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Value::Text(text),
        Ok(text) => Value::Bytes(LENIENT.encode(text)),
        Err(error) => {
            let bytes = error.into_bytes();
            let is_text = !bytes.iter().any(|byte| *byte < 0x20 && !byte.is_ascii_whitespace());
            // Programs older than the format's charset.
            if is_text {
                Value::Text(WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned())
            } else {
                Value::Bytes(LENIENT.encode(bytes))
            }
        }
    }
}
