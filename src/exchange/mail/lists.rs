//! What the lists are called that delivered a message: addresses to which everybody writes, so that they are nobody's.

use super::header::Header;
use super::{address, decode};

/// Of one message so many are kept.
const MOST: usize = 20;
/// Of a field so much is looked at.
const MAX_BYTES: usize = 4 << 10;

/// Fields that hold what a list is called (RFC 2369, Mailman, Yahoo, ezmlm), which the last two may say by what they made of it.
const NAMES: [&str; 4] = ["list-post", "x-beenthere", "x-mailing-list", "mailing-list"];
/// Fields that hold addresses that its software made of that.
const MADE: [&str; 7] =
    ["list-unsubscribe", "list-help", "list-subscribe", "list-owner", "sender", "errors-to", "return-path"];
/// What software puts around the name of a list.
const BEHIND: [&str; 12] = [
    "-owner",
    "-admin",
    "-bounces",
    "-bounce",
    "-errors",
    "-request",
    "-help",
    "-subscribe",
    "-unsubscribe",
    "-join",
    "-leave",
    "-return",
];
const BEFORE: &str = "owner-";
/// Fields that say where what cannot be delivered goes back to, and of what software puts around the name of a list, what stands there.
const BACK: [&str; 3] = ["return-path", "errors-to", "sender"];
const BEHIND_BACK: [&str; 6] = ["-owner", "-bounces", "-bounce", "-errors", "-request", "-return"];

/// The addresses of the lists of a message that a list delivered, in lower case.
pub(super) fn lists(header: &Header<'_>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |address: String| {
        if !address.is_empty() && found.len() < MOST && !found.contains(&address) {
            found.push(address);
        }
    };
    for (fields, is_name) in [(NAMES.as_slice(), true), (MADE.as_slice(), false)] {
        for address in fields.iter().flat_map(|name| header.all(name).take(3)).flat_map(addresses) {
            match without_affix(&address, &BEHIND) {
                Some(base) => add(base),
                None if is_name => add(address),
                None => {}
            }
        }
    }
    // `Friends of Ann <club.lists.example>` (RFC 2919).
    let id = header.line("list-id").to_lowercase();
    let id = id.rsplit_once('<').map_or(id.as_str(), |(_, id)| id).trim_end_matches(['>', ' ']);
    if let Some((user, host)) = id.split_once('.').filter(|_| !id.contains(char::is_whitespace)) {
        add(format!("{user}@{host}"));
    }
    let is_writer = |address: &String| header.first("from").is_some_and(|from| addresses(from).contains(address));
    let to: Vec<String> = header.all("to").take(1).flat_map(addresses).collect();
    for answers in header.all("reply-to").chain(header.all("sender")).take(3).flat_map(addresses) {
        if to == [answers.clone()] && !is_writer(&answers) {
            add(answers);
        }
    }
    found
}

/// The lists of a message that no field of a list marks, as those of old: it was written to club@x.example, and goes back to
/// owner-club@x.example. No person's mail does both.
pub(super) fn unmarked(header: &Header<'_>) -> Vec<String> {
    let named = ["to", "cc"].into_iter().flat_map(|name| header.all(name).take(3)).flat_map(addresses);
    let named: Vec<String> = named.collect();
    let back = BACK.into_iter().flat_map(|name| header.all(name).take(3)).flat_map(addresses);
    let mut found: Vec<String> = Vec::new();
    for list in back.filter_map(|address| without_affix(&address, &BEHIND_BACK)) {
        if named.contains(&list) && !found.contains(&list) {
            found.push(list);
        }
    }
    found.truncate(MOST);
    found
}

/// Whether a list and an address have one name, whatever their hosts are: a list that has moved still gets what is written to
/// where it was.
pub(super) fn is_namesake(list: &str, address: &str) -> bool {
    matches!((list.rsplit_once('@'), address.rsplit_once('@')), (Some((name, _)), Some((user, _))) if name == user)
}

/// Whether an address is that of a list, also as the hosts on its way call it.
pub(super) fn is_of(list: &str, address: &str) -> bool {
    let (Some((name, list_host)), Some((user, host))) = (list.rsplit_once('@'), address.rsplit_once('@')) else {
        return false;
    };
    let is_below = |host: &str, above: &str| host.strip_suffix(above).is_some_and(|rest| rest.ends_with('.'));
    let is_same_host = host == list_host || is_below(host, list_host) || is_below(list_host, host);
    // qmail delivers for a domain of many to `host-name`.
    user == name && is_same_host || user.strip_suffix(name).and_then(|rest| rest.strip_suffix('-')) == Some(list_host)
}

/// All that a field names, without what it says besides: `<mailto:club-request@x.example?subject=leave>`.
fn addresses(value: &[u8]) -> Vec<String> {
    let text = decode::unfolded(&value[..value.len().min(MAX_BYTES)]);
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '(' | ')' | '"'));
    let named = words.filter(|word| word.contains('@') && !word.contains("//"));
    named
        .map(|word| address::normal(word.split('?').next().unwrap_or_default()))
        .filter(|address| !address.is_empty())
        .take(MOST)
        .collect()
}

fn without_affix(address: &str, behind: &[&str]) -> Option<String> {
    let (user, host) = address.rsplit_once('@')?;
    let name = user.strip_prefix(BEFORE).or_else(|| behind.iter().find_map(|end| user.strip_suffix(end)))?;
    (!name.is_empty()).then(|| format!("{name}@{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Vec<String> {
        lists(&Header::split(header.as_bytes(), |_| false))
    }

    #[test]
    fn a_list_is_called_as_its_software_says() {
        for header in [
            "List-Post: <mailto:Club@x.example>\n",
            "List-Id: Our club <club.x.example>\n",
            "X-BeenThere: club@x.example\n",
            "Mailing-List: list club@x.example; contact club-owner@x.example\n",
            "Mailing-List: contact club-help@x.example; run by ezmlm\n",
            "Sender: owner-club@x.example\n",
            "Return-Path: <club-bounces@x.example>\n",
            "List-Unsubscribe: <https://x.example/leave?who=ann@x.example>, <mailto:club-request@x.example?subject=unsubscribe>\n",
            "From: ann@x.example\nTo: The club <club@x.example>\nReply-To: club@x.example\n",
        ] {
            assert_eq!(of(header), ["club@x.example"], "{header}");
        }
        assert!(of("From: shop@x.example\nTo: ann@x.example\nReply-To: shop@x.example\nReturn-Path: <bounces+ann=x.example@x.example>\nList-Post: NO\n").is_empty());
    }

    #[test]
    fn a_list_that_no_field_marks_is_told_by_where_its_bounces_go() {
        let of = |header: &str| unmarked(&Header::split(header.as_bytes(), |_| false));
        for back in [
            "Return-Path: <owner-CLUB@X.EXAMPLE>\n",
            "Errors-To: club-bounces@x.example\n",
            "Sender: The club <club-request@x.example>\n",
        ] {
            assert_eq!(of(&format!("From: ann@x.example\nTo: Club@x.example\n{back}")), ["club@x.example"], "{back}");
            assert!(of(&format!("From: ann@x.example\nTo: me@x.example\n{back}")).is_empty(), "{back}");
        }
        for personal in [
            "From: ann@x.example\nTo: me@x.example\nReply-To: me@x.example\nSender: me@x.example\n",
            "From: ann@x.example\nTo: me@x.example\nSender: me-admin@x.example\nReturn-Path: <ann@x.example>\n",
        ] {
            assert!(of(personal).is_empty(), "{personal}");
        }
    }

    #[test]
    fn hosts_on_the_way_call_a_list_by_their_own_names() {
        for address in ["club@x.example", "club@lists.x.example", "x.example-club@localhost"] {
            assert!(is_of("club@x.example", address), "{address}");
        }
        for address in ["ann@x.example", "club@y.example", "club@ax.example", "my-club@localhost"] {
            assert!(!is_of("club@x.example", address), "{address}");
        }
    }
}
