//! Mail: straight from its files into the timeline, once it is known which addresses are hers.

use kith::exchange::mail::{Origin, RawMessage, read};

use super::tables::zipped;
use super::{count, one, words};
use crate::harness::{App, Page, User};

/// A message of an mbox, with a line before it.
pub(super) fn message(id: &str, header: &str, text: &str) -> String {
    format!("From someone@x.example Thu Aug 22 13:52:59 2002\nMessage-ID: <{id}@x.example>\n{header}\n\n{text}\n\n")
}

pub(super) fn inbox() -> String {
    let list = "From: Club <club@lists.example>\nTo: club@lists.example\nDate: Fri, 3 May 2024 10:00:00 +0000\nSubject: News\nList-Id: <club>";
    let machine =
        "From: no-reply@shop.example\nTo: ada@x.example\nDate: Fri, 3 May 2024 11:00:00 +0000\nSubject: Your order";
    [
        message("1", "From: Grace Hopper <grace@navy.example>\nTo: Ada <ada@x.example>\nDate: Wed, 1 May 2024 10:00:00 +0200\nSubject: Compilers", "Do they work?"),
        message("2", "From: ada@x.example\nTo: Grace <GRACE@navy.example>\nDate: Thu, 2 May 2024 10:00:00 +0200\nSubject: Re: Compilers\nIn-Reply-To: <1@x.example>", "They do."),
        message("3", list, "What is new"),
        message("4", machine, "Thank you"),
        message("5", "From: ada@x.example\nTo: grace@navy.example\nDate: Fri, 3 May 2024 12:00:00 +0200\nX-Mozilla-Draft-Info: x\nSubject: Unsent", "..."),
        "From someone@x.example Thu Aug 22 13:52:59 2002\n\n\n".to_owned(),
    ]
    .concat()
}

/// Many messages from many people.
pub(super) fn many(from: usize, to: usize) -> String {
    let one = |n: usize| {
        let header = format!(
            "From: Friend Number{0} <friend{0}@org.example>\nTo: ada@x.example\nDate: {1} May 2024 10:{2:02}:{3:02} +0000\nSubject: Letter {n}",
            n % 37,
            n % 28 + 1,
            n / 60 % 60,
            n % 60
        );
        message(&format!("m{n}"), &header, &format!("This is letter {n}."))
    };
    (from..=to).map(one).collect()
}

impl User {
    /// Uploads mail, says whose it is, and lets it be taken in.
    pub(super) async fn takes_in(&mut self, app: &App, name: &str, content: &[u8]) -> String {
        let page = self.reads_file(app, name, content).await;
        self.post(&format!("{page}/addresses"), &[("address[]", "ada@x.example")]).await.expect(303);
        app.run_jobs().await;
        page
    }

    async fn record_titles(&mut self, page: &str, word: &str) -> Vec<String> {
        let page = self.get(&format!("{page}?status={word}")).await.expect(200);
        page.all(".record strong").iter().map(|title| title.text().to_owned()).collect()
    }
}

pub(super) fn reasons(page: &Page) -> Vec<String> {
    page.all(".reasons li").iter().map(|reason| reason.text().to_owned()).collect()
}

/// Whatever an import of mail may change, apart from the log and the imports themselves. The months are true of it.
pub(super) async fn everything(app: &App) -> Vec<String> {
    crate::months::assert_counts(app, "an import").await;
    let mut rows = Vec::new();
    for table in [
        "interactions",
        "interaction_participants",
        "interaction_addresses",
        "interaction_external_refs",
        "interaction_search_documents",
        "correspondents",
        "contacts",
    ] {
        let left_out = "{version,updated_at,person_id,id,created_at}";
        let left_out = if table == "correspondents" { left_out } else { "{version,updated_at}" };
        let sql = format!("select '{table} ' || (to_jsonb(t) - '{left_out}'::text[])::text from {table} t");
        rows.extend(app.sql(&sql).await.iter().map(|row| row.get::<_, String>(0)));
    }
    rows.sort();
    rows
}

#[actix_web::test]
async fn mail_waits_until_she_says_which_addresses_are_hers_and_then_is_in_her_timeline() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = [
        ("first_name", "Grace"),
        ("method_kind[]", "email"),
        ("method_label[]", ""),
        ("method_value[]", "grace@navy.example"),
    ];
    let grace = ada.post("/contacts", &grace).await.expect(303).location();
    let page = ada.reads_file(&app, "inbox", inbox().as_bytes()).await;
    assert_eq!(ada.state(&page).await, "asking");
    let asked = ada.get(&page).await.expect(200);
    let offered: Vec<String> =
        asked.all("input[name='address[]'][checked]").iter().map(|input| input.attr("value")).collect();
    assert!(offered.contains(&"ada@x.example".to_owned()), "{offered:?}");
    assert_eq!(count(&app, "interactions").await, 0);
    let refused = ada.post(&format!("{page}/addresses"), &[("addresses", "nobody")]).await.expect(422);
    assert_eq!(refused.one("#addresses-error").text(), "nobody is no e-mail address.");
    assert_eq!(refused.one("input[name=addresses]").attr("value"), "nobody");
    ada.post(&format!("{page}/addresses"), &[]).await.expect(422);
    ada.post(&format!("{page}/addresses"), &[("address[]", "ada@x.example")]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.state(&page).await, "done");
    assert_eq!(ada.words(&page).await, words(&[("ignored", 3), ("new", 2), ("unreadable", 1)]));
    assert_eq!(ada.record_titles(&page, "new").await, ["Compilers · Grace Hopper", "Re: Compilers · Grace"]);
    let ignored = ada.get(&format!("{page}?status=ignored")).await.expect(200);
    assert_eq!(
        reasons(&ignored),
        ["1 It is a draft.", "1 It is of a mailing list or a newsletter.", "1 It was written by a machine."]
    );
    let stored = "select string_agg(concat_ws('|', direction, subject, summary, is_contact, external_source, external_id, occurred_at), ' ' \
        order by occurred_at) from interactions";
    assert_eq!(
        one(&app, stored).await,
        "inbound|Compilers|Do they work?|t|mbox|1@x.example|2024-05-01 08:00:00+00 \
         outbound|Re: Compilers|They do.|t|mbox|2@x.example|2024-05-02 08:00:00+00"
    );
    let news = ada.get(&format!("{page}?status=new")).await.expect(200);
    let first = news.all(".record a.link")[0].attr("href");
    assert_eq!(ada.get(&first).await.expect(200).one("h1").text(), "Compilers");
    let timeline = ada.get(&grace).await.expect(200);
    assert_eq!(timeline.count("[data-kind=interaction]"), 1, "a thread is one entry");
    assert_eq!(one(&app, "select last_contact_date::text from contacts").await, "2024-05-02");
    let again = ada.reads_file(&app, "again.mbox", inbox().as_bytes()).await;
    let offered = ada.get(&again).await.expect(200).one("input[name='address[]'][checked]").attr("value");
    assert_eq!(offered, "ada@x.example", "what she said is remembered");
}

#[actix_web::test]
async fn the_same_mail_again_is_not_doubled_whatever_program_it_comes_from() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.takes_in(&app, "inbox.mbox", inbox().as_bytes()).await;
    let before = everything(&app).await;
    let again = ada.takes_in(&app, "again.mbox", inbox().as_bytes()).await;
    assert_eq!(ada.words(&again).await, words(&[("ignored", 3), ("unchanged", 2), ("unreadable", 1)]));
    let one_alone =
        message("1", "From: Grace <grace@navy.example>\nTo: ada@x.example\nDate: Wed, 1 May 2024 10:00:00 +0200", "x");
    let alone = one_alone.split_once('\n').unwrap().1;
    let page = ada.takes_in(&app, "one.eml", alone.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("unchanged", 1)]));
    assert_eq!(everything(&app).await, before);
    let nameless =
        "From: grace@navy.example\nTo: ada@x.example\nDate: Thu, 9 May 2024 10:00:00 +0200\nSubject: No id\n\nx\n";
    let twice = format!("From x@x.example Thu Aug 22 13:52:59 2002\n{nameless}\n").repeat(2);
    let page = ada.takes_in(&app, "twice.mbox", twice.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 1), ("unchanged", 1)]));
    let page = ada.takes_in(&app, "once.eml", nameless.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("unchanged", 1)]));
}

#[actix_web::test]
async fn mail_without_an_id_is_known_by_what_was_taken_for_its_id_before() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let nameless = "From: grace@navy.example\nTo: ada@x.example\nDate: Thu, 9 May 2024 10:00:00 +0200\nSubject: No id\n\nWell said.\n\n\
        On Mon, 6 May 2024, Ada wrote:\n> Do they work?\n";
    ada.takes_in(&app, "once.eml", nameless.as_bytes()).await;
    let raw = RawMessage { bytes: nameless.as_bytes().to_vec(), ..RawMessage::default() };
    let mail = read(&raw, &Origin::default()).unwrap();
    assert_eq!(one(&app, "select external_id from interaction_external_refs").await, mail.key());
    let older = mail.older_key().filter(|older| *older != mail.key()).unwrap();
    app.sql(&format!("update interaction_external_refs set external_id = '{older}'")).await;
    let page = ada.takes_in(&app, "once.eml", nameless.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("unchanged", 1)]));
}

#[actix_web::test]
async fn a_message_in_utf_16_or_with_bare_carriage_returns_is_the_message_that_it_was() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let text = many(1, 1).split_once('\n').unwrap().1.replace('\n', "\r\n");
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let page = ada.takes_in(&app, "wide.eml", &wide).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 1)]));
    assert_eq!(one(&app, "select summary from interactions").await, "This is letter 1.");
    let bare = text.replace("\r\n", "\r");
    let archive = zipped(&[("letters/wide.eml", &wide), ("letters/bare.eml", bare.as_bytes())]);
    for (name, content, count) in [("bare.eml", bare.as_bytes(), 1), ("letters.zip", &archive[..], 2)] {
        let page = ada.takes_in(&app, name, content).await;
        assert_eq!(ada.words(&page).await, words(&[("unchanged", count)]), "{name}");
    }
}

#[actix_web::test]
async fn what_was_left_out_of_mail_says_how_it_comes_in_and_offers_no_button_that_does_nothing() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let first = ada.takes_in(&app, "inbox.mbox", inbox().as_bytes()).await;
    let ignored = ada.get(&format!("{first}?status=ignored")).await.expect(200);
    assert_eq!(ignored.count("form[action$='/choices']") + ignored.count("form[action$='/application']"), 0);
    assert!(ignored.one("main").text().contains("import the same file again with them: what you have already stays"));
    let form = ada.get(&ignored.one("main p a[href^='/imports?']").attr("href")).await.expect(200);
    assert!(form.one("main .notice").text().contains("newsletters, automatic mail and spam will come in too"));
    let action = form.one("form[enctype]").attr("action");
    assert!(ada.upload(&action, "empty.mbox", b"").await.expect(422).one("form[enctype]").attr("action") == action);
    let again = ada.upload(&action, "inbox.mbox", inbox().as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    let asked = ada.get(&again).await.expect(200);
    assert_eq!(asked.count("input[name=include_lists][checked]"), 1, "she said so before");
    let answer = [("addresses", "ada@x.example"), ("include_lists", "true")];
    ada.post(&format!("{again}/addresses"), &answer).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.words(&again).await, words(&[("ignored", 1), ("new", 2), ("unchanged", 2), ("unreadable", 1)]));
    let draft = ada.get(&format!("{again}?status=ignored")).await.expect(200);
    assert_eq!(draft.count("main a[href^='/imports?']"), 0, "a draft does not come in by that");
}

#[actix_web::test]
async fn lists_and_machines_come_in_when_she_asks_and_never_count_as_contact() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.reads_file(&app, "inbox.mbox", inbox().as_bytes()).await;
    let answer = [("addresses", "ada@x.example"), ("include_lists", "true")];
    ada.post(&format!("{page}/addresses"), &answer).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.words(&page).await, words(&[("ignored", 1), ("new", 4), ("unreadable", 1)]));
    let quiet = "select string_agg(subject, ',' order by subject) from interactions where not is_contact";
    assert_eq!(one(&app, quiet).await, "News,Your order");
}

#[actix_web::test]
async fn what_is_in_the_trash_stays_there() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.takes_in(&app, "inbox.mbox", inbox().as_bytes()).await;
    let first = ada.get(&format!("{page}?status=new")).await.expect(200).all(".record a.link")[0].attr("href");
    ada.post(&format!("{first}/trash"), &[]).await.expect(303);
    let again = ada.takes_in(&app, "inbox.mbox", inbox().as_bytes()).await;
    assert_eq!(ada.words(&again).await, words(&[("ignored", 4), ("unchanged", 1), ("unreadable", 1)]));
    let ignored = ada.get(&format!("{again}?status=ignored")).await.expect(200);
    assert!(reasons(&ignored).contains(&"1 It is in the trash.".to_owned()));
}

#[actix_web::test]
async fn an_archive_brings_in_its_mailboxes_and_maildirs() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let plain = |n: usize| {
        let text = many(n, n);
        text.split_once('\n').unwrap().1.as_bytes().to_vec()
    };
    let (a, b, c, draft) = (plain(1), plain(2), plain(3), plain(4));
    let all_mail = many(10, 12);
    let archive = zipped(&[
        ("Takeout/Mail/All mail Including Spam and Trash.mbox", all_mail.as_bytes()),
        ("Takeout/archive_browser.html", b"<html>"),
        ("Maildir/cur/1.host:2,S", &a),
        ("Maildir/new/2.host", &b),
        ("letters/3.eml", &c),
        ("Maildir/.Drafts/cur/4.host:2,D", &draft),
        ("Thunderbird/Inbox", many(20, 20).as_bytes()),
        ("Thunderbird/notes", b"nothing of interest"),
    ]);
    let page = ada.takes_in(&app, "takeout.zip", &archive).await;
    assert_eq!(ada.state(&page).await, "done");
    assert_eq!(ada.words(&page).await, words(&[("ignored", 1), ("new", 7)]));
    let told = ada.get(&page).await.expect(200);
    let left_out: Vec<String> = told.all("#left-out-title ~ ul li").iter().map(|one| one.text().to_owned()).collect();
    assert_eq!(left_out.len(), 2, "{left_out:?}");
    let news = ada.get(&format!("{page}?status=new")).await.expect(200);
    let places: Vec<String> = news.all(".record header > small").iter().map(|one| one.text().to_owned()).collect();
    for file in ["Maildir/cur/1.host:2,S", "Maildir/new/2.host", "letters/3.eml"] {
        assert_eq!(places.iter().filter(|place| *place == file).count(), 1, "{file} in {places:?}");
    }
}

#[actix_web::test]
async fn an_archive_of_people_and_mail_is_two_imports_of_which_each_has_its_files() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let both = zipped(&[
        ("Takeout/Contacts/all.vcf", super::GRACE.as_bytes()),
        ("Takeout/Mail/all.mbox", many(10, 12).as_bytes()),
        ("Takeout/Calendar/ada.ics", super::calendar::many(2).as_bytes()),
    ]);
    let people = ada.upload("/imports?lists=true", "takeout.zip", &both).await.expect(303).location();
    app.run_jobs().await;
    assert_eq!(ada.words(&people).await, words(&[("new", 1)]));
    let told = ada.get(&people).await.expect(200);
    let left_out: Vec<String> = told.all("#left-out-title ~ ul li").iter().map(|one| one.text().to_owned()).collect();
    assert_eq!(left_out.len(), 2, "{left_out:?}");
    assert!(left_out.iter().all(|one| one.contains("an import of its own")), "{left_out:?}");
    let list = ada.get("/imports").await.expect(200);
    let pages: Vec<String> = list.all("[data-kind=import] > a").iter().map(|link| link.attr("href")).collect();
    let [rest] = pages.iter().filter(|page| **page != people).collect::<Vec<_>>()[..] else { panic!("{pages:?}") };
    assert_eq!(ada.state(rest).await, "asking");
    let asked = ada.get(rest).await.expect(200);
    assert_eq!(asked.count("input[name=include_lists][checked]"), 1, "as she said when she sent it");
    ada.applies(&app, &people).await;
    ada.post(&format!("{rest}/addresses"), &[("address[]", "ada@x.example")]).await.expect(303);
    app.run_jobs().await;
    assert_eq!((ada.state(&people).await, ada.state(rest).await), ("done".to_owned(), "done".to_owned()));
    assert_eq!(ada.words(rest).await, words(&[("new", 6)]));
    assert_eq!(std::fs::read_dir(app.data_dir.path().join("uploads")).unwrap().count(), 0, "no file stays");
}

#[actix_web::test]
async fn a_mistake_gets_a_reason_and_changes_nothing() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let zip = zipped(&[("all.mbox", many(1, 200).as_bytes())]);
    let bomb = zipped(&[(
        "all.mbox",
        format!("From x@x.example Thu Aug 22 13:52:59 2002\nDate: x\n\n{}", "x".repeat(20 << 20)).as_bytes(),
    )]);
    for (name, content, reason) in [
        ("x.mbox", &b"just a letter\nto nobody\n"[..], "Nor is it mail"),
        ("x.mbox", &b"\x89PNG\r\n\x1a\n\0\0\0"[..], "Nor is it mail"),
        ("half.zip", &zip[..zip.len() / 2], "damaged"),
        ("bomb.zip", &bomb[..], "larger than 8 MB"),
        ("x.zip", &zipped(&[("readme", b"nothing")])[..], "no mail and no calendar in this archive"),
    ] {
        let page = ada.reads_file(&app, name, content).await;
        assert_eq!(ada.state(&page).await, "failed", "{name}");
        let shown = ada.get(&page).await.expect(200);
        assert!(shown.one(".notice").text().contains(reason), "{}", shown.one(".notice").text());
    }
    assert_eq!(count(&app, "interactions").await, 0);
    let half = many(1, 10);
    let page = ada.takes_in(&app, "half.mbox", &half.as_bytes()[..half.len() - 10]).await;
    assert_eq!(
        ada.words(&page).await,
        words(&[("new", 10)]),
        "half a text is one, since nothing tells that it is none"
    );
}

#[actix_web::test]
async fn what_of_a_message_could_not_be_taken_is_said_beside_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let crowd: Vec<String> = (0..100_000).map(|n| format!("friend{n}@org.example")).collect();
    let in_an_hour = (chrono::Utc::now() + chrono::Duration::hours(1)).to_rfc2822();
    let nested: String =
        (0..10_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect();
    let mailbox = [
        message(
            "1",
            &format!(
                "From: grace@navy.example\nTo: ada@x.example, {}\nDate: Wed, 1 May 2024 10:00:00 +0200\nSubject: Crowd",
                crowd.join(",\n ")
            ),
            "x",
        ),
        message("2", "From: grace@navy.example\nTo: ada@x.example\nDate: soon\nSubject: No day", "x"),
        message("3", &format!("From: grace@navy.example\nTo: ada@x.example\nDate: {in_an_hour}\nSubject: Ahead"), "x"),
        message(
            "4",
            &format!(
                "From: grace@navy.example\nTo: ada@x.example\nDate: Wed, 1 May 2024 10:00:00 +0200\nSubject: Deep\n{nested}"
            ),
            "x",
        ),
        message(
            "5",
            &format!(
                "From: {}@x.example\nTo: ada@x.example\nDate: Wed, 1 May 2024 10:00:00 +0200\nSubject: Long",
                "a".repeat(290)
            ),
            "x",
        ),
    ];
    let page = ada.takes_in(&app, "odd.mbox", mailbox.concat().as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 5)]));
    let shown = ada.get(&format!("{page}?status=new")).await.expect(200);
    let said: Vec<String> = shown.all(".record p").iter().map(|one| one.text().to_owned()).collect();
    assert_eq!(
        said,
        [
            "Of its 100,002 addresses the first 500 are kept.",
            "Its date cannot be read: it stands where it was put into its mailbox."
        ]
    );
    assert_eq!(count(&app, "interaction_addresses where address like 'friend%'").await, 498);
    assert_eq!(one(&app, "select string_agg(subject, ',') from interactions where not is_contact").await, "Ahead");
}

#[actix_web::test]
async fn what_she_sent_stands_under_whoever_got_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let sent = "From: ada@x.example\nReply-To: ada@home.example\nTo: ada@x.example, Eve <eve@x.example>\nCc: bob@x.example\n\
        Date: Wed, 1 May 2024 10:00:00 +0200\nSubject: Stars";
    let page = ada.takes_in(&app, "sent.mbox", message("1", sent, "Look up.").as_bytes()).await;
    assert_eq!(ada.record_titles(&page, "new").await, ["Stars · Eve"]);
    let list = ada.get("/interactions").await.expect(200);
    let row = list.one("[data-kind=interaction]");
    assert!(row.text().contains("Eve") && !row.text().contains("ada@"), "{}", row.text());
}
