//! Pages a second over pgbench's transactions a second with the same statements, in interleaved rounds.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::client::{Load, load, request};
use crate::pages::{all, pages};
use crate::pgbench::Pgbench;
use crate::place::{How, Kith, Place};
use crate::record::record;
use crate::report::{Figure, median, spread};

const CONNECTIONS: usize = 16;

/// The figures of each page.
pub fn figures(place: &Place) -> Result<Vec<Figure>> {
    let (rounds, seconds) = (crate::setting("KITH_BENCH_ROUNDS", 7), crate::setting("KITH_BENCH_SECONDS", 4));
    let time = Duration::from_secs(seconds);
    let mut found = Vec::new();
    for page in pages(place)? {
        let requests = [page.request(place, &[])];
        let recording = record(place, &requests)?.remove(0);
        let pgbench = Pgbench::new(place, page.name, recording)?;
        let kith = Kith::start(place, &How::default())?;
        load(kith.port, &requests, CONNECTIONS, Duration::from_secs(1))?;
        let (mut loads, mut yardstick) = (Vec::new(), Vec::new());
        for round in 1..=rounds {
            loads.push(load(kith.port, &requests, CONNECTIONS, time)?);
            yardstick.push(pgbench.rate(CONNECTIONS, seconds)?);
            eprintln!(
                "{} round {round}: {:.0} pages/s, {:.0} tps",
                page.name,
                loads[loads.len() - 1].rate(),
                yardstick[yardstick.len() - 1]
            );
        }
        let packed = [page.request(place, &[("accept-encoding", "gzip")])];
        let packed = load(kith.port, &packed, CONNECTIONS, time)?;
        kith.stop()?;
        found.extend(rows(page.name, &loads, &yardstick, &packed));
    }
    Ok(found)
}

fn rows(name: &str, loads: &[Load], yardstick: &[f64], packed: &Load) -> Vec<Figure> {
    let rates: Vec<f64> = loads.iter().map(Load::rate).collect();
    let ratios: Vec<f64> = rates.iter().zip(yardstick).map(|(pages, tps)| pages / tps).collect();
    let ratio = median(&rates) / median(yardstick);
    let tails: Vec<f64> = loads.iter().map(|load| load.quantile(0.99) / load.quantile(0.5)).collect();
    vec![
        Figure::bounded(
            format!("{name} page over pgbench, 16 connections, {} rounds", loads.len()),
            format!(
                "**{ratio:.2}**; by round {}; {} pages/s, {} tps",
                spread(&ratios, 2),
                spread(&rates, 0),
                spread(yardstick, 0)
            ),
            "at least 0.5, goal 0.7",
            ratio >= 0.5,
        ),
        Figure::bounded(
            format!("{name} page, p99 over p50 at 16 connections"),
            format!("{}; p50 {:.1} ms", spread(&tails, 1), loads[loads.len() / 2].quantile(0.5) / 1000.0),
            "at most 5",
            median(&tails) <= 5.0,
        ),
        Figure::plain(
            format!("{name} page compressed by gzip at each request"),
            format!("{:.0} pages/s, p99 over p50 {:.1}", packed.rate(), packed.quantile(0.99) / packed.quantile(0.5)),
        ),
    ]
}

/// The worst tail of any page.
pub fn tails(place: &Place) -> Result<Vec<Figure>> {
    let kith = Kith::start(place, &How::default())?;
    let mut tails = Vec::new();
    for page in all(place)? {
        let requests = [page.request(place, &[])];
        load(kith.port, &requests, CONNECTIONS, Duration::from_millis(500))?;
        // The middle of three, since one neighbour's burst on the machine makes a tail of its own.
        let mut each = Vec::new();
        for _ in 0..3 {
            let load = load(kith.port, &requests, CONNECTIONS, Duration::from_millis(1_500))?;
            each.push(load.quantile(0.99) / load.quantile(0.5));
        }
        eprintln!("{} page: p99 over p50 {}", page.name, spread(&each, 1));
        tails.push((median(&each), page.name));
    }
    kith.stop()?;
    tails.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    let (worst, name) = tails.last().context("no page")?;
    Ok(vec![Figure::bounded(
        format!("p99 over p50 at 16 connections, the worst of {} pages", tails.len()),
        format!("{worst:.1} ({name})"),
        "at most 5",
        *worst <= 5.0,
    )])
}

/// What the load generator itself can do: the answer that costs nothing.
pub fn ceiling(place: &Place) -> Result<Vec<Figure>> {
    let kith = Kith::start(place, &How::default())?;
    let load = load(kith.port, &[request("/healthz", "", &[])], CONNECTIONS, Duration::from_secs(3))?;
    kith.stop()?;
    Ok(vec![Figure::plain("the load generator's ceiling, on /healthz", format!("{:.0} requests/s", load.rate()))])
}
