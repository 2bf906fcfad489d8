//! What tells a person's message from those of lists and machines, and from what was never sent or is thrown away.

use serde::{Deserialize, Serialize};

use super::address::Mailbox;
use super::folder::Folder;
use super::header::Header;
use super::{Origin, decode, part};

/// What kind of message it is; more than one may be true.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signals {
    /// A list or a newsletter delivered it.
    pub is_list: bool,
    /// A machine wrote it.
    pub is_automatic: bool,
    /// It was not sent.
    pub is_draft: bool,
    /// A filter took it for spam.
    pub is_spam: bool,
    /// It was thrown away, though its bytes are still here.
    pub is_deleted: bool,
    /// She sent it, by the folder or label that holds it.
    pub is_sent: bool,
}

/// Where a message comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Producer {
    /// Google, in an mbox of Takeout.
    Gmail,
    /// An mbox.
    #[default]
    Mbox,
    /// A file of its own.
    Eml,
    /// A Maildir.
    Maildir,
}

pub(super) fn producer(header: &Header<'_>, origin: &Origin<'_>) -> Producer {
    let is_gmail = ["x-gm-thrid", "x-gm-msgid", "x-gmail-labels"].iter().any(|name| header.has(name));
    if is_gmail { Producer::Gmail } else { origin.producer }
}

pub(super) fn signals(header: &Header<'_>, from: Option<&Mailbox>, origin: &Origin<'_>) -> Signals {
    let labels = decode::words(&header.first("x-gmail-labels").map(decode::unfolded).unwrap_or_default());
    let mut folders: Vec<Folder> =
        labels.split(',').filter_map(|label| Folder::of(label.trim_matches(['"', ' ']))).collect();
    folders.extend(origin.folder.and_then(Folder::of));
    let is_in = |folder: Folder| folders.contains(&folder);
    // X-Status is mutt's and Pine's, X-Mozilla-Status Thunderbird's: nsMsgMessageFlags in hexadecimal.
    let status = header.line("x-status");
    let mozilla = u32::from_str_radix(header.line("x-mozilla-status").trim(), 16).unwrap_or(0);
    let (is_expunged, is_queued) = (mozilla & 0x0008 != 0, mozilla & 0x0800 != 0);
    Signals {
        is_list: is_list(header, from),
        is_automatic: is_automatic(header, from),
        is_draft: origin.is_draft
            || is_in(Folder::Drafts)
            || is_queued
            || status.contains('T')
            || header.has("x-mozilla-draft-info") && !is_in(Folder::Sent)
            || header.line("x-unsent") == "1",
        is_spam: is_in(Folder::Spam) || is_marked_as_spam(header),
        is_deleted: origin.is_deleted || is_in(Folder::Trash) || is_expunged || status.contains('D'),
        is_sent: is_in(Folder::Sent),
    }
}

/// The fields of RFC 2919 and 2369, those that lists wrote before, the one by which large senders are told of complaints, and
/// senders that call themselves a newsletter.
fn is_list(header: &Header<'_>, from: Option<&Mailbox>) -> bool {
    const FIELDS: [&str; 9] = [
        "list-id",
        "list-unsubscribe",
        "list-post",
        "mailing-list",
        "x-mailing-list",
        "x-beenthere",
        "x-mailman-version",
        "feedback-id",
        "x-feedback-id",
    ];
    let precedence = header.line("precedence").to_ascii_lowercase();
    FIELDS.iter().any(|name| header.has(name))
        || matches!(precedence.as_str(), "bulk" | "list" | "junk")
        || from.is_some_and(|from| is_newsletter(&from.address))
}

/// Whether what stands before the @ of an address says that it is one of a newsletter.
fn is_newsletter(address: &str) -> bool {
    let user = address.split('@').next().unwrap_or_default();
    let mut words = user.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| matches!(word, "news" | "newsletter" | "newsletters" | "enews" | "enewsletter"))
}

/// RFC 3834, what Exchange writes, reports (RFC 6522), and senders that nobody can answer.
fn is_automatic(header: &Header<'_>, from: Option<&Mailbox>) -> bool {
    let submitted = header.line("auto-submitted").to_ascii_lowercase();
    let says_so = !submitted.is_empty() && submitted.split([';', ' ']).next() != Some("no");
    let precedence = header.line("precedence").to_ascii_lowercase();
    let is_empty_path = header.line("return-path").replace(' ', "") == "<>";
    says_so
        || header.has("x-auto-response-suppress")
        || header.has("x-autoreply")
        || header.has("x-autorespond")
        || precedence == "auto_reply"
        || is_empty_path
        || part::media_type(header) == "multipart/report"
        || from.is_some_and(|from| is_machine(&from.address))
}

/// Whether an address is one that a machine writes from, by what stands before its @.
fn is_machine(address: &str) -> bool {
    const WHOLE: [&str; 6] = ["mailer-daemon", "postmaster", "bounce", "bounces", "daemon", "auto-confirm"];
    const STARTS: [&str; 3] = ["mailer-daemon", "bounce-", "bounces+"];
    const WORDS: [&str; 9] = [
        "noreply",
        "donotreply",
        "nichtantworten",
        "nepasrepondre",
        "noresponder",
        "nonrispondere",
        "nietantwoorden",
        "naoresponda",
        "svarainte",
    ];
    let user = address.split('@').next().unwrap_or_default();
    let plain: String = user.chars().filter(char::is_ascii_alphanumeric).collect();
    WHOLE.contains(&user)
        || STARTS.iter().any(|start| user.starts_with(start))
        || WORDS.iter().any(|word| plain.contains(word))
}

fn is_marked_as_spam(header: &Header<'_>) -> bool {
    let is_yes = |name: &str| header.line(name).get(..3).is_some_and(|start| start.eq_ignore_ascii_case("yes"));
    ["x-spam-flag", "x-spam-status", "x-spam"].into_iter().any(is_yes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str, folder: Option<&str>) -> Signals {
        let header = Header::split(header.as_bytes(), |_| false);
        let from = header.first("from").and_then(|value| super::super::address::mailboxes(value, 1).0.pop());
        signals(&header, from.as_ref(), &Origin { folder, ..Origin::default() })
    }

    #[test]
    fn lists_and_machines_are_told_from_people() {
        assert_eq!(
            of("From: ann@x.example\nPrecedence: first-class\nAuto-Submitted: no\n", Some("Inbox")),
            Signals::default()
        );
        for header in
            ["List-Id: <club.x.example>\n", "List-Post: NO\n", "Precedence: Bulk\n", "X-BeenThere: club@x.example\n"]
        {
            assert!(of(header, None).is_list, "{header}");
        }
        for header in [
            "From: Shop <newsletter@shop.example>\n",
            "From: news@shop.example\n",
            "From: shop-news@shop.example\n",
            "From: ann@shop.example\nFeedback-ID: 12:shop:ses\n",
        ] {
            assert!(of(header, None).is_list, "{header}");
        }
        assert!(!of("From: Ann Newsome <newsome@x.example>\n", None).is_list);
        for header in [
            "From: No Reply <no-reply@x.example>\n",
            "From: do_not.reply@x.example\n",
            "From: MAILER-DAEMON@x.example\n",
            "Auto-Submitted: auto-replied (vacation)\n",
            "X-Auto-Response-Suppress: All\n",
            "Return-Path: <>\n",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n",
        ] {
            assert!(of(header, None).is_automatic, "{header}");
        }
        assert!(!of("From: Noreen Plyer <noreen.plyer@x.example>\n", None).is_automatic);
    }

    #[test]
    fn drafts_spam_and_what_is_deleted_are_known_in_every_program() {
        assert!(of("X-Gmail-Labels: =?UTF-8?Q?Wichtig,Entw=C3=BCrfe?=\n", None).is_draft);
        assert!(of("X-Status: T\n", None).is_draft && of("X-Unsent: 1\n", None).is_draft);
        assert!(of("X-Mozilla-Status: 0801\n", None).is_draft && of("X-Mozilla-Status: 0009\n", None).is_deleted);
        assert!(of("", Some("Drafts")).is_draft && of("", Some("Junk")).is_spam && of("", Some("Sent")).is_sent);
        assert!(of("X-Spam-Flag: YES\n", None).is_spam && of("X-Spam-Status: Yes, score=9\n", None).is_spam);
        assert!(!of("X-Spam-Status: No, score=0\n", None).is_spam);
        assert!(of("X-Gmail-Labels: Spam,Unread\n", None).is_spam);
    }
}
