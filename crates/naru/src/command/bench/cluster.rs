//! The same on Temporal: commands by way of workflows, against bare workflows on the same server that insert a row each time.

use super::commands::{Commands, submit};
use super::server::Server;
use super::world::{AT_ONCE, Cast, engine_options};
use crate::config::Config;
use crate::seed::Seed;
use anyhow::{Result, anyhow, bail};
use futures_util::FutureExt;
use naru_domain::CaseId;
use naru_engine::Engine;
use naru_store::{Reference, Store, StoreOptions, Writers};
use naru_temporal::bare::{Bare as BareWorkflows, Insert};
use naru_temporal::{ConnectOptions, Connected, Role};
use sqlx::Executor;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

/// Updates of one workflow whose history is looked at.
const LOOKED_AT: usize = 20;
/// Connections that the bare workflows insert on.
const CONNECTIONS: u32 = 16;

/// What is measured, and against what.
struct Rig {
    connected: Connected,
    seed: Arc<Seed>,
    cast: Arc<Cast>,
    cases: Arc<[CaseId]>,
    workflows: Arc<BareWorkflows>,
    row: String,
}

impl Commands {
    /// Measures and prints.
    pub(super) async fn run_on_temporal(self, server: &Server, config: &Config) -> Result<()> {
        let folder = tempfile::tempdir()?;
        let connect = ConnectOptions {
            address: config.temporal.address.clone(),
            // Histories of another measurement have nothing to do with this one.
            task_queue: format!("naru-bench-{}", Uuid::now_v7().simple()),
            keys: None,
        };
        let connected = connected_to(connect.clone()).await?;
        let reference = Arc::new(Reference::shipped()?);
        let engine = worker(server, folder.path(), &reference, connected.clone()).await?;
        let seed = Arc::new(Seed::new(engine.clone()));
        let cast = Arc::new(Cast::enter(&seed, &reference).await?);
        let cases: Arc<[CaseId]> = cast.open_cases(&seed, self.cases).await?.into();
        engine.settle().await;
        let row = self.row_of_same_size(&engine, &seed, &cast, &cases).await?;

        let insert = inserting(server).await?;
        let workflows = BareWorkflows::start(&connected, insert).await;
        let workflows = Arc::new(workflows.map_err(anyhow::Error::msg)?);
        let rig = Rig {
            connected,
            seed,
            cast,
            cases,
            workflows,
            row,
        };
        rig.start_bare_workflows().await?;
        self.cost_of_history(&rig).await?;
        for callers in self.callers.iter().copied() {
            self.compare("", callers, rig.bare(), rig.product()).await?;
        }
        self.two_workers(&rig, server, folder.path(), &reference, connect)
            .await?;
        let Rig { workflows, .. } = rig;
        if let Some(workflows) = Arc::into_inner(workflows) {
            workflows.stop().await;
        }
        engine.shutdown().await;
        Ok(())
    }

    /// How many events, and bytes of them, one command adds to the history of its workflow.
    async fn cost_of_history(&self, rig: &Rig) -> Result<()> {
        let case = *rig
            .cases
            .first()
            .ok_or_else(|| anyhow!("there are no cases"))?;
        let of_case = rig.connected.workflow_id(case.into());
        let of_bare = rig.workflows.workflow_id(0);
        let history = async || -> Result<[(usize, usize); 2]> {
            let case = rig.connected.history_of(&of_case).await;
            let bare = rig.connected.history_of(&of_bare).await;
            Ok([
                case.map_err(anyhow::Error::msg)?,
                bare.map_err(anyhow::Error::msg)?,
            ])
        };
        let before = history().await?;
        let (product, bare) = (rig.product(), rig.bare());
        for n in 0..LOOKED_AT {
            product(n * rig.cases.len()).await?;
            bare(n * rig.cases.len()).await?;
        }
        let after = history().await?;
        let [case, bare] = [0, 1].map(|which| {
            let pair = before.get(which).zip(after.get(which));
            let (before, after) =
                pair.map_or(((0, 0), (0, 0)), |(before, after)| (*before, *after));
            [
                after.0.saturating_sub(before.0),
                after.1.saturating_sub(before.1),
            ]
            .map(each)
        });
        let [events, bytes] = case;
        let [bare_events, bare_bytes] = bare;
        self.output
            .figure("history events a command", events, "", Some(bare_events));
        self.output
            .figure("history bytes a command", bytes, "bytes", Some(bare_bytes));
        Ok(())
    }

    /// One worker, and then two on the same queue.
    async fn two_workers(
        &self,
        rig: &Rig,
        server: &Server,
        folder: &Path,
        reference: &Arc<Reference>,
        connect: ConnectOptions,
    ) -> Result<()> {
        let Some(callers) = self.callers.iter().copied().max() else {
            return Ok(());
        };
        let one = self.callers(callers, rig.product()).await?.per_second();
        let connected = connected_to(connect).await?;
        let second = worker(server, folder, reference, connected).await?;
        // The second one takes workflows over as their commands come.
        self.callers(callers, rig.product()).await?;
        let two = self.callers(callers, rig.product()).await?.per_second();
        second.shutdown().await;
        self.output.figure(
            format!("commands with two workers, against one, {callers} callers"),
            two,
            "/s",
            Some(one),
        );
        Ok(())
    }
}

/// A share of the updates that were looked at.
fn each(all: usize) -> f64 {
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    count(all) / count(LOOKED_AT)
}

impl Rig {
    /// Each once, as each case was opened once.
    async fn start_bare_workflows(&self) -> Result<()> {
        let mut starting = tokio::task::JoinSet::new();
        let bare = self.bare();
        for n in 0..self.cases.len() {
            if starting.len() == AT_ONCE
                && let Some(started) = starting.join_next().await
            {
                started??;
            }
            starting.spawn(bare(n));
        }
        while let Some(started) = starting.join_next().await {
            started??;
        }
        Ok(())
    }

    fn bare(
        &self,
    ) -> impl Fn(usize) -> futures_util::future::BoxFuture<'static, Result<()>> + Clone + Send + use<>
    {
        let (workflows, row, count) = (
            Arc::clone(&self.workflows),
            self.row.clone(),
            self.cases.len(),
        );
        move |n| {
            let (workflows, row) = (Arc::clone(&workflows), row.clone());
            async move {
                let added = workflows.add(n % count, row).await;
                added.map_err(anyhow::Error::msg)
            }
            .boxed()
        }
    }

    fn product(
        &self,
    ) -> impl Fn(usize) -> futures_util::future::BoxFuture<'static, Result<()>> + Clone + Send + use<>
    {
        let (seed, cast, cases) = (
            Arc::clone(&self.seed),
            Arc::clone(&self.cast),
            Arc::clone(&self.cases),
        );
        move |n| submit(Arc::clone(&seed), Arc::clone(&cast), Arc::clone(&cases), n).boxed()
    }
}

/// One insert and nothing else, on any of a few connections.
async fn inserting(server: &Server) -> Result<Insert> {
    let Server::Postgres { url, .. } = server else {
        bail!("name a PostgreSQL server to measure on with --database-url");
    };
    let options: PgConnectOptions = url.parse()?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .connect_with(options)
        .await?;
    pool.execute("create table bare_insert (position bigint generated always as identity primary key, body text not null)")
        .await?;
    Ok(Arc::new(move |row| {
        let pool = pool.clone();
        async move {
            let insert = sqlx::query("insert into bare_insert (body) values ($1)").bind(row);
            let inserted = insert.execute(&pool).await;
            inserted.map(drop).map_err(|problem| problem.to_string())
        }
        .boxed()
    }))
}

async fn connected_to(connect: ConnectOptions) -> Result<Connected> {
    let connected = Connected::to(connect).await;
    connected.map_err(|fault| anyhow!("cannot measure on Temporal: {fault}"))
}

/// An engine that takes commands in and carries them out.
async fn worker(
    server: &Server,
    folder: &Path,
    reference: &Arc<Reference>,
    connected: Connected,
) -> Result<Engine> {
    let options = StoreOptions {
        writers: Writers::Many,
        ..server.options(folder)?
    };
    let engine_options = engine_options(&options)?;
    let store = Store::open(options).await?;
    let engine = naru_temporal::open(
        store,
        Arc::clone(reference),
        engine_options,
        connected,
        Role::Worker,
    );
    Ok(engine.await?)
}
