//! `naru schema`: the GraphQL schema.

use crate::output::say;
use anyhow::Result;
use std::process::ExitCode;

/// Prints it.
pub(crate) fn run() -> Result<ExitCode> {
    say(naru_server::schema_sdl().trim_end());
    Ok(ExitCode::SUCCESS)
}
