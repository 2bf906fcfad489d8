//! Countries, as telephones know them: their names, and where a time zone lies.

/// Code, name and time zones, a line each.
const TABLE: &str = include_str!("countries.txt");

/// A country by the two letters of ISO 3166.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// The country of a stored code: whatever two capitals are.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        let letters: [u8; 2] = code.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }

    /// The country that this IANA time zone lies in; none of `UTC` and its like.
    #[must_use]
    pub fn of_time_zone(zone: &str) -> Option<Self> {
        let mut rows = rows();
        rows.find(|(_, _, zones)| zones.split(' ').any(|known| known == zone)).map(|(country, _, _)| country)
    }

    /// All with their names, in the order of these.
    pub fn all() -> impl Iterator<Item = (Self, &'static str)> {
        rows().map(|(country, name, _)| (country, name))
    }

    /// Its two letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn rows() -> impl Iterator<Item = (Country, &'static str, &'static str)> {
    TABLE.lines().filter_map(|line| {
        let mut cells = line.split('\t');
        Some((Country::of_code(cells.next()?)?, cells.next()?, cells.next()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_lies_in_a_country_and_an_old_name_in_the_same() {
        let code = |zone: &str| Country::of_time_zone(zone).map(|country| country.code().to_owned());
        assert_eq!(code("Europe/Berlin").as_deref(), Some("DE"));
        assert_eq!(code("Asia/Ho_Chi_Minh"), code("Asia/Saigon"));
        assert_eq!(code("US/Pacific").as_deref(), Some("US"));
        assert_eq!(code("Europe/Oslo").as_deref(), Some("NO"));
        assert_eq!([code("UTC"), code("Etc/GMT+5"), code("Nowhere/Else")], [None, None, None]);
    }

    #[test]
    fn nearly_every_zone_that_a_form_offers_lies_somewhere() {
        let nowhere = |name: &&str| name.contains('/') && !name.starts_with("Etc/");
        let lost: Vec<&str> = chrono_tz::TZ_VARIANTS
            .iter()
            .map(|zone| zone.name())
            .filter(nowhere)
            .filter(|name| Country::of_time_zone(name).is_none())
            .collect();
        // Nobody lives on the islands.
        let islands =
            ["Atlantic/South_Georgia", "Indian/Kerguelen", "Pacific/Midway", "Pacific/Pitcairn", "Pacific/Wake"];
        let is_empty = |name: &&str| name.starts_with("Antarctica/") || islands.contains(name);
        assert!(lost.iter().all(is_empty), "{lost:?}");
    }

    #[test]
    fn each_country_stands_once_and_by_its_name() {
        let names: Vec<&str> = Country::all().map(|(_, name)| name).collect();
        let mut sorted = names.clone();
        sorted.sort_by_key(|name| crate::text::sort_key::sort_key(name));
        sorted.dedup();
        assert_eq!(names, sorted);
        assert_eq!(Country::all().count(), 243);
    }
}
