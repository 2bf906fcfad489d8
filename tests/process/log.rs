//! The log holds nothing that is private or secret, however much is asked of it (SECURITY.md item 55).

use crate::program::{Folder, Running};

const PASSWORD: &str = "a long walk by the river";

#[tokio::test]
async fn nothing_secret_or_private_is_logged_even_at_the_finest_level() {
    let folder = Folder::new();
    folder.add_user("ada@example.com");
    let mut command = folder.kith(&[]);
    command.env("KITH_LOG", "trace").env("KITH_LOG_FORMAT", "json").env("RUST_LOG", "trace");
    let kith = Running::start(command);
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let form = client.get(format!("{}/login", kith.url)).send().await.unwrap();
    let visitor = form.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let body = form.text().await.unwrap();
    let token = body.split("name=\"csrf_token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [("csrf_token", token.as_str()), ("email", "ada@example.com"), ("password", PASSWORD)];
    let sign_in = client.post(format!("{}/login", kith.url)).header("cookie", visitor).form(&fields);
    let sign_in = sign_in.header("user-agent", "evil%1b[31m").send().await.unwrap();
    assert_eq!(sign_in.status(), 303);
    let cookie = sign_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let session = cookie.split_once('=').unwrap().1.to_owned();
    let page =
        client.get(format!("{}/contacts?q=Zebedee%1b[31m", kith.url)).header("cookie", cookie).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let password = std::fs::read_to_string(folder.path().join("app.password")).unwrap();
    let said = kith.stop().join("\n");
    assert!(said.contains("request answered"));
    for secret in [PASSWORD, "long+walk", &session, &token, "ada@example.com", "Zebedee", &password, "\u{1b}"] {
        let line = said.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret:?} is logged");
    }
}
