//! What is asked of her, as the page shows it.

use super::answers::Passing;

/// The question which addresses are hers.
#[derive(Debug)]
pub(in crate::exchange) struct AskingView {
    /// What is offered, and whether it is ticked.
    pub offered: Vec<(String, bool)>,
    /// What she typed besides.
    pub typed: String,
    pub with_lists: bool,
    /// As that of [`Passing`].
    pub what: String,
    pub error: Option<String>,
}

impl AskingView {
    /// With what is likely ticked.
    pub fn new(passing: &Passing) -> Self {
        Self {
            offered: passing
                .offered
                .iter()
                .map(|address| (address.clone(), passing.likely.contains(address)))
                .collect(),
            typed: String::new(),
            with_lists: passing.with_lists,
            what: passing.what.clone(),
            error: None,
        }
    }
}
