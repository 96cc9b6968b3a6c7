//! Rebuilding from events everything that is not the record.

use crate::batch::{JsonArray, ceil_us};
use crate::database::changes::Changes;
use crate::database::{Connection, index_tables, log, reindex as sql};
use crate::index::{Rows, Table};
use crate::store::{aggregate_id, load_all};
use crate::{Store, StoreError};
use std::collections::BTreeMap;

/// Aggregates folded at once.
const PAGE: u32 = 500;

/// What was rebuilt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reindexed {
    /// Aggregates whose rows were computed again.
    pub aggregates: u64,
    /// Aggregates whose history does not fold; each has an incident now.
    pub stopped: u64,
}

impl Store {
    /// Empties the index tables and the table of aggregates and fills them again from events, in one transaction. Writers wait.
    /// Incidents it opens bear the time of the last event, so that the same record gives the same tables.
    pub async fn reindex(&self) -> Result<Reindexed, StoreError> {
        let mut writer = self.writer().await?;
        let conn = writer.begin().await?;
        let result = rebuild(conn).await;
        let result = writer.finish(result).await;
        self.note_write(&result);
        self.states().clear();
        result
    }

    /// Every row of every index table and of the table of aggregates, as JSON, in order: two installations with the same record give the same.
    pub async fn index_dump(&self) -> Result<BTreeMap<&'static str, Vec<String>>, StoreError> {
        let mut tables =
            BTreeMap::from([("aggregate", sql::dump_aggregates(self.readers()).await?)]);
        for table in Table::ALL {
            tables.insert(
                table.name(),
                index_tables::dump(self.readers(), *table).await?,
            );
        }
        Ok(tables)
    }
}

/// Fills the index tables and the table of aggregates from the events alone; the transaction is the caller's.
pub(crate) async fn rebuild(conn: &mut Connection) -> Result<Reindexed, StoreError> {
    index_tables::clear(&mut *conn).await?;
    sql::rebuild_aggregates(&mut *conn).await?;
    let now_us = sql::last_event_at(&mut *conn).await?;
    let mut done = Reindexed::default();
    let mut after = String::new();
    loop {
        let texts = sql::aggregates_after(&mut *conn, &after, PAGE).await?;
        let Some(last) = texts.last() else {
            return Ok(done);
        };
        after.clone_from(last);
        let ids = texts
            .iter()
            .map(|text| aggregate_id(text))
            .collect::<Result<Vec<_>, _>>()?;
        let mut changes = Changes::default();
        let mut wake_ups = JsonArray::default();
        for (id, loaded) in load_all((&mut *conn).into(), &ids).await? {
            done.aggregates += 1;
            match loaded {
                Ok(loaded) => {
                    changes.add(&Rows::new(), &loaded.rows);
                    if let Some(at) = loaded.state.next_wakeup() {
                        wake_ups.push(&(id, ceil_us(at)))?;
                    }
                }
                Err(broken) => {
                    done.stopped += 1;
                    tracing::error!(aggregate = %id, %broken, "a history does not fold");
                    let reason = broken.to_string();
                    log::stop_aggregate(&mut *conn, &id.to_string(), &reason, now_us).await?;
                }
            }
        }
        index_tables::write(&mut *conn, &changes).await?;
        sql::set_wake_ups(&mut *conn, &wake_ups.finish()).await?;
    }
}
