//! How warm a text is: VADER (Hutto and Gilbert, ICWSM 2014), which knows English words alone. A text in another
//! language, or one too short to tell its language, has no score.

use std::fmt;

use unicode_segmentation::UnicodeSegmentation;
use vader_sentiment::SentimentIntensityAnalyzer;

use super::english::is_english;

/// Characters of a text that are looked at: nobody's tone turns after so many, and a job has to end.
pub const LOOKED_AT: usize = 10_000;
/// Characters from which on a passage is whole. VADER was made for, and measured on, texts about so long; of a longer
/// one the sum over its words says little but that it is long.
const PASSAGE: usize = 280;
/// How warm something is, in hundredths of -1 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(i8);

impl Score {
    /// The nearest to `value`, within -1 and 1.
    #[must_use]
    pub fn near(value: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "it is between -100 and 100")]
        Self((value.clamp(-1.0, 1.0) * 100.0).round() as i8)
    }

    /// As somebody types it, `0.4`, `-0,4` or `+1`; none where it is no number or none of -1 to 1.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let number: f64 = text.trim().replace(',', ".").replace('−', "-").parse().ok()?;
        (-1.0..=1.0).contains(&number).then(|| Self::near(number))
    }

    /// Between -1 and 1.
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// In a word. What is neutral VADER's authors say, 0.05 to either side; `very` begins half way.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self.0 {
            50.. => "very warm",
            5.. => "warm",
            -4.. => "neutral",
            -49.. => "cool",
            _ => "cold",
        }
    }
}

/// `+0.42`, `0.00`, `-0.10`: what a form takes back.
impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 > 0 { "+" } else { "" };
        write!(f, "{sign}{:.2}", self.value())
    }
}

/// How warm a text is, if it is English. The lexicon is read at the first call.
#[must_use]
pub fn score(text: &str) -> Option<Score> {
    let text: String = text.chars().take(LOOKED_AT).map(|c| if c == '’' { '\'' } else { c }).collect();
    let analyzer = SentimentIntensityAnalyzer::new();
    let is_toned = |word: &str| analyzer.polarity_scores(word).get("compound").is_some_and(|score| *score != 0.0);
    if !is_english(&text, is_toned) {
        return None;
    }
    let scores = passages(&text).into_iter().map(|passage| analyzer.polarity_scores(passage).get("compound").copied());
    let (sum, count) = scores.flatten().fold((0.0, 0.0), |(sum, count), score| (sum + score, count + 1.0));
    (count > 0.0).then(|| Score::near(sum / count))
}

/// A text by its sentences, as many together as make a passage; what is left over belongs to the last one.
fn passages(text: &str) -> Vec<&str> {
    let mut starts = vec![0];
    for (sentence, _) in text.split_sentence_bound_indices() {
        let is_whole = starts.last().is_some_and(|start| sentence - start >= PASSAGE);
        if is_whole && text.len() - sentence >= PASSAGE / 4 {
            starts.push(sentence);
        }
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_warm_or_cold_and_said_in_a_word() {
        for (text, word) in [
            ("It was lovely to see her again, she was so happy about the new flat!", "very warm"),
            ("We had a nice walk along the river and talked about the job.", "warm"),
            ("She will send the minutes of the meeting on Tuesday.", "neutral"),
            ("He is a bit worried about the contract.", "cool"),
            ("That was a terrible call, he was angry and I hate how this ended.", "cold"),
            ("Sounds good.", "warm"),
            ("Terrible call, he shouted", "cool"),
            ("Great! I love it, wonderful lunch", "very warm"),
            ("I don’t like this at all, and it’s not what we agreed.", "cool"),
        ] {
            assert_eq!(score(text).map(Score::word), Some(word), "{text} {:?}", score(text));
        }
    }

    #[test]
    fn other_languages_and_what_is_too_short_have_no_score() {
        for text in [
            "",
            "   ",
            "ok",
            "Great!",
            "👍👍👍",
            "Lunch",
            "Das war ein schrecklich schlechtes Gespräch, und ich bin sehr traurig.",
            "Wir waren in Berlin und es war super, er will den Job.",
            "C'était un très bon moment, elle est vraiment super contente.",
            "Fue una reunión excelente, me encantó verla de nuevo.",
            "È stato un bellissimo incontro, sono molto felice.",
            "Foi uma ótima conversa, fiquei muito feliz com a notícia.",
            "Het was een heel fijn gesprek, we zijn er blij mee.",
            "Det var et godt møde, og vi er glade for det nye hus.",
            "To było bardzo dobre spotkanie, jestem szczęśliwy.",
            "Это была прекрасная встреча, я очень рад.",
            "花子さんとお茶を飲みました。Happy birthday!",
            "今天的会议很好，我很高兴。 the good news",
            "كان لقاء رائعا وأنا سعيد جدا",
        ] {
            assert_eq!(score(text), None, "{text}");
        }
    }

    #[test]
    fn a_long_text_is_as_warm_as_its_passages_and_not_as_it_is_long() {
        let plain = "The meeting is at nine and the minutes will be sent by the office on Tuesday afternoon. ";
        let (warm, long) = (format!("That is good. {plain}"), format!("That is good. {plain}").repeat(90));
        let (short, long) = (score(&warm).unwrap(), score(&long).unwrap());
        assert!(long.value() < 0.95 && long >= short, "{short} {long}");
        let turned =
            format!("{}{}", "I love this, it is wonderful. ".repeat(20), "I hate that, it is terrible. ".repeat(20));
        assert!(score(&turned).unwrap().value().abs() < 0.3);
    }

    #[test]
    fn the_passages_are_the_text() {
        for text in ["", "One.", &"One two three. ".repeat(60), &"x".repeat(1000), &"ß. É! 👩‍👩‍👧? ".repeat(100)]
        {
            assert_eq!(passages(text).concat(), text);
        }
    }

    #[test]
    fn a_score_is_read_as_it_is_written() {
        for hundredths in -100..=100 {
            let score = Score(hundredths);
            assert_eq!(Score::typed(&score.to_string()), Some(score));
            assert_eq!(Score::near(score.value()), score);
        }
        assert_eq!(
            ["-0,5", " +1 ", "−.25"].map(|text| Score::typed(text).map(|score| score.0)),
            [Some(-50), Some(100), Some(-25)]
        );
        assert_eq!(["", "1.01", "-2", "NaN", "inf", "warm"].map(Score::typed), [None; 6]);
        assert_eq!([Score(0), Score(-5), Score(7)].map(|score| score.to_string()), ["0.00", "-0.05", "+0.07"]);
        assert_eq!([Score(4), Score(-4), Score(5), Score(-5)].map(Score::word), ["neutral", "neutral", "warm", "cool"]);
    }

    #[test]
    fn no_text_is_too_odd() {
        let parts = [
            "but ",
            "at least ",
            "kind of",
            "n't",
            "NOT ",
            "the good ",
            "BAD",
            "😀",
            "!?",
            " ",
            "\u{0}",
            "İ",
            "’",
            "e\u{301}",
            "ﷺ",
            "\u{202e}",
            "花",
        ];
        let mut seed = 88_172_645_463_325_252_u64;
        let mut next = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            usize::try_from(seed % below as u64).unwrap()
        };
        for _ in 0..500 {
            let length = next(30);
            let text: String = (0..length).map(|_| parts[next(parts.len())]).collect();
            let _ = score(&format!("She said that {text}"));
            assert!(score(&text).is_none_or(|score| score.value().abs() <= 1.0));
        }
        for text in ["good ", "the shit ", "but ", "😀", "İ", "a b "] {
            let _ = score(&text.repeat(20_000 / text.len()));
        }
    }
}
