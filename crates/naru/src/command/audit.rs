//! `naru audit`: whether the record is whole.

use crate::config::Config;
use crate::output::{complain, say};
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use naru_store::Store;
use std::path::PathBuf;
use std::process::ExitCode;

/// Prove that the record is whole.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Recompute every hash and check every signed checkpoint; names the first bad event
    Verify(Verify),
    /// Print the public key that checkpoints are signed with; keep it where the operator cannot change it
    Key,
}

/// What to verify against.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A public key kept elsewhere (PEM); without one, the key in the data folder is trusted
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl Audit {
    /// Does it; the server may run meanwhile.
    pub(crate) async fn run(&self, config: &Config) -> Result<ExitCode> {
        config.must_hold_a_record()?;
        match self {
            Self::Key => {
                say(Store::public_key(&config.data)?.trim_end());
                Ok(ExitCode::SUCCESS)
            }
            Self::Verify(Verify { key }) => {
                let key = key
                    .as_ref()
                    .map(|path| {
                        std::fs::read_to_string(path)
                            .with_context(|| format!("cannot read `{}`", path.display()))
                    })
                    .transpose()?;
                match Store::verify_elsewhere(&config.store()?, key.as_deref()).await? {
                    Ok(whole) => {
                        say(format_args!(
                            "whole: {} events of {} aggregates, {} signed checkpoints",
                            whole.events, whole.aggregates, whole.checkpoints
                        ));
                        Ok(ExitCode::SUCCESS)
                    }
                    Err(broken) => {
                        complain(broken);
                        Ok(ExitCode::FAILURE)
                    }
                }
            }
        }
    }
}
