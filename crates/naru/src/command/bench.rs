//! `naru bench`: durable commands, timers, and a hundred thousand cases, each against something bare measured in the same run.

mod bare;
#[cfg(feature = "temporal")]
mod cluster;
mod commands;
mod fill;
mod http;
mod pages;
mod server;
mod timers;
mod world;

use crate::config::{Config, EngineKind, Secret};
use crate::output::say;
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use server::Server;
use std::process::ExitCode;
use std::time::Duration;

/// Measure, as ratios against a bare program taken in the same run.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Durable commands a second and their latency, in the program and over HTTP
    Commands(commands::Commands),
    /// Wake-ups that are all due in the same second
    Timers(timers::Timers),
    /// Cases with a year of history each, and what reading among them costs
    Fill(fill::Fill),
    /// What each page of the console costs the server among such cases, and what it weighs
    Pages(pages::Pages),
}

impl Bench {
    /// Measures and prints.
    pub(crate) async fn run(self, config: &Config) -> Result<ExitCode> {
        let is_commands = matches!(self, Self::Commands(_));
        if config.engine == EngineKind::Temporal && !(is_commands && config.database_url.is_some())
        {
            bail!(
                "only `naru bench commands --database-url …` measures on Temporal; leave the engine out"
            )
        }
        match (self, &config.database_url) {
            (Self::Commands(commands), None) => commands.run(&Server::None).await?,
            (Self::Commands(commands), Some(Secret(url))) => {
                let server = Server::with_a_database_of_its_own(url).await?;
                let measured = match config.engine {
                    EngineKind::Embedded => commands.run(&server).await,
                    #[cfg(feature = "temporal")]
                    EngineKind::Temporal => commands.run_on_temporal(&server, config).await,
                    #[cfg(not(feature = "temporal"))]
                    EngineKind::Temporal => Err(anyhow::anyhow!(
                        "this naru was built without the Temporal engine; build it with `--features temporal`"
                    )),
                };
                server.drop_database().await?;
                measured?;
            }
            (Self::Timers(timers), None) => timers.run().await?,
            (Self::Fill(fill), None) => fill.run().await?,
            (Self::Pages(pages), None) => pages.run().await?,
            (Self::Timers(_) | Self::Fill(_) | Self::Pages(_), Some(_)) => {
                bail!("only `naru bench commands` measures on PostgreSQL; leave the database out")
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// How figures are printed.
#[derive(Clone, Copy, Debug, Args)]
struct Output {
    /// One JSON object a line: name, value, unit, baseline, ratio
    #[arg(long)]
    json: bool,
}

/// One figure, and what it was compared with in the same run.
#[derive(Debug, serde::Serialize)]
struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    baseline: Option<f64>,
    ratio: Option<f64>,
}

impl Output {
    fn figure(
        self,
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
        baseline: Option<f64>,
    ) {
        let ratio = baseline
            .filter(|baseline| 0.0 < *baseline)
            .map(|baseline| value / baseline);
        let figure = Figure {
            name: name.into(),
            value,
            unit,
            baseline,
            ratio,
        };
        if self.json {
            say(serde_json::json!(figure));
            return;
        }
        let Figure {
            name, value, unit, ..
        } = figure;
        match (baseline, ratio) {
            (Some(baseline), Some(ratio)) => say(format_args!(
                "{name:<44} {value:>12.2} {unit:<6} bare {baseline:>12.2}   ratio {ratio:.2}"
            )),
            _ => say(format_args!("{name:<44} {value:>12.2} {unit}")),
        }
    }
}

/// What many callers saw: how many calls in how long, and each call's latency.
#[derive(Debug, Default)]
struct Seen {
    elapsed: Duration,
    latencies: Vec<Duration>,
}

impl Seen {
    fn add(&mut self, other: Self) {
        self.elapsed += other.elapsed;
        self.latencies.extend(other.latencies);
    }

    fn per_second(&self) -> f64 {
        f64::from(u32::try_from(self.latencies.len()).unwrap_or(u32::MAX))
            / self.elapsed.as_secs_f64()
    }

    /// The latency that a share of calls, in percent, stayed within, in milliseconds.
    fn percentile_ms(&mut self, percent: usize) -> f64 {
        self.latencies.sort_unstable();
        let at = (self.latencies.len().saturating_sub(1) * percent).div_ceil(100);
        self.latencies
            .get(at)
            .map_or(0.0, |latency| latency.as_secs_f64() * 1_000.0)
    }
}
