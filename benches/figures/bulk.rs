//! Many people changed at once, and that taken back: what `kith import` left of the first cards of the large tenant, all
//! of them chosen by the empty filter, each deed as the page of a selection posts it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use kith::db::Db;

use crate::client::{Connection, post};
use crate::place::{How, Kith, Place, block_on};
use crate::report::{Figure, median, spread};
use crate::{import, tenant};

const ROUNDS: usize = 3;
/// Seconds that a deed, or taking it back, may take.
const BUDGET: f64 = 2.0;
/// More than this no undo takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is done to everybody, the fields that say it, and how many deeds these are: the budget is of one.
const DEEDS: [(&str, &str, usize); 5] = [
    ("a tag", "add_tag=everybody", 1),
    ("strength and cadence", "relationship_strength=7&contact_frequency_days=45", 1),
    ("an organization", "employer=Everybody%20and%20Sons", 1),
    ("the trash", "action=trash", 1),
    (
        "these three deeds in one, but the trash",
        "add_tag=all&relationship_strength=3&contact_frequency_days=90&employer=All%20of%20Us",
        3,
    ),
];

/// A figure for each deed.
pub fn figures(place: &Place) -> Result<Vec<Figure>> {
    let people = import::people(place)?;
    // As autovacuum does within a minute: the making of the tenants leaves the log's statistics behind.
    place.sql("vacuum (analyze)")?;
    let kith = Kith::start(place, &How::default())?;
    let mut figures = Vec::new();
    for (what, fields, deeds) in DEEDS {
        let times = block_on(rounds(&kith, place, fields));
        figures.push(match times {
            Ok(times) => figure(what, people, deeds, &times),
            Err(error) => Figure::bounded(what, format!("failed: {error:#}"), "", false),
        });
    }
    kith.stop()?;
    import::clear(place)?;
    Ok(figures)
}

fn figure(what: &str, people: usize, deeds: usize, times: &[(f64, f64)]) -> Figure {
    let (done, undone): (Vec<f64>, Vec<f64>) = times.iter().copied().unzip();
    let what = format!("many at once: {what}, to {people} people; taken back");
    let measured = format!("{} s; {} s, {ROUNDS} rounds", spread(&done, 2), spread(&undone, 2));
    if deeds > 1 {
        return Figure::plain(what, measured);
    }
    Figure::bounded(what, measured, "2 s; 2 s", median(&done) < BUDGET && median(&undone) < BUDGET)
}

/// Seconds of the deed and of its undo.
async fn rounds(kith: &Kith, place: &Place, fields: &str) -> Result<Vec<(f64, f64)>> {
    let token = tenant::session(&Db::connect(&place.app_url, 1)?, import::IMPORTED).await?;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        idle(place).await?;
        let done = sent(kith.port, &token, "/bulk-edits", &format!("scope=filter&{fields}")).await?;
        let admin = tenant::admin(&place.admin_url).await?;
        let newest = "select s.id::text from change_sets s join users u on u.id = s.user_id where u.email = $1 \
             order by s.created_at desc limit 1";
        let change_set: String = admin.query_one(newest, &[&import::IMPORTED]).await?.try_get(0)?;
        idle(place).await?;
        let started = Instant::now();
        sent(kith.port, &token, &format!("/change-sets/{change_set}/undo"), "next=/contacts").await?;
        // A large one is taken back by a job.
        let stands = "select undone_at is null from change_sets where id = $1::text::uuid";
        while admin.query_one(stands, &[&change_set]).await?.try_get(0)? {
            if started.elapsed() > PATIENCE {
                bail!("{change_set} is not taken back");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let undone = started.elapsed().as_secs_f64();
        times.push((done, undone));
    }
    Ok(times)
}

/// Waits until nobody makes anew what the ten thousand are found by, which a deed leaves to jobs and takes half of the machine for
/// some seconds.
async fn idle(place: &Place) -> Result<()> {
    let admin = tenant::admin(&place.admin_url).await?;
    let works = "select exists (select from jobs where state in ('ready', 'running') and run_at <= now())";
    let started = Instant::now();
    while admin.query_one(works, &[]).await?.try_get(0)? {
        if started.elapsed() > PATIENCE {
            bail!("the jobs do not end");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Over a connection of its own: while a job takes the last deed back, one that waits is closed.
async fn sent(port: u16, token: &str, path: &str, fields: &str) -> Result<f64> {
    let mut connection = Connection::open(port).await?;
    let body = format!("csrf_token={}&{fields}", kith::web::csrf::token_of(token));
    let started = Instant::now();
    let reply = connection.get(&post(path, token, &body)).await.context("no answer")?;
    if reply.status != 303 {
        bail!("{path} answered {}: {}", reply.status, String::from_utf8_lossy(&reply.body));
    }
    Ok(started.elapsed().as_secs_f64())
}
