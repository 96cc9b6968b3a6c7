//! The task that hears what other processes write, so that what is read here is not old and whoever watches is told.

use naru_store::{PositionListener, Store, StoreError};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often it is looked without having heard anything: the way the news comes may be cut without anybody noticing.
const LOOK: Duration = Duration::from_secs(2);
/// How long to wait after a failure.
const PAUSE: Duration = Duration::from_millis(500);

/// The one who hears.
#[derive(Debug)]
pub(crate) struct News {
    pub(crate) store: Store,
    pub(crate) listener: PositionListener,
    pub(crate) position: watch::Sender<u64>,
    pub(crate) stop: CancellationToken,
}

impl News {
    /// Listens until it is stopped.
    pub(crate) async fn run(self) {
        let Self {
            store,
            mut listener,
            position,
            stop,
        } = self;
        let hear = async {
            loop {
                let told = match listener.next().await {
                    // What this process has written itself it knows already.
                    Ok(last) => match store.catch_up(last).await {
                        Ok(()) => {
                            move_to(&position, last);
                            Ok(())
                        }
                        Err(fault) => Err(fault),
                    },
                    Err(fault) => Err(fault),
                };
                if let Err(fault) = told {
                    tracing::debug!(%fault, "the database server is away");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        let look = async {
            loop {
                tokio::time::sleep(LOOK).await;
                // The next look comes soon, and health is told of by the pulse.
                let looked = async {
                    store.pulse().await?;
                    learn(&store, &position).await
                };
                if let Err(fault) = looked.await {
                    tracing::debug!(%fault, "the database server is away");
                }
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = hear => {}
            () = look => {}
        }
    }
}

async fn learn(store: &Store, position: &watch::Sender<u64>) -> Result<(), StoreError> {
    move_to(position, store.learn().await?);
    Ok(())
}

fn move_to(position: &watch::Sender<u64>, last: u64) {
    position.send_if_modified(|position| {
        let moved = *position < last;
        *position = last.max(*position);
        moved
    });
}
