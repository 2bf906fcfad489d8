//! Draws names of many scripts from `names.txt`, common ones more often, as in life.

use rand::Rng;

/// The names of one culture.
#[derive(Debug, Default)]
struct Culture {
    share: u32,
    given: Vec<&'static str>,
    family: Vec<&'static str>,
    root: Vec<&'static str>,
    end: Vec<&'static str>,
    first: Vec<&'static str>,
    second: Vec<&'static str>,
}

/// All cultures.
#[derive(Debug)]
pub struct Names {
    cultures: Vec<Culture>,
    shares: u32,
}

/// One drawn name.
#[derive(Debug, Clone)]
pub struct Name {
    pub given: String,
    pub family: String,
    /// Whether it is written family name first and without a space, as in Chinese.
    pub is_joined: bool,
}

impl Names {
    /// Reads the list.
    pub fn read() -> Self {
        let mut cultures: Vec<Culture> = Vec::new();
        for line in include_str!("names.txt").lines().filter(|line| !line.starts_with('#')) {
            if let Some(head) = line.strip_prefix('[') {
                let share = head.trim_end_matches(']').rsplit(' ').next().and_then(|n| n.parse().ok()).unwrap_or(1);
                cultures.push(Culture { share, ..Culture::default() });
                continue;
            }
            let Some(culture) = cultures.last_mut() else { continue };
            let (kind, words) = line.split_once(' ').unwrap_or((line, ""));
            let words = words.split(' ').collect();
            match kind {
                "given" => culture.given = words,
                "family" => culture.family = words,
                "root" => culture.root = words,
                "end" => culture.end = words,
                "first" => culture.first = words,
                _ => culture.second = words,
            }
        }
        let shares = cultures.iter().map(|culture| culture.share).sum();
        Self { cultures, shares }
    }

    /// The next name.
    pub fn draw(&self, rng: &mut impl Rng) -> Name {
        let mut left = rng.random_range(0..self.shares);
        let mut culture = &self.cultures[0];
        for other in &self.cultures {
            culture = other;
            if left < other.share {
                break;
            }
            left -= other.share;
        }
        let given = if culture.given.is_empty() {
            format!("{}{}", common(&culture.first, rng), common(&culture.second, rng))
        } else {
            common(&culture.given, rng).to_owned()
        };
        let family = if culture.root.is_empty() || rng.random_bool(0.45) {
            common(&culture.family, rng).to_owned()
        } else {
            format!("{}{}", any(&culture.root, rng), any(&culture.end, rng))
        };
        let is_joined = family.chars().all(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'));
        Name { given, family, is_joined }
    }
}

/// The earlier the likelier, about as name statistics fall off.
pub fn common<'a>(words: &[&'a str], rng: &mut impl Rng) -> &'a str {
    let place = rng.random::<f64>().powf(1.7) * words.len() as f64;
    words[(place as usize).min(words.len() - 1)]
}

/// Each as likely.
pub fn any<'a>(words: &[&'a str], rng: &mut impl Rng) -> &'a str {
    words[rng.random_range(0..words.len())]
}
