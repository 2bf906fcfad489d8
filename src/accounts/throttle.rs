//! Slows guessing down: by the address it comes from and by the account it aims at.

use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::db::Db;
use crate::error::AppError;
use crate::web::csrf::hex;

/// Tries from one address before it has to wait.
const FREE_BY_ADDRESS: i32 = 20;
/// Tries at one account before they have to wait; few enough to matter, and the wait is short
/// enough that a stranger cannot keep its owner out.
const FREE_BY_ACCOUNT: i32 = 10;
const LONGEST_BY_ADDRESS: Duration = Duration::from_secs(900);
const LONGEST_BY_ACCOUNT: Duration = Duration::from_secs(10);

fn keys(ip: Option<IpAddr>, email: &str) -> [(String, i32, Duration); 2] {
    let network = match ip {
        // One person has a whole /64.
        Some(IpAddr::V6(ip)) => format!("{:x?}", &ip.segments()[..4]),
        Some(IpAddr::V4(ip)) => ip.to_string(),
        None => "unknown".to_owned(),
    };
    [
        (format!("ip {network}"), FREE_BY_ADDRESS, LONGEST_BY_ADDRESS),
        (format!("account {}", account(email)), FREE_BY_ACCOUNT, LONGEST_BY_ACCOUNT),
    ]
}

/// A hash: whatever was typed fits into a key, and strangers' addresses are not kept.
fn account(email: &str) -> String {
    hex(&Sha256::digest(email.to_lowercase().as_bytes()))
}

/// Refuses a try that comes too soon.
pub(super) async fn check(db: &Db, ip: Option<IpAddr>, email: &str) -> Result<(), AppError> {
    for (key, _, _) in keys(ip, email) {
        if let Some(wait) = db.anonymous().sign_in_blocked(&key).await? {
            return Err(AppError::TooMany(wait));
        }
    }
    Ok(())
}

/// Counts a failed try.
pub(super) async fn note_failure(db: &Db, ip: Option<IpAddr>, email: &str) -> Result<(), AppError> {
    for (key, free, longest) in keys(ip, email) {
        db.anonymous().note_sign_in_failure(&key, free, longest).await?;
    }
    Ok(())
}

/// Forgets the account's failures after a success; the address's stay.
pub(super) async fn clear(db: &Db, ip: Option<IpAddr>, email: &str) -> Result<(), AppError> {
    let [_, (account, _, _)] = keys(ip, email);
    db.anonymous().clear_sign_in_failures(&account).await
}
