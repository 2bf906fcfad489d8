//! Resident memory of `kith serve`, idle and under load, and of its PostgreSQL beside it.

use std::fs;
use std::time::Duration;

use anyhow::Result;

use crate::client::{load, send};
use crate::pages::{all, pages};
use crate::place::{How, Kith, Place};
use crate::report::Figure;

/// The figures of both.
pub fn figures(place: &Place) -> Result<Vec<Figure>> {
    let kith = Kith::start(place, &How::default())?;
    let pages = pages(place)?;
    let plain: Vec<Vec<u8>> = pages.iter().map(|page| page.request(place, &[])).collect();
    let packed: Vec<Vec<u8>> = pages.iter().map(|page| page.request(place, &[("accept-encoding", "gzip")])).collect();
    send(kith.port, &plain, pages.len())?;
    std::thread::sleep(Duration::from_secs(5));
    let idle = kith.memory("VmRSS")?;
    let seconds = Duration::from_secs(crate::setting("KITH_BENCH_SECONDS", 4) * 2);
    load(kith.port, &plain, 16, seconds)?;
    load(kith.port, &packed, 64, seconds)?;
    let peak = kith.memory("VmHWM")?;
    for page in all(place)? {
        send(kith.port, &[page.request(place, &[])], 1)?;
    }
    let postgres = postgres(place)?;
    kith.stop()?;
    let (idle, peak) = (idle / 1024, peak / 1024);
    Ok(vec![
        Figure::bounded("resident memory of `kith serve`, idle", format!("{idle} MB"), "40 MB", idle <= 40),
        Figure::bounded(
            "the same, its peak under load: 16 connections, then 64 that take gzip",
            format!("{peak} MB"),
            "80 MB",
            peak <= 80,
        ),
        together(peak + postgres, memory_of_box()?),
    ])
}

/// Kith's peak and PostgreSQL's share. On a larger box PostgreSQL takes larger buffers, so that the budget binds where
/// the limit stands.
fn together(megabytes: u64, limit: u64) -> Figure {
    let what = format!(
        "that peak and PostgreSQL's proportional share after it, shared buffers included, on a box of {limit} MB; all pages answer"
    );
    let measured = format!("{megabytes} MB");
    if limit > 1024 {
        return Figure::plain(what, measured);
    }
    Figure::bounded(what, measured, "1,024 MB", megabytes <= 1024)
}

/// The box's memory, or its control group's limit where that is lower, in megabytes.
fn memory_of_box() -> Result<u64> {
    let text = fs::read_to_string("/proc/meminfo")?;
    let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:")).unwrap_or("0 kB");
    let total = total.trim().trim_end_matches(" kB").parse::<u64>()? / 1024;
    let limit = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let limit = limit.and_then(|text| text.trim().parse::<u64>().ok()).map(|bytes| bytes / 1024 / 1024);
    Ok(limit.map_or(total, |limit| limit.min(total)))
}

/// The sum of its processes' proportional set sizes, in megabytes.
fn postgres(place: &Place) -> Result<u64> {
    let pid_file = fs::read_to_string(place.folder.join("postgres/postmaster.pid"))?;
    let postmaster = pid_file.lines().next().unwrap_or_default().trim().to_owned();
    let mut kilobytes = 0;
    for entry in fs::read_dir("/proc")? {
        let folder = entry?.path();
        let Ok(status) = fs::read_to_string(folder.join("stat")) else { continue };
        // pid (name) state parent: the name may hold anything, so from its end.
        let parent = status.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1));
        let is_it = folder.file_name().is_some_and(|name| name.to_string_lossy() == postmaster);
        if is_it || parent == Some(&postmaster) {
            let rollup = fs::read_to_string(folder.join("smaps_rollup")).unwrap_or_default();
            let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or("0 kB");
            kilobytes += line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0);
        }
    }
    Ok(kilobytes / 1024)
}
