//! `kith export`: everybody, or the whole account, as a file, whether `serve` runs or not.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;

use anyhow::{Context, Result};
use clap::Args;
use futures_util::{Stream, TryStreamExt};

use super::{block_on, database};
use crate::config::Config;
use crate::db::Db;
use crate::error::AppError;
use crate::exchange::account::export::everything;
use crate::exchange::export::{Format, everybody};
use crate::exchange::vcard::Version;

/// Write everybody to a file; as json the whole account, which `kith import` reads back into an empty one.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// Whose contacts.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// As what.
    #[arg(long, value_parser = ["vcard", "csv", "json"])]
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
    if asked.format == "json" {
        return write_pieces(everything(db.clone(), user), out).await;
    }
    let version = if asked.vcard_version == "3.0" { Version::V3 } else { Version::V4 };
    let format = if asked.format == "csv" { Format::Csv } else { Format::Vcard(version) };
    write_pieces(everybody(db.clone(), user, format, None), out).await
}

async fn write_pieces(pieces: impl Stream<Item = Result<String, AppError>>, out: &mut impl Write) -> Result<()> {
    let mut pieces = pin!(pieces);
    while let Some(piece) = pieces.try_next().await? {
        out.write_all(piece.as_bytes()).context("writing the export")?;
    }
    out.flush().context("writing the export")
}
