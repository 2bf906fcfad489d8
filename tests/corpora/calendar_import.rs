//! Real calendars taken in by the importer: every event accounted for, and none twice.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use kith::exchange::calendar::{Event, Reader, Window, occurrences};

use crate::harness::{App, User};

const HERS: [(&str, &str); 1] = [("addresses", "ada@example.com")];

fn files(corpus: &str) -> Vec<std::path::PathBuf> {
    let all = crate::files(corpus).unwrap_or_default().into_iter();
    all.filter(|path| path.extension().is_some_and(|extension| extension == "ics")).collect()
}

/// Takes a calendar in; answers with the six words, and with how it ended.
async fn taken_in(app: &App, ada: &mut User, file: &[u8]) -> (BTreeMap<String, i64>, String) {
    let page = ada.upload("/imports", "calendar.ics", file).await.expect(303).location();
    app.run_jobs().await;
    ada.post(&format!("{page}/addresses"), &HERS).await.expect(303);
    app.run_jobs().await;
    let page = ada.get(&page).await.expect(200);
    let words = page.all("nav.words a").into_iter().map(|link| link.attr("data-word"));
    let counts = page.all("nav.words data").into_iter().map(|data| data.attr("value").parse().unwrap());
    (words.zip(counts).collect(), page.one("#import > header > p[data-state]").attr("data-state"))
}

async fn stored(app: &App) -> i64 {
    app.sql("select count(*) from interactions").await[0].get(0)
}

#[actix_web::test]
async fn every_event_of_every_calendar_is_accounted_for_and_the_second_time_nothing_is_new() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut sums = BTreeMap::<String, i64>::new();
    let calendars: Vec<_> = files("icalendar").into_iter().chain(files("icalendar_recurrence_pairs")).collect();
    for path in &calendars {
        let file = std::fs::read(path).unwrap();
        let records = Reader::new(file.as_slice()).count() as i64;
        if file.is_empty() {
            continue;
        }
        let (words, state) = taken_in(&app, &mut ada, &file).await;
        assert_eq!(words.values().sum::<i64>(), records, "{}: {words:?}", path.display());
        assert_eq!(state == "done", records > 0, "{}: {state}", path.display());
        for (word, count) in words {
            *sums.entry(word).or_default() += count;
        }
        if records > 0 {
            let before = stored(&app).await;
            let (words, _) = taken_in(&app, &mut ada, &file).await;
            assert_eq!((words["new"], words["changed"]), (0, 0), "{}: {words:?}", path.display());
            assert_eq!(stored(&app).await, before, "{}", path.display());
        }
    }
    println!("{} files: {sums:?}, {} meetings", calendars.len(), stored(&app).await);
}

#[actix_web::test]
async fn a_series_becomes_a_meeting_for_each_of_its_times_until_now() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let zone: Tz = app.sql("select time_zone from users").await[0].get::<_, String>(0).parse().unwrap();
    let (mut meetings, mut calendars) = (0, 0);
    for (index, path) in files("icalendar_recurrence_pairs").into_iter().enumerate() {
        // Some of them share their UIDs.
        let file =
            String::from_utf8(std::fs::read(&path).unwrap()).unwrap().replace("\nUID:", &format!("\nUID:{index}-"));
        let events: Vec<Event> = Reader::new(file.as_bytes()).filter_map(|one| one.unwrap().outcome.ok()).collect();
        let from: DateTime<Utc> = "1900-01-01T00:00:00Z".parse().unwrap();
        let window = Window { zone, from, up_to: Utc::now(), limit: 100_000, addresses: &[] };
        let uids = events.iter().filter_map(|event| event.uid.clone()).collect::<std::collections::BTreeSet<_>>();
        let mut expected: Vec<DateTime<Utc>> = Vec::new();
        for uid in uids {
            let family: Vec<Event> = events.iter().filter(|event| event.uid.as_ref() == Some(&uid)).cloned().collect();
            expected.extend(
                occurrences(&family, &window).iter().filter(|one| !one.event.start.is_day()).map(|one| one.start),
            );
        }
        expected.sort_unstable();
        taken_in(&app, &mut ada, file.as_bytes()).await;
        let sql = format!(
            "select to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from interactions where external_id like '{index}-%' and occurred_on is null order by occurred_at"
        );
        let found: Vec<DateTime<Utc>> =
            app.sql(&sql).await.iter().map(|row| row.get::<_, String>(0).parse().unwrap()).collect();
        if expected.len() > 5_000 {
            // Of what takes place more often the newest are kept, which its report says.
            assert!(expected.ends_with(&found) && found.len() > 1_000, "{}: {}", path.display(), found.len());
        } else {
            assert_eq!(found, expected, "{}", path.display());
        }
        meetings += found.len();
        calendars += 1;
    }
    println!("{calendars} calendars: {meetings} meetings");
}
