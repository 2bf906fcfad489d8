//! Typing a name: every keystroke of many people's names, their misspellings and single letters, each asked for as the
//! filter of the list and the palette ask, over one connection.

use std::time::Duration;

use anyhow::{Result, bail};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::client::{Connection, request};
use crate::place::{How, Kith, Place, block_on};
use crate::report::{Figure, median};
use crate::tenant::Names;

/// Each is asked so often; the middle counts, since a neighbour's work on the machine is not Kith's.
const TIMES: usize = 5;

/// The figures of both places that one types into.
pub fn figures(place: &Place) -> Result<Vec<Figure>> {
    let typed = typed();
    let kith = Kith::start(place, &How::default())?;
    let mut found = Vec::new();
    for (what, path, target) in
        [("the list's filter", "/contacts", "results"), ("the palette", "/search", "palette-results")]
    {
        match block_on(asked(&kith, place, &typed, path, target)) {
            Ok(times) => found.push(figure(what, &typed, &times)),
            Err(error) => {
                found.push(Figure::bounded(format!("typing into {what}"), format!("failed: {error}"), "", false))
            }
        }
    }
    kith.stop()?;
    Ok(found)
}

fn figure(what: &str, typed: &[String], times: &[f64]) -> Figure {
    let (at, worst) =
        times.iter().enumerate().fold((0, 0.0), |most, (at, time)| if *time > most.1 { (at, *time) } else { most });
    let mut sorted = times.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let middle = median(times);
    Figure::bounded(
        format!("typing into {what}, {} texts at 100,000 contacts", typed.len()),
        format!(
            "median {middle:.1} ms, 95th percentile {:.1} ms, worst {worst:.1} ms (“{}”)",
            sorted[sorted.len() * 95 / 100],
            typed[at]
        ),
        "median under 10 ms, worst under 50 ms",
        middle < 10.0 && worst < 50.0,
    )
}

/// The middle time of each text's answer, in milliseconds.
async fn asked(kith: &Kith, place: &Place, typed: &[String], path: &str, target: &str) -> Result<Vec<f64>> {
    let mut connection = Connection::open(kith.port).await?;
    let headers = [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", target)];
    let mut times = vec![Vec::new(); typed.len()];
    for round in 0..=TIMES {
        for (text, times) in typed.iter().zip(&mut times) {
            let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let started = std::time::Instant::now();
            let reply = connection.get(&request(&format!("{path}?q={query}"), &place.token, &headers)).await?;
            if reply.status != 200 {
                bail!("{path}?q={query} answered {}", reply.status);
            }
            // The first round is for the caches of the connections.
            if round > 0 {
                times.push(milliseconds(started.elapsed()));
            }
        }
    }
    Ok(times.iter().map(|times| median(times)).collect())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// What people type: sixty people letter by letter, in both orders, half of them once misspelt; single letters of every
/// script; and what stands in phones, firms and notes.
fn typed() -> Vec<String> {
    let names = Names::read();
    // Not the generator's seed: the names are such as one knows, not those that were drawn.
    let mut rng = StdRng::seed_from_u64(42);
    let mut typed: Vec<String> = "abcdefghijklmnopqrstuvwxyz".chars().map(String::from).collect();
    typed.extend("김王李田สअаИΠمכ".chars().map(String::from));
    for number in 0..60 {
        let name = names.draw(&mut rng);
        let whole = match number % 3 {
            0 => format!("{} {}", name.given, name.family),
            1 => format!("{} {}", name.family, name.given),
            _ if name.is_joined => format!("{}{}", name.family, name.given),
            _ => name.family,
        };
        let letters: Vec<char> = whole.chars().collect();
        typed.extend((1..=letters.len()).map(|length| letters[..length].iter().collect::<String>()));
        if number % 2 == 0 {
            typed.extend(misspelt(&letters));
        }
    }
    let others = [
        "+49 30",
        "0049",
        "912",
        "555",
        "tidewater",
        "gmbh",
        "lisbon",
        "kestrel eng",
        "cello",
        "mail.example",
        "@",
        "-",
        "  ",
    ];
    typed.extend(others.map(str::to_owned));
    typed.retain(|text| !text.trim().is_empty());
    typed.sort_unstable();
    typed.dedup();
    typed
}

/// Two letters swapped, one left out, one doubled: in the middle, where fingers slip.
fn misspelt(letters: &[char]) -> Vec<String> {
    if letters.len() < 5 || letters.iter().any(|letter| !letter.is_alphabetic() && *letter != ' ') {
        return Vec::new();
    }
    let middle = letters.len() / 2;
    let mut swapped = letters.to_vec();
    swapped.swap(middle - 1, middle);
    let mut short = letters.to_vec();
    short.remove(middle);
    let mut long = letters.to_vec();
    long.insert(middle, letters[middle]);
    [swapped, short, long].map(|letters| letters.into_iter().collect()).into()
}
