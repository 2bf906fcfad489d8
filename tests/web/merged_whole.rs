//! What a merge keeps of those who were written down twice, how often its form may be sent, and what its undo says.

use crate::harness::{App, User};
use crate::merging::{form, merge, rows, send, texts, undo_of};

async fn person(user: &mut User, name: &str) -> String {
    let path = user.post("/contacts", &[("first_name", name)]).await.expect(303).location();
    path.trim_start_matches("/contacts/").to_owned()
}

async fn relate(user: &mut User, id: &str, other: &str, fields: &[(&str, &str)]) {
    let fields: Vec<(&str, &str)> =
        [("other", "x"), ("other_contact_id", other)].into_iter().chain(fields.iter().copied()).collect();
    user.post(&format!("/contacts/{id}/relations"), &fields).await.expect(303);
}

async fn said(user: &mut User) -> String {
    user.get("/settings").await.expect(200).one("#flash span").text().to_owned()
}

/// The same, and what takes back what it tells of.
async fn said_with_undo(user: &mut User) -> (String, String) {
    let page = user.get("/settings").await.expect(200);
    (page.one("#flash span").text().to_owned(), page.one("#flash form").attr("action"))
}

#[actix_web::test]
async fn reminders_that_differ_in_a_note_a_zone_or_a_notice_both_stay_and_a_double_in_the_trash_takes_nobody_along() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (stays, goes) = (person(&mut ada, "Grace").await, person(&mut ada, "Grace H.").await);
    for (contact, columns) in [
        (&stays, "null, null, null, null"),
        (&goes, "null, null, null, null"),
        (&goes, "'her new number', null, null, null"),
        (&goes, "null, 'Asia/Tokyo', null, null"),
        (&goes, "null, null, 3, null"),
        (&goes, "null, null, null, now()"),
    ] {
        app.sql(&format!(
            "insert into reminders (user_id, contact_id, title, due_at, note, zone, advance_days, deleted_at) \
             select id, '{contact}', 'Call her', '2027-01-01', {columns} from users"
        ))
        .await;
    }
    // Their occurrences are made whenever somebody asks for them.
    let kept = "select concat_ws('|', id, contact_id, note, zone, advance_days, starts_at, deleted_at) from reminders order by id";
    let before = texts(&app, kept).await;
    merge(&mut ada, &[&stays, &goes], &[("survivor", &stays)]).await.expect(303);
    let undo = undo_of(&mut ada).await;
    let all = format!(
        "select concat_ws('|', note, zone, advance_days, case when deleted_at is not null then 'trashed' end) \
         from reminders where contact_id = '{stays}' order by 1"
    );
    assert_eq!(texts(&app, &all).await, ["", "3", "Asia/Tokyo", "her new number", "trashed"]);
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(texts(&app, kept).await, before);
}

#[actix_web::test]
async fn a_relation_that_both_have_keeps_the_notes_and_the_days_of_both_and_an_undo_parts_them() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (stays, goes) = (person(&mut ada, "Grace").await, person(&mut ada, "Grace H.").await);
    let others = [person(&mut ada, "Ann").await, person(&mut ada, "Bo").await, person(&mut ada, "Cy").await];
    let [ann, bo, cy] = &others;
    relate(&mut ada, &stays, ann, &[("kind", "friend"), ("note", "from school")]).await;
    let more = [("kind", "friend"), ("note", "godmother"), ("started_on", "1990-01-01"), ("ended_on", "2020-01-01")];
    relate(&mut ada, ann, &goes, &more).await;
    relate(&mut ada, &stays, bo, &[("kind", "manager"), ("ended_on", "2001-01-01")]).await;
    relate(&mut ada, bo, &goes, &[("kind", "report"), ("note", "at Navy"), ("ended_on", "2003-01-01")]).await;
    for (whose, start, end) in [(&stays, "1990-01-01", "1995-01-01"), (&goes, "2000-01-01", "")] {
        let fields = [("kind", "partner"), ("started_on", start), ("ended_on", end), ("note", start)];
        relate(&mut ada, whose, cy, &fields).await;
    }
    let before = rows(&app).await;
    merge(&mut ada, &[&stays, &goes], &[("survivor", &stays)]).await.expect(303);
    let undo = undo_of(&mut ada).await;
    let hers = format!(
        "select concat_ws('|', kind, started_on, ended_on, replace(note, E'\\n\\n', ' + ')) from contact_relations \
         where contact_id = '{stays}' or other_contact_id = '{stays}' order by 1"
    );
    assert_eq!(
        texts(&app, &hers).await,
        [
            "friend|1990-01-01|2020-01-01|from school + godmother",
            "manager|2003-01-01|at Navy",
            "partner|1990-01-01|1995-01-01|1990-01-01",
            "partner|2000-01-01|2000-01-01",
        ]
    );
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(rows(&app).await, before);
}

#[actix_web::test]
async fn a_merge_that_is_sent_twice_leads_to_whoever_stayed_and_says_that_it_is_done() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (stays, goes) = (person(&mut ada, "Grace").await, person(&mut ada, "Grace H.").await);
    app.sql(&format!(
        "insert into contact_methods (user_id, contact_id, kind, value) select id, '{goes}', 'email', 'grace@navy.example' from users"
    ))
    .await;
    let fields = form(&mut ada, &[&stays, &goes], &[("survivor", &stays)]).await;
    for _ in 0..2 {
        assert_eq!(send(&mut ada, &fields).await.expect(303).location(), format!("/contacts/{stays}"));
    }
    let (said, undo) = said_with_undo(&mut ada).await;
    assert_eq!(said, "They are merged already, into Grace.");
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(texts(&app, "select count(*)::text from contacts where deleted_at is null").await, ["2"]);
    ada.post(&format!("/contacts/{goes}/trash"), &[]).await.expect(303);
    assert_eq!(send(&mut ada, &fields).await.expect(303).location(), "/contacts", "taken back, it is none");
}

#[actix_web::test]
async fn organizations_or_tags_that_are_merged_twice_by_one_form_are_one_already() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (path, list, table) in
        [("/organization-merges", "/organizations", "organizations"), ("/tag-merges", "/tags", "tags")]
    {
        for name in ["Navy", "US Navy"] {
            ada.post(list, &[("name", name)]).await.expect(303);
        }
        let ids = texts(&app, &format!("select id::text from {table} order by name")).await;
        let versions =
            texts(&app, &format!("select coalesce(to_jsonb(t) ->> 'version', '') from {table} t order by name")).await;
        let fields = [
            ("id", ids[0].as_str()),
            ("version", &versions[0]),
            ("id", &ids[1]),
            ("version", &versions[1]),
            ("survivor", &ids[0]),
        ];
        let way = ada.post(path, &fields).await.expect(303).location();
        assert_eq!(ada.post(path, &fields).await.expect(303).location(), way);
        let (told, undo) = said_with_undo(&mut ada).await;
        assert_eq!(told, "They are one already: Navy.");
        ada.post(&undo, &[]).await.expect(303);
        assert_eq!(said(&mut ada).await, "Taken back.");
    }
}

#[actix_web::test]
async fn a_merge_that_changed_nothing_of_whoever_stayed_is_known_when_it_is_sent_twice() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (stays, goes) = (person(&mut ada, "Grace").await, person(&mut ada, "Grace").await);
    let fields = form(&mut ada, &[&stays, &goes], &[("survivor", &stays)]).await;
    for _ in 0..2 {
        assert_eq!(send(&mut ada, &fields).await.expect(303).location(), format!("/contacts/{stays}"));
    }
    assert_eq!(said(&mut ada).await, "They are merged already, into Grace.");
    // Whoever went into another than the one who is left was not merged into her, and nobody was who is alone.
    let other = person(&mut ada, "Grace").await;
    for ids in [vec![goes, other], vec![stays]] {
        let fields: Vec<(String, String)> = ids.into_iter().map(|id| ("id".to_owned(), id)).collect();
        assert_eq!(send(&mut ada, &fields).await.expect(303).location(), "/contacts");
        assert!(said(&mut ada).await.starts_with("Nothing is merged"));
    }
}

#[actix_web::test]
async fn what_was_merged_into_another_is_not_one_already_with_a_third() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (path, list, table, status) in
        [("/organization-merges", "/organizations", "organizations", 409), ("/tag-merges", "/tags", "tags", 404)]
    {
        for name in ["Army", "Navy", "US Navy"] {
            ada.post(list, &[("name", name)]).await.expect(303);
        }
        let ids = texts(&app, &format!("select id::text from {table} order by name")).await;
        ada.post(path, &[("id", &ids[1]), ("id", &ids[2]), ("survivor", &ids[1])]).await.expect(303);
        let stale = [("id", ids[0].as_str()), ("version", "1"), ("id", &ids[2]), ("version", "1")];
        ada.post(path, &stale).await.expect(status);
        assert!(!ada.get(list).await.expect(200).body.contains("They are one already"), "{table}");
    }
}

#[actix_web::test]
async fn an_undo_behind_an_edit_names_that_alone_and_not_what_it_moved_itself() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (stays, goes) = (person(&mut ada, "Zoe").await, person(&mut ada, "Zoe M.").await);
    crate::correspondent_counts::change(
        &app,
        "insert into interactions (id, occurred_at, interaction_type) values ('00000000-0000-7000-8000-000000000001', '2026-01-01', 'call')",
    )
    .await;
    crate::correspondent_counts::change(
        &app,
        &format!("insert into interaction_participants (interaction_id, contact_id, occurred_at) select id, '{goes}', occurred_at from interactions"),
    )
    .await;
    merge(&mut ada, &[&stays, &goes], &[("survivor", &stays), ("first_name", &goes)]).await.expect(303);
    let undo = undo_of(&mut ada).await;
    let version = ada.get(&format!("/contacts/{stays}/edit")).await.one("input[name=version]").attr("value");
    ada.post(&format!("/contacts/{stays}"), &[("first_name", "Zoë"), ("version", &version)]).await.expect(303);
    ada.post(&undo, &[]).await.expect(303);
    let said = said(&mut ada).await;
    assert!(said.contains("first name") && !said.contains("deleted"), "{said}");
    assert_eq!(texts(&app, "select contact_id::text from interaction_participants").await, [goes]);
}

#[actix_web::test]
async fn a_merge_of_somebody_who_was_deleted_for_good_is_taken_back_after_that_and_not_before() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let stays = person(&mut ada, "Anna").await;
    let email = [("method_kind[]", "email"), ("method_label[]", ""), ("method_value[]", "annie@y.example")];
    let goes = ada.post("/contacts", &[&[("first_name", "Annie")], &email[..]].concat()).await.expect(303).location();
    let goes = goes.trim_start_matches("/contacts/");
    merge(&mut ada, &[&stays, goes], &[("survivor", &stays), ("first_name", &stays)]).await.expect(303);
    let undo = undo_of(&mut ada).await;
    app.sql("insert into jobs (user_id, kind, payload) select id, 'trash.empty', jsonb_build_object('before', now() + interval '1 hour') from users")
        .await;
    app.run_jobs().await;
    let known = "select concat_ws(' ', c.first_name, c.deleted_at is not null, string_agg(m.value, ' ')) \
        from contacts c left join contact_methods m on m.contact_id = c.id group by c.user_id, c.id order by 1";
    assert_eq!(texts(&app, known).await, ["Anna f annie@y.example"]);
    ada.post(&undo, &[]).await.expect(303);
    let refusal = "Nothing was taken back (Annie: deleted for good since, so take back “the trash emptied” first).";
    assert_eq!(said(&mut ada).await, refusal);
    assert_eq!(texts(&app, known).await, ["Anna f annie@y.example"], "whoever stayed keeps it");
    let emptied = texts(&app, "select id::text from change_sets where summary = 'the trash emptied'").await;
    ada.post(&format!("/change-sets/{}/undo", emptied[0]), &[]).await.expect(303);
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(said(&mut ada).await, "Taken back.");
    assert_eq!(texts(&app, known).await, ["Anna f", "Annie f annie@y.example"]);
}

#[actix_web::test]
async fn merges_that_follow_each_other_are_taken_back_the_last_first() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (last, middle, first) =
        (person(&mut ada, "Cleo").await, person(&mut ada, "Bea").await, person(&mut ada, "Abi").await);
    for sql in [
        "insert into interactions (id, occurred_at, interaction_type) values ('00000000-0000-7000-8000-000000000001', '2026-01-01', 'call')".to_owned(),
        format!("insert into interaction_participants (interaction_id, contact_id, occurred_at) select id, '{first}', occurred_at from interactions"),
    ] {
        crate::correspondent_counts::change(&app, &sql).await;
    }
    let mut undos = Vec::new();
    for (stays, goes) in [(&middle, &first), (&last, &middle)] {
        merge(&mut ada, &[stays, goes], &[("survivor", stays), ("first_name", stays)]).await.expect(303);
        undos.push(undo_of(&mut ada).await);
    }
    let with = "select contact_id::text from interaction_participants";
    ada.post(&undos[0], &[]).await.expect(303);
    assert_eq!(said(&mut ada).await, "Nothing was taken back (Bea: merged into Cleo since, so take that back first).");
    assert_eq!(texts(&app, with).await, [last]);
    for undo in undos.iter().rev() {
        ada.post(undo, &[]).await.expect(303);
        assert_eq!(said(&mut ada).await, "Taken back.");
    }
    assert_eq!(texts(&app, with).await, [first]);
    let living = "select first_name from contacts where deleted_at is null order by 1";
    assert_eq!(texts(&app, living).await, ["Abi", "Bea", "Cleo"]);
}

/// Takes a merge back and answers with what does it again.
async fn parted(user: &mut User, undo: &str) -> String {
    user.post(undo, &[]).await.expect(303);
    let (told, redo) = said_with_undo(user).await;
    assert_eq!(told, "Taken back.");
    redo
}

#[actix_web::test]
async fn merges_that_follow_each_other_are_done_again_the_first_first() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ids = [person(&mut ada, "Cleo").await, person(&mut ada, "Bea").await, person(&mut ada, "Abi").await];
    for name in ["Cleo", "Bea", "Abi"] {
        ada.post("/organizations", &[("name", name)]).await.expect(303);
    }
    let orgs = texts(&app, "select id::text from organizations order by name desc").await;
    for (ids, table, summary) in [
        (ids.to_vec(), "contacts", "Bea merged with one other"),
        (orgs, "organizations", "organization Abi merged into Bea"),
    ] {
        let mut undos = Vec::new();
        for (stays, goes) in [(&ids[1], &ids[2]), (&ids[0], &ids[1])] {
            if table == "contacts" {
                merge(&mut ada, &[stays, goes], &[("survivor", stays), ("first_name", stays)]).await.expect(303);
            } else {
                let fields = [("id", stays.as_str()), ("id", goes), ("survivor", stays)];
                ada.post("/organization-merges", &fields).await.expect(303);
            }
            undos.push(undo_of(&mut ada).await);
        }
        let living = format!(
            "select id::text from {table} where deleted_at is null order by array_position(array['{}'], id::text)",
            ids.join("','")
        );
        let last = parted(&mut ada, &undos[1]).await;
        let first = parted(&mut ada, &undos[0]).await;
        ada.post(&last, &[]).await.expect(303);
        let refusal =
            format!("Nothing was done again (Bea: “{summary}” was taken back since, so do that again first).");
        assert_eq!(said(&mut ada).await, refusal);
        assert_eq!(texts(&app, &living).await, ids);
        for (redo, left) in [(first, 2), (last, 1)] {
            ada.post(&redo, &[]).await.expect(303);
            assert_eq!(said(&mut ada).await, "Done again.");
            assert_eq!(texts(&app, &living).await, ids[..left]);
        }
    }
}

#[actix_web::test]
async fn a_merge_of_somebody_who_is_in_the_trash_or_was_deleted_for_good_is_done_again_after_that_and_not_before() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (stays, goes) = (person(&mut ada, "Anna").await, person(&mut ada, "Annie").await);
    merge(&mut ada, &[&stays, &goes], &[("survivor", &stays), ("first_name", &stays)]).await.expect(303);
    let mut undo = undo_of(&mut ada).await;
    for (who, name) in [(&stays, "Anna"), (&goes, "Annie")] {
        let redo = parted(&mut ada, &undo).await;
        ada.post(&format!("/contacts/{who}/trash"), &[]).await.expect(303);
        let back = undo_of(&mut ada).await;
        app.sql("insert into jobs (user_id, kind, payload) select id, 'trash.empty', jsonb_build_object('before', now() + interval '1 hour') from users")
            .await;
        app.run_jobs().await;
        let emptied = "select id::text from change_sets where summary = 'the trash emptied' and undoes is null and undone_at is null order by created_at desc";
        let emptied = format!("/change-sets/{}/undo", texts(&app, emptied).await[0]);
        for (why, then) in [
            ("deleted for good since, so take back “the trash emptied” first", &emptied),
            ("in the trash since, so restore that first", &back),
        ] {
            ada.post(&redo, &[]).await.expect(303);
            assert_eq!(said(&mut ada).await, format!("Nothing was done again ({name}: {why})."));
            ada.post(then, &[]).await.expect(303);
            assert_eq!(said(&mut ada).await, "Taken back.");
        }
        ada.post(&redo, &[]).await.expect(303);
        let (told, again) = said_with_undo(&mut ada).await;
        assert_eq!(told, "Done again.");
        undo = again;
    }
    assert_eq!(texts(&app, "select first_name from contacts where deleted_at is null").await, ["Anna"]);
}

#[actix_web::test]
async fn a_merge_is_not_done_again_by_half_where_somebody_of_it_went_on_or_went_into_another() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (stays, goes, other) =
        (person(&mut ada, "Anna").await, person(&mut ada, "Annie").await, person(&mut ada, "Cora").await);
    merge(&mut ada, &[&stays, &goes], &[("survivor", &stays), ("first_name", &stays)]).await.expect(303);
    let undo = undo_of(&mut ada).await;
    let redo = parted(&mut ada, &undo).await;
    ada.post(&format!("/contacts/{goes}/employments"), &[("organization", "Navy")]).await.expect(303);
    let employed = undo_of(&mut ada).await;
    ada.post(&redo, &[]).await.expect(303);
    let refusal = "Nothing was done again (Annie: changed since it was taken back, so merge anew).";
    assert_eq!(said(&mut ada).await, refusal);
    ada.post(&employed, &[]).await.expect(303);
    merge(&mut ada, &[&other, &goes], &[("survivor", &other), ("first_name", &other)]).await.expect(303);
    let onward = undo_of(&mut ada).await;
    ada.post(&redo, &[]).await.expect(303);
    let refusal = "Nothing was done again (Annie: merged into Cora since, so take that back first).";
    assert_eq!(said(&mut ada).await, refusal);
    ada.post(&onward, &[]).await.expect(303);
    ada.post(&redo, &[]).await.expect(303);
    assert_eq!(said(&mut ada).await, "Done again.");
    let living = "select first_name from contacts where deleted_at is null order by 1";
    assert_eq!(texts(&app, living).await, ["Anna", "Cora"]);
}
