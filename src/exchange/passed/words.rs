//! The words of tables for what passed.

use crate::text::clean;

/// The longest type that an interaction has.
const KIND: usize = 50;

/// A type as programs and people call it; another word stays as it is.
pub(super) fn kind_of(cell: &str) -> Option<String> {
    let word = clean::line(cell).to_lowercase();
    let known = match word.as_str() {
        "" => return None,
        "email" | "e-mail" | "mail" | "emails" | "to" | "cc" | "bcc" => "email",
        "meeting" | "meet" | "met" | "event" | "appointment" | "lunch" | "coffee" | "treffen" | "termin" => "meeting",
        "call" | "phone" | "phone call" | "video call" | "telephone" | "anruf" | "telefonat" => "call",
        "message" | "sms" | "text" | "chat" | "im" | "whatsapp" | "telegram" | "signal" | "nachricht" => "message",
        "linkedin" | "linkedin message" => "linkedin",
        "note" | "notes" | "notiz" => "note",
        "other" => "other",
        _ => clean::cut(&word, KIND),
    };
    Some(known.to_owned())
}

/// Lists of recipients call the way in which somebody got it a type.
pub(super) fn role_of(kind: &str) -> Option<&'static str> {
    ["to", "cc", "bcc"].into_iter().find(|role| kind.trim().eq_ignore_ascii_case(role))
}

/// Which way it went; none for a word that is not known.
pub(super) fn direction_of(cell: &str) -> Option<&'static str> {
    match clean::line(cell).to_lowercase().as_str() {
        "in" | "inbound" | "incoming" | "received" | "from them" | "eingehend" | "erhalten" => Some("inbound"),
        "out" | "outbound" | "outgoing" | "sent" | "from me" | "from you" | "ausgehend" | "gesendet" => {
            Some("outbound")
        }
        "mutual" | "both" | "both ways" | "from both sides" | "beide" => Some("mutual"),
        _ => None,
    }
}
