//! What is typed behind a `>`: it logs or reminds, and asks who is meant.

use crate::harness::{App, Page, User};
use crate::interactions::person;

const PARTIAL: [(&str, &str); 2] = [("hx-request", "true"), ("hx-request-type", "partial")];

#[actix_web::test]
async fn a_command_of_the_palette_logs_what_it_says_and_asks_who_is_meant() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (hopper, kelly) = (person(&mut ada, "Grace Hopper").await, person(&mut ada, "Grace Kelly").await);
    let alan = person(&mut ada, "Alan Turing").await;
    let page = ada.get("/search?q=%3E+call+alan+on+3+May%3A+asked+about+the+job").await.expect(200);
    assert_eq!(page.one("#search-results form button").text(), "Call with Alan Turing");
    let field = |page: &Page, name: &str| page.one(&format!("#search-results form [name='{name}']")).attr("value");
    let sent = ["interaction_type", "occurred_at", "summary", "contact_id"].map(|name| (name, field(&page, name)));
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(sent[3].1, alan);
    ada.post("/interactions", &sent).await.expect(303);
    let told = ada.get(&format!("/contacts/{alan}")).await.expect(200);
    assert_eq!(told.one(".timeline li p").text(), "asked about the job");
    assert!(told.one(".timeline h3 time").attr("datetime").ends_with("-05-03"));
    let page = ada.get("/search?q=%3E+note+Grace%3A+likes+tea").await.expect(200);
    let mut asked: Vec<String> =
        page.all("#search-results button[name=contact_id]").iter().map(|one| one.attr("value")).collect();
    asked.sort();
    let mut both = vec![hopper, kelly];
    both.sort();
    assert_eq!(asked, both);
    let palette = [&PARTIAL[..], &[("hx-target", "div#palette-results")]].concat();
    let block = ada.get_with("/search?q=%3E+note+Grace%3A+likes+tea", &palette).await.expect(200);
    assert!(block.all("a[href], button")[0].attr("href").starts_with("/search?q="), "the first choice asks");
    let new = ada.get("/search?q=%3E+call+Nobody+Known%3A+x").await.expect(200);
    assert_eq!(new.one("#search-results button").attr("value"), "new");
    for typed in ["%3E", "%3E+sing+Ada", "%3E+call", "%3E+call+%3A"] {
        assert_eq!(
            ada.get(&format!("/search?q={typed}")).await.expect(200).count("#search-results form[method=post]"),
            0
        );
    }
}

#[actix_web::test]
async fn somebody_who_is_called_like_a_day_is_meant_before_the_day() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let sunday = person(&mut ada, "Sunday Adeyemi").await;
    person(&mut ada, "Tom Sawyer").await;
    let today = asked(&mut ada, "call Tom: x").await.one("#search-results [name=occurred_at]").attr("value");
    for (typed, is_today) in [
        ("call Sunday Adeyemi: x", true),
        ("call Sunday: x", true),
        ("call Sunday Adeyemi yesterday: x", false),
        ("call Sunday yesterday: moves on Monday", false),
        ("call Sunday Adeyemi sunday: x", false),
        ("call sunday Sunday Adeyemi: x", false),
    ] {
        let page = asked(&mut ada, typed).await;
        assert_eq!(page.one("#search-results form button").text(), "Call with Sunday Adeyemi", "{typed}");
        assert_eq!(page.one("#search-results [name=contact_id]").attr("value"), sunday, "{typed}");
        let at = page.one("#search-results [name=occurred_at]").attr("value");
        assert_eq!(at == today, is_today, "{typed}: {at}");
    }
    let tom = asked(&mut ada, "call Tom sunday: x").await;
    assert_eq!(tom.one("#search-results form button").text(), "Call with Tom Sawyer");
    assert_ne!(tom.one("#search-results [name=occurred_at]").attr("value"), today);
}

/// The page of what is typed behind the `>`.
async fn asked(user: &mut User, typed: &str) -> Page {
    let query: String = url::form_urlencoded::byte_serialize(format!("> {typed}").as_bytes()).collect();
    user.get(&format!("/search?q={query}")).await.expect(200)
}

/// Sends the form that the page shows, with whoever is chosen.
async fn send(user: &mut User, page: &Page, chosen: Option<&str>) -> Page {
    let form = page.one("#search-results form[method=post]");
    let inputs: Vec<(String, String)> = page
        .all("#search-results form[method=post] input:not([name=csrf_token])")
        .iter()
        .map(|one| (one.attr("name"), one.attr("value")))
        .collect();
    let mut fields: Vec<(&str, &str)> = inputs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend(chosen.map(|id| ("contact_id", id)));
    let path = user.post(&form.attr("action"), &fields).await.expect(303).location();
    user.get(&path).await.expect(200)
}

const SAVED: &str = "select concat_ws('|', title, starts_at, is_day, recurrence_rule, zone, contact_id is not null) from reminders \
     where deleted_at is null order by id desc limit 1";

async fn saved(app: &App) -> String {
    app.sql(SAVED).await.first().map(|row| row.get(0)).unwrap_or_default()
}

#[actix_web::test]
async fn a_command_reminds_of_somebody_at_her_hour_and_is_taken_back_at_once() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    person(&mut ada, "Grace Hopper").await;
    let page = asked(&mut ada, "remind grace: ring back, 2031-07-04 at 9").await;
    assert_eq!(page.one("#search-results h2").text(), "Remind: Friday, 4 July 2031, 09:00");
    assert_eq!(page.one("#search-results form button").text(), "Grace Hopper: ring back");
    let told = send(&mut ada, &page, None).await;
    assert_eq!(told.one("h1").text(), "ring back");
    assert!(told.one("#flash").text().contains("You will be reminded: “ring back”."));
    assert_eq!(saved(&app).await, "ring back|2031-07-04 09:00:00|f|t");
    ada.post(&told.one("#flash form").attr("action"), &[]).await.expect(303);
    assert_eq!(saved(&app).await, "");
}

#[actix_web::test]
async fn a_command_reminds_of_nobody_again_and_again() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = asked(&mut ada, "remind me to pay the rent on the first of every month").await;
    let told = send(&mut ada, &page, None).await;
    assert!(told.one("main").text().contains("The 1st of every month"));
    let (first, last) = ("pay the rent|", "-01 00:00:00|t|FREQ=MONTHLY;BYMONTHDAY=1|f");
    let stored = saved(&app).await;
    assert!(stored.starts_with(first) && stored.ends_with(last), "{stored}");
    let page = asked(&mut ada, "remind me to pay the rent yearly on 3 May").await;
    let form = page.all("#search-results form a").pop().unwrap().attr("href");
    let form = ada.get(&form).await.expect(200);
    assert_eq!(form.one("select[name=repeats] option[selected]").attr("value"), "yearly");
}

#[actix_web::test]
async fn whoever_may_be_meant_by_a_reminder_is_asked_for_and_nobody_is_guessed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let hopper = person(&mut ada, "Grace Hopper").await;
    person(&mut ada, "Grace Kelly").await;
    let page = asked(&mut ada, "remind grace: likes tea, 24 December 2031").await;
    assert_eq!(page.count("#search-results button[name=contact_id]"), 2);
    assert_eq!(page.count("#search-results button:not([name])"), 0, "none without a choice");
    let query = "/search?q=%3E+remind+grace%3A+likes+tea+24+December+2031";
    let palette = [&PARTIAL[..], &[("hx-target", "div#palette-results")]].concat();
    let block = ada.get_with(query, &palette).await.expect(200);
    assert!(block.all("a[href], button")[0].attr("href").starts_with("/search?q="), "the first choice asks");
    send(&mut ada, &page, Some(&hopper)).await;
    assert_eq!(saved(&app).await, "likes tea|2031-12-24 00:00:00|t|t");
    let page = asked(&mut ada, "remind nobody known: x tomorrow").await;
    assert_eq!(page.count("#search-results button"), 0);
    let form = page.one("#search-results li a").attr("href");
    assert_eq!(ada.get(&form).await.expect(200).one("#title").attr("value"), "nobody known: x");
}

#[actix_web::test]
async fn a_reminder_of_two_people_asks_about_whom_it_is_and_loses_neither() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (grace, alan) = (person(&mut ada, "Grace Hopper").await, person(&mut ada, "Alan Turing").await);
    let page = asked(&mut ada, "remind grace and alan: send the slides, tomorrow").await;
    assert!(page.one("#search-results [data-state=asked]").text().contains("about one person"));
    let mut offered: Vec<String> =
        page.all("#search-results button[name=contact_id]").iter().map(|one| one.attr("value")).collect();
    offered.sort();
    let mut both = vec![grace, alan.clone()];
    both.sort();
    assert_eq!(offered, both);
    let nobody = page.one("#search-results li a").attr("href");
    let form = ada.get(&nobody).await.expect(200);
    assert_eq!(form.one("#title").attr("value"), "grace and alan: send the slides");
    let told = send(&mut ada, &page, Some(&alan)).await;
    assert!(told.one("main").text().contains("Alan Turing"));
    person(&mut ada, "Tom and Jerry").await;
    let page = asked(&mut ada, "remind tom and jerry: send the slides, tomorrow").await;
    assert_eq!(
        page.one("#search-results form button").text(),
        "Tom and Jerry: send the slides",
        "one who is called so"
    );
}

#[actix_web::test]
async fn an_hour_in_a_command_says_when_it_was() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    person(&mut ada, "Grace Hopper").await;
    let page = asked(&mut ada, "call grace on 3 May 2026 at 14:00: asked").await;
    assert_eq!(page.one("#search-results h2").text(), "Log, 3 May 2026, 14:00");
    assert_eq!(page.one("#search-results form button").text(), "Call with Grace Hopper");
    let told = send(&mut ada, &page, None).await;
    assert_eq!(told.all("main time")[0].attr("datetime"), "2026-05-03T14:00:00+02:00");
}

#[actix_web::test]
async fn what_a_reminder_lacks_is_asked_by_the_form_that_has_the_rest() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    for (typed, title, when) in [
        ("remind grace: ring back", "ring back", ""),
        ("remind me about grace on 2031-07-04 18:30", "", "2031-07-04 18:30"),
    ] {
        let page = asked(&mut ada, typed).await;
        assert_eq!(page.count("#search-results form[method=post]"), 0, "{typed}");
        let form = ada.get(&page.one("#search-results li a").attr("href")).await.expect(200);
        assert_eq!([form.one("#title").attr("value"), form.one("#starts_at").attr("value")], [title, when]);
        assert_eq!(form.one("input[name=contact_id]").attr("value"), grace);
    }
    for typed in ["remind", "remind me", "remind :"] {
        let page = asked(&mut ada, typed).await;
        assert!(page.one("#search-results [data-state=none]").text().contains("Of what, and when?"), "{typed}");
    }
}

#[actix_web::test]
async fn an_hour_that_the_clocks_leave_out_is_told_before_it_is_saved() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/settings/profile", &[("full_name", "Ada"), ("time_zone", "Europe/Berlin"), ("country", "DE")])
        .await
        .expect(303);
    // In Berlin the last Sunday of March leaves out two to three o'clock.
    let page = asked(&mut ada, "remind me to sleep on 30 March 2031 at 2:30").await;
    assert!(page.one("#search-results h2").text().ends_with("02:30 (the clocks change: 03:30)"));
    send(&mut ada, &page, None).await;
    let due = app.sql("select due_at::text from reminder_occurrences").await;
    assert!(due.is_empty() || due[0].get::<_, String>(0).starts_with("2031-03-30 01:30"));
    let past = asked(&mut ada, "remind me to sleep on 2020-01-01").await;
    assert!(past.one("#search-results h2").text().ends_with("which has passed"));
}
