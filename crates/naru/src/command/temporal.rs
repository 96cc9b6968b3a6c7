//! The Temporal engine, where the program was built with it: how it starts, `naru worker` and `naru temporal`.

use crate::command::metrics::Board;
use crate::command::serve::{Parts, Way, told_to_stop};
use crate::command::telemetry::{Traces, log_to_stderr};
use crate::config::{Config, EngineKind};
use crate::output::say;
use anyhow::{Result, anyhow, ensure};
use clap::{Args, Subcommand};
use naru_engine::Engine;
use naru_temporal::{ConnectOptions, Connected, Keys, Role};
use std::net::SocketAddr;
use std::process::ExitCode;

/// Carry out commands, keep timers and perform effects, without doors.
#[derive(Debug, Args)]
pub(crate) struct Worker {
    /// The address at which metrics are shown, for Prometheus [default: none]
    #[arg(long, env = "NARU_METRICS_LISTEN", value_name = "ADDRESS:PORT", value_parser = crate::config::address)]
    metrics_listen: Option<SocketAddr>,
    /// The collector that traces go to by OTLP over HTTP [default: none]
    #[arg(long, env = "NARU_TRACES_ENDPOINT", value_name = "URL")]
    traces_endpoint: Option<String>,
    /// Write the log as one JSON object a line
    #[arg(long, env = "NARU_LOG_JSON")]
    log_json: bool,
}

impl Worker {
    /// Works until it is told to stop.
    pub(crate) async fn run(self, mut config: Config) -> Result<ExitCode> {
        config.engine = EngineKind::Temporal;
        config.metrics_listen = self.metrics_listen.or(config.metrics_listen);
        config.traces_endpoint = self.traces_endpoint.or(config.traces_endpoint);
        config.check()?;
        let traces = Traces::begin(&config, self.log_json)?;
        ensure!(
            config.database_url.is_some(),
            "a record in a file admits one process, and `naru serve --engine temporal` is it; workers beside it need the record on PostgreSQL (--database-url)"
        );
        let board = Board::take(&config).await?;
        let way = Way::prepare(&config).await?;
        let words = way.words().unwrap_or_default();
        let engine = Parts::open(&config).await?.start(way).await?;
        say(format_args!("This worker takes work from {words}"));
        let _shown = board.map(|board| board.show(engine.clone()));
        told_to_stop().await;
        engine.shutdown().await;
        traces.end().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// Temporal's side of the record.
#[derive(Debug, Subcommand)]
pub(crate) enum Temporal {
    /// Start every case and everything else that waits again, from the record alone, after Temporal's own database was lost
    Restore,
}

impl Temporal {
    /// Runs the subcommand.
    pub(crate) async fn run(self, mut config: Config) -> Result<ExitCode> {
        match self {
            Self::Restore => {
                config.engine = EngineKind::Temporal;
                config.must_hold_a_record()?;
                log_to_stderr(false);
                restore(&config).await?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// Starts everything that waits, from the record alone.
pub(crate) async fn restore(config: &Config) -> Result<()> {
    let connected = connect(config).await?;
    let engine = start(Parts::open(config).await?, connected.clone()).await?;
    let restored = naru_temporal::restore(engine.store(), connected).await;
    engine.shutdown().await;
    say(format_args!(
        "{} items wait in Temporal; the others are started by their next command",
        restored?
    ));
    Ok(())
}

/// Starts the engine over an open store.
pub(crate) async fn start(parts: Parts, connected: Connected) -> Result<Engine> {
    let Parts {
        store,
        reference,
        options,
        ..
    } = parts;
    let engine = naru_temporal::open(store, reference, options, connected, Role::Worker);
    Ok(engine.await?)
}

/// Connects as the settings say.
pub(crate) async fn connect(config: &Config) -> Result<Connected> {
    let settings = &config.temporal;
    let keys = settings.payload_keys.as_deref().map(Keys::read);
    let options = ConnectOptions {
        address: settings.address.clone(),
        task_queue: settings.task_queue.clone(),
        keys: keys.transpose()?,
    };
    let connected = Connected::to(options).await;
    connected.map_err(|fault| anyhow!("cannot start on Temporal: {fault}"))
}
