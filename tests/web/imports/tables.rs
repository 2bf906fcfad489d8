//! Tables, LDIF and archives: by the same pipeline as vCards.

use std::io::Write as _;

use super::{GRACE, count, everything, one, words};
use crate::harness::{App, User};
use kith::contacts::model::{Method, MethodKind};

const CONNECTIONS: &str = "Notes:\n\"When exporting your connection data\"\n\n\
    First Name,Last Name,URL,Email Address,Company,Position,Connected On\n\
    Grace,Hopper,https://www.linkedin.com/in/grace,,Navy,Commander,05 Mar 2024\n\
    Ada,King,https://www.linkedin.com/in/ada,ada@engine.example,Engine Ltd,Analyst,01 Jan 2020\n";
const OWN: &str = "Wer;Wo erreichbar;Lieblingsfarbe\nZoë Müller;zoe@x.example;blau\nBob Öz;bob@x.example;grün\n";

impl User {
    /// Uploads a file of this name and has it read; answers with the import's page.
    pub(super) async fn reads_file(&mut self, app: &App, name: &str, content: &[u8]) -> String {
        let page = self.upload("/imports", name, content).await.expect(303).location();
        app.run_jobs().await;
        page
    }
}

pub(super) fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        let packed = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file(*name, packed).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[actix_web::test]
async fn connections_of_linkedin_become_people_with_posts_and_are_merged_when_they_come_again() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.reads_file(&app, "Connections.csv", CONNECTIONS.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 2)]));
    assert_eq!(count(&app, "contacts").await, 0);
    ada.applies(&app, &page).await;
    let grace = "select concat_ws('|', c.display_name, c.linkedin_url, o.name, e.title, e.is_current, d.date_type, d.year, d.month, d.day) \
        from contacts c join contact_employments e on e.contact_id = c.id join organizations o on o.id = e.organization_id \
        join contact_dates d on d.contact_id = c.id where c.last_name = 'Hopper'";
    let grace = grace.replace("d.date_type", "d.kind");
    assert_eq!(
        one(&app, &grace).await,
        "Grace Hopper|https://www.linkedin.com/in/grace|Navy|Commander|t|connected on LinkedIn|2024|3|5"
    );
    let before = everything(&app).await;
    let again = ada.reads_file(&app, "Connections.csv", CONNECTIONS.as_bytes()).await;
    assert_eq!(ada.words(&again).await, words(&[("unchanged", 2)]));
    ada.applies(&app, &again).await;
    assert_eq!(everything(&app).await, before);
    app.sql("update contacts set nickname = 'Amazing Grace'").await;
    let newer = CONNECTIONS.replace("Commander", "Rear Admiral");
    let page = ada.reads_file(&app, "Connections (1).csv", newer.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("changed", 1), ("unchanged", 1)]));
    ada.applies(&app, &page).await;
    let titles = "select string_agg(title, ',' order by title) from contact_employments";
    assert_eq!(one(&app, titles).await, "Analyst,Rear Admiral");
    assert_eq!(count(&app, "contacts where nickname = 'Amazing Grace'").await, 2);
    ada.undoes(&page).await;
    assert_eq!(one(&app, titles).await, "Analyst,Commander");
}

#[actix_web::test]
async fn a_profile_at_linkedin_is_one_however_its_link_is_spelled() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let spellings = [
        "http://uk.linkedin.com/in/Grace/?trk=public_profile",
        "linkedin.com/in/grace",
        "www.linkedin.com/in/grace/#about",
    ];
    for (number, spelling) in spellings.into_iter().enumerate() {
        let name = format!("Amazing {number}");
        let fields = [
            ("first_name", name.as_str()),
            ("method_kind[]", "linkedin"),
            ("method_label[]", ""),
            ("method_value[]", spelling),
        ];
        ada.post("/contacts", &fields).await.expect(303);
    }
    assert_eq!(
        one(&app, "select string_agg(distinct value_key, ' ') from contact_methods").await,
        "linkedin.com/in/grace"
    );
    for (link, key) in [
        ("https://www.linkedin.com/in/grace/", "linkedin.com/in/grace"),
        ("grace at LinkedIn.com/", "grace at linkedin.com/"),
    ] {
        let method = Method { kind: MethodKind::Linkedin, label: String::new(), value: link.to_owned() };
        assert_eq!(method.key(None), key);
        assert_eq!(one(&app, &format!("select method_key('linkedin', '{link}')")).await, key);
    }
    let page = ada.reads_file(&app, "Connections.csv", CONNECTIONS.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("doubtful", 1), ("new", 1)]));
}

#[actix_web::test]
async fn a_table_of_an_unknown_program_is_asked_about_once() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.reads_file(&app, "freunde.csv", OWN.as_bytes()).await;
    let asked = ada.get(&page).await.expect(200);
    let state = asked.one("#import > header > p[data-state]");
    assert_eq!(state.attr("data-state"), "mapping");
    assert!(state.text().contains("would read 1 of its 3 columns as below and keep the rest as notes"));
    let chosen: Vec<String> =
        asked.all("select[name='column[]'] option[selected]").iter().map(|option| option.attr("value")).collect();
    assert_eq!(chosen, ["note", "email", "note"]);
    assert!(asked.all("table tbody tr td:last-of-type")[0].text().contains("Zoë Müller"));
    let fields =
        [("position", "1"), ("column[]", "note"), ("column[]", "skip"), ("column[]", "skip"), ("remember", "true")];
    let refused = ada.post(&format!("{page}/columns"), &fields).await.expect(422);
    assert!(refused.one("[role=alert]").text().contains("Say which column"));
    let fields = [
        ("position", "1"),
        ("column[]", "display_name"),
        ("column[]", "email"),
        ("column[]", "note"),
        ("remember", "true"),
    ];
    ada.post(&format!("{page}/columns"), &fields).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.words(&page).await, words(&[("new", 2)]));
    ada.applies(&app, &page).await;
    let all = "select string_agg(concat_ws('|', display_name, email, notes), ';' order by display_name) from contacts";
    assert_eq!(
        one(&app, all).await,
        "Bob Öz|bob@x.example|Lieblingsfarbe: grün;Zoë Müller|zoe@x.example|Lieblingsfarbe: blau"
    );
    let next = OWN.replace("blau", "rot").into_bytes();
    let page = ada.reads_file(&app, "freunde (2).csv", &next).await;
    assert_eq!(ada.words(&page).await, words(&[("changed", 1), ("unchanged", 1)]), "asked once");
    let mut bob = app.sign_in("bob").await;
    let page = bob.reads_file(&app, "freunde.csv", OWN.as_bytes()).await;
    assert_eq!(bob.state(&page).await, "mapping", "what she said is hers");
}

#[actix_web::test]
async fn what_the_columns_are_can_be_said_again_before_the_import_is_applied() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.reads_file(&app, "freunde.csv", OWN.as_bytes()).await;
    let say =
        |first: &'static str| [("position", "1"), ("column[]", first), ("column[]", "email"), ("column[]", "skip")];
    ada.post(&format!("{page}/columns"), &say("nickname")).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.get(&page).await.expect(200).count("button[name=do][value=again]"), 1);
    ada.post(&format!("{page}/columns"), &[("do", "again")]).await.expect(303);
    assert_eq!((ada.state(&page).await.as_str(), count(&app, "import_items").await), ("mapping", 0));
    ada.post(&format!("{page}/columns"), &say("display_name")).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.words(&page).await, words(&[("new", 2)]));
    ada.applies(&app, &page).await;
    assert_eq!(count(&app, "contacts where nickname is null").await, 2);
    ada.post(&format!("{page}/columns"), &[("do", "again")]).await.expect(303);
    assert_eq!(ada.state(&page).await, "done");
    assert_eq!(std::fs::read_dir(app.data_dir.path().join("uploads")).unwrap().count(), 0);
}

#[actix_web::test]
async fn how_a_table_is_written_can_be_tried_out() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (file, _, _) = encoding_rs::SHIFT_JIS.encode("花子|h@x.example\n太郎|t@x.example\n");
    let page = ada.reads_file(&app, "x.csv", &file).await;
    let asked = ada.get(&page).await.expect(200);
    assert_eq!(asked.one("form.filters select[name=delimiter] option[selected]").attr("value"), "bar");
    assert_eq!(asked.one("form.filters select[name=header] option[selected]").attr("value"), "no");
    assert_eq!(asked.one("form.filters select[name=encoding] option[selected]").attr("value"), "Shift_JIS");
    assert!(asked.all("table tbody td:last-of-type")[0].text().contains("花子"));
    let tried =
        ada.get(&format!("{page}?encoding=windows-1252&delimiter=comma&header=yes&quote=none")).await.expect(200);
    assert_eq!(tried.count("select[name='column[]']"), 1);
    assert!(!tried.all("table tbody td:last-of-type")[0].text().contains("太郎"));
    ada.get(&format!("{page}?encoding=%00&delimiter=zzz&header=&quote=x")).await.expect(200);
    assert_eq!(ada.state(&page).await, "mapping");
}

#[actix_web::test]
async fn an_archive_is_one_import_of_the_address_books_in_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ldif = "version: 1\n\ndn: cn=Eve\ncn: Eve Online\nmail: eve@x.example\n\ndn: cn=broken\nnothing\n";
    let files: [(&str, &[u8]); 6] = [
        ("Basic/Connections.csv", CONNECTIONS.as_bytes()),
        ("Basic/messages.csv", b"FROM,TO,CONTENT\nAda,Bob,hello\n"),
        ("../../../etc/passwd.vcf", GRACE.as_bytes()),
        ("books/old.ldif", ldif.as_bytes()),
        ("photo.jpg", b"\xFF\xD8"),
        ("__MACOSX/._old.ldif", b"\0\0"),
    ];
    let page = ada.reads_file(&app, "export.zip", &zipped(&files)).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 3), ("changed", 1), ("unreadable", 1)]));
    let shown = ada.get(&format!("{page}?status=unreadable")).await.expect(200);
    assert!(shown.one(".record small").text().contains("old.ldif, line 7"), "{}", shown.one(".record small").text());
    let left_out: Vec<String> = shown.all("#left-out-title ~ ul li").iter().map(|li| li.text().to_owned()).collect();
    assert_eq!(left_out.len(), 2, "{left_out:?}");
    assert!(
        left_out[0].starts_with("messages.csv: Its columns are not known") || left_out[1].starts_with("messages.csv: ")
    );
    ada.applies(&app, &page).await;
    assert_eq!(count(&app, "contacts").await, 3);
    assert_eq!(
        one(&app, "select string_agg(distinct source, ',' order by source) from contact_sources").await,
        "ldif,linkedin,vcard"
    );
    let again = ada.reads_file(&app, "export.zip", &zipped(&files)).await;
    assert_eq!(ada.words(&again).await, words(&[("unchanged", 4), ("unreadable", 1)]));
    ada.undoes(&page).await;
    assert_eq!(count(&app, "contacts").await, 0);
}

#[actix_web::test]
async fn a_bomb_and_a_broken_archive_are_refused_and_leave_nothing() {
    let app = App::spawn_with(|site| site.upload_limit = 9 << 20).await;
    let mut ada = app.sign_in("ada").await;
    let bomb = zipped(&[("a.vcf", &vec![b'\n'; 20 << 20][..])]);
    assert!(bomb.len() < 100_000);
    let broken = &zipped(&[("a.vcf", GRACE.as_bytes())])[..60];
    let empty = zipped(&[("photo.jpg", b"x")]);
    let workbook = zipped(&[("xl/workbook.xml", b"<x/>")]);
    let names: Vec<String> = (10..82).map(|n| format!("{n}{}.vcf", "x".repeat(60_000))).collect();
    let listed = zipped(&names.iter().map(|name| (name.as_str(), &b""[..])).collect::<Vec<_>>());
    for (archive, reason) in [
        (&bomb[..], "larger than 8 MB"),
        (&listed, "list of its files is too long"),
        (broken, "damaged"),
        (&empty, "no address book"),
        (&workbook, "Save the sheet as CSV"),
    ] {
        let page = ada.reads_file(&app, "x.zip", archive).await;
        let shown = ada.get(&page).await.expect(200);
        assert_eq!(shown.one("#import > header > p[data-state]").attr("data-state"), "failed");
        assert!(shown.one(".notice").text().contains(reason), "{}", shown.one(".notice").text());
    }
    assert_eq!(std::fs::read_dir(app.data_dir.path().join("uploads")).unwrap().count(), 0);
}

#[actix_web::test]
async fn what_is_exported_as_csv_is_read_again_as_unchanged_and_elsewhere_as_the_same() {
    let app = App::spawn().await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    ada.imports(&app, GRACE).await;
    let fields = [("first_name", "=cmd|' /C calc'!A0"), ("notes", "-1\n\"by hand\", she said")];
    ada.post("/contacts", &fields).await.expect(303);
    let file = ada.get("/exports/contacts.csv").await.expect(200);
    assert!(file.header("content-type").starts_with("text/csv"));
    assert!(file.header("content-disposition").contains(".csv\""));
    assert!(file.body.contains("'=cmd|"));
    let page = ada.reads_file(&app, "contacts.csv", file.body.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("unchanged", 2)]));
    let page = bob.reads_file(&app, "contacts.csv", file.body.as_bytes()).await;
    bob.applies(&app, &page).await;
    let of = |who: &str| {
        format!(
            "select string_agg(concat_ws('|', c.display_name, c.first_name, c.email, c.phone, c.notes, coalesce(x.properties ->> 'extras', '[]'), \
             (select string_agg(m.kind || m.label || m.value, ',' order by m.position) from contact_methods m where m.contact_id = c.id)), E'\\n' order by c.display_name) \
             from contacts c join users u on u.id = c.user_id left join contact_extras x on x.contact_id = c.id where u.email = '{who}@example.com'"
        )
    };
    assert_eq!(one(&app, &of("ada")).await, one(&app, &of("bob")).await);
}

#[actix_web::test]
async fn a_table_that_is_guessed_whole_is_not_said_to_be_unknown() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let table = b"First Name,Last Name,E-mail Address\nGrace,Hopper,grace@navy.example\n";
    let page = ada.reads_file(&app, "people.csv", table).await;
    let state = ada.get(&page).await.expect(200).one("#import > header > p[data-state]").text().to_owned();
    assert!(state.starts_with("Kith would read its 3 columns as below: look whether that is right."), "{state}");
    let page = ada.reads_file(&app, "others.csv", b"2024-01-02;2024-05-06\n2024-01-03;2025-05-06\n").await;
    let state = ada.get(&page).await.expect(200).one("#import > header > p[data-state]").text().to_owned();
    assert!(state.starts_with("Kith does not know what its columns are."), "{state}");
}
