//! `naru move`: the record of a data folder, to a PostgreSQL database.

use crate::command::serve::Way;
use crate::command::telemetry::log_to_stderr;
use crate::config::{Config, EngineKind, Secret};
use crate::output::{complain, say};
use anyhow::{Result, bail};
use clap::Args;
use naru_store::{Moved, PostgresUrl, Store};
use std::path::Path;
use std::process::ExitCode;

/// How many missing files are named; the rest is counted.
const FILES_NAMED_MAX: usize = 20;

/// Where the record goes.
#[derive(Debug, Args)]
pub(crate) struct Move {
    /// An empty PostgreSQL database, or one that an earlier try left unfinished
    #[arg(long, value_name = "URL")]
    to: Secret,
}

impl Move {
    /// Moves; the server must be stopped.
    pub(crate) async fn run(self, config: &Config) -> Result<ExitCode> {
        let Secret(to) = &self.to;
        if let Some(Secret(set)) = &config.database_url
            && set != to
        {
            bail!(
                "`naru move` takes a record out of a data folder, but `database_url` is set; leave it out, or let it be the same as --to"
            );
        }
        let to: PostgresUrl = to.parse()?;
        let source = Config {
            database_url: None,
            ..config.clone()
        };
        source.must_hold_a_record()?;
        log_to_stderr(false);
        // A cluster that is away is better known before anything moves.
        Way::prepare(config).await?;
        match Store::move_to(&source.data, &to).await? {
            Ok(moved) => {
                tell(&source.data, &to, &moved);
                if config.engine == EngineKind::Temporal {
                    start_on_temporal(config, self.to).await?;
                }
                Ok(ExitCode::SUCCESS)
            }
            Err(broken) => {
                complain(format_args!(
                    "naru: the record is not whole, so it was not moved to the end: {broken}"
                ));
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

/// Has a Temporal cluster look after everything that waits in the new place.
async fn start_on_temporal(config: &Config, to: Secret) -> Result<()> {
    let there = Config {
        database_url: Some(to),
        ..config.clone()
    };
    #[cfg(feature = "temporal")]
    return crate::command::temporal::restore(&there).await;
    #[cfg(not(feature = "temporal"))]
    Way::prepare(&there).await.map(drop)
}

fn tell(folder: &Path, to: &PostgresUrl, moved: &Moved) {
    let Moved {
        whole,
        position,
        log_hash,
        was_there,
        compared,
        files,
        missing_files,
    } = moved;
    say(format_args!(
        "the record of {} is on {to}",
        folder.display()
    ));
    if compared.is_empty() {
        let since = whole.events.saturating_sub(*position);
        say(format_args!(
            "  it was there before, whole, and {since} events have happened there since; nothing was changed"
        ));
    } else {
        let taken = position.saturating_sub(*was_there);
        say(format_args!(
            "  {taken} events were taken across, {was_there} were there from an earlier try"
        ));
        for (table, n_rows) in compared {
            say(format_args!(
                "  {n_rows} rows of `{table}` are the same on both sides"
            ));
        }
    }
    say(format_args!(
        "  whole: {} events of {} aggregates, {} signed checkpoints",
        whole.events, whole.aggregates, whole.checkpoints
    ));
    say(format_args!(
        "  log hash at event {position}, on both sides: {log_hash}"
    ));
    say(format_args!(
        "  {files} files, the keys and letters stay in {}, and Naru needs them there",
        folder.display()
    ));
    if !missing_files.is_empty() {
        say(format_args!(
            "  {} files that the record names are not in the folder, or not whole:",
            missing_files.len()
        ));
        for sha256 in missing_files.iter().take(FILES_NAMED_MAX) {
            say(format_args!("    {sha256}"));
        }
    }
    say(format_args!(
        "go on with: naru --data {} --database-url {to} serve   (add user and password as before)",
        folder.display()
    ));
}
