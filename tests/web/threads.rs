//! Threads of mail: whichever message comes first they are the same, and each is one entry of a list.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use kith::interactions::queries::threads::{Message, assign};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use crate::correspondents::{ME, mail};
use crate::harness::{App, Page};

/// Which of a user's messages are of one thread, when they come in this order, `size` at a time.
async fn threads(app: &App, name: &str, messages: &[Message], size: usize) -> BTreeSet<BTreeSet<String>> {
    let id = crate::isolation::id_of(app, &format!("{name}@example.com")).await.parse().unwrap();
    let user = app.db.anonymous().user(id).await.unwrap();
    for some in messages.chunks(size) {
        let given = app.db.as_user(&user, async |tx| assign(tx, some).await).await.unwrap();
        assert_eq!(given.len(), some.len());
    }
    let seen = format!(
        "select thread_id::text, message_id::text from mail_threads where sent_at is not null and user_id = '{}'",
        user.id()
    );
    let mut sets: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in app.sql(&seen).await {
        sets.entry(row.get(0)).or_default().insert(row.get(1));
    }
    sets.into_values().collect()
}

fn message(id: usize, references: &[usize], subject: &str, is_reply: bool, day: i64) -> Message {
    let start: DateTime<Utc> = "2026-01-01T10:00:00Z".parse().unwrap();
    Message {
        interaction: Uuid::from_u128(id as u128 + 1),
        message_id: Some(format!("m{id}@x.example")),
        references: references.iter().map(|n| format!("m{n}@x.example")).collect(),
        subject: subject.to_owned(),
        is_reply,
        people: vec!["ann@x.example".to_owned(), ME.to_owned()],
        sent_at: start + chrono::TimeDelta::days(day),
    }
}

fn sets(of: &[&[usize]]) -> BTreeSet<BTreeSet<String>> {
    of.iter().map(|set| set.iter().map(|n| format!("m{n}@x.example")).collect()).collect()
}

#[actix_web::test]
async fn messages_that_refer_to_each_other_or_answer_by_their_subject_are_one_thread() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let mut other = message(7, &[], "lunch", true, 12);
    other.people = vec!["bob@x.example".to_owned(), ME.to_owned()];
    let messages = [
        message(0, &[], "lunch", false, 0),
        message(1, &[0], "lunch", true, 1),
        message(2, &[0, 1], "another subject", true, 2),
        // Its parent is not there, but both refer to it.
        message(3, &[99], "x", true, 3),
        message(4, &[99], "y", true, 4),
        message(5, &[], "lunch", true, 80),
        message(6, &[], "lunch", true, 300),
        other,
        message(8, &[], "", true, 1),
        message(9, &[], "", true, 1),
    ];
    let expected = sets(&[&[0, 1, 2, 5], &[3, 4], &[6], &[7], &[8], &[9]]);
    assert_eq!(threads(&app, "ada", &messages, 3).await, expected);
}

#[actix_web::test]
async fn in_whatever_order_they_come_the_threads_are_the_same() {
    let app = App::spawn().await;
    let reference = proptest::collection::vec(0..14usize, 0..3);
    let one = (reference, 0..3usize, any::<bool>(), 0..200i64);
    let many = (proptest::collection::vec(one, 12), any::<u64>(), 1..5usize, 1..5usize);
    let mut runner = TestRunner::default();
    for round in 0..12 {
        let (drawn, order, one, other) = many.new_tree(&mut runner).unwrap().current();
        let messages: Vec<Message> = drawn
            .iter()
            .enumerate()
            .map(|(id, (references, subject, is_reply, day))| {
                message(id, references, ["lunch", "tea", ""][*subject], *is_reply, *day)
            })
            .collect();
        let mut shuffled = messages.clone();
        shuffled.sort_by_key(|one| (one.interaction.as_u128() as u64).wrapping_mul(order | 1));
        app.sign_in(&format!("ada{round}")).await;
        app.sign_in(&format!("bob{round}")).await;
        let (first, second) = (
            threads(&app, &format!("ada{round}"), &messages, one).await,
            threads(&app, &format!("bob{round}"), &shuffled, other).await,
        );
        assert_eq!(first, second, "{messages:#?}\n{shuffled:#?}");
    }
}

fn titles(page: &Page) -> Vec<String> {
    page.all("[data-kind=interaction] strong").iter().map(|title| title.text().to_owned()).collect()
}

#[actix_web::test]
async fn a_thread_is_one_entry_of_a_list_that_opens_and_a_filter_tells_its_messages_apart() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let contact =
        ada.post("/contacts", &[("first_name", "Ann"), ("email", "ann@x.example")]).await.expect(303).location();
    let rows = [("from", "Ann", "ann@x.example"), ("to", "", ME)];
    let others = [("from", "Bob", "bob@x.example"), ("to", "", ME)];
    let mut ids = mail(&app, "ada@example.com", &[("Lunch", "2026-03-01T10:00:00Z", &rows)]).await;
    ids.extend(mail(&app, "ada@example.com", &[("Re: Lunch", "2026-03-03T10:00:00Z", &rows)]).await);
    ids.extend(mail(&app, "ada@example.com", &[("Re: Re: Lunch", "2026-03-05T10:00:00Z", &others)]).await);
    mail(&app, "ada@example.com", &[("Tea", "2026-03-02T10:00:00Z", &rows)]).await;
    let thread = Uuid::now_v7();
    for id in &ids {
        app.sql(&format!("update interactions set thread_id = '{thread}' where id = '{id}'")).await;
    }
    let list = ada.get("/interactions").await.expect(200);
    assert_eq!(titles(&list), ["Re: Re: Lunch", "Tea"]);
    let entry = &list.all("[data-kind=interaction]")[0];
    assert!(entry.text().contains("3 messages"), "{}", entry.text());
    let path = list.all("[data-kind=interaction] a")[0].attr("href");
    assert_eq!(path, format!("/interactions/threads/{thread}"));
    let page = ada.get(&path).await.expect(200);
    assert_eq!(titles(&page), ["Re: Re: Lunch", "Re: Lunch", "Lunch"]);

    // Of her timeline the newest message that she is in; of a period the newest in it.
    assert_eq!(titles(&ada.get(&contact).await.expect(200)), ["Re: Lunch", "Tea"]);
    let her = contact.trim_start_matches("/contacts/");
    let hers = format!("/interactions?contact={her}");
    assert_eq!(titles(&ada.get(&hers).await.expect(200)), ["Re: Lunch", "Tea"]);
    assert_eq!(titles(&ada.get("/interactions?to=2026-03-02").await.expect(200)), ["Tea", "Lunch"]);
    let filtered = ada.get("/interactions?interaction_type=email").await.expect(200);
    assert_eq!(titles(&filtered), ["Re: Re: Lunch", "Re: Lunch", "Tea", "Lunch"]);

    ada.post(&format!("/interactions/{}/trash", ids[2]), &[]).await.expect(303);
    assert_eq!(titles(&ada.get("/interactions").await.expect(200)), ["Re: Lunch", "Tea"]);
    let mut bob = app.sign_in("bob").await;
    bob.get(&path).await.expect(404);
}
