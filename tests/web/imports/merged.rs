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
