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
             where p.contact_id = c.id and n.deleted_at is null and n.is_contact and n.interaction_type <> 'note') \
         from contacts c join users u on u.id = c.user_id order by c.first_name, c.id";
    app.sql(sql).await.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

async fn assert_is_true(app: &App, after: &str) {
    for (name, stored, counted) in stored_and_counted(app).await {
        assert_eq!(stored, counted, "{name} after {after}");
    }
    crate::months::assert_counts(app, after).await;
}

async fn day_of(app: &App, name: &str) -> Option<String> {
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

#[derive(Debug, Clone)]
enum Step {
    Log { kind: usize, day: u32, hour: Option<u32>, people: Vec<usize> },
    Edit { which: usize, kind: usize, day: u32, hour: Option<u32>, people: Vec<usize> },
    Trash(usize),
    Restore(usize),
    Undo(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kind = 0..3usize;
    let hour = proptest::option::of(prop_oneof![Just(0u32), Just(12), Just(23)]);
    let people = proptest::collection::vec(0..3usize, 1..3);
    let step = prop_oneof![
        4 => (kind.clone(), 1..20u32, hour.clone(), people.clone()).prop_map(|(kind, day, hour, people)| Step::Log { kind, day, hour, people }),
        4 => (0..9usize, kind, 1..20u32, hour, people)
            .prop_map(|(which, kind, day, hour, people)| Step::Edit { which, kind, day, hour, people }),
        2 => (0..9usize).prop_map(Step::Trash),
        1 => (0..9usize).prop_map(Step::Restore),
        3 => (0..6usize).prop_map(Step::Undo),
    ];
    proptest::collection::vec(step, 10..18)
}

const KINDS: [&str; 3] = ["call", "note", "email"];

/// The fields of a form.
fn fields<'a>(kind: usize, when: &'a str, people: &[usize], ids: &'a [String]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![("interaction_type", KINDS[kind]), ("occurred_at", when)];
    fields.extend(people.iter().map(|n| ("contact_id", ids[*n].as_str())));
    fields
}

fn when(day: u32, hour: Option<u32>) -> String {
    hour.map_or_else(|| format!("2026-05-{day:02}"), |hour| format!("2026-05-{day:02} {hour:02}:30"))
}

async fn take(user: &mut User, step: &Step, ids: &[String], logged: &mut Vec<String>) {
    let nth = |logged: &[String], n: usize| logged.get(n % logged.len().max(1)).cloned();
    match step {
        Step::Log { kind, day, hour, people } => {
            let when = when(*day, *hour);
            logged.push(user.post("/interactions", &fields(*kind, &when, people, ids)).await.expect(303).location());
        }
        Step::Edit { which, kind, day, hour, people } => {
            let Some(path) = nth(logged, *which) else { return };
            let page = user.get(&format!("{path}/edit")).await;
            if page.status == 404 {
                return;
            }
            let (when, version) = (when(*day, *hour), page.one("input[name=version]").attr("value"));
            let fields = [&fields(*kind, &when, people, ids)[..], &[("version", version.as_str())]].concat();
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
            take(&mut ada, step, &ids, &mut logged).await;
            assert_is_true(&app, &format!("{:?}", &steps[..=n])).await;
        }
    }
}
