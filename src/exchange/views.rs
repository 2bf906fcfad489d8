//! An import as its pages show it.

use uuid::Uuid;

use super::model::{Import, State, Status};
use super::passed::Passing;
use crate::db::CurrentUser;
use crate::web::number::{self, grouped};

/// One import.
pub(super) struct ImportView {
    pub id: Uuid,
    pub name: String,
    pub size: String,
    pub state: State,
    /// One sentence.
    pub says: String,
    pub error: Option<String>,
    pub is_running: bool,
    /// Whether it is being taken back, or done again.
    pub is_going: bool,
    /// Out of 100, while something runs.
    pub percent: i64,
    pub change_set: Option<Uuid>,
    /// Whether it made anybody new or changed anybody.
    has_changed: bool,
    /// Whether it was a whole account, which has no records to list.
    pub is_account: bool,
    /// Of what passed between her and people: how many records were ignored, by reason.
    pub passing: Option<Vec<(String, i32)>>,
    /// Whether some of these come in where she includes lists and machines.
    pub has_lists_left_out: bool,
    /// Of each of its files that ends too early, that it does; of each address that she says no more, what stays.
    pub warnings: Vec<String>,
    pub machine: String,
    pub exact: String,
}

impl ImportView {
    pub fn new(import: Import, user: &CurrentUser) -> Self {
        let state = import.state();
        let passing = Passing::of(&import).ok().flatten();
        let has_lists_left_out = passing.as_ref().is_some_and(Passing::has_lists_left_out);
        Self {
            id: import.id,
            size: number::bytes(import.file_size),
            says: says(&import),
            percent: percent(&import),
            state,
            is_running: matches!(state, State::Reading | State::Applying) || import.going.is_some(),
            is_going: import.going.is_some(),
            change_set: import.change_set_id,
            has_changed: import.counts.new_count + import.counts.changed_count > 0,
            is_account: import.format == "account",
            has_lists_left_out,
            warnings: passing.as_ref().map(Passing::warnings).unwrap_or_default(),
            passing: passing.map(|passing| passing.ignored.into_iter().collect()),
            error: import.error,
            name: import.file_name,
            machine: import.created_at.to_rfc3339(),
            exact: user.here().moment(import.created_at),
        }
    }

    pub fn url(&self) -> String {
        format!("/imports/{}", self.id)
    }
    pub fn application(&self) -> String {
        format!("/imports/{}/application", self.id)
    }
    pub fn cancellation(&self) -> String {
        format!("/imports/{}/cancellation", self.id)
    }
    pub fn addresses(&self) -> String {
        format!("/imports/{}/addresses", self.id)
    }
    pub fn pause(&self) -> String {
        format!("/imports/{}/pause", self.id)
    }
    pub fn resumption(&self) -> String {
        format!("/imports/{}/resumption", self.id)
    }
    pub fn columns(&self) -> String {
        format!("/imports/{}/columns", self.id)
    }
    pub fn people(&self) -> String {
        format!("/imports/{}/people", self.id)
    }
    pub fn choices(&self) -> String {
        format!("/imports/{}/choices", self.id)
    }
    pub fn is_preview(&self) -> bool {
        self.state == State::Preview
    }
    pub fn is_done(&self) -> bool {
        self.state == State::Done && !self.is_going
    }
    /// Whether what it did was taken back.
    pub fn is_taken_back(&self) -> bool {
        matches!(self.state, State::Undone | State::Cancelled) && !self.is_going
    }
    /// Whether decisions can still be made and applied. Of what passed there are none: its file is read once, and not kept.
    pub fn is_open(&self) -> bool {
        self.passing.is_none() && matches!(self.state, State::Preview | State::Done) && !self.is_going
    }
    /// Whether it can be given up.
    pub fn is_cancellable(&self) -> bool {
        matches!(
            self.state,
            State::Reading | State::Mapping | State::Asking | State::Preview | State::Applying | State::Paused
        ) || self.is_stopped() && self.state == State::Failed
    }
    /// Whether it can be stopped for a while.
    pub fn is_pausable(&self) -> bool {
        self.passing.is_some() && self.state == State::Applying && !self.is_going
    }
    /// Whether it was stopped, or broke off, and its file is still there to go on with.
    pub fn is_stopped(&self) -> bool {
        let is_broken_off = self.state == State::Failed && self.change_set.is_some();
        self.passing.is_some() && (self.state == State::Paused || is_broken_off) && !self.is_going
    }
    /// Whether it broke off while it was applied and can go on.
    pub fn is_broken_off(&self) -> bool {
        self.state == State::Failed && self.change_set.is_some() && self.passing.is_none() && !self.is_going
    }
    /// The change set that its Undo button names, where there is something to take back.
    pub fn undoes(&self) -> Option<Uuid> {
        self.change_set.filter(|_| self.is_done() && self.has_changed || self.is_broken_off())
    }
}

fn says(import: &Import) -> String {
    if import.passing.is_some() && import.going.is_none() && import.state() != State::Mapping {
        return says_passed(import);
    }
    let records = |n: i32| format!("{} record{}", grouped(n), if n == 1 { "" } else { "s" });
    if let Some(number) = import.going {
        let deed = if import.state() == State::Undone { "Being done again" } else { "Being taken back" };
        return if number == 0 { deed.to_owned() } else { format!("{deed}: {} to go", people(number)) };
    }
    match import.state() {
        State::Reading => format!("Being read: {} so far", records(import.items_read)),
        State::Asking | State::Paused => String::new(),
        State::Mapping => "It waits for you to look at what its columns are.".to_owned(),
        State::Preview => format!("{} read. Nothing is changed until you apply it.", records(import.items_read)),
        State::Applying => {
            format!("Being applied: {} of {}", grouped(import.items_applied), records(import.items_to_apply))
        }
        State::Done if import.format == "account" => {
            format!("A whole account was read back: {}, the trash included", people(import.counts.new_count))
        }
        State::Done => format!(
            "Applied: {} new, {} changed",
            grouped(import.counts.new_count),
            grouped(import.counts.changed_count)
        ),
        State::Cancelled => "Cancelled. Nothing of it stays.".to_owned(),
        State::Failed => "It could not be imported.".to_owned(),
        State::Undone => "Applied and taken back".to_owned(),
    }
}

/// The same of what passed between her and people, which has no preview.
fn says_passed(import: &Import) -> String {
    let counts = &import.counts;
    let entries = |n: i32| format!("{} {}", grouped(n), if n == 1 { "entry" } else { "entries" });
    let so_far = || format!("{} read, {} new", grouped(import.items_read), entries(counts.new_count));
    match import.state() {
        State::Asking => "It was looked at. Nothing is imported until you say which addresses are yours.".to_owned(),
        State::Paused => format!("Paused: {} so far", so_far()),
        State::Done => format!("Imported: {}", so_far()),
        State::Cancelled => "Cancelled. Nothing of it stays.".to_owned(),
        State::Failed if import.change_set_id.is_some() => format!("It broke off: {}", so_far()),
        State::Failed => "It could not be imported.".to_owned(),
        State::Undone => "Imported and taken back".to_owned(),
        _ => format!("Being imported: {} so far", so_far()),
    }
}

fn people<N: Into<i64>>(number: N) -> String {
    let number = number.into();
    if number == 1 { "1 person".to_owned() } else { format!("{} people", grouped(number)) }
}

fn percent(import: &Import) -> i64 {
    let (done, all) = match import.state() {
        State::Applying if import.passing.is_some() => (import.bytes_read, import.bytes_to_read),
        State::Reading => {
            (import.bytes_read, if import.bytes_to_read > 0 { import.bytes_to_read } else { import.file_size })
        }
        _ => (i64::from(import.items_applied), i64::from(import.items_to_apply)),
    };
    if all <= 0 { 0 } else { (done * 100 / all).clamp(0, 100) }
}

/// One of the six words as a link to its records.
pub(super) struct WordLink {
    pub word: &'static str,
    pub about: &'static str,
    pub count: i32,
    pub url: String,
    pub is_current: bool,
}

/// The six words of an import.
pub(super) fn word_links(import: &Import, current: Status) -> Vec<WordLink> {
    let is_passing = import.passing.is_some();
    let link = |status: &Status| WordLink {
        word: status.as_str(),
        about: match (status, import.counts.of(*status) == 1) {
            (Status::New, true) if is_passing => "entry of your timeline",
            (Status::New, false) if is_passing => "entries of your timeline",
            (Status::Changed, true) if is_passing => "says more than before",
            (Status::Changed, false) if is_passing => "say more than before",
            (Status::Unchanged, true) if is_passing => "you have it already",
            (Status::Unchanged, false) if is_passing => "you have them already",
            (Status::Doubtful, true) if is_passing => "names somebody unknown",
            (Status::Doubtful, false) if is_passing => "name somebody unknown",
            (Status::New, true) => "person you do not have yet",
            (Status::New, false) => "people you do not have yet",
            (Status::Changed, true) => "says something new",
            (Status::Changed, false) => "say something new",
            (Status::Unchanged, true) => "says nothing new",
            (Status::Unchanged, false) => "say nothing new",
            (Status::Doubtful, true) => "needs your decision",
            (Status::Doubtful, false) => "need your decision",
            (Status::Ignored, _) => "left out",
            (Status::Unreadable, _) => "could not be understood",
        },
        count: import.counts.of(*status),
        url: format!("/imports/{}?status={}", import.id, status.as_str()),
        is_current: *status == current,
    };
    Status::ALL.iter().map(link).collect()
}
