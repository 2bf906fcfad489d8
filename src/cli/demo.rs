//! `kith demo`: example people to try Kith with, and away with them again.

use anyhow::{Result, bail};
use clap::Args;

use super::{block_on, database, say};
use crate::audit;
use crate::config::Config;
use crate::db::{CurrentUser, Db};
use crate::demo;

/// Make example people, or take them away.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// For whom.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// Take them away, but for whom was changed since.
    #[arg(long)]
    remove: bool,
}

/// Runs it.
pub(super) fn run(config: &Config, asked: &Demo) -> Result<()> {
    block_on(async {
        let database = database::open(config).await?;
        let outcome = dispatch(&database.pool(config)?, asked).await;
        outcome.and(database.close().await)
    })
}

async fn dispatch(db: &Db, asked: &Demo) -> Result<()> {
    let user = super::user::of_email(db, &asked.user).await?;
    if asked.remove { remove(db, &user).await } else { make(db, &user).await }
}

async fn make(db: &Db, user: &CurrentUser) -> Result<()> {
    match db.as_user_for_job(user, async |tx| demo::make(tx, user).await).await? {
        demo::Made::Made(people, _) => {
            say(format_args!("made {people} example people for {}; kith demo --remove takes them away", user.email()));
        }
        demo::Made::Already(_) => say("they are here already; nothing was changed"),
    }
    Ok(())
}

async fn remove(db: &Db, user: &CurrentUser) -> Result<()> {
    let removed = db
        .as_user_for_job(user, async |tx| {
            let Some(change_set) = demo::queries::standing(tx).await? else { return Ok(None) };
            Ok(Some(audit::queries::undo(tx, change_set).await?))
        })
        .await?;
    let Some(undone) = removed else { bail!("there are no example people of {}", user.email()) };
    for conflict in &undone.conflicts {
        say(format_args!("{} stays: {}", conflict.name, conflict.reason));
    }
    if undone.is_refused() {
        bail!("nothing was taken away");
    }
    say("the example people are taken away");
    Ok(())
}
