//! Kith: a self-hosted personal network CRM.
//!
//! The map, from the ground up. `config`, `limits`, `error`, `telemetry`, `background`, `db`, `outgoing`, `text`, `dates`,
//! `recurrence`, `web` and `by_name` know no feature. A feature may call another's `model`, `queries` and `views`, never
//! its `pages` or `forms`. `docs/ARCHITECTURE.md` has more of it.

/// Users, passwords, sessions; the middleware that turns a cookie into a [`db::CurrentUser`].
pub mod accounts;
/// What an account holds beside what it may hold.
pub mod allowance;
/// Builds the server: the same function in production and in tests.
pub mod app;
/// What changed, and taking it back.
pub mod audit;
/// Work on a thread of its own.
pub mod background;
/// Tables whose rows are called by their names.
pub mod by_name;
/// The command line: one file for each subcommand.
pub mod cli;
/// Every setting, documented on its field.
pub mod config;
/// The people she knows.
pub mod contacts;
/// Whom she writes with, and who is nobody's contact yet.
pub mod correspondents;
/// How she writes days and hours.
pub mod dates;
/// The first page: what is due, whom to be in touch with, what came.
pub mod day;
/// The only door to PostgreSQL.
pub mod db;
/// Telling her what is due.
pub mod delivery;
/// Example people to try Kith with.
pub mod demo;
/// The whole table of jobs.
pub mod duties;
/// What can go wrong in a request, and how it shows itself.
pub mod error;
/// Import and export.
pub mod exchange;
/// A calendar that other programs subscribe to.
pub mod feeds;
/// What passed between her and people.
pub mod interactions;
/// Work that outlives a request.
pub mod jobs;
/// Closing one's own account.
pub mod leaving;
/// What accounts of each tier may hold: settings.
pub mod limits;
/// What keeps the instance itself in order.
pub mod operations;
/// Companies and other groups of people.
pub mod organizations;
/// What leaves this server for others.
pub mod outgoing;
/// The embedded PostgreSQL server.
pub mod postgres;
/// What repeats: recurrence rules, their occurrences, a sentence for each.
pub mod recurrence;
/// What she wants to be told, and when.
pub mod reminders;
/// The whole URL table.
pub mod routes;
/// Finding people by what one remembers of them.
pub mod search;
/// What a user changes of her own account.
pub mod settings;
/// Labels for people.
pub mod tags;
/// The log.
pub mod telemetry;
/// What text is to Kith: words to search by, keys to sort by, Markdown to show.
pub mod text;
/// What was put away and can come back.
pub mod trash;
/// Pages, forms, tokens and headers: what every feature's pages stand on.
pub mod web;
