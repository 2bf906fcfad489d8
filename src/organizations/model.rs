//! What is edited of an organization.

/// The index that keeps names apart among what is not in the trash.
pub const NAME_KEY: &str = "organizations_name_key";

/// An organization as its form says it. Texts are trimmed, in NFC and without control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organization {
    /// At most 255 characters.
    pub name: String,
    /// Of its website: a host in lower case, at most 255 characters.
    pub domain: Option<String>,
    /// What it does; at most 100 characters.
    pub industry: Option<String>,
}
