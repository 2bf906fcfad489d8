//! Whether a text is English, as far as that can be told. A detector by letters (whatlang) is sure of a paragraph and guesses at a
//! line: of `Sounds good.` it knows nothing. So a short text is judged by its words, too.

use whatlang::Lang;

/// Letters without which there is no telling.
const FEWEST_LETTERS: usize = 8;
/// Letters up to which a text is short: a longer one the detector knows.
const SHORT: usize = 120;

/// Words of which every English sentence has some, though other languages may have them, too: beside what the detector takes for
/// English one is enough.
const COMMON: &str = "a about and are be but could did don't for from had has have her his i i'm is it it's its my not of our she \
    should that the their there they this to very was we were what when which who will with would you your";

/// Words that are English and, as they are written, no other language's that is common in mail.
const ENGLISH: &str = "the and with about she they you your this that there their them would should could don't didn't doesn't isn't wasn't \
    aren't weren't can't couldn't won't wouldn't it's i'm i've i'll i'd she's he's that's we're we've they're you're very really who which \
    when where why how because him from were been his our it its what have having are again today yesterday tomorrow tonight after before \
    while than some any much many other another never always every everything something nothing someone everyone nobody too good great \
    lovely love loves loved wonderful awful sad worried worries thanks thank sounds sounded seems seemed feels feel feeling felt think \
    thinks thought talk talked talking talks said says told asked wants wanted likes liked hates hated need needs needed went gone going got \
    get gets came comes coming made making took take takes saw seen old work works worked weather walk walked coffee tea \
    health house friend friends friendly mother father brother sister husband wife daughter children birthday wedding funeral sick ill \
    better worse first month year years days night morning evening afternoon money school holiday forward looking look looks looked \
    hope hopes hoped please excited angry upset tired proud busy help helped lost left little big bit lot time things thing people back \
    away out into through now soon later early late know knows knew does done might next enough both same such few each shouted nice";

/// Words of other languages, and not of English ones.
const OTHER: &str = "der das dem ein eine einen einem einer ist und oder nicht ich wir ihr sie es für zu auf bei nach aus auch \
    aber wie sehr schön heute gestern morgen hatte haben sind wird kein keine beim zum zur mein dein nett \
    le les une du et je tu il elle nous vous ils avec pas très bien dans que qui cette était merci c'est j'ai \
    una con por para muy fue está pero bueno buena gracias hola gli che sono molto della stato ciao grazie bello \
    uma não com foi muito obrigado ele ela het een en ik niet zijn voor maar goed ze hij naar ook wel gesprek leuk te \
    og det jeg ikke på var vi et som godt och jag inte är mycket att się nie jest bardzo było";

/// Words that are common in German, and that mean something else in English; the lexicon has most of them.
const MISTAKEN: &str = "war die dies hat lies lied hell";

/// Common words that are German or Dutch as well, so that they tell nothing beside one of those.
const SHARED: &str = "had has have her i is of not was we will";

fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

/// Whether it is English: by its letters, which have to be mostly Latin, by the detector, and where it is short by its words.
/// `is_toned` tells of a word whether it is warm or cold.
pub(super) fn is_english(text: &str, is_toned: impl Fn(&str) -> bool) -> bool {
    let (letters, others) = text
        .chars()
        .filter(|c| c.is_alphabetic())
        .fold((0, 0), |(letters, others), c| if c.is_ascii() { (letters + 1, others) } else { (letters, others + 1) });
    if letters < FEWEST_LETTERS || others * 10 > letters {
        return false;
    }
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '/' | '—' | '–' | '…'));
    let words = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let written: Vec<&str> = words.filter(|word| word.chars().any(char::is_alphabetic)).collect();
    let words: Vec<String> = written.iter().map(|word| word.to_lowercase()).collect();
    let is_short = letters < SHORT;
    if is_short && (words.iter().any(|word| has(OTHER, word)) || is_mistaken(&words)) {
        return false;
    }
    let has_common = || words.iter().any(|word| has(COMMON, word));
    is_short && is_english_by_words(&words, &written, is_toned)
        || whatlang::detect(text)
            .is_some_and(|found| found.lang() == Lang::Eng && (found.is_reliable() || has_common()))
}

/// Whether a word may as well be German, and neither a word of every English sentence nor several others say that it is
/// not.
fn is_mistaken(words: &[String]) -> bool {
    let is_telling = |word: &String| has(COMMON, word) && !has(SHARED, word);
    words.iter().any(|word| has(MISTAKEN, word))
        && !words.iter().any(is_telling)
        && words.iter().filter(|word| has(ENGLISH, word)).count() < 3
}

/// Whether at least one word is English alone, and half of them are English or warm or cold to the lexicon. That itself
/// holds `war`, `terrible` and `super`, which other languages have as well. What is written like a name may be one:
/// `Manfred`.
fn is_english_by_words(words: &[String], written: &[&str], is_toned: impl Fn(&str) -> bool) -> bool {
    let of_past = |word: &str, written: &str| is_past(word) && !written.starts_with(char::is_uppercase);
    let is_english = |(word, written): (&String, &&str)| has(ENGLISH, word) || of_past(word, written);
    let is_alike = |word: &String| has(COMMON, word) || is_past(word) || is_toned(word);
    let english = words.iter().zip(written).filter(|both| is_english(*both)).count();
    let alike = words.iter().zip(written).filter(|both| !is_english(*both) && is_alike(both.0)).count();
    english > 0 && (english + alike) * 2 >= words.len()
}

/// `shouted`, `argued`; not the Danish `sundhed` nor the Dutch `invloed`.
fn is_past(word: &str) -> bool {
    let stem = word.strip_suffix("ed").unwrap_or_default();
    stem.len() >= 4 && !stem.ends_with(['a', 'e', 'h', 'i', 'o'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str) -> bool {
        is_english(text, |word| ["terrible", "war", "super", "horrible", "party", "perfect"].contains(&word))
    }

    #[test]
    fn a_short_line_is_told_by_its_words() {
        for text in [
            "I am worried about her health",
            "Great! I love it, wonderful lunch",
            "Lovely to see you yesterday",
            "Terrible call, he shouted",
            "Awful weather but nice walk",
            "Sounds good.",
            "Argued about money",
            "She hates the new boss",
            "Lunch was nice",
            "Manfred was sad",
            "Talked about the war",
            "Her father might die soon",
        ] {
            assert!(is(text), "{text}");
        }
    }

    #[test]
    fn a_short_line_of_another_language_is_not_english() {
        for text in [
            "War super heute",
            "Sie ist sehr krank",
            "Ich war in Berlin",
            "Das war ein nice Meeting",
            "Manfred war da",
            "Alfred war da",
            "Wilfred war super",
            "Lunch war nice",
            "War nice, Wetter great",
            "C'est terrible, il est parti",
            "Très bien, merci",
            "Horrible, pas de train",
            "Fue terrible, he perdido",
            "Muy bien, gracias",
            "Todo perfecto en la party",
            "Het was perfect",
            "Leuk gesprek met haar",
            "We zijn heel blij",
            "Det var super",
        ] {
            assert!(!is(text), "{text}");
        }
    }
}
