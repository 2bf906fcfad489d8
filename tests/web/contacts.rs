//! People: added, read, edited, tagged, trashed and restored.

use crate::harness::{App, User};

/// Adds somebody and answers with the path of her page.
async fn add(user: &mut User, fields: &[(&str, &str)]) -> String {
    user.post("/contacts", fields).await.expect(303).location()
}

#[actix_web::test]
async fn a_contact_without_a_name_is_refused_and_what_was_typed_stays() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let fields = [
        ("first_name", " "),
        ("notes", "met in Lisbon"),
        ("method_kind[]", "email"),
        ("method_label[]", "work"),
        ("method_value[]", "no address"),
        ("date_kind[]", "birthday"),
        ("date_value[]", "1991-02-29"),
        ("relationship_strength", "11"),
    ];
    let page = ada.post("/contacts", &fields).await.expect(422);
    assert_eq!(page.one("#first_name-error").text(), "Give a name.");
    assert_eq!(page.one("#method_value-error").text(), "“no address” is no e-mail address.");
    assert_eq!(page.count("#date_value-error"), 1);
    assert_eq!(page.one("#relationship_strength-error").text(), "Give a whole number from 1 to 10.");
    assert_eq!(page.one("textarea[name=notes]").text(), "met in Lisbon");
    assert_eq!(page.one("[name='method_value[]']").attr("value"), "no address");
    assert_eq!(page.one("[name='method_label[]']").attr("value"), "work");
    assert_eq!(page.one("[name='date_value[]']").attr("value"), "1991-02-29");
    assert_eq!(app.sql("select count(*) from contacts").await[0].get::<_, i64>(0), 0);
}

#[actix_web::test]
async fn everything_that_was_typed_is_saved_and_shown() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let fields = [
        ("first_name", "يوسف"),
        ("last_name", "الحداد"),
        ("nickname", "Joe 🦊"),
        ("notes", "**architect**"),
        ("method_kind[]", "email"),
        ("method_label[]", "work"),
        ("method_value[]", "joe@example.org"),
        ("method_kind[]", "phone"),
        ("method_label[]", ""),
        ("method_value[]", "+351 912 555 018"),
        ("date_kind[]", "birthday"),
        ("date_value[]", "--02-29"),
        ("relationship_strength", "8"),
        ("contact_frequency_days", "21"),
    ];
    let path = add(&mut ada, &fields).await;
    let page = ada.get(&path).await.expect(200);
    assert_eq!(page.one("h1").text(), "يوسف الحداد");
    assert_eq!(page.one("a[href='mailto:joe@example.org']").text(), "joe@example.org");
    assert_eq!(page.one("a[href='tel:+351912555018']").text(), "+351 912 555 018");
    assert_eq!(page.one(".prose strong").text(), "architect");
    assert_eq!(page.one("time[datetime='02-29']").text(), "29 February");
    let row = &app.sql("select email, phone, relationship_strength, contact_frequency_days from contacts").await[0];
    assert_eq!(row.get::<_, String>(0), "joe@example.org");
    assert_eq!(row.get::<_, String>(1), "+351 912 555 018");
    assert_eq!((row.get::<_, i32>(2), row.get::<_, i32>(3)), (8, 21));
}

#[actix_web::test]
async fn an_edit_over_a_newer_version_shows_both_and_changes_nothing() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("first_name", "Grace")]).await;
    let version = ada.get(&format!("{path}/edit")).await.one("input[name=version]").attr("value");
    let mine = [("first_name", "Grace"), ("last_name", "Hopper"), ("version", version.as_str())];
    let other = [("first_name", "Grace"), ("last_name", "Okafor"), ("version", version.as_str())];
    ada.post(&path, &other).await.expect(303);
    let page = ada.post(&path, &mine).await.expect(409);
    assert_eq!(page.one("input[name=last_name]").attr("value"), "Hopper");
    let stored: Vec<String> = page.all("td.stored").iter().map(|cell| cell.text().to_owned()).collect();
    assert!(stored.contains(&"Okafor".to_owned()), "{stored:?}");
    assert_eq!(ada.get(&path).await.one("h1").text(), "Grace Okafor");
    let newer = page.one("input[name=version]").attr("value");
    ada.post(&path, &[mine[0], mine[1], ("version", newer.as_str())]).await.expect(303);
    assert_eq!(ada.get(&path).await.one("h1").text(), "Grace Hopper");
}

#[actix_web::test]
async fn an_edit_of_a_phone_alone_counts_as_a_new_version() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("first_name", "Grace")]).await;
    let phone = |number| [("first_name", "Grace"), ("phone", number), ("version", "1")];
    ada.post(&path, &phone("111")).await.expect(303);
    ada.post(&path, &phone("222")).await.expect(409);
}

#[actix_web::test]
async fn the_trash_hides_a_person_and_restoring_brings_back_every_link() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("first_name", "Grace"), ("email", "grace@example.org")]).await;
    ada.post(&format!("{path}/tags"), &[("name", "friend")]).await.expect(303);
    let post = [("organization", "Navy"), ("title", "Admiral"), ("is_current", "true")];
    ada.post(&format!("{path}/employments"), &post).await.expect(303);
    ada.post(&format!("{path}/trash"), &[]).await.expect(303);
    assert_eq!(ada.get("/contacts").await.count("[data-kind=contact]"), 0);
    assert_eq!(app.sql("select people_count from tags").await[0].get::<_, i32>(0), 0);
    ada.get(&format!("{path}/edit")).await.expect(404);
    ada.post(&format!("{path}/restoration"), &[]).await.expect(303);
    let page = ada.get(&path).await.expect(200);
    assert_eq!(page.count(".tag"), 1);
    assert_eq!(page.one("[data-kind=employment] + dd a[href^='/organizations/']").text(), "Navy");
    let list = ada.get("/contacts").await;
    assert_eq!(list.one("[data-kind=contact] small").text(), "Admiral, Navy");
    assert_eq!(list.one("#count data").attr("value"), "1");
}

#[actix_web::test]
async fn the_pane_gets_the_block_and_everything_else_the_page() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("first_name", "Grace")]).await;
    let partial = [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", "section#pane")];
    let block = ada.get_with(&path, &partial).await.expect(200);
    assert_eq!((block.count("nav"), block.count("#person")), (0, 1));
    let whole = ada.get_with(&path, &[("hx-request", "true"), ("hx-request-type", "full")]).await.expect(200);
    assert_eq!((whole.count("nav.side"), whole.count("#person")), (1, 1));
    let results = [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", "results")];
    let list = ada.get_with("/contacts", &results).await.expect(200);
    assert_eq!((list.count("nav.side"), list.count("[data-kind=contact]"), list.count("#count")), (0, 1, 1));
}

#[actix_web::test]
async fn a_post_that_is_changed_into_another_of_hers_is_refused_at_the_field() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("first_name", "Grace")]).await;
    for organization in ["Navy", "Harvard"] {
        ada.post(&format!("{path}/employments"), &[("organization", organization)]).await.expect(303);
    }
    let harvard = "select e.id::text from contact_employments e join organizations o on o.id = e.organization_id where o.name = 'Harvard'";
    let post = format!("{path}/employments/{}", app.sql(harvard).await[0].get::<_, String>(0));
    let page = ada.post(&post, &[("version", "1"), ("organization", "Navy")]).await.expect(422);
    assert_eq!(page.one("#organization-error").text(), "There is a post of this title and start here already.");
    assert_eq!(page.one("input[name=organization]").attr("value"), "Navy");
    assert_eq!(page.one("[data-summary]").text(), "Not saved yet: see the marked fields.");
}

#[actix_web::test]
async fn a_name_that_is_too_long_only_as_a_whole_is_refused_at_the_field() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let part = "x".repeat(255);
    let names =
        ["first_name", "last_name", "middle_name", "name_prefix", "name_suffix"].map(|name| (name, part.as_str()));
    let page = ada.post("/contacts", &names).await.expect(422);
    assert!(page.one("#first_name-error").text().contains("together"));
}

#[actix_web::test]
async fn somebody_in_the_trash_is_changed_by_nothing_but_her_restoring() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = add(&mut ada, &[("first_name", "Grace")]).await;
    ada.post(&format!("{grace}/trash"), &[]).await.expect(303);
    ada.post(&format!("{grace}/tags"), &[("name", "friend")]).await.expect(404);
    ada.post(&format!("{grace}/employments"), &[("organization", "Navy")]).await.expect(404);
    ada.get(&format!("{grace}/employments/new")).await.expect(404);
    ada.post(&format!("{grace}/restoration"), &[]).await.expect(303);
    ada.post(&format!("{grace}/tags"), &[("name", "friend")]).await.expect(303);
}

#[actix_web::test]
async fn an_address_that_nobody_wrote_gets_a_page_of_ours() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for path in ["/contacts/xyz", "/history/zzz", "/imports/0"] {
        assert_eq!(ada.get(path).await.expect(404).count("main h1"), 1, "{path}");
    }
    assert_eq!(ada.get("/login?next=a&next=b").await.expect(400).count("main h1"), 1);
    let many: String = (0..500).map(|_| format!("&tag={}", uuid::Uuid::now_v7())).collect();
    ada.get(&format!("/contacts?sort=name{many}")).await.expect(200);
}

/// The edit form as a browser would send it, these fields typed anew.
async fn edited(user: &mut User, path: &str, typed: &[(&str, &str)]) -> crate::harness::Page {
    let page = user.get(&format!("{path}/edit")).await.expect(200);
    let mut fields: Vec<(String, String)> = Vec::new();
    for field in
        page.all("main form input[name]:not([type=checkbox]), main form input[checked], main form option[selected]")
    {
        let name = if field.attr("name").is_empty() { "method_kind[]".to_owned() } else { field.attr("name") };
        fields.push((name, field.attr("value")));
    }
    fields.push(("notes".to_owned(), page.one("textarea[name=notes]").text().to_owned()));
    fields.retain(|(name, _)| typed.iter().all(|(other, _)| other != name) && name != "csrf_token");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    user.post(path, &[&fields[..], typed].concat()).await
}

#[actix_web::test]
async fn any_part_of_a_name_is_a_name() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (part, name) in [("last_name", "Lovelace"), ("nickname", "Countess"), ("display_name", "The Enchantress")] {
        let contact = ada.post("/contacts", &[(part, name)]).await.expect(303).location();
        assert_eq!(ada.get(&contact).await.expect(200).one("h1").text(), name);
    }
}

#[actix_web::test]
async fn a_name_that_nobody_can_see_is_refused_and_an_address_is_more_than_its_at() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for unseen in ["\u{200b}", "\u{202e}\u{202c}", "\u{feff}", "\u{3164}", "\u{2800} \u{ad}"] {
        let page = ada.post("/contacts", &[("first_name", unseen)]).await.expect(422);
        assert_eq!(page.one("#first_name-error").text(), "Give a name.", "{unseen:?}");
        ada.post("/organizations", &[("name", unseen)]).await.expect(422);
        ada.post("/tags", &[("name", unseen)]).await.expect(422);
    }
    for address in ["@", "ada@", "@example.org", "\u{200b}@\u{200b}"] {
        let page = ada.post("/contacts", &[("first_name", "Ada"), ("email", address)]).await.expect(422);
        assert_eq!(page.one("#method_value-error").text(), format!("“{address}” is no e-mail address."));
    }
    add(&mut ada, &[("first_name", "👩‍👩‍👧‍👦"), ("last_name", "می‌خواهم"), ("email", "ада@пример.рф")]).await;
    // What an import brings is kept as it came.
    app.sql("delete from contacts").await;
    let card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoë\r\nN:\u{200b};Zoë;;;\r\nEMAIL:@\r\nEND:VCARD\r\n";
    let import = ada.upload("/imports", "x.vcf", card.as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    ada.post(&format!("{import}/application"), &[]).await.expect(303);
    app.run_jobs().await;
    let row = &app.sql("select last_name, email from contacts").await[0];
    assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1)), ("\u{200b}", "@"));
}

#[actix_web::test]
async fn whatever_an_import_brought_does_not_stand_in_the_way_of_an_edit() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let emails: String = (0..210).map(|n| format!("EMAIL:nobody{n}\r\n")).collect();
    let note = "né ".repeat(350_000);
    let card = format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoë\r\nN:;Zoë;;;\r\n{emails}URL:javascript:alert(1)\r\nNOTE:{note}\r\nEND:VCARD\r\n"
    );
    let import = ada.upload("/imports", "x.vcf", card.as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    ada.post(&format!("{import}/application"), &[]).await.expect(303);
    app.run_jobs().await;
    let path = ada.get("/contacts").await.one("[data-kind=contact] a").attr("href");
    let held = "select notes, coalesce(last_name, ''), (select count(*) from contact_methods) from contacts";
    let form = ada.get(&format!("{path}/edit")).await.expect(200);
    assert!(form.body.len() < 500_000, "the long notes stand in the form");
    edited(&mut ada, &path, &[("last_name", "Marchetti")]).await.expect(303);
    let row = &app.sql(held).await[0];
    assert!(row.get::<_, &str>(0) == note.trim_end(), "the notes are not what they were");
    assert_eq!((row.get::<_, &str>(1), row.get::<_, i64>(2)), ("Marchetti", 211));
    edited(&mut ada, &path, &[("notes", "and more")]).await.expect(303);
    let row = &app.sql(held).await[0];
    assert!(row.get::<_, &str>(0) == format!("{}\n\nand more", note.trim_end()), "what was typed is not behind them");
    // Refused for another field, the form still keeps them; without the tick they give way.
    let refused = edited(&mut ada, &path, &[("relationship_strength", "11"), ("notes", "instead")]).await.expect(422);
    assert_eq!(refused.count("input[name=keep_notes][checked]"), 1);
    let version = refused.one("input[name=version]").attr("value");
    let instead = [("first_name", "Zoë"), ("notes", "instead"), ("version", version.as_str())];
    ada.post(&path, &instead).await.expect(303);
    assert_eq!(app.sql(held).await[0].get::<_, &str>(0), "instead");
    let long = "x".repeat(500_001);
    let page = edited(&mut ada, &path, &[("notes", &long)]).await.expect(422);
    assert!(page.one("#notes-error").text().contains("500 KB"));
    edited(&mut ada, &path, &[("notes", &long[1..])]).await.expect(303);
    assert_eq!(ada.get(&format!("{path}/edit")).await.one("textarea[name=notes]").text().len(), 500_000);
}

#[actix_web::test]
async fn what_changes_nothing_says_so_and_offers_no_undo() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let person = add(&mut ada, &[("first_name", "Grace"), ("phone", "111")]).await;
    ada.post(&format!("{person}/tags"), &[("name", "friend")]).await.expect(303);
    ada.post("/organizations", &[("name", "Navy")]).await.expect(303);
    let navy = ada.get("/organizations").await.one("[data-kind=organization] a").attr("href");
    let tag = ada.get("/tags").await.one("[data-kind=tag] a[data-key=e]").attr("href");
    let tag = ada.get(&tag).await.one("main form.form").attr("action");
    let colour = app.sql("select color from tags").await[0].get::<_, String>(0);
    let same: [(&str, &[(&str, &str)]); 4] = [
        (&person, &[("first_name", "Grace"), ("phone", "111"), ("version", "1")]),
        (&format!("{person}/tags"), &[("name", "FRIEND")]),
        (&navy, &[("name", "Navy"), ("version", "1")]),
        (&tag, &[("name", "friend"), ("color", &colour)]),
    ];
    for (path, fields) in same {
        let next = ada.post(path, fields).await.expect(303).location();
        let page = ada.get(&next).await.expect(200);
        assert_eq!((page.one("#flash span").text(), page.count("#flash form")), ("Nothing was changed.", 0), "{path}");
    }
    for path in [&person, &navy] {
        ada.post(&format!("{path}/trash"), &[]).await.expect(303);
        assert_eq!(ada.get("/trash").await.count("#flash form"), 1);
        ada.post(&format!("{path}/trash"), &[]).await.expect(303);
        let page = ada.get("/trash").await;
        assert!(page.one("#flash span").text().ends_with("is in the trash.") && page.count("#flash form") == 0);
    }
}

#[actix_web::test]
async fn a_post_that_is_sent_twice_is_there_once_and_one_like_it_is_told() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let person = add(&mut ada, &[("first_name", "Grace")]).await;
    let posts = format!("{person}/employments");
    for title in ["", "Admiral"] {
        let post = [("organization", "Navy"), ("title", title), ("is_current", "true")];
        ada.post(&posts, &post).await.expect(303);
        assert_eq!(ada.get(&person).await.one("#flash span").text(), "The post is saved.");
        ada.post(&posts, &post).await.expect(303);
        let page = ada.get(&person).await;
        assert_eq!((page.one("#flash span").text(), page.count("#flash form")), ("Nothing was changed.", 0));
    }
    assert_eq!(ada.get(&person).await.count("[data-kind=employment]"), 2);
    // The same but for its end: it would be dropped unseen.
    let ended = [("organization", "navy"), ("title", "Admiral"), ("end_date", "1986-08-14")];
    let page = ada.post(&posts, &ended).await.expect(422);
    assert_eq!(page.count("#organization-error"), 1);
    assert_eq!(page.one("input[name=end_date]").attr("value"), "1986-08-14");
}

#[actix_web::test]
async fn a_post_at_an_organization_in_the_trash_makes_no_second_one_of_its_name() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let person = add(&mut ada, &[("first_name", "Grace")]).await;
    let navy = ada.post("/organizations", &[("name", "Navy")]).await.expect(303).location();
    ada.post(&format!("{navy}/trash"), &[]).await.expect(303);
    let post = [("organization", "NAVY"), ("title", "Admiral")];
    let page = ada.post(&format!("{person}/employments"), &post).await.expect(422);
    assert!(page.one("#organization-error").text().starts_with("It is in the trash."));
    assert_eq!(page.one("input[name=title]").attr("value"), "Admiral");
    assert_eq!(page.one(&format!("main a[href='{navy}']")).text(), "Open Navy");
    ada.post(&format!("{navy}/restoration"), &[]).await.expect(303);
    ada.post(&format!("{person}/employments"), &post).await.expect(303);
    assert_eq!(app.sql("select count(*) from organizations").await[0].get::<_, i64>(0), 1);
}

#[actix_web::test]
async fn who_is_put_into_the_trash_at_this_moment_gets_no_tag_and_no_post_any_more() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (path, field) in [("tags", ("name", "Navy")), ("employments", ("organization", "Navy"))] {
        let grace = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
        let mut admin = kith::db::connect::client(&app.database.admin_url).await.unwrap();
        let trashing = admin.transaction().await.unwrap();
        trashing.batch_execute("update contacts set deleted_at = now() where deleted_at is null").await.unwrap();
        let path = format!("{grace}/{path}");
        let waits = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
        let form = [field];
        let (page, ()) = tokio::join!(ada.post(&path, &form), async {
            while app.sql(waits).await.is_empty() {
                tokio::task::yield_now().await;
            }
            trashing.commit().await.unwrap();
        });
        page.expect(404);
    }
    let links = "select (select count(*) from contact_tags) + (select count(*) from contact_employments)";
    assert_eq!(app.sql(links).await[0].get::<_, i64>(0), 0);
}

#[actix_web::test]
async fn a_prefix_that_could_be_a_name_gives_no_initial_wherever_she_is_drawn() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path =
        add(&mut ada, &[("name_prefix", "Pan"), ("first_name", "Jan"), ("last_name", "Kowalski"), ("notes", "x")])
            .await;
    add(&mut ada, &[("first_name", "Pan"), ("last_name", "Wei")]).await;
    for page in ["/contacts?q=kowalski", "/contacts", "/search?q=kowalski", &path, &format!("{path}/photo")] {
        let drawn: Vec<String> =
            ada.get(page).await.expect(200).all("main .avatar").iter().map(|one| one.text().to_owned()).collect();
        assert!(drawn.iter().any(|one| one == "JK") && drawn.iter().all(|one| one != "PK"), "{page}: {drawn:?}");
    }
    let compared = ada.post("/comparisons", &[("scope", "filter")]).await.expect(200);
    let drawn: Vec<String> = compared.all("main .avatar").iter().map(|one| one.text().to_owned()).collect();
    assert!(drawn.iter().any(|one| one == "JK") && drawn.iter().any(|one| one == "PW"), "{drawn:?}");
}
