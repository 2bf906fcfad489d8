//! Who takes part (RFC 5545, sections 3.8.4.1 and 3.8.4.3).

use crate::exchange::vcard::content_line::ContentLine;
use crate::exchange::vcard::escape::unescape;

/// Somebody who takes part in an event, or called it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attendee {
    /// CN.
    pub name: Option<String>,
    /// The address of a `mailto:` link, or of EMAIL, in small letters.
    pub email: Option<String>,
    /// PARTSTAT.
    pub participation: Participation,
    /// ROLE.
    pub role: Role,
    /// CUTYPE.
    pub user: CalendarUser,
}

/// PARTSTAT; what is unknown is as if nothing was said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Participation {
    /// Has not answered.
    #[default]
    NeedsAction,
    /// Comes.
    Accepted,
    /// Does not come.
    Declined,
    /// Comes perhaps.
    Tentative,
    /// Sends somebody else.
    Delegated,
}

/// ROLE.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Role {
    /// Leads it.
    Chair,
    /// Has to be there.
    #[default]
    Required,
    /// May be there.
    Optional,
    /// Is told only.
    Informed,
}

/// CUTYPE.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CalendarUser {
    /// A person.
    #[default]
    Individual,
    /// Several.
    Group,
    /// A thing.
    Resource,
    /// A room.
    Room,
    /// Not known.
    Unknown,
}

impl Attendee {
    /// Reads an ATTENDEE or ORGANIZER. `None` if it names nobody.
    pub(super) fn read(line: &ContentLine) -> Option<Self> {
        let param = |name| line.param(name).map(str::trim).find(|value| !value.is_empty());
        let value = unescape(line.value.trim());
        let (shown, value) = match value.split_once('<') {
            // vCalendar 1.0: Ada Lovelace <ada@example.com>
            Some((shown, rest)) => (Some(shown.trim().trim_matches('"').to_owned()), rest.trim_end_matches(['>', ' '])),
            None => (None, value.as_str()),
        };
        let name =
            param("CN").map(unescape).or(shown).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let email = address(value).or_else(|| param("EMAIL").and_then(address));
        if name.is_none() && email.is_none() {
            return None;
        }
        // What a CN says is often the address again.
        let name = name.filter(|name| address(name).is_none_or(|address| Some(address) != email));
        let status = param("PARTSTAT").or_else(|| param("STATUS")).unwrap_or_default();
        Some(Self {
            name,
            email,
            participation: participation(status),
            role: role(param("ROLE").unwrap_or_default()),
            user: user(param("CUTYPE").unwrap_or_default()),
        })
    }
}

fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let is_link = text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    let text = if is_link { &text[7..] } else { text };
    let address = text.split('?').next().unwrap_or_default().trim();
    let (local, domain) = address.rsplit_once('@')?;
    let is_plain = !local.is_empty() && !domain.is_empty() && !address.contains([' ', '<', '>', '/']);
    (is_plain && !address.contains(':')).then(|| address.to_lowercase())
}

fn participation(word: &str) -> Participation {
    match word.to_ascii_uppercase().as_str() {
        "ACCEPTED" | "CONFIRMED" => Participation::Accepted,
        "DECLINED" => Participation::Declined,
        "TENTATIVE" => Participation::Tentative,
        "DELEGATED" => Participation::Delegated,
        _ => Participation::NeedsAction,
    }
}

fn role(word: &str) -> Role {
    match word.to_ascii_uppercase().as_str() {
        "CHAIR" => Role::Chair,
        "OPT-PARTICIPANT" => Role::Optional,
        "NON-PARTICIPANT" => Role::Informed,
        _ => Role::Required,
    }
}

fn user(word: &str) -> CalendarUser {
    match word.to_ascii_uppercase().as_str() {
        "" | "INDIVIDUAL" => CalendarUser::Individual,
        "GROUP" => CalendarUser::Group,
        "RESOURCE" => CalendarUser::Resource,
        "ROOM" => CalendarUser::Room,
        _ => CalendarUser::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<Attendee> {
        Attendee::read(&ContentLine::of_text(line).unwrap())
    }

    #[test]
    fn somebody_is_read_with_what_is_said_of_her() {
        let line =
            "ATTENDEE;CN=\"Lovelace, Ada\";PARTSTAT=DECLINED;ROLE=OPT-PARTICIPANT;CUTYPE=GROUP:MAILTO:Ada@Example.com";
        let expected = Attendee {
            name: Some("Lovelace, Ada".to_owned()),
            email: Some("ada@example.com".to_owned()),
            participation: Participation::Declined,
            role: Role::Optional,
            user: CalendarUser::Group,
        };
        assert_eq!(read(line), Some(expected));
    }

    #[test]
    fn the_address_may_stand_elsewhere_and_be_no_name() {
        for (line, name, email) in [
            ("ATTENDEE;CN=Bob;EMAIL=bob@example.com:/principals/bob", Some("Bob"), Some("bob@example.com")),
            ("ATTENDEE:Bob Jones <bob@example.com>", Some("Bob Jones"), Some("bob@example.com")),
            ("ATTENDEE;CN=bob@example.com:mailto:bob@example.com", None, Some("bob@example.com")),
            ("ATTENDEE:bob@example.com", None, Some("bob@example.com")),
            ("ATTENDEE;CN=Bob:invalid:nomail", Some("Bob"), None),
        ] {
            let attendee = read(line).unwrap();
            assert_eq!((attendee.name.as_deref(), attendee.email.as_deref()), (name, email), "{line}");
        }
        assert_eq!(read("ATTENDEE:"), None);
    }
}
