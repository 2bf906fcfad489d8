//! A calendar that her other programs subscribe to (iCalendar, RFC 5545): what she wants to be told, the days of her
//! people, and whom to get in touch with. They bring no session, so the address itself is the secret.
//!
//! What the RFC leaves open is decided so:
//! - It shows what is open, by the rule as it is now. What was done, skipped or dismissed is not in it, nor is what
//!   lies in the trash.
//! - An occurrence that was put off, or edited alone, is one of its series (RECURRENCE-ID), as long as the series' rule
//!   has it.
//! - Days of people come each year; the 29th of February is the last day of February in other years. Where the year is
//!   not known the event begins in 2000.
//! - Nothing in it makes her busy (TRANSP).

mod calendar;
mod component;
mod pages;
mod queries;
mod reminder;
mod zone;

use actix_web::web::ServiceConfig;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(pages::show).service(pages::create).service(pages::revoke).service(pages::calendar);
}
