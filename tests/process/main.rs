//! The `kith` program as an operator meets it: started, killed, started again, asked and given wrong settings.
#![expect(clippy::unwrap_used, reason = "a test says what it expects and fails where that is not so")]

#[path = "../cluster/mod.rs"]
mod cluster;
mod program;
#[path = "../smtp/mod.rs"]
mod smtp;

mod commands;
mod deliveries;
mod foreign;
mod log;
mod settings;
mod start;
