//! Lines as the grammar of vCard 3.0 and 4.0 has them, whatever they came in: parameters of vCard 2.1 are bare words,
//! and there are programs that write names and values which no version allows.

use super::content_line::{ContentLine, Param, split_unquoted};
use super::escape::quote_param;
use super::unfold::is_base64;

/// Says of a kept line that its value is base64, for which vCard 4.0 has no word.
pub(super) const ENCODED: &str = "X-ENCODING";

/// The line in that grammar. What is in it already stays as it stands.
pub(super) fn shaped(mut line: ContentLine) -> ContentLine {
    line.group = token(&line.group);
    if !is_token(&line.raw_name) {
        line.raw_name = Some(token(&line.raw_name)).filter(|name| !name.is_empty()).unwrap_or("X-NAMELESS".to_owned());
        line.name = line.raw_name.to_ascii_uppercase();
    }
    let is_said = |param: &Param| match param.name.as_str() {
        "CHARSET" => false,
        "ENCODING" => param.values.iter().any(|word| is_base64(word)),
        "VALUE" => !param.values.iter().any(|word| word.eq_ignore_ascii_case("inline")),
        _ => true,
    };
    line.params.retain(is_said);
    let is_file = is_file(&line.name);
    for param in &mut line.params {
        let is_encoded = || param.values.iter().any(|word| is_base64(word));
        match param.name.as_str() {
            "ENCODING" if is_file => *param = Param::new("ENCODING", "b"),
            "ENCODING" | ENCODED if is_encoded() => *param = Param::new(ENCODED, "b"),
            "VALUE" if param.values.iter().any(|word| word.eq_ignore_ascii_case("url")) => {
                *param = Param::new("VALUE", "uri");
            }
            _ if !is_sound(&param.raw) => *param = sound(param),
            _ => {}
        }
    }
    line
}

/// Before the name of a property that a version does not have, or has but once.
const FORMERLY: &str = "X-KITH-WAS-";

/// What stands once in a card: the name is the person's own, and there are programs that refuse a whole file for a PROFILE.
const ONCE: [&str; 2] = ["N", "PROFILE"];

/// What RFC 6350 removed.
const REMOVED: [&str; 6] = ["AGENT", "CLASS", "LABEL", "MAILER", "NAME", "SORT-STRING"];

/// A kept line as a version has it: where it lacks the property, as one of Kith's that is read as what it was.
pub(super) fn apart(mut line: ContentLine, is_v4: bool) -> ContentLine {
    let name = line.name.as_str();
    if ONCE.contains(&name) || (is_v4 && REMOVED.contains(&name)) {
        line.raw_name.insert_str(0, FORMERLY);
        line.name.insert_str(0, FORMERLY);
    }
    line
}

/// The line as it was before it was written apart.
pub(super) fn together(mut line: ContentLine) -> ContentLine {
    let was = line.name.strip_prefix(FORMERLY).filter(|name| ONCE.contains(name) || REMOVED.contains(name));
    if let Some(name) = was {
        line.name = name.to_owned();
        line.raw_name = line.raw_name.split_off(FORMERLY.len());
    }
    line
}

/// Whether a property holds a file or says where one is.
pub(super) fn is_file(name: &str) -> bool {
    matches!(name, "PHOTO" | "LOGO" | "SOUND" | "KEY")
}

/// The parameter with its name, and with quotes and escapes where its values need them.
pub(super) fn sound(param: &Param) -> Param {
    let name = Some(token(&param.name)).filter(|name| !name.is_empty()).unwrap_or("X-PARAM".to_owned());
    let values: Vec<String> = param.values.iter().map(|value| written(value)).collect();
    Param::of_text(&format!("{name}={}", values.join(",")))
}

fn written(value: &str) -> String {
    let quoted = quote_param(value);
    if value.contains([',', ';', ':']) || value.trim() != value {
        return quoted;
    }
    quoted.trim_matches('"').to_owned()
}

fn is_sound(raw: &str) -> bool {
    raw.split_once('=')
        .is_some_and(|(name, values)| is_token(name) && split_unquoted(values, ',').into_iter().all(is_sound_value))
}

fn is_sound_value(value: &str) -> bool {
    match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
        Some(quoted) => !quoted.contains('"'),
        None => !value.contains(['"', ';', ':', ',']),
    }
}

fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The name with a dash for what no name has.
fn token(name: &str) -> String {
    name.trim().replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_version_allows_is_written_as_both_do() {
        for (was, is) in [
            ("KEY;X509;BASE64:TUlJ", "KEY;TYPE=X509;ENCODING=b:TUlJ"),
            ("LABEL;DOM;WORK;QUOTED-PRINTABLE;CHARSET=UTF-8:Am Kai", "LABEL;TYPE=DOM;TYPE=WORK:Am Kai"),
            ("X-GOOGLE TALKER;TYPE=a:b", "X-GOOGLE-TALKER;TYPE=a:b"),
            ("item_1.X-A.B/C:d", "item-1.X-A-B-C:d"),
            ("item1.:d", "item1.X-NAMELESS:d"),
            ("X-A;=b;C_D=e:f", "X-A;X-PARAM=b;C-D=e:f"),
            ("X-A;P=say \"x\":y", "X-A;P=say ^'x:y"),
            ("X-A;P=\"b;c:d", "X-A;P=\"b;c\":d"),
            ("PHOTO;VALUE=URL:http://x.example/a", "PHOTO;VALUE=uri:http://x.example/a"),
            ("X-A;ENCODING=BASE64:TUlJ", "X-A;X-ENCODING=b:TUlJ"),
            ("X-LONG;P=\"a;b:c,d\";q=1,2:e", "X-LONG;P=\"a;b:c,d\";q=1,2:e"),
        ] {
            let line = shaped(ContentLine::of_text(was).unwrap());
            assert_eq!(line.to_text(), is, "{was}");
            assert_eq!(shaped(ContentLine::of_text(is).unwrap()).to_text(), is, "again");
        }
    }

    #[test]
    fn what_a_version_lacks_is_written_apart_and_read_as_it_was() {
        for (was, v3, v4) in [
            ("N;ALTID=1:two;one", "X-KITH-WAS-N;ALTID=1:two;one", "X-KITH-WAS-N;ALTID=1:two;one"),
            ("profile:VCard", "X-KITH-WAS-profile:VCard", "X-KITH-WAS-profile:VCard"),
            ("a.Label;TYPE=home:Kai 7", "a.Label;TYPE=home:Kai 7", "a.X-KITH-WAS-Label;TYPE=home:Kai 7"),
            ("CLASS:PRIVATE", "CLASS:PRIVATE", "X-KITH-WAS-CLASS:PRIVATE"),
            ("X-CLASS:a", "X-CLASS:a", "X-CLASS:a"),
        ] {
            for (is_v4, written) in [(false, v3), (true, v4)] {
                let line = ContentLine::of_text(was).unwrap();
                assert_eq!(apart(line.clone(), is_v4).to_text(), written, "{was}");
                assert_eq!(together(ContentLine::of_text(written).unwrap()), line, "{was}");
            }
        }
        let other = ContentLine::of_text("X-KITH-WAS-TEL:1").unwrap();
        assert_eq!(together(other.clone()), other, "nothing else is taken for one");
    }
}
