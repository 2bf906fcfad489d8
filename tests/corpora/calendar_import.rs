//! Real calendars taken in by the importer: every event accounted for, and none twice.

use std::collections::BTreeMap;
use std::io::Write;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use kith::exchange::calendar::{Event, Occurrence, Reader, Window, occurrences};

use crate::harness::{App, User};

const HERS: [(&str, &str); 1] = [("addresses", "ada@example.com")];

/// The calendars of a corpus; none where it is not here.
fn files(corpus: &str) -> Option<Vec<std::path::PathBuf>> {
    let all = crate::files(corpus)?.into_iter();
    Some(all.filter(|path| path.extension().is_some_and(|extension| extension == "ics")).collect())
}

/// Takes a file in; answers with the six words.
async fn taken_in(app: &App, ada: &mut User, name: &str, file: &[u8]) -> BTreeMap<String, i64> {
    let page = ada.upload("/imports", name, file).await.expect(303).location();
    app.run_jobs().await;
    ada.post(&format!("{page}/addresses"), &HERS).await.expect(303);
    app.run_jobs().await;
    let page = ada.get(&page).await.expect(200);
    assert_eq!(page.one("#import > header > p[data-state]").attr("data-state"), "done");
    let words = page.all("nav.words a").into_iter().map(|link| link.attr("data-word"));
    let counts = page.all("nav.words data").into_iter().map(|data| data.attr("value").parse().unwrap());
    words.zip(counts).collect()
}

/// Calendars whose UIDs are no other's, each with a name of its own: in the corpora some share theirs.
fn with_own_uids(paths: &[std::path::PathBuf]) -> Vec<(String, Vec<u8>)> {
    let own = |(index, path): (usize, &std::path::PathBuf)| {
        let file = std::fs::read(path).unwrap();
        let lines = file.split_inclusive(|byte| *byte == b'\n').map(|line| match line.strip_prefix(b"UID:") {
            Some(uid) => [format!("UID:{index}-").as_bytes(), uid].concat(),
            None => line.to_vec(),
        });
        (format!("{index} {}", path.file_name().unwrap().to_str().unwrap()), lines.flatten().collect())
    };
    paths.iter().enumerate().map(own).collect()
}

fn zipped(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, file) in files {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(file).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// How often a calendar's events took place, each by itself.
fn times(calendar: &[u8]) -> usize {
    let from = "1900-01-01T00:00:00Z".parse().unwrap();
    let window = Window { zone: Tz::UTC, from, up_to: Utc::now(), limit: 61, addresses: &[] };
    let events = Reader::new(calendar).filter_map(|one| one.unwrap().outcome.ok());
    events.map(|event| occurrences(std::slice::from_ref(&event), &window).len()).max().unwrap_or(0)
}

async fn stored(app: &App) -> i64 {
    app.sql("select count(*) from interactions where deleted_at is null").await[0].get(0)
}

#[actix_web::test]
async fn every_event_of_every_calendar_is_accounted_for_and_the_second_time_nothing_is_new() {
    let Some(paths) = files("icalendar") else { return };
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut calendars = with_own_uids(&paths);
    // An archive with a vCard brings in people, and says so of its calendars.
    calendars.retain(|(_, file)| !file.windows(11).any(|bytes| bytes == b"BEGIN:VCARD"));
    let all = calendars.len();
    // What takes place often is looked at below.
    calendars.retain(|(_, file)| times(file) <= 60);
    assert!(calendars.len() > all / 2);
    let records = calendars.iter().map(|(name, file)| (name.clone(), Reader::new(file.as_slice()).count() as i64));
    let records: BTreeMap<String, i64> = records.filter(|(_, count)| *count > 0).collect();
    // An archive has two hundred files at most.
    let archives: Vec<Vec<u8>> = calendars.chunks(150).map(zipped).collect();
    let mut sums = BTreeMap::<String, i64>::new();
    for archive in &archives {
        for (word, count) in taken_in(&app, &mut ada, "calendars.zip", archive).await {
            *sums.entry(word).or_default() += count;
        }
    }
    let counted = "select p.file_name::text, count(*) from import_items t join import_parts p on p.import_id = t.import_id and p.position = t.part group by 1";
    let counted: BTreeMap<String, i64> = app.sql(counted).await.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(counted, records);
    assert_eq!(sums.values().sum::<i64>(), records.values().sum::<i64>());
    let before = stored(&app).await;
    println!("{} files: {sums:?}, {before} meetings", calendars.len());
    for archive in &archives {
        let words = taken_in(&app, &mut ada, "calendars.zip", archive).await;
        assert_eq!((words["new"], words["changed"], stored(&app).await), (0, 0, before), "{words:?}");
    }
}

/// As many times as are asked for.
const MOST: usize = 10_000;

#[actix_web::test]
async fn a_series_becomes_a_meeting_for_each_of_its_times_until_now() {
    let Some(paths) = files("icalendar_recurrence_pairs") else { return };
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let zone: Tz = app.sql("select time_zone from users").await[0].get::<_, String>(0).parse().unwrap();
    let mut meetings = 0;
    let files = with_own_uids(&paths);
    // What takes place while it is taken in is not asked for.
    let now = Utc::now();
    taken_in(&app, &mut ada, "calendars.zip", &zipped(&files)).await;
    for (index, (name, file)) in files.iter().enumerate() {
        let events: Vec<Event> = Reader::new(file.as_slice()).filter_map(|one| one.unwrap().outcome.ok()).collect();
        let uids = events.iter().filter_map(|event| event.uid.clone()).collect::<std::collections::BTreeSet<_>>();
        let expected = |from: DateTime<Utc>| {
            let window = Window { zone, from, up_to: now, limit: MOST, addresses: &[] };
            let mut times: Vec<DateTime<Utc>> = Vec::new();
            for uid in &uids {
                let family: Vec<Event> =
                    events.iter().filter(|event| event.uid.as_ref() == Some(uid)).cloned().collect();
                let timed = |one: &Occurrence<'_>| !one.event.start.is_day();
                times.extend(occurrences(&family, &window).into_iter().filter(timed).map(|one| one.start));
            }
            times.sort_unstable();
            times
        };
        let sql = format!(
            "select to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from interactions where external_id like '{index}-%' and occurred_on is null and occurred_at < '{now}' order by occurred_at"
        );
        let found: Vec<DateTime<Utc>> =
            app.sql(&sql).await.iter().map(|row| row.get::<_, String>(0).parse().unwrap()).collect();
        let all = expected("1900-01-01T00:00:00Z".parse().unwrap());
        if all.len() > 5_000 {
            // Of what takes place more often the newest are kept, which its report says.
            assert!((2_500..=5_000).contains(&found.len()), "{}: {}", name, found.len());
            assert_eq!(found, expected(found[0]), "{}", name);
        } else {
            assert_eq!(found, all, "{}", name);
        }
        meetings += found.len();
    }
    println!("{} calendars: {meetings} meetings", files.len());
}
