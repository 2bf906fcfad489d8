//! The history: who changed what, when, from where, before and after; and what can't be taken back any more.

use crate::harness::{App, Page, User};

fn titles(page: &Page) -> Vec<String> {
    page.all("[data-kind=change_set] strong").iter().map(|title| title.text().to_owned()).collect()
}

async fn add(user: &mut User, name: &str) -> String {
    user.post("/contacts", &[("first_name", name)]).await.expect(303).location()
}

async fn edit(user: &mut User, path: &str, version: &str, fields: &[(&str, &str)]) {
    user.post(path, &[&[("version", version)], fields].concat()).await.expect(303);
}

#[actix_web::test]
async fn every_change_is_told_newest_first_with_device_and_address() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    assert_eq!(ada.get("/history").await.expect(200).one(".empty h2").text(), "Nothing has changed here");
    let grace = add(&mut ada, "Grace").await;
    edit(&mut ada, &grace, "1", &[("first_name", "Grace"), ("last_name", "Hopper"), ("notes", "met her")]).await;
    ada.post(&format!("{grace}/tags"), &[("name", "friend")]).await.expect(303);
    ada.post(&format!("{grace}/trash"), &[]).await.expect(303);
    let page = ada.get("/history").await.expect(200);
    assert_eq!(
        titles(&page),
        [
            "Grace Hopper: put into the trash",
            "Grace Hopper: tagged",
            "Grace Hopper: last name, name, notes changed",
            "Grace Hopper: added"
        ]
    );
    assert_eq!(page.count("[data-kind=change_set] time[datetime]"), 4);
    let by = page.all("[data-kind=change_set] small")[0].text().to_owned();
    assert!(by.contains("127.0.0.1"), "{by}");
    app.sql("update sessions set user_agent = 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0'").await;
    ada.post(&format!("{grace}/restoration"), &[]).await.expect(303);
    app.sql("delete from sessions").await;
    let mut again = app.visitor();
    again.get("/login").await.expect(200);
    again.post("/login", &[("email", "ada@example.com"), ("password", crate::harness::PASSWORD)]).await.expect(303);
    let first = again.get("/history").await.all("[data-kind=change_set]")[0].text().to_owned();
    assert!(first.contains("restored") && first.contains("Firefox on Linux"), "{first}");
}

#[actix_web::test]
async fn a_change_shows_each_column_before_and_after() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = add(&mut ada, "Grace").await;
    edit(&mut ada, &grace, "1", &[("first_name", "Grace"), ("notes", "<b>met</b> her")]).await;
    let page = ada.get("/history").await;
    let change = ada.get(&page.all("[data-kind=change_set] a")[0].attr("href")).await.expect(200);
    assert_eq!(change.one(".table th[scope=row]").text(), "notes");
    let cells: Vec<String> = change.all(".table td").iter().map(|cell| cell.text().to_owned()).collect();
    assert_eq!(cells, ["", "<b>met</b> her"]);
    assert_eq!(change.count(".notice"), 0);
}

#[actix_web::test]
async fn the_days_of_people_and_reminders_are_told_as_days() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let born = [("first_name", "Grace"), ("date_kind[]", "birthday"), ("date_value[]", "--12-09")];
    ada.post("/contacts", &born).await.expect(303);
    ada.post("/reminders", &[("title", "Call"), ("starts_at", "2026-12-24 10:00")]).await.expect(303);
    let page = ada.get("/history").await.expect(200);
    let mut said = Vec::new();
    for change in page.all("[data-kind=change_set] a") {
        let change = ada.get(&change.attr("href")).await.expect(200);
        said.extend(
            change.all(".changes tr").iter().map(|row| row.text().split_whitespace().collect::<Vec<_>>().join(" ")),
        );
    }
    for line in ["date9 December", "when24 December 2026, 10:00"] {
        assert!(said.iter().any(|said| said == line), "{line} in {said:?}");
    }
    assert!(!said.iter().any(|line| line == "day9" || line == "month12"), "{said:?}");
}

#[actix_web::test]
async fn it_is_narrowed_to_a_person_and_to_what_changed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = add(&mut ada, "Grace").await;
    add(&mut ada, "Edsger").await;
    ada.post("/organizations", &[("name", "Navy")]).await.expect(303);
    ada.post("/tags", &[("name", "friend")]).await.expect(303);
    let id = grace.trim_start_matches("/contacts/").to_owned();
    for (query, expected) in [
        (format!("contact={id}"), vec!["Grace: added"]),
        ("kind=people".to_owned(), vec!["Edsger: added", "Grace: added"]),
        ("kind=organizations".to_owned(), vec!["Navy: added"]),
        ("kind=tags".to_owned(), vec!["friend: added"]),
        ("kind=imports".to_owned(), vec![]),
        ("kind=nonsense".to_owned(), vec!["friend: added", "Navy: added", "Edsger: added", "Grace: added"]),
    ] {
        assert_eq!(titles(&ada.get(&format!("/history?{query}")).await.expect(200)), expected, "{query}");
    }
    assert!(ada.get(&grace).await.count(&format!("a[href='/history?contact={id}']")) == 1);
}

#[actix_web::test]
async fn what_was_edited_since_is_named_before_and_stays_after_an_undo() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = add(&mut ada, "Grace").await;
    edit(&mut ada, &grace, "1", &[("first_name", "Grace"), ("notes", "first"), ("nickname", "Amazing")]).await;
    let change = ada.get("/history").await.all("[data-kind=change_set] a")[0].attr("href");
    edit(&mut ada, &grace, "2", &[("first_name", "Grace"), ("notes", "second"), ("nickname", "Amazing")]).await;
    let page = ada.get(&change).await.expect(200);
    assert_eq!(page.one(".notice li").text(), "Grace: notes changed since");
    let before = app.sql("select notes, nickname, version from contacts").await[0].get::<_, i32>(2);
    ada.get(&change).await.expect(200);
    let row = &app.sql("select notes, nickname, version from contacts").await[0];
    assert_eq!((row.get::<_, String>(0).as_str(), row.get::<_, i32>(2)), ("second", before), "looking changes nothing");
    ada.post(&page.one("header form[action$='/undo']").attr("action"), &[("next", &change)]).await.expect(303);
    let row = &app.sql("select notes, nickname from contacts").await[0];
    assert_eq!((row.get::<_, String>(0), row.get::<_, Option<String>>(1)), ("second".to_owned(), None));
    assert_eq!(ada.get(&change).await.one("header [role=status]").text(), "Taken back.");
}

#[actix_web::test]
async fn a_long_history_is_paged_and_meets_every_change_once() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for number in 0..53 {
        ada.post("/tags", &[("name", &format!("tag {number}"))]).await.expect(303);
    }
    let first = ada.get("/history").await.expect(200);
    let second = ada.get(&first.one("a[rel=next]").attr("href")).await.expect(200);
    let mut all = [titles(&first), titles(&second)].concat();
    assert_eq!(all.len(), 53);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 53);
    assert!(ada.get("/history?after=AAAA").await.expect(200).count("[data-kind=change_set]") == 50);
}

#[actix_web::test]
async fn a_strangers_history_is_not_there() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = add(&mut ada, "Grace").await;
    let change = ada.get("/history").await.all("[data-kind=change_set] a")[0].attr("href");
    let mut eve = app.sign_in("eve").await;
    eve.get(&change).await.expect(404);
    eve.get(&grace.replace("/contacts/", "/history?contact=")).await.expect(404);
    assert_eq!(eve.get("/history").await.expect(200).count("[data-kind=change_set]"), 0);
}

#[actix_web::test]
async fn what_two_people_are_to_each_other_stands_in_the_history_of_both() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (grace, howard) = (add(&mut ada, "Grace").await, add(&mut ada, "Howard").await);
    let told = [("other", "Howard"), ("kind", "sibling")];
    ada.post(&format!("{grace}/relations"), &told).await.expect(303);
    let of_howard = howard.replace("/contacts/", "/history?contact=");
    let seen = ["Grace: relations changed", "Howard: added"];
    assert_eq!(titles(&ada.get(&of_howard).await.expect(200)), seen);
    let relation = ada.get(&grace).await.one("dt[data-kind=relation]").attr("data-id");
    ada.post(&format!("{grace}/relations/{relation}/removal"), &[]).await.expect(303);
    assert_eq!(titles(&ada.get(&of_howard).await.expect(200)), [&seen[..1], &seen[..]].concat());
}

/// Has somebody been added three years ago; the change set.
async fn as_if_long_ago(app: &App, name: &str) -> String {
    app.sql("select ensure_month_partitions('audit_logs', now() - interval '3 years', now())").await;
    let of_her = format!("(select id from contacts where first_name = '{name}')");
    let moved = format!(
        "update audit_logs set created_at = created_at - interval '3 years' where contact_id = {of_her} returning change_set_id"
    );
    let set = format!(
        "with moved as ({moved}) update change_sets set created_at = created_at - interval '3 years' \
         where id in (select change_set_id from moved) returning id::text"
    );
    app.sql(&set).await[0].get(0)
}

#[actix_web::test]
async fn the_months_of_the_history_go_after_as_many_as_are_set_and_undo_with_them() {
    let app = App::spawn_with(|site| site.history_months = Some(24)).await;
    let mut ada = app.sign_in("ada").await;
    for name in ["Grace", "Alan"] {
        ada.post("/contacts", &[("first_name", name)]).await.expect(303);
    }
    let old = as_if_long_ago(&app, "Grace").await;
    let past = "select from pg_class where relispartition and relkind = 'r' and relname like 'audit_logs_p%' \
         and relname < to_char(now(), '\"audit_logs_p\"YYYYMM')";
    let months = async || app.sql(past).await.len();
    assert_eq!(months().await, 36);

    // What lies in the trash could be restored for ten years: all of it is kept for that.
    app.db.anonymous().forget_history(24, 3650).await.unwrap();
    assert_eq!(months().await, 36);
    ada.get(&format!("/history/{old}")).await.expect(200);

    app.db.anonymous().forget_history(24, 30).await.unwrap();
    assert_eq!(months().await, 24);
    ada.get(&format!("/history/{old}")).await.expect(404);
    ada.post(&format!("/change-sets/{old}/undo"), &[]).await.expect(404);
    let page = ada.get("/history").await.expect(200);
    assert_eq!(page.count("[data-kind=change_set]"), 1, "what is not that old stays");
    assert_eq!(ada.get("/contacts").await.count("[data-kind=contact]"), 2);
    let kept = ada.get(&page.one("[data-kind=change_set] a").attr("href")).await.expect(200);
    assert!(kept.one("#change header").text().contains("It can be taken back until"));
}
