//! Whom the cells of a row name: contacts, addresses, and names of which it is not certain whom they mean.

use uuid::Uuid;

use super::directory::{Directory, Meant};
use crate::contacts::model::Person;
use crate::exchange::fields::What;
use crate::exchange::mail::normal_address;
use crate::text::clean;

/// The longest address, and the longest name beside it.
const LONGEST: usize = 255;
/// People of a row.
const MOST: usize = 500;

/// Somebody whom a row names.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    pub column: What,
    pub name: String,
    /// Empty where it is not said.
    pub address: String,
    pub contact: Option<Uuid>,
    pub is_own: bool,
}

/// By what cells are understood.
pub(super) struct Naming<'a> {
    pub directory: &'a Directory,
    /// Her addresses, in lower case.
    pub own: &'a [String],
}

impl Naming<'_> {
    /// Whom the cells name; else in one sentence who of them is not known for certain, and by which name.
    pub fn people(&self, cells: &[(What, &str)]) -> Result<Vec<Mention>, (String, Option<String>)> {
        let (mut people, mut doubts): (Vec<Mention>, Vec<(What, String, String)>) = (Vec::new(), Vec::new());
        for (column, cell) in cells {
            for text in self.parted(cell) {
                match self.mention(*column, text) {
                    Ok(mention) => people.push(mention),
                    Err(doubt) => doubts.push((*column, text.to_owned(), doubt)),
                }
            }
        }
        // A name in one column, her address in the next.
        let named = |one: &Mention| !one.address.is_empty() && one.name == one.address;
        if let ([(column, name, _)], true) = (&doubts[..], people.iter().filter(|one| named(one)).count() == 1)
            && let Some(one) = people.iter_mut().find(|one| named(one) && one.column == *column)
        {
            one.name = clean::cut(&clean::line(name), LONGEST).to_owned();
            doubts.clear();
        }
        match doubts.pop() {
            Some((_, name, doubt)) => Err((doubt, Some(spaced(&name)).filter(|name| !clean::is_blank(name)))),
            None if people.is_empty() => match self.directory.unnamed() {
                Some(contact) => Ok(vec![known(What::Who, "", Some(contact))]),
                None => Err(("It names nobody.".to_owned(), None)),
            },
            None => {
                people.truncate(MOST);
                Ok(people)
            }
        }
    }

    /// The people of a cell: one, if it means or may mean one as a whole; else what marks part.
    fn parted<'c>(&self, cell: &'c str) -> Vec<&'c str> {
        if self.meant(cell) != Meant::Nobody {
            return vec![cell];
        }
        let parts = cell.split([';', '|', '\n']).flat_map(|part| self.parted_by_commas(part.trim()));
        parts.flat_map(|part| self.parted_by_and(part)).filter(|part| !clean::is_blank(part)).collect()
    }

    /// A part may have the last name first: then its comma parts nobody.
    fn parted_by_commas<'c>(&self, part: &'c str) -> Vec<&'c str> {
        // `Lovelace, Ada <ada@x.example>`
        let name = part.split_once('<').map_or("", |(name, _)| name);
        let is_comma_in_name = part.matches('@').count() == 1 && !name.contains('@') && name.contains(',');
        if is_comma_in_name || self.meant(part) != Meant::Nobody || self.is_one_or_two(part) {
            return vec![part];
        }
        part.split(',').map(str::trim).collect()
    }

    /// A word parts where everybody beside it is known: else it may be of a name.
    fn parted_by_and<'c>(&self, part: &'c str) -> Vec<&'c str> {
        let is_known = |one: &&str| matches!(self.meant(one), Meant::One(_) | Meant::Herself);
        let sides = [" and ", " & ", " und "].map(|and| part.split(and).map(str::trim).collect::<Vec<_>>());
        let is_parted = |sides: &Vec<&str>| sides.len() > 1 && sides.iter().all(is_known);
        match self.meant(part) {
            Meant::Nobody => sides.into_iter().find(is_parted).unwrap_or_else(|| vec![part]),
            _ => vec![part],
        }
    }

    /// Whom a text means; `Last, First` also whoever is called `First Last`.
    fn meant(&self, text: &str) -> Meant {
        match (self.directory.find(text), sides(text)) {
            (Meant::Nobody, Some((last, first))) => self.directory.find(&format!("{first} {last}")),
            (meant, _) => meant,
        }
    }

    /// Whether a text that means nobody may be `Last, First` as well as two names. Two whole names are two people, and so are two
    /// sides of which one means somebody.
    fn is_one_or_two(&self, text: &str) -> bool {
        let Some((left, right)) = sides(text) else { return false };
        let words = |side: &str| side.split_whitespace().count();
        matches!((words(left), words(right)), (1, 1 | 2) | (2, 1))
            && !text.contains(char::is_numeric)
            && [left, right].into_iter().all(|side| self.directory.find(side) == Meant::Nobody)
    }

    fn mention(&self, column: What, text: &str) -> Result<Mention, String> {
        match self.meant(text) {
            Meant::One(contact) => return Ok(known(column, text, Some(contact))),
            Meant::Herself => return Ok(known(column, text, None)),
            Meant::Several => return Err(format!("Several people are called “{}”.", shown(text))),
            Meant::Nobody if self.is_one_or_two(text) => return Err(one_or_two(text)),
            Meant::Nobody => {}
        }
        let (name, address) =
            text.split_once('<').map_or(("", text), |(name, rest)| (name, rest.trim_end_matches('>')));
        let address = normal_address(address);
        if address.is_empty() || address.len() > LONGEST {
            return Err(format!("Nobody is called “{}”.", shown(text)));
        }
        let name = clean::line(name.trim().trim_matches('"'));
        let is_own = self.own.contains(&address);
        let name = if name.is_empty() { address.clone() } else { name };
        Ok(Mention { column, name, address, contact: None, is_own })
    }
}

/// A contact, or where there is none, herself.
fn known(column: What, name: &str, contact: Option<Uuid>) -> Mention {
    Mention { column, name: name.to_owned(), address: String::new(), contact, is_own: contact.is_none() }
}

/// The sides of the one comma of a text without addresses and other marks.
pub(super) fn sides(text: &str) -> Option<(&str, &str)> {
    let (left, right) = text.split_once(',')?;
    let (left, right) = (left.trim(), right.trim());
    let is_other = |c: char| matches!(c, '@' | '<' | ';' | '|' | '\n');
    (!text.contains(is_other) && !right.contains(',') && !left.is_empty() && !right.is_empty()).then_some((left, right))
}

/// Why a name is in doubt that may be two.
fn one_or_two(name: &str) -> String {
    format!("“{}” may be one person, last name first, or two.", shown(&spaced(name)))
}

/// Whether a name is in doubt for that.
pub(super) fn may_be_two(name: &str, reason: &str) -> bool {
    sides(name).is_some() && reason == one_or_two(name)
}

/// Somebody new of this name, which may have the last name first.
pub(super) fn somebody(name: &str) -> Person {
    match sides(name) {
        Some((last, first)) => Person {
            first_name: first.to_owned(),
            last_name: Some(last.to_owned()),
            ..Person::called(&format!("{first} {last}"))
        },
        None => Person::called(name),
    }
}

/// A name as it is kept: without double blanks.
fn spaced(name: &str) -> String {
    let name = clean::line(name).split_whitespace().collect::<Vec<_>>().join(" ");
    clean::cut(&name, LONGEST).to_owned()
}

/// A text as a sentence quotes it.
pub(super) fn shown(text: &str) -> String {
    clean::cut(&clean::line(text), 60).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whom cells name, or who is in doubt and why, for somebody who has Ada Lovelace and Bob.
    fn told(cells: &[&str]) -> String {
        let names = [("Ada Lovelace", Meant::One(Uuid::from_u128(1))), ("Bob", Meant::One(Uuid::from_u128(2)))];
        let directory = Directory::of(&names);
        let naming = Naming { directory: &directory, own: &[] };
        let cells: Vec<(What, &str)> = cells.iter().map(|cell| (What::Who, *cell)).collect();
        match naming.people(&cells) {
            Ok(people) => {
                people.iter().map(|one| format!("{} <{}>", one.name, one.address)).collect::<Vec<_>>().join(", ")
            }
            Err((reason, name)) => format!("{}: {reason}", name.unwrap_or_default()),
        }
    }

    #[test]
    fn last_name_first_is_whoever_is_called_so_and_of_somebody_unknown_it_is_asked() {
        assert_eq!(told(&["Lovelace,  Ada"]), "Lovelace,  Ada <>", "known by the name turned round");
        for unknown in ["Marsh, Zoe", "Marsh, Zoe Ann", "de Marsh, Zoe"] {
            let doubt = format!("{unknown}: “{unknown}” may be one person, last name first, or two.");
            assert_eq!(told(&[unknown]), doubt);
            let reason = doubt.split_once(": ").unwrap().1;
            assert!(may_be_two(unknown, reason));
        }
        assert_eq!(told(&["Marsh, Zoe", "zoe@x.example"]), "Marsh, Zoe <zoe@x.example>", "one address is one person's");
        for (several, doubted) in [
            ("Zoe Marsh, Yan Ito", "Yan Ito"),
            ("Zoe, Bob", "Zoe"),
            ("Zoe; Marsh", "Marsh"),
            ("Zoe, Yan, Eve", "Eve"),
            ("p1, p2", "p2"),
        ] {
            let doubt = told(&[several]);
            assert_eq!(doubt, format!("{doubted}: Nobody is called “{doubted}”."));
        }
        assert_eq!(told(&["Ada Lovelace, Bob"]), "Ada Lovelace <>, Bob <>");
        assert_eq!(told(&["Lovelace, Ada; Bob"]), "Lovelace, Ada <>, Bob <>");
        for both in ["Ada Lovelace and Bob", "Ada Lovelace & Bob"] {
            assert_eq!(told(&[both]), "Ada Lovelace <>, Bob <>");
        }
        assert_eq!(told(&["Zoe and Bob"]), "Zoe and Bob: Nobody is called “Zoe and Bob”.", "it may be of a name");
    }

    #[test]
    fn a_row_that_names_nobody_means_whom_she_says() {
        let mut directory = Directory::of(&[]);
        let people = |directory: &Directory, cells: &[(What, &str)]| {
            let people = Naming { directory, own: &[] }.people(cells);
            people.map(|people| people.into_iter().map(|one| one.contact).collect::<Vec<_>>())
        };
        let blank = [(What::Who, "; \u{200b}")];
        for nothing in [&blank[..0], &blank[..]] {
            assert_eq!(people(&directory, nothing), Err(("It names nobody.".to_owned(), None)));
        }
        let ada = Uuid::from_u128(1);
        directory.mean("", ada);
        assert_eq!(people(&directory, &[]), Ok(vec![Some(ada)]));
        assert!(people(&directory, &[(What::Who, "Zoe")]).is_err(), "that is somebody else");
    }

    #[test]
    fn somebody_new_has_the_last_name_that_stood_first() {
        let zoe = somebody("de Marsh, Zoe");
        assert_eq!((zoe.first_name.as_str(), zoe.last_name.as_deref()), ("Zoe", Some("de Marsh")));
        assert_eq!(zoe.display_name, "Zoe de Marsh");
        assert_eq!(somebody("Zoe Marsh").last_name.as_deref(), Some("Marsh"));
    }
}
