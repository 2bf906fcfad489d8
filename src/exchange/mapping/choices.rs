//! What a column can be chosen to be.

use crate::exchange::fields::Meaning;

/// The words and what they are called, in the order of the list.
const CHOICES: [(&str, &str); 61] = [
    ("note", "A note under its name"),
    ("skip", "Nothing: leave it out"),
    ("kept", "Kept unseen, for export"),
    ("display_name", "Full name"),
    ("first_name", "First name"),
    ("middle_name", "Middle name"),
    ("last_name", "Last name"),
    ("name_prefix", "Prefix of the name"),
    ("name_suffix", "Suffix of the name"),
    ("nickname", "Nickname"),
    ("sort_name", "Name to sort by"),
    ("phonetic_first_name", "First name, as spoken"),
    ("phonetic_last_name", "Last name, as spoken"),
    ("email", "E-mail"),
    ("email:work", "E-mail, work"),
    ("email:home", "E-mail, home"),
    ("phone", "Phone"),
    ("phone:mobile", "Phone, mobile"),
    ("phone:work", "Phone, work"),
    ("phone:home", "Phone, home"),
    ("phone:fax", "Fax"),
    ("address", "Address, whole"),
    ("address:work", "Address, whole, work"),
    ("address:home", "Address, whole, home"),
    ("street", "Street"),
    ("po_box", "Post office box"),
    ("city", "City"),
    ("region", "State or province"),
    ("postal_code", "Postal code"),
    ("country", "Country"),
    ("street:work", "Street, work"),
    ("city:work", "City, work"),
    ("region:work", "State or province, work"),
    ("postal_code:work", "Postal code, work"),
    ("country:work", "Country, work"),
    ("street:home", "Street, home"),
    ("city:home", "City, home"),
    ("region:home", "State or province, home"),
    ("postal_code:home", "Postal code, home"),
    ("country:home", "Country, home"),
    ("url", "Link"),
    ("url:work", "Link, work"),
    ("url:home", "Link, home"),
    ("other", "Messenger"),
    ("organization", "Organization"),
    ("title", "Job title"),
    ("department", "Department"),
    ("tags", "Tags"),
    ("notes", "Notes"),
    ("date:birthday", "Birthday"),
    ("year:birthday", "Birthday, year"),
    ("month:birthday", "Birthday, month"),
    ("day:birthday", "Birthday, day"),
    ("date:anniversary", "Anniversary"),
    ("how_met", "How you met"),
    ("met_at", "Where you met"),
    ("date:met", "Day you met"),
    ("date", "Another day"),
    ("strength", "Strength, 1 to 10"),
    ("frequency_days", "Days between contacts"),
    ("uid", "The program’s own id"),
];

/// The same of a table of what passed.
const PASSED: [(&str, &str); 12] = [
    ("note", "A note under its name"),
    ("skip", "Nothing: leave it out"),
    ("when", "When: the day, perhaps with its hour"),
    ("hour", "The hour, if the day stands alone"),
    ("who", "With whom: e-mail, name or id"),
    ("from", "From whom"),
    ("to", "To whom"),
    ("type", "Type: call, meeting, e-mail"),
    ("direction", "Direction: in or out"),
    ("subject", "Subject"),
    ("text", "Text"),
    ("id", "The program’s own id"),
];

/// The words and what they are called; one that is none of them is added in front.
pub(super) fn with(chosen: &Meaning, is_of_what_passed: bool) -> Vec<(String, String)> {
    let choices = if is_of_what_passed { &PASSED[..] } else { &CHOICES[..] };
    let word = chosen.to_string();
    let listed = choices.iter().map(|(word, label)| ((*word).to_owned(), (*label).to_owned()));
    let is_listed = choices.iter().any(|(listed, _)| *listed == word);
    let own = (!is_listed).then(|| (word.clone(), word.replace(['_', ':'], " ")));
    own.into_iter().chain(listed).collect()
}
