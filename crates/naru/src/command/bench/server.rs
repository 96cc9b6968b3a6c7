//! A database for one measurement on a PostgreSQL server, beside whatever else is there.

use anyhow::{Context, Result};
use naru_store::{Database, StoreOptions};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};
use std::path::Path;
use uuid::Uuid;

/// Where the record of a measurement is kept.
#[derive(Debug)]
pub(super) enum Server {
    /// In a file.
    None,
    /// In this database, made for the purpose.
    Postgres {
        /// Reaches the server.
        server: String,
        /// The address of the database.
        url: String,
        /// Its name.
        name: String,
    },
}

impl Server {
    /// Makes a database on the server that `url` leads to; the one it names is left alone.
    pub(super) async fn with_a_database_of_its_own(url: &str) -> Result<Self> {
        let name = format!("naru_bench_{}", Uuid::now_v7().simple());
        let make = format!("create database {name} template template0 encoding 'UTF8'");
        let mut conn = PgConnection::connect(url)
            .await
            .context("cannot reach the database")?;
        conn.execute(AssertSqlSafe(make))
            .await
            .context("cannot make a database to measure in")?;
        conn.close().await?;
        let (place, query) = url.split_once('?').unwrap_or((url, ""));
        let place = place.rsplit_once('/').map_or(place, |(place, _)| place);
        Ok(Self::Postgres {
            url: format!("{place}/{name}?{query}"),
            server: url.to_owned(),
            name,
        })
    }

    /// Drops it again.
    pub(super) async fn drop_database(self) -> Result<()> {
        if let Self::Postgres { server, name, .. } = self {
            let mut conn = PgConnection::connect(&server).await?;
            let text = format!("drop database {name} with (force)");
            conn.execute(AssertSqlSafe(text)).await?;
            conn.close().await?;
        }
        Ok(())
    }

    /// How the store is opened in it.
    pub(super) fn options(&self, folder: &Path) -> Result<StoreOptions> {
        let database = match self {
            Self::None => Database::Sqlite,
            Self::Postgres { url, .. } => Database::Postgres(url.parse()?),
        };
        Ok(StoreOptions {
            database,
            ..StoreOptions::new(folder)
        })
    }
}
