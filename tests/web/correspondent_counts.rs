//! What the database counts of correspondents, whatever happens to interactions and contacts.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use crate::correspondents::{ME, mail, queue};
use crate::harness::{App, User};

#[derive(Debug, Clone)]
enum Step {
    Mail {
        rows: Vec<(usize, usize)>,
        day: u32,
    },
    Add(usize),
    Ignore(usize),
    Trash(usize),
    Restore(usize),
    Delete(usize),
    Move(usize, u32),
    Undo(usize),
    /// From here on the steps count interactions anew.
    Anew,
}

const ROLES: [&str; 5] = ["from", "to", "cc", "sender", "attendee"];
const PEOPLE: [(&str, &str); 6] = [
    ("Ada", ME),
    ("Ann Lee", "ann@x.example"),
    ("Lee, Ann", "lee@y.example"),
    ("Bob Ray", "bob@x.example"),
    ("", "bob@x.example"),
    ("Cy Young", "cy@x.example"),
];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let rows = proptest::collection::vec((0..ROLES.len(), 0..PEOPLE.len()), 1..5);
    let step = prop_oneof![
        6 => (rows, 1..20u32).prop_map(|(rows, day)| Step::Mail { rows, day }),
        2 => (0..4usize).prop_map(Step::Add),
        1 => (0..4usize).prop_map(Step::Ignore),
        2 => (0..9usize).prop_map(Step::Trash),
        1 => (0..9usize).prop_map(Step::Restore),
        1 => (0..9usize).prop_map(Step::Delete),
        1 => (0..9usize, 1..20u32).prop_map(|(which, day)| Step::Move(which, day)),
        3 => (0..6usize).prop_map(Step::Undo),
    ];
    proptest::collection::vec(step, 12..20)
}

/// What stands of each address, and what counting all that there is says of it.
async fn assert_counts(app: &App, after: &str) {
    let sql = "with live as (select a.* from interaction_addresses a join interactions n on n.id = a.interaction_id and n.deleted_at is null), \
            each as (select address, interaction_id, occurred_at, bool_or(role in ('from', 'organizer')) as came, \
                bool_or(role in ('to', 'cc', 'bcc', 'attendee')) and exists (select from live o where o.interaction_id = a.interaction_id \
                    and o.is_own and o.role in ('from', 'organizer')) as went from live a where not is_own group by 1, 2, 3), \
            counted as (select address, count(*) filter (where came)::int as received, count(*) filter (where went)::int as sent, \
                min(occurred_at) as first_at, max(occurred_at) as last_at, \
                (select name from live l where l.address = each.address and not is_own and name is not null order by is_whole_name(name) desc, occurred_at desc, name limit 1) as name, \
                case when exists (select from contact_methods m join contacts c on c.id = m.contact_id and c.deleted_at is null \
                    where m.kind = 'email' and m.value_key = each.address) then 'known' end as known from each group by 1) \
        select coalesce(c.address, r.address)::text, \
            (c.received, c.sent, c.first_at, c.last_at, c.name, c.known)::text, \
            (r.received_count, r.sent_count, r.first_at, r.last_at, r.name, case when r.state = 'known' then 'known' end)::text \
        from counted c full join correspondents r on r.address = c.address";
    for row in app.sql(sql).await {
        let (address, counted, stored): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        assert_eq!(stored, counted, "{address} after {after}");
    }
    let people = "select p.person_id::text, p.n, p.at::text, h.person_count, h.person_last_at::text from \
        (select person_id, sum(received_count + sent_count)::int as n, max(last_at) as at from correspondents where state <> 'known' group by 1) p \
        left join correspondents h on h.person_id = p.person_id and h.person_state is not null";
    for row in app.sql(people).await {
        let counted = (row.get::<_, Option<i32>>(1), row.get::<_, Option<String>>(2));
        assert_eq!((row.get(3), row.get(4)), counted, "{} after {after}", row.get::<_, String>(0));
    }
    let linked = "select m.contact_id, a.interaction_id from contact_methods m join contacts c on c.id = m.contact_id and c.deleted_at is null \
        join interaction_addresses a on a.address = m.value_key and not a.is_own and a.role in ('from', 'to', 'cc', 'bcc', 'organizer', 'attendee') where m.kind = 'email' \
        except select contact_id, interaction_id from interaction_participants";
    assert_eq!(app.sql(linked).await.len(), 0, "somebody is not linked after {after}");
}

async fn take(app: &App, user: &mut User, step: &Step, ids: &mut Vec<Uuid>) {
    let nth = |ids: &[Uuid], n: usize| ids.get(n % ids.len().max(1)).copied();
    match step {
        Step::Mail { rows, day } => {
            let rows: Vec<_> = rows.iter().map(|(role, who)| (ROLES[*role], PEOPLE[*who].0, PEOPLE[*who].1)).collect();
            ids.extend(mail(app, "ada@example.com", &[("Hello", &format!("2026-05-{day:02}T10:00:00Z"), &rows)]).await);
        }
        Step::Add(which) | Step::Ignore(which) => {
            let page = queue(user, "?show=all").await;
            let deed = if matches!(step, Step::Add(_)) { "add" } else { "ignore" };
            if let Some(row) = page.all("[data-kind=correspondent]").get(*which) {
                user.post("/correspondents", &[(deed, &row.attr("data-id"))]).await.expect(303);
            }
        }
        Step::Trash(which) | Step::Restore(which) => {
            let Some(id) = nth(ids, *which) else { return };
            let verb = if matches!(step, Step::Trash(_)) { "trash" } else { "restoration" };
            user.post(&format!("/interactions/{id}/{verb}"), &[]).await;
        }
        Step::Anew => {}
        Step::Delete(which) => change(app, &format!("delete from interactions where id = '{}'", id(ids, *which))).await,
        Step::Move(which, day) => {
            let id = id(ids, *which);
            change(app, &format!("update interactions set occurred_at = '2026-06-{day:02}' where id = '{id}'")).await;
        }
        Step::Undo(which) => {
            let history = user.get("/history").await.expect(200);
            if let Some(form) = history.all("[data-kind=change_set] form").get(*which) {
                user.post(&form.attr("action"), &[]).await.expect(303);
            }
        }
    }
}

fn id(ids: &[Uuid], n: usize) -> Uuid {
    ids.get(n % ids.len().max(1)).copied().unwrap_or_default()
}

/// A statement as the program sends it for her.
pub async fn change(app: &App, sql: &str) {
    let client = kith::db::connect::client(&app.database.admin_url).await.unwrap();
    let user: String = app.sql("select id::text from users limit 1").await[0].get(0);
    let as_her = format!(
        "begin; set local role kith_app; select set_config('app.current_user_id', '{user}', true), set_config('app.change_set_id', gen_random_uuid()::text, true); {sql}; commit"
    );
    client.batch_execute(&as_her).await.unwrap();
}

#[actix_web::test]
async fn whatever_happens_correspondents_are_what_counting_all_addresses_says() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut runner = TestRunner::default();
    let mut taken = Vec::new();
    for _ in 0..6 {
        let mut ids = Vec::new();
        for step in steps().new_tree(&mut runner).unwrap().current() {
            take(&app, &mut ada, &step, &mut ids).await;
            taken.push(step);
            assert_counts(&app, &format!("{taken:?}")).await;
        }
        taken.push(Step::Anew);
    }
}

#[actix_web::test]
async fn what_stays_since_somebody_was_linked_to_it_keeps_all_who_took_part() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let rows = [("from", "Bob Ray", "bob@x.example"), ("to", "Ann Lee", "ann@x.example")];
    let ids = mail(&app, "ada@example.com", &[("Hello", "2026-05-01T10:00:00Z", &rows)]).await;
    let added = async |user: &mut User, name: &str| {
        let page = queue(user, "?show=all").await;
        let row = page.all("[data-kind=correspondent]").into_iter().find(|row| row.text().contains(name)).unwrap();
        user.post("/correspondents", &[("add", &row.attr("data-id"))]).await.expect(303);
    };
    added(&mut ada, "Ann Lee").await;
    change(&app, &format!("delete from interactions where id = '{}'", ids[0])).await;
    take(&app, &mut ada, &Step::Undo(0), &mut Vec::new()).await;
    added(&mut ada, "Bob Ray").await;
    take(&app, &mut ada, &Step::Undo(1), &mut Vec::new()).await;
    assert_eq!(app.sql("select from interactions").await.len(), 1, "Bob keeps it");
    assert_counts(&app, "the undo of an undo").await;
}
