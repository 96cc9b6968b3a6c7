//! The embedded engine keeps what every engine promises.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod suite;

/// How the engine under test starts.
mod start {
    use naru_engine::{Engine, EngineOptions};
    use naru_store::{Reference, Store, Writers};
    use std::sync::Arc;

    /// Who writes to a database server.
    pub(crate) const WRITERS: Writers = Writers::One;

    pub(crate) fn is_possible() -> bool {
        true
    }

    pub(crate) async fn engine(
        _name: &str,
        store: Store,
        reference: Arc<Reference>,
        options: EngineOptions,
    ) -> Engine {
        Engine::open(store, reference, options).await.unwrap()
    }
}
