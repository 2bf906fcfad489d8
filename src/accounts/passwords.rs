//! argon2id at OWASP's parameters, and what is no password (NIST SP 800-63B section 5.1.1.2).

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rand::RngCore;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use crate::error::AppError;
use crate::web::Field;

/// The shortest password that is taken, in characters.
pub const SHORTEST: usize = 8;
/// The longest, in characters: nothing is cut off silently.
pub const LONGEST: usize = 128;

/// Django's list of common passwords (BSD-3-Clause), those of at least eight characters.
static COMMON: &str = include_str!("common_passwords.txt");

/// A hash of no password, so that an unknown address costs as much time as a wrong password.
static DECOY: std::sync::OnceLock<String> = std::sync::OnceLock::new();

/// Refuses at its field a new password that is none; it is never trimmed, for spaces count.
pub fn check(field: &mut Field, email: &str, name: &str) {
    if let Some(reason) = refusal(&field.value, email, name) {
        field.refuse(reason);
    }
}

/// How many passwords were compared since the start, with the decoy too.
static COMPARED: AtomicU64 = AtomicU64::new(0);

/// 19 MiB, two passes, one lane: OWASP's Password Storage Cheat Sheet.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// Hashes at once: each holds 19 MiB, and more than there are cores only make each other slow.
static AT_ONCE: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(turns()));
/// How long a hash waits for its turn: behind hundreds of others it is better refused than waited for.
const PATIENCE: Duration = Duration::from_secs(10);

fn turns() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(4)
}

fn params() -> Params {
    Params::new(COST.0, COST.1, COST.2, None).unwrap_or_default()
}

/// argon2id in memory of its own, with room for more than it takes: the allocator gives 32 MiB and more back to the
/// system at once and keeps what is less, in pieces that do not fit the next hash. What is not touched costs nothing.
fn compute(password: &str, salt: &[u8], params: Params) -> Result<Vec<u8>, AppError> {
    const ROOM: usize = (40 << 20) / Block::SIZE;
    let mut memory = Vec::with_capacity(params.block_count().max(ROOM));
    memory.resize(params.block_count(), Block::default());
    let mut hash = vec![0; params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2
        .hash_password_into_with_memory(password.as_bytes(), salt, &mut hash, &mut memory)
        .map_err(|error| anyhow::anyhow!("argon2: {error}"))?;
    Ok(hash)
}

/// Whether a stored hash costs less than a new one does: it is replaced when its owner signs in.
#[must_use]
pub fn is_outdated(stored: &str) -> bool {
    let params = PasswordHash::new(stored).ok().and_then(|hash| Params::try_from(&hash).ok());
    params.is_none_or(|params| (params.m_cost(), params.t_cost(), params.p_cost()) < COST)
}

/// Why `password` is refused, if it is; `email` and `name` are what it must not be.
#[must_use]
pub fn refusal(password: &str, email: &str, name: &str) -> Option<String> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Some(format!("Use at least {SHORTEST} characters."));
    }
    if length > LONGEST {
        return Some(format!("Use at most {LONGEST} characters."));
    }
    let folded = password.to_lowercase();
    let is_own = [email, name].iter().any(|own| !own.is_empty() && folded == own.to_lowercase());
    let is_common = COMMON.lines().any(|common| common == folded);
    (is_own || is_common)
        .then(|| "This password is among the first that somebody would try. Choose another.".to_owned())
}

/// How many passwords were compared since the start: each costs one full hash, whoever it is for, and that an
/// unknown address costs one too can be told by this alone, without a clock.
#[must_use]
pub fn compared() -> u64 {
    COMPARED.load(Ordering::Relaxed)
}

/// Hashes a password off the async threads. NFC first, so that two keyboards agree.
///
/// # Errors
/// When hashing fails.
pub async fn hash(password: &str) -> Result<String, AppError> {
    let password: String = password.nfc().collect();
    in_turn(move || hash_now(&password)).await
}

/// Runs `work` when it is its turn. The turn ends with the work: a visitor who goes away leaves her hash running, and
/// many who come and go would else have as many at once.
async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let turn = tokio::time::timeout(PATIENCE, AT_ONCE.acquire()).await.map_err(|_| AppError::TooMany(PATIENCE))?;
    let turn = turn.map_err(anyhow::Error::from)?;
    let work = move || {
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)?
}

fn hash_now(password: &str) -> Result<String, AppError> {
    let mut salt = [0; 16];
    rand::rng().fill_bytes(&mut salt);
    let hash = compute(password, &salt, params())?;
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    Ok(format!("$argon2id$v=19$m={},t={},p={}${salt}${hash}", COST.0, COST.1, COST.2))
}

fn is_behind(password: &str, stored: &str) -> Result<bool, AppError> {
    let stored = PasswordHash::new(stored).map_err(|error| anyhow::anyhow!("stored hash: {error}"))?;
    let params = Params::try_from(&stored).map_err(|error| anyhow::anyhow!("stored hash: {error}"))?;
    let (Some(salt), Some(hash)) = (&stored.salt, &stored.hash) else { return Ok(false) };
    Ok(compute(password, salt, params)?.ct_eq(hash.as_bytes()).into())
}

/// Whether `password` is the one behind `stored`; without one the same work is done in vain.
///
/// # Errors
/// When hashing fails.
pub async fn verify(password: &str, stored: Option<String>) -> Result<bool, AppError> {
    let password: String = password.nfc().collect();
    let check = move || -> Result<bool, AppError> {
        let known = stored.is_some();
        let stored = stored.map_or_else(decoy, Ok)?;
        COMPARED.fetch_add(1, Ordering::Relaxed);
        Ok(is_behind(&password, &stored)? && known)
    };
    in_turn(check).await
}

fn decoy() -> Result<String, AppError> {
    if let Some(hash) = DECOY.get() {
        return Ok(hash.clone());
    }
    let hash = hash_now(&crate::text::hex::random_token())?;
    Ok(DECOY.get_or_init(|| hash).clone())
}

/// Makes the decoy hash ahead of the first sign-in, which would else take twice as long.
///
/// # Errors
/// When hashing fails.
pub async fn warm_up() -> Result<(), AppError> {
    in_turn(|| decoy().map(drop)).await
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::{PasswordHasher, PasswordVerifier};

    use super::*;

    #[test]
    fn the_stored_hash_is_argon2id_at_owasps_parameters() -> anyhow::Result<()> {
        let hash = hash_now("correct horse battery staple")?;
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        Ok(())
    }

    #[test]
    fn a_hash_is_one_that_other_programs_read_and_write() -> anyhow::Result<()> {
        let words = "a long walk by the river";
        let library = Argon2::default();
        let ours = hash_now(words)?;
        assert!(library.verify_password(words.as_bytes(), ours.as_str()).is_ok(), "{ours}");
        assert!(library.verify_password(b"a short walk by the river", ours.as_str()).is_err());
        let theirs = library.hash_password(words.as_bytes()).map_err(|error| anyhow::anyhow!("{error}"))?.to_string();
        assert!(is_behind(words, &theirs)? && !is_behind("a short walk by the river", &theirs)?);
        Ok(())
    }

    #[tokio::test]
    async fn who_goes_away_keeps_the_turn_until_the_hash_is_done() -> anyhow::Result<()> {
        let (begin, begun) = tokio::sync::oneshot::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let hash = in_turn(move || {
            let _ = begin.send(());
            let _ = ended.recv();
            Ok(())
        });
        tokio::select! {
            _ = hash => anyhow::bail!("it waits for its end"),
            begun = begun => begun?,
        }
        assert!(AT_ONCE.available_permits() < turns(), "another hash could begin beside it");
        drop(end);
        Ok(())
    }

    #[test]
    fn an_unknown_address_costs_the_hash_that_a_known_one_costs() -> anyhow::Result<()> {
        let parameters = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(parameters(&decoy()?), parameters(&hash_now("a long walk by the river")?));
        Ok(())
    }

    #[test]
    fn a_hash_of_less_work_than_today_is_outdated() -> anyhow::Result<()> {
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(12_288, 2, 1, None)?);
        let weak = weak.hash_password(b"a long walk by the river").map_err(|error| anyhow::anyhow!("{error}"))?;
        assert!(is_outdated(&weak.to_string()));
        assert!(!is_outdated(&hash_now("a long walk by the river")?));
        Ok(())
    }

    #[test]
    fn twenty_of_the_most_common_passwords_are_refused() {
        for password in COMMON.lines().take(20) {
            assert!(refusal(password, "ada@example.com", "Ada").is_some(), "{password}");
        }
        assert!(COMMON.lines().count() >= 3000);
    }

    #[test]
    fn common_and_short_passwords_are_refused() {
        for password in ["1234567890", "qwertyuiop", "Qwertyuiop", "password123", "short", "ada@example.com"] {
            assert!(refusal(password, "ada@example.com", "Ada").is_some(), "{password}");
        }
        assert_eq!(refusal("correct horse battery", "ada@example.com", "Ada"), None);
    }
}
