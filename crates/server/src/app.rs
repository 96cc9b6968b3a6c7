//! What every door shares: the engine, the gate, the sessions and the schema.

use crate::auth::{Backoff, Passkeys, RateLimits, Rates, Sessions};
use crate::authz::{Gate, PolicyFault};
use crate::graphql::{Api, Documents};
use crate::http::Places;
use crate::uploads::Uploads;
use naru_engine::{Clock, Engine};
use naru_store::{Reference, Store};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often what nobody uses any more is forgotten.
const HOUSEKEEPING_EVERY: Duration = Duration::from_mins(1);

/// How many parsed documents are kept.
const DOCUMENTS_KEPT: usize = 1_000;

/// How the doors are set up.
#[derive(Clone, Debug)]
pub struct AppOptions {
    /// The installation's address as people reach it, such as `https://naru.example`.
    pub base_url: String,
    /// How much each account may ask for.
    pub rates: Rates,
    /// Whether the sign-in page lets anybody in as any of the people: for playgrounds only.
    pub open_house: bool,
    /// The addresses of reverse proxies whose `X-Forwarded-For` says who asks; without any, the header says nothing.
    pub trusted_proxies: Vec<IpAddr>,
}

impl AppOptions {
    /// The usual rates at this address.
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            rates: Rates::default(),
            open_house: false,
            trusted_proxies: Vec::new(),
        }
    }
}

/// What every door shares; clones share it.
#[derive(Clone)]
pub struct AppState {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    reference: Arc<Reference>,
    gate: Gate,
    sessions: Sessions,
    limits: RateLimits,
    backoff: Backoff,
    passkeys: Passkeys,
    documents: Documents,
    uploads: Uploads,
    places: Places,
    api: Api,
    base_url: String,
    open_house: bool,
    trusted_proxies: Vec<IpAddr>,
    stopping: CancellationToken,
}

impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppState")
            .field("base_url", &self.inner.base_url)
            .finish_non_exhaustive()
    }
}

impl AppState {
    /// The doors in front of a running engine; fails when the policies are not valid.
    pub fn new(
        engine: Engine,
        reference: Arc<Reference>,
        options: AppOptions,
    ) -> Result<Self, PolicyFault> {
        let inner = Arc::new(Inner {
            engine,
            reference,
            gate: Gate::shipped()?,
            sessions: Sessions::new(),
            limits: RateLimits::new(options.rates),
            backoff: Backoff::default(),
            passkeys: Passkeys::new(&options.base_url),
            documents: Documents::new(DOCUMENTS_KEPT),
            uploads: Uploads::new(),
            places: Places::default(),
            api: Api::new(),
            base_url: options.base_url,
            open_house: options.open_house,
            trusted_proxies: options.trusted_proxies,
            stopping: CancellationToken::new(),
        });
        tokio::spawn(keep_house(Arc::downgrade(&inner)));
        Ok(Self { inner })
    }

    /// The engine that carries commands out.
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// The store, for reading.
    pub fn store(&self) -> &Store {
        self.inner.engine.store()
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        self.inner.engine.clock()
    }

    /// Calendars, pathways and questionnaires.
    pub fn reference(&self) -> &Reference {
        &self.inner.reference
    }

    /// The same, to keep.
    pub(crate) fn shared_reference(&self) -> Arc<Reference> {
        Arc::clone(&self.inner.reference)
    }

    /// The gate.
    pub fn gate(&self) -> &Gate {
        &self.inner.gate
    }

    /// The sessions.
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.inner.sessions
    }

    /// The rate limits.
    pub(crate) fn limits(&self) -> &RateLimits {
        &self.inner.limits
    }

    /// Who guessed passwords.
    pub(crate) fn backoff(&self) -> &Backoff {
        &self.inner.backoff
    }

    /// The challenges to passkeys.
    pub(crate) fn passkeys(&self) -> &Passkeys {
        &self.inner.passkeys
    }

    /// Whether the sign-in page lets anybody in as any of the people.
    pub(crate) fn is_open_house(&self) -> bool {
        self.inner.open_house
    }

    /// Ends whatever would go on for as long as somebody listens, so that the server can stop.
    pub fn stop(&self) {
        self.inner.stopping.cancel();
    }

    /// Waits until the server stops.
    pub(crate) async fn stopping(&self) {
        self.inner.stopping.cancelled().await;
    }

    /// The reverse proxies that say who asks.
    pub(crate) fn trusted_proxies(&self) -> &[IpAddr] {
        &self.inner.trusted_proxies
    }

    /// The parsed documents.
    pub(crate) fn documents(&self) -> &Documents {
        &self.inner.documents
    }

    /// The uploads on their way.
    pub(crate) fn uploads(&self) -> &Uploads {
        &self.inner.uploads
    }

    /// The open subscriptions.
    pub(crate) fn places(&self) -> &Places {
        &self.inner.places
    }

    /// The schemas.
    pub(crate) fn api(&self) -> &Api {
        &self.inner.api
    }

    /// The installation's address as people reach it.
    pub fn base_url(&self) -> &str {
        &self.inner.base_url
    }
}

async fn keep_house(app: Weak<Inner>) {
    loop {
        tokio::time::sleep(HOUSEKEEPING_EVERY).await;
        let Some(app) = app.upgrade() else { return };
        app.limits.forget_idle();
        let now = app.engine.clock().now();
        app.uploads.forget_expired(now);
        app.backoff.forget_old(now);
        crate::auth::forget_sessions(app.engine.store(), now).await;
    }
}
