//! `kith import` and `kith export`, as a process of their own over the same database.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::harness::App;

const CARDS: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:Grace Hopper\r\nN:Hopper;Grace;;;\r\nNOTE:first\r\nEND:VCARD\r\n\
    BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada Lovelace\r\nN:Lovelace;Ada;;;\r\nEMAIL:ada@engine.example\r\nEND:VCARD\r\n";

/// Runs the program over the test's database.
pub async fn kith(app: &App, arguments: &[&str]) -> Output {
    tokio::process::Command::new(env!("CARGO_BIN_EXE_kith"))
        .args(arguments)
        .env("DATABASE_URL", &app.database.app_url)
        .env("KITH_DATA_DIR", app.data_dir.path())
        .output()
        .await
        .unwrap()
}

/// All that it said.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// The object that a command with `--json` ends with.
async fn outcome(app: &App, arguments: &[&str]) -> Value {
    let output = kith(app, arguments).await;
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn file(app: &App, name: &str, content: &str) -> String {
    let path = app.data_dir.path().join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

fn counts(outcome: &Value) -> [i64; 7] {
    ["read", "new", "changed", "unchanged", "doubtful", "ignored", "unreadable"]
        .map(|word| outcome[word].as_i64().unwrap())
}

#[actix_web::test]
async fn importing_tells_of_what_no_page_will_show() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/settings/fields", &[("name", "Size"), ("kind", "number")]).await.expect(303);
    let lines = "X-KITH-FIELD;X-NAME=Size:abc\r\nX-KITH-FIELD;X-NAME=Hat:56\r\n";
    let card = format!("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ann\r\nN:;Ann;;;\r\n{lines}END:VCARD\r\n");
    let import = ["import", &file(&app, "ann.vcf", &card), "--user", "ada@example.com"];
    let dry = outcome(&app, &[&import[..], &["--dry-run", "--json"]].concat()).await;
    assert_eq!(dry["notices"].as_array().unwrap().len(), 2, "{dry}");
    let done = said(&kith(&app, &import).await);
    assert!(done.contains("“Hat”") && done.contains("“abc” (Size)"), "{done}");
}

#[actix_web::test]
async fn importing_says_in_six_words_what_became_of_each_record() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let path = file(&app, "phone.vcf", &format!("{CARDS}BEGIN:VCARD\r\nVERSION:3.0\r\nFN:cut o"));
    let import = ["import", &path, "--user", "ada@example.com", "--json"];
    let dry = outcome(&app, &[&import[..], &["--dry-run"]].concat()).await;
    assert_eq!(counts(&dry), [3, 2, 0, 0, 0, 0, 1]);
    assert_eq!(
        app.sql("select (select count(*) from contacts) + (select count(*) from imports)").await[0].get::<_, i64>(0),
        0
    );
    let done = outcome(&app, &import).await;
    assert_eq!(counts(&done), [3, 2, 0, 0, 0, 0, 1]);
    assert_eq!(done["problems"].as_array().unwrap().len(), 1);
    assert_eq!(
        (done["problems"][0]["file"].as_str(), done["problems"][0]["line"].as_i64()),
        (Some(path.as_str()), Some(14))
    );
    assert!(!done["problems"][0]["reason"].as_str().unwrap().is_empty());
    assert_eq!(app.sql("select count(*) from contacts").await[0].get::<_, i64>(0), 2);
    assert_eq!(counts(&outcome(&app, &import).await), [3, 0, 0, 2, 0, 0, 1]);
}

#[actix_web::test]
async fn what_is_doubtful_waits_on_the_page_for_her() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let import = |path: String| async {
        let path = path;
        outcome(&app, &["import", &path, "--user", "ada@example.com", "--json"]).await
    };
    import(file(&app, "old.vcf", CARDS)).await;
    app.sql("update contacts set notes = 'hers' where last_name = 'Hopper'").await;
    let done = import(file(&app, "new.vcf", &CARDS.replace("NOTE:first", "NOTE:theirs"))).await;
    assert_eq!(counts(&done), [2, 0, 0, 1, 1, 0, 0]);
    let newest = ada.get("/imports").await.expect(200).all("[data-kind=import] a")[0].attr("href");
    let page = ada.get(&newest).await.expect(200);
    assert_eq!(page.count(".record[data-state=doubtful] button[name=choice]"), 4);
}

#[actix_web::test]
async fn what_is_exported_is_read_again_as_unchanged() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let path = file(&app, "phone.vcf", CARDS);
    outcome(&app, &["import", &path, "--user", "ada@example.com", "--json"]).await;
    let export = app.data_dir.path().join("export.vcf").to_str().unwrap().to_owned();
    let to_file = kith(&app, &["export", "--user", "ada@example.com", "--format", "vcard", "-o", &export]).await;
    assert!(to_file.status.success(), "{}", said(&to_file));
    let to_pipe = kith(&app, &["export", "--user", "ada@example.com", "--format", "vcard"]).await;
    assert_eq!(std::fs::read(&export).unwrap(), to_pipe.stdout);
    assert!(!Path::new(&format!("{export}.part")).exists());
    let again = outcome(&app, &["import", &export, "--user", "ada@example.com", "--json"]).await;
    assert_eq!(counts(&again), [2, 0, 0, 2, 0, 0, 0]);
}

#[actix_web::test]
async fn wrong_use_is_2_and_failure_is_1_with_a_reason() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let path = file(&app, "phone.vcf", CARDS);
    let empty = file(&app, "empty.vcf", "");
    let cases: [(&[&str], i32, &str); 5] = [
        (&["import", "--user", "ada@example.com"], 2, "FILE"),
        (&["import", &path, "--user", "ada@example.com", "--format", "telepathy"], 2, "telepathy"),
        (&["import", &path, "--user", "nobody@example.com"], 1, "no account for nobody@example.com"),
        (&["import", "/nowhere.vcf", "--user", "ada@example.com"], 1, "/nowhere.vcf"),
        (&["import", &empty, "--user", "ada@example.com"], 1, "is empty"),
    ];
    for (arguments, code, reason) in cases {
        let output = kith(&app, arguments).await;
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(reason), "{arguments:?}: {}", said(&output));
    }
    assert_eq!(app.sql("select count(*) from contacts").await[0].get::<_, i64>(0), 0);
}

#[actix_web::test]
async fn a_table_is_guessed_or_mapped_and_a_table_of_nobody_is_refused_with_its_columns() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let import = |path: String, more: &[&str]| {
        let arguments: Vec<String> = ["import", &path, "--user", "ada@example.com", "--json"]
            .into_iter()
            .chain(more.iter().copied())
            .map(str::to_owned)
            .collect();
        let app = &app;
        async move { kith(app, &arguments.iter().map(String::as_str).collect::<Vec<_>>()).await }
    };
    let known = file(
        &app,
        "Connections.csv",
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\nZoe,M,,z@x.example,Acme,Maker,1 Mar 2020\n",
    );
    let done: Value = serde_json::from_slice(&import(known, &[]).await.stdout).unwrap();
    assert_eq!(counts(&done), [1, 1, 0, 0, 0, 0, 0]);
    let guessed = file(&app, "guess.txt", "Vorname;Nachname;E-Mail\nAda;King;a@x.example\n\"Bob;open\n");
    let done: Value = serde_json::from_slice(&import(guessed, &[]).await.stdout).unwrap();
    assert_eq!((counts(&done), done["problems"][0]["line"].as_i64()), ([2, 1, 0, 0, 0, 0, 1], Some(3)));
    let unclear = file(&app, "unclear.csv", "Wer;Seit\nEve;2020-01-01\nKim;2021-02-03\n");
    let refused = import(unclear.clone(), &[]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said(&refused).contains("--map \\\"Wer=display_name\\\"") || said(&refused).contains("Wer=display_name"),
        "{}",
        said(&refused)
    );
    let bare = import(file(&app, "bare.csv", "Eve,rot\nKim,blau\n"), &[]).await;
    assert!(said(&bare).contains("Column 1=display_name"), "{}", said(&bare));
    let wrong = import(unclear.clone(), &["--map", "Wen=display_name"]).await;
    assert!(said(&wrong).contains("they are Wer, Seit"), "{}", said(&wrong));
    assert_eq!(app.sql("select count(*) from imports where state = 'mapping'").await[0].get::<_, i64>(0), 0);
    let done: Value =
        serde_json::from_slice(&import(unclear.clone(), &["--map", "wer=display_name"]).await.stdout).unwrap();
    assert_eq!(counts(&done), [2, 2, 0, 0, 0, 0, 0]);
    let again: Value = serde_json::from_slice(&import(unclear, &[]).await.stdout).unwrap();
    assert_eq!(counts(&again), [2, 0, 0, 2, 0, 0, 0], "what was mapped once is remembered");
    assert_eq!(std::fs::read_dir(app.data_dir.path().join("uploads")).unwrap().count(), 0);
}

#[actix_web::test]
async fn a_table_that_is_exported_is_read_again_as_unchanged() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let path = file(&app, "phone.vcf", CARDS);
    outcome(&app, &["import", &path, "--user", "ada@example.com", "--json"]).await;
    let export = app.data_dir.path().join("export.csv").to_str().unwrap().to_owned();
    let written = kith(&app, &["export", "--user", "ada@example.com", "--format", "csv", "-o", &export]).await;
    assert!(written.status.success(), "{}", said(&written));
    let again = outcome(&app, &["import", &export, "--user", "ada@example.com", "--json"]).await;
    assert_eq!(counts(&again), [2, 0, 0, 2, 0, 0, 0]);
}

const MAILBOX: &str = "From x@x.example Thu Aug 22 13:52:59 2002\nMessage-ID: <1@x.example>\nFrom: Grace <grace@navy.example>\nTo: me@x.example\n\
    Date: Wed, 1 May 2024 10:00:00 +0200\nSubject: Compilers\n\nDo they work?\n\n\
    From x@x.example Thu Aug 22 13:52:59 2002\nMessage-ID: <2@x.example>\nFrom: me@x.example\nTo: grace@navy.example\n\
    Date: Thu, 2 May 2024 10:00:00 +0200\nSubject: Re: Compilers\n\nThey do.\n\n\
    From x@x.example Thu Aug 22 13:52:59 2002\nMessage-ID: <3@x.example>\nFrom: club@lists.example\nTo: club@lists.example\nList-Id: <club>\n\
    Date: Thu, 2 May 2024 11:00:00 +0200\nSubject: News\n\nx\n\n";

#[actix_web::test]
async fn mail_is_taken_in_with_the_addresses_that_are_given_or_likely() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let path = file(&app, "inbox.mbox", MAILBOX);
    let import = ["import", &path, "--user", "ada@example.com"];
    let refused = kith(&app, &[&import[..], &["--addresses", "me"]].concat()).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("--addresses: me is no e-mail address."), "{}", said(&refused));
    let dry = kith(&app, &[&import[..], &["--dry-run"]].concat()).await;
    assert_eq!(dry.status.code(), Some(1), "{}", said(&dry));
    let rows = "select (select count(*) from interactions) + (select count(*) from imports)";
    assert_eq!(app.sql(rows).await[0].get::<_, i64>(0), 0);
    let unclear = kith(&app, &import).await;
    assert!(said(&unclear).contains("may be ada@example.com, grace@navy.example, me@x.example"), "{}", said(&unclear));
    assert_eq!(app.sql(rows).await[0].get::<_, i64>(0), 0);
    let path = file(
        &app,
        "delivered.mbox",
        &MAILBOX.replace("Message-ID: <1@", "Delivered-To: me@x.example\nMessage-ID: <1@"),
    );
    let import = ["import", &path, "--user", "ada@example.com"];
    let guessed = kith(&app, &import).await;
    assert!(said(&guessed).contains("own addresses: ada@example.com, me@x.example;"), "{}", said(&guessed));
    assert!(said(&guessed).contains("1 ignored: It is of a mailing list or a newsletter."), "{}", said(&guessed));
    let again =
        outcome(&app, &[&import[..], &["--addresses", "Me@x.example", "--include-lists", "--json"]].concat()).await;
    assert_eq!(counts(&again), [3, 1, 0, 2, 0, 0, 0]);
    let third = outcome(&app, &[&import[..], &["--addresses", "me@x.example", "--json"]].concat()).await;
    assert_eq!(counts(&third), [3, 0, 0, 2, 0, 1, 0]);
    assert_eq!(third["ignored_by_reason"], serde_json::json!({ "It is of a mailing list or a newsletter.": 1 }));
    let folder = app.data_dir.path().join("Maildir");
    for (name, n) in [("cur/1.host:2,S", 7), ("new/2.host", 8), (".Drafts/cur/3.host:2,D", 9)] {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let letter = format!(
            "Message-ID: <{n}@x.example>\nFrom: grace@navy.example\nTo: me@x.example\nList-Id: x\nDate: Wed, 1 May 2024 10:00:00 +0200\n\nx\n"
        );
        std::fs::write(path, letter).unwrap();
    }
    let maildir = ["import", folder.to_str().unwrap(), "--user", "ada@example.com", "--include-lists", "--json"];
    assert_eq!(counts(&outcome(&app, &maildir).await), [3, 2, 0, 0, 0, 1, 0]);
    let ways = "select string_agg(direction, ' ' order by occurred_at) from interactions where is_contact";
    assert_eq!(app.sql(ways).await[0].get::<_, String>(0), "inbound outbound");
}

#[actix_web::test]
async fn nothing_that_came_before_follows_an_address_that_is_only_guessed() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let letter = |n: u32, from: &str, to: &str, more: &str| {
        format!(
            "From x Thu Aug 22 13:52:59 2002\nMessage-ID: <{n}@x.example>\nFrom: {from}\nTo: {to}\nDate: {n} May 2024 10:00:00 +0000\n\
             Subject: {n}\n{more}\nHi.\n\n"
        )
    };
    let (ann, me) = ("ann@o.example", "me@home.example");
    let first = file(&app, "first.mbox", &[letter(1, ann, me, ""), letter(2, me, ann, "")].concat());
    outcome(&app, &["import", &first, "--user", "ada@example.com", "--addresses", me, "--json"]).await;
    let ways = "select string_agg(coalesce(direction, 'none'), ' ' order by subject) from interactions";
    assert_eq!(app.sql(ways).await[0].get::<_, String>(0), "inbound outbound");
    let to_old = [letter(3, ann, "old1@work.example", ""), letter(4, ann, "old2@uni.example", "")].concat();
    let second = file(&app, "second.mbox", &to_old);
    let guessed = kith(&app, &["import", &second, "--user", "ada@example.com"]).await;
    assert!(said(&guessed).contains("own addresses: me@home.example;"), "Ann stays Ann: {}", said(&guessed));
    assert_eq!(app.sql(ways).await[0].get::<_, String>(0), "inbound outbound none none");
    let delivered =
        letter(5, ann, "team@work.example", "Delivered-To: old1@work.example\nDelivered-To: ann@o.example\n");
    let third = file(&app, "third.mbox", &delivered);
    let guessed = kith(&app, &["import", &third, "--user", "ada@example.com"]).await;
    assert!(said(&guessed).contains("own addresses: me@home.example, old1@work.example;"), "{}", said(&guessed));
    assert_eq!(app.sql(ways).await[0].get::<_, String>(0), "inbound outbound none none inbound");
    let corrected = ["import", &second, "--user", "ada@example.com", "--json", "--addresses"];
    outcome(&app, &[&corrected[..], &["me@home.example,old1@work.example,old2@uni.example"]].concat()).await;
    assert_eq!(app.sql(ways).await[0].get::<_, String>(0), "inbound outbound inbound inbound inbound");
    let less = outcome(&app, &[&corrected[..], &["me@home.example,old1@work.example"]].concat()).await;
    assert!(less["stays"][0].as_str().unwrap().starts_with("old2@uni.example was taken for yours before"), "{less}");
}

/// An archive of an address book, a mailbox and a calendar.
fn all_kinds(app: &App) -> String {
    const CALENDAR: &str = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:choir\nSUMMARY:Choir\nDTSTART:20240302T190000Z\nEND:VEVENT\nEND:VCALENDAR\n";
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in [("Contacts/all.vcf", CARDS), ("Mail/all.mbox", MAILBOX), ("Calendar/all.ics", CALENDAR)] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, content.as_bytes()).unwrap();
    }
    let path = app.data_dir.path().join("all.zip");
    std::fs::write(&path, zip.finish().unwrap().into_inner()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[actix_web::test]
async fn an_archive_of_people_mail_and_a_calendar_is_taken_in_whole_with_the_addresses_and_lists_that_were_said() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let path = all_kinds(&app);
    let import = ["import", &path, "--user", "ada@example.com"];
    let left = "select (select count(*) from imports) + (select count(*) from contacts)";
    let dry = kith(&app, &[&import[..], &["--dry-run"]].concat()).await;
    assert!(said(&dry).contains("what passed has no preview"), "{}", said(&dry));
    assert_eq!(app.sql(left).await[0].get::<_, i64>(0), 0, "nothing stays on record");
    let answer = ["--addresses", "me@x.example", "--include-lists", "--json"];
    let told = outcome(&app, &[&import[..], &answer].concat()).await;
    assert_eq!(counts(&told), [6, 6, 0, 0, 0, 0, 0]);
    assert_eq!(app.sql("select count(*) from interactions").await[0].get::<_, i64>(0), 4);
    let states = "select string_agg(distinct state, ' ') from imports";
    assert_eq!(app.sql(states).await[0].get::<_, String>(0), "done");
    assert_eq!(std::fs::read_dir(app.data_dir.path().join("uploads")).unwrap().count(), 0, "no file stays");
}

#[actix_web::test]
async fn a_problem_within_an_archive_or_a_folder_is_told_with_the_file_that_has_it() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let letters = [
        ("mail/good.eml", "From: grace@navy.example\nTo: me@x.example\nDate: Wed, 1 May 2024 10:00:00 +0200\n\nx\n"),
        ("mail/undated.eml", "From: grace@navy.example\nTo: me@x.example\nSubject: No day\n\nx\n"),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, letter) in letters {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, letter.as_bytes()).unwrap();
    }
    let path = app.data_dir.path().join("letters.zip");
    std::fs::write(&path, zip.finish().unwrap().into_inner()).unwrap();
    let path = path.to_str().unwrap();
    let import = ["import", path, "--user", "ada@example.com", "--addresses", "me@x.example", "--json"];
    let told = outcome(&app, &import).await;
    assert_eq!(counts(&told), [2, 1, 0, 0, 0, 0, 1]);
    assert_eq!(told["problems"][0]["file"], format!("{path}: mail/undated.eml"));
    assert_eq!(told["problems"][0]["reason"], "Nothing in it says when it was sent.");
}
