//! Kith over HTTP, as its users meet it: the real application, a real PostgreSQL, row security on.
#![expect(clippy::unwrap_used, reason = "a test says what it expects and fails where that is not so")]

#[path = "../cluster/mod.rs"]
mod cluster;
mod harness;
#[path = "../smtp/mod.rs"]
mod smtp;

mod accounts;
mod assets;
mod bad_input;
mod bulk;
mod command_line;
mod commands;
mod contact_list;
mod contacts;
mod correspondent_counts;
mod correspondents;
mod day;
mod deliveries;
mod demo;
mod every_route;
mod feeds;
mod group_merges;
mod guards;
mod heat;
mod history;
mod hostile_text;
mod how_you_met;
mod imports;
mod instance;
mod interaction_lists;
mod interactions;
mod invitations;
mod isolation;
mod jobs;
mod kept;
mod keyboard;
mod last_contact;
mod leaving;
mod limits;
mod merging;
mod months;
mod organizations;
mod own_fields;
mod partition;
mod phones;
mod photos;
mod relations;
mod reminder_occurrences;
mod reminders;
mod rls_catalog;
mod schema;
mod search;
mod search_pages;
mod statement_counts;
mod tags;
mod tenancy;
mod threads;
mod tone;
mod touch;
mod trash;
mod undo;
mod undo_sql;
mod url_table;
mod user_command;
mod whole_account;
