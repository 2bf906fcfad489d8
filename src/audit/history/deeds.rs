//! What a change set did, in a few words: the end of a sentence that begins with whom it was about.

use std::collections::BTreeSet;

use super::queries::Glimpse;
use super::words::column;

/// What was done, as the end of a sentence that begins with whom it was about: `added`, `notes, tags changed`.
pub(super) fn deeds(rows: &[Glimpse]) -> String {
    if rows.is_empty() {
        return "changed".to_owned();
    }
    let whole = |table: &str, action: &str| rows.iter().any(|row| row.table == table && row.action == action);
    for table in ["contacts", "organizations", "tags", "own_fields"] {
        if whole(table, "INSERT") {
            return "added".to_owned();
        }
        if whole(table, "DELETE") {
            return "deleted".to_owned();
        }
    }
    for (action, deed) in [("INSERT", "interaction logged"), ("DELETE", "interaction deleted")] {
        if whole("interactions", action) {
            return deed.to_owned();
        }
    }
    if let Some(deed) = of_reminder(rows) {
        return deed.to_owned();
    }
    let is_of_interactions = rows.iter().any(|row| row.table == "interactions");
    match rows.iter().find_map(|row| row.is_trashed.filter(|_| row.columns.iter().any(|name| name == "deleted_at"))) {
        Some(true) if is_of_interactions => return "interaction put into the trash".to_owned(),
        Some(false) if is_of_interactions => return "interaction restored".to_owned(),
        Some(true) => return "put into the trash".to_owned(),
        Some(false) => return "restored".to_owned(),
        None => {}
    }
    let parts: BTreeSet<&str> = rows.iter().flat_map(parts).collect();
    let only = |table: &str, action: &str| rows.iter().all(|row| row.table == table && row.action == action);
    if only("contact_tags", "INSERT") {
        "tagged".to_owned()
    } else if only("contact_tags", "DELETE") {
        "tag removed".to_owned()
    } else if parts.is_empty() {
        "changed".to_owned()
    } else {
        format!("{} changed", parts.into_iter().collect::<Vec<_>>().join(", "))
    }
}

/// What was done with a reminder, where nothing but reminders was changed.
fn of_reminder(rows: &[Glimpse]) -> Option<&'static str> {
    let is_reminder = |row: &Glimpse| matches!(row.table.as_str(), "reminders" | "reminder_occurrences");
    if !rows.iter().all(is_reminder) {
        return None;
    }
    let of = |table: &str, action: &str| rows.iter().filter(|row| row.table == table && row.action == action).count();
    let changed = |column: &str| rows.iter().any(|row| row.columns.iter().any(|name| name == column));
    Some(match (of("reminders", "INSERT"), of("reminders", "UPDATE"), of("reminders", "DELETE")) {
        (1.., 1.., _) => "part of a reminder edited apart",
        (1.., ..) => "reminder added",
        (_, _, 1..) => "reminder deleted",
        _ if changed("dismissed_at") => "reminder ended",
        _ if changed("deleted_at") && rows.iter().any(|row| row.is_trashed == Some(true)) => {
            "reminder put into the trash"
        }
        _ if changed("deleted_at") => "reminder restored",
        (_, 1.., _) => "reminder changed",
        _ if changed("state") => "reminder done or left out",
        _ => "reminder put off",
    })
}

fn parts(row: &Glimpse) -> Vec<&'static str> {
    match row.table.as_str() {
        "contacts" | "organizations" | "tags" | "own_fields" | "interactions" => {
            row.columns.iter().filter_map(|name| column(&row.table, name)).collect()
        }
        "contact_methods" => vec!["e-mails, phones and links"],
        "contact_dates" => vec!["dates"],
        "contact_employments" => vec!["posts"],
        "contact_relations" => vec!["relations"],
        "contact_tags" => vec!["tags"],
        "contact_fields" => vec!["own fields"],
        "contact_photos" => vec!["photo"],
        "contact_extras" => vec!["what else the card said"],
        "interaction_participants" => vec!["who took part"],
        "ignored_addresses" => vec!["ignored addresses"],
        "parted_addresses" => vec!["parted addresses"],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(table: &str, action: &str, columns: &[&str], is_trashed: Option<bool>) -> Glimpse {
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        Glimpse { table: table.into(), action: action.into(), contact: None, name: None, columns, is_trashed }
    }

    #[test]
    fn a_sentence_says_the_most_that_happened() {
        let cases = [
            (vec![row("contact_methods", "INSERT", &[], None), row("contacts", "INSERT", &[], None)], "added"),
            (vec![row("contacts", "UPDATE", &["deleted_at"], Some(true))], "put into the trash"),
            (vec![row("contacts", "UPDATE", &["deleted_at"], Some(false))], "restored"),
            (vec![row("contacts", "UPDATE", &["notes", "last_name"], Some(false))], "last name, notes changed"),
            (vec![row("contact_tags", "INSERT", &[], None)], "tagged"),
            (vec![row("contact_tags", "DELETE", &[], None), row("contact_tags", "INSERT", &[], None)], "tags changed"),
            (
                vec![row("interactions", "INSERT", &[], None), row("interaction_participants", "INSERT", &[], None)],
                "interaction logged",
            ),
            (vec![row("interactions", "UPDATE", &["deleted_at"], Some(true))], "interaction put into the trash"),
            (
                vec![
                    row("interactions", "UPDATE", &["occurred_at", "subject"], None),
                    row("interaction_participants", "DELETE", &[], None),
                ],
                "subject, when, who took part changed",
            ),
            (vec![row("contact_sources", "UPDATE", &["card"], None)], "changed"),
            (vec![], "changed"),
            (vec![row("reminders", "INSERT", &[], None)], "reminder added"),
            (vec![row("reminder_occurrences", "UPDATE", &["state", "settled_at"], None)], "reminder done or left out"),
            (vec![row("reminder_occurrences", "UPDATE", &["snoozed_until"], None)], "reminder put off"),
            (vec![row("reminders", "UPDATE", &["deleted_at"], Some(true))], "reminder put into the trash"),
        ];
        for (rows, sentence) in cases {
            assert_eq!(deeds(&rows), sentence, "{rows:?}");
        }
    }
}
