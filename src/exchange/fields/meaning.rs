//! What a named value says of somebody.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::exchange::model::words;

words! {
    /// What a value is.
    What {
        /// Left out.
        Skip = "skip",
        /// Goes into the notes under its name.
        Note = "note",
        /// Kept unseen and given back on export.
        Extra = "kept",
        /// The program's own id of the person.
        Uid = "uid",
        /// What Kith adds to its own export.
        Own = "kith",
        /// The whole name.
        DisplayName = "display_name",
        /// Given name.
        FirstName = "first_name",
        /// Further given names.
        MiddleName = "middle_name",
        /// Family name.
        LastName = "last_name",
        /// Honorifics in front.
        NamePrefix = "name_prefix",
        /// Honorifics behind.
        NameSuffix = "name_suffix",
        /// What friends say.
        Nickname = "nickname",
        /// What to sort by.
        SortName = "sort_name",
        /// How the family name is spoken.
        PhoneticLast = "phonetic_last_name",
        /// How the given name is spoken.
        PhoneticFirst = "phonetic_first_name",
        /// An e-mail address; the group is its label.
        Email = "email",
        /// The label of the e-mail of its group.
        EmailLabel = "email_label",
        /// A phone number.
        Phone = "phone",
        /// Its label.
        PhoneLabel = "phone_label",
        /// A whole address.
        Address = "address",
        /// Its label.
        AddressLabel = "address_label",
        /// A line of the address of its group.
        Street = "street",
        /// A post office box.
        PoBox = "po_box",
        /// The city.
        City = "city",
        /// State or province.
        Region = "region",
        /// Postal code.
        PostalCode = "postal_code",
        /// Country.
        Country = "country",
        /// A link, to LinkedIn too.
        Url = "url",
        /// Its label.
        UrlLabel = "url_label",
        /// A messenger's name of her or the like; the group is the messenger.
        Other = "other",
        /// The messenger.
        OtherLabel = "other_label",
        /// An organization that she works for.
        Organization = "organization",
        /// As what.
        Title = "title",
        /// In which part of it.
        Department = "department",
        /// Tags.
        Tags = "tags",
        /// Notes.
        Notes = "notes",
        /// How they met.
        HowMet = "how_met",
        /// Where they met.
        MetAt = "met_at",
        /// A day; the group is its kind.
        Date = "date",
        /// Its kind.
        DateLabel = "date_label",
        /// The year of the day of its group.
        Year = "year",
        /// The month.
        Month = "month",
        /// The day of the month.
        Day = "day",
        /// What the account's own field of the group's name says.
        OwnField = "own_field",
        /// How close she is, 1 to 10.
        Strength = "strength",
        /// How often to be in touch.
        FrequencyDays = "frequency_days",
        /// Of what passed: with whom.
        Who = "who",
        /// From whom.
        From = "from",
        /// To whom.
        To = "to",
        /// When; perhaps with its hour.
        When = "when",
        /// At what hour.
        Hour = "hour",
        /// What it was.
        Kind = "type",
        /// Which way it went.
        Direction = "direction",
        /// What about.
        Subject = "subject",
        /// What was said.
        Text = "text",
        /// The program's own id of it.
        Id = "id",
    }
}

/// What a value is, and which of several. `email:work` is the e-mail with the label work; where the group is a number
/// it only ties values together: `street:1` and `city:1` are one address, `email_label:1` labels `email:1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Meaning {
    /// What it is.
    pub what: What,
    /// Which; empty where there is one.
    pub group: String,
}

impl Meaning {
    /// The only one of its kind.
    #[must_use]
    pub fn of(what: What) -> Self {
        Self { what, group: String::new() }
    }

    /// The label that the group gives: none where it is a number.
    #[must_use]
    pub fn label(&self) -> &str {
        if self.group.bytes().all(|byte| byte.is_ascii_digit()) { "" } else { &self.group }
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.group.is_empty() {
            return f.write_str(self.what.as_str());
        }
        write!(f, "{}:{}", self.what.as_str(), self.group)
    }
}

impl FromStr for Meaning {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (word, group) = text.trim().split_once(':').unwrap_or((text.trim(), ""));
        let what = What::of(word).ok_or_else(|| format!("“{text}” is nothing that a column can be."))?;
        let group = crate::text::clean::line(group);
        // As long as the shortest column that a label goes to.
        Ok(Self { what, group: crate::text::clean::cut(&group, 50).to_owned() })
    }
}

impl TryFrom<String> for Meaning {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Meaning> for String {
    fn from(meaning: Meaning) -> Self {
        meaning.to_string()
    }
}
