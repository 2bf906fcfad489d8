//! The instance that is measured: one tenant of 100,000 contacts and 49 smaller ones, written by the program's own
//! queries, so that every derived column and search document is what Kith itself would have made; what passed between
//! them is written by SQL.

mod names;
mod passed;
mod people;

use anyhow::{Context, Result};
use kith::contacts::employments::{self, Employment};
use kith::contacts::{documents, queries};
use kith::db::{CurrentUser, Db, NewUser, TenantTx, connect};
use kith::error::AppError;
use kith::{organizations, tags};
pub use names::Names;
use people::{Generated, Work, draw};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio_postgres::Client;
use uuid::Uuid;

/// Who owns the large tenant.
pub const EMAIL: &str = "bench@example.com";
/// Her contacts.
pub const CONTACTS: usize = 100_000;
/// Who owns the smallest one, of ten contacts.
pub const SMALL: &str = "tenant0@example.com";
/// The organizations that she knows.
const FIRMS: usize = 3_000;
/// The other tenants.
const OTHERS: usize = 49;
/// People written in one transaction.
const BATCH: usize = 1_000;

/// What passed between her and them.
const INTERACTIONS: usize = 2_000_000;
/// What she is reminded of.
const REMINDERS: usize = 50_000;
/// What passed in a small tenant, and what its owner is reminded of.
const FEW: usize = 40;

/// Makes all tenants in an empty, migrated database. `admin` is the superuser.
pub async fn generate(db: &Db, admin: &Client) -> Result<()> {
    let names = Names::read();
    fill(db, admin, &names, EMAIL, CONTACTS, FIRMS).await?;
    for number in 0..OTHERS {
        // From 10 to about 2,500, most of them small.
        let contacts = 10 + 2_490 * (number * number) / (OTHERS * OTHERS);
        fill(db, admin, &names, &format!("tenant{number}@example.com"), contacts, contacts / 20 + 1).await?;
    }
    eprintln!("vacuum");
    admin.batch_execute("vacuum (analyze)").await?;
    Ok(())
}

async fn fill(db: &Db, admin: &Client, names: &Names, email: &str, contacts: usize, firms: usize) -> Result<()> {
    let new = NewUser { email, full_name: "Ada Lindqvist", time_zone: "Europe/Berlin", password_hash: "none" };
    db.anonymous().create_user(&new, false).await?.context("the account exists already")?;
    let user = db.anonymous().user_by_email(email).await?;
    let (import, change_set) = (Uuid::now_v7(), Uuid::now_v7());
    let row = format!(
        "insert into imports (user_id, id, format, file_name, state) values ('{}', '{import}', 'vcard', 'all.vcf', 'done')",
        user.id()
    );
    admin.batch_execute(&row).await?;
    // The seed is fixed: two runs of the generator make the same people.
    let mut rng = StdRng::seed_from_u64(email.len() as u64 * 1_000 + contacts as u64);
    let mut done = 0;
    while done < contacts {
        let batch: Vec<(Uuid, Generated)> =
            (0..BATCH.min(contacts - done)).map(|_| (Uuid::now_v7(), draw(names, &mut rng, firms))).collect();
        db.as_import(&user, import, change_set, async |tx| write(tx, &batch).await).await?;
        done += batch.len();
        if contacts == CONTACTS && done % 10_000 == 0 {
            eprintln!("{done} of {contacts} contacts");
        }
    }
    spread(admin, &user).await?;
    let (interactions, reminders) = if contacts == CONTACTS { (INTERACTIONS, REMINDERS) } else { (FEW, FEW) };
    eprintln!("{interactions} interactions");
    passed::fill(admin, &user, interactions, reminders).await
}

/// One batch, in the statements that an import uses.
async fn write(tx: &mut TenantTx<'_>, batch: &[(Uuid, Generated)]) -> Result<(), AppError> {
    let people: Vec<_> = batch.iter().map(|(id, generated)| (*id, generated.person.clone())).collect();
    queries::insert_many(tx, &people).await?;
    let works: Vec<(Uuid, &Work)> =
        batch.iter().flat_map(|(id, g)| g.works.iter().map(move |work| (*id, work))).collect();
    let known = distinct(works.iter().map(|(_, work)| &*work.organization));
    let firms = organizations::queries::ids_of_names(tx, &known).await?;
    let posts: Vec<Employment> = works
        .into_iter()
        .filter_map(|(contact_id, work)| {
            let organization_id = *firms.get(&work.organization)?;
            let (title, start_date, end_date) = (work.title.map(str::to_owned), work.start, work.end);
            Some(Employment {
                contact_id,
                organization_id,
                title,
                start_date,
                end_date,
                is_current: end_date.is_none(),
            })
        })
        .collect();
    employments::insert_many(tx, &posts).await?;
    let used = distinct(batch.iter().flat_map(|(_, g)| g.tags.iter().copied()));
    let labels = tags::queries::ids_of_names(tx, &used).await?;
    let pairs: Vec<(Uuid, Uuid)> =
        batch.iter().flat_map(|(id, g)| g.tags.iter().filter_map(|tag| Some((*id, *labels.get(*tag)?)))).collect();
    tags::queries::attach_many(tx, &pairs).await?;
    documents::refresh(tx, &people.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await
}

fn distinct<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut words: Vec<String> = words.map(str::to_owned).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// What no form sets: when each was added, over eight years.
async fn spread(admin: &Client, user: &CurrentUser) -> Result<()> {
    let id = user.id();
    let sql = format!(
        "update contacts set \
             created_at = now() - make_interval(secs => (hashtextextended(id::text, 1) & 268435455)) \
             where user_id = '{id}'; \
         update tags set color = '#' || left(md5(name), 6) where user_id = '{id}'"
    );
    Ok(admin.batch_execute(&sql).await?)
}

/// Signs a tenant's owner in: the value of her session's cookie.
pub async fn session(db: &Db, email: &str) -> Result<String> {
    let user = db.anonymous().user_by_email(email).await?;
    let token = kith::text::hex::random_token();
    db.anonymous().open_session(user.id(), &kith::accounts::hash_token(&token), None, Some("bench")).await?;
    Ok(token)
}

/// A superuser's connection.
pub async fn admin(url: &str) -> Result<Client> {
    connect::client(url).await
}
