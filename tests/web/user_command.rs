//! `kith user`, as a process of its own over the same database.

use serde_json::Value;

use crate::command_line::{kith, said};
use crate::harness::{App, PASSWORD};

/// What the command says on standard output.
async fn done(app: &App, arguments: &[&str]) -> String {
    let output = kith(app, &[&["user"], arguments].concat()).await;
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

async fn refused(app: &App, arguments: &[&str], code: i32) -> String {
    let output = kith(app, &[&["user"], arguments].concat()).await;
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
    said(&output)
}

#[actix_web::test]
async fn the_list_tells_of_each_account_what_it_is_and_when_it_was_used() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    app.sign_in("bob").await;
    done(&app, &["tier", "BOB@example.com", "pro"]).await;
    app.sql("update users set last_used_at = null where email = 'bob@example.com'").await;
    let list: Value = serde_json::from_str(&done(&app, &["list", "--json"]).await).unwrap();
    let of = |n: usize, key: &str| list[n][key].clone();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_eq!(
        (of(0, "email"), of(0, "is_admin"), of(0, "subscription_tier")),
        ("ada@example.com".into(), true.into(), "free".into())
    );
    assert!(of(0, "last_used_at").as_str().is_some() && of(0, "created_at").as_str().is_some());
    assert_eq!(
        (of(1, "is_admin"), of(1, "subscription_tier"), of(1, "last_used_at")),
        (false.into(), "pro".into(), Value::Null)
    );
    assert!(done(&app, &["list"]).await.contains("bob@example.com\tbob\t\tpro\tnever used\n"));
}

#[actix_web::test]
async fn a_disabled_account_is_out_at_once_and_its_sign_in_says_no_more_than_a_wrong_password_does() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let mut bob = app.sign_in("bob").await;
    bob.get("/contacts").await.expect(200);
    done(&app, &["disable", "bob@example.com"]).await;
    bob.get("/contacts").await.expect(303);
    assert_eq!(
        app.sql("select count(*) from sessions s join users u on u.id = s.user_id where u.email = 'bob@example.com'")
            .await[0]
            .get::<_, i64>(0),
        0
    );
    let mut visitor = app.visitor();
    let right = visitor.post("/login", &[("email", "bob@example.com"), ("password", PASSWORD)]).await.expect(422);
    let wrong =
        visitor.post("/login", &[("email", "bob@example.com"), ("password", "not his password")]).await.expect(422);
    let unknown = visitor.post("/login", &[("email", "eve@example.com"), ("password", PASSWORD)]).await.expect(422);
    assert_eq!(right.body, wrong.body);
    assert_eq!(right.body.replace("bob@", "eve@"), unknown.body);
    done(&app, &["enable", "bob@example.com"]).await;
    bob.get("/contacts").await.expect(303);
    visitor.post("/login", &[("email", "bob@example.com"), ("password", PASSWORD)]).await.expect(303);
}

#[actix_web::test]
async fn the_last_administrator_stays_one() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    app.sign_in("bob").await;
    for deed in ["disable", "demote"] {
        assert!(refused(&app, &[deed, "ada@example.com"], 1).await.contains("the only administrator"));
    }
    done(&app, &["promote", "bob@example.com"]).await;
    assert!(done(&app, &["promote", "bob@example.com"]).await.contains("nothing was changed"));
    done(&app, &["demote", "ada@example.com"]).await;
    assert!(refused(&app, &["disable", "bob@example.com"], 1).await.contains("the only administrator"));
    // One who may not sign in administers nothing.
    done(&app, &["promote", "ada@example.com"]).await;
    done(&app, &["disable", "ada@example.com"]).await;
    assert!(refused(&app, &["demote", "bob@example.com"], 1).await.contains("the only administrator"));
}

#[actix_web::test]
async fn a_name_that_is_mistyped_and_a_tier_that_there_is_not_are_refused() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    for deed in [&["disable"][..], &["promote"], &["demote"], &["enable"]] {
        assert!(
            refused(&app, &[deed, &["nobody@example.com"]].concat(), 1)
                .await
                .contains("no account for nobody@example.com")
        );
    }
    assert!(refused(&app, &["tier", "ada@example.com", "gold"], 2).await.contains("gold"));
    assert_eq!(app.sql("select subscription_tier from users").await[0].get::<_, String>(0), "free");
}
