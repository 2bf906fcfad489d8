//! X-ANDROID-CUSTOM: rows of Android's own tables, for what vCard 2.1 has no property.

use super::content_line::ContentLine;
use super::escape::components;

/// The property that such a row is, where Kith models it: a nickname, a day.
pub(super) fn property(line: &ContentLine) -> Option<ContentLine> {
    let parts = components(&line.value);
    let (table, value) = (*parts.first()?, *parts.get(1)?);
    let name = match (table, *parts.get(2)?) {
        ("vnd.android.cursor.item/nickname", _) => "NICKNAME",
        ("vnd.android.cursor.item/contact_event", "1") => "ANNIVERSARY",
        ("vnd.android.cursor.item/contact_event", "3") => "BDAY",
        _ => return None,
    };
    Some(ContentLine::new(name, value))
}
