//! Reads a file entry by entry: each record with its place, and a card or the reason why there is none.
//!
//! Reading may begin wherever a record began or ended. No more than one record is in memory.

use std::io::{BufRead, Result};

use super::entry;
use crate::exchange::lines::Lines;
use crate::exchange::record::{MAX_RECORD_BYTES, MAX_RECORD_LINES, Record};

/// The entries of a file as records.
#[derive(Debug)]
pub struct Reader<R> {
    lines: Lines<R>,
}

/// Lines of an entry, or why they are none.
#[derive(Default)]
struct Entry {
    lines: Vec<Vec<u8>>,
    bytes: usize,
    is_comment: bool,
    is_too_large: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads from `start_offset` on, to which the caller has moved `read`; at the beginning of a file that is
    /// byte 0 of line 1.
    pub fn new(read: R, start_offset: u64, start_line: u64) -> Self {
        Self { lines: Lines::new(read, start_offset, start_line) }
    }

    /// Offset and line behind the last record: where another reader can go on.
    pub fn position(&self) -> (u64, u64) {
        self.lines.position()
    }

    fn record(&mut self) -> Result<Option<Record>> {
        loop {
            let (mut entry, mut place) = (Entry::default(), None);
            let mut is_end = true;
            while let Some(line) = self.lines.next(MAX_RECORD_BYTES)? {
                let bytes = if line.offset == 0 {
                    line.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line.bytes)
                } else {
                    &line.bytes
                };
                if bytes.trim_ascii().is_empty() {
                    is_end = false;
                    break;
                }
                if is_version(bytes) && entry.lines.is_empty() {
                    continue;
                }
                place.get_or_insert((line.offset, line.number));
                entry.add(bytes, line.is_cut);
            }
            match place {
                Some((offset, line)) if !entry.is_nothing() => {
                    return Ok(Some(Record { offset, line, outcome: entry.outcome(), remark: None }));
                }
                _ if is_end => return Ok(None),
                _ => {}
            }
        }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        self.record().transpose()
    }
}

impl Entry {
    /// Adds a line; one that begins with a blank goes on where the one before ended.
    fn add(&mut self, line: &[u8], is_cut: bool) {
        let is_folded = line.first() == Some(&b' ');
        if !is_folded {
            self.is_comment = line.first() == Some(&b'#');
        }
        if self.is_comment {
            return;
        }
        self.bytes += line.len();
        self.is_too_large |= is_cut || self.bytes > MAX_RECORD_BYTES || self.lines.len() > MAX_RECORD_LINES;
        match self.lines.last_mut() {
            _ if self.is_too_large => self.lines.truncate(1),
            Some(last) if is_folded => last.extend_from_slice(&line[1..]),
            _ => self.lines.push(line.to_vec()),
        }
    }

    /// Whether there were only comments.
    fn is_nothing(&self) -> bool {
        self.lines.is_empty()
    }

    fn outcome(&self) -> std::result::Result<crate::exchange::card::Card, String> {
        if self.is_too_large {
            return Err(format!("The entry is larger than {} MB.", MAX_RECORD_BYTES >> 20));
        }
        entry::card(&self.lines)
    }
}

/// The line that says by which version of the format a file is written.
fn is_version(line: &[u8]) -> bool {
    line.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"version:"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contacts::model::MethodKind;

    const FILE: &[u8] = b"version: 1\r\n# an address book\r\n\r\ndn: cn=Zo\xc3\xab,mail=zoe@x.example\r\n\
        objectclass: top\r\nobjectclass: person\r\ncn:: Wm/DqyBNw7xsbGVy\r\ngivenName: Zo\xc3\xab\r\nsn: M\xc3\xbcl\r\n ler\r\nmail: zoe@x.example\r\n\
        telephoneNumber: +49 30 1\r\no: Acme\r\nou: Tools\r\ntitle: Maker\r\nl: Berlin\r\npostalCode: 10115\r\n\
        birthyear: 1990\r\nbirthmonth: 4\r\nbirthday: 15\r\nmozillaCustom1: blue\r\n\r\n\
        dn: cn=Friends\r\nobjectclass: groupOfNames\r\ncn: Friends\r\nmember: cn=Zo\xc3\xab\r\n\r\n\
        dn: cn=Half\r\nthis is nothing\r\n\r\ndn: uid=ada,dc=x\r\ncn: Ada Lovelace\r\ngivenName: Ada\r\nsn: Lovelace";

    fn records(file: &[u8]) -> Vec<Record> {
        Reader::new(file, 0, 1).map(Result::unwrap).collect()
    }

    #[test]
    fn entries_become_cards_and_the_rest_is_reported() {
        let records = records(FILE);
        assert_eq!(records.iter().map(|record| record.line).collect::<Vec<_>>(), [4, 23, 28, 31]);
        let zoe = records[0].outcome.as_ref().unwrap();
        assert_eq!((zoe.person.display_name.as_str(), zoe.person.last_name.as_deref()), ("Zoë Müller", Some("Müller")));
        assert_eq!(
            (zoe.employments[0].organization.as_str(), zoe.employments[0].title.as_deref()),
            ("Acme", Some("Maker"))
        );
        let address = zoe.person.methods.iter().find(|method| method.kind == MethodKind::Address).unwrap();
        assert_eq!((address.label.as_str(), address.value.as_str()), ("work", "Berlin 10115"));
        assert_eq!((zoe.person.dates[0].year, zoe.person.dates[0].month, zoe.person.dates[0].day), (Some(1990), 4, 15));
        assert_eq!(zoe.person.notes, "mozillacustom1: blue");
        assert!(zoe.extras.contains(&"ORG:Acme;Tools".to_owned()), "{:?}", zoe.extras);
        assert!(records[1].outcome.as_ref().unwrap_err().contains("list"));
        assert!(records[2].outcome.as_ref().unwrap_err().contains("this is nothing"));
        assert_eq!(records[3].outcome.as_ref().unwrap().uid.as_deref(), Some("uid=ada,dc=x"));
    }

    #[test]
    fn reading_goes_on_from_every_entry() {
        let all = records(FILE);
        for (index, record) in all.iter().enumerate() {
            let from = usize::try_from(record.offset).unwrap();
            let again: Vec<Record> =
                Reader::new(&FILE[from..], record.offset, record.line).map(Result::unwrap).collect();
            assert_eq!(again.len(), all.len() - index);
            assert!(again.iter().zip(&all[index..]).all(|(a, b)| a.outcome == b.outcome && a.line == b.line));
        }
    }
}
