//! `naru demo`: a fresh folder with example organizations, people, devices, and some months of history.

mod acts;
mod cases;
mod history;
mod people;
mod told;
mod works;

use crate::command::serve::{Running, listen};
use crate::command::telemetry::log_to_stderr;
use crate::config::{Config, EngineKind};
use crate::output::say;
use crate::seed::Seed;
use anyhow::{Context, Result};
use clap::Args;
use history::Cast;
use naru_domain::account::Scope;
use people::PEOPLE;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

/// How long the tokens of the demo work.
const TOKEN_DAYS: u16 = 30;

/// Start on a fresh folder with example organizations, people and cases.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The address to listen on; port 0 takes any free one
    #[arg(long, env = "NARU_LISTEN", value_name = "ADDRESS:PORT", value_parser = crate::config::address)]
    listen: Option<SocketAddr>,
    /// Print what was made as one JSON object, for programs
    #[arg(long)]
    json: bool,
}

/// An example person with a token.
#[derive(Debug, serde::Serialize)]
struct Shown {
    name: &'static str,
    name_en: &'static str,
    role: &'static str,
    organization: &'static str,
    token: String,
}

impl Demo {
    /// Fills the folder and serves until it is told to stop.
    pub(crate) async fn run(self, mut config: Config) -> Result<ExitCode> {
        if std::env::var_os("RUST_LOG").is_some() {
            log_to_stderr(false);
        }
        // A playground keeps away from the database and the cluster of a real installation.
        config.database_url = None;
        config.engine = EngineKind::Embedded;
        crate::listen_or(&mut config, self.listen);
        let listener = listen(&mut config).await?;
        if config.base_url.is_none() && config.listen.ip() == Ipv4Addr::LOCALHOST {
            // Browsers give passkeys to names and not to numbers.
            config.base_url = Some(format!("http://localhost:{}", config.listen.port()));
        }
        config.data = fresh_folder(&config)?;
        let (running, shown) = match filled(&config).await {
            Ok(filled) => filled,
            Err(problem) => {
                // A demo that did not come up leaves nothing behind; the folder is its own, made a moment ago.
                let _ = std::fs::remove_dir_all(&config.data);
                return Err(problem);
            }
        };
        if self.json {
            let made = serde_json::json!({ "url": config.base_url(), "data": config.data, "people": shown });
            say(made);
        } else {
            tell(&config, &running, &shown);
        }
        running.serve(listener).await
    }
}

/// The engine on a fresh folder, with the example people in it.
async fn filled(config: &Config) -> Result<(Running, Vec<Shown>)> {
    config.check()?;
    let cast = history::live(config)
        .await
        .context("cannot make the example data")?;
    // Nobody here is real, so nobody is asked for a password.
    let running = Running::start_with(config, true).await?;
    match tokens(&Seed::new(running.engine.clone()), &cast).await {
        Ok(shown) => {
            running.engine.settle().await;
            Ok((running, shown))
        }
        Err(problem) => {
            running.engine.shutdown().await;
            Err(problem.context("cannot make the example data"))
        }
    }
}

fn tell(config: &Config, running: &Running, shown: &[Shown]) {
    let url = config.base_url();
    say(format_args!("Naru 나루 {}", env!("CARGO_PKG_VERSION")));
    say("");
    say(format_args!(
        "  console     {url}/sign-in   (choose one of the people, no password)"
    ));
    say(format_args!(
        "  explorer    {url}/graphql   (paste a token, choose an example, press Run)"
    ));
    say(format_args!("  letters     {}", running.letters));
    say(format_args!("  data        {}", config.data.display()));
    say("");
    say("Example people and their API tokens:");
    let mut organization = "";
    for person in shown {
        if person.organization != organization {
            organization = person.organization;
            say(format_args!("\n  {organization}"));
        }
        say(format_args!(
            "    {} ({}), {}\n      {}",
            person.name, person.name_en, person.role, person.token
        ));
    }
    say("");
    say("Stop with Ctrl-C. Start again on the same data with:");
    say(format_args!(
        "  naru --data {} serve",
        config.data.display()
    ));
}

/// A folder that does not exist yet: `naru-demo`, or the next free number after it.
fn fresh_folder(config: &Config) -> Result<PathBuf> {
    let asked_for = Config::default().data != config.data;
    let base = if asked_for {
        config.data.clone()
    } else {
        PathBuf::from("naru-demo")
    };
    let candidates = (1_u32..=9_999).map(|n| {
        if n == 1 {
            base.clone()
        } else {
            PathBuf::from(format!("{}-{n}", base.display()))
        }
    });
    for folder in candidates {
        if let Some(parent) = folder
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
        {
            std::fs::create_dir_all(parent)
                .with_context(|| format!("cannot make the folder `{}`", parent.display()))?;
        }
        match std::fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(problem) if problem.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(problem) => {
                return Err(problem)
                    .with_context(|| format!("cannot make the folder `{}`", folder.display()));
            }
        }
    }
    anyhow::bail!(
        "there are too many folders like `{}`; remove some",
        base.display()
    )
}

/// A token for everybody.
async fn tokens(seed: &Seed, cast: &Cast) -> Result<Vec<Shown>> {
    let mut shown = Vec::new();
    for person in PEOPLE {
        let account = *cast
            .accounts
            .get(person.name_en)
            .context("a person without an account")?;
        shown.push(Shown {
            name: person.name,
            name_en: person.name_en,
            role: person.role.as_str(),
            organization: person.organization,
            token: seed.token(account, "demo", TOKEN_DAYS, Scope::ALL).await?,
        });
    }
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::people::ORGANIZATIONS;
    use super::*;
    use naru_domain::Role;

    #[test]
    fn everyone_belongs_to_an_organization_that_has_their_role() {
        for person in PEOPLE {
            let organization = ORGANIZATIONS
                .iter()
                .find(|organization| organization.en == person.organization)
                .unwrap();
            assert_eq!(
                organization.kind,
                person.role.organization_kind(),
                "{}",
                person.name_en
            );
        }
        assert!(
            Role::ALL
                .iter()
                .all(|role| PEOPLE.iter().any(|person| person.role == *role)),
            "every role has somebody"
        );
    }
}
