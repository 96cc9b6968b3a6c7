//! Tools that a fresh machine lacks: installed at the version written here, from the registry that everything else comes from.

use crate::{cargo, run};
use anyhow::Result;
use std::process::Command;

/// A subcommand of cargo that is a program of its own.
pub(crate) struct Tool {
    /// What stands behind `cargo`.
    subcommand: &'static str,
    /// The package it comes in.
    package: &'static str,
    version: &'static str,
}

/// Drives libFuzzer.
pub(crate) const FUZZ: Tool = Tool {
    subcommand: "fuzz",
    package: "cargo-fuzz",
    version: "0.13.2",
};

/// Checks what dependencies may come in.
pub(crate) const DENY: Tool = Tool {
    subcommand: "deny",
    package: "cargo-deny",
    version: "0.20.2",
};

/// Changes a rule at a time and asks the tests.
pub(crate) const MUTANTS: Tool = Tool {
    subcommand: "mutants",
    package: "cargo-mutants",
    version: "27.1.0",
};

impl Tool {
    /// Installs the tool unless one is there.
    pub(crate) fn install_if_missing(&self) -> Result<()> {
        if works(cargo().args([self.subcommand, "--version"])) {
            return Ok(());
        }
        let what = format!("installing {}", self.package);
        let version = ["--version", self.version];
        run(
            &what,
            cargo()
                .args(["install", "--locked", self.package])
                .args(version),
        )
    }
}

/// rust-toolchain.toml names the parts; a machine without rustup has them from its packages.
pub(crate) fn install_toolchain_parts() -> Result<()> {
    let present = |part: &str| works(Command::new("cargo").args([part, "--version"]));
    if present("fmt") && present("clippy") {
        return Ok(());
    }
    run(
        "installing rustfmt and clippy",
        Command::new("rustup").args(["component", "add", "rustfmt", "clippy"]),
    )
}

/// Whether a command can be started and succeeds; what it says is of no interest.
pub(crate) fn works(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
