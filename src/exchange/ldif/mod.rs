//! LDIF (RFC 2849) in, without database or HTTP: what LDAP servers and older mail programs export.

mod attributes;
mod entry;
mod reader;

pub use reader::Reader;
