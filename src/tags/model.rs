//! What is edited of a tag.

/// The index that keeps names apart.
pub const NAME_KEY: &str = "tags_name_key";

/// A tag as its form says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tag {
    /// Trimmed, in NFC and without control characters; at most 100 characters.
    pub name: String,
    /// `#rrggbb` in lower case.
    pub color: Option<String>,
    /// The cadence of people with this tag who have none of their own: days, 1 to 3,660.
    pub contact_frequency_days: Option<i32>,
}

/// Colours that stand apart from each other and from light and dark paper.
const PALETTE: [&str; 12] = [
    "#c0504d", "#c8692e", "#b08a1e", "#7f9a2f", "#3f9a55", "#2a9a8a", "#2f8fb5", "#4f74c8", "#7a62c4", "#a354b0",
    "#c24f86", "#7d8590",
];

/// The colour of a tag for which none was chosen: always the same for the same name.
#[must_use]
pub fn color_of(name: &str) -> &'static str {
    // FNV-1a: the standard library's hash may change with a release.
    let hash = name
        .to_lowercase()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let place = usize::try_from(hash >> 32).unwrap_or(0) % PALETTE.len();
    PALETTE.get(place).copied().unwrap_or("#7d8590")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_colour_whatever_its_case_and_many_names_have_many() {
        assert_eq!(color_of("Friend"), color_of("friend"));
        let names = [
            "friend",
            "family",
            "work",
            "lisbon",
            "school",
            "أصدقاء",
            "同僚",
            "chess",
            "band",
            "climbing",
            "vip",
            "press",
        ];
        let colours: std::collections::HashSet<_> = names.map(color_of).into();
        assert!(colours.len() >= 6, "{colours:?}");
    }
}
