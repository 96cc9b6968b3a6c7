//! The project's own chores. `cargo xtask test` installs what a fresh machine lacks and runs everything that a release must pass.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a chore talks to the person who started it"
)]

mod browser;
#[path = "../../tests/support/cluster.rs"]
#[expect(unreachable_pub, reason = "shared with the suites")]
mod cluster;
#[path = "../../tests/support/dev_server.rs"]
#[expect(unreachable_pub, reason = "shared with the suites")]
mod dev_server;
mod fuzz;
mod mutants;
mod temporal;
mod tools;

use anyhow::{Context, Result, bail};
use cluster::Cluster;
use mutants::Extent;
use std::env;
use std::path::Path;
use std::process::{Command, ExitCode};
use temporal::Temporal;

const HELP: &str = "usage: cargo xtask <chore>

  test     install what is missing, then check formatting, lints, and run every test suite
  lint     formatting and lints only
  fuzz     fuzz everything that reads what strangers write; a number of seconds for each target may follow
  mutants  change rules and see that tests notice, in the lines of the last commit; `all` or the name of a part may follow
  deny     check what dependencies may come in, and known advisories
  schema   write schema.graphql from the code
  screenshots
           take pictures of the console's main pages into docs/screenshots
";

fn main() -> ExitCode {
    let chore = env::args().nth(1);
    let done = match chore.as_deref() {
        Some("test") => test(),
        Some("lint") => lint(),
        Some("fuzz") => fuzz(),
        Some("mutants") => mutants(),
        Some("deny") => deny(),
        Some("schema") => schema(),
        Some("screenshots") => browser::screenshots(),
        Some(_) | None => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

/// Everything, in the order in which a mistake is cheapest to find.
fn test() -> Result<()> {
    tools::install_toolchain_parts()?;
    lint()?;
    deny()?;
    let rules = browser::rules()?;
    let server = postgres()?;
    let temporal = Temporal::start_unless_given(root());
    run(
        "every suite, on SQLite and PostgreSQL, and in a browser",
        cargo()
            .env("NARU_TEST_AXE", &rules)
            .env("NARU_TEST_POSTGRES", server.url())
            .envs(temporal.iter().flat_map(Temporal::variables))
            .args([
                "test",
                "--workspace",
                "--all-targets",
                "--features",
                "naru-store/postgres-tests,naru/postgres-tests,naru/temporal,naru/browser-tests",
                "--exclude",
                "naru-faults",
            ]),
    )?;
    drop((temporal, server));
    run(
        "the examples in the documentation",
        cargo().args(["test", "--workspace", "--doc"]),
    )?;
    run(
        "power cuts, broken disks, kills, restarts and simulation, at full count",
        cargo().args([
            "test",
            "--release",
            "--package",
            "naru-faults",
            "--features",
            "postgres-tests",
        ]),
    )?;
    fuzz::all(None)?;
    mutants::all(Extent::LastCommit)
}

fn lint() -> Result<()> {
    run("formatting", cargo().args(["fmt", "--all", "--check"]))?;
    run(
        "lints",
        cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ]),
    )
}

fn schema() -> Result<()> {
    let output = cargo()
        .args(["run", "--quiet", "--package", "naru", "--", "schema"])
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!(
            "`naru schema` failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    std::fs::write(root().join("schema.graphql"), output.stdout)
        .context("cannot write schema.graphql")
}

/// The rules on dependencies, and the advisories where their database can be reached: a change must not fail for a network that is away.
fn deny() -> Result<()> {
    tools::DENY.install_if_missing()?;
    run(
        "rules on dependencies",
        cargo().args(["deny", "check", "bans", "licenses", "sources"]),
    )?;
    if !tools::works(cargo().args(["deny", "fetch", "db"])) {
        eprintln!("xtask: the advisory database cannot be reached: ADVISORIES WERE NOT CHECKED");
        return Ok(());
    }
    run(
        "advisories",
        cargo().args(["deny", "--offline", "check", "advisories"]),
    )
}

/// A PostgreSQL server for as long as the suites run; its programs are installed if they are not there.
fn postgres() -> Result<Cluster> {
    if cluster::programs().is_none() {
        run("the list of packages", &mut apt_get(&["update"]))?;
        let install = ["install", "--yes", "--no-install-recommends", "postgresql"];
        run("installing PostgreSQL", &mut apt_get(&install))?;
    }
    let programs =
        cluster::programs().context("PostgreSQL's programs are not where they should be")?;
    Cluster::start(&programs).context("PostgreSQL does not start")
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = if cluster::is_root() {
        Command::new("apt-get")
    } else {
        let mut command = Command::new("sudo");
        command.arg("apt-get");
        command
    };
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn fuzz() -> Result<()> {
    let seconds = env::args().nth(2).map(|text| text.parse::<u32>());
    let seconds = seconds
        .transpose()
        .context("`fuzz` takes a number of seconds")?;
    fuzz::all(seconds)
}

fn mutants() -> Result<()> {
    let extent = match env::args().nth(2).as_deref() {
        None => Extent::LastCommit,
        Some("all") => Extent::Whole(None),
        Some(part) => Extent::Whole(Some(mutants::part_named(part).with_context(|| {
            format!("no part is called `{part}`; they are {}", mutants::names())
        })?)),
    };
    mutants::all(extent)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

fn run(what: &str, command: &mut Command) -> Result<()> {
    println!("== {what}: {command:?}");
    let status = command
        .status()
        .with_context(|| format!("{what}: cannot start {command:?}"))?;
    if status.success() {
        Ok(())
    } else {
        bail!("{what} failed")
    }
}
