//! What somebody may be to somebody.

use std::str::FromStr;

/// What the other one is to her; the names are those of `contact_relations.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Mother or father.
    Parent,
    /// Daughter or son.
    Child,
    /// Wife, husband or companion.
    Partner,
    /// Sister or brother.
    Sibling,
    /// Whom she reports to.
    Manager,
    /// Who reports to her.
    Report,
    /// A friend.
    Friend,
    /// Who introduced her.
    IntroducedBy,
    /// Whom she introduced.
    Introduced,
    /// Whatever two words of one's own say.
    Own,
}

impl Kind {
    /// All, in the order in which pages offer them, each with the database's word and that for people.
    pub const ALL: [(Self, &'static str, &'static str); 10] = [
        (Self::Partner, "partner", "Partner"),
        (Self::Parent, "parent", "Parent"),
        (Self::Child, "child", "Child"),
        (Self::Sibling, "sibling", "Sibling"),
        (Self::Friend, "friend", "Friend"),
        (Self::Manager, "manager", "Manager"),
        (Self::Report, "report", "Report"),
        (Self::IntroducedBy, "introduced by", "Introduced by"),
        (Self::Introduced, "introduced", "Introduced"),
        (Self::Own, "own", "In words of your own"),
    ];

    fn row(self) -> (Self, &'static str, &'static str) {
        Self::ALL.into_iter().find(|(kind, ..)| *kind == self).unwrap_or(Self::ALL[0])
    }

    /// The database's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// The word for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.row().2
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|(_, name, _)| *name == word).map(|(kind, ..)| kind).ok_or(())
    }
}
