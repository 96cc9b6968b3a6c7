//! Everything that is PostgreSQL's own: connecting, statements, rows. Functions are called as in `sqlite` and do the same.

pub(crate) mod append;
pub(crate) mod audit;
mod connect;
pub(crate) mod index_tables;
mod link;
mod listener;
pub(crate) mod log;
pub(crate) mod moving;
pub(crate) mod outbox;
pub(crate) mod reindex;
mod url;

pub(crate) use connect::{limited, readers};
pub(crate) use link::Link;
pub use listener::PositionListener;
pub use url::{PostgresUrl, UrlProblem};

use crate::StoreError;
use sqlx::Row;
use sqlx::postgres::PgRow;

/// A small number, which PostgreSQL has no unsigned type for.
fn small<T: TryFrom<i64>>(row: &PgRow, column: &'static str) -> Result<T, StoreError> {
    let number: i64 = row.try_get(column)?;
    T::try_from(number).map_err(|_| StoreError::inconsistent(column, number))
}

/// A JSON array without the spaces that PostgreSQL writes.
fn compact(row: &PgRow) -> Result<String, StoreError> {
    let value: serde_json::Value = serde_json::from_str(row.try_get(0)?)?;
    Ok(value.to_string())
}
