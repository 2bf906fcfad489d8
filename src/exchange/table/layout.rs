//! How a table is laid out: charset, delimiter, header, and what each column is.

use std::io::{BufRead, Read, Result, Seek, SeekFrom};

use encoding_rs::{Encoding, UTF_8};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::dialect::{self, Header, Sample};
use super::rows::Marks;
use super::{content, encoding, passed_words, words};
use crate::exchange::fields::{Meaning, What, date};
use crate::exchange::model::words;
use crate::text::hex::hex;

/// As much of a file tells how it is laid out.
const HEAD: u64 = 256 << 10;

words! {
    /// Whose layout a table has.
    Program {
        /// Google Contacts.
        Google = "google",
        /// Outlook, the program and the site.
        Outlook = "outlook",
        /// LinkedIn's `Connections.csv`.
        Linkedin = "linkedin",
        /// Thunderbird.
        Thunderbird = "thunderbird",
        /// Kith itself.
        Kith = "kith",
        /// None that is known by its header.
        Unknown = "csv",
    }
}

/// How a table is laid out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The charset's label.
    pub encoding: String,
    /// What parts the cells.
    pub delimiter: char,
    /// What holds a cell together; none where quotation marks mean nothing.
    pub quote: Option<char>,
    /// Lines in front of the header.
    pub skip: u64,
    /// The columns' names; none where the first row is a row.
    pub header: Option<Vec<String>>,
    /// Whether 3/4/1990 is in April.
    pub day_first: bool,
    /// The word of the [`Program`].
    pub program: String,
    /// What the columns are.
    pub columns: Vec<Meaning>,
    /// Whether it says what passed between her and people, and not who they are.
    #[serde(default)]
    pub is_of_what_passed: bool,
}

/// A layout, and the rows that it was found out from.
#[derive(Debug)]
pub struct Guess {
    /// The layout.
    pub layout: Layout,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
}

/// What is known of a layout before the file is looked at.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The charset's label.
    pub encoding: Option<String>,
    /// What parts the cells.
    pub delimiter: Option<char>,
    /// What holds them together; `Some(None)`: nothing does.
    pub quote: Option<Option<char>>,
    /// Whether there are names of columns.
    pub has_header: Option<bool>,
    /// Whether it says what passed between her and people.
    pub is_of_what_passed: Option<bool>,
}

impl Layout {
    /// Finds out how a file is laid out. Where the charset is not given the file is read to its end.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn guess(mut file: impl BufRead + Seek, given: &Given) -> Result<Guess> {
        let named = given.encoding.as_deref().and_then(|label| Encoding::for_label(label.as_bytes()));
        let encoding = match named {
            Some(encoding) => encoding,
            None => encoding::of(&mut file)?,
        };
        file.seek(SeekFrom::Start(0))?;
        let mut head = Vec::new();
        file.take(HEAD).read_to_end(&mut head)?;
        if head.len() as u64 == HEAD {
            // The last row may be cut.
            let end = head.iter().rposition(|byte| *byte == b'\n').unwrap_or(head.len());
            head.truncate(end);
        }
        let byte = |c: char| u8::try_from(c).ok().filter(u8::is_ascii);
        let directive = directive(&head);
        let mut marks = dialect::marks(&head, encoding, given.quote.map(|quote| quote.and_then(byte)));
        marks.delimiter = given.delimiter.and_then(byte).or(directive).unwrap_or(marks.delimiter);
        let header = Header {
            is_there: given.has_header,
            says_marks: directive.is_some(),
            is_of_what_passed: passed_words::is_header,
        };
        let sample = Sample::of(&head, encoding, marks, header);
        Ok(Guess::of(sample, encoding, marks, given.is_of_what_passed))
    }

    /// Under what `contact_sources` keeps the rows: the program; where it is not known, the header stands for it.
    #[must_use]
    pub fn source(&self) -> String {
        match self.program() {
            Program::Unknown => format!("csv {}", &self.signature()[..16]),
            program => program.as_str().to_owned(),
        }
    }

    /// Whose ids its rows have, where they are of what passed.
    #[must_use]
    pub fn namespace(&self) -> String {
        self.source().replacen(' ', ":", 1)
    }

    /// Whose it is.
    #[must_use]
    pub fn program(&self) -> Program {
        Program::of(&self.program).unwrap_or(Program::Unknown)
    }

    /// By what the layout of a later file is known again: the names of the columns, else how many there are.
    #[must_use]
    pub fn signature(&self) -> String {
        let text = match &self.header {
            Some(header) => header.iter().map(|name| name.trim().to_lowercase()).collect::<Vec<_>>().join("\u{1f}"),
            None => format!("{} columns parted by {}", self.columns.len(), self.delimiter),
        };
        hex(&Sha256::digest(text))
    }

    /// The same layout for another file of the program, which is guessed to be laid out as `guess` says.
    #[must_use]
    pub fn for_file_like(mut self, guess: &Self) -> Self {
        // Among the older charsets only she can tell; the newer ones tell themselves.
        let is_modern = |layout: &Self| layout.encoding.starts_with("UTF-");
        if is_modern(guess) || is_modern(&self) {
            self.encoding.clone_from(&guess.encoding);
        }
        if self.header == guess.header {
            self.skip = guess.skip;
        }
        self
    }

    /// The charset.
    #[must_use]
    pub fn encoding(&self) -> &'static Encoding {
        Encoding::for_label(self.encoding.as_bytes()).unwrap_or(UTF_8)
    }

    pub(super) fn marks(&self) -> Marks {
        let byte = |c: char| u8::try_from(c).ok().filter(u8::is_ascii);
        Marks { delimiter: byte(self.delimiter).unwrap_or(b','), quote: self.quote.and_then(byte) }
    }

    /// What a column is called: its name, else its number.
    #[must_use]
    pub fn name(&self, index: usize) -> String {
        let name = self.header.as_ref().and_then(|header| header.get(index)).map(|name| name.trim());
        name.filter(|name| !name.is_empty()).map_or_else(|| format!("Column {}", index + 1), str::to_owned)
    }

    /// Whether some columns say when something passed, and with whom.
    #[must_use]
    pub fn tells_what_passed(&self) -> bool {
        let has = |whats: &[What]| self.columns.iter().any(|column| whats.contains(&column.what));
        has(&[What::When]) && has(&[What::Who, What::From, What::To])
    }

    /// Whether it is a list of calls, as a phone writes it.
    #[must_use]
    pub fn is_of_calls(&self) -> bool {
        self.header.as_deref().is_some_and(passed_words::is_of_calls)
    }

    /// The same table as one of what passed, by the names of its columns.
    #[must_use]
    pub fn as_of_what_passed(mut self) -> Self {
        if let (false, Some(header)) = (self.is_of_what_passed, &self.header) {
            self.columns = passed_words::columns(header);
        }
        self.is_of_what_passed = true;
        Program::Unknown.as_str().clone_into(&mut self.program);
        self
    }

    /// Whether some column says by what a person is called or reached: without one a row is nobody.
    #[must_use]
    pub fn names_people(&self) -> bool {
        use What::{DisplayName, Email, FirstName, LastName, Nickname, Organization, Phone};
        let names = [DisplayName, FirstName, LastName, Nickname, Email, Phone, Organization];
        self.columns.iter().any(|column| names.contains(&column.what))
    }
}

/// What the first line of a file for Excel says: `sep=;`.
fn directive(head: &[u8]) -> Option<u8> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let line = head.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    let delimiter = line.strip_prefix(b"sep=").or_else(|| line.strip_prefix(b"SEP="))?;
    (delimiter.len() == 1 && delimiter[0].is_ascii()).then(|| delimiter[0])
}

impl Guess {
    fn of(sample: Sample, encoding: &'static Encoding, marks: Marks, is_of_what_passed: Option<bool>) -> Self {
        // What stands behind the last name of a column belongs to no column: a cell was parted by mistake.
        let count = sample.header.as_ref().map_or_else(|| sample.width(), Vec::len);
        let tells = || {
            sample
                .header
                .as_ref()
                .is_some_and(|header| !program(header).is_known() && passed_words::tells(header, &sample))
        };
        let is_of_what_passed = is_of_what_passed.unwrap_or_else(tells);
        let (program, columns) = match &sample.header {
            header if is_of_what_passed => (Program::Unknown, passed_columns(header.as_deref(), &sample, count)),
            Some(header) => {
                let mut columns: Vec<Option<Meaning>> =
                    (0..count).map(|index| header.get(index).and_then(|name| words::column_of(name))).collect();
                settle(header, &mut columns);
                let fallback = |(index, column): (usize, Option<Meaning>)| {
                    column.or_else(|| untold(&sample, index)).unwrap_or_else(|| Meaning::of(What::Note))
                };
                (program(header), columns.into_iter().enumerate().map(fallback).collect())
            }
            None => (Program::Unknown, content::columns(count, |index| sample.column(index))),
        };
        let days = columns.iter().enumerate().filter(|(_, column)| matches!(column.what, What::Date | What::When));
        let day_first = days.flat_map(|(index, _)| sample.column(index)).find_map(date::day_first).unwrap_or(false);
        let layout = Layout {
            encoding: encoding.name().to_owned(),
            delimiter: char::from(marks.delimiter),
            quote: marks.quote.map(char::from),
            skip: sample.skip,
            day_first,
            program: program.as_str().to_owned(),
            columns,
            is_of_what_passed,
            header: sample.header,
        };
        Self { layout, rows: sample.rows }
    }
}

fn passed_columns(header: Option<&[String]>, sample: &Sample, count: usize) -> Vec<Meaning> {
    match header {
        Some(header) => passed_words::columns(header),
        None => passed_words::columns_by_content(sample, count),
    }
}

/// A column whose name says nothing to us, by what stands in it.
fn untold(sample: &Sample, index: usize) -> Option<Meaning> {
    content::of_column(sample.column(index)).filter(|what| *what != What::Date).map(Meaning::of)
}

/// Names that mean another thing beside certain others.
fn settle(header: &[String], columns: &mut [Option<Meaning>]) {
    let names: Vec<String> = header.iter().map(|name| words::plain(name)).collect();
    let has = |name: &str| names.iter().any(|other| other == name);
    for (name, column) in names.iter().zip(columns.iter_mut()) {
        *column = match name.as_str() {
            "title" if has("jobtitle") || has("organizationtitle") => Some(Meaning::of(What::NamePrefix)),
            "birthday" if has("birthmonth") => Some(Meaning { what: What::Day, group: "birthday".to_owned() }),
            _ => continue,
        };
    }
    // Beside first names alone a name is the other part.
    let holds = |what: What| columns.iter().flatten().any(|column| column.what == what);
    let is_part = holds(What::FirstName) && !holds(What::LastName);
    for (name, column) in names.iter().zip(columns.iter_mut()) {
        if is_part && name == "name" {
            *column = Some(Meaning::of(What::LastName));
        }
    }
    let is_alone = |column: &Meaning, what: What| column.what == what && column.group.is_empty();
    let has_parts = columns.iter().flatten().any(|c| is_alone(c, What::City) || is_alone(c, What::PostalCode));
    for column in columns.iter_mut().flatten().filter(|column| has_parts && is_alone(column, What::Address)) {
        column.what = What::Street;
    }
}

/// Whose header this is.
fn program(header: &[String]) -> Program {
    let names: Vec<String> = header.iter().map(|name| words::plain(name)).collect();
    let has = |name: &str| names.iter().any(|other| other == name);
    if has("kithid") {
        Program::Kith
    } else if has("connectedon") && has("firstname") && has("lastname") {
        Program::Linkedin
    } else if has("email1value") || has("phone1value") || has("groupmembership") && has("givenname") {
        Program::Google
    } else if has("primaryemail") && has("screenname") && has("displayname") {
        Program::Thunderbird
    } else if has("firstname") && has("emailaddress") && (has("businessphone") || has("emaildisplayname")) {
        Program::Outlook
    } else {
        Program::Unknown
    }
}

/// The layouts that need no questions.
impl Program {
    /// Whether its columns are known.
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Self::Unknown
    }
}
