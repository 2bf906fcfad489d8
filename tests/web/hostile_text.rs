//! What strangers wrote into a card, and what somebody pastes into a form, is shown as text: nothing of it runs,
//! loads, or leads out of the web (SECURITY.md items 37 and 38).

use crate::harness::{App, Page, User};
use crate::url_table::routes;

/// Each stands in every text of a card and of a form.
const HOSTILE: [&str; 10] = [
    "<img src=//x onerror=alert(1)>",
    "\"><svg/onload=alert(1)>",
    "'><script>alert(1)</script>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "{{7*7}}${7*7}<%=7*7%>",
    "</textarea><script>alert(1)</script>",
    "</title><meta http-equiv=refresh content=0;url=//x>",
    "[a](javascript:alert(1)) ![b](//x/y.png) <a href='vbscript:x'>c</a>",
    "<style>@import '//x'</style><b style='background:url(//x)'>d</b>",
    "\u{202e}javascript:alert(1)\u{202c}",
];
/// Schemes that no link may have, whatever a card says.
const SCHEMES: [&str; 4] =
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "vbscript:x", "data:text/html,<script>alert(1)</script>"];

fn assert_is_inert(page: &Page) {
    for selector in [
        "[onerror], [onload], [onclick], [style], [srcdoc]",
        "iframe, object, embed, base, style, main img, main link, main meta",
        "body script:not([src^='/static/'])",
        "meta[http-equiv]:not([content^='2'])",
    ] {
        assert_eq!(page.count(selector), 0, "{selector} in {}", page.body);
    }
    let links = page.all("a[href], form[action], [hx-get], use[href], link[href]");
    for link in links {
        for name in ["href", "action", "hx-get"] {
            let value = link.attr(name).to_lowercase();
            let is_led =
                ["/", "#", "?", "https://", "http://", "mailto:", "tel:"].iter().any(|start| value.starts_with(start));
            assert!(value.is_empty() || (is_led && !value.starts_with("//")), "{name} leads to {value}");
        }
    }
    assert!(!page.body.contains(">49<") && !page.body.contains("$49"), "a template was run");
}

/// A card with this in each of its texts.
fn card(n: usize, text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
    let links: String =
        SCHEMES.iter().map(|scheme| format!("URL:{scheme}\r\nX-SOCIALPROFILE;TYPE={n}:{scheme}\r\n")).collect();
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:h{n}\r\nFN:{escaped}\r\nN:{escaped};{escaped};;;\r\nNICKNAME:{escaped}\r\n\
         NOTE:{escaped}\r\nORG:{escaped}\r\nTITLE:{escaped}\r\nCATEGORIES:{escaped}\r\nEMAIL:{escaped}\r\nTEL:{escaped}\r\n\
         ADR:;;{escaped};;;;\r\n{links}END:VCARD\r\n"
    )
}

async fn type_in(user: &mut User, text: &str) {
    let names = [("first_name", text), ("last_name", text), ("notes", text)];
    let way = [("method_kind[]", "other"), ("method_label[]", text), ("method_value[]", text)];
    let person = user.post("/contacts", &[&names[..], &way[..]].concat()).await.expect(303).location();
    user.post(&format!("{person}/tags"), &[("name", text)]).await.expect(303);
    user.post(&format!("{person}/employments"), &[("organization", text), ("title", text)]).await.expect(303);
    // Refused, and shown again as typed.
    let link = [("first_name", text), ("method_kind[]", "url"), ("method_label[]", ""), ("method_value[]", SCHEMES[0])];
    assert_is_inert(&user.post("/contacts", &link).await.expect(422));
    assert_is_inert(&user.post("/tags", &[("name", text), ("color", text)]).await.expect(422));
}

#[actix_web::test]
async fn nothing_that_was_typed_or_imported_runs_on_any_page() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let cards: String = HOSTILE.iter().enumerate().map(|(n, text)| card(n, text)).collect();
    let import = ada.upload("/imports", HOSTILE[0], cards.as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    for word in ["new", "doubtful", "unreadable"] {
        assert_is_inert(&ada.get(&format!("{import}?status={word}")).await.expect(200));
    }
    ada.post(&format!("{import}/application"), &[]).await.expect(303);
    app.run_jobs().await;
    for text in HOSTILE {
        type_in(&mut ada, text).await;
    }
    let people: i64 = app.sql("select count(*) from contacts").await[0].get(0);
    assert_eq!(people, 20, "ten came by card and ten by form");
    let user = ada.clone();
    let ids = "select id::text from contacts union all select id::text from organizations union all select id::text from tags \
        union all select id::text from imports union all select change_set_id::text from audit_logs group by 1";
    let ids: Vec<String> = app.sql(ids).await.iter().map(|row| row.get(0)).collect();
    let mut shown = 0;
    for route in routes("get").iter().filter(|route| route.holes() < 2 && !route.pattern.starts_with("/exports/")) {
        let paths =
            if route.holes() == 0 { vec![route.path(&[])] } else { ids.iter().map(|id| route.path(&[id])).collect() };
        for path in paths {
            let page = user.clone().get(&path).await;
            if page.status == 200 {
                assert_is_inert(&page);
                shown += 1;
            }
        }
    }
    assert!(shown > 60, "only {shown} pages were looked at");
    for text in HOSTILE {
        let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        for page in ["contacts", "search", "organizations", "tags"] {
            assert_is_inert(&ada.get(&format!("/{page}?q={query}")).await.expect(200));
        }
    }
}
