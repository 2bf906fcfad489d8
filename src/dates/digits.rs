//! Numbers of days, which stand several times on each row of a list: written without `format!`, which takes ten times as many
//! instructions for one.

/// Appends a number.
pub fn number(text: &mut String, number: i64) {
    text.push_str(itoa::Buffer::new().format(number));
}

/// Appends a number of two digits at least.
pub fn two(text: &mut String, number: u32) {
    if number < 10 {
        text.push('0');
    }
    self::number(text, number.into());
}

/// Appends a year of four digits at least (ISO 8601).
pub fn year(text: &mut String, year: i32) {
    if (0..1000).contains(&year) {
        text.push_str(if year < 10 {
            "000"
        } else if year < 100 {
            "00"
        } else {
            "0"
        });
    }
    number(text, year.into());
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_have_as_many_digits_as_asked_for() {
        let mut text = String::new();
        for number in [3, 12, 0] {
            super::two(&mut text, number);
        }
        for year in [0, 7, 42, 987, 2026, 12345] {
            text.push(' ');
            super::year(&mut text, year);
        }
        assert_eq!(text, "031200 0000 0007 0042 0987 2026 12345");
    }
}
