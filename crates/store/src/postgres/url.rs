//! Where a PostgreSQL server is.

use sqlx::postgres::PgConnectOptions;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The address of a PostgreSQL database. It prints without user and password.
#[derive(Clone)]
pub struct PostgresUrl {
    options: Arc<PgConnectOptions>,
}

/// A text that is no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not the address of a PostgreSQL database: write `postgres://user@host:5432/database`"
)]
pub struct UrlProblem;

impl PostgresUrl {
    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.options
    }
}

impl FromStr for PostgresUrl {
    type Err = UrlProblem;
    fn from_str(text: &str) -> Result<Self, UrlProblem> {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(UrlProblem);
        }
        // What is wrong is not repeated: the password may stand in it.
        let options = PgConnectOptions::from_str(text).map_err(|_| UrlProblem)?;
        match options.get_database() {
            Some(name) if !name.is_empty() => Ok(Self {
                options: Arc::new(options),
            }),
            Some(_) | None => Err(UrlProblem),
        }
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "postgres://{}:{}/{}",
            self.options.get_host(),
            self.options.get_port(),
            self.options.get_database().unwrap_or_default()
        )
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        let url: PostgresUrl = "postgres://naru:s3cret@db.example:5433/naru"
            .parse()
            .unwrap();
        for shown in [url.to_string(), format!("{url:?}")] {
            assert_eq!(shown, "postgres://db.example:5433/naru");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_it() {
        for text in [
            "",
            "naru.db",
            "mysql://naru:s3cret@db/naru",
            "postgres://naru:s3cret@db:port/naru",
            "postgres://naru:s3cret@db:5432",
        ] {
            let problem = text.parse::<PostgresUrl>().unwrap_err();
            assert!(!problem.to_string().contains("s3cret"), "{text}");
        }
    }
}
