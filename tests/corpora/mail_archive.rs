//! A mailbox of two thousand messages taken in whole, beside what an independent parser read of their headers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kith::exchange::mail::own::{guess_own_addresses, likely};
use kith::exchange::mail::{Layout, Mail, Origin, Reader, read};
use serde::Deserialize;
use serde_json::Value;

use crate::harness::{App, User};

#[derive(Debug, Deserialize)]
struct Header {
    label: String,
    date: Option<String>,
    from: Vec<(String, String)>,
    to: Vec<(String, String)>,
    cc: Vec<(String, String)>,
    message_id: Option<String>,
}

impl Header {
    /// Without blanks, which no id has (RFC 5322, 3.6.4): folding left some, and some programs wrote them.
    fn id(&self) -> Option<String> {
        Some(self.message_id.as_deref()?.trim_matches(['<', '>', ' ']).split_whitespace().collect())
    }

    fn addresses(&self) -> impl Iterator<Item = String> {
        self.from.iter().chain(&self.to).chain(&self.cc).map(|one| one.1.to_lowercase())
    }
}

/// What is said of the ham, in the order of the mailbox.
fn headers() -> Option<Vec<Header>> {
    let path = crate::file("mail_archive", "headers.jsonl")?;
    let text = std::fs::read_to_string(path).unwrap();
    let all = text.lines().map(|line| serde_json::from_str::<Header>(line).unwrap());
    Some(all.filter(|header| header.label == "ham").collect())
}

/// The six words of an import's page.
async fn words(user: &mut User, page: &str) -> BTreeMap<String, i64> {
    let page = user.get(page).await.expect(200);
    let words = page.all("nav.words a").into_iter().map(|link| link.attr("data-word"));
    words.zip(page.all("nav.words data").into_iter().map(|data| data.attr("value").parse().unwrap())).collect()
}

/// Uploads it and says that the addresses which are offered are hers.
async fn taken_in(app: &App, user: &mut User, name: &str, mailbox: &[u8], with_lists: bool) -> String {
    let page = user.upload("/imports", name, mailbox).await.expect(303).location();
    app.run_jobs().await;
    let asked = user.get(&page).await.expect(200);
    let offered: Vec<String> = asked.all("input[name='address[]']").iter().map(|one| one.attr("value")).collect();
    println!("offered: {offered:?}");
    let mut answer: Vec<(&str, &str)> = offered.iter().map(|one| ("address[]", one.as_str())).collect();
    if with_lists {
        answer.push(("include_lists", "true"));
    }
    user.post(&format!("{page}/addresses"), &answer).await.expect(303);
    app.run_jobs().await;
    page
}

/// Whoever gave this mail away called himself so in place of his name.
const HERS: [&str; 2] = ["yyyy@", "zzzz@"];

#[test]
fn all_that_mail_was_delivered_for_is_offered_as_hers_but_for_lists() {
    let Some(path) = crate::file("mail_archive", "ham.mbox") else { return };
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let raw = Reader::new(file, Layout::Mbox, 0, 1).map(Result::unwrap);
    let sample: Vec<Mail> = raw.filter_map(|raw| read(&raw, &Origin::default()).ok()).collect();
    let delivered = sample.iter().flat_map(|mail| &mail.delivered_to).map(String::as_str);
    let (hers, lists): (BTreeSet<&str>, BTreeSet<&str>) =
        delivered.partition(|address| HERS.iter().any(|user| address.starts_with(user)));
    let guesses = guess_own_addresses(&sample);
    let offered: BTreeSet<&str> = guesses.iter().map(|guess| guess.address.as_str()).collect();
    assert_eq!(offered, hers, "though most of these never wrote anything");
    for list in ["unison-announce@egroups.com", "worldwidewords@listserv.linguistlist.org", "zzzzteana@egroups.com"] {
        assert!(lists.contains(list), "{list}");
    }
    assert_eq!(likely(&guesses, &[]).len(), hers.len());
}

#[actix_web::test]
async fn all_messages_are_accounted_for_by_the_page_and_by_the_command() {
    let Some(headers) = headers() else { return };
    let path = crate::file("mail_archive", "ham.mbox").unwrap();
    let mailbox = std::fs::read(&path).unwrap();
    let app = App::spawn_with(|site| site.upload_limit = 1 << 30).await;
    let mut ada = app.sign_in("ada").await;
    let page = taken_in(&app, &mut ada, "ham.mbox", &mailbox, false).await;
    let by_page = words(&mut ada, &page).await;
    assert_eq!(by_page.values().sum::<i64>(), headers.len() as i64, "{by_page:?}");
    assert!(by_page["unreadable"] * 50 <= headers.len() as i64, "{by_page:?}");
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_kith"))
        .args(["import", path.to_str().unwrap(), "--user", "ada@example.com", "--json"])
        .env("DATABASE_URL", &app.database.app_url)
        .env("KITH_DATA_DIR", app.data_dir.path())
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let by_command: Value = serde_json::from_slice(&output.stdout).unwrap();
    println!("{by_command}");
    for (word, number) in &by_page {
        assert_eq!(by_command[word].as_i64(), Some(*number), "{word}");
    }
    let reasons = by_command["ignored_by_reason"].as_object().unwrap();
    assert_eq!(reasons.values().map(|number| number.as_i64().unwrap()).sum::<i64>(), by_page["ignored"]);
}

#[actix_web::test]
async fn each_senders_timeline_is_what_the_headers_say_of_the_address() {
    let Some(headers) = headers() else { return };
    let mailbox = std::fs::read(crate::file("mail_archive", "ham.mbox").unwrap()).unwrap();
    let app = App::spawn_with(|site| site.upload_limit = 1 << 30).await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.upload("/imports", "ham.mbox", &mailbox).await.expect(303).location();
    app.run_jobs().await;
    // Nobody of the mailbox is herself, so that everybody has a timeline.
    let answer = [("addresses", "ada@example.com"), ("include_lists", "true")];
    ada.post(&format!("{page}/addresses"), &answer).await.expect(303);
    app.run_jobs().await;
    println!("{:?}", words(&mut ada, &page).await);
    let mut sent: BTreeMap<String, usize> = BTreeMap::new();
    headers.iter().flat_map(|one| &one.from).for_each(|one| *sent.entry(one.1.to_lowercase()).or_default() += 1);
    let senders: Vec<String> =
        sent.into_iter().filter(|(address, n)| *n > 1 && address.contains('@')).map(|one| one.0).collect();
    for address in &senders {
        let form = [
            ("first_name", address.as_str()),
            ("method_kind[]", "email"),
            ("method_label[]", ""),
            ("method_value[]", address),
        ];
        ada.post("/contacts", &form).await.expect(303);
    }
    let timelines = "select c.first_name, n.external_id, to_char(n.occurred_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') from contacts c \
        join interaction_participants p on p.contact_id = c.id join interactions n on n.id = p.interaction_id \
        order by c.first_name, n.occurred_at, n.id";
    let mut stored: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for row in app.sql(timelines).await {
        stored.entry(row.get(0)).or_default().push((row.get(1), row.get(2)));
    }
    let mut differ = 0;
    for address in &senders {
        let expected: BTreeSet<String> = headers
            .iter()
            .filter(|one| one.addresses().any(|other| other == *address))
            .filter_map(Header::id)
            .collect();
        let found = stored.remove(address).unwrap_or_default();
        let ids: BTreeSet<String> =
            found.iter().map(|one| one.0.clone()).filter(|id| !id.starts_with("sha256:")).collect();
        if ids != expected {
            differ += 1;
            println!(
                "{address}: not stored {:?}, besides {:?}",
                expected.difference(&ids).collect::<Vec<_>>(),
                ids.difference(&expected).collect::<Vec<_>>()
            );
        }
        let dates: HashMap<String, &str> =
            headers.iter().filter_map(|one| Some((one.id()?, one.date.as_deref()?))).collect();
        for (id, at) in &found {
            let Some(date) = dates.get(id).and_then(|date| chrono::DateTime::parse_from_rfc3339(date).ok()) else {
                continue;
            };
            // What is dated after it came stands where it came; all else in the order of its dates.
            if date > chrono::Utc::now() {
                continue;
            }
            let date = date.with_timezone(&chrono::Utc).format("%Y-%m-%d %H:%M:%S").to_string();
            assert_eq!(date, *at, "{address}: {id}");
        }
    }
    println!("{} senders, {differ} differ", senders.len());
    assert_eq!(differ, 0);
}
