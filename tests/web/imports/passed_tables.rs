//! Tables of what passed: rows become entries of the timeline of whom they name for certain.

use super::interrupted::killed_once;
use super::mail::{everything, many};
use super::tables::zipped;
use super::{GRACE, count, one, words};
use crate::harness::{App, Page, User};

const CALLS: &str = "Id,Date,With,Type,Direction,Subject,Notes\n\
    1,2024-05-03 14:05,Grace Hopper,call,out,Compilers,They work\n\
    2,04.05.2024,grace@navy.example,Meeting,,Lunch,\n\
    3,2024-05-05,eve@x.example,sms,in,,hello\n\
    3,2024-05-05,Grace Hopper,sms,in,,hello\n\
    3,2024-05-05,Grace Hopper,sms,in,,hello\n\
    4,2024-05-06,Zoe,call,out,Who,\n\
    5,soon,Grace Hopper,call,out,When,\n";

impl User {
    /// Says that the columns are what they are guessed to be, and which addresses are hers.
    pub(super) async fn takes_in_table(&mut self, app: &App, name: &str, content: &[u8]) -> String {
        let page = self.reads_file(app, name, content).await;
        if self.state(&page).await == "mapping" {
            self.answers_as_guessed(&page).await;
        }
        assert_eq!(self.state(&page).await, "asking");
        self.post(&format!("{page}/addresses"), &[("address[]", "ada@example.com")]).await.expect(303);
        app.run_jobs().await;
        page
    }

    async fn answers_as_guessed(&mut self, page: &str) {
        let asked = self.get(page).await.expect(200);
        let hidden = |name: &str| asked.one(&format!("form[method=post] input[name={name}]")).attr("value");
        let (position, rows, header) = (hidden("position"), hidden("rows"), hidden("header"));
        let columns: Vec<String> =
            asked.all("select[name='column[]'] option[selected]").iter().map(|option| option.attr("value")).collect();
        let mut form = vec![("position", position.as_str()), ("rows", &rows), ("header", &header), ("days", "month")];
        form.extend(columns.iter().map(|column| ("column[]", column.as_str())));
        form.push(("remember", "true"));
        self.post(&format!("{page}/columns"), &form).await.expect(303);
    }
}

/// An import that has come to its end, of which rows name people who are not known, one or two of them, or nobody. Answers with
/// its page.
pub async fn with_doubtful_rows(app: &App, user: &mut User) -> String {
    let table = format!("{UNKNOWN}6,2024-05-06 10:00,\"Ito, Ren\",call,out,Six\n7,2024-05-07 10:00,,call,out,Seven\n");
    user.takes_in_table(app, "doubtful.csv", table.as_bytes()).await
}

/// The pages of imports in all states in which something can be done.
pub async fn pages_of_all_states(app: &App, user: &mut User) -> Vec<Page> {
    let table = user.reads_file(app, "calls.csv", UNKNOWN.as_bytes()).await;
    let mut pages = vec![user.get(&table).await];
    user.answers_as_guessed(&table).await;
    pages.push(user.get(&table).await);
    user.post(&format!("{table}/addresses"), &[("address[]", "ada@example.com")]).await.expect(303);
    pages.push(user.get(&table).await);
    user.post(&format!("{table}/pause"), &[]).await.expect(303);
    pages.push(user.get(&table).await);
    user.post(&format!("{table}/resumption"), &[]).await.expect(303);
    app.run_jobs().await;
    pages.push(user.get(&table).await);
    let mail =
        "From: n@x.example\nTo: ada@example.com\nList-Id: <x>\nDate: Wed, 1 May 2024 10:00:00 +0200\nSubject: x\n\nx\n";
    let letter = user.reads_file(app, "news.eml", mail.as_bytes()).await;
    user.post(&format!("{letter}/addresses"), &[("addresses", "ada@example.com")]).await.expect(303);
    app.run_jobs().await;
    pages.push(user.get(&letter).await);
    user.imports(app, GRACE).await;
    app.sql("update contacts set notes = 'hers' where first_name = 'Grace'").await;
    let doubtful = user.reads(app, &GRACE.replace("met in Arlington", "theirs")).await;
    let choice = [("status", "doubtful"), ("position", "1"), ("choice", "card")];
    user.post(&format!("{doubtful}/choices"), &choice).await.expect(303);
    pages.push(user.get(&doubtful).await);
    app.sql("update contacts set deleted_at = now() where first_name = 'Grace'").await;
    let ignored = user.reads(app, GRACE).await;
    pages.push(user.get(&ignored).await);
    let people = user.reads_file(app, "people.csv", b"Wer,Wo\nZoe,zoe@x.example\n").await;
    user.answers_as_guessed(&people).await;
    app.run_jobs().await;
    pages.push(user.get(&people).await);
    pages
}

pub(super) async fn grace(ada: &mut User) -> String {
    let form = [
        ("first_name", "Grace"),
        ("last_name", "Hopper"),
        ("method_kind[]", "email"),
        ("method_label[]", ""),
        ("method_value[]", "grace@navy.example"),
    ];
    ada.post("/contacts", &form).await.expect(303).location()
}

#[actix_web::test]
async fn rows_of_what_passed_are_known_by_their_columns_and_become_her_timeline() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = grace(&mut ada).await;
    let page = ada.reads_file(&app, "calls.csv", CALLS.as_bytes()).await;
    let asked = ada.get(&page).await.expect(200);
    assert_eq!(asked.one("select[name=rows] option[selected]").attr("value"), "passed");
    let chosen: Vec<String> =
        asked.all("select[name='column[]'] option[selected]").iter().map(|option| option.attr("value")).collect();
    assert_eq!(chosen, ["id", "when", "who", "type", "direction", "subject", "text"]);
    let as_people = ada.get(&format!("{page}?rows=people")).await.expect(200);
    assert_eq!(as_people.one("select[name=rows] option[selected]").attr("value"), "people");
    let position = asked.one("input[name=position]").attr("value");
    let mut nobody = vec![("position", position.as_str()), ("rows", "passed"), ("column[]", "when")];
    nobody.extend([("column[]", "note"); 6]);
    let refused = ada.post(&format!("{page}/columns"), &nobody).await.expect(422);
    assert!(refused.one("#column-error").text().contains("with whom"));
    ada.answers_as_guessed(&page).await;
    assert_eq!(ada.state(&page).await, "asking");
    ada.post(&format!("{page}/addresses"), &[("address[]", "ada@example.com")]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.state(&page).await, "done");
    let expected = words(&[("new", 3), ("changed", 1), ("unchanged", 1), ("doubtful", 1), ("unreadable", 1)]);
    assert_eq!(ada.words(&page).await, expected);
    let doubtful = ada.get(&format!("{page}?status=doubtful")).await.expect(200);
    assert!(doubtful.one(".record").text().contains("Nobody is called “Zoe”."));
    assert_eq!(doubtful.count("form[action$='/choices']"), 0, "nothing can be decided of it");
    assert_eq!(doubtful.one("a[data-word=doubtful] small").text(), "names somebody unknown");
    assert!(doubtful.one("main").text().contains("all rows of that name are taken then"));
    let stored = "select string_agg(concat_ws('|', interaction_type, direction, subject, summary, occurred_on, external_source, external_id), ' ' \
        order by occurred_at) from interactions";
    assert_eq!(
        one(&app, stored).await,
        "call|outbound|Compilers|They work|csv|1 meeting|Lunch|2024-05-04|csv|2 message|inbound|hello|2024-05-05|csv|3"
    );
    assert_eq!(ada.get(&grace).await.expect(200).count("[data-kind=interaction]"), 3);
    assert_eq!(one(&app, "select last_contact_date::text from contacts").await, "2024-05-05");
    assert_eq!(
        one(&app, "select string_agg(address, ' ') from correspondents where state = 'waiting'").await,
        "eve@x.example"
    );
}

#[actix_web::test]
async fn a_row_that_names_somebody_unknown_comes_in_with_the_file_once_she_was_added() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    grace(&mut ada).await;
    ada.takes_in_table(&app, "calls.csv", CALLS.as_bytes()).await;
    ada.post("/contacts", &[("first_name", "Zoe")]).await.expect(303);
    let again = ada.takes_in_table(&app, "calls.csv", CALLS.as_bytes()).await;
    assert_eq!(ada.words(&again).await, words(&[("new", 1), ("unchanged", 5), ("unreadable", 1)]));
    assert_eq!(ada.get(&again).await.expect(200).one("a[data-word=new] small").text(), "entry of your timeline");
}

#[actix_web::test]
async fn the_same_table_again_is_read_without_asking_and_changes_nothing() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    grace(&mut ada).await;
    let before = everything(&app).await;
    let first = ada.takes_in_table(&app, "calls.csv", CALLS.as_bytes()).await;
    let whole = everything(&app).await;
    let again = ada.reads_file(&app, "calls.csv", CALLS.as_bytes()).await;
    assert_eq!(ada.state(&again).await, "asking", "what the columns are is remembered");
    ada.post(&format!("{again}/addresses"), &[("address[]", "ada@example.com")]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.words(&again).await, words(&[("unchanged", 5), ("doubtful", 1), ("unreadable", 1)]));
    assert_eq!(everything(&app).await, whole);
    ada.undoes(&first).await;
    app.run_jobs().await;
    assert_eq!(everything(&app).await, before);
}

#[actix_web::test]
async fn a_table_whose_import_is_killed_goes_on_and_adds_whom_it_names_to_what_it_brought() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let row = |n: usize| {
        format!(
            "m{},2024-05-0{} 10:00:00,ada@example.com,friend{}@org.example,to\n",
            n / 4,
            n % 1000 / 4 % 9 + 1,
            n % 4
        )
    };
    let rows: String = (0..2_000).map(row).collect();
    let page = ada.reads_file(&app, "messages.csv", format!("msg,time,from,to,type\n{rows}").as_bytes()).await;
    ada.answers_as_guessed(&page).await;
    ada.post(&format!("{page}/addresses"), &[("address[]", "ada@example.com")]).await.expect(303);
    for taken in [0, 500, 1_500] {
        killed_once(&app, &format!("imports where items_read > {taken}")).await;
    }
    app.run_jobs().await;
    assert_eq!(ada.words(&page).await, words(&[("new", 500), ("changed", 1_500)]));
    assert_eq!(count(&app, "interactions").await, 500);
    assert_eq!(count(&app, "interaction_addresses").await, 2_500);
    assert_eq!(one(&app, "select string_agg(distinct sent_count::text, ' ') from correspondents").await, "500");
}

/// Calls with people of whom two are unknown, one is called as two contacts are, and one row names two who are unknown.
const UNKNOWN: &str = "Id,Date,With,Type,Direction,Subject\n\
    1,2024-05-01 10:00,Zoe Marsh,call,out,One\n\
    2,2024-05-02 10:00,zoe  marsh,call,in,Two\n\
    3,2024-05-03 10:00,Bob,call,out,Three\n\
    4,2024-05-04 10:00,Zoe Marsh; Yan,call,out,Four\n\
    5,2024-05-05 10:00,grace@navy.example,call,out,Five\n\
    5,2024-05-05 10:00,Zoe Marsh,call,out,Five\n";

pub(super) async fn doubtful(ada: &mut User, page: &str) -> Page {
    ada.get(&format!("{page}?status=doubtful")).await.expect(200)
}

#[actix_web::test]
async fn whoever_a_doubtful_row_names_is_added_from_it_and_all_rows_of_the_name_are_taken_and_taken_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = grace(&mut ada).await;
    let page = ada.takes_in_table(&app, "calls.csv", UNKNOWN.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 1), ("doubtful", 5)]));
    let before = everything(&app).await;
    let shown = doubtful(&mut ada, &page).await;
    assert!(shown.all(".record")[0].text().contains("Nobody is called “Zoe Marsh”."));
    let form = shown.all(".record form")[0].attr("action");
    let add = [("position", "1"), ("next", "2"), ("add", "true")];
    let next = ada.post(&form, &add).await.expect(303).location();
    assert_eq!(next, format!("{page}?status=doubtful#record-2"), "one goes on with the next");
    let shown = doubtful(&mut ada, &page).await;
    assert!(shown.one("#flash span").text().contains("Zoe Marsh is a contact now, and 3 rows taken."));
    let (zoe, undo) = (shown.one("#flash a").attr("href"), shown.one("#flash form").attr("action"));
    assert_eq!(ada.words(&page).await, words(&[("new", 3), ("changed", 1), ("doubtful", 2)]));
    assert_eq!(ada.get(&zoe).await.expect(200).count("[data-kind=interaction]"), 3, "of the fifth she is one of two");
    assert_eq!(ada.get(&grace).await.expect(200).count("[data-kind=interaction]"), 1);
    assert_eq!(one(&app, "select last_contact_date::text from contacts where first_name = 'Zoe'").await, "2024-05-05");
    let others: Vec<String> = shown.all(".record .quiet").iter().map(|one| one.text().to_owned()).collect();
    assert_eq!(others, ["Nobody is called “Bob”.", "Nobody is called “Yan”."]);

    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(everything(&app).await, before);
    assert_eq!(ada.words(&page).await, words(&[("new", 1), ("doubtful", 5)]));
    let newest = ada.get("/history").await.expect(200).all("[data-kind=change_set] a")[0].attr("href");
    ada.post(&(newest.replace("/history/", "/change-sets/") + "/undo"), &[]).await.expect(303);
    assert_eq!(ada.get(&zoe).await.expect(200).count("[data-kind=interaction]"), 3);
    assert_eq!(doubtful(&mut ada, &page).await.count(".record"), 2);
}

#[actix_web::test]
async fn whom_a_doubtful_row_means_is_chosen_among_those_who_may_be_meant_without_script() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    grace(&mut ada).await;
    for last in ["Ray", "Stone"] {
        let form = [("first_name", "Bob"), ("last_name", last), ("display_name", "Bob")];
        ada.post("/contacts", &form).await.expect(303);
    }
    let page = ada.takes_in_table(&app, "calls.csv", UNKNOWN.as_bytes()).await;
    let shown = doubtful(&mut ada, &page).await;
    let record = shown.all(".record").iter().position(|one| one.text().contains("Several people are called “Bob”."));
    let chooser = shown.all(".record form a")[record.unwrap()].attr("href");
    let asked = ada.get(&chooser).await.expect(200);
    assert_eq!(asked.one("h1").text(), "Who is Bob?");
    assert!(asked.one("main header").text().contains("One row has this name"));
    let found = asked.all("[data-kind=contact]");
    assert_eq!(found.len(), 2);
    let typed = ada.get(&format!("{chooser}&q=grace")).await.expect(200);
    assert_eq!(typed.one("[data-kind=contact] strong").text(), "Grace Hopper");
    let bob = found[1].attr("data-id");
    let form = asked.all("form[method=post][action$='/people']")[1].attr("action");
    ada.post(&form, &[("position", "3"), ("survivor", &bob)]).await.expect(303);
    let said = ada.get(&page).await.expect(200);
    assert!(said.one("#flash span").text().contains("1 row taken, with Bob."));
    assert_eq!(ada.get(&format!("/contacts/{bob}")).await.expect(200).count("[data-kind=interaction]"), 1);
    assert_eq!(ada.words(&page).await, words(&[("new", 2), ("doubtful", 4)]));
    ada.get(&chooser).await.expect(404);
    let again = ada.post(&form, &[("position", "3"), ("survivor", &bob)]).await.expect(303).location();
    assert!(ada.get(&again).await.expect(200).one("#flash").text().contains("Of this row nothing is in doubt now."));

    ada.undoes(&page).await;
    app.run_jobs().await;
    assert_eq!(count(&app, "interactions").await, 1, "what she took herself is taken back by itself");
    assert_eq!(doubtful(&mut ada, &page).await.count(".record form"), 0);
}

#[actix_web::test]
async fn what_a_table_says_anew_of_an_id_is_followed_but_for_what_she_wrote() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    grace(&mut ada).await;
    ada.takes_in_table(&app, "calls.csv", CALLS.as_bytes()).await;
    let id = one(&app, "select id::text from interactions where external_id = '2'").await;
    let form = ada.get(&format!("/interactions/{id}/edit")).await.expect(200);
    let value = |name: &str| form.one(&format!("[name={name}]")).attr("value");
    let (version, contact) = (value("version"), value("contact_id"));
    let edited = [
        ("contact_id", contact.as_str()),
        ("interaction_type", "meeting"),
        ("direction", ""),
        ("occurred_at", "2024-05-04"),
        ("subject", "Lunch at Nero’s"),
        ("summary", ""),
        ("sentiment_score", ""),
        ("version", &version),
    ];
    ada.post(&format!("/interactions/{id}"), &edited).await.expect(303);
    app.run_jobs().await;
    let before = everything(&app).await;
    let anew = CALLS
        .replace(
            "1,2024-05-03 14:05,Grace Hopper,call,out,Compilers",
            "1,2024-05-03 14:05,Grace Hopper,Meeting,in,COBOL",
        )
        .replace("Meeting,,Lunch", "call,,Dinner")
        .replace("3,2024-05-05,eve@x.example,sms,in", "3,2024-05-05,eve@x.example,sms,out");
    let page = ada.takes_in_table(&app, "calls.csv", anew.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("changed", 3), ("unchanged", 2), ("doubtful", 1), ("unreadable", 1)]));
    let said = ada.get(&format!("{page}?status=changed")).await.expect(200);
    let reasons: Vec<String> =
        said.all("li[data-kind=import_item] > p.quiet").iter().map(|one| one.text().to_owned()).collect();
    assert_eq!(
        reasons,
        ["Changed: type, direction, subject.", "Changed: type. As you wrote it: subject.", "Changed: direction."]
    );
    let stored = "select string_agg(concat_ws('|', interaction_type, direction, subject, summary), ' ' order by occurred_at) from interactions";
    assert_eq!(one(&app, stored).await, "meeting|inbound|COBOL|They work call|Lunch at Nero’s message|outbound|hello");
    let named = "select string_agg(a.role || ' ' || a.address, ', ' order by a.role) from interaction_addresses a \
        join interactions n on n.id = a.interaction_id where n.external_id = '3'";
    assert_eq!(one(&app, named).await, "from ada@example.com, to eve@x.example");
    assert_eq!(
        one(&app, "select sent_count || ' ' || received_count from correspondents where address = 'eve@x.example'")
            .await,
        "1 0"
    );
    let again = ada.takes_in_table(&app, "calls.csv", anew.as_bytes()).await;
    assert_eq!(ada.words(&again).await, words(&[("unchanged", 5), ("doubtful", 1), ("unreadable", 1)]));
    ada.undoes(&page).await;
    app.run_jobs().await;
    assert_eq!(everything(&app).await, before);
}

#[actix_web::test]
async fn the_hours_of_a_table_stay_where_they_are_when_she_moves_until_it_writes_others() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    grace(&mut ada).await;
    let table = "Id,Date,With,Type,Direction,Subject,Notes\n1,2024-05-03 14:05,Grace Hopper,call,out,Compilers,\n";
    ada.takes_in_table(&app, "calls.csv", table.as_bytes()).await;
    let when = "select string_agg(occurred_at::text, ' ') from interactions";
    let before = one(&app, when).await;
    app.sql("update users set time_zone = 'Pacific/Auckland'").await;
    let again = ada.takes_in_table(&app, "calls.csv", table.as_bytes()).await;
    assert_eq!(ada.words(&again).await, words(&[("unchanged", 1)]));
    assert_eq!(one(&app, when).await, before);
    let moved = ada.takes_in_table(&app, "calls.csv", table.replace("14:05", "15:05").as_bytes()).await;
    assert_eq!(ada.words(&moved).await, words(&[("changed", 1)]));
    assert_eq!(one(&app, when).await, "2024-05-03 03:05:00+00");
}

#[actix_web::test]
async fn rows_of_one_id_that_say_different_things_do_not_change_it_by_turns() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    grace(&mut ada).await;
    // So many between them that each is in a batch of its own.
    let between: String = (0..300).map(|n| format!("b{n},2024-05-03,eve@x.example,sms,in,,\n")).collect();
    let table = format!(
        "Id,Date,With,Type,Direction,Subject,Notes\na,2024-05-03,Grace Hopper,call,out,One,\n{between}a,2024-05-03,eve@x.example,call,in,Two,\n"
    );
    ada.takes_in_table(&app, "calls.csv", table.as_bytes()).await;
    let whole = everything(&app).await;
    let again = ada.takes_in_table(&app, "calls.csv", table.as_bytes()).await;
    assert_eq!(ada.words(&again).await, words(&[("unchanged", 302)]));
    assert_eq!(everything(&app).await, whole);
}

#[actix_web::test]
async fn a_table_of_what_passed_beside_mail_in_an_archive_is_asked_about_and_taken_in_with_it() {
    const CALLS: &str = "Date,Who,Type,Subject\n2025-03-05,ann@o.example,call,phoned\n";
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let letters = many(10, 12).replace("To: ada@", "Delivered-To: ada@x.example\nTo: ada@");
    let archive = zipped(&[("all.mbox", letters.as_bytes()), ("calls.csv", CALLS.as_bytes())]);
    let page = ada.upload("/imports?lists=true", "both.zip", &archive).await.expect(303).location();
    app.run_jobs().await;
    assert_eq!(ada.state(&page).await, "mapping");
    assert!(ada.get(&page).await.expect(200).one("[data-state=mapping]").text().contains("its 4 columns as below"));
    ada.answers_as_guessed(&page).await;
    let asked = ada.get(&page).await.expect(200);
    assert_eq!(asked.count("input[name='address[]'][value='ada@x.example'][checked]"), 1, "as the mail told");
    assert_eq!(asked.count("input[name=include_lists][checked]"), 1, "as she said when she sent it");
    ada.post(&format!("{page}/addresses"), &[("address[]", "ada@x.example")]).await.expect(303);
    app.run_jobs().await;
    assert_eq!((ada.state(&page).await, ada.words(&page).await), ("done".to_owned(), words(&[("new", 4)])));
}
