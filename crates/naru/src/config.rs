//! Settings: a TOML file, then the environment, then the command line; the later wins.

use anyhow::{Context, Result, bail};
use naru_engine::mail::{Security, SmtpCredentials, SmtpOptions};
use naru_server::Rates;
use naru_store::{Database, StoreOptions};
use serde::Deserialize;
use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Every setting, with the value it has when nobody says otherwise.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// The folder that holds the record, the documents and the keys.
    pub(crate) data: PathBuf,
    /// The PostgreSQL database that holds the record; a file in the data folder, unless it is set.
    pub(crate) database_url: Option<Secret>,
    /// Where the server listens.
    #[serde(deserialize_with = "listen")]
    pub(crate) listen: SocketAddr,
    /// Where the process shows its metrics; nowhere, unless it is set.
    #[serde(deserialize_with = "listen_if_set")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// The collector that traces go to by OTLP over HTTP; none are recorded, unless it is set.
    pub(crate) traces_endpoint: Option<String>,
    /// The address that people use, as it stands in letters; from `listen` unless it is set.
    pub(crate) base_url: Option<String>,
    /// The reverse proxies whose `X-Forwarded-For` says who asks; without any, the header says nothing.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// What carries commands out.
    pub(crate) engine: EngineKind,
    /// The way to Temporal, where that is the engine.
    pub(crate) temporal: TemporalSettings,
    /// How letters leave.
    pub(crate) mail: Mail,
    /// How much one account may ask of the API, and how often an address may fail to sign in.
    pub(crate) limits: Rates,
}

/// What carries commands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EngineKind {
    /// This process alone.
    #[default]
    Embedded,
    /// Workflows on a Temporal cluster.
    Temporal,
}

/// The way to Temporal. Namespace, certificates and the API key stand in Temporal's own settings: the `TEMPORAL_…` variables or its file.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TemporalSettings {
    /// Its address, in place of the one in Temporal's own settings.
    pub(crate) address: Option<String>,
    /// The installation's name there; installations that share a namespace must not share it.
    pub(crate) task_queue: String,
    /// A file with the keys that payloads are encrypted with, the newest first.
    pub(crate) payload_keys: Option<PathBuf>,
}

impl Default for TemporalSettings {
    fn default() -> Self {
        Self {
            address: None,
            task_queue: "naru".to_owned(),
            payload_keys: None,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("naru-data"),
            database_url: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            metrics_listen: None,
            traces_endpoint: None,
            base_url: None,
            trusted_proxies: Vec::new(),
            engine: EngineKind::default(),
            temporal: TemporalSettings::default(),
            mail: Mail::default(),
            limits: Rates::default(),
        }
    }
}

/// A text that holds a password and does not print.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl FromStr for Secret {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

/// How letters leave.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Mail {
    /// The name letters come from.
    pub(crate) from_name: String,
    /// The address letters come from.
    pub(crate) from_address: String,
    /// A folder for `.eml` files; the default, below the data folder, when no server is named.
    pub(crate) folder: Option<PathBuf>,
    /// A mail server; letters go there and not to the folder.
    pub(crate) smtp: Option<SmtpSettings>,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            from_name: "Naru 나루".to_owned(),
            from_address: "naru@localhost.localdomain".to_owned(),
            folder: None,
            smtp: None,
        }
    }
}

/// A mail server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SmtpSettings {
    host: String,
    port: Option<u16>,
    #[serde(default)]
    security: SecuritySetting,
    username: Option<String>,
    /// A file with the password; the environment's `NARU_SMTP_PASSWORD` wins.
    password_file: Option<PathBuf>,
    /// A PEM certificate trusted beside the public ones.
    root_certificate: Option<PathBuf>,
}

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SecuritySetting {
    #[default]
    Starttls,
    Tls,
    /// Only for this machine itself.
    Plain,
}

impl Config {
    /// The settings of a file, or the defaults when no file is named and `naru.toml` does not exist.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self> {
        let (path, must_exist) = match path {
            Some(path) => (path, true),
            None => (Path::new("naru.toml"), false),
        };
        if !must_exist && !path.exists() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the settings in `{}`", path.display()))?;
        toml::from_str(&text).map_err(|problem| {
            let report = miette::Report::new(SettingsProblem {
                message: problem.message().to_owned(),
                text: miette::NamedSource::new(path.display().to_string(), text),
                at: problem.span().map(Into::into),
            });
            anyhow::anyhow!("{report:?}")
        })
    }

    /// Refuses what can be seen to be wrong before anything is opened.
    pub(crate) fn check(&self) -> Result<()> {
        self.check_traces()?;
        let Some(text) = &self.base_url else {
            return Ok(());
        };
        let usable = reqwest::Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.query().is_none()
                && url.fragment().is_none()
        });
        if usable {
            Ok(())
        } else {
            bail!(
                "`{text}` is not an address for links in letters; write it as https://naru.example.org"
            )
        }
    }

    fn check_traces(&self) -> Result<()> {
        let Some(text) = &self.traces_endpoint else {
            return Ok(());
        };
        let url = reqwest::Url::parse(text);
        if url.is_ok_and(|url| url.scheme() == "http" && url.has_host() && url.query().is_none()) {
            Ok(())
        } else {
            bail!(
                "`{text}` is not the address of a collector; write it as http://127.0.0.1:4318, and let a collector there pass traces on to one that wants https"
            )
        }
    }

    /// Refuses a folder without a record, so that a mistyped name neither makes a new one nor looks like an empty one.
    pub(crate) fn must_hold_a_record(&self) -> Result<()> {
        // A database has a name on its server, and a server knows which names there are.
        if self.database_url.is_some() || self.data.join("naru.db").exists() {
            return Ok(());
        }
        bail!(
            "there is no record in `{}`; name the data folder with --data",
            self.data.display()
        )
    }

    /// Where the record is.
    pub(crate) fn store(&self) -> Result<StoreOptions> {
        let database = match &self.database_url {
            None => Database::Sqlite,
            Some(Secret(url)) => Database::Postgres(url.parse()?),
        };
        Ok(StoreOptions {
            database,
            ..StoreOptions::new(&self.data)
        })
    }

    /// The address that people use.
    pub(crate) fn base_url(&self) -> String {
        match &self.base_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }
}

/// An address to listen on, as people write it.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "write an address and a port, such as 127.0.0.1:8080".to_owned())
}

fn listen<'de, D: serde::Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(from)?;
    address(&text).map_err(serde::de::Error::custom)
}

fn listen_if_set<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Option<SocketAddr>, D::Error> {
    listen(from).map(Some)
}

impl SmtpSettings {
    /// What the mail transport wants to know; a secret comes from the environment or a file, never from the settings themselves.
    pub(crate) fn options(&self, password: Option<String>) -> Result<SmtpOptions> {
        let mut options = SmtpOptions::new(self.host.clone());
        options.security = match self.security {
            SecuritySetting::Starttls => Security::StartTls,
            SecuritySetting::Tls => Security::Tls,
            SecuritySetting::Plain => Security::Plain,
        };
        options.port = self.port;
        if let Some(path) = &self.root_certificate {
            let pem = std::fs::read(path)
                .with_context(|| format!("cannot read the certificate in `{}`", path.display()))?;
            options.root_certificate = Some(pem);
        }
        options.credentials = match (
            &self.username,
            password.map_or_else(|| self.password_from_file(), |word| Ok(Some(word)))?,
        ) {
            (Some(username), Some(password)) => Some(SmtpCredentials {
                user: username.clone(),
                password,
            }),
            (None, None) => None,
            (Some(_), None) => bail!(
                "`mail.smtp.username` is set, but there is no password: set NARU_SMTP_PASSWORD or `mail.smtp.password_file`"
            ),
            (None, Some(_)) => {
                bail!("there is a mail password, but `mail.smtp.username` is missing")
            }
        };
        Ok(options)
    }

    fn password_from_file(&self) -> Result<Option<String>> {
        let Some(path) = &self.password_file else {
            return Ok(None);
        };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the mail password in `{}`", path.display()))?;
        Ok(Some(text.trim_end().to_owned()))
    }
}

/// A mistake in the settings file, shown with the line it is on.
#[derive(Debug, miette::Diagnostic, thiserror::Error)]
#[error("the settings cannot be used: {message}")]
struct SettingsProblem {
    message: String,
    #[source_code]
    text: miette::NamedSource<String>,
    #[label("here")]
    at: Option<miette::SourceSpan>,
}
