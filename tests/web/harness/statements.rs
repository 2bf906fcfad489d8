//! How many statements a user's pages send, as the connections themselves tell it.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, Once};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

static COUNTS: LazyLock<Mutex<HashMap<String, usize>>> = LazyLock::new(Mutex::default);

/// One connection: whoever its transaction is for is counted for. BEGIN, COMMIT and the session's
/// check are not counted.
#[derive(Default)]
struct Counter {
    user: String,
}

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let InstrumentationEvent::StartQuery { query, .. } = event else { return };
        let text = query.to_string();
        if let Some((_, rest)) = text.split_once("'app.current_user_id','") {
            self.user = rest.chars().take(36).collect();
        } else if !text.starts_with("COMMIT") && !text.contains("find_session") {
            *COUNTS.lock().unwrap().entry(self.user.clone()).or_default() += 1;
        }
    }
}

/// Counts from now on, in every connection that is opened.
pub fn count() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        set_default_instrumentation(|| Some(Box::<Counter>::default())).unwrap();
    });
}

/// Statements of this user so far.
pub fn of(user: &str) -> usize {
    COUNTS.lock().unwrap().get(user).copied().unwrap_or_default()
}
