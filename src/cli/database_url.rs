//! The parts of a database URL: whose it is, and what in it is secret.

use anyhow::{Context, Result};

/// A URL's scheme, its user and password as written, and the rest.
fn split(url: &str) -> Result<(&str, Option<&str>, &str)> {
    let (scheme, rest) =
        url.split_once("://").context("DATABASE_URL is no URL such as postgresql://user:password@host/name")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => Ok((scheme, Some(&rest[..at]), &rest[at + 1..])),
        None => Ok((scheme, None, rest)),
    }
}

/// The same database as the restricted role, whose password is a plain word.
pub(super) fn as_app(url: &str, prefix: &str, password: &str) -> Result<String> {
    let (scheme, _, rest) = split(url)?;
    Ok(format!("{scheme}://{prefix}_app:{password}@{rest}"))
}

/// The URL without its password, which other users of the machine would see among a program's arguments, and
/// the password.
pub(super) fn without_password(url: &str) -> Result<(String, Option<String>)> {
    let (scheme, user, rest) = split(url)?;
    let Some(user) = user else { return Ok((url.to_owned(), None)) };
    let (user, password) = user.split_once(':').map_or((user, None), |(user, password)| (user, Some(password)));
    let decoded = |text| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    Ok((format!("{scheme}://{user}@{rest}"), password.map(decoded)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_restricted_roles_url_names_the_same_database() -> Result<()> {
        let as_secret = |url| as_app(url, "kith", "secret");
        assert_eq!(
            as_secret("postgresql://postgres:x@/kith?host=%2Fvar%2Flib%2Fkith")?,
            "postgresql://kith_app:secret@/kith?host=%2Fvar%2Flib%2Fkith"
        );
        assert_eq!(
            as_secret("postgresql://boot:x%40y@db.example:5433/k?sslmode=require")?,
            "postgresql://kith_app:secret@db.example:5433/k?sslmode=require"
        );
        assert_eq!(as_secret("postgresql:///k?host=/run")?, "postgresql://kith_app:secret@/k?host=/run");
        assert!(as_secret("host=db user=boot").is_err());
        Ok(())
    }

    #[test]
    fn a_password_is_taken_out_of_a_url() -> Result<()> {
        let (url, password) = without_password("postgresql://boot:x%40y@db/k")?;
        assert_eq!((url.as_str(), password.as_deref()), ("postgresql://boot@db/k", Some("x@y")));
        Ok(())
    }
}
