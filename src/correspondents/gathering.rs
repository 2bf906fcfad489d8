//! Which addresses are one person's. The database counts by address; who is one person it can't tell, so whoever adds
//! addresses calls this after it, until it says that nothing is left to look at.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::queries::people::{self, Standing};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::exchange::mail::same_person::{LIKELY, likelihood, mark};

/// Looks at addresses that are new or called otherwise than before, a thousand at most, and says whether there may be
/// more. Four statements, however many.
///
/// # Errors
/// When the database fails.
pub async fn gather(tx: &mut TenantTx<'_>) -> Result<bool, AppError> {
    let fresh = people::unmarked(tx).await?;
    if fresh.is_empty() {
        return Ok(false);
    }
    let marks: Vec<_> = fresh.iter().map(|one| mark(one.name(), &one.address)).collect();
    let sought: BTreeSet<&String> = marks.iter().flat_map(|mark| &mark.sought).collect();
    let persons: Vec<Uuid> = fresh.iter().map(|one| one.person_id).collect();
    let mut known = Known::new(people::alike(tx, &Vec::from_iter(sought), &persons).await?);
    let mut rows = people::Marked::default();
    for (one, mark) in fresh.iter().zip(marks) {
        let person = known.join(one, &mark.sought);
        if !mark.own.is_empty() && one.apart.is_none() {
            known.marks.entry(mark.own.clone()).or_default().insert(person);
        }
        rows.push(one, person, mark.own);
    }
    people::write_marks(tx, &rows).await?;
    Ok(fresh.len() == people::AT_ONCE)
}

/// Whoever may be one of those who are looked at.
struct Known {
    members: HashMap<Uuid, Vec<Standing>>,
    marks: BTreeMap<String, BTreeSet<Uuid>>,
}

impl Known {
    fn new(rows: Vec<Standing>) -> Self {
        let mut known = Self { members: HashMap::new(), marks: BTreeMap::new() };
        for row in rows {
            if let Some(mark) = row.person_key.clone().filter(|mark| !mark.is_empty() && row.apart.is_none()) {
                known.marks.entry(mark).or_default().insert(row.person_id);
            }
            known.members.entry(row.person_id).or_default().push(row);
        }
        known
    }

    /// Whose address this is: whose the user said it is; else its own person's, unless it is all that there is of that
    /// one and another is likely she.
    fn join(&mut self, one: &Standing, sought: &[String]) -> Uuid {
        if let Some(person) = one.apart {
            return person;
        }
        if self.members.get(&one.person_id).is_some_and(|members| members.len() > 1) {
            return one.person_id;
        }
        let near: BTreeSet<Uuid> = sought.iter().filter_map(|mark| self.marks.get(mark)).flatten().copied().collect();
        let found = near.into_iter().find(|person| *person != one.person_id && self.is_of(one, *person));
        let person = found.unwrap_or(one.person_id);
        if person != one.person_id {
            self.members.remove(&one.person_id);
            self.members.entry(person).or_default().push(Standing { person_id: person, ..one.clone() });
        }
        person
    }

    /// Whoever is called something has to be likely she: `Ann Lee` is one with `Ann B Lee` or with `Ann C Lee`, not
    /// both.
    fn is_of(&self, one: &Standing, person: Uuid) -> bool {
        let Some(members) = self.members.get(&person) else { return false };
        let is_likely =
            |other: &&Standing| likelihood((one.name(), &one.address), (other.name(), &other.address)) >= LIKELY;
        members.iter().any(|other| is_likely(&other))
            && members.iter().filter(|other| !other.name().is_empty()).all(|other| is_likely(&other))
    }
}
