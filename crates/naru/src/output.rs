//! The only place that prints: what a person at the terminal asked for goes to standard output, everything else to the log.

use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether something that was asked for could not be written.
static UNSAID: AtomicBool = AtomicBool::new(false);

/// Says something that was asked for. A reader that has read enough, such as `head`, is no failure; a full disk is, see [`all_was_said`].
pub(crate) fn say(text: impl Display) {
    if let Err(problem) = writeln!(std::io::stdout(), "{text}")
        && problem.kind() != ErrorKind::BrokenPipe
    {
        UNSAID.store(true, Ordering::Relaxed);
    }
}

/// Says why something did not work; where even that cannot be written, the exit code has to do.
pub(crate) fn complain(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Whether everything that was asked for reached standard output.
pub(crate) fn all_was_said() -> bool {
    std::io::stdout().flush().is_ok() && !UNSAID.load(Ordering::Relaxed)
}
