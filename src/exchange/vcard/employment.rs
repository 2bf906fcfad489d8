//! ORG, TITLE and ROLE, and the posts that they are to Kith.

use std::collections::{BTreeMap, VecDeque};

use chrono::NaiveDate;

use super::content_line::ContentLine;
use super::escape::{components, unescape};
use super::shape::ENCODED;
use crate::exchange::card::{Card, CardEmployment};
use crate::text::clean;

/// Groups in which Kith itself puts what belongs to one post. In other programs' files the first TITLE belongs
/// to the first ORG, and so on.
pub(super) const GROUP: &str = "kith";

/// The lines about posts, until all of them are known.
#[derive(Default)]
pub(super) struct Posts {
    organizations: Vec<ContentLine>,
    titles: VecDeque<ContentLine>,
    roles: VecDeque<ContentLine>,
    /// What Kith wrote, by group and name.
    own: BTreeMap<(String, String), ContentLine>,
    rest: Vec<ContentLine>,
}

impl Posts {
    pub fn add(&mut self, line: ContentLine) {
        match line.name.as_str() {
            "ORG" => self.organizations.push(line),
            "TITLE" => self.titles.push_back(line),
            "ROLE" => self.roles.push_back(line),
            _ => self.rest.extend(self.own.insert((line.group.to_lowercase(), line.name.clone()), line)),
        }
    }

    /// Pairs them and adds the posts; titles that nobody gave stay as they are.
    pub fn finish(mut self, card: &mut Card) {
        let organizations = std::mem::take(&mut self.organizations);
        let (named, unnamed): (Vec<_>, Vec<_>) =
            organizations.into_iter().partition(|line| !organization(line).is_empty());
        for line in named {
            let title = take(&mut self.titles, &line.group).or_else(|| take(&mut self.roles, &line.group));
            let current = self.own(&line.group, "X-KITH-CURRENT");
            let post = CardEmployment {
                organization: organization(&line),
                title: title.map(|title| unescape(&title.value)),
                start_date: self.own(&line.group, "X-KITH-START").and_then(|line| day(&line.value)),
                end_date: self.own(&line.group, "X-KITH-END").and_then(|line| day(&line.value)),
                is_current: current.is_none_or(|line| line.value.trim() != "0"),
            };
            // What is said twice is one post, and one line is kept of it.
            if card.employments.contains(&post) {
                continue;
            }
            card.employments.push(post);
            card.extras.extend(fuller(&line));
        }
        let rest = unnamed.into_iter().chain(self.titles).chain(self.roles).chain(self.own.into_values());
        let rest = rest.chain(self.rest);
        let rest = rest.filter(|line| line.value.bytes().any(|byte| byte != b';' && byte != b' '));
        card.extras.extend(rest.map(|line| line.to_text()));
    }

    fn own(&mut self, group: &str, name: &str) -> Option<ContentLine> {
        self.own.remove(&(group.to_lowercase(), name.to_owned()))
    }
}

/// The first line that belongs to the post of this group.
fn take(lines: &mut VecDeque<ContentLine>, group: &str) -> Option<ContentLine> {
    let index = lines.iter().position(|line| match (is_own(group), is_own(&line.group)) {
        (true, _) | (_, true) => line.group.eq_ignore_ascii_case(group),
        (false, false) => true,
    })?;
    lines.remove(index)
}

fn is_own(group: &str) -> bool {
    group.get(..GROUP.len()).is_some_and(|start| start.eq_ignore_ascii_case(GROUP))
}

/// The organization is the first component; departments follow.
pub(super) fn organization(line: &ContentLine) -> String {
    clean::line(&unescape(components(&line.value).first().copied().unwrap_or_default()))
}

/// The line with departments and parameters that Kith does not know, as a line to be kept.
fn fuller(line: &ContentLine) -> Option<String> {
    let mut fuller = ContentLine { group: String::new(), raw_name: line.name.clone(), ..line.clone() };
    fuller.params.retain(|param| !matches!(param.name.as_str(), "TYPE" | "PREF" | "VALUE" | ENCODED));
    let has_departments = components(&line.value).into_iter().skip(1).any(|part| !part.trim().is_empty());
    (has_departments || !fuller.params.is_empty()).then(|| fuller.to_text())
}

fn day(value: &str) -> Option<NaiveDate> {
    value.trim().parse().ok()
}
