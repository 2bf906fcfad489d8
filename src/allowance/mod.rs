//! What an account holds beside what its tier takes at most. Whatever adds people or files asks here, in the
//! transaction that adds them. An edit, a restoration and an undo are never refused: what she has is hers.

mod queries;
mod views;

use chrono_tz::Tz;

use crate::db::TenantTx;
use crate::error::AppError;
use crate::limits::Limits;
use crate::web::number::{bytes, grouped};

pub use queries::Usage;
pub use views::{Figure, figures};

/// What she holds, for the pages that show it; none where nothing is limited, and nothing is asked then.
///
/// # Errors
/// When the database fails.
pub async fn usage(tx: &mut TenantTx<'_>, zone: Tz) -> Result<Option<Usage>, AppError> {
    if tx.limits().are_none() { Ok(None) } else { queries::usage(tx, zone).await.map(Some) }
}

/// Why so many more people cannot be added now; none where they can.
///
/// # Errors
/// When the database fails.
pub async fn refusal_of_people(tx: &mut TenantTx<'_>, more: i64) -> Result<Option<String>, AppError> {
    let limits = tx.limits();
    if more <= 0 || limits.contacts.is_none() && limits.megabytes.is_none() {
        return Ok(None);
    }
    let usage = queries::holding(tx).await?;
    Ok(too_many_people(limits, &usage, more).or_else(|| too_full(limits, &usage, 0)))
}

/// Refuses the people that this transaction has just added, where they are too many. The row that counts them is locked
/// by then, so that two who add at once are counted one after the other.
///
/// # Errors
/// `Limit` where they are, and when the database fails.
pub async fn check_added_people(tx: &mut TenantTx<'_>, added: usize) -> Result<(), AppError> {
    let limits = tx.limits();
    if added == 0 || limits.contacts.is_none() && limits.megabytes.is_none() {
        return Ok(());
    }
    let mut usage = queries::holding(tx).await?;
    let more = i64::try_from(added).unwrap_or(i64::MAX);
    usage.contacts -= more;
    let refusal = too_many_people(limits, &usage, more).or_else(|| too_full(limits, &usage, 0));
    refusal.map_or(Ok(()), |says| Err(AppError::Limit(says)))
}

/// Why a file of this size cannot be taken in now; none where it can. What two who bring files at once see is settled
/// by the turn that the caller takes.
///
/// # Errors
/// When the database fails.
pub async fn refusal_of_file(tx: &mut TenantTx<'_>, zone: Tz, size: i64) -> Result<Option<String>, AppError> {
    let limits = tx.limits();
    let Some(usage) = usage(tx, zone).await? else { return Ok(None) };
    let of_day = limits.imports.filter(|most| i64::from(*most) <= usage.imports).map(|most| match most {
        0 => format!("This account takes in no files. {ASK}"),
        1 => format!("This account takes in one file a day, and today's was taken. Bring the next tomorrow. {ASK}"),
        most => format!(
            "This account takes in {} files a day, and today's were taken. Bring the next tomorrow. {ASK}",
            grouped(most)
        ),
    });
    Ok(of_day.or_else(|| too_full(limits, &usage, size)))
}

/// Why so many more bytes cannot be kept now; none where they can.
///
/// # Errors
/// When the database fails.
pub async fn refusal_of_bytes(tx: &mut TenantTx<'_>, size: i64) -> Result<Option<String>, AppError> {
    let limits = tx.limits();
    if limits.megabytes.is_none() { Ok(None) } else { Ok(too_full(limits, &queries::holding(tx).await?, size)) }
}

const ASK: &str = "Whoever runs this instance can allow more.";

fn too_many_people(limits: Limits, usage: &Usage, more: i64) -> Option<String> {
    let most = limits.contacts.map(i64::from).filter(|most| usage.contacts + more > *most)?;
    let room = (most - usage.contacts).max(0);
    let fit = match room {
        0 => "nobody can be added".to_owned(),
        1 => "one more can be added".to_owned(),
        room => format!("{} more can be added", grouped(room)),
    };
    let wanted = if more > 1 { format!(", not {}", grouped(more)) } else { String::new() };
    Some(format!(
        "This account takes at most {} people and has {}: {fit}{wanted}. Put whom you don't need into the trash first. {ASK}",
        grouped(most),
        grouped(usage.contacts)
    ))
}

fn too_full(limits: Limits, usage: &Usage, more: i64) -> Option<String> {
    let most = limits.bytes().filter(|most| usage.bytes + more > *most)?;
    let wanted = if more > 0 { format!(", and this would be {} more", bytes(more)) } else { String::new() };
    Some(format!("This account takes at most {} and holds {}{wanted}. {ASK}", bytes(most), bytes(usage.bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const USAGE: Usage = Usage { contacts: 998, imports: 0, bytes: 900_000 };

    #[test]
    fn the_last_that_fit_are_taken_and_one_more_is_not() {
        let limits = Limits { contacts: Some(1000), imports: None, megabytes: Some(1) };
        assert_eq!(too_many_people(limits, &USAGE, 2), None);
        let says = too_many_people(limits, &USAGE, 3).unwrap();
        assert!(says.contains("at most 1,000 people and has 998: 2 more can be added, not 3."), "{says}");
        assert_eq!(too_full(limits, &USAGE, 100_000), None);
        assert!(too_full(limits, &USAGE, 100_001).unwrap().contains("at most 1 MB and holds 900 KB"));
    }

    #[test]
    fn whoever_stands_above_a_limit_is_told_that_nobody_fits() {
        let limits = Limits { contacts: Some(10), ..Limits::default() };
        let says = too_many_people(limits, &USAGE, 1).unwrap();
        assert!(says.contains("has 998: nobody can be added."), "{says}");
        assert_eq!((too_many_people(Limits::default(), &USAGE, 1), too_full(limits, &USAGE, 1)), (None, None));
    }
}
