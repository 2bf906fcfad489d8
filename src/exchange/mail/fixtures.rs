//! Messages in the ways in which programs write them, and such as nobody wrote, each with what is to come of it.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::own::{Direction, direction};
use super::{
    DateProblem, DateSource, Layout, MAX_ADDRESSES, MAX_MESSAGE_BYTES, Mail, Origin, Producer, RawMessage, Reader,
    Role, read,
};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/fixtures/mail/", $name)).as_slice()
    };
}

fn origin() -> Origin<'static> {
    Origin { now: "2024-06-01T00:00:00Z".parse().unwrap(), ..Origin::default() }
}

fn mails(file: &[u8]) -> Vec<Mail> {
    let layout = Layout::recognise(file).unwrap();
    Reader::new(file, layout, 0, 1).map(|raw| read(&raw.unwrap(), &origin()).unwrap()).collect()
}

fn mail(bytes: impl AsRef<[u8]>) -> Mail {
    let raw = RawMessage { bytes: bytes.as_ref().to_vec(), ..RawMessage::default() };
    read(&raw, &origin()).unwrap()
}

fn named(mail: &Mail, role: Role) -> Vec<(&str, &str)> {
    mail.in_role(role).map(|one| (one.name.as_str(), one.address.as_str())).collect()
}

#[test]
fn what_gmail_gives_out_is_read_with_its_labels() {
    let mails = mails(fixture!("takeout.mbox"));
    let [sent, spam] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(sent.message_id.as_deref(), Some("CAF1@mail.home.example"));
    assert_eq!(sent.in_reply_to.as_deref(), Some("q1@yard.example"));
    assert_eq!(sent.references, ["q0@yard.example", "q1@yard.example"]);
    assert_eq!(sent.subject, "Re: Samstag im Gemüsegarten");
    assert_eq!(sent.thread_subject, "Samstag im Gemüsegarten");
    assert_eq!(named(sent, Role::From), [("Mara Quint", "mara.quint@home.example")]);
    assert_eq!(
        named(sent, Role::To),
        [("Jonas Weiß", "jonas.weiss@yard.example"), ("Okafor, Ada", "ada@yard.example")]
    );
    assert_eq!(sent.text, "Ja, ich bringe die Setzlinge mit. 🌱");
    assert_eq!(sent.when.at.unwrap().to_rfc3339(), "2024-01-08T10:15:00+01:00");
    let file = &sent.attachments[0];
    assert_eq!((file.name.as_str(), file.media_type.as_str(), file.size), ("Plan.pdf", "application/pdf", 8));
    assert_eq!((sent.attachments.len(), sent.producer), (1, Producer::Gmail));
    assert!(sent.signals.is_sent && !sent.signals.is_spam && spam.signals.is_spam);
    assert_eq!(spam.text, "Click here");
    let own = HashSet::from(["mara.quint@home.example".to_owned()]);
    assert_eq!((direction(sent, &own), direction(spam, &own)), (Some(Direction::Outbound), Some(Direction::Inbound)));
}

#[test]
fn what_thunderbird_keeps_is_read_without_what_it_has_deleted() {
    let mails = mails(fixture!("thunderbird.mbox"));
    let [list, deleted] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(list.text, "From the shed I can lend you a plane.\nPrice: 5 €");
    assert_eq!(list.thread_subject, "Tools");
    assert_eq!((list.when.source, list.when.problem), (Some(DateSource::Received), Some(DateProblem::TooEarly)));
    assert_eq!(list.when.at.unwrap().to_rfc3339(), "2024-02-15T19:59:58+01:00");
    assert_eq!(list.delivered_to, ["mara.quint@home.example"]);
    assert!(list.signals.is_list && !list.signals.is_deleted && deleted.signals.is_deleted);
    assert_eq!((list.message_id.as_ref(), list.key().len()), (None, 71));
    assert_eq!(deleted.message_id.as_deref(), Some("not-in-brackets@bench.example"));
}

#[test]
fn a_report_is_automatic_and_what_it_encloses_comes_with_it() {
    let mails = mails(fixture!("report.eml"));
    let report = &mails[0];
    assert!(report.signals.is_automatic && !report.signals.is_list);
    assert_eq!(report.text, "Your message could not be delivered.");
    let kinds: Vec<&str> = report.attachments.iter().map(|one| one.media_type.as_str()).collect();
    assert_eq!(kinds, ["message/delivery-status", "message/rfc822"]);
}

#[test]
fn copies_of_a_message_without_an_id_have_one_hash() {
    let one =
        mail("From: ann@x.example\nTo: bo@x.example\nDate: Mon, 8 Jan 2024 10:15:00 +0100\nSubject: x\n\nhello\n");
    let other = mail(
        "Received: by y\r\nto: bo@x.example\r\nFROM: Ann <ANN@x.example>\r\nSubject: x\r\nDate: Mon, 8 Jan 2024 10:15:00 +0100\r\n\r\nhello\r\n",
    );
    let third =
        mail("From: ann@x.example\nTo: bo@x.example\nDate: Mon, 8 Jan 2024 10:15:00 +0100\nSubject: x\n\nhallo\n");
    assert_eq!(one.content_hash, other.content_hash);
    assert_ne!(one.content_hash, third.content_hash);
}

#[test]
fn ids_are_normal_and_never_too_long_for_their_column() {
    let id = |value: &str| mail(format!("Message-ID: {value}\n\n")).message_id;
    assert_eq!(id("<a @\tb> (c)").as_deref(), Some("a@b"));
    assert_eq!((id("<>"), id("")), (None, None));
    let long = id(&format!("<{}@x>", "a".repeat(300))).unwrap();
    assert!(long.starts_with("sha256:") && long.len() == 71);
    let answered = |value: &str| mail(format!("In-Reply-To: {value}\n\n")).in_reply_to;
    assert_eq!(answered("Message from Ann <ann@x.example> of \"Monday\" <id@x>").as_deref(), Some("id@x"));
    assert_eq!(answered("<a@x> <b@x>").as_deref(), Some("a@x"));
    assert_eq!((answered("Ann's message of Monday"), answered("bare@x").as_deref()), (None, Some("bare@x")));
}

#[test]
fn a_text_that_is_only_quoted_is_not_lost() {
    assert_eq!(mail("Subject: x\n\n> one\n> > two\n").text, "one\ntwo");
    assert_eq!(mail("Subject: x\nContent-Type: text/html\n\n<blockquote>one</blockquote>").text, "one");
    assert_eq!(mail("Subject: x\n\n").text, "");
}

/// Reads a message that nobody wrote in a time that grows with it.
fn bounded(bytes: Vec<u8>) -> Mail {
    let (start, size) = (Instant::now(), bytes.len());
    let mail = mail(bytes);
    // Tests are built without optimisation and run beside each other.
    assert!(start.elapsed() < Duration::from_secs(10), "{size} bytes took {:?}", start.elapsed());
    mail
}

#[test]
fn messages_that_nobody_wrote_cost_time_by_their_size_alone() {
    let recipients = bounded(format!("To: {}\n\nx", "a@x.example, ".repeat(100_000)).into_bytes());
    assert_eq!((recipients.addresses.len(), recipients.address_count), (MAX_ADDRESSES, 100_000));
    let many = "X-A: b\nTo: c@x.example\nReceived: d; Thu\n".repeat(200_000);
    assert_eq!(bounded(many.into_bytes()).addresses.len(), MAX_ADDRESSES);
    bounded(format!("Subject: {}\n\n", "=?utf-8?q?a ".repeat(1 << 20)).into_bytes());
    bounded(format!("From: {}\n\n", "=?ab?Q?(\"<:;\\".repeat(1 << 20)).into_bytes());
    bounded(format!("References: {}\n\n", "<a@b>".repeat(2 << 20)).into_bytes());
    bounded(format!("Content-Type: multipart/mixed; boundary={}\n\n", "a*0*=".repeat(1 << 20)).into_bytes());
    bounded(format!("Date: {}\n\n", "(".repeat(10 << 20)).into_bytes());
    bounded("Content-Type: message/rfc822\n\n".repeat(1 << 20).into_bytes());
    bounded("Content-Type: multipart/mixed; boundary=nowhere\n\n".repeat(300_000).into_bytes());
    let mut parts = b"Content-Type: multipart/mixed; boundary=x\n\n".to_vec();
    parts.extend(b"--x\nContent-Type: multipart/mixed; boundary=x\n\n".repeat(300_000));
    bounded(parts);
    let mut lines = b"Subject: x\n\n".to_vec();
    lines.extend(b"--\nOn x 1 wrote:\n\n".repeat(500_000));
    bounded(lines);
    let mut noise = b"Subject: \xff\xfe\x00\n\n".to_vec();
    noise.extend((0..MAX_MESSAGE_BYTES - 20).map(|at| u8::try_from(at * 31 % 251).unwrap()));
    bounded(noise);
}

#[test]
fn what_has_no_header_is_no_message() {
    for bytes in [b"".as_slice(), b"hello\n", b"\n\nx: y", b"\0\0\0"] {
        let raw = RawMessage { bytes: bytes.to_vec(), ..RawMessage::default() };
        assert!(read(&raw, &origin()).is_err());
    }
}

#[test]
fn what_stands_for_an_id_is_how_a_message_begins_and_nothing_of_what_is_shown_of_it() {
    let with =
        |date: &str, text: &str| mail(format!("From: ann@x.example\nTo: bo@x.example\n{date}Subject: x\n\n{text}\n"));
    let key = |text: &str| with("Date: Thu, 9 May 2024 10:00:00 +0200\n", text).key();
    let long = "word ".repeat(60);
    assert_eq!(key(&long), key(&format!("{}\n\n-- \nthe club", long.replace("word word", "word\n> word"))));
    assert_eq!(key("Yes.\n\nOn Mon, Bo wrote:\n> so?"), key("Yes.\n\nOn Mon, Bo wrote:\nso?"), "shown they differ");
    assert_ne!(key("Yes."), key("No."));
    assert_ne!(key(&long), with("Date: Thu, 9 May 2024 10:00:01 +0200\n", &long).key());
    assert_ne!(with("", &long).key(), with("", &format!("{long} more")).key(), "without a date its end counts");
    assert!(mail("Message-ID: <1@x.example>\nSubject: x\n\nx\n").older_key().is_none());
}

#[test]
fn a_message_that_was_saved_in_utf_16_or_with_bare_carriage_returns_is_read_as_the_same() {
    let wide = |text: &str, mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
        mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect::<Vec<u8>>()
    };
    for charset in ["utf-8", "windows-1252", "utf-16"] {
        let text = format!(
            "Message-ID: <1@x.example>\r\nFrom: Ann <ann@x.example>\r\nDate: Thu, 9 May 2024 10:00:00 +0200\r\nSubject: Engines\r\n\
             Content-Type: text/plain; charset=\"{charset}\"\r\n\r\nDie Stra\u{df}e\r\nist gr\u{fc}n.\r\n"
        );
        let bare = text.replace("\r\n", "\r");
        for file in [
            wide(&text, [0xFF, 0xFE], u16::to_le_bytes),
            wide(&text, [0xFE, 0xFF], u16::to_be_bytes),
            wide(&bare, [0xFF, 0xFE], u16::to_le_bytes),
        ] {
            let read = mails(&file);
            let [mail] = read.as_slice() else { panic!("{read:?}") };
            assert_eq!(
                (mail.subject.as_str(), mail.text.as_str()),
                ("Engines", "Die Stra\u{df}e\nist gr\u{fc}n."),
                "{charset}"
            );
            assert_eq!(mail.message_id.as_deref(), Some("1@x.example"));
        }
        if charset == "utf-8" {
            assert_eq!(mails(bare.as_bytes()), mails(text.as_bytes()));
        }
    }
    let mailbox = "From ann@x.example Thu Aug 22 13:52:59 2002\rFrom: ann@x.example\rSubject: x\r\rx\r";
    assert_eq!(Layout::recognise(mailbox.as_bytes()), None);
    assert_eq!(Layout::recognise(b"Name,Email\rAnn,ann@x.example\r"), None);
}
