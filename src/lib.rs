//! Kith: a self-hosted personal network CRM.
//!
//! The map, from the ground up. `config`, `db` and `web` know no feature; a feature may call another's
//! `model` and `queries`, never its `pages` or `forms`.

/// Users, passwords, sessions; the middleware that turns a cookie into a [`db::CurrentUser`].
pub mod accounts;
/// Builds the server: the same function in production and in tests.
pub mod app;
/// The command line: one file for each subcommand.
pub mod cli;
/// Every setting, documented on its field.
pub mod config;
/// The only door to PostgreSQL.
pub mod db;
/// What can go wrong in a request, and how it shows itself.
pub mod error;
/// What keeps the instance itself in order.
pub mod operations;
/// The embedded PostgreSQL server.
pub mod postgres;
/// The whole URL table.
pub mod routes;
/// The log.
pub mod telemetry;
/// Pages, forms, tokens and headers: what every feature's pages stand on.
pub mod web;
