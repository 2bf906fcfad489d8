//! Whom a typed name means: nobody is guessed.

use crate::contacts::queries::{Candidate, suggested};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::text::tokens::pieces;

/// Whom a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// Her and nobody else.
    One(Candidate),
    /// One of these, perhaps; or nobody.
    Perhaps(Vec<Candidate>),
}

/// Whom each of these names means. One statement, however many names.
///
/// # Errors
/// When the database fails.
pub async fn meant(tx: &mut TenantTx<'_>, names: &[&str]) -> Result<Vec<Meant>, AppError> {
    let candidates = suggested(tx, names).await?;
    Ok(names.iter().zip(candidates).map(|(name, candidates)| choose(name, candidates)).collect())
}

/// The one who is called exactly so; else the one whose name has all of these words, as often; else it has to be asked. Of two
/// who are called the same neither is meant.
fn choose(name: &str, candidates: Vec<Candidate>) -> Meant {
    let words = words_of(name);
    let exactly = narrowed(&candidates, |one| words_of(&one.name) == words);
    let by_words = narrowed(&candidates, |one| {
        let hers = words_of(&one.name);
        let times = |word: &String, of: &[String]| of.iter().filter(|other| *other == word).count();
        !words.is_empty() && words.iter().all(|word| times(word, &hers) >= times(word, &words))
    });
    for mut found in [exactly, by_words] {
        match found.len() {
            0 => {}
            1 => return found.pop().map_or(Meant::Perhaps(candidates), Meant::One),
            _ => return Meant::Perhaps(found),
        }
    }
    Meant::Perhaps(candidates)
}

fn narrowed(candidates: &[Candidate], is: impl Fn(&Candidate) -> bool) -> Vec<Candidate> {
    candidates.iter().filter(|one| is(one)).cloned().collect()
}

/// The words of a name, folded.
fn words_of(name: &str) -> Vec<String> {
    pieces(name).into_iter().map(|piece| piece.text).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn of(name: &str, among: &[&str]) -> Result<String, Vec<String>> {
        let candidates = among.iter().zip(1..).map(|(name, n)| Candidate {
            id: Uuid::from_u128(n),
            name: (*name).to_owned(),
            title: None,
            organization: None,
        });
        match choose(name, candidates.collect()) {
            Meant::One(one) => Ok(one.name),
            Meant::Perhaps(several) => Err(several.into_iter().map(|one| one.name).collect()),
        }
    }

    #[test]
    fn a_name_means_whoever_alone_is_called_so() {
        assert_eq!(of("ada lovelace", &["Ada Lovelace", "Ada Lovelace-King"]), Ok("Ada Lovelace".to_owned()));
        assert_eq!(of("ada", &["Ada Lovelace", "Adam Smith"]), Ok("Ada Lovelace".to_owned()));
        assert_eq!(of("sunday adeyemi", &["Sunday Adeyemi"]), Ok("Sunday Adeyemi".to_owned()));
        assert_eq!(of("sunday adeyemi sunday", &["Sunday Adeyemi"]), Err(vec!["Sunday Adeyemi".to_owned()]));
        assert_eq!(of("zoe", &["Zoë Marchetti"]), Ok("Zoë Marchetti".to_owned()));
    }

    #[test]
    fn of_two_who_may_be_meant_neither_is_chosen() {
        assert_eq!(of("ada", &["Ada Lovelace", "Ada King"]).map_err(|several| several.len()), Err(2));
        assert_eq!(of("ada king", &["Ada King", "Ada King"]).map_err(|several| several.len()), Err(2));
        assert_eq!(of("jo", &["John"]), Err(vec!["John".to_owned()]));
        assert_eq!(of("nobody", &[]), Err(Vec::new()));
    }
}
