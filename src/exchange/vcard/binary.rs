//! Photos, logos, sounds and keys: kept as `data:` links, as vCard 4.0 writes them, whatever the version that
//! they came in; vCard 3.0 gets its base64 back.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::content_line::{ContentLine, Param};

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
