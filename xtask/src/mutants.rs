//! Mutation testing: a rule is changed, and some test must notice. What `cargo mutants` finds is judged here.

use crate::{cargo, root, tools};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::path::Path;
use std::process::Command;

/// A part of the program, and how much of what is changed in it the tests must notice.
struct Part {
    name: &'static str,
    files: &'static [&'static str],
    /// The crate whose tests are asked.
    test_package: &'static str,
    caught_share_min: f64,
}

const PARTS: [Part; 4] = [
    Part {
        name: "signing",
        files: &["crates/engine/src/link.rs"],
        test_package: "naru-engine",
        caught_share_min: 1.0,
    },
    Part {
        name: "audit",
        files: &[
            "crates/store/src/audit.rs",
            "crates/store/src/hash.rs",
            "crates/store/src/keys.rs",
        ],
        test_package: "naru-store",
        caught_share_min: 1.0,
    },
    Part {
        name: "authorization",
        files: &["crates/server/src/authz"],
        test_package: "naru-server",
        caught_share_min: 1.0,
    },
    Part {
        name: "core",
        files: &["crates/domain/src"],
        test_package: "naru-domain",
        caught_share_min: 0.9,
    },
];

/// Which changes are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Those in lines that the last commit wrote.
    LastCommit,
    /// All, of every part or of the part so named.
    Whole(Option<&'static str>),
}

/// The part called so.
pub(crate) fn part_named(name: &str) -> Option<&'static str> {
    PARTS
        .iter()
        .map(|part| part.name)
        .find(|known| *known == name)
}

/// What the parts are called.
pub(crate) fn names() -> String {
    let names: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
    names.join(", ")
}

/// What `cargo mutants` writes about its run.
#[derive(Debug, Deserialize)]
struct Outcomes {
    caught: u32,
    missed: u32,
    timeout: u32,
}

/// Tries every change of this extent.
pub(crate) fn all(extent: Extent) -> Result<()> {
    for part in &PARTS {
        match extent {
            Extent::Whole(Some(name)) if name != part.name => {}
            Extent::Whole(_) => part.check(&[])?,
            Extent::LastCommit => part.check_last_commit()?,
        }
    }
    Ok(())
}

impl Part {
    fn check_last_commit(&self) -> Result<()> {
        let mut git = Command::new("git");
        git.current_dir(root())
            .args(["diff", "HEAD~1", "HEAD", "--"]);
        let answer = git.args(self.files).output();
        let Some(diff) = answer.ok().filter(|answer| answer.status.success()) else {
            eprintln!(
                "xtask: there is no commit before this one to compare with: NO MUTANTS WERE TRIED"
            );
            return Ok(());
        };
        if diff.stdout.is_empty() {
            println!("== mutants of {}: the last commit left it alone", self.name);
            return Ok(());
        }
        let file = root().join("target").join(format!("{}.diff", self.name));
        std::fs::write(&file, diff.stdout).context("cannot keep the difference")?;
        let file = file.display().to_string();
        self.check(&["--in-diff", &file])
    }

    fn check(&self, arguments: &[&str]) -> Result<()> {
        tools::MUTANTS.install_if_missing()?;
        let output = root().join("target/mutants").join(self.name);
        let _ = std::fs::remove_dir_all(&output);
        std::fs::create_dir_all(&output).context("cannot make a folder for mutants")?;
        let mut command = cargo();
        command
            .args(["mutants", "--no-shuffle", "--gitignore=true", "--output"])
            .arg(&output);
        for file in self.files {
            let glob = if Path::new(file).extension().is_some() {
                (*file).to_owned()
            } else {
                format!("{file}/**/*.rs")
            };
            command.args(["--file", &glob]);
        }
        command.args(["--test-package", self.test_package]);
        command.args(arguments);
        println!("== mutants of {}: {command:?}", self.name);
        let ended = command.status().context("cannot start cargo mutants")?;
        // It says 2 or 3 when changes went unnoticed or did not end; how many of them there may be is decided below.
        if !matches!(ended.code(), Some(0 | 2 | 3)) {
            bail!("mutants of {}: the tests cannot be asked", self.name);
        }
        let outcomes = output.join("mutants.out/outcomes.json");
        let Ok(text) = std::fs::read_to_string(&outcomes) else {
            println!("== mutants of {}: nothing there to change", self.name);
            return Ok(());
        };
        let outcomes: Outcomes =
            serde_json::from_str(&text).context("cannot read what became of the mutants")?;
        self.judge(&outcomes)
    }

    fn judge(&self, outcomes: &Outcomes) -> Result<()> {
        let caught = outcomes.caught.saturating_add(outcomes.timeout);
        let tried = caught.saturating_add(outcomes.missed);
        println!(
            "== mutants of {}: {caught} of {tried} were noticed",
            self.name
        );
        if f64::from(caught) < self.caught_share_min * f64::from(tried) {
            bail!(
                "the tests of {} notice {caught} of {tried} changes, fewer than {:.0} %; see target/mutants/{}/mutants.out/missed.txt",
                self.name,
                self.caught_share_min * 100.0,
                self.name
            );
        }
        Ok(())
    }
}
