//! Whose mail it is: which addresses are hers, and in which direction a message went.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use super::lists;
use super::message::{Mail, Role};

/// Addresses that are offered.
const MAX_GUESSES: usize = 10;
/// Lists that are told from people.
const MAX_LISTS: usize = 1_000;

/// An address that may be hers, and what speaks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    /// The address.
    pub address: String,
    /// Messages that were delivered for it.
    pub delivered: usize,
    /// Messages that it sent, of those that lie among what she sent.
    pub sent: usize,
    /// Messages that it wrote or got otherwise, lists left out.
    pub others: usize,
}

impl Guess {
    /// A delivery or a folder tells more than to be named.
    fn weight(&self) -> usize {
        3 * (self.delivered + self.sent) + self.others
    }

    /// Whether more speaks for it than to be named.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.delivered + self.sent > 0
    }
}

/// Which addresses are hers, the likeliest first, by a sample of her mail: those that messages were delivered for, that
/// wrote what she sent, that take part in most of the rest. What a list is called is nobody's, whoever delivered for it; nor does a
/// message of a list speak for its namesake at another host, where it was before it moved: hers gets other mail as well.
pub fn guess_own_addresses<'a>(sample: impl IntoIterator<Item = &'a Mail>) -> Vec<Guess> {
    let mut guesses: BTreeMap<&str, Guess> = BTreeMap::new();
    let mut named_lists: BTreeSet<&str> = BTreeSet::new();
    let mut messages = 0;
    for mail in sample {
        if mail.signals.is_spam {
            continue;
        }
        messages += 1;
        if named_lists.len() < MAX_LISTS {
            named_lists.extend(mail.lists.iter().map(String::as_str));
        }
        let is_lists = |address: &str| mail.lists.iter().any(|list| lists::is_namesake(list, address));
        for address in mail.delivered_to.iter().filter(|address| !is_lists(address)) {
            guesses.entry(address).or_default().delivered += 1;
        }
        // What a list is called is named in all of its messages.
        if mail.signals.is_list {
            continue;
        }
        let is_hers = mail.signals.is_sent || mail.signals.is_draft;
        let roles = [Role::From, Role::To, Role::Cc, Role::Bcc];
        let named = mail.addresses.iter().filter(|one| roles.contains(&one.role));
        let named: BTreeSet<(bool, &str)> =
            named.map(|one| (is_hers && one.role == Role::From, one.mailbox.address.as_str())).collect();
        for (is_sender, address) in named {
            let guess = guesses.entry(address).or_default();
            if is_sender {
                guess.sent += 1;
            } else if !is_hers && !mail.delivered_to.iter().any(|one| one == address) {
                guess.others += 1;
            }
        }
    }
    let is_list = |guess: &Guess| named_lists.iter().any(|list| lists::is_of(list, &guess.address));
    let is_likely = |guess: &Guess| guess.is_sure() || guess.others * 2 > messages;
    let mut guesses: Vec<Guess> = guesses
        .into_iter()
        .map(|(address, guess)| Guess { address: address.to_owned(), ..guess })
        .filter(|guess| is_likely(guess) && !is_list(guess))
        .collect();
    // The order by address decides between equals.
    guesses.sort_by_key(|guess| std::cmp::Reverse(guess.weight()));
    guesses.truncate(MAX_GUESSES);
    guesses
}

/// Which are taken for hers unless she says otherwise: what she said before, what something was delivered for, or that wrote
/// what she sent; where that is nobody, the one that is named most. Of two that are named equally either may be her friend.
#[must_use]
pub fn likely(guesses: &[Guess], said: &[String]) -> Vec<String> {
    let is_sure = |guess: &&Guess| guess.is_sure();
    let is_new = |guess: &&Guess| !said.contains(&guess.address);
    let is_told = guesses.iter().any(|guess| is_sure(&guess) || !is_new(&guess));
    let found: Vec<&Guess> = match guesses {
        _ if is_told => guesses.iter().filter(is_sure).filter(is_new).collect(),
        [first, second, ..] if first.others == second.others => Vec::new(),
        _ => guesses.iter().take(1).collect(),
    };
    said.iter().chain(found.into_iter().map(|guess| &guess.address)).cloned().collect()
}

/// Which way a message went, from where she stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// She wrote it.
    Outbound,
    /// She got it.
    Inbound,
    /// She wrote it to herself: there is nobody else.
    ToHerself,
}

/// Which way a message went; `None` where she has no part in it. `own` are her addresses in lower case.
#[must_use]
pub fn direction(mail: &Mail, own: &HashSet<String>) -> Option<Direction> {
    let is_hers = |address: &String| own.contains(address);
    let recipients = || [Role::To, Role::Cc, Role::Bcc].into_iter().flat_map(|role| mail.in_role(role));
    if mail.in_role(Role::From).any(|from| is_hers(&from.address)) {
        let is_alone = mail.address_count == mail.addresses.len() && recipients().all(|one| is_hers(&one.address));
        // A message without any recipient has gone nowhere yet, or to those of a Bcc that is not kept.
        return Some(if is_alone && recipients().next().is_some() {
            Direction::ToHerself
        } else {
            Direction::Outbound
        });
    }
    let resent = [Role::ResentTo, Role::ResentCc, Role::ResentBcc].into_iter().flat_map(|role| mail.in_role(role));
    let is_recipient =
        recipients().chain(resent).any(|one| is_hers(&one.address)) || mail.delivered_to.iter().any(is_hers);
    (is_recipient || mail.signals.is_list).then_some(Direction::Inbound)
}

#[cfg(test)]
mod tests {
    use super::super::{Origin, RawMessage, read};
    use super::*;

    fn mail(header: &str, folder: Option<&str>) -> Mail {
        let raw = RawMessage { bytes: header.as_bytes().to_vec(), ..RawMessage::default() };
        read(&raw, &Origin { folder, ..Origin::default() }).unwrap()
    }

    #[test]
    fn her_addresses_are_those_that_her_mail_has_in_common() {
        let sample = [
            mail("From: ann@x.example\nTo: me@x.example\nDelivered-To: me@x.example\n", None),
            mail("From: bo@x.example\nTo: Me@X.example, ann@x.example\n", None),
            mail("From: me@x.example\nTo: bo@x.example\n", None),
            mail("From: me@work.example\nTo: bo@x.example\n", Some("Sent")),
            mail("From: cy@x.example\nTo: club@x.example\nList-Id: <club>\nDelivered-To: old@x.example\n", None),
            mail("From: dee@x.example\nTo: club@x.example\nList-Id: <club>\n", None),
        ];
        let guesses = guess_own_addresses(&sample);
        let addresses: Vec<&str> = guesses.iter().map(|guess| guess.address.as_str()).collect();
        assert_eq!(addresses, ["me@x.example", "me@work.example", "old@x.example"]);
        assert_eq!((guesses[0].delivered, guesses[0].sent, guesses[0].others), (1, 0, 2));
        assert_eq!(likely(&guesses, &[]), addresses);
        let between_two = guess_own_addresses(&sample[1..3]);
        assert_eq!(between_two.iter().filter(|guess| guess.others == 2).count(), 2);
        assert!(likely(&between_two, &[]).is_empty(), "Bo and she named each other equally");
        assert_eq!(likely(&between_two, &["me@x.example".to_owned()]), ["me@x.example"]);
        assert_eq!(likely(&between_two[..1], &["ada@x.example".to_owned()]).len(), 2, "the one that all mail names");
    }

    #[test]
    fn what_a_list_is_called_is_not_hers_though_mail_was_delivered_for_it() {
        let posted = "From: ann@x.example\nTo: club@x.example\nDelivered-To: club@lists.x.example\nDelivered-To: me@x.example\n\
            List-Id: Our club <club.x.example>\n";
        let sample = [
            mail(posted, None),
            mail(posted, None),
            mail("From: ann@x.example\nTo: club@x.example\nCc: me@x.example\n", None),
            mail("From: shop@x.example\nTo: me@x.example\nList-Unsubscribe: <mailto:leave-me@x.example>\n", None),
        ];
        let guesses = guess_own_addresses(&sample);
        assert_eq!(guesses.iter().map(|guess| guess.address.as_str()).collect::<Vec<_>>(), ["me@x.example"]);
        assert_eq!(likely(&guesses, &[]), ["me@x.example"]);
    }

    #[test]
    fn lists_of_old_are_nobodys_and_aliases_that_never_write_are_hers() {
        let moved = "From: ann@x.example\nTo: club@groups.example\nDelivered-To: me@x.example\nX-Apparently-To: club@old.example\n\
            Mailing-List: list club@groups.example; contact club-owner@groups.example\n";
        let unmarked = "Return-Path: <owner-words@lists.example>\nFrom: bo@x.example\nTo: WORDS@LISTS.EXAMPLE\n\
            Delivered-To: me@x.example\nDelivered-To: words@lists.example\n";
        let alias = "From: ann@x.example\nTo: bo@x.example\nDelivered-To: alias@school.example\n";
        let sample = [mail(moved, None), mail(unmarked, None), mail(alias, None)];
        let of = |sample: &[Mail]| likely(&guess_own_addresses(sample), &[]);
        assert_eq!(of(&sample), ["me@x.example", "alias@school.example"]);
        let namesake = mail("From: ann@x.example\nTo: club@old.example\nDelivered-To: club@old.example\n", None);
        let more = [sample.as_slice(), &[namesake]].concat();
        assert!(of(&more).contains(&"club@old.example".to_owned()), "other mail was delivered for it");
    }

    #[test]
    fn the_list_that_ezmlm_delivered_to_is_not_hers() {
        let one = mail(
            "From: ann@x.example\nTo: club@x.example\nDelivered-To: mailing list club@x.example\n\
             Delivered-To: moderator for club@x.example\nDelivered-To: me@x.example\n",
            None,
        );
        let addresses: Vec<String> = guess_own_addresses([&one]).into_iter().map(|guess| guess.address).collect();
        assert!(addresses.iter().all(|address| !address.contains("list")), "{addresses:?}");
        assert_eq!(one.delivered_to, ["me@x.example"]);
    }

    #[test]
    fn a_message_goes_out_comes_in_or_stays() {
        let own = HashSet::from(["me@x.example".to_owned(), "me@work.example".to_owned()]);
        let way = |header: &str| direction(&mail(header, None), &own);
        assert_eq!(way("From: Me@x.example\nTo: ann@x.example, me@x.example\n"), Some(Direction::Outbound));
        assert_eq!(way("From: me@x.example\nTo: me@work.example\n"), Some(Direction::ToHerself));
        assert_eq!(way("From: me@x.example\n"), Some(Direction::Outbound));
        assert_eq!(way("From: ann@x.example\nCc: me@x.example\n"), Some(Direction::Inbound));
        assert_eq!(
            way("From: ann@x.example\nTo: bo@x.example\nDelivered-To: me@x.example\n"),
            Some(Direction::Inbound)
        );
        assert_eq!(way("From: ann@x.example\nTo: club@x.example\nList-Id: <club>\n"), Some(Direction::Inbound));
        assert_eq!(way("From: ann@x.example\nTo: bo@x.example\n"), None);
    }
}
