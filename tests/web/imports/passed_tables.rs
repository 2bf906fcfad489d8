//! Tables of what passed: rows become entries of the timeline of whom they name for certain.

use super::interrupted::killed_once;
use super::mail::everything;
use super::{count, one, words};
use crate::harness::{App, User};

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
    async fn takes_in_table(&mut self, app: &App, name: &str, content: &[u8]) -> String {
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

async fn grace(ada: &mut User) -> String {
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
    assert!(doubtful.one("main").text().contains("Add who is missing"));
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
