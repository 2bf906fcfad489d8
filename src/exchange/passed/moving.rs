//! Which times of a series only moved: what stands for them stays, with whatever she wrote of it.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use super::queries::revisions::Stored;
use super::record::Draft;

/// What moved to which of the times that are new: that of the same day, or where the whole series goes to other days as far as
/// each other of it the one in the same place.
pub(super) fn pairs<'a>(
    mut arriving: Vec<&'a Draft>,
    mut leaving: Vec<&'a Stored>,
    is_whole: bool,
    zone: Tz,
) -> Vec<(&'a Draft, &'a Stored)> {
    let new = |draft: &Draft| planned(&draft.external_id, draft.interaction.when.at, zone);
    let old = |one: &Stored| planned(&one.external_id, one.occurred_at, zone);
    arriving.sort_by_key(|draft| new(draft));
    leaving.sort_by_key(|one| old(one));
    let mut by_day: HashMap<NaiveDate, VecDeque<&Stored>> = HashMap::new();
    for one in leaving.iter().copied() {
        by_day.entry(old(one).date()).or_default().push_back(one);
    }
    let same_day = arriving.iter().filter_map(|draft| {
        let standing = by_day.get_mut(&new(draft).date())?.pop_front()?;
        Some((*draft, standing))
    });
    let pairs: Vec<(&Draft, &Stored)> = same_day.collect();
    if !pairs.is_empty() || !is_whole {
        return pairs;
    }
    let pairs: Vec<(&Draft, &Stored)> = arriving.into_iter().zip(leaving).collect();
    let moved = |(draft, one): &(&Draft, &Stored)| new(draft) - old(one);
    let first = pairs.first().map_or_else(Duration::zero, moved);
    // Where one was taken out, those behind it are not in the same place.
    let is_alike = pairs.iter().all(|pair| (moved(pair) - first).abs() <= Duration::days(1));
    if is_alike { pairs } else { Vec::new() }
}

/// When a series has a time of it by her clock, wherever she put it since: as its id says, else when it is.
fn planned(id: &str, at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    let hers = |utc: DateTime<Utc>| utc.with_timezone(&zone).naive_local();
    let said = id.rsplit_once(' ').and_then(|(_, instance)| {
        if let Some(utc) = instance.strip_suffix('Z') {
            return NaiveDateTime::parse_from_str(utc, "%Y%m%dT%H%M%S").ok().map(|utc| hers(utc.and_utc()));
        }
        let day = || NaiveDate::parse_from_str(instance, "%Y%m%d").ok().map(|day| day.and_time(NaiveTime::MIN));
        NaiveDateTime::parse_from_str(instance, "%Y%m%dT%H%M%S").ok().or_else(day)
    });
    said.unwrap_or_else(|| hers(at))
}
