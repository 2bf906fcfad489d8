//! How she writes days: chosen in the settings, kept, used on pages and in mails, and read where she types a day.

use chrono::{Datelike, Days, NaiveDate};
use kith::dates::{DateStyle, Language, Order, WEEK_STARTS};
use kith::reminders::model::begins;

use crate::day::{first_page, remind, titles};
use crate::deliveries::{accepts, due, send, spawn};
use crate::harness::{App, Page, User};
use crate::reminders::{ZONE, add, day, save, texts, today};
use crate::smtp::MailServer;

const AMERICAN: [(&str, &str); 3] = [("date_format", "mm/dd/yyyy"), ("clock", "12"), ("week_start", "sunday")];

async fn choose(user: &mut User, choices: &[(&str, &str)]) {
    user.post("/settings/date-style", choices).await.expect(303);
}

async fn person(user: &mut User, fields: &[(&str, &str)]) -> String {
    user.post("/contacts", &[&[("first_name", "Grace")], fields].concat()).await.expect(303).location()
}

/// How she writes days once her week begins where it leaves most of it to come: two days behind today at least.
pub async fn roomy_week(app: &App, today: NaiveDate) -> DateStyle {
    let styles = WEEK_STARTS.map(|(week_start, word, _)| (DateStyle { week_start, ..DateStyle::default() }, word));
    let left = |style: &DateStyle| style.days_of_week_ahead(today) % 7;
    let (style, word) = styles.into_iter().max_by_key(|(style, _)| left(style)).unwrap();
    app.sql(&format!("update users set settings = settings || '{{\"week_start\": \"{word}\"}}'")).await;
    style
}

/// What the chosen option of a list is stored as.
fn chosen(page: &Page, name: &str) -> String {
    page.one(&format!("#{name} option[selected]")).attr("value")
}

#[actix_web::test]
async fn what_she_chooses_stays_and_what_is_no_choice_is_refused_at_its_field() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.get("/settings").await.expect(200);
    let names = ["week_start", "date_format", "clock", "date_language"];
    assert_eq!(names.map(|name| chosen(&page, name)), ["monday", "d month yyyy", "24", "en"]);
    choose(&mut ada, &[&AMERICAN[..], &[("date_language", "pl")]].concat()).await;
    let page = ada.get("/settings").await.expect(200);
    assert_eq!(names.map(|name| chosen(&page, name)), ["sunday", "mm/dd/yyyy", "12", "pl"]);
    for name in names {
        for wrong in ["x", "", "Monday\0"] {
            let page = ada.post("/settings/date-style", &[(name, wrong)]).await.expect(422);
            assert_eq!(page.one(&format!("#{name}-error")).text(), "Choose one from the list.");
            assert_eq!(page.one(&format!("#{name}")).attr("aria-invalid"), "true");
        }
    }
    let page = ada.get("/settings").await.expect(200);
    assert_eq!(names.map(|name| chosen(&page, name)), ["sunday", "mm/dd/yyyy", "12", "pl"], "nothing was changed");
}

#[actix_web::test]
async fn a_word_that_was_stored_and_is_none_leaves_what_goes_without_saying() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for settings in [r#"{"date_format": "soon", "clock": 12, "week_start": null, "date_language": ["de"]}"#, "[]", "7"]
    {
        app.sql(&format!("update users set settings = '{settings}'")).await;
        let page = ada.get("/").await.expect(200);
        let shown = page.one(".greeting time").text().to_owned();
        assert!(shown.starts_with(DateStyle::default().weekday(today().weekday())), "{settings}: {shown}");
    }
    app.sql("update users set settings = null").await;
    ada.get("/").await.expect(200);
}

#[actix_web::test]
async fn every_page_writes_days_and_hours_as_she_does_and_machines_read_them_as_ever() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    choose(&mut ada, &AMERICAN).await;
    let grace = person(&mut ada, &[("date_kind[]", "birthday"), ("date_value[]", "1986-03-17")]).await;
    let with = ("contact_id", grace.trim_start_matches("/contacts/"));
    let passed = [("interaction_type", "call"), ("occurred_at", "2026-05-03 14:05"), with];
    let call = ada.post("/interactions", &passed).await.expect(303).location();
    let reminder = add(&mut ada, &[("starts_at", "2031-05-03 14:05"), with]).await;

    let page = ada.get(&grace).await.expect(200);
    assert_eq!(page.one("time[datetime='1986-03-17']").text(), "03/17/1986");
    let headings: Vec<_> =
        page.all("h3 time").iter().map(|day| (day.attr("datetime"), day.text().to_owned())).collect();
    assert_eq!(headings, [("2026-05-03".to_owned(), "05/03/2026".to_owned())]);
    assert!(page.body.contains(">2:05 pm</time>") && !page.body.contains("3 May"), "{}", page.body);
    let shown = ada.get(&call).await.expect(200).one("main time").text().to_owned();
    assert_eq!(shown, "05/03/2026, 2:05 pm");
    let page = ada.get(&reminder).await.expect(200);
    assert!(page.body.contains("Saturday, 05/03/2031, 2:05 pm"), "{}", page.body);
    let row = ada.get("/reminders").await.expect(200);
    let due = row.one("[data-list] time");
    assert_eq!((due.text(), due.attr("datetime").as_str()), ("Sat 05/03/2031, 2:05 pm", "2031-05-03T14:05:00+02:00"));
    let page = ada.get("/dates").await.expect(200);
    assert!(page.one(".bar small").text().starts_with(&format!("{:02}/{:02}/", today().month(), today().day())));
}

#[actix_web::test]
async fn a_preview_of_an_import_and_the_hint_of_a_field_write_days_as_she_does() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    choose(&mut ada, &AMERICAN).await;
    let days = [("birthday", "1986-03-17"), ("anniversary", "2011-05-03")];
    let form = days.iter().flat_map(|(kind, day)| [("date_kind[]", *kind), ("date_value[]", *day)]).collect::<Vec<_>>();
    let grace = person(&mut ada, &form).await;
    let post = [("organization", "Navy"), ("title", "Officer"), ("start_date", "2011-05-03"), ("is_current", "true")];
    ada.post(&format!("{grace}/employments"), &post).await.expect(303);
    let card = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Grace\r\nORG:Navy\r\nTITLE:Commander\r\nBDAY:1986-03-18\r\nANNIVERSARY:--0504\r\nEND:VCARD\r\n";
    let page = ada.upload("/imports", "phone.vcf", card.as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    let page = ada.get(&format!("{page}?status=doubtful")).await.expect(200);
    let cells: Vec<String> = page.all(".record td").iter().map(|cell| cell.text().to_owned()).collect();
    for told in ["03/17/1986", "03/18/1986", "05/03/2011", "05/04", "Navy, Officer (since 05/03/2011)"] {
        assert!(cells.iter().any(|cell| cell == told), "{told}: {cells:?}");
    }
    let page = ada.get("/contacts/new").await.expect(200);
    assert_eq!(page.all("[name='date_value[]']")[0].attr("placeholder"), "05/31/2027 or 05/31");
    let page = ada.get("/reminders/new").await.expect(200);
    assert_eq!(page.one("#exdates").attr("placeholder"), "12/24/2026, 12/31/2026");
    let wrong = [("first_name", "Zoe"), ("date_kind[]", "birthday"), ("date_value[]", "soon")];
    let said = ada.post("/contacts", &wrong).await.expect(422).one("#date_value-error").text().to_owned();
    assert_eq!(said, "“soon” is no date: write it as 05/31/2027, or without a year as 05/31.");
}

#[actix_web::test]
async fn days_that_are_left_out_are_typed_as_she_writes_them_also_in_words() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let often = [("starts_at", "2031-05-01"), ("repeats", "daily")];
    for (style, typed) in [
        ("d month yyyy", "3 May 2031, 4 May 2031"),
        ("dd.mm.yyyy", "03.05.2031 04.05.2031"),
        ("month d, yyyy", "2031-05-03, 2031-05-04"),
    ] {
        choose(&mut ada, &[("date_format", style)]).await;
        let page = ada.get("/reminders/new").await.expect(200);
        let hint = page.one("#exdates").attr("placeholder");
        for typed in [typed, &hint] {
            let reminder = add(&mut ada, &[&often[..], &[("exdates", typed)]].concat()).await;
            let kept = ada.get(&format!("{reminder}/edit")).await.expect(200).one("#exdates").attr("value");
            let expected = if typed == hint { "2026-12-24, 2026-12-31" } else { "2031-05-03, 2031-05-04" };
            assert_eq!(kept, expected, "{style}: {typed}");
        }
    }
}

#[actix_web::test]
async fn months_weekdays_and_what_is_near_are_called_in_her_language() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    choose(&mut ada, &[("date_language", "de")]).await;
    let style = DateStyle { language: Language::German, ..DateStyle::default() };
    let shown = ada.get("/").await.expect(200).one(".greeting time").text().to_owned();
    assert_eq!(shown, style.long_without_year(today()));
    let grace = person(&mut ada, &[("date_kind[]", "birthday"), ("date_value[]", "17. März 1986")]).await;
    let with = ("contact_id", grace.trim_start_matches("/contacts/"));
    ada.post("/interactions", &[("interaction_type", "call"), ("occurred_at", "gestern"), with]).await.expect(303);
    add(&mut ada, &[("starts_at", "3. Mai 2031"), with]).await;
    add(&mut ada, &[("title", "Soon"), ("starts_at", "morgen 14:05")]).await;
    let page = ada.get(&grace).await.expect(200);
    assert_eq!(page.one("time[datetime='1986-03-17']").text(), "17. März 1986");
    assert_eq!(page.one("h3 small").text(), "gestern");
    let page = ada.get("/reminders").await.expect(200);
    let rows: Vec<String> = page.all("[data-list] time").iter().map(|due| due.text().to_owned()).collect();
    assert_eq!(rows, ["morgen, 14:05", "Sa 3. Mai 2031"]);
    let list = ada.get("/contacts").await.expect(200);
    assert_eq!(list.one("[data-list] time").text(), "gestern");
}

#[actix_web::test]
async fn a_day_that_is_typed_is_read_in_the_order_in_which_she_writes() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ten = |order| DateStyle { order, ..DateStyle::default() };
    for (word, order, read) in [
        ("dd/mm/yyyy", Order::DayMonth, "2031-05-03"),
        ("mm/dd/yyyy", Order::MonthDay, "2031-03-05"),
        ("month d, yyyy", Order::MonthNameDay, "2031-03-05"),
    ] {
        choose(&mut ada, &[("date_format", word)]).await;
        let typed = "3/5/2031";
        let reminder = add(&mut ada, &[("starts_at", typed)]).await;
        let page = ada.get(&format!("{reminder}/edit")).await.expect(200);
        assert_eq!(page.one("#starts_at").attr("value"), read);
        let ended = [("starts_at", "2031-01-01"), ("repeats", "daily"), ("ends", "until"), ("until", typed)];
        add(&mut ada, &[&ended[..], &[("exdates", "1/2/2031")]].concat()).await;
        let until = texts(&app, "select recurrence_rule from reminders where recurrence_rule is not null").await;
        assert_eq!(until, [format!("FREQ=DAILY;UNTIL={}", read.replace('-', ""))]);
        app.sql("delete from reminders").await;

        let grace = person(&mut ada, &[("date_kind[]", "birthday"), ("date_value[]", "3/5")]).await;
        let birthday = texts(&app, "select format('%s-%s', month, day) from contact_dates").await;
        assert_eq!(birthday, [if order == Order::DayMonth { "5-3" } else { "3-5" }]);
        app.sql("delete from contact_dates").await;
        let post = [("organization", "Tidewater"), ("start_date", "3/5/2011")];
        ada.post(&format!("{grace}/employments"), &post).await.expect(303);
        let began = texts(&app, "select start_date::text from contact_employments").await;
        assert_eq!(began, [read.replace("2031", "2011")]);
        app.sql("delete from contact_employments").await;
        let with = ("contact_id", grace.trim_start_matches("/contacts/"));
        ada.post("/interactions", &[("interaction_type", "call"), ("occurred_at", "3/5/2011"), with]).await.expect(303);
        let passed = texts(&app, "select occurred_on::text from interactions").await;
        assert_eq!(passed, [read.replace("2031", "2011")]);
        app.sql("delete from interactions").await;
        let command = ada.get("/search?q=%3E%20call%20Grace%203/5/2011").await.expect(200);
        assert_eq!(
            command.one("input[name=occurred_at]").attr("value"),
            read.replace("2031", "2011"),
            "{:?}",
            ten(order)
        );
        app.sql("delete from contacts").await;
    }
    // Where the year goes first nothing says which is the month.
    choose(&mut ada, &[("date_format", "yyyy-mm-dd")]).await;
    let typed = [("title", "x"), ("starts_at", "3/5/2031")];
    let page = ada.post("/reminders", &typed).await.expect(422);
    assert!(page.one("#starts_at-error").text().starts_with("Say when"));
    assert_eq!(page.one("#starts_at").attr("value"), "3/5/2031");
}

#[actix_web::test]
async fn every_second_week_is_one_of_hers_and_an_edit_keeps_the_weeks_that_a_reminder_has() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let rules = async || texts(&app, "select recurrence_rule from reminders order by created_at, id").await;
    let weekly = [("repeats", "weekly"), ("interval", "2"), ("starts_at", "2031-05-04")];
    let old = add(&mut ada, &weekly).await;
    choose(&mut ada, &[("week_start", "sunday")]).await;
    let hers = add(&mut ada, &weekly).await;
    add(&mut ada, &[("repeats", "weekly"), ("starts_at", "2031-05-04")]).await;
    let made = ["FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU", "FREQ=WEEKLY;BYDAY=SU"];
    assert_eq!(rules().await, made);
    for (path, week_start) in [(&old, "sunday"), (&hers, "monday")] {
        choose(&mut ada, &[("week_start", week_start)]).await;
        let page = ada.get(&format!("{path}/edit")).await.expect(200);
        assert_eq!(chosen(&page, "repeats"), "weekly");
        let days: Vec<String> = page.all("input[name='weekday[]']").iter().map(|day| day.attr("value")).collect();
        assert_eq!(days[0], if week_start == "sunday" { "SU" } else { "MO" });
        save(&mut ada, &page, &[("title", "Renamed")]).await.expect(303);
    }
    assert_eq!(rules().await, made);
}

#[actix_web::test]
async fn her_week_ends_where_she_says_and_its_last_day_looks_into_the_next() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (week_start, word, _) in WEEK_STARTS {
        let style = DateStyle { week_start, ..DateStyle::default() };
        ada.post("/settings/date-style", &[("week_start", word)]).await.expect(303);
        let left = style.days_of_week_ahead(today());
        app.sql("delete from reminders").await;
        for (title, days) in [("Its last day", left), ("Behind it", left + 1)] {
            remind(&app, title, begins(today() + Days::new(days.into()), ZONE), true).await;
        }
        let (part, title) = if left == 7 { ("next-week", "Next week") } else { ("this-week", "This week") };
        let page = first_page(&mut ada).await;
        assert_eq!(titles(&page, part), ["Its last day"], "{word}");
        assert_eq!(page.all("main h2")[0].text(), title);
        let list = ada.get("/reminders").await.expect(200);
        let groups: Vec<String> = list.all("main h2").iter().map(|title| title.text().to_owned()).collect();
        assert_eq!(groups[..2], [title, "Later"], "{word}");
    }
}

#[actix_web::test]
async fn mails_write_days_as_she_does() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    choose(&mut ada, &[&AMERICAN[..], &[("date_language", "de")]].concat()).await;
    let path = add(&mut ada, &[("title", "Water"), ("starts_at", &format!("{} 14:05", day(1)))]).await;
    due(&app, &path, "3 days").await;
    assert_eq!(send(&app, &mail).await, 1);
    let at = texts(&app, "select to_char(due_at at time zone 'Europe/Berlin', 'MM/DD/YYYY') from reminders").await;
    let said = accepts(&mut mail, 1)[0]["text"].as_str().unwrap().to_owned();
    assert!(said.contains(&at[0]) && (said.contains(" pm") || said.contains(" am")), "{said}");

    ada.post("/settings/notifications/mail", &[("digest", "true"), ("digest_time", "00:00")]).await.expect(303);
    app.sql("update users set created_at = now() - interval '9 days'").await;
    let born = (today() + Days::new(7)).format("--%m-%d").to_string();
    person(&mut ada, &[("date_kind[]", "birthday"), ("date_value[]", &born)]).await;
    assert_eq!(send(&app, &mail).await, 1);
    let digest = accepts(&mut mail, 2)[1].clone();
    let style = DateStyle { language: Language::German, order: Order::MonthDay, ..DateStyle::default() };
    let weekday = style.weekday(today().weekday());
    assert!(digest["Subject"].as_str().unwrap().starts_with(weekday), "{digest}");
    let said = digest["text"].as_str().unwrap();
    assert!(said.contains(&style.exact(today())), "{said}");
    assert!(said.contains(&format!("birthday in 7 Tagen, {weekday}")) && said.contains("vor 3 Tagen"), "{said}");
}

#[actix_web::test]
async fn a_period_and_a_postponement_are_typed_and_shown_as_she_writes_days() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    choose(&mut ada, &AMERICAN).await;
    let style = DateStyle { order: Order::MonthDay, ..DateStyle::default() };
    let shown = ["2026-05-04", "2026-05-31"].map(|day| style.exact(day.parse().unwrap()));
    for from in ["2026-05-04", shown[0].as_str()] {
        let page = ada.get(&format!("/interactions?from={from}&to=2026-05-31")).await.expect(200);
        let fields = ["from", "to"].map(|name| page.one(&format!("input[name={name}]")).attr("value"));
        assert_eq!((fields, page.count("#from-error")), (shown.clone(), 0), "{from}");
    }
    let grace = person(&mut ada, &[("contact_frequency_days", "21")]).await;
    let path = format!("{grace}/postponement");
    let asked = ada.get(&path).await.expect(200);
    assert_eq!(asked.one("#postponed_until").attr("placeholder"), style.sample());
    let until = style.exact(today() + Days::new(60));
    ada.post(&path, &[("postponed_until", &until)]).await.expect(303);
}
