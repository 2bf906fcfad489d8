//! `kith export`: everybody as a file, whether `serve` runs or not.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;

use anyhow::{Context, Result};
use clap::Args;
use futures_util::TryStreamExt;

use super::{block_on, database};
use crate::config::Config;
use crate::db::Db;
use crate::exchange::export::{Format, everybody};
use crate::exchange::vcard::Version;

/// Write everybody to a file.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// Whose contacts.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// As what.
    #[arg(long, value_parser = ["vcard", "csv"])]
    format: String,
    /// Which version of vCard.
    #[arg(long, default_value = "4.0", value_parser = ["3.0", "4.0"])]
    vcard_version: String,
    /// The file; without it, or as -, standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs it.
pub(super) fn run(config: &Config, asked: &Export) -> Result<()> {
    block_on(async {
        let database = database::open(config).await?;
        let outcome = export(&database.pool(config)?, asked).await;
        outcome.and(database.close().await)
    })
}

async fn export(db: &Db, asked: &Export) -> Result<()> {
    match asked.output.as_deref().filter(|path| path.as_os_str() != "-") {
        None => write(db, asked, &mut io::stdout().lock()).await,
        Some(path) => {
            // Whole or not at all: an earlier export is not lost to one that broke off.
            let part = part_of(path);
            let file = File::create(&part).with_context(|| format!("cannot write {}", part.display()))?;
            let mut file = BufWriter::new(file);
            let written = write(db, asked, &mut file).await;
            let kept = written.and_then(|()| Ok(std::fs::rename(&part, path)?));
            if kept.is_err() {
                let _ = std::fs::remove_file(&part);
            }
            kept
        }
    }
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

async fn write(db: &Db, asked: &Export, out: &mut impl Write) -> Result<()> {
    let user = super::user::of_email(db, &asked.user).await?;
    let version = if asked.vcard_version == "3.0" { Version::V3 } else { Version::V4 };
    let format = if asked.format == "csv" { Format::Csv } else { Format::Vcard(version) };
    let mut parts = pin!(everybody(db.clone(), user, format, None));
    while let Some(part) = parts.try_next().await? {
        out.write_all(part.as_bytes()).context("writing the export")?;
    }
    out.flush().context("writing the export")
}
