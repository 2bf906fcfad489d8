//! Fields that an account defines itself, and what they say of people.

use crate::harness::{App, Page, User};

/// Defines a field and answers with its id.
async fn define(app: &App, ada: &mut User, fields: &[(&str, &str)]) -> String {
    ada.post("/settings/fields", fields).await.expect(303);
    let email = ada.get("/settings").await.one("#profile-title + p bdi").text().to_owned();
    let name = fields.iter().find(|(name, _)| *name == "name").unwrap().1;
    let sql = format!(
        "select f.id::text from own_fields f join users u on u.id = f.user_id where f.name = '{name}' and u.email = '{email}'"
    );
    app.sql(&sql).await[0].get(0)
}

/// Shoe size, Dog, Follows since, Page and Shirt.
pub async fn define_all(app: &App, ada: &mut User) -> [String; 5] {
    let shirt = [("name", "Shirt"), ("kind", "choice"), ("choice[]", "S"), ("choice[]", "M"), ("choice[]", "")];
    [
        define(app, ada, &[("name", "Shoe size"), ("kind", "number")]).await,
        define(app, ada, &[("name", "Dog"), ("kind", "text")]).await,
        define(app, ada, &[("name", "Follows since"), ("kind", "date")]).await,
        define(app, ada, &[("name", "Page"), ("kind", "link")]).await,
        define(app, ada, &shirt).await,
    ]
}

fn input(id: &str) -> String {
    format!("field_{id}")
}

/// What her page says: `Dog: Ølly`.
fn details(page: &Page) -> Vec<String> {
    let pairs = page.all("#fields dt").into_iter().zip(page.all("#fields dd"));
    pairs.map(|(name, value)| format!("{}: {}", name.text(), value.text())).collect()
}

/// The names on the page of the settings, in their order.
async fn names(ada: &mut User) -> Vec<String> {
    let page = ada.get("/settings/fields").await.expect(200);
    page.all("[data-kind=field] strong").iter().map(|name| name.text().to_owned()).collect()
}

async fn undo_of(ada: &mut User, path: &str) -> String {
    ada.get(path).await.expect(200).one("form[action$='/undo']").attr("action")
}

/// Ann, with a value in each field.
async fn add_ann(ada: &mut User, ids: &[String; 5]) -> String {
    let names: Vec<String> = ids.iter().map(|id| input(id)).collect();
    let values = ["38.5", "Ølly, the =third", "2020-02-29", "https://ann.example/a;b?c=d", "m"];
    let mut fields = vec![("first_name", "Ann")];
    fields.extend(names.iter().map(String::as_str).zip(values));
    ada.post("/contacts", &fields).await.expect(303).location()
}

const ANN: [&str; 5] = [
    "Shoe size: 38.5",
    "Dog: Ølly, the =third",
    "Follows since: 29 February 2020",
    "Page: https://ann.example/a;b?c=d",
    "Shirt: M",
];

#[actix_web::test]
async fn every_kind_of_field_stands_in_the_form_on_the_page_and_in_the_search() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    assert_eq!(ada.get("/contacts/new").await.expect(200).count("[name^=field_]"), 0);
    let ids = define_all(&app, &mut ada).await;
    let form = ada.get("/contacts/new").await.expect(200);
    let options: Vec<String> =
        form.all(&format!("#{} option", input(&ids[4]))).iter().map(|option| option.attr("value")).collect();
    assert_eq!(options, ["", "S", "M"]);
    let ann = add_ann(&mut ada, &ids).await;
    let page = ada.get(&ann).await.expect(200);
    assert_eq!(details(&page), ANN);
    assert_eq!(page.one("#fields a").attr("href"), "https://ann.example/a;b?c=d");
    assert_eq!(page.one("#fields time").attr("datetime"), "2020-02-29");
    ada.post("/contacts", &[("first_name", "Bo")]).await.expect(303);
    for typed in ["ølly", "ann.example"] {
        assert_eq!(ada.get(&format!("/contacts?q={typed}")).await.count("[data-kind=contact]"), 1, "{typed}");
    }
    assert!(app.statements_of(&mut ada, &ann).await <= 6);
}

#[actix_web::test]
async fn what_does_not_fit_its_kind_is_refused_at_its_field_and_stays_as_typed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ids = define_all(&app, &mut ada).await;
    for (id, typed) in ids.iter().zip(["a lot", "NUL\0byte", "29.2.2021", "javascript:alert(1)", "XXL"]) {
        let page = ada.post("/contacts", &[("first_name", "Ann"), (&input(id), typed)]).await.expect(422);
        assert!(!page.one(&format!("#{}-error", input(id))).text().is_empty(), "{typed}");
        let kept = match page.all(&format!("select#{} option[selected]", input(id))).first() {
            Some(option) => option.attr("value"),
            None => page.one(&format!("#{}", input(id))).attr("value"),
        };
        assert!(typed.contains('\0') || kept == typed, "{kept}");
    }
    assert_eq!(app.sql("select from contacts").await.len(), 0);
    // The database refuses it too.
    ada.post("/contacts", &[("first_name", "Ann")]).await.expect(303);
    app.sql(
        "do $$ begin insert into contact_fields (user_id, contact_id, field_id, kind, value) select f.user_id, c.id, f.id, f.kind, 'many' \
         from contacts c, own_fields f where f.kind = 'number'; raise 'it stands'; exception when check_violation then null; end $$",
    )
    .await;
}

#[actix_web::test]
async fn an_edit_changes_removes_and_keeps_what_was_not_asked_and_is_undone() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ids = define_all(&app, &mut ada).await;
    let ann = add_ann(&mut ada, &ids).await;
    let version = ada.get(&format!("{ann}/edit")).await.one("input[name=version]").attr("value");
    let (shoe, dog) = (input(&ids[0]), input(&ids[1]));
    // As a form that was opened before the other fields were defined.
    let fields = [("first_name", "Ann"), ("version", &version), (&shoe, "39"), (&dog, "")];
    ada.post(&ann, &fields).await.expect(303);
    let page = ada.get(&ann).await.expect(200);
    assert_eq!(details(&page), [&["Shoe size: 39"], &ANN[2..]].concat());
    let undo = page.one("form[action$='/undo']").attr("action");
    let history = ada.get(&undo.replace("/change-sets/", "/history/").replace("/undo", "")).await.expect(200);
    assert!(history.one("h1").text().contains("own fields changed"), "{}", history.one("h1").text());
    let told = history.one(".changes").text().to_owned();
    for part in ["field Shoe size changed", "38.5", "field Dog removed", "Ølly"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let other = [("first_name", "Ann"), ("version", &version), (&shoe, "40")];
    let stale = ada.post(&ann, &other).await.expect(409);
    assert!(stale.one(".notice").text().contains("Own fields"));
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(details(&ada.get(&ann).await), ANN);
}

#[actix_web::test]
async fn a_choice_that_is_renamed_stays_with_people_and_one_that_is_removed_comes_back_with_the_undo() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ids = define_all(&app, &mut ada).await;
    let ann = add_ann(&mut ada, &ids).await;
    let bo = ada.post("/contacts", &[("first_name", "Bo"), (&input(&ids[4]), "S")]).await.expect(303).location();
    let edit = |choices: &[(&'static str, &'static str)]| {
        let pairs = choices.iter().flat_map(|(was, name)| [("choice_was[]", *was), ("choice[]", *name)]);
        [("name", "Shirt size"), ("version", "1")].into_iter().chain(pairs).collect::<Vec<_>>()
    };
    let path = format!("/settings/fields/{}", ids[4]);
    // Small goes, medium gets its name, and large is new.
    ada.post(&path, &edit(&[("S", ""), ("M", "S"), ("", "L")])).await.expect(303);
    let page = ada.get("/settings/fields").await.expect(200);
    assert!(page.one("#flash").text().contains("taken off 1 person"), "{}", page.one("#flash").text());
    let undo = page.one("form[action$='/undo']").attr("action");
    assert!(details(&ada.get(&ann).await).contains(&"Shirt size: S".to_owned()));
    assert_eq!(details(&ada.get(&bo).await), Vec::<String>::new());
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(details(&ada.get(&ann).await), ANN);
    assert_eq!(details(&ada.get(&bo).await), ["Shirt: S"]);
}

#[actix_web::test]
async fn a_field_saved_over_a_newer_version_takes_no_choice_off_anybody() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ids = define_all(&app, &mut ada).await;
    let ann = add_ann(&mut ada, &ids).await;
    let path = format!("/settings/fields/{}", ids[4]);
    let version = ada.get(&format!("{path}/edit")).await.expect(200).one("input[name=version]").attr("value");
    // Where it stands is no edit of it.
    ada.post(&format!("{path}/position"), &[("position", "up")]).await.expect(303);
    let edit = |name, medium, version| {
        let choices = [("choice_was[]", "S"), ("choice[]", "S"), ("choice_was[]", "M"), ("choice[]", medium)];
        [&[("name", name), ("version", version)], &choices[..]].concat()
    };
    ada.post(&path, &edit("Shirt", "Medium", &version)).await.expect(303);
    let page = ada.post(&path, &edit("Size", "M", &version)).await.expect(409);
    assert_eq!(page.one(".notice td.mine").text(), "Size");
    assert_eq!(page.one(".notice td.stored").text(), "Shirt");
    let choices: Vec<String> = page.all("input[name='choice[]']").iter().map(|one| one.attr("value")).collect();
    assert_eq!(choices, ["S", "Medium", "", "", ""]);
    assert!(details(&ada.get(&ann).await).contains(&"Shirt: Medium".to_owned()));
    // Saved again as the page shows it, her name stands and so does what people have.
    let newer = page.one("input[name=version]").attr("value");
    let seen = page.all("input[name='choice_was[]']");
    let seen: Vec<String> = seen.iter().map(|one| one.attr("value")).collect();
    let pairs = seen.iter().zip(&choices).flat_map(|(was, name)| [("choice_was[]", &**was), ("choice[]", &**name)]);
    let fields: Vec<(&str, &str)> = [("name", "Size"), ("version", &newer)].into_iter().chain(pairs).collect();
    ada.post(&path, &fields).await.expect(303);
    assert!(details(&ada.get(&ann).await).contains(&"Size: Medium".to_owned()));
}

#[actix_web::test]
async fn a_choice_that_is_renamed_in_two_tabs_has_one_name_in_the_end() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ids = define_all(&app, &mut ada).await;
    let ann = add_ann(&mut ada, &ids).await;
    let path = format!("/settings/fields/{}", ids[4]);
    let medium = |name| {
        let choices = [("choice_was[]", "S"), ("choice[]", "S"), ("choice_was[]", "M"), ("choice[]", name)];
        [&[("name", "Shirt"), ("version", "1")], &choices[..]].concat()
    };
    ada.post(&path, &medium("Medium")).await.expect(303);
    let page = ada.post(&path, &medium("Middle")).await.expect(409);
    assert_eq!(page.one(".notice td.mine").text(), "S Middle");
    assert_eq!(page.one(".notice td.stored").text(), "S Medium");
    let values = |name: &str| page.all(&format!("input[name='{name}']")).iter().map(|one| one.attr("value")).collect();
    let (seen, choices): (Vec<String>, Vec<String>) = (values("choice_was[]"), values("choice[]"));
    assert_eq!(
        (&seen[..3], &choices[..3]),
        (&["S", "Medium", ""].map(str::to_owned)[..], &["S", "Middle", ""].map(str::to_owned)[..])
    );
    let newer = page.one("input[name=version]").attr("value");
    let pairs = seen.iter().zip(&choices).flat_map(|(was, name)| [("choice_was[]", &**was), ("choice[]", &**name)]);
    let fields: Vec<(&str, &str)> = [("name", "Shirt"), ("version", &newer)].into_iter().chain(pairs).collect();
    ada.post(&path, &fields).await.expect(303);
    assert!(details(&ada.get(&ann).await).contains(&"Shirt: Middle".to_owned()), "nothing was taken off her");
    let stored = app.sql("select array_to_string(choices, ',') from own_fields where kind = 'choice'").await;
    assert_eq!(stored[0].get::<_, String>(0), "S,Middle");
}

#[actix_web::test]
async fn a_field_that_is_deleted_comes_back_with_all_that_it_said() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ids = define_all(&app, &mut ada).await;
    let ann = add_ann(&mut ada, &ids).await;
    ada.post(&format!("/settings/fields/{}/removal", ids[1]), &[]).await.expect(303);
    let undo = undo_of(&mut ada, "/settings/fields").await;
    assert_eq!(names(&mut ada).await, ["Shoe size", "Follows since", "Page", "Shirt"]);
    assert_eq!(details(&ada.get(&ann).await).len(), 4);
    assert_eq!(ada.get("/contacts?q=ølly").await.count("[data-kind=contact]"), 0);
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(names(&mut ada).await, ["Shoe size", "Dog", "Follows since", "Page", "Shirt"]);
    assert_eq!(details(&ada.get(&ann).await), ANN);
    assert_eq!(ada.get("/contacts?q=ølly").await.count("[data-kind=contact]"), 1);
}

#[actix_web::test]
async fn a_field_that_somebody_has_does_not_go_with_the_undo_of_defining_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/settings/fields", &[("name", "Dog"), ("kind", "text")]).await.expect(303);
    let undo = undo_of(&mut ada, "/settings/fields").await;
    let id: String = app.sql("select id::text from own_fields").await[0].get(0);
    let ann = ada.post("/contacts", &[("first_name", "Ann"), (&input(&id), "Olly")]).await.expect(303).location();
    ada.post(&undo, &[]).await;
    assert_eq!(details(&ada.get(&ann).await), ["Dog: Olly"]);
}

#[actix_web::test]
async fn fields_are_put_in_order_and_have_one_name_each() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ids = define_all(&app, &mut ada).await;
    ada.post(&format!("/settings/fields/{}/position", ids[2]), &[("position", "up")]).await.expect(303);
    assert_eq!(names(&mut ada).await, ["Shoe size", "Follows since", "Dog", "Page", "Shirt"]);
    ada.post(&format!("/settings/fields/{}/position", ids[0]), &[("position", "down")]).await.expect(303);
    let undo = undo_of(&mut ada, "/settings/fields").await;
    assert_eq!(names(&mut ada).await, ["Follows since", "Shoe size", "Dog", "Page", "Shirt"]);
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(names(&mut ada).await, ["Shoe size", "Follows since", "Dog", "Page", "Shirt"]);
    let page = ada.post("/settings/fields", &[("name", "dog"), ("kind", "text")]).await.expect(422);
    assert_eq!(page.one("#name-error").text(), "There is one of this name.");
    let page = ada.post("/settings/fields", &[("name", "Hat"), ("kind", "choice")]).await.expect(422);
    assert_eq!(page.one("#choice-error").text(), "Say what can be chosen.");
    let page =
        ada.post("/settings/fields", &[("name", "Hat"), ("kind", "colour"), ("choice[]", "x")]).await.expect(422);
    assert!(page.count("#kind-error") == 1 && page.all("input[name='choice[]']")[0].attr("value") == "x");
}

#[actix_web::test]
async fn a_hundred_fields_are_as_many_as_there_can_be() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    app.sql("insert into own_fields (user_id, name, kind, position) select id, 'Field ' || n, 'text', n from users, generate_series(1, 100) n").await;
    let page = ada.post("/settings/fields", &[("name", "One more"), ("kind", "text")]).await.expect(422);
    assert!(page.one("#name-error").text().contains("100 fields"));
    assert_eq!(ada.get("/settings/fields").await.count("a[href='/settings/fields/new']"), 0);
    // The form of a person stays short until one of them is used.
    let form = ada.get("/contacts/new").await.expect(200);
    assert_eq!((form.count("[name^=field_]"), form.count("details[open] [name^=field_]")), (100, 0));
}

#[actix_web::test]
async fn of_two_who_are_merged_each_field_says_what_is_chosen_and_what_one_alone_has() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ids = define_all(&app, &mut ada).await;
    let ann = add_ann(&mut ada, &ids).await;
    let (shoe, dog) = (input(&ids[0]), input(&ids[1]));
    let anne =
        ada.post("/contacts", &[("first_name", "Ann"), (&shoe, "39"), (&dog, "Rex")]).await.expect(303).location();
    let people = [&ann, &anne].map(|path| path.trim_start_matches("/contacts/"));
    let chosen = [("survivor", people[1]), ("field Dog", people[1])];
    crate::merging::merge(&mut ada, &people, &chosen).await.expect(303);
    let undo = undo_of(&mut ada, "/settings").await;
    assert_eq!(details(&ada.get(&anne).await), [&ANN[..1], &["Dog: Rex"], &ANN[2..]].concat());
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(details(&ada.get(&anne).await), ["Shoe size: 39", "Dog: Rex"]);
    assert_eq!(details(&ada.get(&ann).await), ANN);
}

/// Uploads a file and applies all of it; answers with the counts of the preview.
async fn import(app: &App, user: &mut User, name: &str, file: &str) -> Vec<(String, String)> {
    let page = user.upload("/imports", name, file.as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    let preview = user.get(&page).await.expect(200);
    let words = preview.all("nav.words a").into_iter().map(|link| link.attr("data-word"));
    let counts = preview.all("nav.words data").into_iter().map(|data| data.attr("value"));
    let counts = words.zip(counts).filter(|(_, count)| count != "0").collect();
    user.post(&format!("{page}/application"), &[]).await;
    app.run_jobs().await;
    counts
}

#[actix_web::test]
async fn exports_are_read_back_into_the_same_fields_and_kept_raw_where_there_are_none() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ids = define_all(&app, &mut ada).await;
    add_ann(&mut ada, &ids).await;
    for (name, path) in [("three", "vcf?version=3.0"), ("four", "vcf?version=4.0"), ("table", "csv")] {
        let file = ada.get(&format!("/exports/contacts.{path}")).await.expect(200).body;
        let file_name = format!("contacts.{}", &path[..3]);
        let unchanged = [("unchanged".to_owned(), "1".to_owned())];
        assert_eq!(import(&app, &mut ada, &file_name, &file).await, unchanged, "{name}: {file}");
        let mut other = app.sign_in(name).await;
        define_all(&app, &mut other).await;
        import(&app, &mut other, &file_name, &file).await;
        let hers = other.get("/contacts").await.one("[data-kind=contact] a").attr("href");
        assert_eq!(details(&other.get(&hers).await), ANN, "{name}: {file}");
        // Whoever lacks the fields gives them back as they came.
        let mut stranger = app.sign_in(&format!("{name}-bare")).await;
        import(&app, &mut stranger, &file_name, &file).await;
        let hers = stranger.get("/contacts").await.one("[data-kind=contact] a").attr("href");
        assert_eq!(details(&stranger.get(&hers).await), Vec::<String>::new());
        let cards = stranger.get("/exports/contacts.vcf").await.expect(200).body;
        assert!(cards.contains("X-KITH-FIELD;X-NAME=\"Shoe size\":38.5"), "{cards}");
        define(&app, &mut stranger, &[("name", "Shoe size"), ("kind", "number")]).await;
        import(&app, &mut stranger, "contacts.vcf", &cards).await;
        assert_eq!(details(&stranger.get(&hers).await), ["Shoe size: 38.5"], "{name}");
    }
}

#[actix_web::test]
async fn a_file_that_comes_again_changes_what_she_did_not_and_asks_where_both_did() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let dog = define(&app, &mut ada, &[("name", "Dog"), ("kind", "text")]).await;
    let card = |dog: &str| {
        format!(
            "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:ann\r\nFN:Ann\r\nN:;Ann;;;\r\nX-KITH-FIELD;X-NAME=dog:{dog}\r\nEND:VCARD\r\n"
        )
    };
    import(&app, &mut ada, "a.vcf", &card("Olly")).await;
    let ann = ada.get("/contacts").await.one("[data-kind=contact] a").attr("href");
    assert_eq!(details(&ada.get(&ann).await), ["Dog: Olly"]);
    let word = |word: &str| vec![(word.to_owned(), "1".to_owned())];
    assert_eq!(import(&app, &mut ada, "a.vcf", &card("Olly")).await, word("unchanged"));
    assert_eq!(import(&app, &mut ada, "a.vcf", &card("Bello")).await, word("changed"));
    assert_eq!(details(&ada.get(&ann).await), ["Dog: Bello"]);
    let version = ada.get(&format!("{ann}/edit")).await.one("input[name=version]").attr("value");
    ada.post(&ann, &[("first_name", "Ann"), ("version", &version), (&input(&dog), "Rex")]).await.expect(303);
    assert_eq!(import(&app, &mut ada, "a.vcf", &card("Bello")).await, word("unchanged"));
    assert_eq!(import(&app, &mut ada, "a.vcf", &card("Waldi")).await, word("doubtful"));
    assert_eq!(details(&ada.get(&ann).await), ["Dog: Rex"]);
}

#[actix_web::test]
async fn what_an_import_brought_into_fields_goes_with_its_undo() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    define(&app, &mut ada, &[("name", "Dog"), ("kind", "text")]).await;
    let ann = ada.post("/contacts", &[("first_name", "Ann"), ("email", "ann@x.example")]).await.expect(303).location();
    let card = "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:ann\r\nFN:Ann\r\nN:;Ann;;;\r\nEMAIL:ann@x.example\r\nX-KITH-FIELD;X-NAME=Dog:Olly\r\nEND:VCARD\r\n";
    let page = ada.upload("/imports", "a.vcf", card.as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    ada.post(&format!("{page}/application"), &[]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(details(&ada.get(&ann).await), ["Dog: Olly"]);
    let undo = ada.get(&page).await.one("#import form[action$='/undo']").attr("action");
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(details(&ada.get(&ann).await), Vec::<String>::new());
}
