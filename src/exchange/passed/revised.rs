//! What came of something that a file says anew, in words.

use crate::web::number::grouped;

/// What came of something said anew, by the names of fields.
#[derive(Debug, Default)]
pub(super) struct Revised {
    /// What follows the file.
    pub changed: Vec<&'static str>,
    /// What she wrote, and stays.
    pub kept: Vec<&'static str>,
    /// How many come back from the trash.
    pub restored: usize,
}

impl Revised {
    /// Whether anything follows the file.
    pub fn is_any(&self) -> bool {
        !self.changed.is_empty() || self.restored > 0
    }

    /// Adds what came of another.
    pub fn add(&mut self, other: Self) {
        self.restored += other.restored;
        for (these, those) in [(&mut self.changed, other.changed), (&mut self.kept, other.kept)] {
            these.extend(those.into_iter().filter(|field| !these.contains(field)).collect::<Vec<_>>());
        }
    }

    /// In a sentence or two.
    pub fn told(&self) -> Option<String> {
        let changed = (!self.changed.is_empty()).then(|| format!("Changed: {}.", self.changed.join(", ")));
        let kept = (!self.kept.is_empty()).then(|| format!("As you wrote it: {}.", self.kept.join(", ")));
        let restored = match self.restored {
            0 => None,
            1 => Some("One time that it has again is back from the trash.".to_owned()),
            many => Some(format!("{} times that it has again are back from the trash.", grouped(many))),
        };
        let told: Vec<String> = restored.into_iter().chain(changed).chain(kept).collect();
        (!told.is_empty()).then(|| told.join(" "))
    }
}
