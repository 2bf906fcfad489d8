//! How well the score of a text agrees with people who read it: tweets, product reviews, editorials and film reviews, each with the
//! mean of what twenty people said of it, from -4 to 4.

use std::fs;
use std::path::Path;

use kith::interactions::sentiment::score;

/// What people said, and the score; a text without one counts as neutral, which is how a page treats it.
type Pair = (f64, Option<f64>);

fn pairs(file: &Path) -> Vec<Pair> {
    let text = String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned();
    let pair = |line: &str| {
        let mut parts = line.splitn(3, '\t').skip(1);
        let said: f64 = parts.next()?.parse().ok()?;
        Some((said / 4.0, score(parts.next()?).map(kith::interactions::sentiment::Score::value)))
    };
    text.lines().filter_map(pair).collect()
}

#[expect(clippy::cast_precision_loss, reason = "thousands of texts")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Pearson's correlation of what has a score.
fn correlation(pairs: &[Pair]) -> f64 {
    let scored: Vec<(f64, f64)> = pairs.iter().filter_map(|(said, score)| Some((*said, (*score)?))).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| scored.iter().map(of).sum::<f64>() * share(1, scored.len());
    let (x, y) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let sum = |of: &dyn Fn(f64, f64) -> f64| scored.iter().map(|pair| of(pair.0 - x, pair.1 - y)).sum::<f64>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

/// Cold, neutral and warm, at the thresholds of VADER's authors.
fn class(value: f64) -> usize {
    usize::from(value > -0.05) + usize::from(value >= 0.05)
}

/// The share of texts in the right class, and F1 of each class.
fn classes(pairs: impl Iterator<Item = (f64, f64)>) -> (f64, [f64; 3]) {
    let mut counts = [[0; 3]; 3];
    for (said, score) in pairs {
        counts[class(said)][class(score)] += 1;
    }
    let right: usize = (0..3).map(|n| counts[n][n]).sum();
    let all: usize = counts.iter().flatten().sum();
    let f1 = |n: usize| {
        let of_either = counts[n].iter().sum::<usize>() + counts.iter().map(|row| row[n]).sum::<usize>();
        share(2 * counts[n][n], of_either)
    };
    (share(right, all), [f1(0), f1(1), f1(2)])
}

#[test]
fn a_score_agrees_with_people_as_well_as_vader_does() {
    let Some(files) = crate::files("sentiment") else { return };
    let mut all = Vec::new();
    for file in files.iter().filter(|file| file.to_string_lossy().ends_with("_GroundTruth.txt")) {
        let pairs = pairs(file);
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        report(&name, &pairs);
        // What VADER was made for.
        if name.contains("tweets") {
            let (right, _) = classes(pairs.iter().filter_map(|(said, score)| Some((*said, (*score)?))));
            assert!(correlation(&pairs) > 0.8 && right > 0.85, "{name}");
        }
        all.extend(pairs);
    }
    let scored = all.iter().filter(|pair| pair.1.is_some()).count();
    assert!(share(scored, all.len()) > 0.8, "{scored} of {} English texts have a score", all.len());
    let (right, f1) = classes(all.iter().filter_map(|(said, score)| Some((*said, (*score)?))));
    assert!(correlation(&all) > 0.45, "{}", correlation(&all));
    assert!(right > 0.55 && f1.iter().sum::<f64>() / 3.0 > 0.48, "{right} {f1:?}");
    report("all", &all);
}

fn report(name: &str, pairs: &[Pair]) {
    let scored = pairs.iter().filter(|pair| pair.1.is_some()).count();
    let (right, f1) = classes(pairs.iter().filter_map(|(said, score)| Some((*said, (*score)?))));
    let (right_of_all, _) = classes(pairs.iter().map(|(said, score)| (*said, score.unwrap_or(0.0))));
    println!(
        "{name}: {} texts, {:.3} have a score; of those r {:.3}, right {right:.3}, F1 cold {:.3} neutral {:.3} warm {:.3}; without a score as \
         neutral right {right_of_all:.3}",
        pairs.len(),
        share(scored, pairs.len()),
        correlation(pairs),
        f1[0],
        f1[1],
        f1[2]
    );
}
