//! `naru reindex`: the index tables again, from the events.

use crate::config::Config;
use crate::output::say;
use anyhow::Result;
use naru_store::Store;
use std::process::ExitCode;

/// Rebuilds them.
pub(crate) async fn run(config: &Config) -> Result<ExitCode> {
    config.must_hold_a_record()?;
    let store = Store::open(config.store()?).await?;
    let rebuilt = store.reindex().await?;
    store.close().await;
    say(format_args!(
        "rebuilt the index rows of {} aggregates from their events",
        rebuilt.aggregates
    ));
    Ok(ExitCode::SUCCESS)
}
