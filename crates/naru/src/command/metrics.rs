//! Metrics for whoever watches the installation, at an address of their own: a proxy that leads people to the doors does not lead there. No label
//! holds an id, a name or anything else of a person or a device.

use crate::config::Config;
use crate::output::say;
use anyhow::{Context, Result};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use naru_engine::{COMMAND_SECONDS, EFFECT_SECONDS, Engine};
use naru_server::REQUEST_SECONDS;
use naru_store::{Health, StoreError};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

/// Bounds of the counts of durations: from a tenth of a millisecond, in which a command is decided, to the half minute after which nobody waits any more.
const SECONDS: [f64; 14] = [
    0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0,
];
/// Things that are overdue are counted up to here: more are as bad.
const OVERDUE_MAX: u32 = 1_000;
/// How often what was measured is put into its counts when nobody asks.
const UPKEEP_PERIOD: Duration = Duration::from_secs(5);

const READY: &str = "naru_ready";
const LOG_EVENTS: &str = "naru_log_events_total";
const OVERDUE_WAKEUPS: &str = "naru_overdue_wakeups";
const OVERDUE_EFFECTS: &str = "naru_overdue_effects";
const INCIDENTS: &str = "naru_incidents";

/// An address for metrics that nobody else has, and what is measured from now on.
pub(crate) struct Board {
    listener: TcpListener,
    address: SocketAddr,
    measured: PrometheusHandle,
}

/// Metrics are shown until this is dropped.
pub(crate) struct Shown(#[expect(dead_code, reason = "held")] [AbortOnDropHandle<()>; 2]);

#[derive(Clone)]
struct Showing {
    engine: Engine,
    measured: PrometheusHandle,
}

impl Board {
    /// Takes the address, if the settings name one, before anything begins.
    pub(crate) async fn take(config: &Config) -> Result<Option<Self>> {
        let Some(address) = config.metrics_listen else {
            return Ok(None);
        };
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!(
                "cannot show metrics on {address}: choose another address with --metrics-listen"
            )
        })?;
        let measured = PrometheusBuilder::new()
            .set_buckets(&SECONDS)?
            .install_recorder()?;
        describe();
        Ok(Some(Self {
            address: listener.local_addr()?,
            listener,
            measured,
        }))
    }

    /// Shows the metrics of an engine, and of its doors where it has any.
    pub(crate) fn show(self, engine: Engine) -> Shown {
        say(format_args!(
            "  metrics     http://{}/metrics",
            self.address
        ));
        let measured = self.measured.clone();
        let upkeep = async move {
            loop {
                tokio::time::sleep(UPKEEP_PERIOD).await;
                measured.run_upkeep();
            }
        };
        let router = Router::new()
            .route("/metrics", get(metrics))
            .with_state(Showing {
                engine,
                measured: self.measured,
            });
        let serving = async move {
            if let Err(fault) = axum::serve(self.listener, router).await {
                tracing::error!(%fault, "metrics are no longer shown");
            }
        };
        Shown([
            AbortOnDropHandle::new(tokio::spawn(upkeep)),
            AbortOnDropHandle::new(tokio::spawn(serving)),
        ])
    }
}

fn describe() {
    describe_histogram!(
        COMMAND_SECONDS,
        Unit::Seconds,
        "How long commands took until their answer"
    );
    describe_histogram!(
        EFFECT_SECONDS,
        Unit::Seconds,
        "How long letters and messages to other aggregates took"
    );
    describe_histogram!(
        REQUEST_SECONDS,
        Unit::Seconds,
        "How long requests took until their answer began"
    );
    describe_gauge!(READY, "1 while commands can be written");
    describe_counter!(LOG_EVENTS, "Events in the log");
    describe_gauge!(
        OVERDUE_WAKEUPS,
        "Wake-ups that are due and not done, counted up to 1000"
    );
    describe_gauge!(
        OVERDUE_EFFECTS,
        "Letters and messages that are due and not done, counted up to 1000"
    );
    describe_gauge!(INCIDENTS, "Incidents that wait for a person");
}

async fn metrics(State(showing): State<Showing>) -> impl IntoResponse {
    let engine = &showing.engine;
    let ready = match look(engine).await {
        Ok(()) => matches!(engine.store().health(), Health::Green),
        Err(fault) => {
            tracing::warn!(%fault, "the record cannot be read for metrics");
            false
        }
    };
    gauge!(READY).set(f64::from(u8::from(ready)));
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (StatusCode::OK, kind, showing.measured.render())
}

/// Reads how the record stands; what cannot be read stays as it was.
async fn look(engine: &Engine) -> Result<(), StoreError> {
    let store = engine.store();
    let now = engine.clock().now();
    counter!(LOG_EVENTS).absolute(*engine.watch().borrow());
    let wakeups = store.due_wakeups(now, OVERDUE_MAX).await?;
    gauge!(OVERDUE_WAKEUPS).set(count(&wakeups));
    let effects = store.due_effects(now, OVERDUE_MAX).await?;
    gauge!(OVERDUE_EFFECTS).set(count(&effects));
    let incidents = store.incidents().await?;
    gauge!(INCIDENTS).set(count(&incidents));
    Ok(())
}

fn count<T>(things: &[T]) -> u32 {
    u32::try_from(things.len()).unwrap_or(u32::MAX)
}
