//! The table that is printed at the end.

use std::fmt::Write;

/// One line of it.
pub struct Figure {
    pub what: String,
    pub measured: String,
    pub budget: String,
    /// Whether the budget is kept, where there is one.
    pub is_kept: Option<bool>,
}

impl Figure {
    /// A figure that a budget bounds.
    pub fn bounded(
        what: impl Into<String>,
        measured: impl Into<String>,
        budget: impl Into<String>,
        is_kept: bool,
    ) -> Self {
        Self { what: what.into(), measured: measured.into(), budget: budget.into(), is_kept: Some(is_kept) }
    }

    /// A figure that explains others.
    pub fn plain(what: impl Into<String>, measured: impl Into<String>) -> Self {
        Self { what: what.into(), measured: measured.into(), budget: String::new(), is_kept: None }
    }
}

/// The figures in Markdown.
pub fn table(figures: &[Figure]) -> String {
    let mut text = "| what | measured | budget | kept |\n|---|---|---|---|\n".to_owned();
    for figure in figures {
        let kept = figure.is_kept.map_or("", |kept| if kept { "yes" } else { "**no**" });
        let _ = writeln!(text, "| {} | {} | {} | {kept} |", figure.what, figure.measured, figure.budget);
    }
    text
}

/// The middle of some numbers.
pub fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// `0.61 (0.55 to 0.66)`: the middle, the least and the most.
pub fn spread(numbers: &[f64], digits: usize) -> String {
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let most = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    format!("{:.digits$} ({least:.digits$} to {most:.digits$})", median(numbers))
}
