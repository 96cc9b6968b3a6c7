//! Writing a batch: one round trip to the connection's thread in the usual case, whatever the size of the batch.
//!
//! Rows are bound, not passed as one JSON array: at full load, taking the array apart would cost a quarter of the whole. A statement has room
//! for a fixed number of rows, so that it is prepared once; places that are left over stay null and are passed by.

use super::{index_tables, log};
use crate::StoreError;
use crate::database::rows::{Append, CommandSlot, End, EventSlot, Head, HeadSlot, Rest, signed};
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, Sqlite, SqliteConnection};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The numbers of rows that statements are prepared for.
const SIZES: [usize; 6] = [1, 4, 16, 64, 128, 256];
const SIZE_MAX: usize = 256;

/// What one text does besides inserting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    size: usize,
    begins: bool,
    commits: bool,
}

static TEXTS: LazyLock<BTreeMap<Shape, &'static str>> = LazyLock::new(|| {
    let flags = [(true, true), (true, false), (false, true), (false, false)];
    SIZES
        .into_iter()
        .flat_map(|size| {
            flags.map(|(begins, commits)| Shape {
                size,
                begins,
                commits,
            })
        })
        .map(|shape| {
            // Statement texts live as long as the program; there is a fixed number of them.
            let text: &'static str = text(shape).leak();
            (shape, text)
        })
        .collect()
});

fn text_of(shape: Shape) -> Result<&'static str, StoreError> {
    let known = TEXTS.get(&shape).copied();
    known.ok_or_else(|| StoreError::inconsistent("event", format!("a batch of {}", shape.size)))
}

const FINISH: &str = "update log_head set position = ?, log_hash = ?; commit;";

fn text(shape: Shape) -> String {
    let rows = |columns: usize| {
        let row = format!("({})", vec!["?"; columns].join(","));
        vec![row; shape.size].join(",")
    };
    let begin = if shape.begins { "begin immediate;" } else { "" };
    let finish = if shape.commits { FINISH } else { "" };
    format!(
        "{begin}
         insert into event
             (position, aggregate_id, version, previous_position, at_us, actor, command_id, payload, hash, log_hash)
         select column1, column2, column3, column4, column5, column6, column7, column8, substr(column9, 1, 32), substr(column9, 33)
         from (values {})
         where column1 is not null;

         insert into command (command_id, fingerprint, aggregate_id, version, position, at_us, rejection)
         select * from (values {}) where column1 is not null;

         insert into aggregate (aggregate_id, version, head_position, wake_at_us)
         select * from (values {}) where column1 is not null
         on conflict (aggregate_id) do update
         set version = excluded.version, head_position = excluded.head_position, wake_at_us = excluded.wake_at_us;

         {finish}",
        rows(9),
        rows(7),
        rows(4),
    )
}

/// Carries out the whole transaction, from begin to commit. After an error the caller must roll back. One process has the file, so nobody else moves
/// the end of the log.
pub(crate) async fn append(
    conn: &mut SqliteConnection,
    append: Append,
    end: End,
) -> Result<(), StoreError> {
    let Append {
        at_us,
        events,
        commands,
        aggregates,
        rest,
        head,
    } = append;
    let plain = rest.is_empty();
    let mut rows = Rows {
        events: events.into_iter(),
        commands: commands.into_iter(),
        aggregates: aggregates.into_iter(),
    };
    let mut begins = !end.is_held;
    loop {
        let size = SIZES
            .into_iter()
            .find(|size| rows.left() <= *size)
            .unwrap_or(SIZE_MAX);
        let commits = plain && rows.left() <= SIZE_MAX;
        let mut bound = rows.bind(size, at_us)?;
        if commits {
            bound.finish(head)?;
        }
        let text = text_of(Shape {
            size,
            begins,
            commits,
        })?;
        sqlx::query_with(text, bound.arguments)
            .execute(&mut *conn)
            .await?;
        begins = false;
        if rows.left() == 0 {
            break;
        }
    }
    if !plain {
        write_rest(&mut *conn, &rest, at_us).await?;
        let mut bound = Bound::for_rows(0);
        bound.finish(head)?;
        sqlx::query_with(FINISH, bound.arguments)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// What most batches do not have.
async fn write_rest(
    conn: &mut SqliteConnection,
    rest: &Rest,
    at_us: i64,
) -> Result<(), StoreError> {
    if let Some(effects) = &rest.effects {
        insert_effects(&mut *conn, effects, at_us).await?;
    }
    if let Some(delivered) = &rest.delivered {
        mark_delivered(&mut *conn, delivered, at_us).await?;
    }
    index_tables::write(&mut *conn, &rest.changes).await?;
    for (aggregate_id, reason) in &rest.stopped {
        log::stop_aggregate(&mut *conn, aggregate_id, reason, at_us).await?;
    }
    Ok(())
}

async fn insert_effects(
    conn: &mut SqliteConnection,
    effects: &str,
    at_us: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into outbox (effect_id, part, position, payload, created_at_us, next_attempt_us)
         select each.value ->> 0, 0, each.value ->> 1, each.value ->> 2, $2, $2
         from json_each($1) as each",
    )
    .bind(effects)
    .bind(at_us)
    .execute(conn)
    .await?;
    Ok(())
}

async fn mark_delivered(
    conn: &mut SqliteConnection,
    delivered: &str,
    at_us: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "update outbox
         set done_at_us = $2, failure = null, stopped_at_us = null
         where effect_id in (select each.value from json_each($1) as each) and part = 0 and done_at_us is null",
    )
    .bind(delivered)
    .bind(at_us)
    .execute(conn)
    .await?;
    Ok(())
}

/// The rows that are still to be bound.
struct Rows {
    events: std::vec::IntoIter<EventSlot>,
    commands: std::vec::IntoIter<CommandSlot>,
    aggregates: std::vec::IntoIter<HeadSlot>,
}

impl Rows {
    /// The most that any table still waits for.
    fn left(&self) -> usize {
        self.events
            .len()
            .max(self.commands.len())
            .max(self.aggregates.len())
    }

    fn bind(&mut self, size: usize, at_us: i64) -> Result<Bound, StoreError> {
        let mut bound = Bound::for_rows(size);
        bound.slots(size, 9, &mut self.events, |event, bound| bound.event(event))?;
        bound.slots(size, 7, &mut self.commands, |command, bound| {
            bound.command(command, at_us)
        })?;
        bound.slots(size, 4, &mut self.aggregates, |head, bound| {
            bound.head(head)
        })?;
        Ok(bound)
    }
}

/// The values of one text, in the order of its places.
struct Bound {
    arguments: SqliteArguments,
}

impl Bound {
    fn for_rows(size: usize) -> Self {
        let mut arguments = SqliteArguments::default();
        arguments.reserve(size * 20 + 2, 0);
        Self { arguments }
    }

    fn finish(&mut self, head: Head) -> Result<(), StoreError> {
        self.add(signed(head.position))?;
        self.add(head.log_hash.to_vec())
    }

    fn add<'q, T: sqlx::Encode<'q, Sqlite> + sqlx::Type<Sqlite>>(
        &mut self,
        value: T,
    ) -> Result<(), StoreError> {
        Ok(self.arguments.add(value).map_err(sqlx::Error::Encode)?)
    }

    /// Fills `size` rows of `columns` from what is left, then with nulls.
    fn slots<T>(
        &mut self,
        size: usize,
        columns: usize,
        rows: &mut impl Iterator<Item = T>,
        bind: impl Fn(T, &mut Self) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for _ in 0..size {
            match rows.next() {
                Some(row) => bind(row, self)?,
                None => {
                    for _ in 0..columns {
                        self.add(None::<i64>)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn event(&mut self, event: EventSlot) -> Result<(), StoreError> {
        self.add(signed(event.position))?;
        self.add(event.aggregate_id)?;
        self.add(signed(event.version))?;
        self.add(signed(event.previous_position))?;
        self.add(event.at_us)?;
        self.add(event.actor)?;
        self.add(event.command_id)?;
        self.add(event.payload)?;
        // Both hashes at once: each value bound costs an allocation on either side.
        self.add([event.hash, event.log_hash].concat())
    }

    fn command(&mut self, command: CommandSlot, at_us: i64) -> Result<(), StoreError> {
        self.add(command.command_id)?;
        self.add(command.fingerprint.to_vec())?;
        self.add(command.aggregate_id)?;
        self.add(signed(command.version))?;
        self.add(signed(command.position))?;
        self.add(at_us)?;
        self.add(command.rejection)
    }

    fn head(&mut self, head: HeadSlot) -> Result<(), StoreError> {
        self.add(head.aggregate_id)?;
        self.add(signed(head.version))?;
        self.add(signed(head.position))?;
        self.add(head.wake_at_us)
    }
}
