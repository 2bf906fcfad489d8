//! Tables and columns in words for people.

/// The column in words, or nothing where it says nothing to a person: keys, and what follows from others.
pub(in crate::audit) fn column(table: &str, column: &str) -> Option<&'static str> {
    Some(match (table, column) {
        (
            _,
            "id" | "user_id" | "contact_id" | "tag_id" | "organization_id" | "field_id" | "position" | "created_at"
            | "import_id" | "is_nameless" | "enrichment_data" | "sort_key" | "email" | "phone" | "linkedin_url"
            | "cadence_since" | "version",
        ) => return None,
        ("contacts", "first_name") => "first name",
        ("contacts", "last_name") => "last name",
        ("contacts", "middle_name") => "middle name",
        ("contacts", "name_prefix") => "title before the name",
        ("contacts", "name_suffix") => "title behind the name",
        ("contacts", "display_name") => "name",
        ("contacts", "sort_name") => "name to sort by",
        ("contacts", "nickname") => "nickname",
        ("contacts", "notes") => "notes",
        ("contacts", "how_met") => "how you met",
        ("contacts", "met_at") => "where you met",
        ("contacts", "relationship_strength") => "strength",
        ("contacts" | "tags", "contact_frequency_days") => "days between contacts",
        ("contacts", "postponed_until") => "postponed until",
        ("contacts" | "organizations" | "interactions" | "reminders", "deleted_at") => "in the trash since",
        ("organizations" | "tags" | "own_fields", "name") => "name",
        ("own_fields", "kind") => "kind",
        ("own_fields", "choices") => "choices",
        ("contact_fields", "kind") | ("contact_relations", "other_contact_id") => return None,
        ("organizations", "domain") => "domain",
        ("organizations", "industry") => "industry",
        ("tags", "color") => "colour",
        ("contact_methods" | "contact_dates", "kind") => "kind",
        ("contact_methods" | "contact_dates", "label") => "label",
        ("contact_methods" | "contact_fields", "value") => "value",
        ("contact_dates", "date") => "date",
        ("contact_dates", "day") => "day",
        ("contact_dates", "month") => "month",
        ("contact_dates", "year") => "year",
        ("contact_employments", "title") => "title",
        ("contact_employments", "start_date") => "from",
        ("contact_employments", "end_date") => "to",
        ("contact_employments", "is_current") => "current",
        ("contact_relations", "kind") => "what the other one is",
        ("contact_relations", "word") => "what the other one is, in own words",
        ("contact_relations", "inverse_word") => "what she is to the other one",
        ("contact_relations", "started_on") => "from",
        ("contact_relations", "ended_on") => "until",
        ("contact_relations", "note") => "note",
        ("contact_extras", "properties") => "what else the card said",
        ("interactions", column) => return of_interactions(column),
        ("reminders" | "reminder_occurrences", column) => return of_reminders(column),
        (
            "contact_sources"
            | "contact_photos"
            | "interaction_participants"
            | "interaction_addresses"
            | "interaction_external_refs",
            _,
        ) => return None,
        _ => "another field",
    })
}

/// As [`column`], of what passed between her and people.
fn of_interactions(column: &str) -> Option<&'static str> {
    Some(match column {
        "interaction_type" => "what it was",
        "occurred_at" => "when",
        "occurred_on" => "day",
        "direction" => "direction",
        "subject" => "subject",
        "summary" => "summary",
        "is_contact" => "counts as contact",
        "external_id" | "external_source" | "updated_at" | "version" => return None,
        _ => "another field",
    })
}

/// As [`column`], of reminders and each time that they come.
fn of_reminders(column: &str) -> Option<&'static str> {
    Some(match column {
        "title" => "what",
        "note" => "note",
        "starts_at" => "when",
        "is_day" => "a date alone",
        "zone" => "time zone",
        "recurrence_rule" => "how often",
        "exdates" => "except on",
        "advance_days" => "days of notice",
        "dismissed_at" => "ended",
        "state" => "what became of it",
        "snoozed_until" => "put off until",
        "occurs_at_local" => "which one",
        "due_at" | "status" | "series_id" | "apart_from" | "apart_at" | "made_until" | "settled_at" | "reminder_id"
        | "rung_at" | "notice_at" | "noticed_at" | "updated_at" | "version" => return None,
        _ => "another field",
    })
}

/// What a row of the table is.
pub(in crate::audit) fn thing(table: &str) -> &'static str {
    match table {
        "contacts" => "person",
        "contact_methods" => "e-mail, phone or link",
        "contact_dates" => "date",
        "contact_extras" => "what else the card said",
        "contact_photos" => "photo",
        "contact_sources" => "import's memory",
        "contact_employments" => "post",
        "contact_relations" => "relation",
        "contact_tags" => "tag",
        "contact_fields" | "own_fields" => "own field",
        "organizations" => "organization",
        "tags" => "tag",
        "interactions" => "interaction",
        "interaction_participants" => "part in an interaction",
        "interaction_addresses" => "address in an interaction",
        "interaction_external_refs" => "id of an interaction elsewhere",
        "ignored_addresses" => "ignored address",
        "parted_addresses" => "parted address",
        "reminders" => "reminder",
        "reminder_occurrences" => "one time of a reminder",
        "ai_insights" => "insight",
        _ => "entry",
    }
}
