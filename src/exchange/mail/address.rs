//! The addresses of a field (RFC 5322 section 3.4 with groups, and what programs write instead).

use std::borrow::Cow;

use mail_parser::parsers::MessageStream;

use super::decode;
use crate::text::clean;

/// Addresses that are kept of one message.
pub const MAX_ADDRESSES: usize = 500;
/// A longer name and address is none.
const MAX_LENGTH: usize = 4_000;

/// Somebody as a field names them.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Mailbox {
    /// The name beside the address, decoded; empty where there is none.
    pub name: String,
    /// The address in lower case.
    pub address: String,
}

/// The mailboxes of a field's value, at most `limit`, and how many there are.
pub(super) fn mailboxes(value: &[u8], limit: usize) -> (Vec<Mailbox>, usize) {
    let text = decode::unfolded(value);
    let found = of_text(&text, limit);
    // Some programs encode the whole of a field, its address included.
    if found.0.is_empty() && limit > 0 && text.len() < MAX_LENGTH && text.contains("=?") {
        let decoded = of_text(&decode::words(&text), limit);
        if !decoded.0.is_empty() {
            return decoded;
        }
    }
    found
}

fn of_text(text: &str, limit: usize) -> (Vec<Mailbox>, usize) {
    let text = angled(text);
    let text = text.as_ref();
    let parts = split(text, true).unwrap_or_else(|| split(text, false).unwrap_or_default());
    let (mut found, mut count) = (Vec::new(), 0);
    // A part without an address is the family name before a comma that should have been quoted.
    let mut before = "";
    for written in parts {
        let archived = archived(written);
        let part = archived.as_deref().unwrap_or(written);
        if !part.contains('@') {
            before = written;
            continue;
        }
        count += 1;
        if found.len() < limit
            && part.len() < MAX_LENGTH
            && let Some(mut mailbox) = mailbox(part)
        {
            let is_name = |text: &str| !text.is_empty() && text.len() < 60 && !text.contains(['"', '<', '=']);
            if is_name(before) && is_name(&mailbox.name) && !mailbox.name.contains(',') && part.contains('<') {
                mailbox.name = format!("{before}, {}", mailbox.name);
            }
            found.push(mailbox);
        }
        before = "";
    }
    (found, count)
}

/// What Outlook and Exchange write for `Ann <ann@x.example>`: `Ann [mailto:ann@x.example]`.
fn angled(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for mark in ["[mailto:", "[MAILTO:", "[smtp:", "[SMTP:"] {
        if !text.contains(mark) {
            continue;
        }
        let mut parts = text.split(mark);
        let mut angled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            match part.split_once(']').filter(|(address, _)| !address.contains([' ', '<', '>', ','])) {
                Some((address, rest)) => angled.extend(["<", address, ">", rest]),
                None => angled.extend([mark, part]),
            }
        }
        text = Cow::Owned(angled);
    }
    text
}

/// What the archives of Pipermail write for `ann@x.example (Ann Lee)`: `ann at x.example (Ann Lee)`.
fn archived(part: &str) -> Option<String> {
    let (user, rest) = part.split_once(" at ").filter(|_| !part.contains('@'))?;
    let (host, name) = rest.split_once(' ').unwrap_or((rest, ""));
    let is_word = |word: &str| {
        !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '(' | ')'))
    };
    let is_address = is_word(user) && is_word(host) && host.contains('.') && !host.ends_with('.');
    (is_address && (name.is_empty() || name.starts_with('('))).then(|| format!("{user}@{host} {name}"))
}

/// A value at the commas, colons and semicolons that part its mailboxes and groups; the names of groups are left out.
/// `None` where a quote or bracket is left open, which `is_nested` minds.
fn split(text: &str, is_nested: bool) -> Option<Vec<&str>> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut is_quoted, mut is_escaped, mut comments, mut is_angle) = (false, false, 0usize, false);
    for (at, c) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
            continue;
        }
        match c {
            '\\' if is_nested => is_escaped = is_quoted || comments > 0,
            '"' if is_nested && comments == 0 => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '(' if is_nested => comments += 1,
            ')' if is_nested => comments = comments.saturating_sub(1),
            _ if comments > 0 => {}
            '<' => is_angle = true,
            '>' => is_angle = false,
            ',' | ';' if !is_angle || !is_nested => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            ':' if !is_angle || !is_nested => start = at + 1,
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    (!is_nested || !is_quoted && comments == 0 && !is_angle).then_some(parts)
}

fn mailbox(part: &str) -> Option<Mailbox> {
    let text = format!("{}\n", decode::joined_words(part));
    let value = MessageStream::new(text.as_bytes()).parse_address();
    let list = value.as_address();
    let found = list.and_then(|list| list.iter().find(|one| !normal(one.address().unwrap_or_default()).is_empty()));
    let name = found.and_then(|found| found.name()).unwrap_or_default();
    // The parser does not know quotes around a user's name; an encoded word in an address says none.
    let is_plain = |word: &&str| word.contains('@') && !word.contains("=?") && !word.contains("?=");
    let word = || quoted_user(part).or_else(|| part.split_whitespace().find(is_plain));
    let address = normal(found.and_then(|found| found.address()).or_else(word)?);
    let name = clean::line(name.trim().trim_matches(['"', '\'']));
    let is_name = normal(&name) != address && name.contains(|c: char| !matches!(c, '<' | '>' | ' '));
    let name = if is_name { name } else { String::new() };
    (!address.is_empty()).then_some(Mailbox { name, address })
}

/// The address in a text whose user's name is quoted, since it holds blanks or what else would end it.
fn quoted_user(part: &str) -> Option<&str> {
    let quote = part.find("\"@")?;
    let start = part[..quote].rfind('"')?;
    let end = part[quote..].find(|c: char| c.is_whitespace() || c == '>').map_or(part.len(), |end| quote + end);
    Some(&part[start..end])
}

/// An address as it is compared: in lower case, without what quotes it, its domain in letters. Empty where it is none.
#[must_use]
pub fn normal(address: &str) -> String {
    let address = clean::line(address).to_lowercase();
    let address = address.trim_matches([' ', '<', '>', ',', ';', '(', ')']);
    // Quotes around the whole; those of a user's name alone belong to it (RFC 5321 section 4.1.2).
    let unquoted = |quote: char| address.strip_prefix(quote)?.strip_suffix(quote);
    let address = unquoted('"').or_else(|| unquoted('\'')).unwrap_or(address).trim();
    let address = address.strip_prefix("mailto:").unwrap_or(address);
    // The hosts by which it was to go (RFC 5322 section 4.4).
    let routed = address.strip_prefix('@').and_then(|route| route.split_once(':'));
    let address = routed.map_or(address, |(_, address)| address);
    let address = match address.rsplit_once("\"@") {
        Some((user, host)) if user.starts_with('"') => format!("{user}\"@{}", host.replace(' ', "")),
        _ => address.replace(' ', ""),
    };
    let address = in_letters(address.trim_end_matches('.'));
    let is_address = address.rsplit_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    if is_address && address.len() <= 320 { address } else { String::new() }
}

/// An address with its domain in letters (the U-labels of RFC 5891), as people write it and contacts have it; as it stands where its
/// domain is none.
fn in_letters(address: &str) -> String {
    let domain = address.rsplit_once('@').filter(|(_, host)| host.contains("xn--"));
    let read = domain.map(|(user, host)| (user, idna::domain_to_unicode(host)));
    match read {
        Some((user, (host, Ok(())))) => format!("{user}@{host}"),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Vec<(String, String)> {
        mailboxes(value.as_bytes(), 10).0.into_iter().map(|one| (one.name, one.address)).collect()
    }

    fn expect(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, address)| ((*name).to_owned(), (*address).to_owned())).collect()
    }

    #[test]
    fn names_and_addresses_are_read_in_every_spelling() {
        assert_eq!(
            read("Ann Lee <Ann@X.example>, \"Lee, Bo\" <bo@x.example>, cy@x.example (Cy Lee), dee@x.example"),
            expect(&[
                ("Ann Lee", "ann@x.example"),
                ("Lee, Bo", "bo@x.example"),
                ("Cy Lee", "cy@x.example"),
                ("", "dee@x.example")
            ])
        );
        assert_eq!(
            read("=?utf-8?q?Zo=C3?= =?utf-8?q?=AB?= <z@x.example>, 'ann@x.example' <ann@x.example>"),
            expect(&[("Zo\u{eb}", "z@x.example"), ("", "ann@x.example")])
        );
        assert_eq!(read("Lee, Ann <ann@x.example>"), expect(&[("Lee, Ann", "ann@x.example")]));
        assert_eq!(
            read("\"a@b\"@x.example, 'bo@x.example'"),
            expect(&[("", "\"a@b\"@x.example"), ("", "bo@x.example")])
        );
        assert_eq!(read("<mailto:ann@x.example>"), expect(&[("", "ann@x.example")]));
        assert_eq!(
            read("Ann Lee [mailto:Ann@x.example], Bo [SMTP:bo@x.example]; [mailto:cy@x.example]"),
            expect(&[("Ann Lee", "ann@x.example"), ("Bo", "bo@x.example"), ("", "cy@x.example")])
        );
        assert_eq!(read("<<ann@x.example>>"), expect(&[("", "ann@x.example")]));
        assert_eq!(read("ip@[192.168.1.1]"), expect(&[("", "ip@[192.168.1.1]")]));
    }

    #[test]
    fn addresses_that_are_written_in_no_common_way_are_read() {
        assert_eq!(read("<@a.example,@b.example:x@c.example>"), expect(&[("", "x@c.example")]));
        assert_eq!(
            read("Cy <@a.example:cy@c.example>, bo@x.example"),
            expect(&[("Cy", "cy@c.example"), ("", "bo@x.example")])
        );
        assert_eq!(read("\"Ann Lee\"@X.example"), expect(&[("", "\"ann lee\"@x.example")]));
        assert_eq!(read("Ann <\"ann lee\"@x.example>"), expect(&[("Ann", "\"ann lee\"@x.example")]));
        assert_eq!(read("ann at pm.example (Ann Lee)"), expect(&[("Ann Lee", "ann@pm.example")]));
        assert_eq!(read("Lunch at noon, Ann at Home.\r\n"), []);
        assert_eq!(read("=?utf-8?B?QW5uIDxhbm5AeC5leGFtcGxlPg==?="), expect(&[("Ann", "ann@x.example")]));
        assert_eq!(read("=?utf-8?Q?Ann <ann@x.example>?="), expect(&[("Ann", "ann@x.example")]));
    }

    #[test]
    fn a_domain_is_one_by_its_letters_and_by_its_label() {
        for address in ["idn@b\u{fc}cher.example", "Idn@B\u{dc}CHER.example", "idn@xn--bcher-kva.example"] {
            assert_eq!(normal(address), "idn@b\u{fc}cher.example");
        }
        assert_eq!(normal("j\u{f6}rg@x.example"), "j\u{f6}rg@x.example");
        assert_eq!(normal("a@xn--%.example"), "a@xn--%.example");
    }

    #[test]
    fn groups_are_their_members() {
        assert_eq!(
            read("Friends: Ann <ann@x.example>, bo@x.example; undisclosed-recipients:;, cy@x.example"),
            expect(&[("Ann", "ann@x.example"), ("", "bo@x.example"), ("", "cy@x.example")])
        );
    }

    #[test]
    fn what_is_left_open_costs_no_other_address() {
        let found = read("\"Ann <ann@x.example>, bo@x.example");
        assert_eq!(found.iter().map(|one| one.1.as_str()).collect::<Vec<_>>(), ["ann@x.example", "bo@x.example"]);
        assert_eq!(read("nobody, @, <>, ;;:,(((("), []);
    }

    #[test]
    fn a_hundred_thousand_recipients_are_counted_and_some_kept() {
        let value = "a@x.example, ".repeat(100_000);
        let (found, count) = mailboxes(value.as_bytes(), MAX_ADDRESSES);
        assert_eq!((found.len(), count), (MAX_ADDRESSES, 100_000));
    }
}
