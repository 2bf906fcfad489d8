//! Real files that nobody here wrote, where they are at hand: `KITH_CORPORA`, else `shared/corpora` beside one of
//! the folders that hold this checkout. A clone of the project alone has none, and then these tests say so and pass.
//!
//! Nothing expected here is a number learnt from the files: each test counts what it expects in the files that it
//! finds, in a way of its own.
#![expect(clippy::unwrap_used, reason = "a test says what it expects and fails where that is not so")]

mod calendar;
mod calendar_import;
#[path = "../cluster/mod.rs"]
mod cluster;
mod contacts_csv;
mod half;
#[path = "../web/harness/mod.rs"]
#[expect(dead_code, reason = "the tests of the pages use the rest of it")]
mod harness;
mod mail;
mod mail_archive;
mod mail_network;
mod names;
mod recurrence;
mod sentiment;
mod vcard;

use std::path::{Path, PathBuf};

/// One file of a corpus, or `None` as [`files`].
fn file(corpus: &str, name: &str) -> Option<PathBuf> {
    files(corpus)?.into_iter().find(|path| path.ends_with(name))
}

/// The files of one corpus in order, or `None` after having said that they are skipped.
fn files(corpus: &str) -> Option<Vec<PathBuf>> {
    let beside = |folder: &Path| Some(folder.join("shared/corpora")).filter(|corpora| corpora.is_dir());
    let corpora = std::env::var_os("KITH_CORPORA").map(PathBuf::from);
    let corpora = corpora.or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find_map(beside));
    let Some(folder) = corpora.map(|corpora| corpora.join(corpus)).filter(|folder| folder.is_dir()) else {
        println!("skipped: no corpora");
        return None;
    };
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.is_file() && !path.ends_with("SOURCES.md")).collect();
    files.sort();
    assert!(!files.is_empty(), "no files in {}", folder.display());
    Some(files)
}
