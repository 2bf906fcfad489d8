//! Photos, logos, sounds and keys: kept as `data:` links, as vCard 4.0 writes them, whatever the version that
//! they came in; vCard 3.0 gets its base64 back.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;

use super::content_line::{ContentLine, Param};
use super::escape::has_scheme;
use super::shape::{ENCODED, is_file, sound};
use super::unfold::{header_end, is_base64};

/// Media types and the words of vCard 2.1 and 3.0; of several the first is written.
const MEDIA_TYPES: [(&str, &str); 15] = [
    ("image/jpeg", "JPEG"),
    ("image/jpeg", "JPG"),
    ("image/png", "PNG"),
    ("image/gif", "GIF"),
    ("image/webp", "WEBP"),
    ("image/bmp", "BMP"),
    ("image/tiff", "TIFF"),
    ("audio/basic", "BASIC"),
    ("audio/wav", "WAVE"),
    ("audio/wav", "WAV"),
    ("audio/mpeg", "MP3"),
    ("audio/ogg", "OGG"),
    ("application/pkix-cert", "X509"),
    ("application/pgp-keys", "PGP"),
    ("application/pdf", "PDF"),
];

/// Of a file that nobody says the kind of.
const UNKNOWN: &str = "application/octet-stream";

/// How files of these types begin, in base64.
const BEGINNINGS: [(&str, &str); 4] =
    [("/9j/", "image/jpeg"), ("iVBORw0K", "image/png"), ("R0lGOD", "image/gif"), ("UklGR", "image/webp")];

/// The line as it is kept: a file becomes a `data:` link, whatever says where one is a link, and what is neither,
/// such as base64 that was cut, a property of its own that no program takes for a file. Everything else stays.
pub(super) fn kept(mut line: ContentLine) -> ContentLine {
    if !is_file(&line.name) {
        return line;
    }
    if line.value.trim().is_empty() {
        line.drop_param("ENCODING");
        return line;
    }
    let is_encoded = line.param("ENCODING").next().is_some() || begun(&line.value).is_some();
    let (named, data) = match data_link(&line.value) {
        Some((media, data)) => (media, data),
        None if is_encoded && !starts_as_link(&line.value) => (None, line.value.as_str()),
        None => return linked(line),
    };
    let Some(data) = whole(data) else { return unreadable(line) };
    let words = ["TYPE", "MEDIATYPE"].into_iter().flat_map(|name| line.param(name)).find_map(media_of);
    let media = named.filter(|media| media != UNKNOWN).or(words);
    let media = media.unwrap_or_else(|| begun(&data).unwrap_or(UNKNOWN).to_owned());
    line.value = format!("data:{media};base64,{data}");
    line.params.retain(|param| !matches!(param.name.as_str(), "ENCODING" | "VALUE" | "MEDIATYPE"));
    drop_media_words(&mut line.params);
    line
}

/// The line as vCard 3.0 has it.
pub(super) fn as_v3(mut line: ContentLine) -> ContentLine {
    if !is_file(&line.name) {
        if line.name.starts_with("X-") && line.param(ENCODED).any(is_base64) && is_whole(&line.value) {
            let encodings = line.params.iter_mut().filter(|param| param.name == ENCODED);
            encodings.for_each(|param| *param = Param::new("ENCODING", "b"));
        }
        return line;
    }
    if let Some((media, data)) = data_link(&line.value) {
        let data = data.to_owned();
        line.params.push(Param::new("ENCODING", "b"));
        if let Some(media) = media.filter(|media| media != UNKNOWN) {
            let short =
                MEDIA_TYPES.iter().find(|(known, _)| *known == media).map_or(media.as_str(), |(_, short)| short);
            line.params.push(Param::new("TYPE", short));
        }
        line.value = data;
    }
    line
}

/// A line whose value is no file: a link, the text of a key, or nothing that its property may hold.
fn linked(mut line: ContentLine) -> ContentLine {
    line.drop_param("ENCODING");
    // As vCard 2.1 escaped it.
    if !has_scheme(&line.value)
        && let Some((scheme, rest)) = line.value.split_once("\\:")
        && has_scheme(&format!("{scheme}:"))
    {
        line.value = format!("{scheme}:{rest}");
    }
    let is_link = has_scheme(&line.value);
    if !is_link && line.name != "KEY" {
        return outside(line);
    }
    let value = if is_link { "uri" } else { "text" };
    if !line.param("VALUE").eq([value]) {
        line.drop_param("VALUE");
        line.params.push(Param::new("VALUE", value));
    }
    line
}

/// A line that says it holds a file, and holds none.
fn unreadable(mut line: ContentLine) -> ContentLine {
    line.params.iter_mut().filter(|param| param.name == "ENCODING").for_each(|param| *param = Param::new(ENCODED, "b"));
    outside(line)
}

/// The line as a property that vCard does not know.
fn outside(mut line: ContentLine) -> ContentLine {
    line.drop_param("VALUE");
    line.name = format!("X-{}", line.name);
    line.raw_name.clone_from(&line.name);
    line
}

/// The media type, where it says one, and the base64 of a link that holds a file.
fn data_link(value: &str) -> Option<(Option<String>, &str)> {
    let (head, data) = value.get(5..).filter(|_| starts_as_link(value))?.split_once(',')?;
    let head = head.to_ascii_lowercase();
    let media = head.strip_suffix(";base64").or((head == "base64").then_some(""))?;
    Some((media.split(';').next().and_then(media_of), data))
}

/// The media type that a word of TYPE is, or is short for.
fn media_of(word: &str) -> Option<String> {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.'))
    };
    let known = MEDIA_TYPES.iter().find(|(_, short)| word.eq_ignore_ascii_case(short));
    let media = || word.split_once('/').filter(|(kind, name)| is_part(kind) && is_part(name));
    known.map(|(media, _)| (*media).to_owned()).or_else(|| media().map(|_| word.to_ascii_lowercase()))
}

/// The media type of an image, by its beginning.
fn begun(data: &str) -> Option<&'static str> {
    BEGINNINGS.iter().find(|(start, _)| data.starts_with(start)).map(|(_, media)| *media)
}

/// Leaves out of TYPE what the link says, and keeps its other words.
fn drop_media_words(params: &mut Vec<Param>) {
    for param in params.iter_mut().filter(|param| param.name == "TYPE") {
        let words = param.values.len();
        param.values.retain(|word| media_of(word).is_none());
        if param.values.len() < words && !param.values.is_empty() {
            *param = sound(param);
        }
    }
    params.retain(|param| param.name != "TYPE" || !param.values.is_empty());
}

/// The base64 as it is to be written, if it can be read.
fn whole(data: &str) -> Option<Cow<'_, str>> {
    if is_whole(data) {
        return Some(Cow::Borrowed(data));
    }
    let dense: String = data.split_ascii_whitespace().collect();
    LENIENT.decode(dense).ok().map(|bytes| Cow::Owned(BASE64_STANDARD.encode(bytes)))
}

fn is_whole(data: &str) -> bool {
    BASE64_STANDARD.decode(data).is_ok()
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
    let name = name.rsplit('.').next().unwrap_or_default().trim();
    // The latter is what became of one that could not be read.
    if !["PHOTO", "X-PHOTO"].iter().any(|known| name.eq_ignore_ascii_case(known)) {
        return None;
    }
    let is_encoded = || {
        let line = ContentLine::of_text(&line[..=colon]);
        line.is_some_and(|line| line.param("ENCODING").chain(line.param(ENCODED)).any(is_base64))
    };
    (starts_as_link(value) || is_encoded()).then_some(value)
}

fn starts_as_link(value: &str) -> bool {
    value.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"))
}

#[cfg(test)]
mod tests {
    use super::super::shape::shaped;
    use super::*;

    /// As it is kept, and as vCard 3.0 has it.
    fn both(line: &str) -> [String; 2] {
        let kept = kept(shaped(ContentLine::of_text(line).unwrap()));
        let third = as_v3(kept.clone()).to_text();
        let again = super::kept(shaped(ContentLine::of_text(&third).unwrap()));
        assert_eq!(again.to_text(), kept.to_text(), "{line}: {third} is read as another line");
        [kept.to_text(), third]
    }

    #[test]
    fn a_file_is_a_link_in_one_version_and_base64_in_the_other() {
        for (was, kept, third) in [
            (
                "KEY;X509;ENCODING=BASE64:TUlJQw==",
                "KEY:data:application/pkix-cert;base64,TUlJQw==",
                "KEY;ENCODING=b;TYPE=X509:TUlJQw==",
            ),
            ("PHOTO;BASE64;JPG:TUlJQw", "PHOTO:data:image/jpeg;base64,TUlJQw==", "PHOTO;ENCODING=b;TYPE=JPEG:TUlJQw=="),
            (
                "SOUND;TYPE=BASIC,work;ENCODING=b:TUlJ",
                "SOUND;TYPE=work:data:audio/basic;base64,TUlJ",
                "SOUND;TYPE=work;ENCODING=b;TYPE=BASIC:TUlJ",
            ),
            (
                "LOGO;ENCODING=b;TYPE=image/svg+xml:TUlJ",
                "LOGO:data:image/svg+xml;base64,TUlJ",
                "LOGO;ENCODING=b;TYPE=image/svg+xml:TUlJ",
            ),
            ("KEY;ENCODING=b:TUlJ", "KEY:data:application/octet-stream;base64,TUlJ", "KEY;ENCODING=b:TUlJ"),
            ("PHOTO:/9j/4AAQ", "PHOTO:data:image/jpeg;base64,/9j/4AAQ", "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ"),
            ("X-A;ENCODING=b:TUlJ", "X-A;X-ENCODING=b:TUlJ", "X-A;ENCODING=b:TUlJ"),
        ] {
            assert_eq!(both(was), [kept, third], "{was}");
        }
    }

    #[test]
    fn what_is_no_file_is_a_link_a_text_or_a_property_of_its_own() {
        for (was, kept) in [
            ("PHOTO:http://x.example/a.jpg", "PHOTO;VALUE=uri:http://x.example/a.jpg"),
            ("PHOTO;VALUE=URL;TYPE=GIF:http\\://x.example/a", "PHOTO;VALUE=uri;TYPE=GIF:http://x.example/a"),
            ("KEY;TYPE=PGP:-----BEGIN PGP", "KEY;TYPE=PGP;VALUE=text:-----BEGIN PGP"),
            ("PHOTO;ENCODING=BASE64;JPEG:no base64!", "X-PHOTO;X-ENCODING=b;TYPE=JPEG:no base64!"),
            ("PHOTO:data:image/png;base64,a", "X-PHOTO:data:image/png;base64,a"),
            ("SOUND;X-IRMC-N:name", "X-SOUND;TYPE=X-IRMC-N:name"),
            ("PHOTO;ENCODING=b;TYPE=JPEG:", "PHOTO;TYPE=JPEG:"),
        ] {
            assert_eq!(both(was), [kept, kept], "{was}");
        }
    }

    #[test]
    fn a_photo_that_cannot_be_read_is_still_told_of() {
        let [line, _] = both("PHOTO;ENCODING=BASE64;JPEG:no base64!");
        assert!(is_picture(&line));
        assert_eq!(picture(&line), None);
    }
}
