//! Starting workflows again from the store: after Temporal's own database was lost, after a move, or when one of them forgot something.

use crate::desk::Desk;
use futures_util::{StreamExt, TryStreamExt, stream};
use naru_domain::AggregateId;
use naru_engine::Fault;
use naru_store::{Store, StoreError};

/// How many aggregates are read and asked at once.
const PAGE: u32 = 500;
const AT_ONCE: usize = 16;

/// Why not everything could be started again.
#[derive(Debug, thiserror::Error)]
pub enum RestoreFault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A workflow could not be asked.
    #[error("the workflow of {aggregate} could not be started: {fault}")]
    Workflow {
        /// Which.
        aggregate: AggregateId,
        /// Why.
        fault: Fault,
    },
}

/// Has every aggregate that waits for something looked at by its workflow, which is started if it is not there. Says how many those are; doing
/// it twice changes nothing. All others are started by their next command.
pub(crate) async fn restore(store: &Store, desk: &Desk) -> Result<u64, RestoreFault> {
    let mut n = 0;
    let mut after = None;
    loop {
        let page = store.waiting_aggregates(after, PAGE).await?;
        let Some(last) = page.last().copied() else {
            return Ok(n);
        };
        n += u64::try_from(page.len()).unwrap_or(u64::MAX);
        stream::iter(page.into_iter().map(|aggregate| async move {
            let looked = desk.look(aggregate).await;
            looked.map_err(|fault| RestoreFault::Workflow { aggregate, fault })
        }))
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await?;
        after = Some(last);
    }
}
