//! `cargo bench`: the figures of docs/BENCHMARKS.md, printed as a Markdown table. `cargo bench -- typing memory` takes
//! only these; KITH_BENCH_ROUNDS and KITH_BENCH_SECONDS make the rounds more or longer.

mod bulk;
mod client;
#[path = "../../tests/cluster/folder.rs"]
mod folder;
mod import;
mod instructions;
mod memory;
mod months;
mod pages;
mod pgbench;
mod place;
mod record;
mod report;
mod start;
mod statements;
mod tenant;
mod throughput;
mod typing;
mod wire;

use anyhow::Result;
use place::Place;
use report::{Figure, table};

/// What takes some of the figures.
type Taker = fn(&Place) -> Result<Vec<Figure>>;

/// All but the start, each by the word that asks for it alone.
const TAKERS: [(&str, Taker); 10] = [
    ("throughput", throughput::figures),
    ("ceiling", throughput::ceiling),
    ("tails", throughput::tails),
    ("statements", statements::figures),
    ("instructions", instructions::figures),
    ("typing", typing::figures),
    ("memory", memory::figures),
    ("wire", wire::figures),
    ("import", import::figures),
    ("bulk", bulk::figures),
];

fn main() -> Result<()> {
    // Cargo passes `--bench`.
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_asked = |word: &str| asked.is_empty() || asked.iter().any(|other| other == word);
    let mut figures = Vec::new();
    // A database of its own, and so large that it has to be asked for by name.
    if asked.iter().any(|word| word == "months") {
        figures.extend(months::figures().unwrap_or_else(|error| vec![failed("months", &error)]));
    }
    if asked.iter().all(|word| word == "months") && !asked.is_empty() {
        println!("{}", table(&figures));
        return Ok(());
    }
    let place = Place::open()?;
    for (word, take) in TAKERS.into_iter().filter(|(word, _)| is_asked(word)) {
        eprintln!("{word}");
        figures.extend(take(&place).unwrap_or_else(|error| vec![failed(word, &error)]));
    }
    let folder = place.close()?;
    if is_asked("start") {
        figures.extend(start::figures(&folder).unwrap_or_else(|error| vec![failed("start", &error)]));
    }
    println!("{}", table(&figures));
    Ok(())
}

fn failed(word: &str, error: &anyhow::Error) -> Figure {
    Figure::bounded(word, format!("failed: {error:#}"), "", false)
}

/// A number from the environment.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
