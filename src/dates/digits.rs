//! Numbers of days, which stand several times on each row of a list: written without `format!`, which takes ten times
//! as many instructions for one.

/// Appends a number.
pub fn number(text: &mut String, number: i64) {
    text.push_str(itoa::Buffer::new().format(number));
}

/// Appends a number of two digits at least.
pub fn two(text: &mut String, number: u32) {
    if number < 100 {
        text.push(digit(number / 10));
        text.push(digit(number % 10));
    } else {
        self::number(text, number.into());
    }
}

/// The last digit.
fn digit(number: u32) -> char {
    char::from(b'0' + (number % 10) as u8)
}

/// Appends a year of four digits at least (ISO 8601).
pub fn year(text: &mut String, year: i32) {
    match u32::try_from(year) {
        Ok(year @ ..10_000) => {
            two(text, year / 100);
            two(text, year % 100);
        }
        _ => number(text, year.into()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_have_as_many_digits_as_asked_for() {
        let mut text = String::new();
        for number in [3, 12, 0] {
            super::two(&mut text, number);
        }
        for year in [0, 7, 42, 987, 2026, 12345, -44] {
            text.push(' ');
            super::year(&mut text, year);
        }
        assert_eq!(text, "031200 0000 0007 0042 0987 2026 12345 -44");
    }
}
