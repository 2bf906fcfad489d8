//! Pages as features draw them, over the real frame, macros, scripts and headers, with people who
//! live in a list instead of a database: what is looked at here is the ground that all pages share.

use std::net::TcpListener;
use std::rc::Rc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Form, Path, Query};
use actix_web::{App, Error, HttpResponse, HttpServer, ResponseError};
use askama::Template;
use kith::error::AppError;
use kith::web::avatar::Avatar;
use kith::web::flash::Flash;
use kith::web::page::unprocessable;
use kith::web::{Field, Htmx, Layout, Site, assets, html, security_headers};
use serde::Deserialize;
use uuid::Uuid;

const PEOPLE: [(&str, &str); 5] = [
    ("Ada Lindqvist", "Editor, Tidewater"),
    ("Grace Okafor", "Partner, Harrow Capital"),
    ("Nguyễn Thị Minh Khai", "Researcher, Instituto Superior Técnico"),
    ("يوسف الحداد", "Architect"),
    ("Zoë Marchetti", "Design lead, Oblique Works"),
];

/// The fixture's server; it stops with the test.
pub struct Fixture {
    address: String,
    handle: ServerHandle,
}

impl Fixture {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = HttpServer::new(|| {
            App::new()
                .app_data(Rc::new(site()))
                .configure(assets::routes)
                .route("/contacts", web::get().to(index))
                .route("/contacts", web::post().to(create))
                .route("/contacts/new", web::get().to(new))
                .route("/contacts/{id}", web::get().to(show))
                .route("/search", web::get().to(search))
                .route("/empty", web::get().to(empty))
                .route("/long", web::get().to(long))
                .route("/login", web::get().to(sign_in))
                .route("/change-sets/{id}/undo", web::post().to(undo))
                .default_service(web::to(async || AppError::NotFound.error_response()))
                .wrap(from_fn(guard))
        });
        let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { address, handle }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}

fn site() -> Site {
    Site {
        url: None,
        trusted_proxies: Vec::new(),
        sign_up_open: true,
        setup_token: None,
        time_zone: chrono_tz::UTC,
        idle: Duration::from_secs(60),
        absolute: Duration::from_secs(60),
        data_dir: std::env::temp_dir(),
        upload_limit: 200 << 20,
    }
}

/// The headers of production: what their policy blocks is blocked here.
async fn guard(req: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(req).await?;
    security_headers::apply(response.headers_mut(), &site());
    Ok(response)
}

struct Row {
    id: Uuid,
    name: String,
    what: String,
    avatar: Avatar,
}

impl Row {
    fn new(place: usize, name: &str, what: &str) -> Self {
        let id = Uuid::from_u128(place as u128 + 1);
        Self { id, name: name.to_owned(), what: what.to_owned(), avatar: Avatar::of(id, name) }
    }
}

fn people(query: &str) -> Vec<Row> {
    let rows = PEOPLE.iter().enumerate().map(|(place, (name, what))| Row::new(place, name, what));
    rows.filter(|row| row.name.to_lowercase().contains(&query.to_lowercase())).collect()
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(
    source = r##"{% extends "base.html" %}{% import "macros.html" as ui %}{% block title %}Contacts{% endblock title %}
{% block main %}<div class="split"><section class="list" aria-label="Contacts"><header><div class="bar"><h1>Contacts</h1>
<small role="status">{{ ui::count(rows.len()) }}</small>{{ ui::link_button("/contacts/new", "New", key = "n") }}</div>
<form action="/contacts" hx-get="/contacts" hx-trigger="input delay:120ms, submit" hx-target="#results" hx-replace-url="true" hx-sync="this:replace">
<input class="input" name="q" value="{{ q }}" data-key="/" aria-label="Filter contacts"></form></header>
<div id="results">{% block results %}<ul data-list>{% for row in rows %}
<li class="row" data-kind="contact" data-id="{{ row.id }}">{{ ui::avatar(row.avatar) }}<a href="/contacts/{{ row.id }}"><strong><bdi>{{ row.name }}</bdi></strong><small>{{ row.what }}</small></a><span class="end">{{ ui::time("2026-11-01", "1 November 2026", "3 d ago") }}<span class="due" data-state="overdue">8 wk late</span></span></li>
{% endfor %}</ul>{% endblock results %}</div></section>
<section class="pane" id="pane" aria-label="Details" tabindex="-1"><p class="quiet">Choose somebody.</p></section></div>{% endblock main %}"##,
    ext = "html",
    blocks = ["results"]
)]
struct Index {
    layout: Layout,
    rows: Vec<Row>,
    q: String,
}

#[derive(Template)]
#[template(
    source = r##"{% extends "base.html" %}{% import "macros.html" as ui %}{% block title %}{{ row.name }}{% endblock title %}
{% block main %}<div class="pane">{% block person %}<div class="person">{{ ui::avatar(row.avatar, "large") }}<h1><bdi>{{ row.name }}</bdi></h1><p>{{ row.what }}</p></div>
<div class="actions">{{ ui::link_button("/contacts/new", "Edit", "primary", "e") }}{{ ui::post_button("/contacts", layout.csrf, "Trash", "plain", "#") }}</div>
<div class="columns"><section class="prose" aria-label="Notes"><p>She <a href="/long">wrote</a>.</p></section>
<div class="facts"><section><h2>Reach</h2><dl><dt>work</dt><dd><a href="mailto:zoe@oblique.works">zoe@oblique.works</a></dd></dl></section>
<section><h2>Tags</h2><div class="actions">{{ ui::tag_chip("friend", "#c05040") }}{{ ui::tag_removable("/tags", "lisbon", "#4060c0", "/x", layout.csrf) }}</div></section>
<section><h2>Strength</h2>{{ ui::meter(7, 10, "Strength 7 of 10") }}</section></div></div>{% endblock person %}</div>{% endblock main %}"##,
    ext = "html",
    blocks = ["person"]
)]
struct Show {
    layout: Layout,
    row: Row,
}

#[derive(Template)]
#[template(
    source = r##"{% extends "base.html" %}{% import "macros.html" as ui %}{% block title %}Search{% endblock title %}
{% block main %}<div class="page" data-columns="one"><header><h1>Search</h1></header>{% block found %}<ul>{% for row in rows %}
<li class="row" data-kind="contact" data-id="{{ row.id }}">{{ ui::avatar(row.avatar) }}<a href="/contacts/{{ row.id }}"><strong><bdi>{{ row.name }}</bdi></strong></a></li>{% endfor %}</ul>{% endblock found %}</div>{% endblock main %}"##,
    ext = "html",
    blocks = ["found"]
)]
struct Search {
    layout: Layout,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(
    source = r##"{% extends "base.html" %}{% import "macros.html" as ui %}{% block title %}New contact{% endblock title %}
{% block main %}<div class="page" data-columns="one"><header><h1>New contact</h1></header>
<form class="form" method="post" action="/contacts">{{ ui::csrf(layout.csrf) }}
{{ ui::field("first_name", "First name", first_name, hint = "As on the card") }}{{ ui::textarea("notes", "Notes", notes) }}{{ ui::checkbox("is_current", "Works there now", true) }}
<fieldset class="group" data-repeat><legend>Reach</legend><div class="repeat">{% for n in [1, 2] %}<div class="part">
<select class="input" aria-label="Kind" name="method_kind[]"><option>email</option></select><input class="input" aria-label="Value {{ n }}" name="method_value[]"><input class="input" aria-label="Label {{ n }}" name="method_label[]">
<button class="button only-scripted" type="button" data-kind="plain" data-remove aria-label="Remove">{{ ui::icon("close") }}</button></div>{% endfor %}</div>
<p><button class="button only-scripted" type="button" data-add>{{ ui::icon("plus") }}Add another</button></p></fieldset>
<div class="actions">{{ ui::button("Save", "primary") }}{{ ui::link_button("/contacts", "Cancel", "plain") }}</div></form></div>{% endblock main %}"##,
    ext = "html"
)]
struct Edit {
    layout: Layout,
    first_name: Field,
    notes: Field,
}

#[derive(Template)]
#[template(
    source = r##"{% extends "base.html" %}{% import "macros.html" as ui %}{% block title %}Nobody{% endblock title %}
{% block main %}<div class="page" data-columns="one"><header><h1>Contacts</h1></header>
{% call ui::empty_state("Nobody yet", "Import what your phone exported.") %}{{ ui::link_button("/imports", "Import", "primary") }}{% endcall %}</div>{% endblock main %}"##,
    ext = "html"
)]
struct Empty {
    layout: Layout,
}

#[derive(Template)]
#[template(
    source = r##"{% extends "base.html" %}{% import "macros.html" as ui %}{% block title %}Sign in{% endblock title %}
{% block main %}<h1>Sign in</h1><form method="post">{{ ui::csrf(layout.csrf) }}{{ ui::field("email", "E-mail", email, kind = "email") }}{{ ui::password("password", "Password", password) }}
<p class="actions">{{ ui::button("Sign in", "primary") }}</p></form>{% endblock main %}"##,
    ext = "html"
)]
struct SignIn {
    layout: Layout,
    email: Field,
    password: Field,
}

type Reply = Result<HttpResponse, AppError>;

fn signed_in(mut layout: Layout) -> Layout {
    layout.signed_in = true;
    layout.user_name = "Ada Lindqvist".to_owned();
    layout
}

async fn index(layout: Layout, htmx: Htmx, asked: Query<Asked>) -> Reply {
    let page = Index { layout: signed_in(layout), rows: people(&asked.q), q: asked.q.clone() };
    if htmx.wants_block("results") { html(&page.as_results()) } else { html(&page) }
}

async fn show(layout: Layout, htmx: Htmx, id: Path<Uuid>) -> Reply {
    let row = people("").into_iter().find(|row| row.id == *id).ok_or(AppError::NotFound)?;
    let page = Show { layout: signed_in(layout), row };
    if htmx.wants_block("pane") { html(&page.as_person()) } else { html(&page) }
}

async fn search(layout: Layout, htmx: Htmx, asked: Query<Asked>) -> Reply {
    let page = Search { layout: signed_in(layout), rows: people(&asked.q) };
    if htmx.wants_block("palette-results") { html(&page.as_found()) } else { html(&page) }
}

async fn new(layout: Layout) -> Reply {
    html(&Edit { layout: signed_in(layout), first_name: Field::default(), notes: Field::default() })
}

#[derive(Deserialize)]
struct Posted {
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    notes: String,
}

/// Refuses a contact without a name; else shows the list with the offer to take it back.
async fn create(layout: Layout, posted: Form<Posted>) -> Reply {
    let mut layout = signed_in(layout);
    let mut first_name = Field::from(posted.first_name.as_str());
    if first_name.required_line(255, "Give the contact a name.").is_none() {
        return unprocessable(&Edit { layout, first_name, notes: posted.notes.as_str().into() });
    }
    layout.flash =
        Some(Flash { message: format!("{} is saved.", posted.first_name), undo: Some(Uuid::nil()), redo: false });
    html(&Index { layout, rows: people(""), q: String::new() })
}

async fn undo(layout: Layout) -> Reply {
    let mut layout = signed_in(layout);
    layout.flash = Some(Flash { message: "Taken back.".to_owned(), undo: None, redo: false });
    html(&Empty { layout })
}

async fn empty(layout: Layout) -> Reply {
    html(&Empty { layout: signed_in(layout) })
}

async fn long(layout: Layout) -> Reply {
    let name = format!("Priya {} de la Vega", "Raghunathan-Castellanos".repeat(9));
    let row = Row::new(9, &name, &"InternationalCommitteeForVeryLongNames".repeat(6));
    html(&Show { layout: signed_in(layout), row })
}

async fn sign_in(layout: Layout) -> Reply {
    let mut password = Field::default();
    password.refuse("The address and the password do not belong together.");
    html(&SignIn { layout, email: Field::from("ada@example.com"), password })
}
