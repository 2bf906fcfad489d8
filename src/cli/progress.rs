//! How far an import is, while the command waits for it.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressStyle};

use crate::exchange::model::{Import as Row, State};

/// Plain progress says something again after so many records.
const STRIDE: i32 = 10_000;

/// A bar on a terminal, plain lines elsewhere, nothing beside JSON.
pub(super) enum Progress {
    Bar(ProgressBar),
    Lines { name: String, said: std::cell::Cell<i32> },
    Silent,
}

impl Progress {
    pub fn new(json: bool, name: &str) -> Self {
        if io::stderr().is_terminal() {
            let style = ProgressStyle::with_template("{msg:30!} {bar:30} {percent:>3} %  {elapsed}");
            let bar = ProgressBar::new(100);
            if let Ok(style) = style {
                bar.set_style(style);
            }
            return Self::Bar(bar);
        }
        if json { Self::Silent } else { Self::Lines { name: name.to_owned(), said: std::cell::Cell::new(0) } }
    }

    pub fn show(&self, row: &Row) {
        let (word, done, all, records) = match row.state() {
            State::Applying if row.passing.is_some() => {
                ("importing", row.bytes_read, row.bytes_to_read, row.items_read)
            }
            State::Applying => {
                ("applying", i64::from(row.items_applied), i64::from(row.items_to_apply), row.items_applied)
            }
            _ => ("reading", row.bytes_read, row.bytes_to_read.max(row.file_size), row.items_read),
        };
        match self {
            Self::Bar(bar) => {
                bar.set_message(format!("{word} {}", row.file_name));
                bar.set_position((done.max(0) * 100 / all.max(1)).unsigned_abs());
            }
            Self::Lines { name, said } => {
                let stage = if row.state() == State::Applying { i32::MAX / 2 } else { 0 };
                if said.get() < stage + records - records % STRIDE && records >= STRIDE {
                    said.set(stage + records - records % STRIDE);
                    eprintln!("{word} {name}: {records} records");
                }
            }
            Self::Silent => {}
        }
    }

    pub fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
