//! Numbers as people read them.

use std::fmt::Display;

/// Groups the digits of a whole number by thousands: 1284 is `1,284`.
pub fn grouped(number: impl Display) -> String {
    let plain = number.to_string();
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("-", digits));
    let mut shown = sign.to_owned();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// Bytes as people read them: `1.2 MB`, `200 MB`.
#[must_use]
pub fn bytes(bytes: i64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(bytes / 100_000)),
        _ => format!("{} GB", tenths(bytes / 100_000_000)),
    }
}

fn tenths(tenths: i64) -> String {
    if tenths % 10 == 0 { grouped(tenths / 10) } else { format!("{}.{}", grouped(tenths / 10), tenths % 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1284, -1_000_000].map(grouped), ["0", "999", "1,284", "-1,000,000"]);
    }

    #[test]
    fn bytes_are_told_by_their_size() {
        let shown = [0, 999, 12_345, 1_250_000, 200_000_000, 3_400_000_000].map(bytes);
        assert_eq!(shown, ["0 bytes", "999 bytes", "12 KB", "1.2 MB", "200 MB", "3.4 GB"]);
    }
}
