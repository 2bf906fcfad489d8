//! How messages fare, as pages say it.

use chrono::{DateTime, Utc};

use super::queries::{Alarm, Failing, Item, Newest, Standing, Told, Trouble};
use crate::db::CurrentUser;

/// Minutes that a message may wait for somebody to take it up.
const LATE: i32 = 10;

/// That messages do not get through.
#[must_use]
pub fn failing(failing: &Failing, user: &CurrentUser) -> String {
    let messages =
        if failing.messages == 1 { "A message".to_owned() } else { format!("{} messages", failing.messages) };
    let since = user.here().moment(failing.since);
    let answer = failing.answer.as_deref().unwrap_or("nothing was said");
    format!("{messages} about reminders did not get through since {since}: {answer}. Kith goes on trying.")
}

/// When a reminder was due: a day, or a moment of hers. Of what comes in how many days that is, too.
pub(super) fn when(item: &Item, user: &CurrentUser) -> String {
    let (here, at) = (user.here(), item.due_at);
    let when = if item.is_day && !item.is_snoozed { here.style.exact(here.day(at)) } else { here.moment(at) };
    if item.is_notice { format!("{}, {when}", days_ahead(at, user)) } else { when }
}

/// `in 3 days`, of what comes.
pub(super) fn days_ahead(due_at: DateTime<Utc>, user: &CurrentUser) -> String {
    let here = user.here();
    here.style.days_ahead((here.day(due_at) - here.today).num_days())
}

/// What a message about one of them is called: `In 3 days: Pay the rent` where it tells before.
pub(super) fn title(item: &Item, user: &CurrentUser) -> String {
    if !item.is_notice {
        return item.title.clone();
    }
    let days = days_ahead(item.due_at, user);
    let mut letters = days.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}: {}", letters.as_str(), item.title)
}

/// What a message about several of them is called.
pub(super) fn title_of_many(items: &[Item], all: usize) -> String {
    match items.iter().filter(|item| item.is_notice).count() {
        0 => format!("{all} reminders were due"),
        notices if notices == items.len() => format!("{all} reminders are to come"),
        _ => format!("{all} reminders were due or are to come"),
    }
}

/// What she has to know of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// In words.
    pub said: String,
    /// Whether it is about her own, which she chooses on the page of notifications.
    pub is_own: bool,
}

/// What keeps messages from her.
#[must_use]
pub fn trouble(trouble: &Trouble, has_mail: bool, user: &CurrentUser) -> Vec<Notice> {
    let unset = "This Kith has no mail server, so your reminders are shown here and mailed to nobody.";
    let late = trouble.minutes_late;
    let said = [
        trouble.failing.as_ref().map(|one| failing(one, user)),
        (trouble.wants_mail && !has_mail).then(|| unset.to_owned()),
        (late > LATE).then(|| {
            format!("What you are to be told waits for {late} minutes. Whoever runs this Kith has to look into it.")
        }),
    ];
    said.into_iter().flatten().map(|said| Notice { said, is_own: true }).collect()
}

/// What whoever administers has to know; nothing while all is well.
#[must_use]
pub fn alarm(alarm: &Alarm, has_mail: bool, user: &CurrentUser) -> Vec<Notice> {
    let mut said = Vec::new();
    if !has_mail {
        said.push("This Kith has no mail server: nobody is mailed what is due. Set KITH_SMTP_URL.".to_owned());
    }
    if let Some(since) = alarm.since {
        let count = |count: i64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        said.push(format!(
            "{} of {} did not get through, the first since {}: {}. Kith goes on trying.",
            count(alarm.failing, "message", "messages"),
            count(alarm.accounts, "account", "accounts"),
            user.here().moment(since),
            alarm.answer.as_deref().unwrap_or("nothing was said")
        ));
    }
    if alarm.minutes_late > LATE {
        let late = alarm.minutes_late;
        said.push(format!(
            "Messages wait for {late} minutes without anybody sending them. Look into the log of kith serve."
        ));
    }
    said.into_iter().map(|said| Notice { said, is_own: false }).collect()
}

/// Both, each thing once: whoever administers reads of everybody's what she would read of her own, but for her own
/// failures.
#[must_use]
pub fn notices(own: Trouble, all: Option<Alarm>, has_mail: bool, user: &CurrentUser) -> Vec<Notice> {
    let Some(mut all) = all else { return trouble(&own, has_mail, user) };
    if own.failing.as_ref().is_some_and(|failing| failing.messages == all.failing) {
        all.since = None;
    }
    let own = trouble(&Trouble { wants_mail: false, minutes_late: 0, ..own }, has_mail, user);
    own.into_iter().chain(alarm(&all, has_mail, user)).collect()
}

/// How a way to tell her is called.
fn channel(name: &str) -> &'static str {
    match name {
        "webhook" => "by webhook",
        "ntfy" => "by ntfy",
        "digest" => "in the digest",
        _ => "by mail",
    }
}

/// How it is called where something failed.
fn receiver(name: &str) -> &'static str {
    match name {
        "webhook" => "the webhook",
        "ntfy" => "the ntfy server",
        _ => "the mail server",
    }
}

/// A message about a reminder.
#[derive(Debug)]
pub struct ToldView {
    /// When that rang.
    pub rang: String,
    /// What became of it.
    pub fate: String,
}

/// A message about a reminder, and what became of it.
#[must_use]
pub fn told(told: &Told, user: &CurrentUser) -> ToldView {
    let notice = if told.is_notice { "Notice, " } else { "" };
    ToldView { rang: format!("{notice}{}", user.here().moment(told.rings_at)), fate: fate(&told.standing, user) }
}

/// One of the newest messages.
pub(super) struct NewestView {
    pub id: String,
    /// What it told.
    pub what: String,
    /// When it was due.
    pub due: String,
    /// What became of it.
    pub fate: String,
}

impl NewestView {
    pub fn new(row: &Newest, user: &CurrentUser) -> Self {
        let what = match (&row.title, row.told) {
            _ if row.standing.channel == "digest" => "The digest".to_owned(),
            (Some(title), 1) => title.clone(),
            (_, 0) => "What was deleted since".to_owned(),
            (_, told) => format!("{told} reminders"),
        };
        Self { id: row.id.to_string(), what, due: user.here().moment(row.due_at), fate: fate(&row.standing, user) }
    }
}

/// What became of a message.
fn fate(standing: &Standing, user: &CurrentUser) -> String {
    let at = |moment| user.here().moment(moment);
    let (by, answer) = (channel(&standing.channel), standing.answer.as_deref().unwrap_or("nothing was said"));
    let fate = match (standing.state.as_str(), standing.sent_at) {
        ("sent", Some(sent)) => format!("sent {by} {}", at(sent)),
        ("needless", _) => format!("not sent {by}, since it was no longer wanted"),
        ("sending", _) => format!("being sent {by}"),
        (_, _) if standing.attempts == 0 => format!("about to be sent {by}"),
        (_, _) => format!("not sent {by} ({answer}), tried again {}", at(standing.next_try_at)),
    };
    let who = receiver(&standing.channel);
    let doubt = match standing.maybe_sent {
        0 => String::new(),
        1 => format!("; once {who} left it unknown, so it may have come twice"),
        times => format!("; {times} times {who} left it unknown, so it may have come more than once"),
    };
    format!("{fate}{doubt}")
}
