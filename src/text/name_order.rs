//! In which order the parts of a name stand, as far as its letters tell. Hungarians have their family's name first too,
//! but nothing in Kovács Anna says so: what is to be shown otherwise a card says, or its form.

/// Puts a whole name together, honorifics and the like included.
#[must_use]
pub fn shown_name(first: &str, middle: &str, last: &str, prefix: &str, suffix: &str) -> String {
    let names = [first, middle, last];
    let whole = || names.into_iter().flat_map(str::chars);
    let is_whole = !first.is_empty() && !last.is_empty();
    if is_whole && whole().all(is_east_asian) && !whole().all(is_katakana) {
        // 山田花子, 김철수; what one is called by stands behind: 王雅婷 先生.
        return joined([&format!("{last}{first}{middle}"), prefix, suffix]);
    }
    if is_whole && is_vietnamese_family(last) && names.into_iter().any(is_vietnamese) {
        return joined([prefix, last, middle, first, suffix]);
    }
    joined([prefix, first, middle, last, suffix])
}

fn joined<const N: usize>(parts: [&str; N]) -> String {
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// Han, Bopomofo, Hangul, Hiragana and Katakana.
fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '々' | '〆'
        | '\u{3041}'..='\u{312f}' | '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}')
}

/// What the Japanese write names of elsewhere in, in the order of elsewhere.
fn is_katakana(c: char) -> bool {
    matches!(c, '\u{30a0}'..='\u{30ff}')
}

/// The names of most families of the Vietnamese, who share few. Those that are given names as often are left out.
const FAMILIES: [&str; 16] = [
    "nguyễn", "trần", "lê", "phạm", "huỳnh", "hoàng", "phan", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ", "ngô", "đinh",
    "trịnh",
];

/// Whether it is a family's name: whoever typed it in the order that she reads it has another part there.
fn is_vietnamese_family(last: &str) -> bool {
    FAMILIES.contains(&last.to_lowercase().as_str())
}

/// Whether it has letters of the Vietnamese alone. They share ẹ, ị, ọ and ụ with the Yoruba and the Igbo, who have
/// their family's name behind.
fn is_vietnamese(name: &str) -> bool {
    name.chars().any(|c| match c {
        'Ẹ' | 'ẹ' | 'Ị' | 'ị' | 'Ọ' | 'ọ' | 'Ụ' | 'ụ' | 'Ẽ' | 'ẽ' | 'Ỹ' | 'ỹ' => false,
        '\u{1ea0}'..='\u{1ef9}' | 'ơ' | 'Ơ' | 'ư' | 'Ư' => true,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(first: &str, middle: &str, last: &str) -> String {
        shown_name(first, middle, last, "", "")
    }

    #[test]
    fn the_family_stands_in_front_where_the_letters_say_so() {
        assert_eq!(shown("花子", "", "山田"), "山田花子");
        assert_eq!(shown("さくら", "", "木之本"), "木之本さくら");
        assert_eq!(shown("雅婷", "", "王"), "王雅婷");
        assert_eq!(shown("철수", "", "김"), "김철수");
        assert_eq!(shown("Anh", "Văn", "Nguyễn"), "Nguyễn Văn Anh");
    }

    #[test]
    fn it_stands_behind_everywhere_else() {
        assert_eq!(shown("Anna", "", "Kovács"), "Anna Kovács");
        assert_eq!(shown("ケイト", "", "ミュラー"), "ケイト ミュラー");
        assert_eq!(shown("Jackie", "", "陳"), "Jackie 陳");
        assert_eq!(shown("Adébáyọ̀", "", "Olúwaṣẹ́gun"), "Adébáyọ̀ Olúwaṣẹ́gun");
        assert_eq!(shown("Đặng", "", "Văn Lâm"), "Đặng Văn Lâm", "typed as it is read");
        assert_eq!(shown("Vincent", "Willem", "van Gogh"), "Vincent Willem van Gogh");
    }

    #[test]
    fn a_single_name_and_what_one_is_called_by_stand_where_they_belong() {
        assert_eq!(shown("花子", "", ""), "花子");
        assert_eq!(shown("Prince", "", ""), "Prince");
        assert_eq!(shown_name("Ada", "", "King", "Dr.", "PhD"), "Dr. Ada King PhD");
        assert_eq!(shown_name("雅婷", "", "王", "先生", ""), "王雅婷 先生");
        assert_eq!(shown_name("Anh", "Văn", "Nguyễn", "Ông", ""), "Ông Nguyễn Văn Anh");
    }
}
