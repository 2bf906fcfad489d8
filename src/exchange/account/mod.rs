//! Everything that an account owns as one JSON document, and back into an account that holds nothing.
//!
//! The document is an object: `kith_account` (the version of this form, 1) comes first, then `user` (name, zone and
//! settings), then each table of [`TABLES`] with an array of its rows as PostgreSQL's `to_jsonb` writes them, `user_id`
//! left out. What is not in it: the history and what can be undone by it, the records of imports, sessions and the
//! password. What is derived (search documents, counts) is made anew.

/// Out.
pub mod export;
mod faults;
mod queries;
/// Back in.
pub mod restore;
mod unreadable;

/// The version of the form.
const VERSION: u64 = 1;

/// The account's own tables, each behind those that it refers to, with the columns that tell its rows apart.
pub const TABLES: [(&str, &str); 26] = [
    ("organizations", "id"),
    ("tags", "id"),
    ("own_fields", "id"),
    ("contacts", "id"),
    ("contact_methods", "id"),
    ("contact_dates", "id"),
    ("contact_fields", "id"),
    ("contact_extras", "contact_id"),
    ("photos", "id"),
    ("contact_photos", "contact_id"),
    ("contact_employments", "id"),
    ("contact_tags", "contact_id, tag_id"),
    ("contact_relations", "id"),
    ("contact_sources", "id"),
    ("contact_embeddings", "contact_id"),
    ("interactions", "id, occurred_at"),
    ("interaction_participants", "interaction_id, contact_id"),
    ("interaction_addresses", "interaction_id, position"),
    ("interaction_external_refs", "namespace, external_id"),
    ("ignored_addresses", "id"),
    ("parted_addresses", "id"),
    ("mail_threads", "message_id"),
    ("reminders", "id"),
    ("reminder_occurrences", "reminder_id, occurs_at_local"),
    ("ai_insights", "id"),
    ("import_layouts", "signature"),
];

/// The tables of an account that are not in the document: derived, or of this instance alone.
pub const LEFT_OUT: [&str; 24] = [
    "account_sizes",
    "audit_logs",
    "change_sets",
    "channels",
    "contact_counts",
    "contact_name_tokens",
    "contact_periods",
    "contact_search_documents",
    "correspondents",
    "credentials",
    "deliveries",
    "delivery_attempts",
    "delivery_items",
    "feeds",
    "import_items",
    "import_parts",
    "imports",
    "interaction_months",
    "interaction_search_documents",
    "invitations",
    "jobs",
    "sessions",
    "undo_people",
    "users",
];
