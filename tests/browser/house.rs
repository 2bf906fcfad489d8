//! The real application with people in it, for the browser to walk through.

use kith::web::site::SignUp;

use crate::browser::{Browser, Window};
use crate::harness::{App, PASSWORD, User};

/// Who is in the house.
const PEOPLE: [(&str, &str, &str, &str); 5] = [
    ("Ada", "Lindqvist", "Tidewater", "Editor"),
    ("Grace", "Okafor", "Harrow Capital", "Partner"),
    ("Minh Khai", "Nguyễn Thị", "Instituto Superior Técnico", "Researcher"),
    ("يوسف", "الحداد", "", ""),
    ("Zoë", "Marchetti", "Oblique Works", "Design lead"),
];

/// A picture of one pixel.
const GIF: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\xC8\x50\x28\xFF\xFF\xFF\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3B";

/// A running Kith, and Ada who signs in to it.
pub struct House {
    pub app: App,
    pub user: User,
}

impl House {
    /// With nobody in it yet.
    pub async fn empty() -> Self {
        let app = App::spawn_with(|site| site.sign_up = SignUp::Invite).await;
        let user = app.sign_in("ada").await;
        Self { app, user }
    }

    /// With five people, their posts and tags.
    pub async fn furnished() -> Self {
        let mut house = Self::empty().await;
        for (first, last, organization, title) in PEOPLE {
            let path =
                house.add(&[("first_name", first), ("last_name", last), ("notes", "**Met** at the wall.")]).await;
            if !organization.is_empty() {
                let post = [("organization", organization), ("title", title), ("is_current", "true")];
                house.user.post(&format!("{path}/employments"), &post).await.expect(303);
            }
            house.user.post(&format!("{path}/tags"), &[("name", "friend")]).await.expect(303);
        }
        let photo = house.path_of(&format!("{} {}", PEOPLE[1].0, PEOPLE[1].1)).await;
        house.user.upload(&format!("{photo}/photo"), "x.gif", GIF).await.expect(303);
        house.user.post("/admin/invitations", &[("note", "Grace"), ("days", "7")]).await.expect(303);
        house
    }

    /// Adds somebody and gives the path of her page.
    pub async fn add(&mut self, fields: &[(&str, &str)]) -> String {
        self.user.post("/contacts", fields).await.expect(303).location()
    }

    /// The path of somebody's page.
    pub async fn path_of(&self, name: &str) -> String {
        let found = self.app.sql(&format!("select id::text from contacts where display_name = '{name}'")).await;
        format!("/contacts/{}", found[0].get::<_, String>(0))
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.app.url)
    }

    /// A browser in which Ada is signed in, on a page; none where there is no browser.
    pub async fn visit(&self, window: Window, path: &str) -> Option<Browser> {
        let browser = Browser::open(window).await?;
        browser.goto(&self.url("/login")).await;
        browser.fill("#email", "ada@example.com").await;
        browser.fill("#password", PASSWORD).await;
        browser.click("main button[type=submit]").await;
        browser.see(".shell").await;
        browser.goto(&self.url(path)).await;
        if window != Window::WithoutScript {
            browser.see("html.scripted").await;
        }
        Some(browser)
    }
}
