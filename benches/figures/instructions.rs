//! Instructions of the program for one request of the list, which no neighbour on the machine disturbs: two runs under
//! callgrind that differ in their number of requests only.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::client::send;
use crate::pages::pages;
use crate::place::{How, Kith, Place, run};
use crate::report::Figure;

const FEW: usize = 100;
const MANY: usize = 400;

/// The figure of each page.
pub fn figures(place: &Place) -> Result<Vec<Figure>> {
    run(Command::new("valgrind").arg("--version"))?;
    run(Command::new("taskset").arg("--version"))?;
    let mut found = Vec::new();
    for page in pages(place)? {
        for (how, headers) in [("", &[][..]), (", gzip", &[("accept-encoding", "gzip")][..])] {
            let requests = [page.request(place, headers)];
            let (few, many) = (counted(place, &requests, FEW)?, counted(place, &requests, MANY)?);
            let each = (many - few) / (MANY - FEW) as u64;
            let what = format!("{} page{how}, instructions a request", page.name);
            eprintln!("{what}: {}", thousands(each));
            found.push(if page.name == "list" && how.is_empty() {
                Figure::bounded(what, thousands(each), "at most 900,000, goal 500,000", each <= 900_000)
            } else {
                Figure::plain(what, thousands(each))
            });
        }
    }
    Ok(found)
}

/// All instructions of a server with one worker, from start to end.
fn counted(place: &Place, requests: &[Vec<u8>], number: usize) -> Result<u64> {
    let out = place.folder.join("callgrind.out");
    let file = format!("--callgrind-out-file={}", out.display());
    let under = ["taskset", "--cpu-list", "0", "valgrind", "--quiet", "--tool=callgrind", &file];
    // One connection to the database: opening a further one costs as much as fifty pages.
    let kith = Kith::start(place, &How { under: &under, settings: &[("KITH_POOL_SIZE", "1")] })?;
    send(kith.port, requests, number)?;
    kith.stop()?;
    let text = fs::read_to_string(&out)?;
    let total =
        text.lines().rev().find_map(|line| line.strip_prefix("totals: ")).context("callgrind counted nothing")?;
    Ok(total.trim().parse()?)
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or("")).collect();
    groups.join(",")
}
