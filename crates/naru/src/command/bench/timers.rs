//! Wake-ups that are all due in the same second.

use super::Output;
use super::bare::Bare;
use super::server::Server;
use super::world::Cast;
use crate::seed::Seed;
use anyhow::Result;
use clap::Args;
use jiff::Timestamp;
use naru_engine::mail::{Mailbox, Sender, Transport};
use naru_engine::{Clock, Engine, EngineOptions};
use naru_store::{Reference, Store, StoreOptions};
use std::sync::Arc;
use std::time::Instant;

/// Wake-ups that are all due in the same second.
#[derive(Debug, Args)]
pub(crate) struct Timers {
    #[command(flatten)]
    output: Output,
    /// How many
    #[arg(long, default_value_t = 10_000)]
    wakeups: usize,
}

impl Timers {
    /// Opens as many cases at one moment, so that their first reminders fall together, and moves the clock there.
    pub(crate) async fn run(self) -> Result<()> {
        let folder = tempfile::tempdir()?;
        let reference = Arc::new(Reference::shipped()?);
        let start: Timestamp = "2026-03-03T01:00:00Z".parse()?;
        let clock = Clock::virtual_at(start);
        let store = Store::open(StoreOptions::new(folder.path())).await?;
        let from = Sender {
            name: "bench".to_owned(),
            address: "bench@localhost.localdomain".parse()?,
        };
        let mut options = EngineOptions::new(
            Transport::Memory(Mailbox::default()),
            "http://127.0.0.1",
            from,
        );
        options.clock = clock.clone();
        let engine = Engine::open(store.clone(), Arc::clone(&reference), options).await?;
        let seed = Seed::new(engine.clone());
        let cast = Cast::enter(&seed, &reference).await?;
        cast.open_cases(&seed, self.wakeups).await?;
        engine.settle().await;

        let due = store.next_wakeup().await?.unwrap_or(start);
        let began = Instant::now();
        clock.advance_to(due);
        let mut position = engine.watch();
        while store.next_wakeup().await?.is_some_and(|next| next <= due) {
            position.changed().await?;
        }
        let seconds = began.elapsed().as_secs_f64();

        let (bare, task) = Bare::open(folder.path(), &Server::None).await?;
        let began = Instant::now();
        let mut pending = tokio::task::JoinSet::new();
        for _ in 0..self.wakeups {
            let bare = bare.clone();
            pending.spawn(async move { bare.append("x".repeat(400)).await });
        }
        while let Some(done) = pending.join_next().await {
            done??;
        }
        let bare_seconds = began.elapsed().as_secs_f64();
        drop(bare);
        task.await??;
        self.output.figure(
            format!("{} wake-ups due in the same second", self.wakeups),
            seconds,
            "s",
            Some(bare_seconds),
        );
        engine.kill().await;
        Ok(())
    }
}
