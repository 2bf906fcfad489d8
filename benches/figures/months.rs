//! What passed between somebody and a thousand people, in one flat table and in one by month: the same pages and forms over
//! both, side by side, and how long the change from one to the other keeps writers waiting.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use chrono::{Months, NaiveDate, Utc};
use kith::db::{Db, NewUser, bootstrap, migrate, partition};
use kith::postgres::Server;
use tokio_postgres::Client;

use crate::client::{Connection, post, request};
use crate::folder::folder;
use crate::place::{How, Kith, app_url, block_on, start};
use crate::report::{Figure, median, spread};
use crate::tenant;

const EMAIL: &str = "passed@example.com";
const PASSWORD: &str = "only-for-figures";
/// Requests of each kind that are counted, in five turns.
const TURNS: usize = 5;
const REQUESTS: usize = 40;
/// Years that the one by month has been so.
const YEARS: u32 = 10;

/// One shape of the table, and a Kith over it.
struct Shape {
    admin_url: String,
    token: String,
    kith: Kith,
    rows: u64,
    /// Edited so far: none is edited twice.
    edited: u64,
}

/// The figures of both.
pub fn figures() -> Result<Vec<Figure>> {
    let server = start(&folder("bench-months")?)?;
    let rows = crate::setting("KITH_BENCH_INTERACTIONS", 5_000_000);
    let begin = Utc::now() - Months::new(YEARS * 12);
    let flat = shape(&server, "passed_flat", rows, None)?;
    let months = shape(&server, "passed_months", rows, Some(begin.date_naive()))?;
    let figures = block_on(all(flat, months));
    block_on(async {
        let control = tenant::admin(&server.url("postgres")).await?;
        for name in ["passed_flat", "passed_months"] {
            control.batch_execute(&format!("drop database {name} with (force)")).await?;
        }
        Ok(())
    })?;
    server.leave()?;
    figures
}

async fn all(mut flat: Shape, mut months: Shape) -> Result<Vec<Figure>> {
    let rows = flat.rows;
    let before = times(&mut [&mut flat, &mut months]).await?;
    let (switched, longest) = switch(&mut flat).await?;
    let after = times(&mut [&mut flat]).await?;
    let mut client = tenant::admin(&flat.admin_url).await?;
    let reverted = partition::revert(&mut client, "kith").await?.blocked;
    let sizes = [size(&flat).await?, size(&months).await?];
    let mut figures = vec![Figure::plain(
        format!("{rows} interactions with their indexes, flat; by month for {YEARS} years"),
        format!("{} MB; {} MB", sizes[0], sizes[1]),
    )];
    for (n, deed) in DEEDS.iter().enumerate() {
        let what = format!("{deed}, flat; right after the switch; by month for {YEARS} years");
        let of = |times: &[Vec<f64>]| times.get(n).map_or_else(String::new, |times| spread(times, 1));
        figures.push(Figure::plain(what, format!("{}; {}; {} ms", of(&before[0]), of(&after[0]), of(&before[1]))));
    }
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    figures.push(Figure::bounded(
        format!("`kith db partition interactions` of {rows}: writers wait; the longest insert meanwhile"),
        format!("{:.0} ms; {:.0} ms", ms(switched), ms(longest)),
        "2000 ms",
        ms(switched) < 2000.0,
    ));
    figures.push(Figure::plain("`--revert` right after it: writers wait", format!("{:.0} ms", ms(reverted))));
    flat.kith.stop()?;
    months.kith.stop()?;
    Ok(figures)
}

/// A database of its own, full, and a Kith over it. What is written after `cutoff` lies by month.
fn shape(server: &Server, name: &str, rows: u64, cutoff: Option<NaiveDate>) -> Result<Shape> {
    let admin_url = server.url(name);
    let app_url = app_url(&admin_url, PASSWORD)?;
    let token = block_on(async {
        let control = tenant::admin(&server.url("postgres")).await?;
        control.batch_execute(&format!("drop database if exists {name} with (force)")).await?;
        control.batch_execute(&format!("create database {name}")).await?;
        let db = Db::connect(&app_url, 2)?;
        fill(&db, &mut tenant::admin(&admin_url).await?, rows, cutoff).await?;
        tenant::session(&db, EMAIL).await
    })?;
    let folder = folder("bench-months")?.join(name);
    fs::create_dir_all(&folder)?;
    let mut kith = Kith::spawn(&folder, &How { settings: &[("KITH_DATABASE_APP_URL", &app_url)], ..How::default() })?;
    kith.wait(&folder)?;
    Ok(Shape { admin_url, token, kith, rows, edited: 0 })
}

async fn fill(db: &Db, client: &mut Client, rows: u64, cutoff: Option<NaiveDate>) -> Result<()> {
    eprintln!("{rows} interactions");
    bootstrap::run(client, "kith", PASSWORD).await?;
    migrate::run(client, "kith").await?;
    if let Some(cutoff) = cutoff.and_then(|day| day.format("%Y-%m-01T00:00:00Z").to_string().parse().ok()) {
        partition::partition(client, "kith", cutoff).await?;
    }
    let new = NewUser { email: EMAIL, full_name: "Ada", time_zone: "UTC", password_hash: "none" };
    db.anonymous().create_user(&new, false).await?.context("the account exists already")?;
    client.batch_execute(&FILL.replace(":rows", &rows.to_string())).await?;
    Ok(client.batch_execute("vacuum (analyze)").await?)
}

/// Twenty years of it, up to now, spread evenly; each with one of a thousand people in turn. No triggers, which would take hours.
const FILL: &str = "set session_replication_role = replica; \
    insert into contacts (user_id, id, first_name, display_name) select u.id, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'P' || n, 'P' || n \
        from users u, generate_series(1, 1000) n; \
    insert into interactions (user_id, id, occurred_at, interaction_type, direction, subject, summary, sentiment_read) \
        select u.id, ('00000000-0000-7000-9000-' || lpad(n::text, 12, '0'))::uuid, now() - interval '20 years' * (:rows - n) / :rows, \
            case when n % 20 = 0 then 'meeting' else 'email' end, 'inbound', 'subject ' || n, 'what was said ' || n, true \
        from users u, generate_series(1, :rows) n; \
    insert into interaction_participants (user_id, interaction_id, contact_id, occurred_at) \
        select user_id, id, ('00000000-0000-7000-8000-' || lpad((1 + right(id::text, 12)::bigint % 1000)::text, 12, '0'))::uuid, occurred_at \
            from interactions; \
    set session_replication_role = origin";

/// What is measured.
const DEEDS: [&str; 10] = [
    "list of all interactions",
    "the list ten years ago",
    "the list of meetings",
    "timeline of somebody",
    "page of somebody",
    "the first page",
    "page of one interaction",
    "insert",
    "edit of the day",
    "edit of the date, five years back",
];

/// Milliseconds of each deed over each shape, turn by turn.
async fn times(shapes: &mut [&mut Shape]) -> Result<Vec<Vec<Vec<f64>>>> {
    let mut all = vec![vec![Vec::new(); DEEDS.len()]; shapes.len()];
    for turn in 0..=TURNS {
        for (deed, _) in DEEDS.iter().enumerate() {
            for (n, shape) in shapes.iter_mut().enumerate() {
                let mut connection = Connection::open(shape.kith.port).await?;
                let mut turns = Vec::new();
                for request in 0..REQUESTS {
                    turns.push(shape.does(&mut connection, deed, request).await?);
                }
                // The first turn warms the caches.
                if turn > 0 {
                    all[n][deed].push(median(&turns));
                }
            }
        }
    }
    Ok(all)
}

impl Shape {
    async fn does(&mut self, connection: &mut Connection, deed: usize, request: usize) -> Result<f64> {
        match deed {
            0 => self.gets(connection, "/interactions").await,
            1 => {
                let day = Utc::now().date_naive() - Months::new(120);
                self.gets(connection, &format!("/interactions?to={day}")).await
            }
            2 => self.gets(connection, "/interactions?interaction_type=meeting").await,
            3 | 4 => {
                let part = if deed == 3 { "/timeline" } else { "" };
                let person = format!("/contacts/00000000-0000-7000-8000-{:012}{part}", 1 + request * 23);
                self.gets(connection, &person).await
            }
            5 => self.gets(connection, "/").await,
            6 => {
                let path = format!("/interactions/{}", interaction(1 + request as u64 * (self.rows / REQUESTS as u64)));
                self.gets(connection, &path).await
            }
            7 => self.insert(connection).await,
            _ => {
                // Each is edited once, of those of the last months.
                self.edited += 1;
                let path = format!("/interactions/{}", interaction(self.rows - self.edited));
                let day = Utc::now().date_naive() - Months::new(if deed == 9 { 60 } else { 0 });
                self.posts(connection, &path, &format!("version=1&{}", fields("edited", day, self.rows - self.edited)))
                    .await
            }
        }
    }

    async fn gets(&self, connection: &mut Connection, path: &str) -> Result<f64> {
        let started = Instant::now();
        let reply = connection.get(&request(path, &self.token, &[])).await?;
        if reply.status != 200 {
            bail!("{path} answered {}", reply.status);
        }
        Ok(started.elapsed().as_secs_f64() * 1000.0)
    }

    async fn insert(&mut self, connection: &mut Connection) -> Result<f64> {
        self.posts(connection, "/interactions", &fields("written", Utc::now().date_naive(), 7)).await
    }

    async fn posts(&self, connection: &mut Connection, path: &str, fields: &str) -> Result<f64> {
        let body = format!("csrf_token={}&{fields}", kith::web::csrf::token_of(&self.token));
        let started = Instant::now();
        let reply = connection.get(&post(path, &self.token, &body)).await?;
        if reply.status != 303 {
            bail!("{path} answered {}: {}", reply.status, String::from_utf8_lossy(&reply.body));
        }
        Ok(started.elapsed().as_secs_f64() * 1000.0)
    }
}

fn interaction(number: u64) -> String {
    format!("00000000-0000-7000-9000-{number:012}")
}

/// With whom the interaction of this number was.
fn fields(subject: &str, day: NaiveDate, number: u64) -> String {
    let person = 1 + number % 1000;
    format!(
        "interaction_type=email&direction=inbound&subject={subject}&occurred_at={day}&contact_id=00000000-0000-7000-8000-{person:012}"
    )
}

/// Switches while somebody writes all the time: for how long writers waited, and the longest insert.
async fn switch(shape: &mut Shape) -> Result<(Duration, Duration)> {
    let mut client = tenant::admin(&shape.admin_url).await?;
    let cutoff = partition::shape(&mut client, "kith").await?.cutoff(Utc::now())?;
    let is_over = AtomicBool::new(false);
    let writes = async {
        let mut connection = Connection::open(shape.kith.port).await?;
        let mut longest: f64 = 0.0;
        while !is_over.load(Ordering::Relaxed) {
            longest = longest.max(shape.insert(&mut connection).await?);
        }
        anyhow::Ok(Duration::from_secs_f64(longest / 1000.0))
    };
    let switches = async {
        let switched = partition::partition(&mut client, "kith", cutoff).await;
        is_over.store(true, Ordering::Relaxed);
        switched
    };
    let (longest, switched) = tokio::join!(writes, switches);
    Ok((switched?.blocked, longest?))
}

/// Megabytes.
async fn size(shape: &Shape) -> Result<i64> {
    let sql = "select coalesce(sum(pg_total_relation_size(relid)), pg_total_relation_size('interactions'))::bigint >> 20 \
               from pg_partition_tree('interactions')";
    Ok(tenant::admin(&shape.admin_url).await?.query_one(sql, &[]).await?.try_get(0)?)
}
