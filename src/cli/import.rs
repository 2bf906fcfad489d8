//! `kith import`: files from the command line, by the same pipeline as the page, whether `serve` runs or not.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use uuid::Uuid;

use super::mapped::mapped;
use super::progress::Progress;
use super::report::{Outcome, Problem, report};
use super::{block_on, database};
use crate::config::Config;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::exchange::intake::{self, Incoming, Kept, shown_name};
use crate::exchange::mapping::{self, Answer};
use crate::exchange::model::{Import as Row, State};
use crate::exchange::passed::{self, Answer as Own};
use crate::exchange::{self, account, items, messages, parts, queries};
use crate::jobs::{self, Tools, Worker};

/// How often progress is looked at.
const GLANCE: Duration = Duration::from_millis(200);
/// Looks at the queue that may fail one after another, such as while PostgreSQL is started again.
const PATIENCE: u32 = 50;
/// What can be said of files. Whose a table is tells its header.
const FORMATS: [&str; 13] =
    ["auto", "vcard", "csv", "tsv", "google", "outlook", "linkedin", "ldif", "mbox", "eml", "ics", "zip", "json"];

/// Bring people in from files: vCard, CSV and TSV, LDIF; mail: mbox, messages, Maildirs; calendars: ICS; and zips of these; or a whole
/// account from the JSON of an export.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The files, or a Maildir; - is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Whose contacts they become.
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// What the files are; auto finds out.
    #[arg(long, default_value = "auto", value_parser = FORMATS)]
    format: String,
    /// What a column of a table is, by its name or number, such as 'Tel=phone:mobile' or 3=email; repeat it for each.
    #[arg(long, value_name = "COLUMN=WHAT")]
    map: Vec<String>,
    /// Of mail and calendars the addresses that are the user's own, with commas between them; else they are guessed.
    #[arg(long, value_name = "ADDRESSES")]
    addresses: Option<String>,
    /// Of mail also what mailing lists, newsletters and machines sent, and what was taken for spam.
    #[arg(long)]
    include_lists: bool,
    /// Say what would happen, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// End with one JSON object on standard output.
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub(super) fn run(config: &Config, asked: &Import) -> Result<()> {
    let answer = answer(asked)?;
    // Before anything is started or changed: a name that is mistyped.
    for file in asked.files.iter().filter(|file| !is_stdin(file)) {
        File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    let outcome = block_on(async {
        let database = database::open(config).await?;
        let outcome = import_all(config, &database.pool(config)?, asked, answer.as_ref()).await;
        let closed = database.close().await;
        outcome.and_then(|outcome| closed.map(|()| outcome))
    })?;
    report(&outcome, asked.json, asked.dry_run)?;
    if outcome.failed.is_empty() { Ok(()) } else { bail!("{}", outcome.failed.join("; ")) }
}

/// Which addresses she says are hers.
fn answer(asked: &Import) -> Result<Option<Own>> {
    let given = asked.addresses.as_deref().map(|text| Own::of(&[text], asked.include_lists)).transpose();
    given.map_err(|reason| anyhow::anyhow!("--addresses: {reason}"))
}

async fn import_all(config: &Config, db: &Db, asked: &Import, answer: Option<&Own>) -> Result<Outcome> {
    let user = super::user::of_email(db, &asked.user).await?;
    let data_dir = config.data_dir()?;
    let worker = Worker::new(Tools { db: db.clone(), data_dir: data_dir.clone() }, exchange::duties())?;
    let mut outcome = Outcome::default();
    for path in &asked.files {
        if asked.dry_run && (asked.format == "json" || account::restore::is_document(path)) {
            bail!("a whole account has no preview: it is read into an empty account, whole or not at all");
        }
        let name = if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() };
        let (kept, mut file) = Kept::create(&data_dir)?;
        let size = copy(path, &mut file).with_context(|| format!("copying {name}"))?;
        if size == 0 {
            let is_folder = path.is_dir();
            outcome.fail(&name, if is_folder { "There is no message in this folder." } else { "The file is empty." });
            continue;
        }
        let format = if path.is_dir() { "messages" } else { &asked.format };
        // Whoever may run this may fill the disk, but no archive may do it by itself.
        let limit = (u64::from(config.upload_megabytes) << 20).max(size.saturating_mul(20));
        let incoming = Incoming { name: &shown_name(&name), size, format, limit, with_lists: asked.include_lists };
        let id = match kept.record(db, &user, &data_dir, incoming).await {
            Err(AppError::Limit(says)) => {
                outcome.fail(&name, &says);
                continue;
            }
            recorded => recorded?,
        };
        let driver = Driver { db, user: &user, worker: &worker, data_dir: &data_dir, id, name };
        driver.import(asked, answer, &mut outcome).await?;
        // Of an archive of people and of what passed, in this order: the one names the other.
        if let Some(rest) = driver.rest().await? {
            rest.import(asked, answer, &mut outcome).await?;
        }
    }
    Ok(outcome)
}

/// Copies a file, or the messages of a folder; answers with how many bytes it has become.
fn copy(path: &Path, file: &mut File) -> Result<u64> {
    if !path.is_dir() {
        return Ok(io::copy(&mut source(path)?, file)?);
    }
    let mut out = io::BufWriter::new(&mut *file);
    messages::write_folder(&mut out, path)?;
    out.flush()?;
    drop(out);
    Ok(file.metadata()?.len())
}

fn source(path: &Path) -> Result<Box<dyn Read>> {
    if is_stdin(path) {
        return Ok(Box::new(io::stdin()));
    }
    Ok(Box::new(File::open(path).with_context(|| format!("cannot read {}", path.display()))?))
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// One import on its way: its jobs are done here, or by the server that was faster.
struct Driver<'a> {
    db: &'a Db,
    user: &'a CurrentUser,
    worker: &'a Worker,
    data_dir: &'a Path,
    id: Uuid,
    name: String,
}

impl Driver<'_> {
    async fn import(&self, asked: &Import, answer: Option<&Own>, outcome: &mut Outcome) -> Result<()> {
        let progress = Progress::new(asked.json, &self.name);
        let mut row = self.settled(&progress).await?;
        let mut refused = None;
        while row.state() == State::Mapping && refused.is_none() {
            refused = self.answer(&asked.map).await?;
            row = self.settled(&progress).await?;
        }
        if row.state() == State::Asking && asked.dry_run {
            refused =
                Some("what passed has no preview: its import is taken back whole by one press on its page".to_owned());
        } else if row.state() == State::Asking {
            refused = self.take_in(asked, answer).await?;
            row = self.settled(&progress).await?;
        }
        if row.state() == State::Preview && !asked.dry_run {
            let begun = self.db.as_user(self.user, async |tx| exchange::begin(tx, self.id).await);
            match begun.await {
                Ok(true) => {
                    intake::forget(self.data_dir, self.id);
                    row = self.settled(&progress).await?;
                }
                Ok(false) => {}
                Err(AppError::Limit(says)) => refused = Some(format!("{says} Nothing of it was imported.")),
                Err(error) => return Err(error.into()),
            }
        }
        progress.end();
        let told = self.db.as_user(self.user, async |tx| {
            Ok((items::problems(tx, self.id).await?, exchange::lacking_fields(tx, &row).await?))
        });
        let (problems, notices) = told.await?;
        outcome.notices.extend(notices.into_iter().map(|says| format!("{}: {says}", self.name)));
        let in_archive = matches!(row.format.as_str(), "zip" | "messages");
        outcome.problems.extend(problems.into_iter().map(|it| {
            let file = if in_archive { format!("{}: {}", self.name, it.file_name) } else { self.name.clone() };
            Problem { file, line: it.line, reason: it.reason }
        }));
        outcome.add(&row)?;
        if row.state() == State::Failed {
            outcome.fail(&self.name, row.error.as_deref().unwrap_or("the import failed"));
        }
        if let Some(reason) = &refused {
            outcome.fail(&self.name, reason);
        }
        if asked.dry_run || refused.is_some() {
            intake::forget(self.data_dir, self.id);
            self.db.as_user(self.user, async |tx| queries::delete(tx, self.id).await).await?;
        }
        Ok(())
    }

    /// The import of what else an archive holds; none where this one has all of it.
    async fn rest(self) -> Result<Option<Self>> {
        let id = intake::rest_of(self.id);
        match self.db.as_user(self.user, async |tx| queries::find(tx, id).await).await {
            Ok(_) => Ok(Some(Self { id, ..self })),
            Err(AppError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Says which addresses are hers: those that were given, else those that are likely; why it can't, where none is.
    async fn take_in(&self, asked: &Import, answer: Option<&Own>) -> Result<Option<String>> {
        let place = jobs::place(self.data_dir).context("naming the data folder")?;
        let id = self.id;
        if let Some(answer) = answer {
            self.db.as_user(self.user, async |tx| passed::answer(tx, &place, id, answer).await).await?;
            return Ok(None);
        }
        let lists = asked.include_lists;
        let as_guessed = self.db.as_user(self.user, async |tx| passed::answer_as_guessed(tx, &place, id, lists).await);
        match as_guessed.await {
            Ok(Some(own)) => {
                let own = own.join(", ");
                eprintln!("{}: taken as the user's own addresses: {own}; say others with --addresses", self.name);
            }
            Ok(None) => {}
            Err(AppError::BadRequest(says)) => return Ok(Some(says)),
            Err(error) => return Err(error.into()),
        }
        Ok(None)
    }

    /// Says what the columns of a table are: what she gave, else what they are guessed to be; answers in one sentence
    /// why that is not enough.
    async fn answer(&self, map: &[String]) -> Result<Option<String>> {
        let parts = self.db.as_user(self.user, async |tx| parts::of(tx, self.id).await).await?;
        let Some(part) = mapping::asked(&parts) else { return Ok(None) };
        let layout = match mapped(part.layout()?, map) {
            Ok(layout) => layout,
            Err(reason) => return Ok(Some(reason)),
        };
        let answer = Answer::Layout { layout, is_remembered: !map.is_empty() };
        let (id, at) = (self.id, part.position);
        self.db.as_user(self.user, async |tx| mapping::answer(tx, self.data_dir, id, at, &answer).await).await?;
        Ok(None)
    }

    /// The import once nothing of it runs any more.
    async fn settled(&self, progress: &Progress) -> Result<Row> {
        let working = async {
            let mut failures = 0;
            loop {
                match self.worker.run_due().await {
                    Ok(_) => failures = 0,
                    Err(error) if failures == PATIENCE => return error,
                    Err(_) => failures += 1,
                }
                tokio::time::sleep(GLANCE).await;
            }
        };
        let watching = async {
            loop {
                let row = self.db.as_user(self.user, async |tx| queries::find(tx, self.id).await).await?;
                progress.show(&row);
                if !matches!(row.state(), State::Reading | State::Applying) {
                    return anyhow::Ok(row);
                }
                tokio::time::sleep(GLANCE).await;
            }
        };
        tokio::select! {
            row = watching => row,
            error = working => Err(error).context("the queue of jobs cannot be read; the import goes on with the next start"),
        }
    }
}
