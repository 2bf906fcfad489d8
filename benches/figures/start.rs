//! From `kith serve` on an existing data folder to its first answer, PostgreSQL's own start included.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use crate::place::{How, Kith};
use crate::report::{Figure, median, spread};

/// The figure. PostgreSQL runs in none of the rounds until Kith starts it.
pub fn figures(folder: &Path) -> Result<Vec<Figure>> {
    let mut times = Vec::new();
    for _ in 0..7 {
        let started = Instant::now();
        let mut kith = Kith::spawn(folder, &How::default())?;
        kith.wait(folder)?;
        times.push(started.elapsed().as_secs_f64());
        kith.stop()?;
    }
    Ok(vec![Figure::bounded(
        "`serve` on an existing data folder until it answers, PostgreSQL's start included",
        format!("{} s", spread(&times, 2)),
        "1.5 s",
        median(&times) <= 1.5,
    )])
}
