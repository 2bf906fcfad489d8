//! docs/KEYBOARD.md is made from the keys that the pages declare, so it can't tell of others.

use scraper::node::Element;
use scraper::{ElementRef, Html, Node, Selector};

use crate::harness::App;

/// What a person sees on a link or button, its text without the key caps; else its label. As `label` in app.js.
fn label(element: ElementRef<'_>) -> String {
    let words = words(element);
    let is_worded = matches!(element.value().name(), "a" | "button") && !words.is_empty();
    if is_worded { words } else { element.attr("aria-label").unwrap_or_default().to_owned() }
}

fn words(element: ElementRef<'_>) -> String {
    let is_extra = |element: &Element| {
        matches!(element.name(), "kbd" | "data" | "svg") || element.attr("class") == Some("sr-only")
    };
    let texts = element.descendants().filter_map(|node| match node.value() {
        Node::Text(text) => {
            let inside = node.ancestors().filter_map(|parent| parent.value().as_element());
            inside.into_iter().all(|parent| !is_extra(parent)).then(|| text.to_string())
        }
        _ => None,
    });
    texts.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lines of a table: the keys and what they do, of the elements below `place` and, as all of a kind
/// do the same, once for each.
fn lines(html: &str, place: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let mut lines = Vec::new();
    for element in page.select(&Selector::parse(&format!("{place} [data-key]")).unwrap()) {
        let keys: Vec<String> = element
            .attr("data-key")
            .unwrap()
            .split(',')
            .map(|key| format!("`{}`", key.trim().replace("mod+", "Ctrl/⌘ ")))
            .collect();
        let line = format!("| {} | {} |", keys.join(" "), label(element));
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

#[actix_web::test]
async fn the_keyboard_page_of_the_docs_tells_what_the_pages_declare() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let fields = [
        ("first_name", "somebody"),
        ("contact_frequency_days", "30"),
        ("date_kind[]", "birthday"),
        ("date_value[]", &crate::reminders::day(5)),
    ];
    let person = ada.post("/contacts", &fields).await.expect(303).location();
    ada.post("/contacts", &[("first_name", "somebody else")]).await.expect(303);
    ada.post(&format!("{person}/tags"), &[("name", "friend")]).await.expect(303);
    let post = [("organization", "Navy"), ("is_current", "true")];
    ada.post(&format!("{person}/employments"), &post).await.expect(303);
    let contact = person.trim_start_matches("/contacts/");
    let call = [("interaction_type", "call"), ("occurred_at", "2026-05-03"), ("contact_id", contact)];
    let passed = ada.post("/interactions", &call).await.expect(303).location();
    let reminder = [("title", "Call"), ("starts_at", "2020-05-03"), ("repeats", "daily")];
    let reminder = ada.post("/reminders", &reminder).await.expect(303).location();
    crate::correspondents::letters(&app, "Grace Hopper", "grace@navy.example", 3).await;
    crate::correspondents::letters(&app, "Grace Hopper", "grace@home.example", 1).await;
    let finder =
        ada.get("/correspondents").await.expect(200).one("[data-kind=correspondent] a[data-key=m]").attr("href");
    let parting = finder.replace("/merge", "/addresses");
    let mut bob = app.sign_in("bob").await;
    let imports = crate::imports::passed_tables::pages_of_all_states(&app, &mut bob).await;
    let doubtful = crate::imports::passed_tables::with_doubtful_rows(&app, &mut ada).await;
    let chooser = format!("{doubtful}/people?position=1&q=somebody");
    let company = app.sql("select '/organizations/' || id from organizations").await[0].get::<_, String>(0);
    let mut text = "# Keys\n\nMade from the pages by the tests; `?` shows the same on each page. `j` and `k` walk a list, `Enter` opens\n\
        the row, `Esc` leaves a field or a dialog. `X` selects all rows from the last selected one to the current, `J`\n\
        and `K` select on the way; once somebody is selected the keys of the bar below the list come first. Two keys\n\
        with a space between them are pressed one after the other.\n\n\
        Behind a `>` the search takes commands. `> call Ada yesterday: her plan` logs; so do `met`, `email`, `message`, `linkedin`\n\
        and `note`. `> remind Ada: ring back, friday 9:00` reminds, about nobody with `> remind me to pay the rent on friday` or\n\
        `> remind: pay the rent, first of every month`. When may stand before the colon, too: `tomorrow`, `tonight`, `next friday`,\n\
        `in 3 weeks`, `in 2 hours`, `12 May`, `the 15th`, `first friday of the month`, `2026-12-24`, with `at 9`, `9:00`, `6pm` or `noon`;\n\
        how often as `every friday`, `every 2 weeks`, `every second thursday of the month`, `every month` or `yearly`. What was may say\n\
        its hour likewise: `> call Ada yesterday at 14:00: her plan`; behind the colon words of the past say when it was\n\
        where it ends with them, or begins with them and a comma: `yesterday`, `last friday`, `3 days ago`. Any other day there is one\n\
        of what is told. Whoever is called like a day is meant before the day.\n\
        What is meant is shown first, and whoever may be meant is asked for.\n"
        .to_owned();
    let everywhere = ada.get("/settings").await.expect(200);
    let mut section = |title: &str, lines: Vec<String>| {
        text.push_str(&format!("\n## {title}\n\n| key | what it does |\n|---|---|\n{}\n", lines.join("\n")));
    };
    section("Everywhere", lines(&everywhere.body, ".side"));
    for (title, path) in [
        ("Today", "/".to_owned()),
        ("The list of contacts", "/contacts".to_owned()),
        ("A person", person.clone()),
        ("The page of a selection", "/selections".to_owned()),
        ("The search for another card of a person", format!("{person}/merge?q=somebody")),
        ("The page that compares people", "/comparisons".to_owned()),
        ("The form of a person", format!("{person}/edit")),
        ("The list of organizations", "/organizations".to_owned()),
        ("An organization", company),
        ("Interactions", "/interactions".to_owned()),
        ("An interaction", passed.clone()),
        ("The form of an interaction", format!("{passed}/edit")),
        ("Reminders", "/reminders".to_owned()),
        ("A reminder", reminder.clone()),
        ("The form of a reminder", format!("{reminder}/edit")),
        ("What counts as contact", "/settings/contact".to_owned()),
        ("Keep in touch", "/keep-in-touch".to_owned()),
        ("Where somebody is postponed", format!("{person}/postponement")),
        ("Dates", "/dates".to_owned()),
        ("People you write with", "/correspondents".to_owned()),
        ("Where somebody is merged into a contact", format!("{finder}?q=somebody")),
        ("Where somebody of the queue is parted", parting),
        ("Tags", "/tags".to_owned()),
        ("Trash", "/trash".to_owned()),
        ("Imports", "/imports".to_owned()),
        ("An import", doubtful.clone()),
        ("Where somebody is chosen whom a row names", chooser),
        ("The history", "/history".to_owned()),
    ] {
        if path == "/trash" {
            ada.post(&format!("{person}/trash"), &[]).await.expect(303);
            let said = ada.get("/contacts").await.expect(200);
            section("After a change", lines(&said.body, "#flash"));
        }
        let page = match path.as_str() {
            "/selections" | "/comparisons" => ada.post(&path, &[("scope", "filter")]).await.expect(200),
            _ => ada.get(&path).await.expect(200),
        };
        let mut found = lines(&page.body, "main");
        if path == doubtful {
            let all = imports.iter().flat_map(|page| lines(&page.body, "main"));
            all.for_each(|line| {
                if !found.contains(&line) {
                    found.push(line)
                }
            });
        }
        if !found.is_empty() {
            section(title, found);
        }
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/KEYBOARD.md");
    if std::env::var_os("KITH_BLESS").is_some() {
        std::fs::write(file, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file).unwrap_or_default(), text, "run the tests once with KITH_BLESS=1");
}

#[actix_web::test]
async fn a_cap_shows_the_first_of_several_keys() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (path, keys) in [("/interactions", "n,l"), ("/reminders", "n,r")] {
        assert_eq!(ada.get(path).await.expect(200).one(&format!("[data-key='{keys}'] kbd")).text(), "n");
    }
    assert_eq!(ada.get("/contacts/new").await.expect(200).one("[data-key='mod+Enter'] kbd").text(), "Ctrl Enter");
}

#[actix_web::test]
async fn the_buttons_of_a_row_wear_their_keys() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    crate::correspondents::letters(&app, "Grace Hopper", "grace@navy.example", 3).await;
    ada.post("/tags", &[("name", "friend")]).await.expect(303);
    let gone = ada.post("/contacts", &[("first_name", "Bo")]).await.expect(303).location();
    ada.post(&format!("{gone}/trash"), &[]).await.expect(303);
    let imported = crate::imports::passed_tables::with_doubtful_rows(&app, &mut ada).await;
    for path in ["/tags", "/history", "/trash", "/correspondents", imported.as_str()] {
        let page = ada.get(path).await.expect(200);
        let buttons = "[data-list] .button[data-key]";
        assert_ne!(page.count(buttons), 0, "{path}");
        for button in page.all(buttons) {
            let keys = button.attr("data-key");
            assert!(
                button.text().ends_with(&format!(" {}", keys.split(',').next().unwrap())),
                "{path}: {}",
                button.text()
            );
        }
    }
}
