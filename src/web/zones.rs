//! The time zones that forms offer.

use super::Field;

/// Every zone that a select offers.
#[must_use]
pub fn names() -> Vec<&'static str> {
    chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect()
}

/// The zone that was chosen, by its name; refused at its field where it is none.
pub fn check(field: &mut Field) -> Option<String> {
    match field.value.trim().parse::<chrono_tz::Tz>() {
        Ok(zone) => Some(zone.name().to_owned()),
        Err(_) => {
            field.refuse("Choose a time zone from the list.");
            None
        }
    }
}
