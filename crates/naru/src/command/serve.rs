//! `naru serve`: the server on a data folder, and what every way of starting shares.

use crate::command::metrics::Board;
use crate::command::telemetry::Traces;
use crate::config::{Config, EngineKind};
use crate::output::say;
use anyhow::{Context, Result};
use clap::Args;
use naru_domain::PersonName;
use naru_engine::mail::{Folder, Sender, Smtp, Transport};
use naru_engine::{Engine, EngineOptions};
use naru_server::{AppOptions, AppState, router};
use naru_store::{Database, Reference, Store, Synchronous, Writers};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Start on the data folder.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "NARU_LISTEN", value_name = "ADDRESS:PORT", value_parser = crate::config::address)]
    listen: Option<SocketAddr>,
    /// The address that people use, as it stands in letters [default: http:// and the address listened on]
    #[arg(long, env = "NARU_BASE_URL", value_name = "URL")]
    base_url: Option<String>,
    /// The address at which metrics are shown, for Prometheus [default: none]
    #[arg(long, env = "NARU_METRICS_LISTEN", value_name = "ADDRESS:PORT", value_parser = crate::config::address)]
    metrics_listen: Option<SocketAddr>,
    /// The collector that traces go to by OTLP over HTTP [default: none]
    #[arg(long, env = "NARU_TRACES_ENDPOINT", value_name = "URL")]
    traces_endpoint: Option<String>,
    /// Write the log as one JSON object a line
    #[arg(long, env = "NARU_LOG_JSON")]
    log_json: bool,
}

impl Serve {
    /// Serves until it is told to stop.
    pub(crate) async fn run(self, mut config: Config) -> Result<ExitCode> {
        crate::listen_or(&mut config, self.listen);
        if self.base_url.is_some() {
            config.base_url = self.base_url;
        }
        config.metrics_listen = self.metrics_listen.or(config.metrics_listen);
        config.traces_endpoint = self.traces_endpoint.or(config.traces_endpoint);
        config.check()?;
        let traces = Traces::begin(&config, self.log_json)?;
        let listener = listen(&mut config).await?;
        let board = Board::take(&config).await?;
        let running = Running::start(&config).await?;
        say(format_args!("Naru listens on http://{}", config.listen));
        say(format_args!("  console     {}/", config.base_url()));
        say(format_args!("  explorer    {}/graphql", config.base_url()));
        say(format_args!("  data        {}", config.data.display()));
        if let Database::Postgres(url) = running.engine.store().database() {
            say(format_args!("  record      {url}"));
        }
        if let Some(engine) = &running.temporal {
            say(format_args!("  engine      {engine}"));
        }
        say(format_args!("  letters     {}", running.letters));
        if let Some(collector) = &config.traces_endpoint {
            say(format_args!("  traces      to {collector}"));
        }
        let _shown = board.map(|board| board.show(running.engine.clone()));
        if running.is_empty().await? {
            say("There is no account yet. Stop the server and open the first one:");
            say("  naru account open --name 'Your Name' --email you@example.org --operator");
            say("  naru account password you@example.org");
        }
        let served = running.serve(listener).await;
        traces.end().await;
        served
    }
}

/// An engine and its doors.
pub(crate) struct Running {
    pub(crate) engine: Engine,
    app: AppState,
    /// Where letters go, in words.
    pub(crate) letters: String,
    /// Where commands go by way of Temporal, in words, if they do.
    temporal: Option<String>,
}

/// What an engine is started with.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) reference: Arc<Reference>,
    pub(crate) options: EngineOptions,
    letters: String,
}

impl Parts {
    /// Opens the record as the settings say.
    pub(crate) async fn open(config: &Config) -> Result<Self> {
        Self::open_at(config, Synchronous::Full).await
    }

    /// The same, with as much care for each commit as is asked for.
    pub(crate) async fn open_at(config: &Config, synchronous: Synchronous) -> Result<Self> {
        let reference = Arc::new(Reference::shipped()?);
        let from = sender(config)?;
        let smtp = smtp(config)?;
        let mut place = config.store()?;
        place.synchronous = synchronous;
        place.writers = match (config.engine, &place.database) {
            (EngineKind::Temporal, Database::Postgres(_)) => Writers::Many,
            (EngineKind::Temporal, Database::Sqlite) | (EngineKind::Embedded, _) => Writers::One,
        };
        let store = Store::open(place).await?;
        let (transport, letters) = match smtp {
            Some(server) => server,
            None => folder(config)?,
        };
        let options = EngineOptions::new(transport, config.base_url(), from);
        Ok(Self {
            store,
            reference,
            options,
            letters,
        })
    }

    /// Starts the engine that was prepared.
    pub(crate) async fn start(self, way: Way) -> Result<Engine> {
        match way {
            Way::Embedded => {
                let engine = Engine::open(self.store, self.reference, self.options).await?;
                Ok(engine)
            }
            #[cfg(feature = "temporal")]
            Way::Temporal(connected) => crate::command::temporal::start(self, *connected).await,
        }
    }
}

/// The way commands are to go.
#[derive(Debug)]
pub(crate) enum Way {
    /// Through this process alone.
    Embedded,
    /// Through a Temporal cluster that answers.
    #[cfg(feature = "temporal")]
    Temporal(Box<naru_temporal::Connected>),
}

impl Way {
    /// Makes sure of it, before the record is touched.
    #[cfg_attr(
        not(feature = "temporal"),
        expect(clippy::unused_async, reason = "only a cluster has to be waited for")
    )]
    pub(crate) async fn prepare(config: &Config) -> Result<Self> {
        match config.engine {
            EngineKind::Embedded => Ok(Self::Embedded),
            #[cfg(feature = "temporal")]
            EngineKind::Temporal => {
                let connected = crate::command::temporal::connect(config).await?;
                Ok(Self::Temporal(Box::new(connected)))
            }
            #[cfg(not(feature = "temporal"))]
            EngineKind::Temporal => anyhow::bail!(
                "this naru was built without the Temporal engine; build it with `--features temporal`"
            ),
        }
    }

    /// Where commands go, in words, if they leave this process.
    pub(crate) fn words(&self) -> Option<String> {
        match self {
            Self::Embedded => None,
            #[cfg(feature = "temporal")]
            Self::Temporal(connected) => Some(format!(
                "Temporal at {}, namespace {}, task queue {}",
                connected.address(),
                connected.namespace(),
                connected.task_queue()
            )),
        }
    }
}

impl Running {
    /// Opens the data folder and starts the engine on it.
    pub(crate) async fn start(config: &Config) -> Result<Self> {
        Self::start_with(config, false).await
    }

    /// The same, where anybody may sign in as anybody if it is an open house.
    pub(crate) async fn start_with(config: &Config, open_house: bool) -> Result<Self> {
        // What the settings say first: a mistake in them leaves no trace in the folder.
        config.check()?;
        let way = Way::prepare(config).await?;
        let temporal = way.words();
        let parts = Parts::open(config).await?;
        let (letters, reference) = (parts.letters.clone(), Arc::clone(&parts.reference));
        let engine = parts.start(way).await?;
        let app = AppState::new(
            engine.clone(),
            reference,
            AppOptions {
                base_url: config.base_url(),
                rates: config.limits,
                open_house,
                trusted_proxies: config.trusted_proxies.clone(),
            },
        )?;
        Ok(Self {
            engine,
            app,
            letters,
            temporal,
        })
    }

    /// Whether nobody has an account.
    async fn is_empty(&self) -> Result<bool> {
        Ok(self.engine.store().last_position().await? == 0)
    }

    /// Serves until it is told to stop, then finishes what it began.
    pub(crate) async fn serve(self, listener: TcpListener) -> Result<ExitCode> {
        let service = router(self.app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let app = self.app.clone();
        let told = async move {
            told_to_stop().await;
            // Pages and programs that listen for changes would hold the server up.
            app.stop();
        };
        let served = axum::serve(listener, service)
            .with_graceful_shutdown(told)
            .await;
        self.engine.shutdown().await;
        served.context("the server stopped")?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Takes the address; port 0 takes any free one and says which in the settings.
pub(crate) async fn listen(config: &mut Config) -> Result<TcpListener> {
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "cannot listen on {}: choose another address with --listen",
            config.listen
        )
    })?;
    config.listen = listener.local_addr()?;
    Ok(listener)
}

/// In whose name letters go out.
fn sender(config: &Config) -> Result<Sender> {
    let address = config
        .mail
        .from_address
        .parse()
        .context("`mail.from_address` cannot be used")?;
    let name: PersonName = config
        .mail
        .from_name
        .parse()
        .context("`mail.from_name` cannot be used")?;
    Ok(Sender {
        name: name.as_str().to_owned(),
        address,
    })
}

/// The mail server, if the settings name one, and where letters go, in words.
fn smtp(config: &Config) -> Result<Option<(Transport, String)>> {
    let Some(settings) = &config.mail.smtp else {
        return Ok(None);
    };
    let options = settings.options(std::env::var("NARU_SMTP_PASSWORD").ok())?;
    let words = format!("through {}", options.host);
    let smtp = Smtp::new(options).context("`mail.smtp` cannot be used")?;
    Ok(Some((Transport::Smtp(Arc::new(smtp)), words)))
}

/// The folder for letters, and where they go, in words.
fn folder(config: &Config) -> Result<(Transport, String)> {
    let folder = config
        .mail
        .folder
        .clone()
        .unwrap_or_else(|| config.data.join("mail"));
    let words = format!("as files in {}", folder.display());
    Ok((Transport::Folder(Folder::open(folder)?), words))
}

/// Ctrl-C, or the signal that service managers send.
pub(crate) async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = interrupt => {}
            () = terminate => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
    tracing::info!("stopping: nothing new is taken in");
}
