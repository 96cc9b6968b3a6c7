//! Lists from the index tables, a page at a time; the next page starts after the last key of this one.

use crate::StoreError;
use sqlx::SqliteExecutor;

/// The open account with this address.
pub(crate) async fn account_by_email(
    executor: impl SqliteExecutor<'_>,
    email: &str,
) -> Result<Option<String>, StoreError> {
    Ok(
        sqlx::query_scalar("select account_id from account_row where email = $1 and closed = 0")
            .bind(email)
            .fetch_optional(executor)
            .await?,
    )
}
