//! Files of people of whom some became one since.

use crate::harness::{App, User};
use crate::merging::{merge, rows, texts, undo_of};

fn cards() -> String {
    [("a", "Ada", "ada@x.example", "one"), ("b", "A. Lovelace", "al@y.example", "two")]
        .map(|(uid, name, email, note)| {
            format!("BEGIN:VCARD\r\nVERSION:4.0\r\nUID:{uid}\r\nFN:{name}\r\nEMAIL:{email}\r\nNOTE:{note}\r\nX-OWN:{uid}\r\nEND:VCARD\r\n")
        })
        .concat()
}

async fn import(app: &App, user: &mut User, content: &str) {
    let path = user.upload("/imports", "x.vcf", content.as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    user.post(&format!("{path}/application"), &[]).await.expect(303);
    app.run_jobs().await;
}

#[actix_web::test]
async fn a_doubtful_card_can_leave_somebody_as_she_is_and_is_not_asked_of_again() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let alice = [("first_name", "Alice"), ("last_name", "Johnson"), ("email", "alice@mail.example")];
    ada.post("/contacts", &alice).await.expect(303);
    let alice = texts(&app, "select id::text from contacts").await.remove(0);
    ada.post(&format!("/contacts/{alice}/employments"), &[("organization", "TechCorp")]).await.expect(303);
    let before = rows_of_people(&app).await;
    let file = "First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value,Organization Name\nAlice,Johnson,Work,other@mail.example,TechCorp\n";
    let page = ada.upload("/imports", "x.csv", file.as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    let asked = ada.get(&format!("{page}?status=doubtful")).await.expect(200);
    let ways: Vec<String> = asked.all(".record button[name=choice]").iter().map(|way| way.attr("value")).collect();
    assert_eq!(ways, ["card", "mine", "leave", "new"]);
    let leave = [("status", "doubtful"), ("position", "1"), ("choice", "leave")];
    ada.post(&format!("{page}/choices"), &leave).await.expect(303);
    let chosen = ada.get(&format!("{page}?status=doubtful")).await.expect(200);
    assert_eq!(chosen.one(".record button[aria-pressed=true]").attr("value"), "leave");
    ada.post(&format!("{page}/application"), &[]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(rows_of_people(&app).await, before);
    assert_eq!(
        texts(
            &app,
            "select concat_ws('|', state, unchanged_count, changed_count, doubtful_count, items_applied) from imports"
        )
        .await,
        ["done|1|0|0|1"]
    );
    ada.upload("/imports", "x.csv", file.as_bytes()).await.expect(303);
    app.run_jobs().await;
    let again = "select concat_ws('|', unchanged_count, doubtful_count) from imports order by created_at desc limit 1";
    assert_eq!(texts(&app, again).await, ["1|0"]);
}

async fn rows_of_people(app: &App) -> Vec<String> {
    let all = rows(app).await;
    all.into_iter().filter(|row| row.starts_with("contacts ") || row.starts_with("contact_methods ")).collect()
}

#[actix_web::test]
async fn the_same_file_again_revives_nobody_and_a_newer_one_changes_whoever_stayed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    import(&app, &mut ada, &cards()).await;
    let ids = texts(&app, "select id::text from contacts order by first_name desc").await;
    let before = rows(&app).await;
    let done = merge(&mut ada, &[&ids[0], &ids[1]], &[("survivor", &ids[0])]).await.expect(303);
    assert_eq!(done.location(), format!("/contacts/{}", ids[0]));
    let undo = undo_of(&mut ada).await;
    let standing = async || {
        texts(&app, "select concat_ws('|', display_name, email, (select string_agg(value, ',' order by position) from contact_methods m where m.contact_id = c.id)) \
            from contacts c where deleted_at is null").await
    };
    assert_eq!(standing().await, ["Ada|ada@x.example|ada@x.example,al@y.example"]);
    let extras = format!("select properties ->> 'extras' from contact_extras where contact_id = '{}'", ids[0]);
    let kept = texts(&app, &extras).await;
    assert!(kept[0].contains("X-OWN:a") && kept[0].contains("X-OWN:b"), "{kept:?}");

    import(&app, &mut ada, &cards()).await;
    assert_eq!(standing().await, ["Ada|ada@x.example|ada@x.example,al@y.example"]);
    assert_eq!(texts(&app, "select count(*)::text from contacts").await, ["2"]);
    import(&app, &mut ada, &cards().replace("al@y.example", "al@z.example")).await;
    assert_eq!(standing().await, ["Ada|ada@x.example|ada@x.example,al@z.example"]);
    assert_eq!(texts(&app, "select count(*)::text from contacts").await, ["2"]);

    ada.post(&undo, &[]).await.expect(303);
    let mut both = standing().await;
    both.sort();
    assert_eq!(both.len(), 2, "{both:?}");
    assert!(both[0].starts_with("A. Lovelace|al@y.example"), "{both:?}");
    let sources = "select count(distinct contact_id)::text from contact_sources";
    assert_eq!(texts(&app, sources).await, ["2"]);
    assert!(before.iter().any(|row| row.starts_with("contact_sources")));
}

#[actix_web::test]
async fn a_merge_taken_back_after_a_newer_file_says_what_stays_and_the_file_again_brings_the_other_hers() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let card = |uid: &str, rest: &str| {
        format!("BEGIN:VCARD\r\nVERSION:4.0\r\nUID:{uid}\r\nFN:{uid}\r\nEMAIL:{uid}@x.example\r\n{rest}END:VCARD\r\n")
    };
    let older = card("One", "") + &card("Two", "ORG:ImpOrg\r\nCATEGORIES:impcat\r\n");
    let newer = card("One", "") + &card("Two", "EMAIL:two@new.example\r\nCATEGORIES:impcat\r\n");
    import(&app, &mut ada, &older).await;
    let ids = texts(&app, "select id::text from contacts order by first_name").await;
    merge(&mut ada, &[&ids[0], &ids[1]], &[("survivor", &ids[0])]).await.expect(303);
    let undo = undo_of(&mut ada).await;
    import(&app, &mut ada, &newer).await;
    ada.post(&undo, &[]).await.expect(303);
    let said = ada.get("/settings").await.one("#flash span").text().to_owned();
    assert!(said.starts_with("Taken back, except what was changed since (One: an import brought "), "{said}");
    assert!(said.contains("two@new.example") && said.contains("ImpOrg"), "{said}");
    let of_two =
        format!("select string_agg(value, ',' order by position) from contact_methods where contact_id = '{}'", ids[1]);
    assert_eq!(texts(&app, &of_two).await, ["Two@x.example"]);
    import(&app, &mut ada, &newer).await;
    assert_eq!(texts(&app, &of_two).await, ["Two@x.example,two@new.example"]);
    let left = format!("select is_current::text from contact_employments where contact_id = '{}'", ids[1]);
    assert_eq!(texts(&app, &left).await, ["false"], "the newer card does not name her post any more");
    let counts = "select concat_ws('|', unchanged_count, changed_count, doubtful_count) from imports order by created_at desc limit 1";
    assert_eq!(texts(&app, counts).await, ["1|1|0"]);
}
