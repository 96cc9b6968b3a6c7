//! The naru program: one binary, every way to run Naru.

mod command;
mod config;
mod output;
mod seed;

use anyhow::Result;
use clap::{Parser, Subcommand};
use config::{Config, EngineKind, Secret};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Every command makes and drops many small things: in a profile of commands over HTTP, a quarter of the samples were in the system's
/// allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Takes medical devices from prototype to a validated, cleared and reimbursed product.
#[derive(Debug, Parser)]
#[command(name = "naru", version, propagate_version = true)]
struct Arguments {
    /// The settings file [default: naru.toml, if there is one]
    #[arg(long, global = true, env = "NARU_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder [default: naru-data]
    #[arg(long, global = true, env = "NARU_DATA", value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// The PostgreSQL database that holds the record [default: a file in the data folder]
    #[arg(
        long,
        global = true,
        env = "NARU_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    database_url: Option<Secret>,
    /// What carries commands out [default: embedded]
    #[arg(long, global = true, env = "NARU_ENGINE", value_enum)]
    engine: Option<EngineKind>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start on a fresh folder with example organizations, people and cases
    Demo(command::demo::Demo),
    /// Start on the data folder
    Serve(command::serve::Serve),
    /// Carry out commands, keep timers and perform effects on Temporal, without doors
    #[cfg(feature = "temporal")]
    Worker(command::temporal::Worker),
    /// Temporal's side of the record
    #[cfg(feature = "temporal")]
    #[command(subcommand)]
    Temporal(command::temporal::Temporal),
    /// Check, draw or try out a pathway file
    #[command(subcommand)]
    Pathway(command::pathway::Pathway),
    /// Open accounts and issue tokens on this machine, while the server is stopped
    #[command(subcommand)]
    Account(command::account::Account),
    /// Prove that the record is whole
    #[command(subcommand)]
    Audit(command::audit::Audit),
    /// Copy the record and the documents while the server runs
    Backup(command::backup::Backup),
    /// Move the record from the data folder to a PostgreSQL database, while the server is stopped
    Move(command::relocate::Move),
    /// Rebuild the index tables from the events
    Reindex,
    /// Print the GraphQL schema
    Schema,
    /// Measure, as ratios against a bare program taken in the same run
    #[command(subcommand)]
    Bench(command::bench::Bench),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(_) if !output::all_was_said() => {
            output::complain("naru: standard output could not be written; the answer is not whole");
            ExitCode::FAILURE
        }
        Ok(code) => code,
        Err(problem) => {
            output::complain(format_args!("naru: {}", told(&problem)));
            ExitCode::FAILURE
        }
    }
}

/// The problem and what caused it, each said once: many an error repeats its cause in its own words.
fn told(problem: &anyhow::Error) -> String {
    problem.chain().fold(String::new(), |told, cause| {
        let cause = cause.to_string();
        if told.is_empty() {
            cause
        } else if told.contains(&cause) {
            told
        } else {
            format!("{told}: {cause}")
        }
    })
}

fn run(arguments: Arguments) -> Result<ExitCode> {
    let mut config = Config::read(arguments.config.as_deref())?;
    if let Some(data) = arguments.data {
        config.data = data;
    }
    if arguments.database_url.is_some() {
        config.database_url = arguments.database_url;
    }
    if let Some(engine) = arguments.engine {
        config.engine = engine;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match arguments.command {
            Command::Demo(demo) => demo.run(config).await,
            Command::Serve(serve) => serve.run(config).await,
            #[cfg(feature = "temporal")]
            Command::Worker(worker) => worker.run(config).await,
            #[cfg(feature = "temporal")]
            Command::Temporal(temporal) => temporal.run(config).await,
            Command::Pathway(pathway) => pathway.run(),
            Command::Account(account) => account.run(&config).await,
            Command::Audit(audit) => audit.run(&config).await,
            Command::Backup(backup) => backup.run(&config).await,
            Command::Move(relocation) => relocation.run(&config).await,
            Command::Reindex => command::reindex::run(&config).await,
            Command::Schema => Ok(command::schema::run()),
            Command::Bench(bench) => Box::pin(bench.run(&config)).await,
        }
    })
}

/// The address to listen on, where a command line names one.
fn listen_or(config: &mut Config, listen: Option<SocketAddr>) {
    if let Some(listen) = listen {
        config.listen = listen;
    }
}
