//! When she was last in touch with somebody: the database keeps it, whatever happens to interactions.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::harness::{App, User};
use crate::interactions::{log, person};

/// Of each person, as it is stored and as it is counted from all that there is.
async fn stored_and_counted(app: &App) -> Vec<(String, Option<String>, Option<String>)> {
    let sql = "select c.first_name::text, c.last_contact_date::text, (select max(coalesce(n.occurred_on, (n.occurred_at at time zone u.time_zone)::date))::text \
             from interaction_participants p join interactions n on n.id = p.interaction_id and n.user_id = p.user_id \
             where p.contact_id = c.id and n.deleted_at is null and n.is_contact \
                 and n.interaction_type <> all (case when u.settings ? 'not_contact' then array(select jsonb_array_elements_text(u.settings -> 'not_contact')) else '{note}' end) \
                 and (coalesce((u.settings ->> 'received_is_contact')::boolean, true) or coalesce(n.direction, '') <> 'inbound' \
                     or n.interaction_type in ('call', 'meeting'))) \
         from contacts c join users u on u.id = c.user_id order by c.first_name, c.id";
    app.sql(sql).await.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

pub async fn assert_is_true(app: &App, after: &str) {
    for (name, stored, counted) in stored_and_counted(app).await {
        assert_eq!(stored, counted, "{name} after {after}");
    }
    crate::months::assert_counts(app, after).await;
}

pub async fn day_of(app: &App, name: &str) -> Option<String> {
    stored_and_counted(app).await.into_iter().find(|(first, ..)| first == name).and_then(|(_, stored, _)| stored)
}

async fn zone(user: &mut User, app: &App, zone: &str) {
    user.post("/settings/profile", &[("full_name", "Ada"), ("time_zone", zone), ("country", "DE")]).await.expect(303);
    app.run_jobs().await;
}

#[actix_web::test]
async fn it_is_the_newest_day_where_she_lives_and_neither_notes_nor_what_an_import_marked_count() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    let call = log(&mut ada, "call", "2026-05-03", "", &[&grace]).await;
    log(&mut ada, "note", "2026-05-09", "", &[&grace]).await;
    let late = log(&mut ada, "email", "2026-05-04 01:30", "", &[&grace]).await;
    assert_eq!(day_of(&app, "Grace").await.as_deref(), Some("2026-05-04"));
    zone(&mut ada, &app, "America/New_York").await;
    assert_eq!(day_of(&app, "Grace").await.as_deref(), Some("2026-05-03"));
    zone(&mut ada, &app, "Pacific/Auckland").await;
    assert_eq!(day_of(&app, "Grace").await.as_deref(), Some("2026-05-04"));
    app.sql("update interactions set is_contact = false where interaction_type = 'email'").await;
    assert_eq!(day_of(&app, "Grace").await.as_deref(), Some("2026-05-03"), "a day alone is the same in every zone");
    ada.post(&format!("{late}/trash"), &[]).await.expect(303);
    ada.post(&format!("{call}/trash"), &[]).await.expect(303);
    assert_eq!(day_of(&app, "Grace").await, None);
}

#[actix_web::test]
async fn a_merge_and_its_undo_move_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (first, second) = (person(&mut ada, "First").await, person(&mut ada, "Second").await);
    log(&mut ada, "call", "2026-05-03", "", &[&first]).await;
    log(&mut ada, "call", "2026-05-04", "", &[&second]).await;
    log(&mut ada, "call", "2026-05-02", "", &[&first, &second]).await;
    crate::merging::merge(&mut ada, &[&first, &second], &[]).await.expect(303);
    assert_is_true(&app, "a merge").await;
    let undo = ada.get("/history").await.expect(200).all("[data-kind=change_set] form")[0].attr("action");
    ada.post(&undo, &[]).await.expect(303);
    assert_is_true(&app, "its undo").await;
    assert_eq!(day_of(&app, "Second").await.as_deref(), Some("2026-05-04"));
}

#[actix_web::test]
async fn of_twenty_thousand_with_one_person_only_the_newest_are_read_for_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    for statement in [
        "insert into interactions (user_id, id, occurred_at, interaction_type, sentiment_read) \
             select u.id, md5(n::text)::uuid, '2026-05-04 12:00Z'::timestamptz - n * interval '1 hour', 'call', true \
             from users u, generate_series(1, 20000) n",
        &format!(
            "insert into interaction_participants (user_id, interaction_id, contact_id, occurred_at) \
             select user_id, id, '{grace}', occurred_at from interactions"
        ),
        "analyze interactions, interaction_participants, contacts",
    ] {
        app.sql(statement).await;
    }
    let read = app
        .sql(&format!(
            "with refreshed as materialized (select refresh_last_contacts(array['{grace}'::uuid])::text) \
             select (select coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::bigint from pg_stat_xact_user_tables \
                 where relname in ('interactions', 'interaction_participants')) from refreshed"
        ))
        .await;
    let read: i64 = read[0].get(0);
    assert!(read < 1000, "{read} rows were read");
    assert_eq!(day_of(&app, "Grace").await.as_deref(), Some("2026-05-04"));
}

#[derive(Debug, Clone)]
enum Step {
    Log(Passed),
    Edit(usize, Passed),
    Trash(usize),
    Restore(usize),
    Undo(usize),
    Choose { counts: Vec<usize>, received: bool },
}

/// What is typed of an interaction.
#[derive(Debug, Clone)]
struct Passed {
    kind: usize,
    direction: usize,
    day: u32,
    hour: Option<u32>,
    people: Vec<usize>,
}

fn passed() -> impl Strategy<Value = Passed> {
    let hour = proptest::option::of(prop_oneof![Just(0u32), Just(12), Just(23)]);
    let people = proptest::collection::vec(0..3usize, 1..3);
    (0..KINDS.len(), 0..DIRECTIONS.len(), 1..20u32, hour, people)
        .prop_map(|(kind, direction, day, hour, people)| Passed { kind, direction, day, hour, people })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => passed().prop_map(Step::Log),
        4 => (0..9usize, passed()).prop_map(|(which, passed)| Step::Edit(which, passed)),
        2 => (0..9usize).prop_map(Step::Trash),
        1 => (0..9usize).prop_map(Step::Restore),
        3 => (0..6usize).prop_map(Step::Undo),
        2 => (proptest::collection::vec(0..KINDS.len(), 1..4), any::<bool>())
            .prop_map(|(counts, received)| Step::Choose { counts, received }),
    ];
    proptest::collection::vec(step, 10..18)
}

const KINDS: [&str; 3] = ["call", "note", "email"];
const DIRECTIONS: [&str; 3] = ["", "inbound", "outbound"];

/// The fields of a form.
fn fields<'a>(passed: &Passed, when: &'a str, ids: &'a [String]) -> Vec<(&'a str, &'a str)> {
    let (kind, direction) = (KINDS[passed.kind], DIRECTIONS[passed.direction]);
    let mut fields = vec![("interaction_type", kind), ("occurred_at", when), ("direction", direction)];
    fields.extend(passed.people.iter().map(|n| ("contact_id", ids[*n].as_str())));
    fields
}

/// Chooses what counts as contact, which a job then counts anew.
pub async fn choose(app: &App, user: &mut User, counts: &[&str], received: bool) {
    let mut fields: Vec<(&str, &str)> = counts.iter().map(|kind| ("counts[]", *kind)).collect();
    fields.extend(received.then_some(("received", "true")));
    user.post("/settings/contact", &fields).await.expect(303);
    app.run_jobs().await;
}

fn when(day: u32, hour: Option<u32>) -> String {
    hour.map_or_else(|| format!("2026-05-{day:02}"), |hour| format!("2026-05-{day:02} {hour:02}:30"))
}

async fn take(app: &App, user: &mut User, step: &Step, ids: &[String], logged: &mut Vec<String>) {
    let nth = |logged: &[String], n: usize| logged.get(n % logged.len().max(1)).cloned();
    match step {
        Step::Log(passed) => {
            let when = when(passed.day, passed.hour);
            logged.push(user.post("/interactions", &fields(passed, &when, ids)).await.expect(303).location());
        }
        Step::Edit(which, passed) => {
            let Some(path) = nth(logged, *which) else { return };
            let page = user.get(&format!("{path}/edit")).await;
            if page.status == 404 {
                return;
            }
            let (when, version) = (when(passed.day, passed.hour), page.one("input[name=version]").attr("value"));
            let fields = [&fields(passed, &when, ids)[..], &[("version", version.as_str())]].concat();
            user.post(&path, &fields).await.expect(303);
        }
        Step::Trash(which) | Step::Restore(which) => {
            let Some(path) = nth(logged, *which) else { return };
            let verb = if matches!(step, Step::Trash(_)) { "trash" } else { "restoration" };
            user.post(&format!("{path}/{verb}"), &[]).await;
        }
        Step::Undo(which) => {
            let history = user.get("/history?kind=interactions").await.expect(200);
            if let Some(form) = history.all("[data-kind=change_set] form").get(*which) {
                user.post(&form.attr("action"), &[]).await.expect(303);
            }
        }
        Step::Choose { counts, received } => {
            let counts: Vec<&str> = counts.iter().map(|kind| KINDS[*kind]).collect();
            choose(app, user, &counts, *received).await;
        }
    }
}

#[actix_web::test]
async fn whatever_happens_to_interactions_it_is_what_counting_all_of_them_says() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut ids = Vec::new();
    for name in ["Ann", "Ben", "Cy"] {
        ids.push(person(&mut ada, name).await);
    }
    let mut runner = TestRunner::default();
    for _ in 0..8 {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        let mut logged = Vec::new();
        for (n, step) in steps.iter().enumerate() {
            take(&app, &mut ada, step, &ids, &mut logged).await;
            assert_is_true(&app, &format!("{:?}", &steps[..=n])).await;
        }
    }
}

#[actix_web::test]
async fn what_counts_is_hers_to_choose_and_a_type_that_nobody_thought_of_does() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    log(&mut ada, "call", "2026-05-01", "", &[&grace]).await;
    log(&mut ada, "email", "2026-05-02", "", &[&grace]).await;
    log(&mut ada, "other", "2026-05-03", "", &[&grace]).await;
    let note = log(&mut ada, "note", "2026-05-04", "", &[&grace]).await;
    app.sql("update interactions set interaction_type = 'fax' where interaction_type = 'other'").await;
    assert_eq!(day_of(&app, "Grace").await.as_deref(), Some("2026-05-03"));
    let page = ada.get("/settings/contact").await.expect(200);
    let ticked: Vec<String> = page.all("input[name='counts[]'][checked]").iter().map(|one| one.attr("value")).collect();
    assert_eq!(ticked, ["call", "meeting", "email", "message", "linkedin", "other", "fax"]);
    assert_eq!(page.count("input[name='counts[]']:not([checked])"), 1);
    assert!(ada.get(&note).await.expect(200).one("main").text().contains("does not count as contact"));

    let sent = [("counts[]", "call"), ("counts[]", "email"), ("received", "true")];
    ada.post("/settings/contact", &sent).await.expect(303);
    let page = ada.get("/settings/contact").await.expect(200);
    assert!(page.one("#flash").text().contains("being counted anew"));
    assert_eq!((page.count("#being-counted"), day_of(&app, "Grace").await.as_deref()), (1, Some("2026-05-03")));
    app.run_jobs().await;
    assert_is_true(&app, "a choice").await;
    assert_eq!(ada.get("/settings/contact").await.expect(200).count("#being-counted"), 0);
    assert_eq!(day_of(&app, "Grace").await.as_deref(), Some("2026-05-02"));
    choose(&app, &mut ada, &["note", "call"], true).await;
    assert_eq!(day_of(&app, "Grace").await.as_deref(), Some("2026-05-04"));
    assert!(!ada.get(&note).await.expect(200).one("main").text().contains("does not count as contact"));

    for wrong in [&[][..], &[("received", "true")], &[("counts[]", "call"), ("counts[]", "nothing")]] {
        let page = ada.post("/settings/contact", wrong).await.expect(422);
        assert!(!page.one("#counts-error").text().is_empty());
    }
    assert_eq!(app.run_jobs().await, 0, "what is refused counts nothing");
}

#[actix_web::test]
async fn what_she_only_received_counts_or_does_not_but_a_call_has_two_sides() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    let passed = [("call", "inbound", "01"), ("email", "outbound", "02"), ("email", "inbound", "03")];
    let mut paths = Vec::new();
    for (kind, direction, day) in passed {
        let when = format!("2026-05-{day}");
        let fields =
            [("interaction_type", kind), ("direction", direction), ("occurred_at", &when), ("contact_id", &grace)];
        paths.push(ada.post("/interactions", &fields).await.expect(303).location());
    }
    let all = ["call", "meeting", "email", "message", "linkedin", "other"];
    choose(&app, &mut ada, &all, false).await;
    assert_eq!(day_of(&app, "Grace").await.as_deref(), Some("2026-05-02"));
    ada.post(&format!("{}/trash", paths[1]), &[]).await.expect(303);
    assert_eq!(day_of(&app, "Grace").await.as_deref(), Some("2026-05-01"));
    ada.post(&format!("{}/restoration", paths[1]), &[]).await.expect(303);
    app.sql("update interactions set direction = 'mutual' where direction = 'inbound'").await;
    assert_eq!(day_of(&app, "Grace").await.as_deref(), Some("2026-05-03"), "a direction that changes is followed");
    assert_is_true(&app, "a direction").await;
}

#[actix_web::test]
async fn what_does_not_count_ends_no_postponement_and_is_not_what_was_said_last() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let fields = [("first_name", "Grace"), ("contact_frequency_days", "1")];
    let path = ada.post("/contacts", &fields).await.expect(303).location();
    let grace = path.trim_start_matches("/contacts/").to_owned();
    choose(&app, &mut ada, &["call"], true).await;
    log(&mut ada, "call", "2026-05-01", "Her cello", &[&grace]).await;
    let postponed = "update contacts set postponed_until = current_date + 9 returning 1";
    app.sql(postponed).await;
    log(&mut ada, "email", "2026-05-02", "Her mail", &[&grace]).await;
    let until = "select postponed_until is null from contacts";
    assert!(!app.sql(until).await[0].get::<_, bool>(0));
    app.sql("update contacts set postponed_until = null").await;
    let page = ada.get("/keep-in-touch").await.expect(200).one("main").text().to_owned();
    assert!(page.contains("Her cello") && !page.contains("Her mail"), "{page}");
    app.sql(postponed).await;
    log(&mut ada, "call", "2026-05-03", "Again", &[&grace]).await;
    assert!(app.sql(until).await[0].get::<_, bool>(0));
}

#[actix_web::test]
async fn a_merge_goes_by_what_she_chose() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    choose(&app, &mut ada, &["note"], true).await;
    let (first, second) = (person(&mut ada, "First").await, person(&mut ada, "Second").await);
    log(&mut ada, "note", "2026-05-03", "", &[&first]).await;
    log(&mut ada, "note", "2026-05-04", "", &[&second]).await;
    log(&mut ada, "call", "2026-05-05", "", &[&first, &second]).await;
    crate::merging::merge(&mut ada, &[&first, &second], &[]).await.expect(303);
    assert_is_true(&app, "a merge").await;
    let undo = ada.get("/history").await.expect(200).all("[data-kind=change_set] form")[0].attr("action");
    ada.post(&undo, &[]).await.expect(303);
    assert_is_true(&app, "its undo").await;
    assert_eq!(day_of(&app, "First").await.as_deref(), Some("2026-05-03"));
}
