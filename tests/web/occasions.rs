//! Important days: when they come round, and being reminded of them.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use kith::contacts::occasions;

use crate::harness::{App, User};
use crate::reminders::{texts, today};
use crate::touch::{person, user};

/// Somebody with a day, as `MM-DD` or `YYYY-MM-DD`.
async fn with_date(user: &mut User, name: &str, date: &str) {
    let date = if date.len() == 5 { format!("--{date}") } else { date.to_owned() };
    person(user, name, &[("date_kind[]", "birthday"), ("date_value[]", &date)]).await;
}

/// Who has a day, and when it comes, in so many days from one on.
async fn ahead(app: &App, from: &str, days: u32) -> Vec<String> {
    let (user, from) = (user(app, "ada@example.com").await, from.parse::<NaiveDate>().unwrap());
    let found = app.db.as_user(&user, async |tx| occasions::queries::ahead(tx, from, days, 100).await).await.unwrap();
    found
        .iter()
        .map(|one| {
            let years = one.years().map(|years| format!(" {years}")).unwrap_or_default();
            format!("{} {}{years}", one.name, one.on)
        })
        .collect()
}

#[actix_web::test]
async fn dates_go_on_in_the_next_year_and_a_leap_day_is_kept_on_the_28th_in_other_years() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (name, date) in [
        ("Silvester", "1990-12-31"),
        ("Nova", "2000-01-01"),
        ("Epi", "01-06"),
        ("Leap", "1988-02-29"),
        ("Eve", "02-28"),
        ("March", "03-01"),
    ] {
        with_date(&mut ada, name, date).await;
    }
    assert_eq!(ahead(&app, "2026-12-31", 1).await, ["Silvester 2026-12-31 36", "Nova 2027-01-01 27"]);
    assert_eq!(ahead(&app, "2026-12-30", 7).await.len(), 3);
    assert_eq!(ahead(&app, "2026-12-31", 0).await, ["Silvester 2026-12-31 36"]);
    assert_eq!(ahead(&app, "2027-02-20", 8).await, ["Eve 2027-02-28", "Leap 2027-02-28 39"]);
    assert_eq!(ahead(&app, "2027-03-01", 3).await, ["March 2027-03-01"]);
    assert_eq!(ahead(&app, "2028-02-20", 8).await, ["Eve 2028-02-28"]);
    assert_eq!(ahead(&app, "2028-02-29", 1).await, ["Leap 2028-02-29 40", "March 2028-03-01"]);
    for from in ["2026-11-28", "2027-03-01", "2028-03-01", "2027-12-31"] {
        assert_eq!(ahead(&app, from, 1000).await.len(), 6, "{from}");
    }
    let path = texts(&app, "select '/contacts/' || id from contacts where first_name = 'Eve'").await;
    ada.post(&format!("{}/trash", path[0]), &[]).await.expect(303);
    assert_eq!(ahead(&app, "2028-02-20", 8).await.len(), 0);
}

#[actix_web::test]
async fn a_day_whose_year_lies_ahead_is_told_from_that_year_on_and_at_first_as_the_day_itself() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let soon = today() + Days::new(5);
    for (name, year) in [("Now", soon.format("%Y").to_string()), ("Far", "2040".to_owned())] {
        with_date(&mut ada, name, &format!("{year}{}", soon.format("-%m-%d"))).await;
    }
    with_date(&mut ada, "Nova", "2030-01-01").await;
    for (from, told) in [("2028-12-31", 0), ("2029-12-31", 1), ("2030-12-31", 1)] {
        assert_eq!(ahead(&app, from, 1).await.iter().filter(|one| one.starts_with("Nova")).count(), told, "{from}");
    }
    let page = ada.get("/dates").await.expect(200);
    let rows: Vec<String> = page.all("[data-kind=date] a[id]").iter().map(|row| row.text().to_owned()).collect();
    assert!(rows.iter().any(|row| row.contains("in 5 days · birthday · the day itself")), "{rows:?}");
    assert!(!rows.iter().any(|row| row.contains("Far")), "{rows:?}");
    let first = ada.get("/").await.expect(200);
    let dates = first.one("section[aria-labelledby=dates]").text().to_owned();
    assert!(dates.contains("birthday, the day itself") && !dates.contains("Far"), "{dates}");
}

#[actix_web::test]
async fn the_pages_of_dates_meet_each_once_and_lead_to_a_yearly_reminder() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let bare = ada.get("/dates").await.expect(200);
    assert_eq!((bare.one(".empty h2").text(), bare.count("a[rel=next]")), ("No dates yet", 0));
    let grace = person(&mut ada, "Grace", &[]).await;
    let id = grace.trim_start_matches("/contacts/");
    app.sql(&format!(
        "insert into contact_dates (user_id, contact_id, kind, year, month, day) select user_id, id, 'day ' || n, 1990, \
             extract(month from d), extract(day from d) from contacts, generate_series(0, 365) n, lateral (select '2028-01-01'::date + n as d) x where id = '{id}'"
    ))
    .await;
    // Of one day more than a page has.
    app.sql(&format!(
        "insert into contact_dates (user_id, contact_id, kind, month, day) select user_id, id, 'more ' || n, {}, {} from contacts, generate_series(1, 120) n where id = '{id}'",
        today().format("%m"),
        today().format("%d")
    ))
    .await;
    let (mut path, mut met) = ("/dates".to_owned(), Vec::new());
    loop {
        let page = ada.get(&path).await.expect(200);
        met.extend(page.all("[data-kind=date]").iter().map(|row| row.attr("data-id")));
        match page.all("a[rel=next]").first() {
            Some(next) => path = next.attr("href"),
            None => break,
        }
    }
    assert_eq!((met.len(), met.iter().collect::<BTreeSet<_>>().len()), (486, 486));
}

#[actix_web::test]
async fn a_date_tells_how_soon_and_what_age_and_fills_the_form_of_a_reminder() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let soon = today() + Days::new(5);
    let born = soon.format("1986-%m-%d").to_string();
    if (soon.format("%m-%d").to_string()) == "02-29" {
        return;
    }
    with_date(&mut ada, "Grace", &born).await;
    let page = ada.get("/dates").await.expect(200);
    let age = soon.format("%Y").to_string().parse::<i32>().unwrap() - 1986;
    let text = page.one("[data-kind=date] a[id]").text().to_owned();
    assert!(text.contains(&format!("in 5 days · birthday · turns {age}")), "{text}");
    let form = ada.get(&page.one("[data-kind=date] a[data-key=r]").attr("href")).await.expect(200);
    assert_eq!(form.one("#title").attr("value"), "Grace: birthday");
    assert_eq!(form.one("#starts_at").attr("value"), soon.to_string());
    assert_eq!(form.one("#repeats option[selected]").attr("value"), "yearly");
    assert_eq!(form.one("#advance_days").attr("value"), "7");
    crate::reminders::save(&mut ada, &form, &[]).await.expect(303);
    let yearly = soon.format("FREQ=YEARLY;BYMONTH=%-m;BYMONTHDAY=%-d 7").to_string();
    assert_eq!(texts(&app, "select recurrence_rule || ' ' || advance_days from reminders").await, [yearly]);
    ada.post("/settings/dates", &[("dates_ahead_days", "0")]).await.expect(303);
    let page = ada.get("/dates").await.expect(200);
    assert!(!page.one("[data-kind=date] a[data-key=r]").attr("href").contains("advance_days"));
    let refused = ada.post("/settings/dates", &[("dates_ahead_days", "61")]).await.expect(422);
    assert_eq!(refused.one("#dates_ahead_days-error").text(), "Give a whole number from 0 to 60.");
    let user = user(&app, "ada@example.com").await;
    let days = app.db.as_user(&user, async |tx| occasions::queries::days_ahead(tx).await).await.unwrap();
    assert_eq!(days, 0);
}

#[actix_web::test]
async fn a_leap_day_is_reminded_of_on_the_last_day_of_february() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    with_date(&mut ada, "Leap", "1988-02-29").await;
    let mut path = "/dates".to_owned();
    let page = loop {
        let page = ada.get(&path).await.expect(200);
        if page.count("[data-kind=date]") == 1 {
            break page;
        }
        path = page.one("a[rel=next]").attr("href");
    };
    let form = ada.get(&page.one("[data-kind=date] a[data-key=r]").attr("href")).await.expect(200);
    crate::reminders::save(&mut ada, &form, &[]).await.expect(303);
    let rule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1";
    assert_eq!(texts(&app, "select recurrence_rule from reminders").await, [rule]);
}
