//! The list of people: its order, its pages, and what it is narrowed to.

use crate::harness::App;

#[actix_web::test]
async fn every_page_of_every_sort_meets_each_person_once() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/contacts", &[("first_name", "Ada")]).await.expect(303);
    // Ties and nulls in every sorted column, more than two pages of them.
    app.sql(
        "insert into contacts (user_id, first_name, display_name, sort_key, last_contact_date, relationship_strength, created_at) \
         select u.id, 'P', 'P ' || n, decode(lpad(to_hex(n % 7), 2, '0'), 'hex'), case when n % 3 > 0 then date '2026-01-01' + n % 5 end, \
             case when n % 4 > 0 then n % 10 + 1 end, timestamptz '2026-01-01' + (n % 6) * interval '1 day' \
         from users u, generate_series(1, 130) n",
    )
    .await;
    for sort in ["name", "-name", "last_contact", "-last_contact", "strength", "-strength", "newest", "-newest"] {
        let mut seen = Vec::new();
        let mut next = Some(format!("/contacts?sort={sort}"));
        while let Some(path) = next {
            let page = ada.get(&path).await.expect(200);
            seen.extend(page.all("[data-kind=contact]").iter().map(|row| row.attr("data-id")));
            next = page.all("a[rel=next]").first().map(|link| link.attr("href"));
        }
        assert_eq!(seen.len(), 131, "{sort}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 131, "{sort} met somebody twice");
    }
}

#[actix_web::test]
async fn a_cursor_that_was_tampered_with_starts_the_list_anew() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303);
    for after in ["x", "eyJrZXkiOiJ4IiwiaWQiOiIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAifQ"] {
        for sort in ["name", "last_contact", "strength", "newest"] {
            let page = ada.get(&format!("/contacts?sort={sort}&after={after}")).await.expect(200);
            assert_eq!(page.count("[data-kind=contact]"), 1);
        }
    }
}

#[actix_web::test]
async fn where_more_than_ten_thousand_match_the_list_walks_past_whoever_does_not() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for name in ["crowd", "other"] {
        ada.post("/tags", &[("name", name)]).await.expect(303);
        ada.post("/organizations", &[("name", name)]).await.expect(303);
    }
    // In the order of names P 1 has another document, P 2 another tag and P 3 another post.
    app.sql(
        "insert into contacts (user_id, first_name, display_name, sort_key) \
         select u.id, 'P', 'P ' || n, convert_to(lpad(n::text, 6, '0'), 'UTF8') from users u, generate_series(1, 10010) n",
    )
    .await;
    app.sql(
        "insert into contact_search_documents (user_id, contact_id, document) select user_id, id, \
             case display_name when 'P 1' then 'other' else 'crowd' end::tsvector from contacts",
    )
    .await;
    app.sql(
        "insert into contact_tags (user_id, contact_id, tag_id) select c.user_id, c.id, t.id \
         from contacts c join tags t on t.name = case c.display_name when 'P 2' then 'other' else 'crowd' end",
    )
    .await;
    app.sql(
        "insert into contact_employments (user_id, contact_id, organization_id, is_current) select c.user_id, c.id, o.id, true \
         from contacts c join organizations o on o.name = case c.display_name when 'P 3' then 'other' else 'crowd' end",
    )
    .await;
    // No `analyze`: so it is right after an import.
    let tag: String = app.sql("select id::text from tags where name = 'crowd'").await[0].get(0);
    let place: String = app.sql("select id::text from organizations where name = 'crowd'").await[0].get(0);
    for (filter, missing) in [
        ("q=crowd".to_owned(), &[1][..]),
        (format!("tag={tag}"), &[2]),
        (format!("organization={place}"), &[3]),
        (format!("q=crowd&tag={tag}&organization={place}"), &[1, 2, 3]),
    ] {
        let page = ada.get(&format!("/contacts?{filter}")).await.expect(200);
        assert_eq!(page.one("#count").text(), "10,000+", "{filter}");
        let expected = (1..).filter(|n| !missing.contains(n)).take(50).map(|n| format!("P {n}")).collect::<Vec<_>>();
        let named = async |path: &str| {
            let page = ada.clone().get(path).await.expect(200);
            let names: Vec<String> =
                page.all("[data-kind=contact] strong").iter().map(|name| name.text().to_owned()).collect();
            names
        };
        assert_eq!(named(&format!("/contacts?{filter}")).await, expected, "{filter}");
        let next = page.one("a[rel=next]").attr("href");
        let first = format!("P {}", 51 + missing.len());
        assert_eq!(named(&next).await[0], first, "{filter}");
    }
}

#[actix_web::test]
async fn whoever_is_put_away_leads_to_the_next_one_of_the_list_that_she_stood_in() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut paths = Vec::new();
    for name in ["Anna", "Bob", "Cleo"] {
        paths.push(ada.post("/contacts", &[("first_name", name)]).await.expect(303).location());
    }
    let anna = paths[0].trim_start_matches("/contacts/");
    let (token, page) = (ada.token().await, format!("{}/contacts?sort=-name", app.url));
    let (path, sent) = (format!("{}/trash", paths[1]), [("csrf_token", token.as_str())]);
    let beside = ada.post_with(&path, &sent, &[("referer", page.as_str())]).await.expect(303).location();
    assert_eq!(beside, format!("/contacts?sort=-name#{anna}"));
    // Her own page sends what the list's address was.
    let own = ada.post(&format!("{}/trash", paths[2]), &[("list", "?sort=-name")]).await.expect(303).location();
    assert_eq!(own, format!("/contacts?sort=-name#{anna}"));
    let last = ada.post(&format!("{}/trash", paths[0]), &[("list", "?q=anna")]).await.expect(303).location();
    assert_eq!(last, "/contacts?q=anna");
}
