//! A row of a table as what passed.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::directory::Directory;
use super::moment;
use super::record::{Doubt, Draft, Named, Outcome, Revision};
use super::revising::said_by_table;
use super::who::{Mention, Naming, shown};
use super::words::{direction_of, kind_of, role_of};
use crate::exchange::fields::What;
use crate::exchange::source_key::{hash, short};
use crate::exchange::table::Layout;
use crate::interactions::model::Interaction;
use crate::text::clean;

/// What stands for the id of a row that has none.
const CONTENT: &str = "csv content";
/// As of a calendar: as an entry it would be wrong as soon as it is called off.
const TO_COME: &str = "It is still to come.";
/// The longest subject that an interaction has, and its longest text.
const SUBJECT: usize = 500;
const TEXT: usize = 100_000;

/// By what rows are understood.
pub(super) struct Rules<'a> {
    pub layout: &'a Layout,
    /// Whose ids its rows have.
    pub namespace: &'a str,
    pub directory: &'a Directory,
    /// Her addresses, in lower case.
    pub own: &'a [String],
    pub zone: Tz,
    pub now: DateTime<Utc>,
}

/// What the cells of a row say.
#[derive(Default)]
struct Said<'a> {
    when: &'a str,
    hour: &'a str,
    kind: &'a str,
    direction: &'a str,
    id: &'a str,
    subject: Vec<String>,
    text: Vec<String>,
    people: Vec<(What, &'a str)>,
}

impl Rules<'_> {
    /// What a row is called, and says.
    pub fn read(&self, cells: &[String]) -> (String, Outcome) {
        let columns = &self.layout.columns;
        let count = cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
        if count == 0 {
            return (String::new(), Outcome::Unreadable("The row is empty.".to_owned()));
        }
        if count > columns.len() {
            let reason = format!("The row has {count} columns, the table {}.", columns.len());
            return (String::new(), Outcome::Unreadable(reason));
        }
        let said = self.said(cells);
        let title = |who: &str| {
            let what = said.subject.first().map_or_else(|| clean::line(said.kind), |subject| clean::line(subject));
            let parts = [clean::cut(&what, 200).to_owned(), clean::cut(&clean::line(who), 100).to_owned()];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
        };
        let first = said.people.first().map_or("", |(_, cell)| cell);
        let Some(when) = moment::when(said.when, said.hour, self.layout.day_first, self.zone) else {
            let reason = moment::fault(said.when, said.hour, self.layout.day_first);
            return (title(first), Outcome::Unreadable(reason));
        };
        let is_to_come = match when.on {
            Some(day) => day > self.now.with_timezone(&self.zone).date_naive(),
            None => when.at > self.now,
        };
        if is_to_come {
            return (title(first), Outcome::Ignored(Cow::Borrowed(TO_COME)));
        }
        let naming = Naming { directory: self.directory, own: self.own };
        let people = match naming.people(&said.people) {
            Ok(people) => people,
            Err((reason, name)) => {
                return (title(first), Outcome::Doubtful(Doubt { reason, name, cells: kept(cells) }));
            }
        };
        let who = people.iter().find(|one| !one.is_own).map_or(first, |one| &one.name);
        (title(who), self.outcome(&said, when, &people))
    }

    fn said<'c>(&self, cells: &'c [String]) -> Said<'c> {
        let mut said = Said::default();
        for (index, (column, cell)) in self.layout.columns.iter().zip(cells).enumerate() {
            let cell = cell.trim();
            match column.what {
                _ if cell.is_empty() => {}
                What::When => said.when = cell,
                What::Hour => said.hour = cell,
                What::Kind => said.kind = cell,
                What::Direction => said.direction = cell,
                What::Id => said.id = cell,
                What::Subject => said.subject.push(clean::line(cell)),
                What::Text => said.text.push(clean::lines(cell)),
                What::Who | What::From | What::To => said.people.push((column.what, cell)),
                What::Skip | What::Extra => {}
                _ => said.text.push(format!("{}: {}", self.layout.name(index), clean::lines(cell))),
            }
        }
        said
    }

    fn outcome(&self, said: &Said<'_>, when: crate::interactions::model::When, people: &[Mention]) -> Outcome {
        let has_ends = people.iter().any(|one| one.column != What::Who);
        let role = role_of(said.kind);
        let kind = match kind_of(said.kind) {
            Some(kind) => kind,
            None if self.layout.is_of_calls() => "call".to_owned(),
            None if role.is_some() || has_ends && people.iter().any(|one| !one.address.is_empty()) => {
                "email".to_owned()
            }
            None if has_ends => "message".to_owned(),
            None => "other".to_owned(),
        };
        let (direction, note) = self.direction(said, people);
        let interaction = Interaction {
            is_contact: when.at <= self.now,
            kind,
            subject: Some(clean::cut(&said.subject.join(" · "), SUBJECT).to_owned()).filter(|text| !text.is_empty()),
            summary: Some(clean::cut(&said.text.join("\n\n"), TEXT).to_owned()).filter(|text| !text.is_empty()),
            when,
            people: people.iter().filter_map(|one| one.contact).collect(),
            sentiment: None,
            direction: direction.map(str::to_owned),
        };
        let (namespace, external_id) = self.id(said, when.at);
        let has_id = !said.id.is_empty();
        let written = format!("{} {} {}", said.when, said.hour, self.layout.day_first);
        let draft = Draft {
            addresses: self.named(people, direction, role),
            // Without an id it is known by what it says, so that it says nothing else.
            revision: has_id.then(|| Revision { series: None, said: said_by_table(&interaction, &written) }),
            interaction,
            source: Cow::Borrowed("csv"),
            namespace,
            external_id,
            older_id: None,
            is_joint: has_id,
            thread: None,
            torn: None,
        };
        Outcome::Found(vec![draft], note)
    }

    /// Which way it went: as it says, else by which end is hers.
    fn direction(&self, said: &Said<'_>, people: &[Mention]) -> (Option<&'static str>, Option<String>) {
        let is_hers = |column| people.iter().any(|one| one.column == column && one.is_own);
        let by_ends = || match (is_hers(What::From), is_hers(What::To)) {
            (true, _) => Some("outbound"),
            (false, true) => Some("inbound"),
            _ => None,
        };
        match direction_of(said.direction) {
            Some(direction) => (Some(direction), None),
            None if said.direction.is_empty() => (by_ends(), None),
            None => (by_ends(), Some(format!("“{}” is no direction.", shown(said.direction)))),
        }
    }

    fn id(&self, said: &Said<'_>, at: DateTime<Utc>) -> (Cow<'static, str>, String) {
        if !said.id.is_empty() {
            return (Cow::Owned(self.namespace.to_owned()), short(&clean::line(said.id)));
        }
        let (subject, text) = (said.subject.join("\u{1f}"), said.text.join("\u{1f}"));
        let people: Vec<&str> = said.people.iter().map(|(_, cell)| *cell).collect();
        let parts = [&at.to_rfc3339(), said.kind, said.direction, &subject, &text, &people.join("\u{1f}")];
        (Cow::Borrowed(CONTENT), hash(&parts.join("\u{1e}")))
    }

    fn named(&self, people: &[Mention], direction: Option<&str>, role: Option<&'static str>) -> Vec<Named> {
        let with_address = || people.iter().filter(|one| !one.address.is_empty());
        let role_of = |column| match (column, direction) {
            (What::From, _) | (What::Who, Some("inbound")) => "from",
            (What::To, _) | (What::Who, Some("outbound")) => role.unwrap_or("to"),
            _ => "attendee",
        };
        let mut named: Vec<Named> = Vec::new();
        // What she sent is counted by who sent it.
        let is_sent = direction == Some("outbound") && !people.iter().any(|one| one.column == What::From);
        if let Some(own) = self.own.first().filter(|_| is_sent && with_address().next().is_some()) {
            named.push(Named { role: "from", address: own.clone(), name: String::new(), is_own: true });
        }
        for one in with_address() {
            let role = role_of(one.column);
            if !named.iter().any(|other| other.role == role && other.address == one.address) {
                named.push(Named { role, address: one.address.clone(), name: one.name.clone(), is_own: one.is_own });
            }
        }
        named
    }
}

/// Cells as they can be stored.
fn kept(cells: &[String]) -> Vec<String> {
    cells.iter().map(|cell| cell.replace('\0', "")).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::directory::Meant;
    use super::*;
    use crate::exchange::table::{Given, Layout};

    const ADA: Uuid = Uuid::from_u128(1);

    /// What the rows of a table say, each in one line.
    fn told(table: &str) -> Vec<String> {
        let guess = Layout::guess(std::io::Cursor::new(table.as_bytes()), &Given::default()).unwrap();
        assert!(guess.layout.is_of_what_passed, "{table}");
        let names = [
            ("Ada Lovelace", Meant::One(ADA)),
            ("Lovelace, Ada", Meant::One(ADA)),
            ("Bob", Meant::Several),
            ("me", Meant::Herself),
        ];
        let rules = Rules {
            layout: &guess.layout,
            namespace: "csv:x",
            directory: &Directory::of(&names),
            own: &["me@x.example".to_owned()],
            zone: Tz::Europe__Berlin,
            now: "2026-01-01T00:00:00Z".parse().unwrap(),
        };
        guess.rows.iter().map(|row| say(rules.read(row))).collect()
    }

    fn say((title, outcome): (String, Outcome)) -> String {
        match outcome {
            Outcome::Found(drafts, note) => {
                let draft = &drafts[0];
                let one = &draft.interaction;
                let named: Vec<String> =
                    draft.addresses.iter().map(|it| format!("{} {}", it.role, it.address)).collect();
                let parts = [
                    title,
                    one.kind.clone(),
                    one.direction.clone().unwrap_or_default(),
                    one.when.typed(Tz::Europe__Berlin),
                    one.summary.clone().unwrap_or_default(),
                    one.people.len().to_string(),
                    named.join(" "),
                    note.unwrap_or_default(),
                ];
                parts.join("|")
            }
            Outcome::Doubtful(doubt) => format!("doubtful {title}: {}", doubt.reason),
            Outcome::Unreadable(reason) => format!("unreadable {title}: {reason}"),
            Outcome::Ignored(reason) => reason.into_owned(),
        }
    }

    #[test]
    fn rows_say_when_with_whom_and_what() {
        let table = "Date,With,Type,Direction,Subject,Notes\n\
            2024-05-03,Ada Lovelace,Phone call,out,Engines,She knows\n\
            03.05.2024 14:00,\"Lovelace, Ada\",Lunch,,Engines,\n\
            2024-05-03,Eve <eve@x.example>; bob@x.example,SMS,in,,hello\n\
            2024-05-03,eve@x.example,carrier pigeon,sideways,Up,\n\
            2024-05-03,Zoe,call,out,Engines,\n\
            2024-05-03,Bob,call,out,Engines,\n\
            2024-05-03,,call,out,Engines,\n\
            soon,Ada Lovelace,call,out,Engines,\n\
            2099-01-01,Ada Lovelace,call,out,Engines,\n";
        let expected = [
            "Engines · Ada Lovelace|call|outbound|2024-05-03|She knows|1||",
            "Engines · Lovelace, Ada|meeting||2024-05-03 14:00||1||",
            "SMS · Eve|message|inbound|2024-05-03|hello|0|from eve@x.example from bob@x.example|",
            "Up · eve@x.example|carrier pigeon||2024-05-03||0|attendee eve@x.example|“sideways” is no direction.",
            "doubtful Engines · Zoe: Nobody is called “Zoe”.",
            "doubtful Engines · Bob: Several people are called “Bob”.",
            "doubtful Engines: It names nobody.",
            "unreadable Engines · Ada Lovelace: “soon” is no date.",
            "It is still to come.",
        ];
        assert_eq!(told(table), expected);
    }

    #[test]
    fn what_came_from_her_went_out_and_what_went_to_her_came_in() {
        let table = "id,time,from,to,type\n\
            1,2024-05-03 10:00:00,me@x.example,eve@x.example,to\n\
            2,2024-05-03 10:00:00,eve@x.example,\"me@x.example, Ada Lovelace\",cc\n\
            3,2024-05-03 10:00:00,Ada Lovelace,me,\n\
            4,2024-05-03 10:00:00,Ada Lovelace,eve@x.example,bcc\n";
        let expected = [
            "to · eve@x.example|email|outbound|2024-05-03 10:00||0|from me@x.example to eve@x.example|",
            "cc · eve@x.example|email|inbound|2024-05-03 10:00||1|from eve@x.example cc me@x.example|",
            "Ada Lovelace|message|inbound|2024-05-03 10:00||1||",
            "bcc · Ada Lovelace|email||2024-05-03 10:00||1|bcc eve@x.example|",
        ];
        assert_eq!(told(table), expected);
    }

    #[test]
    fn a_list_of_calls_of_a_phone_says_what_passed() {
        let table = "\"Call Date\",\"Duration\",\"Number\",\"Name\",\"Call Type\"\n\
            \"Mar 5, 2025 10:01:22 AM\",\"00:01:00\",\"+1 415 555 0100\",\"Ada Lovelace\",\"Incoming\"\n\
            \"Mar 6, 2025 10:01:22 AM\",\"00:00:10\",\"+1 415 555 0100\",\"\",\"Outgoing\"\n";
        let expected = [
            "Ada Lovelace|call|inbound|2025-03-05 10:01|Duration: 00:01:00\n\nNumber: +1 415 555 0100|1||",
            "doubtful : It names nobody.",
        ];
        assert_eq!(told(table), expected);
    }

    #[test]
    fn a_header_is_found_below_the_lines_before_it() {
        for before in ["sep=;\n", "My year\n\n"] {
            let table = format!(
                "{before}Datum;Uhrzeit;Wer;Art;Richtung;Betreff\n05.03.2025;14:30;ada@x.example;Anruf;ausgehend;Hallo\n06.03.2025;9.30 Uhr;ada@x.example;Anruf;eingehend;Hallo\n"
            );
            let expected = [
                "Hallo · ada@x.example|call|outbound|2025-03-05 14:30||0|from me@x.example to ada@x.example|",
                "Hallo · ada@x.example|call|inbound|2025-03-06 09:30||0|from ada@x.example|",
            ];
            assert_eq!(told(&table), expected, "{before}");
        }
        let table = "sep=,\ndate,with,kind\n2025-03-05,ada@x.example,call\n";
        assert_eq!(told(table), ["call · ada@x.example|call||2025-03-05||0|attendee ada@x.example|"]);
    }

    #[test]
    fn a_list_of_people_is_none_of_what_passed() {
        for table in [
            "Name,E-mail,Phone,Notes,Date\nAda,ada@x.example,123456,x,2024-05-03\n",
            "person_id,name,note\n1,Ada,x\n",
            "First name,Last name,Birthday\nAda,Lovelace,1815-12-10\n",
        ] {
            let guess = Layout::guess(std::io::Cursor::new(table.as_bytes()), &Given::default()).unwrap();
            assert!(!guess.layout.is_of_what_passed, "{table}");
        }
    }
}
