//! Temporal's development server: found or installed, and started for the suites that need one.

use crate::dev_server::{ADDRESS, CLI, DevServer};
use anyhow::{Context, Result, bail};
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The release that the suites are known to pass with.
const PACKAGE: &str = "github.com/temporalio/cli/cmd/temporal@v1.5.1";

/// What the suites are told, and the server that they share.
#[derive(Debug)]
pub(crate) struct Temporal {
    cli: PathBuf,
    server: DevServer,
}

impl Temporal {
    /// Starts a server, unless the suites are told of another. Where none can be had, the suites that need one are left out, and that is said.
    pub(crate) fn start_unless_given(root: &Path) -> Option<Self> {
        if env::var_os(ADDRESS).is_some() {
            return None;
        }
        match Self::start(root) {
            Ok(temporal) => Some(temporal),
            Err(problem) => {
                eprintln!("== the suites on Temporal are LEFT OUT: {problem:#}");
                None
            }
        }
    }

    fn start(root: &Path) -> Result<Self> {
        let cli = find_or_install(root)?;
        let server = DevServer::start(&cli, None).context("Temporal does not start")?;
        Ok(Self { cli, server })
    }

    /// What the suites are told.
    pub(crate) fn variables(&self) -> [(&'static str, OsString); 2] {
        [
            (ADDRESS, self.server.address().into()),
            (CLI, self.cli.clone().into()),
        ]
    }
}

fn find_or_install(root: &Path) -> Result<PathBuf> {
    let on_path = Path::new("temporal");
    if answers(on_path, "--version") {
        return Ok(on_path.to_owned());
    }
    let folder = root.join("target").join("tools");
    let cli = folder.join("temporal");
    if answers(&cli, "--version") {
        return Ok(cli);
    }
    let Some(go) = [Path::new("/usr/local/go/bin/go"), Path::new("go")]
        .into_iter()
        .find(|go| answers(go, "version"))
    else {
        bail!("neither `temporal` nor a `go` to install it with is on this machine");
    };
    std::fs::create_dir_all(&folder).context("cannot make target/tools")?;
    crate::run(
        "installing the Temporal CLI, which takes some minutes",
        Command::new(go)
            .args(["install", PACKAGE])
            .env("GOBIN", &folder)
            .env("GOFLAGS", "-mod=mod"),
    )?;
    Ok(cli)
}

fn answers(program: impl AsRef<OsStr>, argument: &str) -> bool {
    Command::new(program)
        .arg(argument)
        .output()
        .is_ok_and(|output| output.status.success())
}
