//! How much passed in which month, and with whom most: what the pages say is what counting says, whatever happens.

use crate::harness::{App, Page, User};
use crate::interactions::{log, person};

/// Fails unless what is stored is what counting all that there is comes to.
pub async fn assert_counts(app: &App, after: &str) {
    let month =
        "date_trunc('month', coalesce(n.occurred_on, (n.occurred_at at time zone u.time_zone)::date)::timestamp)";
    let met = format!(
        "(select p.user_id, p.contact_id, {month} as month from interaction_participants p join interactions n on n.user_id = p.user_id and n.id = p.interaction_id \
             join users u on u.id = n.user_id where n.deleted_at is null and n.is_contact and n.interaction_type <> 'note') m"
    );
    let stored = "select user_id || ' ' || to_char(month, 'YYYY-MM') || ' ' || interactions from interaction_months where interactions <> 0 \
         union all select contact_id || ' ' || period || ' ' || interactions from contact_periods where interactions <> 0 order by 1";
    let counted = format!(
        "select n.user_id || ' ' || to_char({month}, 'YYYY-MM') || ' ' || count(*) from interactions n join users u on u.id = n.user_id \
             where n.deleted_at is null group by n.user_id, {month} \
         union all select contact_id || ' ' || to_char(month, 'YYYY-MM') || ' ' || count(*) from {met} group by user_id, contact_id, month \
         union all select contact_id || ' ' || extract(year from month)::int || ' ' || count(*) from {met} group by user_id, contact_id, extract(year from month) \
         union all select contact_id || ' all ' || count(*) from {met} group by user_id, contact_id order by 1"
    );
    let mut both = Vec::new();
    for sql in [stored, counted.as_str()] {
        both.push(app.sql(sql).await.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>());
    }
    assert_eq!(both[0], both[1], "{after}");
}

async fn undo_last(ada: &mut User) {
    let undo = ada.get("/history").await.expect(200).all("[data-kind=change_set] form")[0].attr("action");
    ada.post(&undo, &[]).await.expect(303);
}

async fn live_in(app: &App, user: &mut User, zone: &str) {
    user.post("/settings/profile", &[("full_name", "Ada"), ("time_zone", zone), ("country", "DE")]).await.expect(303);
    app.run_jobs().await;
}

/// The lines of a section that say more than 0, as `May 3`.
fn lines(page: &Page, section: &str) -> Vec<String> {
    let of = |part: &str| page.all(&format!("[aria-labelledby={section}] li {part}"));
    let names = of("a").into_iter().map(|name| name.text().trim().to_owned());
    let counts = of("data").into_iter().map(|count| count.attr("value"));
    names.zip(counts).filter(|(_, count)| count != "0").map(|(name, count)| format!("{name} {count}")).collect()
}

async fn overview(user: &mut User, period: &str) -> [Vec<String>; 2] {
    let page = user.get(&format!("/interactions/overview?period={period}")).await.expect(200);
    [lines(&page, "months"), lines(&page, "busiest")]
}

#[actix_web::test]
async fn the_months_and_the_people_stay_true_whatever_changes() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (grace, alan) = (person(&mut ada, "Grace").await, person(&mut ada, "Alan").await);
    let call = log(&mut ada, "call", "2026-05-03", "", &[&grace]).await;
    log(&mut ada, "note", "2026-05-09", "", &[&grace]).await;
    log(&mut ada, "email", "2026-06-01 01:30", "", &[&grace, &alan]).await;
    log(&mut ada, "meeting", "2025-12-31", "", &[&alan]).await;
    assert_counts(&app, "logging").await;
    assert_eq!(overview(&mut ada, "2026").await, [["May 2", "June 1"], ["Grace 2", "Alan 1"]]);
    let form = ada.get(&format!("{call}/edit")).await.expect(200).one("input[name=version]").attr("value");
    let moved = [
        ("interaction_type", "call"),
        ("occurred_at", "2024-02-29"),
        ("contact_id", alan.as_str()),
        ("version", form.as_str()),
    ];
    ada.post(&call, &moved).await.expect(303);
    assert_counts(&app, "another day and person").await;
    assert_eq!(overview(&mut ada, "2026-05").await, [vec!["May 1", "June 1"], vec![]], "a note is no contact");
    assert_eq!(overview(&mut ada, "2024").await, [["February 1"], ["Alan 1"]]);
    ada.post(&format!("{call}/trash"), &[]).await.expect(303);
    assert_counts(&app, "the trash").await;
    assert_eq!(overview(&mut ada, "all").await[0], ["2026 2", "2025 1"]);
    undo_last(&mut ada).await;
    assert_counts(&app, "undo").await;
    ada.post(&format!("{call}/trash"), &[]).await.expect(303);
    ada.post(&format!("{call}/restoration"), &[]).await.expect(303);
    assert_counts(&app, "restoring").await;
    assert_eq!(overview(&mut ada, "all").await[0], ["2026 2", "2025 1", "2024 1"]);
    ada.post(&format!("/contacts/{alan}/trash"), &[]).await.expect(303);
    assert_counts(&app, "somebody in the trash").await;
    assert_eq!(overview(&mut ada, "all").await[1], ["Grace 1"]);
    let gone = format!(
        "with me as (select set_config('app.current_user_id', user_id::text, false) from contacts where id = '{alan}') \
         delete from contacts using me where id = '{alan}'"
    );
    app.sql(&gone).await;
    assert_counts(&app, "somebody gone for good").await;
}

#[actix_web::test]
async fn in_another_zone_what_happened_at_night_is_of_another_month() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    log(&mut ada, "email", "2026-06-01 01:30", "", &[&grace]).await;
    log(&mut ada, "call", "2026-06-01", "", &[&grace]).await;
    log(&mut ada, "call", "2025-12-31 23:30", "", &[&grace]).await;
    for (zone, told) in [
        ("America/New_York", [["May 1", "June 1"], ["Grace 2", ""]]),
        ("Pacific/Auckland", [["January 1", "June 2"], ["Grace 3", ""]]),
        ("Europe/Berlin", [["June 2", ""], ["Grace 2", ""]]),
    ] {
        live_in(&app, &mut ada, zone).await;
        assert_counts(&app, zone).await;
        let told = told.map(|lines| lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>());
        assert_eq!(overview(&mut ada, "2026").await, told, "{zone}");
        log(&mut ada, "call", "2024-05-31 23:59", "", &[&grace]).await;
        assert_counts(&app, &format!("logging in {zone}")).await;
    }
}

#[actix_web::test]
async fn whoever_stays_after_a_merge_has_what_passed_with_both() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (first, second) = (person(&mut ada, "First").await, person(&mut ada, "Second").await);
    log(&mut ada, "call", "2026-05-03", "", &[&first]).await;
    log(&mut ada, "call", "2026-05-04", "", &[&second]).await;
    log(&mut ada, "call", "2026-04-02", "", &[&first, &second]).await;
    crate::merging::merge(&mut ada, &[&first, &second], &[]).await.expect(303);
    assert_counts(&app, "a merge").await;
    assert_eq!(overview(&mut ada, "2026").await[1], ["First 3"]);
    undo_last(&mut ada).await;
    assert_counts(&app, "its undo").await;
    assert_eq!(overview(&mut ada, "2026-05").await[1].len(), 2);
}

#[actix_web::test]
async fn the_overview_leads_from_years_to_months_to_what_passed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let nothing = ada.get("/interactions/overview").await.expect(200);
    assert_eq!(nothing.one(".empty h2").text(), "Nothing logged yet");
    assert!(nothing.all(".bars").is_empty());
    let grace = person(&mut ada, "Grace").await;
    for day in ["2024-02-03", "2024-02-29", "2023-01-01"] {
        log(&mut ada, "call", day, day, &[&grace]).await;
    }
    let page = ada.get("/interactions/overview").await.expect(200);
    assert_eq!(page.one("#months").text(), "2024", "the newest year with something in it");
    let years: Vec<String> = page.all("nav[aria-label=Years] a").iter().map(|link| link.text().to_owned()).collect();
    assert_eq!(years, ["All years", "2024", "2023"]);
    assert_eq!(page.one("nav[aria-label=Years] [aria-current]").text(), "2024");
    assert_eq!(page.count("[aria-labelledby=months] li"), 12);
    assert_eq!(page.one("[aria-labelledby=months] li:nth-child(2) .fill").attr("width"), "2");
    let month = page.one("[aria-labelledby=months] li:nth-child(2) a").attr("href");
    let month = ada.get(&month).await.expect(200);
    assert_eq!(month.one("#months").text(), "February 2024");
    assert_eq!(month.one("[aria-labelledby=months] li [aria-current]").text(), "February");
    let list = month.one("[aria-labelledby=months] header a");
    assert_eq!(list.text().split_whitespace().collect::<Vec<_>>().join(" "), "2 interactions");
    assert_eq!(ada.get(&list.attr("href")).await.expect(200).count("[data-kind=interaction]"), 2);
    assert_eq!(overview(&mut ada, "all").await, [vec!["2024 2", "2023 1"], vec!["Grace 3"]]);
    assert_eq!(overview(&mut ada, "1999").await, [vec![], vec![] as Vec<String>]);
    assert_eq!(overview(&mut ada, "nonsense").await[1], ["Grace 2"]);
}

#[actix_web::test]
async fn the_list_of_all_shows_it_beside_and_a_filtered_one_does_not() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    assert!(ada.get("/interactions").await.expect(200).all("#pane .bars").is_empty());
    let grace = person(&mut ada, "Grace").await;
    log(&mut ada, "call", "2026-05-03", "", &[&grace]).await;
    let list = ada.get("/interactions").await.expect(200);
    assert_eq!(lines(&list, "months"), ["May 1"]);
    assert_eq!(lines(&list, "busiest"), ["Grace 1"]);
    assert!(ada.get("/interactions?interaction_type=call").await.expect(200).all("#pane .bars").is_empty());
}

#[actix_web::test]
async fn the_ten_with_the_most_stand_there_the_most_first() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for n in 1..=12 {
        let id = person(&mut ada, &format!("Friend{n}")).await;
        for day in 1..=n {
            log(&mut ada, "call", &format!("2026-03-{day:02}"), "", &[&id]).await;
        }
    }
    let told: Vec<String> = (3..=12).rev().map(|n| format!("Friend{n} {n}")).collect();
    assert_eq!(overview(&mut ada, "2026-03").await[1], told);
    assert_counts(&app, "many").await;
}

#[actix_web::test]
async fn what_passed_with_a_strangers_people_is_not_counted() {
    let app = App::spawn().await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    let (grace, alan) = (person(&mut ada, "Grace").await, person(&mut bob, "Alan").await);
    log(&mut ada, "call", "2026-05-03", "", &[&grace]).await;
    log(&mut bob, "call", "2026-05-04", "", &[&alan]).await;
    log(&mut bob, "call", "2026-06-04", "", &[&alan]).await;
    assert_eq!(overview(&mut ada, "2026").await, [["May 1"], ["Grace 1"]]);
    assert_eq!(overview(&mut bob, "2026").await, [["May 1", "June 1"].to_vec(), vec!["Alan 2"]]);
    live_in(&app, &mut bob, "Asia/Tokyo").await;
    assert_counts(&app, "a job of Bob's").await;
}
