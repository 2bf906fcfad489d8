//! Which zone a TZID means.

use std::collections::HashMap;
use std::sync::Arc;

use chrono_tz::Tz;

use super::displayed;
use super::file_zone::FileZone;
use super::moment::Zone;
use super::windows;
use crate::exchange::vcard::escape::unescape;

/// How many VTIMEZONEs of one calendar are kept: there are some four hundred zones.
const MAX_ZONES: usize = 1_000;

/// The zones that a calendar brings itself.
#[derive(Debug, Default)]
pub(super) struct Zones(HashMap<String, Zone>);

impl Zones {
    /// Keeps a VTIMEZONE. Where it says which zone of IANA it is (X-LIC-LOCATION) that one is meant, since it knows
    /// other years than those that the file gives.
    pub fn add(&mut self, zone: FileZone) {
        if self.0.len() < MAX_ZONES {
            let known = zone.location.as_deref().and_then(|location| location.parse().ok());
            self.0.insert(plain(&zone.name), known.map_or_else(|| Zone::OfFile(Arc::new(zone)), Zone::Iana));
        }
    }

    /// The zone of a TZID, if it is known by name or by a VTIMEZONE that came before.
    pub fn find(&self, name: &str) -> Option<Zone> {
        by_name(name).map(Zone::Iana).or_else(|| self.0.get(&plain(name)).cloned())
    }

    /// The same, else what the TZID shows: less than a VTIMEZONE says that may still come.
    pub fn meant(&self, name: &str) -> Option<Zone> {
        self.find(name).or_else(|| displayed::zone(&plain(name)))
    }
}

/// A name without what escapes it: it may have commas, and stands now as a text and now as a parameter.
fn plain(name: &str) -> String {
    let name = unescape(name.trim().trim_matches('"'));
    name.split(',').map(str::trim).collect::<Vec<_>>().join(", ")
}

/// A zone by its name: of IANA, of Windows, or behind what a program puts before it, such as
/// `/mozilla.org/20050126_1/Europe/Berlin`.
fn by_name(name: &str) -> Option<Tz> {
    let name = name.trim();
    let name = name.strip_prefix("tzone://Microsoft/").unwrap_or(name);
    if let Ok(zone) = name.parse() {
        return Some(zone);
    }
    if name.eq_ignore_ascii_case("utc") || name.eq_ignore_ascii_case("z") {
        return Some(Tz::UTC);
    }
    let behind = name.match_indices('/').map(|(slash, _)| &name[slash + 1..]).filter(|rest| rest.contains('/'));
    behind.filter_map(|rest| rest.parse().ok()).next().or_else(|| windows::zone(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_in_a_name_may_be_escaped_or_quoted() {
        for name in ["Kuala Lumpur\\, Singapore", "\"Kuala Lumpur, Singapore\"", " Kuala Lumpur,Singapore"] {
            assert_eq!(plain(name), "Kuala Lumpur, Singapore");
        }
    }

    #[test]
    fn a_zone_is_known_by_its_name_in_any_spelling_of_programs() {
        for (name, expected) in [
            ("Europe/Berlin", Some(Tz::Europe__Berlin)),
            (" Europe/Berlin ", Some(Tz::Europe__Berlin)),
            ("/mozilla.org/20050126_1/Europe/Berlin", Some(Tz::Europe__Berlin)),
            ("/freeassociation.sourceforge.net/America/Argentina/Salta", Some(Tz::America__Argentina__Salta)),
            ("/America/New_York", Some(Tz::America__New_York)),
            ("US/Eastern", Some(Tz::US__Eastern)),
            ("Pacific Standard Time", Some(Tz::America__Los_Angeles)),
            ("tzone://Microsoft/Utc", Some(Tz::UTC)),
            ("Customized Time Zone", None),
            ("/Nowhere/Middle", None),
            ("", None),
        ] {
            assert_eq!(by_name(name), expected, "{name}");
        }
    }
}
