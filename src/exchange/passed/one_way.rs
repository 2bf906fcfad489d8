//! Senders who write and write and are never answered: newsletters without any mark of one. Mail of an upload is looked at as a
//! whole before any of it is taken, header by header, so that it is the same in whichever order its messages and files come.
//!
//! Somebody whom she never answers may still be somebody: her mother, whose answers lie in another file. So of a sender each of
//! these has to be true: more than twenty messages; she wrote to it neither in these files nor in what is stored; nothing of it
//! is answered by her, and nothing answers anything itself; nobody among her contacts has the address; and it is called like an
//! office or a shop before the @, and not like a person beside it. What the name says does not make an office, for Kim Deal and
//! Chris Sale are called so; nor does the host, for many have one of their own name. A friend who is left out wrongly is missed,
//! while a shop too many in the queue is ignored with a key. Messages that are stored do not count, or the same file again would be
//! judged otherwise; nor do those of files to come, though one that has what she sent is best imported first.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use chrono::Utc;

use super::mail::Messages;
use crate::error::AppError;
use crate::exchange::mail::{Envelope, Mailbox};
use crate::exchange::parts::Part;
use crate::text::fold::fold;

/// As many messages without an answer are still nothing strange.
const FEW: u32 = 20;
/// Messages that are told apart, senders, and addresses or messages that she wrote to: some 30 MB in all. What lies beyond is
/// judged by its own marks alone.
const MOST: usize = 450_000;
const MOST_SENDERS: usize = 50_000;

/// What offices and shops call themselves, and no person.
const ROLES: &str = "account accounts admin ads alert alerts angebote announce announcement announcements auto bargains billing bonus bot bulk \
    campaign campaigns care club coupon coupons cron customer customerservice daily deal deals digest discount discounts \
    feed feedback feeds hello help hilfe info invoice invoices kundenservice loyalty mailer mailing mailings marketing member members \
    messages monitoring newsletter notification notifications notify ofertas offer offers offres order orders outlet promo \
    promos promotion promotions reminder reports rewards robot rss rssfeed rssfeeds sale sales security service services shop specials statements \
    store subscriptions support system team updates vouchers weekly werbung";

/// The senders in the mail of an upload who write much and whom nothing in it speaks for, in order.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn unanswered(data_dir: &Path, parts: &[Part], own: &[String]) -> Result<Vec<String>, AppError> {
    let mut volume = Volume::new(own);
    let now = Utc::now();
    for part in parts.iter().filter(|part| part.is_read() && part.is_mail()) {
        let mut messages = Messages::open(data_dir, part, (0, 1))?;
        while let Some(envelope) = messages.next_envelope(now).map_err(anyhow::Error::from)? {
            if let Some(envelope) = envelope {
                volume.add(&envelope);
            }
        }
    }
    Ok(volume.unanswered())
}

/// What one sender comes to.
struct Sender {
    number: u32,
    messages: u32,
    /// Whether something of it answers something, or it is not called like an office.
    is_somebody: bool,
}

/// Who wrote how much. Ids and addresses are kept as hashes.
struct Volume {
    own: HashSet<String>,
    senders: HashMap<String, Sender>,
    /// Whose message it is.
    messages: HashMap<u64, u32>,
    written_to: HashSet<u64>,
    answered: HashSet<u64>,
}

impl Volume {
    fn new(own: &[String]) -> Self {
        let own = own.iter().cloned().collect();
        let (senders, messages) = (HashMap::new(), HashMap::new());
        Self { own, senders, messages, written_to: HashSet::new(), answered: HashSet::new() }
    }

    fn add(&mut self, envelope: &Envelope) {
        let Some(from) = &envelope.from else { return };
        let signals = envelope.signals;
        if self.own.contains(&from.address) {
            // What she only began to write may still tell to whom she writes.
            if self.written_to.len() < MOST {
                self.written_to.extend(envelope.to.iter().map(|address| hash(address)));
            }
            if self.answered.len() < MOST {
                self.answered.extend(envelope.answered.iter().map(|id| hash(id)));
            }
            return;
        }
        if signals.is_list || signals.is_automatic || signals.is_spam || signals.is_draft || signals.is_deleted {
            return;
        }
        let is_full = self.senders.len() >= MOST_SENDERS && !self.senders.contains_key(&from.address);
        if is_full || self.messages.len() >= MOST {
            return;
        }
        let number = u32::try_from(self.senders.len()).unwrap_or(u32::MAX);
        let sender =
            self.senders.entry(from.address.clone()).or_insert(Sender { number, messages: 0, is_somebody: false });
        sender.is_somebody = sender.is_somebody || envelope.is_answer || !is_called_like_an_office(from);
        // The same message lies in more than one folder.
        let is_new = envelope.id.as_ref().is_none_or(|id| self.messages.insert(hash(id), sender.number).is_none());
        if is_new {
            sender.messages += 1;
        }
    }

    fn unanswered(self) -> Vec<String> {
        let answered = self.messages.iter().filter(|(id, _)| self.answered.contains(id));
        let answered: HashSet<u32> = answered.map(|(_, sender)| *sender).collect();
        let senders = self.senders.into_iter().filter(|(address, sender)| {
            sender.messages > FEW
                && !sender.is_somebody
                && !answered.contains(&sender.number)
                && !self.written_to.contains(&hash(address))
        });
        let mut senders: Vec<String> = senders.map(|(address, _)| address).collect();
        senders.sort_unstable();
        senders
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Whether a sender is called like an office or a shop: a word of one stands before the @, and the name is not that of a person. It
/// is where it has two words or more, none of them of an office or of the host, or where one that is of neither stands before the @.
fn is_called_like_an_office(from: &Mailbox) -> bool {
    let (name, address) = (fold(&from.name), fold(&from.address));
    let words = |text: &str| {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect::<Vec<String>>()
    };
    let (user, host) = address.split_once('@').unwrap_or((&address, ""));
    // `de` of `x.de` is no name of a host, but one of many people.
    let host = host.rsplit_once('.').map_or(host, |(host, _)| host);
    let (names, users, hosts) = (words(&name), words(user), words(host));
    let is_role = |word: &String| ROLES.split_whitespace().any(|role| role == word);
    if !users.iter().any(is_role) {
        return false;
    }
    let is_persons = |word: &&String| !is_role(word) && !hosts.contains(word);
    let is_whole_name = name.split_whitespace().count() > 1 && names.iter().all(|word| is_persons(&word));
    !is_whole_name && !names.iter().filter(is_persons).any(|word| users.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::mail::{Origin, RawMessage, envelope};

    fn mailbox(name: &str, address: &str) -> Mailbox {
        Mailbox { name: name.to_owned(), address: address.to_owned() }
    }

    fn judged(messages: &[String]) -> Vec<String> {
        let mut volume = Volume::new(&["me@x.example".to_owned()]);
        for header in messages {
            let raw = RawMessage { bytes: header.as_bytes().to_vec(), ..RawMessage::default() };
            volume.add(&envelope(&raw, &Origin::default()).unwrap());
        }
        volume.unanswered()
    }

    fn from(sender: &str, count: usize) -> Vec<String> {
        let one = |n: usize| format!("From: {sender}\nTo: me@x.example\nMessage-ID: <{n}.{sender}>\nSubject: {n}\n\n");
        (0..count).map(one).collect()
    }

    #[test]
    fn a_sender_of_masses_whom_nothing_speaks_for_is_found_in_whatever_order() {
        let mut deals = from("deals@shop.example", 21);
        assert_eq!(judged(&deals), ["deals@shop.example"]);
        assert!(judged(&from("deals@shop.example", 20)).is_empty(), "so few are nothing strange");
        let twice: Vec<String> = deals[..15].iter().chain(&deals[..15]).cloned().collect();
        assert!(judged(&twice).is_empty(), "the same message in two folders is one");
        for hers in [
            "From: me@x.example\nTo: deals@shop.example\n\n",
            "From: me@x.example\nTo: other@shop.example\nIn-Reply-To: <3.deals@shop.example>\n\n",
            "From: deals@shop.example\nTo: me@x.example\nSubject: Re: Your question\n\n",
        ] {
            deals.push(hers.to_owned());
            assert!(judged(&deals).is_empty(), "{hers}");
            deals.rotate_right(1);
            assert!(judged(&deals).is_empty(), "{hers}");
            deals.remove(0);
        }
    }

    #[test]
    fn whoever_is_not_called_like_an_office_is_a_person() {
        for sender in ["Mary Smith <mary@home.example>", "Mum <mum@home.example>", "mum@home.example"] {
            assert!(judged(&from(sender, 300)).is_empty(), "{sender}");
        }
        for (name, address) in [
            ("Ada Lovelace", "ada@lovelace.example"),
            ("Jürgen Müller", "jm@mueller.example"),
            ("Lovelace, Ada", "a.lovelace@x.example"),
            ("Jan de Vries", "jv@x.de"),
            ("", "someone@x.example"),
            ("Anna Schmidt", "anna@anna-schmidt.example"),
            ("Anna Schmidt", "mail@anna-schmidt.example"),
            ("John Smith", "js@smith.example"),
            ("Jan Novak", "novak@novak.example"),
            ("Joe", "joe@joe.example"),
            ("Chris Sale", "chris@x.example"),
            ("Kim Deal", "kim.deal@x.example"),
            ("Ann Lee (Sales)", "ann.lee@acme.example"),
            ("Mary Jones", "hello@home.example"),
        ] {
            assert!(!is_called_like_an_office(&mailbox(name, address)), "{name} <{address}>");
        }
        for (name, address) in [
            ("Shop Deals", "deals@shop.example"),
            ("Lego Bricks", "info@mail.lego.example"),
            ("Jane of Acme", "hello@acme.example"),
            ("Acme", "acme-news-feed@acme.example"),
            ("hyatt@mozilla", "rssfeeds@x.example"),
            ("", "Newsletter.uk@acme.example"),
        ] {
            assert!(is_called_like_an_office(&mailbox(name, address)), "{name} <{address}>");
        }
    }
}
