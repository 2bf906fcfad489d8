//! Tags: added, renamed, recoloured, lent a cadence, deleted and brought back.

use crate::harness::{App, Page, User};

/// Adds a tag and answers with its path.
async fn add(app: &App, user: &mut User, name: &str) -> String {
    user.post("/tags", &[("name", name)]).await.expect(303);
    let newest = "select '/tags/' || id from tags order by id desc limit 1";
    app.sql(newest).await[0].get(0)
}

/// Adds somebody with a tag and answers with the path of her page.
async fn add_person(user: &mut User, name: &str, tag: &str) -> String {
    let path = user.post("/contacts", &[("first_name", name)]).await.expect(303).location();
    user.post(&format!("{path}/tags"), &[("name", tag)]).await.expect(303);
    path
}

fn names(page: &Page) -> Vec<String> {
    page.all("[data-kind=tag] strong").iter().map(|name| name.text().to_owned()).collect()
}

async fn found(user: &mut User, typed: &str) -> usize {
    user.get(&format!("/contacts?q={typed}")).await.expect(200).count("[data-kind=contact]")
}

#[actix_web::test]
async fn the_list_shows_colour_name_and_people_and_leads_to_them() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    add_person(&mut ada, "Grace", "أصدقاء").await;
    let gone = add_person(&mut ada, "Bob", "أصدقاء").await;
    ada.post(&format!("{gone}/trash"), &[]).await.expect(303);
    let fields = [("name", "Zeta"), ("color", "#2A9A8A"), ("contact_frequency_days", "21")];
    ada.post("/tags", &fields).await.expect(303);
    let page = ada.get("/tags").await.expect(200);
    assert_eq!(names(&page), ["Zeta", "أصدقاء"]);
    let colours: Vec<String> = page.all("[data-kind=tag] circle").iter().map(|dot| dot.attr("fill")).collect();
    assert_eq!(colours[0], "#2a9a8a");
    assert!(colours[1].starts_with('#') && colours[1] != "#808080", "{colours:?}");
    let what: Vec<String> = page.all("[data-kind=tag] small").iter().map(|what| what.text().to_owned()).collect();
    assert_eq!(what, ["0 people · Every 3 wk", "1 person"]);
    let people = page.all("[data-kind=tag] a:not(.button)")[1].attr("href");
    assert_eq!(ada.get(&people).await.expect(200).one("[data-kind=contact] strong").text(), "Grace");
}

#[actix_web::test]
async fn a_taken_name_and_a_colour_that_is_none_are_refused_at_their_fields() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (first, second) = (add(&app, &mut ada, "Friend").await, add(&app, &mut ada, "work").await);
    let page = ada.post("/tags", &[("name", "FRIEND")]).await.expect(422);
    assert_eq!(page.one("#name-error").text(), "There is one of this name.");
    assert_eq!(page.one("form p.quiet a").attr("href"), format!("{first}/edit"));
    let page = ada.post(&second, &[("name", "friend"), ("version", "1")]).await.expect(422);
    assert_eq!(page.one("#name-error").text(), "There is one of this name.");
    let evil = "red;background:url(//x)";
    for path in ["/tags", &second] {
        let fields = [("name", "x\0"), ("color", evil), ("contact_frequency_days", "3661")];
        let page = ada.post(path, &fields).await.expect(422);
        for field in ["name", "color", "contact_frequency_days"] {
            assert_eq!(page.count(&format!("#{field}-error")), 1, "{field}");
        }
        assert_eq!(page.one("input[name=color][type=text]").attr("value"), evil);
    }
    let long = "é".repeat(101);
    assert_eq!(ada.post("/tags", &[("name", &long)]).await.expect(422).one("input[name=name]").attr("value"), long);
    assert_eq!(names(&ada.get("/tags").await), ["Friend", "work"]);
}

#[actix_web::test]
async fn a_renamed_tag_finds_its_people_by_the_new_name_and_after_undo_by_the_old() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = add_person(&mut ada, "Grace", "chessclub").await;
    add(&app, &mut ada, "middle").await;
    let path: String = app.sql("select '/tags/' || id from tags where name = 'chessclub'").await[0].get(0);
    ada.post(&path, &[("name", "rowing"), ("color", "#ABCDEF"), ("version", "1")]).await.expect(303);
    let page = ada.get("/tags").await.expect(200);
    assert_eq!(names(&page), ["middle", "rowing"]);
    assert_eq!((found(&mut ada, "chessclub").await, found(&mut ada, "rowing").await), (0, 1));
    assert_eq!(ada.get(&grace).await.one(".tag circle").attr("fill"), "#abcdef");
    ada.post(&page.one("#flash form").attr("action"), &[]).await.expect(303);
    assert_eq!((found(&mut ada, "chessclub").await, found(&mut ada, "rowing").await), (1, 0));
    assert_eq!(names(&ada.get("/tags").await), ["chessclub", "middle"], "the order follows the name");
}

#[actix_web::test]
async fn an_edit_of_a_tag_over_a_newer_version_shows_both_and_changes_nothing() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&app, &mut ada, "friend").await;
    let form = ada.get(&format!("{path}/edit")).await.expect(200);
    let (version, color) = (form.one("input[name=version]").attr("value"), form.one("#color").attr("value"));
    // That people have it is no edit of it.
    add_person(&mut ada, "Grace", "friend").await;
    let edit = |name, days, version| {
        [("name", name), ("color", color.as_str()), ("contact_frequency_days", days), ("version", version)]
    };
    ada.post(&path, &edit("friend", "30", &version)).await.expect(303);
    let page = ada.post(&path, &edit("Friends", "", &version)).await.expect(409);
    let (mine, stored) = (page.all(".notice td.mine"), page.all(".notice td.stored"));
    let told: Vec<_> = mine.iter().zip(&stored).map(|(mine, stored)| (mine.text(), stored.text())).collect();
    assert_eq!(told, [("Friends", "friend"), ("", "30")]);
    assert_eq!(page.one("input[name=name]").attr("value"), "Friends");
    assert_eq!(names(&ada.get("/tags").await), ["friend"]);
    let newer = page.one("input[name=version]").attr("value");
    ada.post(&path, &edit("Friends", "30", &newer)).await.expect(303);
    assert_eq!(names(&ada.get("/tags").await), ["Friends"]);
    // The same again, from a form that is older still, is what is stored already.
    ada.post(&path, &edit("Friends", "30", &version)).await.expect(303);
    assert_eq!(ada.get("/tags").await.one("#flash span").text(), "Nothing was changed.");
}

#[actix_web::test]
async fn a_deleted_tag_comes_off_everybody_and_undo_brings_every_link_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = add_person(&mut ada, "Grace", "chess").await;
    add_person(&mut ada, "Bob", "chess").await;
    let path: String = app.sql("select '/tags/' || id from tags").await[0].get(0);
    ada.post(&path, &[("name", "chess"), ("contact_frequency_days", "30"), ("version", "1")]).await.expect(303);
    let cadence = "select string_agg(coalesce(effective_frequency_days::text, '-'), ' ') from contacts";
    assert_eq!(app.sql(cadence).await[0].get::<_, String>(0), "30 30");
    ada.post(&format!("{path}/removal"), &[]).await.expect(303);
    assert_eq!(app.sql(cadence).await[0].get::<_, String>(0), "- -");
    assert_eq!((found(&mut ada, "chess").await, ada.get(&grace).await.count(".tag")), (0, 0));
    ada.post(&format!("{path}/removal"), &[]).await.expect(404);
    let deletion = "select change_set_id::text from audit_logs where table_name = 'tags' and action = 'DELETE'";
    let deletion: String = app.sql(deletion).await[0].get(0);
    ada.post(&format!("/change-sets/{deletion}/undo"), &[]).await.expect(303);
    assert_eq!(ada.get("/tags").await.one("[data-kind=tag] data").attr("value"), "2");
    assert_eq!((found(&mut ada, "chess").await, ada.get(&grace).await.count(".tag")), (2, 1));
    assert_eq!(app.sql(cadence).await[0].get::<_, String>(0), "30 30");
}

#[actix_web::test]
async fn a_field_is_offered_tags_that_hold_what_was_typed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for name in ["old friend", "friend", "<b>"] {
        add(&app, &mut ada, name).await;
    }
    let headers = [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", "datalist#tag-options")];
    let options = async |user: &mut User, typed: &str| {
        let page = user.get_with(&format!("/tags?name={typed}&options=name"), &headers).await.expect(200);
        page.all("option").iter().map(|option| option.attr("value")).collect::<Vec<_>>()
    };
    assert_eq!(options(&mut ada, "FRIEND").await, ["friend", "old friend"]);
    assert_eq!(options(&mut ada, "%3C").await, ["<b>"]);
    assert_eq!(options(&mut ada, "").await.len(), 3);
    let mut bob = app.sign_in("bob").await;
    assert_eq!(options(&mut bob, "").await, Vec::<String>::new());
}

#[actix_web::test]
async fn the_list_pages_by_name_with_as_many_statements_for_many_as_for_few() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    add(&app, &mut ada, "first").await;
    let few = app.statements_of(&mut ada, "/tags").await;
    assert!(few > 0);
    app.sql("insert into tags (user_id, name) select u.id, 'T' || n from users u, generate_series(1, 119) n").await;
    assert_eq!(app.statements_of(&mut ada, "/tags").await, few);
    let (mut seen, mut next) = (Vec::new(), Some("/tags".to_owned()));
    while let Some(path) = next {
        let page = ada.get(&path).await.expect(200);
        seen.extend(names(&page));
        next = page.all("a[rel=next]").first().map(|link| link.attr("href"));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 120);
    let filtered = ada.get("/tags?q=t11").await.expect(200);
    assert_eq!(filtered.one("#count data").attr("value"), "11");
}

#[actix_web::test]
async fn another_users_tag_is_nothing_here() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = add_person(&mut ada, "Grace", "chess").await;
    let path: String = app.sql("select '/tags/' || id from tags").await[0].get(0);
    let id = path.rsplit('/').next().unwrap().to_owned();
    let mut bob = app.sign_in("bob").await;
    let own = add_person(&mut bob, "Alan", "chess").await;
    let before =
        "select jsonb_agg(t order by t.id)::text || jsonb_agg(x order by x.tag_id)::text from tags t, contact_tags x";
    let rows: String = app.sql(before).await[0].get(0);
    bob.get(&format!("{path}/edit")).await.expect(404);
    bob.post(&path, &[("name", "mine")]).await.expect(404);
    bob.post(&format!("{path}/removal"), &[]).await.expect(404);
    bob.post(&format!("{own}/tags/{id}/removal"), &[]).await.expect(404);
    bob.post(&format!("{grace}/tags/{id}/removal"), &[]).await.expect(404);
    assert_eq!(bob.get(&format!("/contacts?tag={id}")).await.expect(200).count("[data-kind=contact]"), 0);
    assert_eq!(app.sql(before).await[0].get::<_, String>(0), rows);
}

#[actix_web::test]
async fn a_tag_that_is_deleted_leads_to_the_one_beside_it_in_the_list() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for name in ["chess", "choir"] {
        ada.post("/tags", &[("name", name)]).await.expect(303);
    }
    let page = ada.get("/tags?q=ch").await.expect(200);
    let ids: Vec<String> = page.all("[data-kind=tag]").iter().map(|row| row.attr("data-id")).collect();
    let next: Vec<String> = page.all("[data-kind=tag] [name=next]").iter().map(|next| next.attr("value")).collect();
    assert_eq!(next, [format!("/tags?q=ch#{}", ids[1]), format!("/tags?q=ch#{}", ids[0])]);
    let removal = format!("/tags/{}/removal", ids[0]);
    assert_eq!(ada.post(&removal, &[("next", &next[0])]).await.expect(303).location(), next[0]);
    let removal = format!("/tags/{}/removal", ids[1]);
    assert_eq!(ada.post(&removal, &[("next", "//evil.example")]).await.expect(303).location(), "/tags");
}

#[actix_web::test]
async fn what_is_done_in_the_reading_pane_stays_in_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = add_person(&mut ada, "Grace", "chess").await;
    let reminder = [("title", "Call"), ("starts_at", "tomorrow"), ("contact", "Grace")];
    ada.post("/reminders", &reminder).await.expect(303);
    let pane = [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", "section#pane")];
    let shown = ada.get_with(&grace, &pane).await.expect(200);
    for form in [format!("{grace}/tags"), format!("{grace}/tags/"), "/reminders/".to_owned()] {
        let swaps = format!("form[hx-post^='{form}'][hx-target='#pane']");
        assert_ne!(shown.count(&swaps), 0, "{form}: {}", shown.body);
        assert_eq!(ada.get(&grace).await.expect(200).count(&swaps), 0, "her own page has no pane");
    }
    let again = ada.get_with(&grace, &pane).await.expect(200);
    assert_eq!((shown.count("#flash"), again.count("#flash")), (1, 0), "what was said before stays");
    let token = ada.token().await;
    let blank = [("csrf_token", token.as_str()), ("name", " ")];
    let refused = ada.post_with(&format!("{grace}/tags"), &blank, &pane).await.expect(422);
    assert_eq!((refused.count("nav"), refused.count("#name-error")), (0, 1));
}
