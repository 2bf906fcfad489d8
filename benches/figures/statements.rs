//! How many statements a list or a page of one thing sends, for a tenant of ten people and for one of 100,000.

use anyhow::Result;

use crate::pages::lists_and_details;
use crate::place::Place;
use crate::record::record;
use crate::report::Figure;
use crate::tenant::{EMAIL, SMALL};

/// One figure for each page.
pub fn figures(place: &Place) -> Result<Vec<Figure>> {
    let counts = |email: &str, token: &str| -> Result<Vec<(&'static str, usize)>> {
        let pages = lists_and_details(place, email)?;
        let requests: Vec<Vec<u8>> = pages.iter().map(|page| page.request_of(token, &[])).collect();
        let recordings = record(place, &requests)?;
        Ok(pages.iter().zip(recordings).map(|(page, recording)| (page.name, recording.statements)).collect())
    };
    let (few, many) = (counts(SMALL, &place.small_token)?, counts(EMAIL, &place.token)?);
    let figure = |((name, few), (_, many)): ((&str, usize), (&str, usize))| {
        Figure::bounded(
            format!("{name} page, statements with the session's check: tenant of 10 and of 100,000 people"),
            format!("{few} and {many}"),
            "at most 6, the same",
            few.max(many) <= 6 && few == many,
        )
    };
    Ok(few.into_iter().zip(many).map(figure).collect())
}
