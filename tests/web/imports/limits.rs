//! Files and their people where the account is limited: nothing is applied by halves, and nothing is lost.

use serde_json::Value;

use super::{GRACE, cards, count, one, words};
use crate::command_line::{kith, said};
use crate::harness::{App, User};

/// As Google writes it, so that nobody is asked what the columns are.
const TABLE: &str = "First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value\nGrace,Hopper,Work,grace@navy.example\nZoë,Öz,Home,zoe@x.example\n";

fn waiting_files(app: &App) -> usize {
    std::fs::read_dir(app.data_dir.path().join("uploads")).unwrap().count()
}

async fn notice(ada: &mut User, page: &str) -> String {
    ada.get(page).await.expect(200).one("#import .notice").text().to_owned()
}

async fn trash(app: &App, ada: &mut User, name: &str) {
    let id = one(app, &format!("select id::text from contacts where display_name = '{name}'")).await;
    ada.post(&format!("/contacts/{id}/trash"), &[]).await.expect(303);
}

#[actix_web::test]
async fn an_import_of_more_than_fit_says_so_in_its_preview_and_waits_until_they_fit() {
    for (name, file) in [("people.vcf", cards(1, 2)), ("people.csv", TABLE.to_owned())] {
        let app = App::spawn_limited("contacts=2").await;
        let mut ada = app.sign_in("ada").await;
        ada.post("/contacts", &[("first_name", "Iris")]).await.expect(303);
        let page = ada.upload("/imports", name, file.as_bytes()).await.expect(303).location();
        app.run_jobs().await;
        assert_eq!(ada.words(&page).await, words(&[("new", 2)]), "{name}");
        assert!(notice(&mut ada, &page).await.contains("has 1: one more can be added, not 2."), "{name}");
        ada.applies(&app, &page).await;
        assert!(ada.get(&page).await.one("#flash").text().contains("at most 2 people"), "{name}");
        assert_eq!((ada.state(&page).await.as_str(), count(&app, "contacts").await), ("preview", 1), "{name}");
        trash(&app, &mut ada, "Iris").await;
        assert_eq!(ada.get(&page).await.expect(200).count("#import .notice"), 0, "{name}");
        ada.applies(&app, &page).await;
        assert_eq!(ada.state(&page).await, "done", "{name}");
        assert_eq!(count(&app, "contacts where deleted_at is null").await, 2, "{name}");
    }
}

#[actix_web::test]
async fn whom_she_has_already_counts_for_nothing() {
    let app = App::spawn_limited("contacts=1").await;
    let mut ada = app.sign_in("ada").await;
    ada.imports(&app, GRACE).await;
    // The same person twice, one of them with news, and both known: nobody is new.
    let newer = GRACE.replace("Commander", "Rear Admiral");
    let page = ada.reads(&app, &format!("{newer}{newer}")).await;
    assert_eq!(ada.get(&page).await.expect(200).count("#import .notice"), 0);
    ada.applies(&app, &page).await;
    assert_eq!(ada.state(&page).await, "done");
    assert_eq!(one(&app, "select title from contact_employments where is_current").await, "Rear Admiral");
}

#[actix_web::test]
async fn an_import_that_meets_the_limit_under_way_keeps_its_records_and_goes_on_when_there_is_room() {
    let app = App::spawn_limited("contacts=3").await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.reads(&app, &cards(1, 2)).await;
    ada.post(&format!("{page}/application"), &[]).await.expect(303);
    for name in ["Iris", "Nur"] {
        ada.post("/contacts", &[("first_name", name)]).await.expect(303);
    }
    app.run_jobs().await;
    assert_eq!(ada.state(&page).await, "failed");
    assert!(notice(&mut ada, &page).await.contains("has 2: one more can be added, not 2."));
    assert_eq!((count(&app, "contacts").await, count(&app, "import_items").await), (2, 2));
    assert_eq!(count(&app, "jobs where state <> 'done'").await, 0, "it is not tried again and again");
    trash(&app, &mut ada, "Nur").await;
    ada.applies(&app, &page).await;
    assert_eq!(ada.state(&page).await, "done");
    assert_eq!(count(&app, "contacts where deleted_at is null").await, 3);
}

#[actix_web::test]
async fn a_file_too_many_on_one_day_is_refused_before_it_is_chosen_and_taken_the_day_after() {
    let app = App::spawn_limited("imports=1").await;
    let mut ada = app.sign_in("ada").await;
    assert_eq!(ada.get("/imports").await.expect(200).count("input[type=file]"), 1);
    ada.imports(&app, GRACE).await;
    let page = ada.get("/imports").await.expect(200);
    assert_eq!(page.count("input[type=file]"), 0);
    assert!(page.one("main .notice").text().contains("one file a day"), "{}", page.body);
    let refused = ada.upload("/imports", "phone.vcf", cards(1, 1).as_bytes()).await.expect(422);
    assert!(refused.one("main .notice").text().contains("one file a day"), "{}", refused.body);
    assert_eq!((count(&app, "imports").await, waiting_files(&app)), (1, 0));
    app.sql("update imports set created_at = created_at - interval '1 day'").await;
    ada.imports(&app, &cards(1, 1)).await;
    assert_eq!(count(&app, "contacts").await, 2);
}

#[actix_web::test]
async fn a_file_for_which_there_is_no_storage_is_refused_and_not_kept() {
    let app = App::spawn_limited("megabytes=1").await;
    let mut ada = app.sign_in("ada").await;
    ada.upload("/imports", "half.vcf", &vec![b'x'; 600_000]).await.expect(303);
    let refused = ada.upload("/imports", "half.vcf", &vec![b'y'; 600_000]).await.expect(422);
    let says = refused.one("#file-error").text().to_owned();
    assert!(says.contains("at most 1 MB and holds 600 KB, and this would be 600 KB more."), "{says}");
    assert_eq!((count(&app, "imports").await, waiting_files(&app)), (1, 1));
}

#[actix_web::test]
async fn the_command_applies_nothing_of_what_does_not_fit_and_says_why() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/contacts", &[("first_name", "Iris")]).await.expect(303);
    let path = app.data_dir.path().join("people.csv");
    std::fs::write(&path, TABLE).unwrap();
    let path = path.to_str().unwrap();
    let import = ["import", path, "--user", "ada@example.com", "--json", "--limits-free"];
    let refused = kith(&app, &[&import[..], &["contacts=2"]].concat()).await;
    assert!(!refused.status.success());
    assert!(said(&refused).contains("one more can be added, not 2.") && said(&refused).contains("Nothing of it"));
    assert_eq!((count(&app, "contacts").await, count(&app, "imports").await), (1, 0));
    let of_day = kith(&app, &[&import[..], &["imports=0"]].concat()).await;
    assert!(!of_day.status.success() && said(&of_day).contains("takes in no files"), "{}", said(&of_day));
    let unclear = kith(&app, &[&import[..], &["people=3"]].concat()).await;
    assert!(said(&unclear).contains("there is no limit people"), "{}", said(&unclear));
    let done = kith(&app, &[&import[..], &["contacts=3"]].concat()).await;
    assert!(done.status.success(), "{}", said(&done));
    let outcome: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(outcome["new"], 2);
}

#[actix_web::test]
async fn what_an_import_brought_is_measured_when_it_is_applied() {
    let app = App::spawn_limited("megabytes=50").await;
    let mut ada = app.sign_in("ada").await;
    ada.imports(&app, &cards(1, 20)).await;
    app.run_jobs().await;
    let bytes: i64 = app.sql("select bytes from account_sizes").await[0].get(0);
    assert!(bytes > 5000, "{bytes}");
}
