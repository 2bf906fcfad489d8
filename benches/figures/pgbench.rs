//! The yardstick: pgbench with a page's own statements.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::place::{Place, run};
use crate::record::Recording;

/// pgbench over one recording.
pub struct Pgbench<'a> {
    place: &'a Place,
    recording: Recording,
    script: PathBuf,
}

impl<'a> Pgbench<'a> {
    pub fn new(place: &'a Place, name: &str, recording: Recording) -> Result<Self> {
        let script = place.folder.join(format!("pgbench-{name}.sql"));
        fs::write(&script, &recording.script)?;
        Ok(Self { place, recording, script })
    }

    /// Transactions a second over so many connections for so many seconds.
    pub fn rate(&self, connections: usize, seconds: u64) -> Result<f64> {
        let mut command = self.place.server.client_program("pgbench", "kith");
        command.args(["--no-vacuum", "--protocol=prepared", "--jobs=2"]);
        command.arg(format!("--client={connections}")).arg(format!("--time={seconds}"));
        for (name, value) in &self.recording.variables {
            command.arg(format!("--define={name}={value}"));
        }
        command.arg("--file").arg(&self.script).arg(&self.place.app_url);
        let printed = run(&mut command)?;
        let rate = printed.lines().find_map(|line| line.strip_prefix("tps = ")).context("pgbench printed no rate")?;
        Ok(rate.split(' ').next().unwrap_or_default().parse()?)
    }
}
