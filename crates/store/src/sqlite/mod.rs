//! Everything that is SQLite's own: opening, statements, rows. The rest of the crate sees functions and plain rows.

pub(crate) mod append;
pub(crate) mod audit;
mod connect;
pub(crate) mod index_tables;
pub(crate) mod log;
pub(crate) mod moving;
pub(crate) mod outbox;
pub(crate) mod reindex;

pub(crate) use connect::{close, connect, connect_to_read, vacuum_into};

/// The database file in the data folder.
pub(crate) const FILE: &str = "naru.db";

#[cfg(test)]
mod tests {
    use super::{index_tables, log, outbox};
    use crate::database::Connection;
    use crate::{Store, StoreOptions};
    use sqlx::Row;

    /// How SQLite would carry a statement out, a step a line.
    async fn plan(store: &Store, text: &str) -> Vec<String> {
        let mut writer = store.writer().await.unwrap();
        let Connection::Sqlite(conn) = writer.conn() else {
            panic!("not a file");
        };
        let explain = format!("explain query plan {text}");
        let rows = sqlx::query(sqlx::AssertSqlSafe(explain))
            .fetch_all(conn)
            .await
            .unwrap();
        rows.iter().map(|row| row.get("detail")).collect()
    }

    #[tokio::test]
    async fn what_happens_with_every_command_and_letter_reads_no_table_from_end_to_end() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(StoreOptions::new(folder.path())).await.unwrap();
        let texts = [log::ANSWERS, log::CHAINS, log::EVENTS_OF]
            .into_iter()
            .chain([outbox::READY, outbox::ACKNOWLEDGE])
            .chain(outbox::EXPAND.split_inclusive(';'))
            .chain(index_tables::texts());
        let scans = |step: &String| {
            let table = step.strip_prefix("SCAN ");
            table.is_some_and(|table| {
                // What the statement itself brings along is short.
                !["each", "wanted", "chain"].contains(&table.split(' ').next().unwrap_or(table))
            })
        };
        for text in texts.filter(|text| !text.trim().is_empty()) {
            let steps = plan(&store, text).await;
            assert!(!steps.is_empty(), "{text}");
            assert!(!steps.iter().any(scans), "{text}: {steps:#?}");
        }
    }
}
