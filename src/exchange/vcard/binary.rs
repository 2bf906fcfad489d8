//! Photos, logos, sounds and keys: kept as `data:` links, as vCard 4.0 writes them, whatever the version that
//! they came in; vCard 3.0 gets its base64 back.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;

use super::content_line::{ContentLine, Param};
use super::unfold::{header_end, is_base64};

/// Media types and the word of vCard 2.1 and 3.0.
const MEDIA_TYPES: [(&str, &str); 6] = [
    ("image/jpeg", "JPEG"),
    ("image/png", "PNG"),
    ("image/gif", "GIF"),
    ("image/webp", "WEBP"),
    ("image/bmp", "BMP"),
    ("image/tiff", "TIFF"),
];

/// How files of these types begin, in base64.
const BEGINNINGS: [(&str, &str); 4] =
    [("/9j/", "image/jpeg"), ("iVBORw0K", "image/png"), ("R0lGOD", "image/gif"), ("UklGR", "image/webp")];

/// The line as it is kept: base64 of an image becomes a link, everything else stays.
pub(super) fn kept(line: ContentLine) -> ContentLine {
    let is_image = matches!(line.name.as_str(), "PHOTO" | "LOGO");
    if !is_image || line.param("ENCODING").next().is_none() || BASE64_STANDARD.decode(&line.value).is_err() {
        return line;
    }
    let named = line.param("TYPE").find_map(|word| {
        let is_it =
            |(media, short): &&(&str, &str)| word.eq_ignore_ascii_case(media) || word.eq_ignore_ascii_case(short);
        MEDIA_TYPES.iter().find(is_it).map(|(media, _)| *media)
    });
    let begun = || BEGINNINGS.iter().find(|(start, _)| line.value.starts_with(start)).map(|(_, media)| *media);
    let Some(media) = named.or_else(begun) else { return line };
    let mut line = line;
    line.value = format!("data:{media};base64,{}", line.value);
    line.params.retain(|param| !matches!(param.name.as_str(), "ENCODING" | "TYPE" | "VALUE" | "MEDIATYPE"));
    line
}

/// The line as vCard 3.0 has it.
pub(super) fn as_v3(mut line: ContentLine) -> ContentLine {
    let image = MEDIA_TYPES.iter().find_map(|(media, short)| {
        let data = line.value.strip_prefix("data:")?.strip_prefix(media)?.strip_prefix(";base64,")?;
        Some((data.to_owned(), *short))
    });
    if let Some((data, short)) = image
        && line.params.is_empty()
        && matches!(line.name.as_str(), "PHOTO" | "LOGO")
        && BASE64_STANDARD.decode(&data).is_ok()
    {
        line.value = data;
        for (name, value) in [("ENCODING", "b"), ("TYPE", short)] {
            let (name, values, raw) = (name.to_owned(), vec![value.to_owned()], format!("{name}={value}"));
            line.params.push(Param { name, values, raw });
        }
    }
    line
}

/// Base64 as programs write it: with its filling or without.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Whether a kept line is a photo that stands in the card itself, and not elsewhere.
pub(in crate::exchange) fn is_picture(line: &str) -> bool {
    embedded(line).is_some()
}

/// The file in such a line.
pub(in crate::exchange) fn picture(line: &str) -> Option<Vec<u8>> {
    let value = embedded(line)?;
    if starts_as_link(value) {
        let (head, data) = value.split_once(',')?;
        if !head.to_ascii_lowercase().contains(";base64") {
            return Some(percent_encoding::percent_decode_str(data).collect());
        }
        return LENIENT.decode(data).ok();
    }
    LENIENT.decode(value).ok()
}

/// The line of a photo of ours.
pub(in crate::exchange) fn photo_line(jpeg: &[u8]) -> String {
    format!("PHOTO:data:image/jpeg;base64,{}", BASE64_STANDARD.encode(jpeg))
}

/// The value of a PHOTO that holds the picture; most lines are told by their name alone.
fn embedded(line: &str) -> Option<&str> {
    let colon = header_end(line.as_bytes())?;
    let (header, value) = (&line[..colon], &line[colon + 1..]);
    let name = header.split(';').next().unwrap_or_default();
    if !name.rsplit('.').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("PHOTO")) {
        return None;
    }
    let is_encoded = || {
        let line = ContentLine::of_text(&line[..=colon]);
        line.is_some_and(|line| line.param("ENCODING").any(is_base64))
    };
    (starts_as_link(value) || is_encoded()).then_some(value)
}

fn starts_as_link(value: &str) -> bool {
    value.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"))
}
