//! The index tables: their shapes, and the statements made from them once.

use crate::StoreError;
use crate::database::changes::Changes;
use crate::index::Table;
use sqlx::{Row, SqliteConnection, SqliteExecutor};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The statements of one table.
#[derive(Debug)]
struct Statements {
    upsert: &'static str,
    delete: &'static str,
    clear: &'static str,
    dump: &'static str,
}

static STATEMENTS: LazyLock<BTreeMap<Table, Statements>> = LazyLock::new(|| {
    Table::ALL
        .iter()
        .map(|table| (*table, statements(*table)))
        .collect()
});

fn statements(table: Table) -> Statements {
    let name = table.name();
    let keys = table.keys();
    let columns: Vec<&str> = keys.iter().chain(table.values()).copied().collect();
    let places = |n: usize| {
        (0..n)
            .map(|i| format!("each.value ->> {i}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let updates: Vec<String> = table
        .values()
        .iter()
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    let on_conflict = if updates.is_empty() {
        "nothing".to_owned()
    } else {
        format!("update set {}", updates.join(", "))
    };
    let (listed, key_list) = (columns.join(", "), keys.join(", "));
    Statements {
        upsert: leak(format!(
            "insert into {name} ({listed}) select {} from json_each($1) as each where true on conflict ({key_list}) do {on_conflict}",
            places(columns.len()),
        )),
        delete: leak(format!(
            "delete from {name} where ({key_list}) in (select {} from json_each($1) as each)",
            places(keys.len()),
        )),
        clear: leak(format!("delete from {name}")),
        dump: leak(format!(
            "select json_array({listed}) from {name} order by {key_list}"
        )),
    }
}

/// Statement texts live as long as the program; there is a fixed number of them.
fn leak(text: String) -> &'static str {
    text.leak()
}

/// Writes changes: deletions first, so that a unique value may move from one row to another.
pub(crate) async fn write(
    conn: &mut SqliteConnection,
    changes: &Changes,
) -> Result<(), StoreError> {
    for (table, list) in &changes.deletes {
        run(conn, *table, list, |statements| statements.delete).await?;
    }
    for (table, list) in &changes.upserts {
        run(conn, *table, list, |statements| statements.upsert).await?;
    }
    Ok(())
}

async fn run(
    conn: &mut SqliteConnection,
    table: Table,
    list: &str,
    statement: fn(&Statements) -> &'static str,
) -> Result<(), StoreError> {
    if let Some(statements) = STATEMENTS.get(&table) {
        sqlx::query(statement(statements))
            .bind(format!("{list}]"))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Empties every index table.
pub(crate) async fn clear(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    for statements in STATEMENTS.values() {
        sqlx::query(statements.clear).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Every row of a table as a JSON array, in the order of its key.
pub(crate) async fn dump(
    executor: impl SqliteExecutor<'_>,
    table: Table,
) -> Result<Vec<String>, StoreError> {
    let Some(statements) = STATEMENTS.get(&table) else {
        return Ok(Vec::new());
    };
    let rows = sqlx::query(statements.dump).fetch_all(executor).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// The statements that every change may need.
#[cfg(test)]
pub(super) fn texts() -> impl Iterator<Item = &'static str> {
    STATEMENTS
        .values()
        .flat_map(|statements| [statements.upsert, statements.delete])
}
