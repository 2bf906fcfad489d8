//! Calendars in (iCalendar, RFC 5545; what vCalendar 1.0 has in common with it), without database or HTTP.
//!
//! [`Reader`] reads a file event by event: one event is in memory, whatever the size of the file. An [`Event`] says when
//! it is by the wall clock of a zone, and [`occurrences`] makes of all events of one UID what really takes place.
//! Content lines are read by what reads those of vCards: the formats share folding, parameters and charsets.
//!
//! What the RFC leaves open is decided so:
//! - A start that does not match its rule is no occurrence (see [`recurrence`](crate::recurrence)).
//! - A time zone is found by its name (IANA, also behind a prefix; Windows), else in the file's own VTIMEZONE, else by what
//!   lists of zones show of it, a city or an offset; where none knows it the time is floating and a note says so.
//! - RECURRENCE-ID with RANGE=THISANDFUTURE moves each later occurrence by as much as it moves its own, and ends the
//!   series if it is cancelled. Rules of such an event are not read: the series keeps that of its master.
//! - An instance that stands in the file is an occurrence even if its rule or an EXDATE says otherwise; one that has a
//!   rule of its own, and whose series stands nowhere, is the series.
//! - A rule in vCalendar 1.0's own grammar is translated; where it says what has no translation, the event has its first
//!   occurrence and a note.
//! - What METHOD says (RFC 5546): CANCEL calls off what it names, ADD adds a time to a series; of what whoever is invited
//!   sends (REPLY, COUNTER, REFRESH) [`Calendar::why_no_event`] says that it tells nothing of an event.
//! - To-dos, journals and free-busy times are left out.

#[cfg(test)]
mod any_calendar;
mod attendee;
mod component;
mod displayed;
mod event;
mod file_zone;
#[cfg(test)]
mod fixtures;
mod moment;
mod occurrences;
mod old_rule;
mod producer;
mod reader;
mod windows;
mod zone;

pub use attendee::{Attendee, CalendarUser, Participation, Role};
pub use event::{Calendar, Class, Event, InstanceId, Status, unknown_zones};
pub use file_zone::FileZone;
pub use moment::{Clock, Moment, Zone};
pub use occurrences::{Occurrence, Window, occurrences};
pub use reader::{Others, Reader, Record};
