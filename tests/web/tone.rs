//! How warm an interaction is: read from its text in the background, unless she says so herself.

use crate::harness::{App, Page, User};
use crate::interactions::person;

const WARM: &str = "It was lovely to see her again, she was so happy about the new flat!";
const COLD: &str = "That was a terrible call, he was angry and I hate how this ended.";
const GERMAN: &str = "Das war ein schrecklich schlechtes Gespräch, und ich bin sehr traurig.";

async fn log(ada: &mut User, grace: &str, summary: &str, tone: &str) -> String {
    let form = fields(grace, summary, tone);
    ada.post("/interactions", &form).await.expect(303).location()
}

fn fields<'a>(grace: &'a str, summary: &'a str, tone: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("interaction_type", "call"),
        ("occurred_at", "2026-05-03"),
        ("contact_id", grace),
        ("summary", summary),
        ("sentiment_score", tone),
    ]
}

/// Saves an edit of what the form holds.
async fn edit(ada: &mut User, path: &str, summary: &str, tone: &str) -> Page {
    let form = ada.get(&format!("{path}/edit")).await.expect(200);
    let (grace, version) =
        (form.one("input[name=contact_id]").attr("value"), form.one("input[name=version]").attr("value"));
    let mut fields = fields(&grace, summary, tone).to_vec();
    fields.push(("version", &version));
    ada.post(path, &fields).await
}

/// What her page says of it: the number, and all of the line.
async fn tone(ada: &mut User, path: &str) -> Option<(String, String)> {
    let page = ada.get(path).await.expect(200);
    let number = page.all("#sentiment").first()?.attr("value");
    Some((number, page.one("#interaction header p").text().to_owned()))
}

#[actix_web::test]
async fn an_english_text_is_read_in_the_background_and_told_in_a_word_and_a_number() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    let [warm, cold, german, empty] = [
        log(&mut ada, &grace, WARM, "").await,
        log(&mut ada, &grace, COLD, "").await,
        log(&mut ada, &grace, GERMAN, "").await,
        log(&mut ada, &grace, "", "").await,
    ];
    assert_eq!(tone(&mut ada, &warm).await, None);
    let jobs = "select from jobs where kind = 'interactions.sentiment' and state = 'ready'";
    assert_eq!(app.sql(jobs).await.len(), 1, "one job waits, however much was logged");
    app.run_jobs().await;
    let (number, line) = tone(&mut ada, &warm).await.unwrap();
    assert!(number.parse::<f64>().unwrap() > 0.5 && line.contains("tone very warm, +0."), "{line}");
    let (number, line) = tone(&mut ada, &cold).await.unwrap();
    assert!(number.parse::<f64>().unwrap() < -0.5 && line.contains("tone cold, -0."), "{line}");
    assert_eq!((tone(&mut ada, &german).await, tone(&mut ada, &empty).await), (None, None));
    assert_eq!(app.sql("select from interactions where not sentiment_read").await.len(), 0, "none is read twice");
}

#[actix_web::test]
async fn thousands_of_texts_are_read_a_piece_at_a_time_so_that_others_are_not_kept_waiting() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let mut bob = app.sign_in("bob").await;
    app.sql("insert into interactions (user_id, occurred_at, interaction_type, subject) select u.id, now(), 'call', 'A lovely call ' || n \
        from users u, generate_series(1, 1500) n where u.email = 'ada@example.com'")
        .await;
    app.sql("insert into jobs (user_id, kind) select id, 'interactions.sentiment' from users where email = 'ada@example.com'").await;
    let grace = person(&mut bob, "Grace").await;
    log(&mut bob, &grace, WARM, "").await;
    app.run_jobs().await;
    let ended = "select string_agg(left(u.email, 3), ' ' order by j.finished_at) from jobs j join users u on u.id = j.user_id \
        where j.kind = 'interactions.sentiment' and j.state = 'done'";
    let ended: String = app.sql(ended).await[0].get(0);
    assert!(ended.starts_with("ada bob ada"), "{ended}");
    assert_eq!(app.sql("select from interactions where not sentiment_read").await.len(), 0);
}

#[actix_web::test]
async fn another_text_is_read_anew_and_reading_is_no_edit() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    let path = log(&mut ada, &grace, WARM, "").await;
    let opened = ada.get(&format!("{path}/edit")).await.expect(200).one("input[name=version]").attr("value");
    let changes = app.sql("select from change_sets").await.len();
    app.run_jobs().await;
    assert_eq!(app.sql("select from change_sets").await.len(), changes, "the job is no deed of hers");
    let form = ada.get(&format!("{path}/edit")).await.expect(200);
    assert_eq!(form.one("input[name=version]").attr("value"), opened);
    assert!(form.one("#sentiment_score-hint").text().contains("very warm"));
    assert_eq!(form.one("input[name=sentiment_score]").attr("value"), "");
    edit(&mut ada, &path, COLD, "").await.expect(303);
    assert_eq!(tone(&mut ada, &path).await, None);
    app.run_jobs().await;
    assert!(tone(&mut ada, &path).await.unwrap().1.contains("tone cold"));
    edit(&mut ada, &path, GERMAN, "").await.expect(303);
    app.run_jobs().await;
    assert_eq!(tone(&mut ada, &path).await, None);
}

#[actix_web::test]
async fn what_she_says_herself_stays_until_she_clears_it_and_can_be_undone() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    let path = log(&mut ada, &grace, COLD, "0,4").await;
    let hers = |tone: Option<(String, String)>| {
        tone.is_some_and(|(number, line)| number == "0.4" && line.contains("warm, +0.40, as you said"))
    };
    app.run_jobs().await;
    assert!(hers(tone(&mut ada, &path).await));
    edit(&mut ada, &path, WARM, "+0.40").await.expect(303);
    app.run_jobs().await;
    assert!(hers(tone(&mut ada, &path).await));
    edit(&mut ada, &path, WARM, "").await.expect(303);
    app.run_jobs().await;
    assert!(tone(&mut ada, &path).await.unwrap().1.contains("very warm"));
    let history = ada.get("/history").await.expect(200);
    let undo = history.all("[data-kind=change_set] form")[0].attr("action");
    ada.post(&undo, &[]).await.expect(303);
    app.run_jobs().await;
    assert!(hers(tone(&mut ada, &path).await));
}

#[actix_web::test]
async fn what_is_no_number_from_minus_one_to_one_is_refused_at_the_field() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    for typed in ["warm", "1.01", "-2", "NaN"] {
        let page = ada.post("/interactions", &fields(&grace, "", typed)).await.expect(422);
        assert_eq!(page.one("#sentiment_score-error").text(), "Say it as a number from -1 to 1, or leave it empty.");
        assert_eq!(page.one("input[name=sentiment_score]").attr("value"), typed);
    }
    let path = log(&mut ada, &grace, "", "-1").await;
    edit(&mut ada, &path, "", "warm").await.expect(422);
    assert!(tone(&mut ada, &path).await.unwrap().1.contains("cold, -1.00"));
}
