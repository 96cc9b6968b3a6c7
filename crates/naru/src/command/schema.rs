//! `naru schema`: the GraphQL schema.

use crate::output::say;
use std::process::ExitCode;

/// Prints it.
pub(crate) fn run() -> ExitCode {
    say(naru_server::schema_sdl().trim_end());
    ExitCode::SUCCESS
}
