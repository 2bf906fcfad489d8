//! What counts as contact: which types, and whether what she only received does. The database keeps by it when she was
//! last in touch with whom.

use std::collections::BTreeSet;

use super::model::{KINDS, kind_label};
use crate::web::FormData;

/// What counts, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counting {
    /// Types that don't; every other one does.
    pub skipped: BTreeSet<String>,
    /// Whether what she only received does.
    pub received: bool,
}

/// A type that the form shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub kind: String,
    pub counts: bool,
}

impl Shown {
    pub fn label(&self) -> &str {
        kind_label(&self.kind)
    }
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CountingForm {
    pub kinds: Vec<Shown>,
    pub received: bool,
    pub error: Option<&'static str>,
}

impl CountingForm {
    /// Of what is stored: the types that pages offer, and `own` ones of other programs.
    pub fn of(counting: &Counting, own: &[String]) -> Self {
        let known = KINDS.iter().map(|(kind, _)| (*kind).to_owned());
        let mut kinds: Vec<Shown> = Vec::new();
        for kind in known.chain(own.iter().cloned()).chain(counting.skipped.iter().cloned()) {
            if kinds.iter().all(|shown| shown.kind != kind) {
                kinds.push(Shown { counts: !counting.skipped.contains(&kind), kind });
            }
        }
        Self { kinds, received: counting.received, error: None }
    }

    /// The same as it was sent. A type that its sender was not shown stays as it is.
    pub fn posted(mut self, form: &FormData) -> Self {
        let (shown, ticked): (Vec<&str>, Vec<&str>) = (form.all("shown[]").collect(), form.all("counts[]").collect());
        for kind in &mut self.kinds {
            let is_ticked = ticked.contains(&kind.kind.as_str());
            if is_ticked || shown.is_empty() || shown.contains(&kind.kind.as_str()) {
                kind.counts = is_ticked;
            }
        }
        self.received = form.has("received");
        if ticked.iter().any(|kind| self.kinds.iter().all(|known| known.kind != *kind)) {
            self.error = Some("Choose types from the list.");
        } else if self.kinds.iter().all(|kind| !kind.counts) {
            self.error = Some("Tick at least one, or you were never in touch with anybody.");
        }
        self
    }

    /// What it says, if nothing of it is wrong.
    pub fn whole(&self) -> Option<Counting> {
        let skipped = self.kinds.iter().filter(|kind| !kind.counts).map(|kind| kind.kind.clone()).collect();
        self.error.is_none().then_some(Counting { skipped, received: self.received })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> Result<Vec<String>, &'static str> {
        let stored = Counting { skipped: BTreeSet::from(["note".to_owned(), "fax".to_owned()]), received: true };
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let form = CountingForm::of(&stored, &["letter".to_owned()]).posted(&FormData::from_pairs(pairs));
        form.whole().map(|counting| counting.skipped.into_iter().collect()).ok_or(form.error.unwrap_or_default())
    }

    #[test]
    fn what_is_not_ticked_does_not_count_and_what_was_not_shown_stays() {
        let shown = [("shown[]", "call"), ("shown[]", "note"), ("shown[]", "letter"), ("counts[]", "note")];
        assert_eq!(sent(&shown), Ok(vec!["call".to_owned(), "fax".to_owned(), "letter".to_owned()]));
        let all = ["email", "fax", "letter", "linkedin", "meeting", "message", "note", "other"];
        assert_eq!(sent(&[("counts[]", "call")]), Ok(all.map(str::to_owned).to_vec()));
    }

    #[test]
    fn a_type_of_nowhere_and_none_at_all_are_refused() {
        assert_eq!(sent(&[("counts[]", "call"), ("counts[]", "nothing")]), Err("Choose types from the list."));
        assert!(sent(&[]).is_err());
    }
}
