//! One Chromium for one test, driven over WebDriver. Nothing here waits for a fixed time:
//! every wait is for something to stand in the page.

use std::process::Stdio;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const PATIENCE: Duration = Duration::from_secs(20);

/// How the window is set up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Window {
    Desk,
    Dark,
    Phone,
    WithoutScript,
}

/// A running browser with one window.
pub struct Browser {
    client: Client,
    window: Window,
    _driver: Driver,
}

/// Chromedriver and every Chromium that it starts: they end with the test, passed or failed.
struct Driver {
    child: Child,
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(group) = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Browser {
    /// Starts a browser, or says that there is none and gives nothing.
    ///
    /// With `KITH_REQUIRE_BROWSER=1` a missing browser fails the test.
    pub async fn open(window: Window) -> Option<Self> {
        if !installed("chromium") || !installed("chromedriver") {
            assert!(std::env::var_os("KITH_REQUIRE_BROWSER").is_none(), "no chromium and chromedriver here");
            println!("skipped: no chromium");
            return None;
        }
        let (driver, address) = start_driver().await;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(window))
            .connect(&address)
            .await
            .unwrap();
        Some(Self { client, window, _driver: driver })
    }

    /// Opens an address and waits until its scripts have run.
    pub async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Waits for the first element that fits a CSS selector.
    pub async fn see(&self, css: &str) -> Element {
        match self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => self.fail(css, &error).await,
        }
    }

    /// Waits until an element that fits the selector holds this text.
    pub async fn read(&self, css: &str, text: &str) {
        let condition =
            "return [...document.querySelectorAll(arguments[0])].some(e => e.textContent.includes(arguments[1]))";
        self.until(condition, vec![json!(css), json!(text)], &format!("{css} with “{text}”")).await;
    }

    /// Waits until nothing fits the selector any more.
    pub async fn miss(&self, css: &str) {
        self.until("return !document.querySelector(arguments[0])", vec![json!(css)], &format!("no {css}")).await;
    }

    /// Waits until a script answers true.
    pub async fn until(&self, script: &str, arguments: Vec<Value>, what: &str) {
        let mut clock = tokio::time::interval(Duration::from_millis(40));
        let end = tokio::time::Instant::now() + PATIENCE;
        while self.client.execute(script, arguments.clone()).await.ok() != Some(json!(true)) {
            if tokio::time::Instant::now() > end {
                self.fail(what, &"not within twenty seconds").await;
            }
            clock.tick().await;
        }
    }

    /// Runs a script and gives what it returns.
    pub async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Presses a key for whatever has the focus.
    pub async fn press(&self, key: &str) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(key).await.unwrap();
    }

    /// Presses a key together with Control.
    pub async fn press_control(&self, key: impl Into<char>) {
        let both = format!("{}{}", char::from(Key::Control), key.into());
        self.press(&both).await;
    }

    /// Types into the element.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.see(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Clicks the element, scrolled to where a phone's bottom bar does not cover it. One that
    /// is swapped or left behind between being found and being clicked is looked for again.
    pub async fn click(&self, css: &str) {
        let scroll = "arguments[0].scrollIntoView({ block: 'center' })";
        loop {
            let element = self.see(css).await;
            let clicked = match self.client.execute(scroll, vec![json!(element)]).await {
                Ok(_) => element.click().await,
                Err(error) => Err(error),
            };
            match clicked {
                Err(error) if error.is_stale_element_reference() => {}
                other => return other.unwrap(),
            }
        }
    }

    /// Runs axe on the page and gives what it finds wrong, one line each. In the dark only colours are others than in the light.
    pub async fn axe(&self, axe: &str) -> Vec<String> {
        self.client.execute(axe, Vec::new()).await.unwrap();
        let (kind, values) = if self.window == Window::Dark {
            ("rule", &["color-contrast", "link-in-text-block"][..])
        } else {
            ("tag", &["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"][..])
        };
        let run = "const done = arguments[arguments.length - 1]; axe.run({runOnly: arguments[0]}) \
            .then(found => done(found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target} ${n.failureSummary}`))), \
            error => done([String(error)]))";
        let found = self.client.execute_async(run, vec![json!({"type": kind, "values": values})]).await.unwrap();
        serde_json::from_value(found).unwrap()
    }

    /// Ends the session in order; a failed test leaves that to the drop of the driver.
    pub async fn close(self) {
        let _ = self.client.clone().close().await;
    }

    async fn fail(&self, what: &str, error: &dyn std::fmt::Display) -> ! {
        let url = self.client.current_url().await.map_or_else(|_| "?".into(), |url| url.to_string());
        let text = self.ask("return document.body.innerText").await;
        panic!("waited for {what}: {error}\nat {url}\n{}", text.as_str().unwrap_or_default());
    }
}

fn installed(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Starts chromedriver on a free port. It looks for one itself and ends where another process
/// takes that first, as the tests beside this one do, so it is started again.
async fn start_driver() -> (Driver, String) {
    let mut said = Vec::new();
    for _ in 0..10 {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            // Where the accounts of the tests are.
            .env("TZ", "Europe/Berlin")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            if let Some(port) = line.strip_suffix('.').and_then(|line| line.rsplit_once("on port ")) {
                return (Driver { child }, format!("http://127.0.0.1:{}", port.1));
            }
            said.push(line);
        }
    }
    panic!("chromedriver does not start:\n{}", said.join("\n"));
}

fn capabilities(window: Window) -> serde_json::Map<String, Value> {
    let mut options = json!({
        "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-background-networking", "--disable-extensions", "--window-size=1280,860"],
    });
    match window {
        Window::Desk => {}
        Window::Dark => {
            if let Some(arguments) = options["args"].as_array_mut() {
                arguments.push(json!("--blink-settings=preferredColorScheme=0"));
            }
        }
        Window::Phone => {
            let metrics = json!({ "width": 390, "height": 844, "pixelRatio": 1.0, "mobile": false, "touch": true });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
        Window::WithoutScript => {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
    }
    let all = json!({ "browserName": "chrome", "goog:chromeOptions": options });
    all.as_object().cloned().unwrap_or_default()
}
