//! One running Kith for each test, and people who use it.

mod page;
mod statements;

use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::HttpServer;
use kith::accounts::passwords;
use kith::db::{Db, NewUser, connect};
use kith::limits::Tiers;
use kith::web::site::{SignUp, Site};
pub use page::Page;
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Method, StatusCode};

use crate::cluster::{TestDatabase, clone_database};

/// A password that is nobody's first guess.
pub const PASSWORD: &str = "a long walk by the river";
/// The secret of the first sign-up's link.
pub const SETUP_TOKEN: &str = "setup-token-of-the-tests";

/// A server over a database of its own.
pub struct App {
    /// `http://127.0.0.1:port`.
    pub url: String,
    /// Its database.
    pub database: TestDatabase,
    /// The same pool as the server's.
    pub db: Db,
    /// Its data folder.
    pub data_dir: tempfile::TempDir,
    server: actix_web::dev::ServerHandle,
}

impl App {
    /// As in production, on a free port.
    pub async fn spawn() -> Self {
        Self::spawn_with(|_| {}).await
    }

    /// As [`App::spawn`] with other settings.
    pub async fn spawn_with(change: impl Fn(&mut Site)) -> Self {
        Self::spawn_over(Tiers::default(), change).await
    }

    /// As [`App::spawn`], where accounts of the tier free have these limits.
    pub async fn spawn_limited(free: &str) -> Self {
        Self::spawn_over(Tiers { free: free.parse().unwrap(), ..Tiers::default() }, |_| {}).await
    }

    async fn spawn_over(tiers: Tiers, change: impl Fn(&mut Site)) -> Self {
        // A failed request says why in the output of the test that made it.
        kith::telemetry::start("error", "text").unwrap();
        statements::count();
        let database = clone_database();
        let db = Db::connect(&database.app_url, 4).unwrap().limited(tiers);
        let data_dir = tempfile::tempdir().unwrap();
        let mut site = site(data_dir.path());
        change(&mut site);
        let shared = db.clone();
        let server = HttpServer::new(move || kith::app::build(shared.clone(), site.clone()))
            .workers(1)
            .disable_signals()
            .bind(("127.0.0.1", 0))
            .unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { url, database, db, data_dir, server: handle }
    }

    /// A visitor without a session.
    pub fn visitor(&self) -> User {
        User { url: self.url.clone(), cookies: BTreeMap::new(), client: client() }
    }

    /// A user with an account and a session; the first one is the administrator.
    pub async fn sign_in(&self, name: &str) -> User {
        let email = format!("{name}@example.com");
        let hash = known_hash().await;
        let new = NewUser { email: &email, full_name: name, time_zone: "Europe/Berlin", password_hash: &hash };
        self.db.anonymous().create_user(&new, false).await.unwrap();
        let mut user = self.visitor();
        user.get("/login").await.expect(200);
        user.post("/login", &[("email", &email), ("password", PASSWORD)]).await.expect(303);
        user
    }

    /// How many statements the page at `path` sends, the session's check, BEGIN and COMMIT left out.
    pub async fn statements_of(&self, user: &mut User, path: &str) -> usize {
        let id: String = self.sql("select id::text from users order by created_at limit 1").await[0].get(0);
        let before = statements::of(&id);
        user.get(path).await.expect(200);
        statements::of(&id) - before
    }

    /// How many statements a posted form of the first user costs, as above.
    pub async fn statements_of_post(&self, user: &mut User, path: &str, fields: &[(&str, &str)]) -> usize {
        let id: String = self.sql("select id::text from users order by created_at limit 1").await[0].get(0);
        let token = user.token().await;
        let before = statements::of(&id);
        user.post_with(path, &[&[("csrf_token", token.as_str())], fields].concat(), &[]).await.expect(303);
        statements::of(&id) - before
    }

    /// Does the jobs that are due, as the server's worker would.
    pub async fn run_jobs(&self) -> usize {
        self.worker().run_due().await.unwrap()
    }

    /// A worker of this server that runs when the test says so.
    pub fn worker(&self) -> kith::jobs::Worker {
        let tools = kith::jobs::Tools { db: self.db.clone(), data_dir: self.data_dir.path().to_owned() };
        kith::jobs::Worker::new(tools, kith::duties::all()).unwrap()
    }

    /// SQL as the superuser: for what a user cannot do, such as turning back a clock.
    pub async fn sql(&self, sql: &str) -> Vec<tokio_postgres::Row> {
        connect::client(&self.database.admin_url).await.unwrap().query(sql, &[]).await.unwrap()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// The settings of the tests.
pub fn site(data_dir: &std::path::Path) -> Site {
    Site {
        url: None,
        trusted_proxies: Vec::new(),
        sign_up: SignUp::Closed,
        setup_token: Some(SETUP_TOKEN.to_owned()),
        time_zone: chrono_tz::Tz::UTC,
        idle: Duration::from_secs(30 * 86_400),
        absolute: Duration::from_secs(180 * 86_400),
        data_dir: data_dir.to_owned(),
        upload_limit: 200 << 20,
        trash_days: 30,
        history_months: None,
        mailer: None,
        caller: kith::outgoing::Caller::new(true),
    }
}

/// Hashing is slow on purpose: once a process is enough.
async fn known_hash() -> String {
    static HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    HASH.get_or_init(async || passwords::hash(PASSWORD).await.unwrap()).await.clone()
}

fn client() -> reqwest::Client {
    // The server closes a connection that is idle for seconds; one must not be reused at that moment.
    let kept = std::time::Duration::from_secs(1);
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    client.pool_idle_timeout(kept).build().unwrap()
}

/// A browser without script.
#[derive(Clone)]
pub struct User {
    url: String,
    /// By name.
    pub cookies: BTreeMap<String, String>,
    client: reqwest::Client,
}

impl User {
    /// The page at a path.
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, None, &[]).await
    }

    /// The page at a path, asked for with these headers.
    pub async fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Page {
        self.send(Method::GET, path, None, headers).await
    }

    /// Sends a form with its token, as the browser does from one of our pages.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token().await;
        self.post_with(path, &[&[("csrf_token", token.as_str())], fields].concat(), &[]).await
    }

    /// Sends exactly these fields and headers.
    pub async fn post_with(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Page {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.send(Method::POST, path, Some(body.finish()), headers).await
    }

    /// Sends exactly this body, whatever it is.
    pub async fn post_body(&mut self, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Page {
        let request = self.client.request(Method::POST, format!("{}{path}", self.url));
        self.finish(path, request.header("content-type", content_type).body(body)).await
    }

    /// Sends a form with a file, its token first.
    pub async fn upload(&mut self, path: &str, name: &str, content: &[u8]) -> Page {
        let token = self.token().await;
        let file = reqwest::multipart::Part::bytes(content.to_vec()).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().text("csrf_token", token).part("file", file);
        self.upload_form(path, form).await
    }

    /// Sends exactly this form.
    pub async fn upload_form(&mut self, path: &str, form: reqwest::multipart::Form) -> Page {
        let request = self.client.request(Method::POST, format!("{}{path}", self.url)).multipart(form);
        self.finish(path, request).await
    }

    /// The token of this user's forms.
    pub async fn token(&mut self) -> String {
        let path = if self.cookies.contains_key("kith_session") { "/settings" } else { "/login" };
        self.get(path).await.expect(200).all("input[name=csrf_token]")[0].attr("value")
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<String>, headers: &[(&str, &str)]) -> Page {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.finish(path, request).await
    }

    async fn finish(&mut self, path: &str, request: reqwest::RequestBuilder) -> Page {
        let response = request.header(COOKIE, self.cookie_header()).send().await.unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            self.remember(cookie.to_str().unwrap());
        }
        let status: StatusCode = response.status();
        let headers = response.headers().clone();
        Page::new(path, status.as_u16(), headers, response.text().await.unwrap())
    }

    fn cookie_header(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn remember(&mut self, set_cookie: &str) {
        let (pair, rest) = set_cookie.split_once(';').unwrap_or((set_cookie, ""));
        let (name, value) = pair.split_once('=').unwrap();
        if rest.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}
