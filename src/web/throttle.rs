//! Slows guessing down: by the address it comes from and by the account it aims at. A try is counted before its
//! password is looked at and given back when it went well, so that many at once gain nothing.

use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::db::Db;
use crate::error::AppError;
use crate::text::hex::hex;

/// Tries from one address before it has to wait.
const FREE_BY_ADDRESS: i32 = 20;
/// Tries at one account before they have to wait; few enough to matter, and the wait is short
/// enough that a stranger cannot keep its owner out.
const FREE_BY_ACCOUNT: i32 = 10;
const LONGEST_BY_ADDRESS: Duration = Duration::from_secs(900);
const LONGEST_BY_ACCOUNT: Duration = Duration::from_secs(10);

/// A try that was let through, and counts as a failure until it is given back.
pub struct Turn {
    account: String,
    address: String,
}

/// Counts a try, or refuses one that comes too soon without counting it.
///
/// # Errors
/// `TooMany` where it comes too soon.
pub async fn take(db: &Db, ip: Option<IpAddr>, email: &str) -> Result<Turn, AppError> {
    let turn = Turn { account: account(email), address: address(ip) };
    let keys = [
        (turn.account.as_str(), FREE_BY_ACCOUNT, LONGEST_BY_ACCOUNT),
        (turn.address.as_str(), FREE_BY_ADDRESS, LONGEST_BY_ADDRESS),
    ];
    match db.anonymous().take_sign_in_turn(keys).await? {
        Some(wait) => Err(AppError::TooMany(wait)),
        None => Ok(turn),
    }
}

/// Counts a guess at the link of a feed or of a digest, apart from those at passwords: a calendar program goes on to
/// ask for a link that was revoked, and its owner still has to sign in.
///
/// # Errors
/// `TooMany` where it comes too soon.
pub async fn take_link_turn(db: &Db, ip: Option<IpAddr>) -> Result<(), AppError> {
    let key = format!("link {}", address(ip));
    let wait = db.anonymous().take_sign_in_turn([(key.as_str(), FREE_BY_ADDRESS, LONGEST_BY_ADDRESS)]).await?;
    wait.map_or(Ok(()), |wait| Err(AppError::TooMany(wait)))
}

impl Turn {
    /// Forgets the account's failures after a success; the address's others stay.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn give_back(self, db: &Db) -> Result<(), AppError> {
        db.anonymous().return_sign_in_turn(&self.account, &self.address).await
    }
}

fn address(ip: Option<IpAddr>) -> String {
    match ip {
        // One person has a whole /64.
        Some(IpAddr::V6(ip)) => format!("ip {:x?}", &ip.segments()[..4]),
        Some(IpAddr::V4(ip)) => format!("ip {ip}"),
        None => "ip unknown".to_owned(),
    }
}

/// A hash: whatever was typed fits into a key, and strangers' addresses are not kept.
fn account(email: &str) -> String {
    format!("account {}", hex(&Sha256::digest(email.to_lowercase().as_bytes())))
}
