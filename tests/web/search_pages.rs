//! The search page and the palette, as a browser gets them.

use kith::contacts::documents;
use kith::contacts::employments::{self, Employment};
use kith::contacts::model::Person;
use kith::{organizations, tags};

use crate::harness::App;
use crate::search::{person, save, who};

#[actix_web::test]
async fn the_search_page_works_without_script_and_leads_to_people_organizations_and_tags() {
    let app = App::spawn().await;
    let mut browser = app.sign_in("ada").await;
    let ada = who(&app, &browser).await;
    let ids = save(&app, &ada, &["Zoë Marchetti", "Zora Neale", "Abe Zorn"].map(person)).await;
    app.db
        .as_user(&ada, async |tx| {
            let zoo = organizations::queries::ids_of_names(tx, &["The Zorillo Zoo".into()]).await?["The Zorillo Zoo"];
            tags::queries::ids_of_names(tx, &["zoran%_friends".into()]).await?;
            let post = Employment {
                contact_id: ids[0],
                organization_id: zoo,
                title: Some("Keeper".into()),
                start_date: None,
                end_date: None,
                is_current: true,
            };
            employments::insert_many(tx, &[post]).await?;
            documents::refresh(tx, &ids).await
        })
        .await
        .unwrap();
    let page = browser.get("/search?q=zo%C3%AB").await.expect(200);
    assert_eq!(page.one("main input[name=q]").attr("value"), "zoë");
    assert_eq!(page.one("main li[data-kind=contact]").attr("data-id"), ids[0].to_string());
    assert_eq!(page.one("main li[data-kind=contact] a").attr("href"), format!("/contacts/{}", ids[0]));
    assert_eq!(page.one("main li[data-kind=contact] small").text(), "Keeper, The Zorillo Zoo");
    assert_eq!(page.one("main li[data-kind=contact] .avatar").text(), "ZM");
    let page = browser.get("/search?q=zor").await.expect(200);
    let people: Vec<String> =
        page.all("main li[data-kind=contact] strong").iter().map(|name| name.text().to_owned()).collect();
    // She works at the zoo; whoever is called so comes first.
    assert_eq!((people.len(), people[2].as_str()), (3, "Zoë Marchetti"));
    assert_eq!(page.one("main li[data-kind=organization] a").text(), "The Zorillo Zoo");
    assert!(page.one("main li[data-kind=tag] a").attr("href").starts_with("/contacts?tag="));
    assert_eq!(browser.get("/search?q=%25_fr").await.expect(200).count("main li[data-kind=tag]"), 0);
    assert_eq!(browser.get("/search?q=zoran%25_f").await.expect(200).count("main li[data-kind=tag]"), 1);
}

#[actix_web::test]
async fn a_search_says_that_nobody_matches_or_what_was_looked_for_instead() {
    let app = App::spawn().await;
    let mut browser = app.sign_in("ada").await;
    let ada = who(&app, &browser).await;
    save(&app, &ada, &["Jennifer Smithson"].map(person)).await;
    let page = browser.get("/search?q=jenifer+SMIHTSON").await.expect(200);
    assert_eq!(page.one("[data-state=corrected]").text(), "Showing results for jennifer smithson.");
    assert_eq!(page.count("main li[data-kind=contact]"), 1);
    let page = browser.get("/search?q=%3Cscript%3Exyzzy").await.expect(200);
    assert_eq!(page.one("[data-state=none]").text(), "Nobody matches “<script>xyzzy”.");
    assert_eq!(page.count("main li") + page.count("main script") + page.count("[data-state=corrected]"), 0);
    let page = browser.get("/search?q=++").await.expect(200);
    assert_eq!((page.count(".empty"), page.count("[data-state=none]")), (1, 0));
    for hostile in ["%00", "%F0%28", "'", "%5C", "(a%2B)%2B%24", "%F0%9F%A6%8A", "!!!"] {
        browser.get(&format!("/search?q={hostile}")).await.expect(200);
    }
    browser.get(&format!("/search?q={}", "a'".repeat(10_000))).await.expect(200);
}

#[actix_web::test]
async fn the_palette_gets_the_first_few_results_and_nothing_around_them() {
    let app = App::spawn().await;
    let mut browser = app.sign_in("ada").await;
    let ada = who(&app, &browser).await;
    let many: Vec<Person> = (0..12).map(|n| person(&format!("Anna Nr{n}"))).collect();
    save(&app, &ada, &many).await;
    let palette = [("HX-Request", "true"), ("HX-Request-Type", "partial"), ("HX-Target", "div#palette-results")];
    let block = browser.get_with("/search?q=an", &palette).await.expect(200);
    assert_eq!(block.count("nav") + block.count("h1") + block.count("form"), 0);
    assert_eq!(block.count("li[data-kind=contact] a[href]"), 8);
    assert_eq!(block.one("a:not(li a)").attr("href"), "/contacts?q=an");
    assert_eq!(block.header("vary").to_lowercase().matches("hx-target").count(), 1);
    assert_eq!(browser.get_with("/search?q=", &palette).await.expect(200).body.trim(), "");
    assert_eq!(browser.get_with("/search?q=qqq", &palette).await.expect(200).count("[data-state=none]"), 1);
    let full = [("HX-Request", "true"), ("HX-Request-Type", "full"), ("HX-Target", "div#palette-results")];
    assert_eq!(browser.get_with("/search?q=an", &full).await.expect(200).count("main h1"), 1);
}

#[actix_web::test]
async fn a_search_needs_a_session_and_shows_nobody_elses_people() {
    let app = App::spawn().await;
    let (ada, mut bob) = (who(&app, &app.sign_in("ada").await).await, app.sign_in("bob").await);
    save(&app, &ada, &[person("Zoë Marchetti")]).await;
    app.db
        .as_user(&ada, async |tx| {
            organizations::queries::ids_of_names(tx, &["Zoetrope".into()]).await?;
            tags::queries::ids_of_names(tx, &["zoetic".into()]).await
        })
        .await
        .unwrap();
    let page = bob.get("/search?q=zoe").await.expect(200);
    assert_eq!((page.count("main li"), page.count("[data-state=none]")), (0, 1));
    assert_eq!(app.visitor().get("/search?q=zoe").await.expect(303).location(), "/login?next=%2Fsearch%3Fq%3Dzoe");
}
