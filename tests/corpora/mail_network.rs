//! Two tables that name each other: people, and sixty thousand rows of what passed between them.

use std::collections::{BTreeMap, BTreeSet};

use crate::harness::{App, User};

/// A row by the names of its columns. No cell of these has a quotation mark or a comma.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let cells = lines.map(|line| line.split(',').map(str::to_owned));
    cells.map(|cells| header.iter().map(|name| (*name).to_owned()).zip(cells).collect()).collect()
}

/// Says of a table that its columns are these.
async fn mapped(app: &App, ada: &mut User, name: &str, file: &[u8], rows: &str, columns: &[&str]) -> String {
    let page = ada.upload("/imports", name, file).await.expect(303).location();
    app.run_jobs().await;
    let position = ada.get(&page).await.expect(200).one("input[name=position]").attr("value");
    let mut form = vec![("position", position.as_str()), ("rows", rows), ("header", "yes")];
    form.extend(columns.iter().map(|column| ("column[]", *column)));
    ada.post(&format!("{page}/columns"), &form).await.expect(303);
    app.run_jobs().await;
    page
}

async fn words(ada: &mut User, page: &str) -> BTreeMap<String, usize> {
    let page = ada.get(page).await.expect(200);
    let words = page.all("nav.words a").into_iter().map(|link| link.attr("data-word"));
    words.zip(page.all("nav.words data").into_iter().map(|data| data.attr("value").parse().unwrap())).collect()
}

#[actix_web::test]
async fn every_row_is_accounted_for_and_every_message_has_its_people() {
    let Some(people) = crate::file("mail_network", "people.csv") else { return };
    let messages = crate::file("mail_network", "messages.csv").unwrap();
    let (people, messages) = (std::fs::read(people).unwrap(), std::fs::read_to_string(messages).unwrap());
    let app = App::spawn_with(|site| site.upload_limit = 1 << 30).await;
    let mut ada = app.sign_in("ada").await;
    let columns = ["uid", "note", "display_name", "note"];
    let page = mapped(&app, &mut ada, "people.csv", &people, "people", &columns).await;
    ada.post(&format!("{page}/application"), &[]).await.expect(303);
    app.run_jobs().await;
    println!("people: {:?}", words(&mut ada, &page).await);
    let columns = ["id", "when", "from", "to", "type", "subject", "note"];
    let page = mapped(&app, &mut ada, "messages.csv", messages.as_bytes(), "passed", &columns).await;
    ada.post(&format!("{page}/addresses"), &[("addresses", "ada@example.com")]).await.expect(303);
    app.run_jobs().await;
    let words = words(&mut ada, &page).await;
    println!("messages: {words:?}");
    let rows = rows(&messages);
    assert_eq!(words.values().sum::<usize>(), rows.len());
    let mut expected: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &rows {
        expected.entry(&row["msg"]).or_default().extend([row["from_id"].as_str(), row["to_id"].as_str()]);
    }
    assert_eq!(words["new"], expected.len());
    assert_eq!((words["doubtful"], words["unreadable"], words["ignored"]), (0, 0, 0));
    let sql = "select n.external_id, array_agg(s.source_key::text) from interactions n join interaction_participants p on p.interaction_id = n.id \
        join contact_sources s on s.contact_id = p.contact_id group by n.external_id";
    let stored = app.sql(sql).await;
    assert_eq!(stored.len(), expected.len());
    for row in stored {
        let (id, people): (String, Vec<String>) = (row.get(0), row.get(1));
        let people: BTreeSet<&str> = people.iter().map(String::as_str).collect();
        assert_eq!(people, expected[id.as_str()], "{id}");
    }
}
