//! Whom she writes with: counted by the database, worked off in a queue, linked to all that passed.

use chrono::{DateTime, Utc};
use kith::correspondents::gathering::gather;
use kith::interactions::model::{Interaction, When};
use kith::interactions::queries::addresses::{self, AddressRow};
use kith::interactions::queries::insert_many;
use uuid::Uuid;

use crate::harness::{App, Page, User};

/// Her own address in all of this.
pub const ME: &str = "me@home.example";

/// Subject, moment, and the rows `(role, name, address)`.
type Message<'a> = (&'a str, &'a str, &'a [(&'static str, &'a str, &'a str)]);

/// Messages of hers, as an import adds them.
pub async fn mail(app: &App, email: &str, messages: &[Message<'_>]) -> Vec<Uuid> {
    let id = crate::isolation::id_of(app, email).await.parse().unwrap();
    let user = app.db.anonymous().user(id).await.unwrap();
    // As an import: what it adds is not logged row by row, and is nobody's edit.
    app.db
        .as_import(&user, Uuid::now_v7(), Uuid::now_v7(), async |tx| {
            let (mut interactions, mut rows) = (Vec::new(), Vec::new());
            for (subject, at, named) in messages {
                let id = Uuid::now_v7();
                let at: DateTime<Utc> = at.parse().unwrap();
                interactions.push((id, interaction(subject, at)));
                for (position, (role, name, address)) in (0..).zip(named.iter()) {
                    let (name, address) = ((*name).to_owned(), (*address).to_owned());
                    let is_own = address.eq_ignore_ascii_case(ME);
                    rows.push(AddressRow { interaction: id, position, role, address, name, is_own });
                }
            }
            insert_many(tx, &interactions).await?;
            addresses::add(tx, &rows).await?;
            while gather(tx).await? {}
            Ok(interactions.into_iter().map(|(id, _)| id).collect())
        })
        .await
        .unwrap()
}

fn interaction(subject: &str, at: DateTime<Utc>) -> Interaction {
    Interaction {
        kind: "email".to_owned(),
        direction: Some("inbound".to_owned()),
        subject: Some(subject.to_owned()),
        summary: None,
        when: When::at(at),
        is_contact: true,
        people: Vec::new(),
        sentiment: None,
    }
}

/// So many messages from somebody, a day apart.
pub async fn letters(app: &App, name: &str, address: &str, count: usize) {
    for n in 1..=count {
        let at = format!("2026-03-{n:02}T10:00:00Z");
        let rows = [("from", name, address), ("to", "Ada", ME)];
        mail(app, "ada@example.com", &[(&format!("Letter {n} of {name}"), &at, &rows)]).await;
    }
}

/// Letters of three who share their first name, and of one with two addresses.
pub async fn letters_of_several(app: &App) {
    for address in ["g@x.example", "h@x.example", "i@x.example"] {
        letters(app, "Grace", address, 3).await;
    }
    for address in ["gh@x.example", "gh@y.example"] {
        letters(app, "Grace Hopper", address, 3).await;
    }
}

fn names(page: &Page) -> Vec<String> {
    page.all("[data-kind=correspondent] strong").iter().map(|name| name.text().to_owned()).collect()
}

/// A page of the queue.
pub async fn queue(user: &mut User, query: &str) -> Page {
    user.get(&format!("/correspondents{query}")).await.expect(200)
}

async fn id_of(user: &mut User, name: &str) -> String {
    let page = queue(user, "?show=all").await;
    let at = names(&page).iter().position(|one| one == name).unwrap_or_else(|| panic!("{name}: {:?}", names(&page)));
    page.all("[data-kind=correspondent]")[at].attr("data-id")
}

async fn timeline(user: &mut User, contact: &str) -> Vec<String> {
    let page = user.get(contact).await.expect(200);
    page.all("[data-kind=interaction] strong").iter().map(|title| title.text().to_owned()).collect()
}

async fn undo(user: &mut User) {
    let undo = user.get("/history").await.expect(200).all("[data-kind=change_set] form")[0].attr("action");
    user.post(&undo, &[]).await.expect(303);
}

#[actix_web::test]
async fn whoever_wrote_often_enough_waits_with_what_passed_and_goes_when_she_is_added() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    letters(&app, "Grace Hopper", "Grace@navy.example", 3).await;
    letters(&app, "Bob Ray", "bob@x.example", 2).await;
    let page = queue(&mut ada, "").await;
    assert_eq!(names(&page), ["Grace Hopper"]);
    let row = page.one("[data-kind=correspondent]").text().to_owned();
    for part in ["grace@navy.example", "3 in", "0 out", "1 March 2026", "3 March 2026", "“Letter 3 of Grace Hopper”"]
    {
        assert!(row.contains(part), "{part}: {row}");
    }
    assert_eq!(names(&queue(&mut ada, "?show=all").await), ["Grace Hopper", "Bob Ray"]);
    assert_eq!(names(&queue(&mut ada, "?show=all&sort=last").await), ["Grace Hopper", "Bob Ray"]);
    assert_eq!(names(&queue(&mut ada, "?show=all&q=BOB").await), ["Bob Ray"]);

    let grace = id_of(&mut ada, "Grace Hopper").await;
    let next = ada.post("/correspondents", &[("add", &grace), ("show", "all")]).await.expect(303).location();
    let page = queue(&mut ada, "?show=all").await;
    let bob = page.one("[data-kind=correspondent]").attr("data-id");
    assert_eq!(next, format!("/correspondents?show=all#{bob}"), "one goes on with the next");
    assert_eq!(names(&page), ["Bob Ray"]);
    assert!(page.one("#flash").text().contains("Grace Hopper: added to your contacts."));
    let (contact, undo) = (page.one("#flash a").attr("href"), page.one("#flash form").attr("action"));
    let expected: Vec<String> = (1..=3).rev().map(|n| format!("Letter {n} of Grace Hopper")).collect();
    assert_eq!(timeline(&mut ada, &contact).await, expected);
    let sql = "select first_name || '/' || last_name || '/' || email || '/' || last_contact_date from contacts";
    assert_eq!(app.sql(sql).await[0].get::<_, String>(0), "Grace/Hopper/grace@navy.example/2026-03-03");

    letters(&app, "Grace Hopper", "grace@navy.example", 1).await;
    assert_eq!(timeline(&mut ada, &contact).await.len(), 4, "what comes later is hers too");
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(names(&queue(&mut ada, "?show=all").await), ["Grace Hopper", "Bob Ray"]);
    assert_eq!(app.sql("select from contacts").await.len(), 0);
    assert_eq!(app.sql("select from interaction_participants").await.len(), 0);
}

#[actix_web::test]
async fn after_how_many_messages_somebody_waits_is_a_setting() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    letters(&app, "Bob Ray", "bob@x.example", 2).await;
    for wrong in ["0", "1001", "", "two"] {
        let page = ada.post("/settings/correspondents", &[("suggest_after", wrong)]).await.expect(422);
        assert!(page.one("#suggest_after-error").text().contains("1 to 1000"), "{wrong}");
    }
    assert_eq!(names(&queue(&mut ada, "").await), Vec::<String>::new());
    ada.post("/settings/correspondents", &[("suggest_after", "2")]).await.expect(303);
    assert_eq!(ada.get("/settings").await.expect(200).one("#suggest_after").attr("value"), "2");
    assert_eq!(names(&queue(&mut ada, "").await), ["Bob Ray"]);
}

#[actix_web::test]
async fn one_person_with_several_addresses_and_spellings_is_one_row_and_one_contact() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    letters(&app, "Ann Lee", "ann@x.example", 2).await;
    letters(&app, "\"Lee, Ann\"", "alee@work.example", 3).await;
    letters(&app, "", "ann.lee@old.example", 1).await;
    letters(&app, "Ann Long", "long@x.example", 1).await;
    let page = queue(&mut ada, "?show=all").await;
    assert_eq!(names(&page), ["Ann Lee", "Ann Long"]);
    let row = page.all("[data-kind=correspondent]")[0].text().to_owned();
    assert!(row.contains("alee@work.example, ann@x.example, ann.lee@old.example"), "{row}");
    assert!(row.contains("6 in"), "{row}");
    let ann = id_of(&mut ada, "Ann Lee").await;
    ada.post("/correspondents", &[("add", &ann)]).await.expect(303);
    let methods = "select string_agg(value, ' ' order by position) from contact_methods";
    assert_eq!(app.sql(methods).await[0].get::<_, String>(0), "alee@work.example ann@x.example ann.lee@old.example");
    assert_eq!(app.sql("select from interaction_participants").await.len(), 6);
    assert_eq!(names(&queue(&mut ada, "?show=all").await), ["Ann Long"]);
}

#[actix_web::test]
async fn two_who_share_a_first_and_a_last_name_stay_two() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    letters(&app, "Ann B Lee", "b@x.example", 1).await;
    letters(&app, "Ann C Lee", "c@x.example", 1).await;
    letters(&app, "Ann Lee", "a@x.example", 1).await;
    assert_eq!(names(&queue(&mut ada, "?show=all").await).len(), 2, "she who might be either is one of them alone");
}

#[actix_web::test]
async fn whoever_is_ignored_waits_again_by_undo_or_when_told_and_stays_ignored_with_a_new_address() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    letters(&app, "Bob Ray", "bob@x.example", 3).await;
    let bob = id_of(&mut ada, "Bob Ray").await;
    ada.post("/correspondents", &[("ignore", &bob)]).await.expect(303);
    assert_eq!(names(&queue(&mut ada, "").await), Vec::<String>::new());
    assert_eq!(names(&queue(&mut ada, "?show=ignored").await), ["Bob Ray"]);
    undo(&mut ada).await;
    assert_eq!(names(&queue(&mut ada, "").await), ["Bob Ray"]);
    ada.post("/correspondents", &[("ignore", &bob)]).await.expect(303);
    letters(&app, "Bob Ray", "ray@y.example", 4).await;
    assert_eq!(names(&queue(&mut ada, "").await), Vec::<String>::new());
    let bob = id_of(&mut ada, "Bob Ray").await;
    ada.post("/correspondents", &[("wait", &bob), ("show", "ignored")]).await.expect(303);
    assert_eq!(names(&queue(&mut ada, "").await), ["Bob Ray"]);
}

#[actix_web::test]
async fn more_than_can_be_merged_into_one_contact_are_told_and_not_cut() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let addresses: Vec<String> = (0..51).map(|n| format!("{n}@x.example")).collect();
    let names: Vec<String> = (0..51).map(|n| format!("Person{n} No{n}")).collect();
    let mut rows: Vec<(&str, &str, &str)> = vec![("from", "Ada", ME)];
    rows.extend(names.iter().zip(&addresses).map(|(name, address)| ("to", name.as_str(), address.as_str())));
    mail(&app, "ada@example.com", &[("To all", "2026-03-01T10:00:00Z", &rows)]).await;
    let sql = "select min(id::text) from correspondents where address like '%x.example' group by person_id";
    let ids: Vec<String> = app.sql(sql).await.iter().map(|row| row.get(0)).collect();
    assert_eq!(ids.len(), 51);
    let chosen = |count: usize| ids[..count].iter().map(|id| ("id", id.as_str())).collect::<Vec<_>>();
    let merge = |ids| [ids, vec![("action", "merge"), ("show", "all")]].concat();
    for form in [merge(chosen(51)), merge(vec![("scope", "filter")])] {
        assert_eq!(ada.post("/correspondents", &form).await.expect(303).location(), "/correspondents?show=all");
        let said = queue(&mut ada, "?show=all").await.one("#flash").text().to_owned();
        assert!(said.contains("At most 50 people") && said.contains("51 are chosen"), "{said}");
    }
    let finder = ada.post("/correspondents", &merge(chosen(50))).await.expect(303).location();
    assert_eq!(ada.get(&finder).await.expect(200).count("form[method=post] input[name=id]"), 50);
    ada.get(&format!("{finder}&id={}", ids[50])).await.expect(400);
}

#[actix_web::test]
async fn somebody_is_merged_into_a_contact_who_then_has_her_addresses_and_messages() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let form = [("first_name", "Grace"), ("last_name", "Hopper"), ("email", "g@home.example")];
    let contact = ada.post("/contacts", &form).await.expect(303).location();
    letters(&app, "Amazing Hopper", "hopper@navy.example", 3).await;
    let id = id_of(&mut ada, "Amazing Hopper").await;
    let finder = queue(&mut ada, "").await.one("[data-kind=correspondent] a[data-key=m]").attr("href");
    let page = ada.get(&finder).await.expect(200);
    assert!(page.one("[data-kind=contact]").text().contains("Grace Hopper"), "her last name finds her");
    let grace = page.one("[name=survivor]").attr("value");
    ada.post("/correspondents/merges", &[("id", &id), ("survivor", &grace)]).await.expect(303);
    assert!(queue(&mut ada, "").await.one("#flash").text().contains("Grace Hopper has one address more."));
    assert_eq!(names(&queue(&mut ada, "?show=all").await), Vec::<String>::new());
    assert_eq!(timeline(&mut ada, &contact).await.len(), 3);
    let email = "select email::text from contacts";
    assert_eq!(app.sql(email).await[0].get::<_, String>(0), "g@home.example", "her first address stays the first");
    undo(&mut ada).await;
    assert_eq!(timeline(&mut ada, &contact).await.len(), 0);
    assert_eq!(names(&queue(&mut ada, "").await), ["Amazing Hopper"]);
}

#[actix_web::test]
async fn many_are_added_in_one_change_by_ticks_or_all_that_the_list_shows() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for n in 0..60 {
        let (name, address) = (format!("Person Number{n}x"), format!("p{n}@x.example"));
        let rows = [("from", name.as_str(), address.as_str()), ("to", "", ME)];
        mail(&app, "ada@example.com", &[("Hello", "2026-01-01T10:00:00Z", &rows)]).await;
    }
    let first = queue(&mut ada, "?show=all").await;
    assert_eq!((names(&first).len(), first.one("#count data").attr("value").as_str()), (50, "60"));
    let next = first.one("[rel=next]").attr("href");
    let second = names(&ada.get(&next).await.expect(200));
    assert_eq!(second.len(), 10);
    assert!(names(&first).iter().all(|name| !second.contains(name)));

    let ids: Vec<String> =
        first.all("[data-kind=correspondent]").iter().take(3).map(|row| row.attr("data-id")).collect();
    let mut form = vec![("action", "add"), ("show", "all")];
    form.extend(ids.iter().map(|id| ("id", id.as_str())));
    ada.post("/correspondents", &form).await.expect(303);
    assert!(queue(&mut ada, "?show=all").await.one("#flash").text().contains("3 people: added to your contacts."));
    assert_eq!(app.sql("select from contacts").await.len(), 3);
    ada.post("/correspondents", &[("action", "add"), ("show", "all"), ("scope", "filter")]).await.expect(303);
    assert_eq!(app.sql("select from contacts").await.len(), 60);
    undo(&mut ada).await;
    assert_eq!(app.sql("select from contacts").await.len(), 3);
}

#[actix_web::test]
async fn whatever_gives_a_contact_an_address_links_her_to_what_passed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    letters(&app, "Grace Hopper", "grace@navy.example", 3).await;
    letters(&app, "Bob Ray", "bob@x.example", 3).await;
    let card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Grace\r\nN:;Grace;;;\r\nEMAIL:GRACE@navy.example\r\nEND:VCARD\r\n";
    let import = ada.upload("/imports", "x.vcf", card).await.expect(303).location();
    app.run_jobs().await;
    ada.post(&format!("{import}/application"), &[]).await.expect(303);
    app.run_jobs().await;
    let grace: String = app.sql("select '/contacts/' || id from contacts").await[0].get(0);
    assert_eq!(timeline(&mut ada, &grace).await.len(), 3, "a card");
    ada.post(&format!("{grace}/trash"), &[]).await.expect(303);
    assert_eq!(names(&queue(&mut ada, "").await), ["Bob Ray", "Grace Hopper"], "in the trash she is no contact");
    letters(&app, "Grace Hopper", "grace@navy.example", 1).await;
    ada.post(&format!("{grace}/restoration"), &[]).await.expect(303);
    assert_eq!(timeline(&mut ada, &grace).await.len(), 4, "what came while she was in the trash");
    assert_eq!(names(&queue(&mut ada, "").await), ["Bob Ray"]);

    let version = ada.get(&format!("{grace}/edit")).await.expect(200).one("input[name=version]").attr("value");
    let form = [
        ("first_name", "Grace"),
        ("version", &version),
        ("method_kind[]", "email"),
        ("method_label[]", ""),
        ("method_value[]", "bob@x.example"),
    ];
    ada.post(&grace, &form).await.expect(303);
    assert_eq!(timeline(&mut ada, &grace).await.len(), 7, "an edit");
    undo(&mut ada).await;
    assert_eq!(timeline(&mut ada, &grace).await.len(), 4);
    assert_eq!(names(&queue(&mut ada, "").await), ["Bob Ray"]);
}

#[actix_web::test]
async fn two_people_of_one_name_are_parted_stay_so_when_more_comes_and_are_one_again_by_undo() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (address, count) in [("ann@x.example", 4), ("ann@y.example", 3), ("lee@z.example", 2)] {
        letters(&app, "Ann Lee", address, count).await;
    }
    let people = async |ada: &mut User| -> Vec<String> {
        let page = queue(ada, "?show=all").await;
        page.all("[data-kind=correspondent] strong + small").iter().map(|one| one.text().to_owned()).collect()
    };
    let one = ["ann@x.example, ann@y.example, lee@z.example"];
    assert_eq!(people(&mut ada).await, one);
    let form = queue(&mut ada, "?show=all").await.one("[data-kind=correspondent] a[data-key=p]").attr("href");
    let page = ada.get(&form).await.expect(200);
    let rows = page.all("[data-kind=address]");
    assert!(rows[1].text().contains("ann@y.example") && rows[1].text().contains("3 in"));
    let (action, list) = (page.one("form[action$='/addresses']").attr("action"), ("show", "all"));
    let refused = ada.post(&action, &[list]).await.expect(422);
    assert_eq!(refused.one("#id-error").text(), "Tick the addresses that are somebody else’s.");
    let ids: Vec<String> = rows.iter().map(|row| row.attr("data-id")).collect();
    let ticked: Vec<(&str, &str)> = ids.iter().map(|id| ("id", id.as_str())).collect();
    let refused = ada.post(&action, &[&ticked[..], &[list]].concat()).await.expect(422);
    assert_eq!((refused.count("#id-error"), refused.count("input[checked]")), (1, 3), "one has to stay");

    let place = ada.post(&action, &[&ticked[1..2], &[list]].concat()).await.expect(303).location();
    assert!(place.starts_with("/correspondents?show=all#"), "{place}");
    let undo = ada.get("/correspondents?show=all").await.expect(200).one("#flash form").attr("action");
    let two = ["ann@x.example, lee@z.example", "ann@y.example"];
    assert_eq!(people(&mut ada).await, two);
    // What comes later of that name is hers who was there first, and both stay who they are under another name, too.
    letters(&app, "Ann B. Lee", "ann@y.example", 5).await;
    letters(&app, "Ann Lee", "ann.lee@w.example", 1).await;
    assert_eq!(people(&mut ada).await, ["ann@y.example", "ann@x.example, lee@z.example, ann.lee@w.example"]);

    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(people(&mut ada).await, ["ann@y.example, ann@x.example, lee@z.example and 1 more"]);
}
