//! `undo_change_set`, as the database does it for every feature: what a person did is taken back, what she did since stays.

use kith::db::connect;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::cluster::{TestDatabase, clone_database};

const CONTACT: &str = "00000000-0000-7000-8000-0000000000aa";
const IMPORT: &str = "00000000-0000-7000-8000-0000000000bb";

struct Ada {
    _database: TestDatabase,
    client: Client,
    user: String,
}

/// What undo answered: conflicts as `table: reason`, and how many contacts were touched.
#[derive(Debug, PartialEq)]
struct Answer {
    conflicts: Vec<String>,
    touched: usize,
}

impl Ada {
    async fn new() -> Self {
        let database = clone_database();
        let client = connect::client(&database.app_url).await.unwrap();
        let user = client
            .query_one("select create_user('ada@example.org', 'Ada', 'UTC', 'hash', false)::text", &[])
            .await
            .unwrap()
            .get(0);
        Self { _database: database, client, user }
    }

    async fn begin(&self, change_set: Uuid, import: &str) {
        let sql = format!(
            "begin; select set_config('app.current_user_id', '{}', true), set_config('app.change_set_id', '{change_set}', true), \
             set_config('app.import_id', '{import}', true)",
            self.user
        );
        self.client.batch_execute(&sql).await.unwrap();
    }

    async fn does(&self, sql: &str) -> Uuid {
        self.imports(sql, "").await
    }

    async fn imports(&self, sql: &str, import: &str) -> Uuid {
        let change_set = Uuid::now_v7();
        self.begin(change_set, import).await;
        self.client.batch_execute(sql).await.unwrap();
        self.client.batch_execute("commit").await.unwrap();
        change_set
    }

    async fn undoes(&self, change_set: Uuid) -> (Uuid, Answer) {
        let mine = Uuid::now_v7();
        self.begin(mine, "").await;
        let rows = self
            .client
            .query(&format!("select kind, table_name, reason from undo_change_set('{change_set}')"), &[])
            .await
            .unwrap();
        self.client.batch_execute("commit").await.unwrap();
        let mut conflicts: Vec<String> = rows
            .iter()
            .filter(|row| row.get::<_, String>(0) == "conflict")
            .map(|row| format!("{}: {}", row.get::<_, String>(1), row.get::<_, String>(2)))
            .collect();
        conflicts.sort();
        let touched = rows.iter().filter(|row| row.get::<_, String>(0) == "touched").count();
        (mine, Answer { conflicts, touched })
    }

    async fn sees(&self, sql: &str) -> String {
        self.begin(Uuid::now_v7(), "").await;
        let value = self.client.query_one(sql, &[]).await.unwrap().get::<_, Option<String>>(0).unwrap_or_default();
        self.client.batch_execute("commit").await.unwrap();
        value
    }

    async fn knows_grace(&self) -> Uuid {
        self.does(&format!(
            "insert into organizations (id, name) values ('{CONTACT}', 'Navy'); \
             insert into tags (id, name, contact_frequency_days) values ('{CONTACT}', 'close', 30); \
             insert into contacts (id, first_name) values ('{CONTACT}', 'Grace'); \
             insert into contact_methods (contact_id, kind, value) values ('{CONTACT}', 'email', 'grace@example.org'); \
             insert into contact_tags (contact_id, tag_id) values ('{CONTACT}', '{CONTACT}'); \
             insert into contact_employments (contact_id, organization_id, title) values ('{CONTACT}', '{CONTACT}', 'Admiral')"
        ))
        .await
    }
}

const ALL_OF_HER: &str = "select concat_ws(' ', c.first_name, c.nickname, c.email, c.effective_frequency_days::text, t.people_count::text, o.people_count::text) \
    from contacts c left join contact_tags ct on ct.contact_id = c.id left join tags t on t.id = ct.tag_id \
    left join contact_employments e on e.contact_id = c.id left join organizations o on o.id = e.organization_id";

fn clean(touched: usize) -> Answer {
    Answer { conflicts: Vec::new(), touched }
}

#[tokio::test]
async fn an_edit_is_taken_back_and_done_again() {
    let ada = Ada::new().await;
    ada.knows_grace().await;
    let edit =
        ada.does("update contacts set nickname = 'Amazing', notes = 'one'; update contacts set notes = 'two'").await;
    let (undo, answer) = ada.undoes(edit).await;
    assert_eq!(answer, clean(1));
    assert_eq!(ada.sees("select concat_ws('|', nickname, notes) from contacts").await, "");
    assert_eq!(ada.undoes(undo).await.1, clean(1));
    assert_eq!(ada.sees("select concat_ws('|', nickname, notes) from contacts").await, "Amazing|two");
}

#[tokio::test]
async fn what_was_changed_since_stays_and_is_named() {
    let ada = Ada::new().await;
    ada.knows_grace().await;
    let edit = ada.does("update contacts set nickname = 'Amazing', notes = 'one'").await;
    ada.does("update contacts set notes = 'later'").await;
    let (_, answer) = ada.undoes(edit).await;
    assert_eq!(answer, Answer { conflicts: vec!["contacts: notes changed since".to_owned()], touched: 1 });
    assert_eq!(ada.sees("select concat_ws('|', nickname, notes) from contacts").await, "later");
}

#[tokio::test]
async fn a_deleted_person_comes_back_with_every_link() {
    let ada = Ada::new().await;
    ada.knows_grace().await;
    let before = ada.sees(ALL_OF_HER).await;
    assert_eq!(before, "Grace grace@example.org 30 1 1");
    let deletion = ada.does("delete from contacts; delete from tags; delete from organizations").await;
    assert_eq!(ada.sees("select count(*)::text from contact_methods").await, "0");
    let (undo, answer) = ada.undoes(deletion).await;
    assert_eq!(answer, clean(1));
    assert_eq!(ada.sees(ALL_OF_HER).await, before);
    assert_eq!(ada.undoes(undo).await.1.conflicts, Vec::<String>::new());
    assert_eq!(ada.sees("select count(*)::text from contacts").await, "0");
}

#[tokio::test]
async fn a_person_is_not_put_back_where_her_tag_is_gone() {
    let ada = Ada::new().await;
    ada.knows_grace().await;
    let untagging = ada.does("delete from contact_tags").await;
    ada.does("delete from tags").await;
    let (_, answer) = ada.undoes(untagging).await;
    assert_eq!(answer.conflicts, ["contact_tags: what it belonged to is gone"]);
}

#[tokio::test]
async fn creating_somebody_is_taken_back_only_while_nobody_went_on_with_her() {
    let ada = Ada::new().await;
    let creation = ada.knows_grace().await;
    let edit = ada.does("update contacts set nickname = 'Amazing'").await;
    let (_, answer) = ada.undoes(creation).await;
    assert!(answer.conflicts.iter().any(|conflict| conflict.starts_with("contacts: ")), "{answer:?}");
    assert_eq!(ada.sees(ALL_OF_HER).await, "Grace Amazing grace@example.org 30 1 1");
    ada.undoes(edit).await;
}

#[tokio::test]
async fn an_import_goes_whole_but_for_whom_she_edited_and_comes_back_whole() {
    let ada = Ada::new().await;
    let import = ada
        .imports(
            &format!(
                "insert into imports (id, format, file_name, state) values ('{IMPORT}', 'vcard', 'phone.vcf', 'done'); \
                 insert into tags (name) values ('phone'); \
                 insert into contacts (first_name) select 'Friend ' || g from generate_series(1, 300) g; \
                 insert into contact_methods (contact_id, kind, value) select id, 'phone', '+49 30 ' || right(first_name, 3) from contacts; \
                 insert into contact_tags (contact_id, tag_id) select c.id, t.id from contacts c, tags t; \
                 insert into contact_sources (contact_id, source, source_key, card) select id, 'vcard', first_name, '{{}}' from contacts"
            ),
            IMPORT,
        )
        .await;
    assert_eq!(ada.sees("select count(*)::text from audit_logs").await, "0", "what an import inserts is one entry");
    ada.does("update contacts set notes = 'met her' where first_name = 'Friend 7'").await;
    let (undo, answer) = ada.undoes(import).await;
    assert_eq!(answer.conflicts, ["contacts: it was changed since"]);
    let counts = "select concat_ws(' ', (select count(*) from contacts), (select count(*) from contact_methods), (select people_count from tags), \
        (select count(*) from contact_sources where contact_id is not null), (select state from imports))";
    assert_eq!(ada.sees(counts).await, "1 1 1 1 undone");
    assert_eq!(ada.undoes(undo).await.1.conflicts, Vec::<String>::new());
    assert_eq!(ada.sees(counts).await, "300 300 300 300 done");
}
