//! Several processes on one record: how each learns what the others have written.
//!
//! States are kept in memory, and another process may make any of them old. What is kept is therefore known to be true up to a position of the log,
//! and whoever moves that position first forgets the states of all aggregates that changed in between. A batch is written only where the log
//! still ends at the position it was decided at, so no decision rests on an old state, however late the news comes.

use crate::database::{At, Connection, log};
use crate::store::{Writers, aggregate_id};
use crate::{Store, StoreError};

/// How many events somebody else may have written before it is cheaper to forget everything.
const FORGET_ONE_BY_ONE: u32 = 2_000;

impl Store {
    /// Whether other processes may write too.
    pub(crate) fn has_company(&self) -> bool {
        self.writers() == Writers::Many
    }

    /// Learns what other processes have written, up to a position at least, so that nothing older is read here afterwards.
    pub async fn catch_up(&self, position: u64) -> Result<(), StoreError> {
        if !self.has_company() {
            return Ok(());
        }
        let mut known = self.known().lock().await;
        if *known < position {
            self.forget_changed(self.readers().into(), &mut known)
                .await?;
        }
        Ok(())
    }

    /// Learns everything that other processes have written so far, and says where the log ends.
    pub async fn learn(&self) -> Result<u64, StoreError> {
        if !self.has_company() {
            return self.last_position().await;
        }
        let mut known = self.known().lock().await;
        self.forget_changed(self.readers().into(), &mut known)
            .await?;
        Ok(*known)
    }

    /// The same on the writer's connection, which may have the end of the log locked.
    pub(crate) async fn learn_at(
        &self,
        conn: &mut Connection,
        known: &mut u64,
        position: u64,
    ) -> Result<(), StoreError> {
        if *known < position {
            self.forget_changed(conn.into(), known).await?;
        }
        Ok(())
    }

    /// Forgets the states of what changed after the known position, and knows the log up to the last such change.
    async fn forget_changed(&self, at: At<'_>, known: &mut u64) -> Result<(), StoreError> {
        let changed = log::changed_after(at, *known, FORGET_ONE_BY_ONE).await?;
        let Some((last, _)) = changed.last() else {
            return Ok(());
        };
        if u32::try_from(changed.len()).is_ok_and(|n| n < FORGET_ONE_BY_ONE) {
            for (_, aggregate) in &changed {
                self.states().remove(&aggregate_id(aggregate)?);
            }
        } else {
            // Whatever is read from now on includes what was not read here.
            self.states().clear();
        }
        *known = *last;
        Ok(())
    }
}
