//! `naru backup`: a copy that another machine can start from.

use crate::config::Config;
use crate::output::say;
use anyhow::Result;
use clap::Args;
use naru_store::Store;
use std::path::PathBuf;
use std::process::ExitCode;

/// Where the copy goes.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// A folder that does not exist yet
    to: PathBuf,
}

impl Backup {
    /// Copies; the server may run meanwhile.
    pub(crate) async fn run(&self, config: &Config) -> Result<ExitCode> {
        config.must_hold_a_record()?;
        let copied = Store::backup(&config.store()?, &self.to).await?;
        say(format_args!(
            "copied the record up to event {} and {} documents to {}",
            copied.position,
            copied.documents,
            self.to.display()
        ));
        say("the keys stay in the data folder: keep a copy of `keys/` apart from this one");
        Ok(ExitCode::SUCCESS)
    }
}
