//! The Temporal engine on a real Temporal server: where `NARU_TEST_TEMPORAL` says one is. One program, because each would be large to link.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod company;
mod histories;
mod limits;
mod pathways;
/// What every engine promises.
#[path = "../../../engine/tests/suite/mod.rs"]
mod suite;

/// How the engine under test starts.
mod start {
    use naru_engine::{Engine, EngineOptions};
    use naru_store::{Reference, Store, Writers};
    use naru_temporal::{ConnectOptions, Connected, Role};
    use std::sync::Arc;
    use std::time::Duration;

    /// Who writes to a database server.
    pub(crate) const WRITERS: Writers = Writers::Many;

    pub(crate) fn is_possible() -> bool {
        std::env::var_os("NARU_TEST_TEMPORAL").is_some()
    }

    pub(crate) async fn engine(
        name: &str,
        store: Store,
        reference: Arc<Reference>,
        mut options: EngineOptions,
    ) -> Engine {
        let connect = ConnectOptions {
            address: std::env::var("NARU_TEST_TEMPORAL").ok(),
            task_queue: name.to_owned(),
            ..ConnectOptions::default()
        };
        // A worker that was killed is not waited for longer than this.
        options.finish_limit = options.finish_limit.min(Duration::from_secs(1));
        let connected = Connected::to(connect).await.unwrap();
        naru_temporal::open(store, reference, options, connected, Role::Worker)
            .await
            .unwrap()
    }
}
