//! Durable commands a second: through the engine, and through GraphQL over HTTP.

use super::bare::Bare;
use super::server::Server;
use super::world::{Cast, engine_in};
use super::{Output, Seen, http};
use crate::seed::Seed;
use anyhow::{Result, anyhow};
use clap::Args;
use naru_domain::{CaseId, Command};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How often the product and the bare program take turns in one measurement.
const TURNS: u32 = 8;

/// Durable commands a second and their latency.
#[derive(Debug, Args)]
pub(crate) struct Commands {
    #[command(flatten)]
    pub(super) output: Output,
    /// How many cases the commands go to
    #[arg(long, default_value_t = 2_000)]
    pub(super) cases: usize,
    /// How long each measurement takes, in seconds
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    /// How many callers at once, one measurement for each
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    pub(super) callers: Vec<usize>,
    /// Leave the measurements over HTTP out
    #[arg(long)]
    no_http: bool,
}

impl Commands {
    /// Measures and prints.
    pub(super) async fn run(self, server: &Server) -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (engine, reference) = engine_in(server.options(folder.path())?).await?;
        let seed = Arc::new(Seed::new(engine.clone()));
        let cast = Arc::new(Cast::enter(&seed, &reference).await?);
        let cases: Arc<[CaseId]> = cast.open_cases(&seed, self.cases).await?.into();
        engine.settle().await;

        let row = self.row_of_same_size(&engine, &seed, &cast, &cases).await?;
        self.output.figure(
            "event row",
            f64::from(u32::try_from(row.len()).unwrap_or(0)),
            "bytes",
            None,
        );
        let (bare, bare_task) = Bare::open(folder.path(), server).await?;
        for callers in self.callers.iter().copied() {
            let (bare, row) = (bare.clone(), row.clone());
            let (seed, cast, cases) = (Arc::clone(&seed), Arc::clone(&cast), Arc::clone(&cases));
            self.compare(
                "",
                callers,
                move |_| append(bare.clone(), row.clone()),
                move |n| submit(Arc::clone(&seed), Arc::clone(&cast), Arc::clone(&cases), n),
            )
            .await?;
        }
        if !self.no_http {
            http::commands(&self, &engine, &reference, &cast, &cases, &bare, &row).await?;
        }
        drop(bare);
        bare_task.await??;
        engine.shutdown().await;
        Ok(())
    }

    /// A row as long as what the store keeps for one command's event.
    pub(super) async fn row_of_same_size(
        &self,
        engine: &naru_engine::Engine,
        seed: &Seed,
        cast: &Cast,
        cases: &[CaseId],
    ) -> Result<String> {
        let case = *cases.first().ok_or_else(|| anyhow!("there are no cases"))?;
        let receipt = engine
            .submit(Cast::submission(
                seed,
                cast.member.clone(),
                case,
                Cast::draft(0)?,
            ))
            .await
            .map_err(|refusal| anyhow!("{refusal:?}"))?;
        let events = engine
            .store()
            .events_after(receipt.position.saturating_sub(1), 1)
            .await?;
        let event = events
            .first()
            .ok_or_else(|| anyhow!("the event is not there"))?;
        let fixed = 36 * 3 + 8 * 3 + 32 * 2;
        Ok("x".repeat(
            event.event.to_json()?.len() + serde_json::to_string(&event.actor)?.len() + fixed,
        ))
    }

    /// Measures in turns, so that whatever else the machine does meanwhile falls on both, and prints the figures.
    pub(super) async fn compare<B, C, X, Y>(
        &self,
        over: &str,
        callers: usize,
        bare: B,
        call: C,
    ) -> Result<()>
    where
        B: Fn(usize) -> X + Clone + Send + 'static,
        C: Fn(usize) -> Y + Clone + Send + 'static,
        X: Future<Output = Result<()>> + Send,
        Y: Future<Output = Result<()>> + Send,
    {
        let (mut measured_bare, mut measured) = (Seen::default(), Seen::default());
        for _ in 0..TURNS {
            measured_bare.add(self.callers(callers, bare.clone()).await?);
            measured.add(self.callers(callers, call.clone()).await?);
        }
        self.output.figure(
            format!("commands{over}, {callers} callers"),
            measured.per_second(),
            "/s",
            Some(measured_bare.per_second()),
        );
        for percent in [50, 99] {
            self.output.figure(
                format!("command{over} latency p{percent}, {callers} callers"),
                measured.percentile_ms(percent),
                "ms",
                Some(measured_bare.percentile_ms(percent)),
            );
        }
        Ok(())
    }

    /// So many callers, each with one call at a time, for one turn.
    pub(super) async fn callers<F, R>(&self, callers: usize, call: F) -> Result<Seen>
    where
        F: Fn(usize) -> R + Clone + Send + 'static,
        R: Future<Output = Result<()>> + Send,
    {
        let next = Arc::new(AtomicUsize::new(0));
        let start = Instant::now();
        let until = start + Duration::from_secs_f64(self.seconds / f64::from(TURNS));
        let mut tasks = Vec::new();
        for _ in 0..callers {
            let (call, next) = (call.clone(), Arc::clone(&next));
            tasks.push(tokio::spawn(async move {
                let mut latencies = Vec::new();
                while Instant::now() < until {
                    let began = Instant::now();
                    call(next.fetch_add(1, Ordering::Relaxed)).await?;
                    latencies.push(began.elapsed());
                }
                anyhow::Ok(latencies)
            }));
        }
        let mut measured = Seen::default();
        for task in tasks {
            measured.latencies.extend(task.await??);
        }
        measured.elapsed = start.elapsed();
        Ok(measured)
    }
}

pub(super) async fn append(bare: Bare, row: String) -> Result<()> {
    bare.append(row).await
}

pub(super) async fn submit(
    seed: Arc<Seed>,
    cast: Arc<Cast>,
    cases: Arc<[CaseId]>,
    n: usize,
) -> Result<()> {
    let case = cases
        .get(n % cases.len())
        .copied()
        .ok_or_else(|| anyhow!("there are no cases"))?;
    let command: Command = Cast::draft(n)?;
    let submission = Cast::submission(&seed, cast.member.clone(), case, command);
    seed.engine()
        .submit(submission)
        .await
        .map(drop)
        .map_err(|refusal| anyhow!("a command was refused: {refusal:?}"))
}
