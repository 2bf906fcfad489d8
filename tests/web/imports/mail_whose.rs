//! Whose mail it is, and whose is left out.

use super::mail::{message, reasons};
use super::{one, words};
use crate::harness::App;

#[actix_web::test]
async fn a_sender_of_masses_whom_she_never_answered_is_left_out_unless_she_asks_or_knows_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let letter = |from: &str, n: usize| {
        let header = format!(
            "From: {from}\nTo: ada@x.example\nDate: {} May 2024 10:00:00 +0000\nSubject: Letter {n} of {from}",
            n % 28 + 1
        );
        message(&format!("{n}.{}", from.len()), &header, "Buy now")
    };
    let mailbox: String = (0..30)
        .flat_map(|n| [letter("Shop Deals <deals@shop.example>", n), letter("Mary Smith <mary@home.example>", n)])
        .collect();
    let page = ada.takes_in(&app, "inbox.mbox", mailbox.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("ignored", 30), ("new", 30)]));
    let ignored = ada.get(&format!("{page}?status=ignored")).await.expect(200);
    assert_eq!(reasons(&ignored), ["30 Its sender writes much, and you never wrote back."]);
    assert_eq!(ignored.count("main p a[href^='/imports?']"), 1, "it says how they come in");
    let asked = ada.reads_file(&app, "inbox.mbox", mailbox.as_bytes()).await;
    let answer = [("addresses", "ada@x.example"), ("include_lists", "true")];
    ada.post(&format!("{asked}/addresses"), &answer).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.words(&asked).await, words(&[("new", 30), ("unchanged", 30)]));
    assert_eq!(one(&app, "select count(*)::text from interactions where not is_contact").await, "30");
    let mut bob = app.sign_in("bob").await;
    let shop = [("first_name", "Deals"), ("method_kind[]", "email"), ("method_label[]", "")];
    let shop: Vec<(&str, &str)> = shop.into_iter().chain([("method_value[]", "deals@shop.example")]).collect();
    bob.post("/contacts", &shop).await.expect(303);
    let page = bob.takes_in(&app, "inbox.mbox", mailbox.as_bytes()).await;
    assert_eq!(bob.words(&page).await, words(&[("new", 60)]), "whoever is a contact is somebody");
}

#[actix_web::test]
async fn addresses_that_she_says_later_hold_for_what_came_before_but_for_what_she_edited() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mailbox: String = [
        ("1", "From: old@x.example\nTo: Grace <grace@navy.example>"),
        ("2", "From: Grace <grace@navy.example>\nTo: old@x.example"),
        ("3", "From: old@x.example\nTo: ada@x.example"),
        ("4", "From: Mary <mary@home.example>\nTo: Grace <grace@navy.example>"),
        ("5", "From: Grace <grace@navy.example>\nTo: old@x.example, mary@home.example"),
    ]
    .iter()
    .map(|(id, who)| message(id, &format!("{who}\nDate: {id} May 2024 10:00:00 +0000\nSubject: {id}"), "x"))
    .collect();
    ada.takes_in(&app, "inbox.mbox", mailbox.as_bytes()).await;
    let told = "select string_agg(concat_ws(' ', subject, coalesce(direction, 'none'), is_contact), ', ' order by subject) from interactions";
    assert_eq!(one(&app, told).await, "1 none f, 2 none f, 3 inbound t, 4 none f, 5 none f");
    let waiting = "select string_agg(concat_ws(' ', address, received_count, sent_count), ', ' order by address) from correspondents";
    assert!(one(&app, waiting).await.contains("old@x.example 2 0"));
    app.sql("update interactions set direction = 'mutual' where subject = '5'").await;
    let before = one(&app, told).await;
    let asked = ada.reads_file(&app, "again.mbox", mailbox.as_bytes()).await;
    let answer = [("address[]", "ada@x.example"), ("addresses", "old@x.example")];
    ada.post(&format!("{asked}/addresses"), &answer).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.words(&asked).await, words(&[("unchanged", 5)]));
    assert_eq!(one(&app, told).await, "1 outbound t, 2 inbound t, 3 outbound t, 4 none f, 5 mutual f");
    assert_eq!(one(&app, waiting).await, "grace@navy.example 2 1, mary@home.example 1 0", "she waits no more herself");
    let history = ada.get("/history").await.expect(200);
    let undo = history.all("li[data-kind=change_set] form[action$='/undo']")[0].attr("action");
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(one(&app, told).await, before, "it is taken back with the import");
    assert!(one(&app, waiting).await.contains("old@x.example 2 0"));
}

#[actix_web::test]
async fn somebody_who_signs_with_her_first_name_keeps_the_whole_of_it_and_her_other_addresses() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let letter = |day: u32, from: &str| {
        let header = format!("From: {from}\nTo: ada@x.example\nDate: {day} May 2024 10:00:00 +0000\nSubject: Letter");
        message(&format!("m{day}"), &header, "x")
    };
    let short = letter(3, "Jane <jane@work.example>");
    let others = [letter(1, "Jane Doe <jane@work.example>"), letter(2, "\"Doe, Jane\" <jane.doe@home.example>")];
    ada.takes_in(&app, "short.mbox", short.as_bytes()).await;
    ada.takes_in(&app, "inbox.mbox", others.concat().as_bytes()).await;
    let people =
        "select count(distinct person_id)::text || ' ' || string_agg(name, '; ' order by address) from correspondents";
    assert_eq!(one(&app, people).await, "1 Doe, Jane; Jane Doe");
    ada.takes_in(&app, "later.mbox", letter(4, "Jane <jane@work.example>").as_bytes()).await;
    assert_eq!(one(&app, people).await, "1 Doe, Jane; Jane Doe");
}

#[actix_web::test]
async fn a_correction_that_was_taken_back_can_be_made_again_and_an_address_that_is_said_no_more_is_told() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let letter = "From: old@x.example\nTo: Grace <grace@navy.example>\nDate: 1 May 2024 10:00:00 +0000\nSubject: 1";
    let mailbox = message("1", letter, "x");
    ada.takes_in(&app, "inbox.mbox", mailbox.as_bytes()).await;
    let told =
        "select concat_ws(' ', direction, (select bool_or(is_own) from interaction_addresses)) from interactions";
    assert_eq!(one(&app, told).await, "f");
    for _ in 0..2 {
        let asked = ada.reads_file(&app, "again.mbox", mailbox.as_bytes()).await;
        let answer = [("address[]", "ada@x.example"), ("addresses", "old@x.example")];
        ada.post(&format!("{asked}/addresses"), &answer).await.expect(303);
        app.run_jobs().await;
        assert_eq!(one(&app, told).await, "outbound t");
        assert!(!ada.get(&asked).await.expect(200).one("main").text().contains("was taken for yours before"));
        let history = ada.get("/history").await.expect(200);
        let undo = history.all("li[data-kind=change_set] form[action$='/undo']")[0].attr("action");
        ada.post(&undo, &[]).await.expect(303);
        assert_eq!(one(&app, told).await, "f");
    }
    let asked = ada.reads_file(&app, "again.mbox", mailbox.as_bytes()).await;
    ada.post(&format!("{asked}/addresses"), &[("addresses", "old@x.example")]).await.expect(303);
    app.run_jobs().await;
    let page = ada.takes_in(&app, "again.mbox", mailbox.as_bytes()).await;
    let report = ada.get(&page).await.expect(200);
    let told = "old@x.example was taken for yours before, and is not this time.";
    assert!(report.one("main").text().contains(told), "{}", report.one("main").text());
}
