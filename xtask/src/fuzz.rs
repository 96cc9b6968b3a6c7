//! Coverage-guided fuzzing: from the corpora kept in `fuzz/corpus`, what is newly found goes below `target/`.

use crate::{cargo, root, run, tools};
use anyhow::{Context, Result};
use std::process::Command;

/// A target and how long it runs with each commit.
struct Target {
    name: &'static str,
    seconds: u32,
    /// The longest that one input may take.
    input_seconds_max: u32,
}

const TARGETS: [Target; 4] = [
    Target {
        name: "graphql",
        seconds: 60,
        input_seconds_max: 1,
    },
    Target {
        name: "pathway",
        seconds: 30,
        input_seconds_max: 5,
    },
    Target {
        name: "mail",
        seconds: 30,
        input_seconds_max: 5,
    },
    Target {
        name: "tokens",
        seconds: 30,
        input_seconds_max: 5,
    },
];

/// The longest input that is tried: an eighth of what the API takes, and more than any pathway file that is shipped.
const INPUT_BYTES_MAX: u32 = 32 * 1024;

/// Fuzzes every target for so many seconds, or for as long as with each commit.
pub(crate) fn all(seconds: Option<u32>) -> Result<()> {
    tools::FUZZ.install_if_missing()?;
    // What is fuzzed is what is shipped: the same versions of everything.
    std::fs::copy(root().join("Cargo.lock"), root().join("fuzz/Cargo.lock"))
        .context("cannot lend Cargo.lock to the fuzz targets")?;
    run(
        "formatting of the fuzz targets",
        cargo().args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]),
    )?;
    for target in &TARGETS {
        target.fuzz(seconds.unwrap_or(target.seconds))?;
    }
    Ok(())
}

impl Target {
    fn fuzz(&self, seconds: u32) -> Result<()> {
        let found = root().join("target/fuzz-corpus").join(self.name);
        std::fs::create_dir_all(&found).context("cannot make a folder for what is found")?;
        let kept = root().join("fuzz/corpus").join(self.name);
        let limits = [
            format!("-max_total_time={seconds}"),
            format!("-timeout={}", self.input_seconds_max),
            format!("-max_len={INPUT_BYTES_MAX}"),
        ];
        let mut command = coverage_guided(["fuzz", "run", self.name]);
        command.arg(found).arg(kept);
        command.args(["--", "-print_final_stats=1"]).args(limits);
        run(
            &format!("fuzzing {} for {seconds} s", self.name),
            &mut command,
        )
        .inspect_err(|_| self.show_what_broke_it())
    }

    /// Prints the inputs that broke the target, so that a log that outlives the machine is enough to try them again.
    fn show_what_broke_it(&self) {
        let folder = root().join("fuzz/artifacts").join(self.name);
        for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if let Ok(input) = std::fs::read(file.path()) {
                eprintln!("{}: b\"{}\"", file.path().display(), input.escape_ascii());
            }
        }
    }
}

/// The flags of coverage are not stable yet; the compiler takes them all the same when told to.
fn coverage_guided<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = cargo();
    command.env("RUSTC_BOOTSTRAP", "1").args(arguments).args([
        "--sanitizer",
        "none",
        "--target-dir",
        "target/fuzz",
    ]);
    command
}
