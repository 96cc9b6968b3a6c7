//! The only place that prints: what a person at the terminal asked for goes to standard output, everything else to the log.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this module is the program's voice"
)]

use std::fmt::Display;

/// Says something that was asked for.
pub(crate) fn say(text: impl Display) {
    println!("{text}");
}

/// Says why something did not work.
pub(crate) fn complain(text: impl Display) {
    eprintln!("{text}");
}
