//! What a merge keeps of those who were written down twice.

use crate::harness::{App, User};
use crate::merging::{merge, rows, texts, undo_of};

async fn person(user: &mut User, name: &str) -> String {
    let path = user.post("/contacts", &[("first_name", name)]).await.expect(303).location();
    path.trim_start_matches("/contacts/").to_owned()
}

async fn relate(user: &mut User, id: &str, other: &str, fields: &[(&str, &str)]) {
    let fields: Vec<(&str, &str)> =
        [("other", "x"), ("other_contact_id", other)].into_iter().chain(fields.iter().copied()).collect();
    user.post(&format!("/contacts/{id}/relations"), &fields).await.expect(303);
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
    let before = rows(&app).await;
    merge(&mut ada, &[&stays, &goes], &[("survivor", &stays)]).await.expect(303);
    let undo = undo_of(&mut ada).await;
    let all = format!(
        "select concat_ws('|', note, zone, advance_days, case when deleted_at is not null then 'trashed' end) \
         from reminders where contact_id = '{stays}' order by 1"
    );
    assert_eq!(texts(&app, &all).await, ["", "3", "Asia/Tokyo", "her new number", "trashed"]);
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(rows(&app).await, before);
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
