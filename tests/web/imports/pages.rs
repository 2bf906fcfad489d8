//! The page of an import, for her and for nobody else.

use super::{GRACE, cards, words};
use crate::harness::App;

#[actix_web::test]
async fn another_users_import_is_404_everywhere() {
    let app = App::spawn().await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    let page = ada.reads(&app, GRACE).await;
    bob.get(&page).await.expect(404);
    for action in ["application", "cancellation"] {
        bob.post(&format!("{page}/{action}"), &[]).await.expect(404);
    }
    bob.post(&format!("{page}/choices"), &[("status", "ignored"), ("choice", "new")]).await.expect(404);
    assert_eq!(ada.state(&page).await, "preview");
    assert_eq!(bob.get("/imports").await.expect(200).count("[data-kind=import]"), 0);
}

#[actix_web::test]
async fn while_something_runs_the_page_shows_how_far_it_is_with_and_without_script() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.upload("/imports", "phone.vcf", GRACE.as_bytes()).await.expect(303).location();
    let whole = ada.get(&page).await.expect(200);
    assert_eq!(whole.count("progress"), 1);
    assert!(whole.one("head noscript").text().contains("refresh"));
    assert_eq!(whole.one("[hx-trigger='every 1s']").attr("hx-get"), page);
    let headers = [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", "div#import")];
    let block = ada.get_with(&page, &headers).await.expect(200);
    assert_eq!((block.count("progress"), block.count("nav.side")), (1, 0));
    app.run_jobs().await;
    let block = ada.get_with(&page, &headers).await.expect(200);
    assert_eq!((block.count("progress"), block.count("[hx-trigger]")), (0, 0));
}

#[actix_web::test]
async fn records_are_paged_by_word_and_each_is_met_once() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.reads(&app, &cards(1, 120)).await;
    let (mut url, mut met) = (format!("{page}?status=new"), Vec::new());
    loop {
        let shown = ada.get(&url).await.expect(200);
        met.extend(shown.all(".record").iter().map(|record| record.attr("data-id").parse::<i32>().unwrap()));
        match shown.all("a[rel=next]").first() {
            Some(next) => url = next.attr("href"),
            None => break,
        }
    }
    assert_eq!(met, (1..=120).collect::<Vec<_>>());
}

#[actix_web::test]
async fn what_changed_nothing_has_no_undo_and_what_nothing_was_decided_of_nothing_to_apply() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.imports(&app, GRACE).await;
    let page = ada.imports(&app, GRACE).await;
    let again = ada.get(&page).await.expect(200);
    assert_eq!((again.count("form[action$='/undo']"), again.count("form[action$='/application']")), (0, 0));
    app.sql("update contacts set notes = 'hers'").await;
    let page = ada.imports(&app, &GRACE.replace("met in Arlington", "theirs")).await;
    let doubtful = format!("{page}?status=doubtful");
    assert_eq!(ada.get(&doubtful).await.expect(200).count("form[action$='/application']"), 0);
    let fields = [("status", "doubtful"), ("position", "1"), ("choice", "card")];
    ada.post(&format!("{page}/choices"), &fields).await.expect(303);
    let decided = ada.get(&doubtful).await;
    assert_eq!((decided.count("form[action$='/application']"), decided.count("form[action$='/undo']")), (1, 0));
    ada.applies(&app, &page).await;
    assert_eq!(ada.get(&page).await.count("form[action$='/undo']"), 1);
}

#[actix_web::test]
async fn the_history_says_whether_an_import_was_taken_back_or_done_again_and_whose_was_removed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.imports(&app, GRACE).await;
    for (title, is_gone) in [
        ("Import of phone.vcf taken back", true),
        ("Import of phone.vcf done again", false),
        ("Import of phone.vcf taken back", true),
    ] {
        if is_gone {
            ada.undoes(&page).await;
        } else {
            let newest = ada.get("/history").await.expect(200).all("[data-kind=change_set] a")[0].attr("href");
            let redo = newest.replace("/history/", "/change-sets/") + "/undo";
            ada.post(&redo, &[("next", "/history")]).await.expect(303);
            app.run_jobs().await;
        }
        let history = ada.get("/history").await.expect(200);
        let newest = &history.all("[data-kind=change_set] a")[0];
        assert_eq!(newest.text(), title);
        let change = ada.get(&newest.attr("href")).await.expect(200);
        assert_eq!(change.one("main h1").text(), title);
        let rows: Vec<String> = change.all(".changes h2").iter().map(|row| row.text().to_owned()).collect();
        let of_ways: Vec<&String> = rows.iter().filter(|row| row.contains("e-mail, phone or link")).collect();
        assert!(of_ways.len() == 2 && of_ways.iter().all(|row| row.contains("Grace Hopper")), "{rows:?}");
    }
}

#[actix_web::test]
async fn a_group_is_left_out_with_its_reason_and_a_card_that_is_cut_off_says_so() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let group = "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:My Group\r\nMEMBER:mailto:a@x.example\r\nEND:VCARD\r\n";
    let page = ada.reads(&app, &format!("{group}{}", GRACE.replace("END:VCARD\r\n", ""))).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 1), ("ignored", 1)]));
    let said = ada.get(&format!("{page}?status=ignored")).await.expect(200).one(".record");
    assert!(said.text().contains("It is a group of contacts, not a person."), "{}", said.text());
    let said = ada.get(&format!("{page}?status=new")).await.expect(200).one(".record");
    assert!(said.text().contains("The file ends within this card"), "{}", said.text());
    ada.applies(&app, &page).await;
    let names: Vec<String> = app.sql("select display_name from contacts").await.iter().map(|row| row.get(0)).collect();
    assert_eq!(names, ["Grace Hopper"]);
}

#[actix_web::test]
async fn what_was_taken_back_is_not_called_imported_and_leads_to_nobody_who_is_gone() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.imports(&app, GRACE).await;
    let said = ada.get(&format!("{page}?status=new")).await.expect(200).one(".record header");
    assert!(said.text().contains("imported") && said.text().contains("Open the contact"), "{}", said.text());
    ada.undoes(&page).await;
    let said = ada.get(&format!("{page}?status=new")).await.expect(200).one(".record header");
    assert!(said.text().contains("taken back"), "{}", said.text());
    assert!(!said.text().contains("imported") && !said.text().contains("Open"), "{}", said.text());
}
