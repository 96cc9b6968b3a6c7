//! The pages that links in letters open: plain HTML forms that need no account and no script. Looking never decides: only a POST does.

mod dates;
mod feedback;
mod form;
mod guard;
mod matching;
mod notice;
mod samples;
mod view;

pub use samples::{Sample, samples};

use crate::auth::{RateLimits, Rates};
use axum::body::Body;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{ConnectInfo, DefaultBodyLimit, Form, Path, RawQuery, Request, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::middleware;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use form::Posted;
use jiff::Timestamp;
use naru_domain::organization::Organization;
use naru_domain::{
    Actor, AggregateId, Channel, Command, CommandId, DeviceId, Locale, OrganizationId,
};
use naru_domain::{State as AnyState, TypedId, Who};
use naru_engine::{Engine, Link, Refusal, Submission};
use naru_store::{LoadError, Loaded, Reference, StoreError};
use sha2::{Digest, Sha256};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use view::{Both, Said};

/// The largest form that is taken.
const BODY_MAX: usize = 64 * 1024;
/// After so many wrong links, addresses that have been quiet are forgotten.
const FORGET_EVERY: u32 = 1_024;

/// What the pages share; clones share it.
#[derive(Clone)]
pub struct Pages {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    reference: Arc<Reference>,
    limits: RateLimits,
    wrong_links: AtomicU32,
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pages")
    }
}

/// Why a page cannot be made; it is logged, and the reader is told no more than that something failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Broken(#[from] naru_domain::BrokenHistory),
    #[error("{0}")]
    Missing(&'static str),
}

impl From<LoadError> for Fault {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Store(fault) => Self::Store(fault),
            LoadError::Broken(broken) => Self::Broken(broken),
        }
    }
}

impl Pages {
    /// The pages in front of a running engine.
    pub fn new(engine: Engine, reference: Arc<Reference>) -> Self {
        Self {
            inner: Arc::new(Inner {
                engine,
                reference,
                limits: RateLimits::new(Rates::default()),
                wrong_links: AtomicU32::new(0),
            }),
        }
    }

    fn reference(&self) -> &Reference {
        &self.inner.reference
    }

    fn now(&self) -> Timestamp {
        self.inner.engine.clock().now()
    }

    async fn load(&self, id: impl Into<AggregateId>) -> Result<Option<Arc<Loaded>>, Fault> {
        Ok(self.inner.engine.store().load(id.into()).await?)
    }

    /// The name of an organization, if it is registered.
    async fn name_of(&self, id: OrganizationId, locale: Locale) -> Result<Option<String>, Fault> {
        let loaded = self.load(id).await?;
        let name = loaded.as_deref().and_then(|loaded| match &loaded.state {
            AnyState::Organization(found) => Some(organization_name(found, locale)),
            AnyState::Account(_)
            | AnyState::Device(_)
            | AnyState::Case(_)
            | AnyState::Study(_)
            | AnyState::FeedbackRound(_)
            | AnyState::Consultation(_) => None,
        });
        Ok(name)
    }

    /// How a device is called; nothing if it is not there.
    async fn device_name(&self, id: DeviceId, locale: Locale) -> Result<Option<String>, Fault> {
        let loaded = self.load(id).await?;
        let name = loaded.as_deref().and_then(|loaded| match &loaded.state {
            AnyState::Device(device) => Some(device.name.in_locale(locale).to_owned()),
            AnyState::Account(_)
            | AnyState::Organization(_)
            | AnyState::Case(_)
            | AnyState::Study(_)
            | AnyState::FeedbackRound(_)
            | AnyState::Consultation(_) => None,
        });
        Ok(name)
    }

    /// Carries out what the holder of a link decided. The command's id is made of the link, what was decided and the version it was decided
    /// on: a doubled click is one command, while the same decision on a later version, after a pause for instance, is judged anew.
    async fn submit(
        &self,
        who: Who,
        (aggregate, version): (AggregateId, u64),
        command: Command,
    ) -> Result<naru_engine::Receipt, Refusal> {
        let content = serde_json::to_vec(&(&who, aggregate, version, &command));
        let command_id = command_id(&content.unwrap_or_default());
        let submission = Submission {
            command_id,
            aggregate,
            expected_version: None,
            actor: Actor {
                who,
                memberships: Vec::new(),
                on_behalf_of: None,
                channel: Channel::MailLink,
            },
            command,
        };
        self.inner.engine.submit(submission).await
    }

    /// The page for a link that opens nothing; from an address that tries many it is a request to wait.
    fn unknown(&self, from: Option<SocketAddr>) -> Page {
        let wrong = self.inner.wrong_links.fetch_add(1, Ordering::Relaxed);
        if wrong.is_multiple_of(FORGET_EVERY) {
            self.inner.limits.forget_idle();
        }
        match from.map(|from| self.inner.limits.failed(from.ip())) {
            Some(Err(_)) => Page::in_both(StatusCode::TOO_MANY_REQUESTS, Said::TooMany),
            Some(Ok(())) | None => Page::in_both(StatusCode::NOT_FOUND, Said::Unknown),
        }
    }
}

fn organization_name(found: &Organization, locale: Locale) -> String {
    found.name.in_locale(locale).as_str().to_owned()
}

fn command_id(content: &[u8]) -> CommandId {
    let digest = Sha256::new()
        .chain_update(b"naru mail link command 1")
        .chain_update(content)
        .finalize();
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = from;
    }
    CommandId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// A page that is ready to be sent.
#[derive(Debug)]
pub(crate) struct Page {
    status: StatusCode,
    html: String,
}

impl Page {
    fn new(status: StatusCode, template: &impl askama::Template) -> Self {
        match template.render() {
            Ok(html) => Self { status, html },
            Err(problem) => {
                tracing::error!(%problem, "a page could not be rendered");
                Self {
                    status: StatusCode::INTERNAL_SERVER_ERROR,
                    html: String::new(),
                }
            }
        }
    }

    fn in_both(status: StatusCode, said: Said) -> Self {
        Self::new(status, &Both::new(said))
    }

    fn fault(problem: &Fault) -> Self {
        tracing::error!(%problem, "a page could not be made");
        Self::in_both(StatusCode::SERVICE_UNAVAILABLE, Said::Fault)
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        (self.status, Html(self.html)).into_response()
    }
}

/// The pages as routes: `/l/{token}` and their style sheet.
pub fn router<S>(pages: Pages) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    Router::new()
        .route("/l/{token}", get(show).post(decide))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(middleware::map_response(guard::add_headers))
        .route("/assets/naru.css", get(guard::stylesheet))
        .route("/assets/answers.js", get(guard::script))
        .with_state(pages)
}

/// The part of a link's address that can be a token: letter programs glue points and brackets to the end of addresses.
fn token(path: Result<Path<String>, PathRejection>) -> String {
    let Path(token) = path.unwrap_or_else(|_| Path(String::new()));
    trimmed(&token).to_owned()
}

/// A token without what letter programs glue to it.
pub(crate) fn trimmed(token: &str) -> &str {
    token.trim_matches(|c: char| !c.is_ascii_alphanumeric())
}

fn address(extensions: &Extensions) -> Option<SocketAddr> {
    let connected = extensions.get::<ConnectInfo<SocketAddr>>();
    connected.map(|ConnectInfo(address)| *address)
}

/// Shows what the link asks; changes nothing, whoever opens it and however often.
async fn show(
    State(pages): State<Pages>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    request: Request<Body>,
) -> Page {
    let Some(link) = pages.inner.engine.link_key().verify(&token(path)) else {
        return pages.unknown(address(request.extensions()));
    };
    let asked = query.as_deref().and_then(form::asked_locale);
    let shown = match link {
        Link::Feedback { round, invitation } => {
            feedback::show(&pages, round, invitation, asked).await
        }
        Link::Match { case, candidate } => matching::show(&pages, case, candidate, asked).await,
        // These are opened elsewhere.
        Link::SignIn { .. } => return pages.unknown(address(request.extensions())),
    };
    shown.unwrap_or_else(|fault| Page::fault(&fault))
}

/// Carries out what the form says.
async fn decide(
    State(pages): State<Pages>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Page {
    let Some(link) = pages.inner.engine.link_key().verify(&token(path)) else {
        return pages.unknown(from.map(|Extension(ConnectInfo(address))| address));
    };
    if guard::is_from_elsewhere(&headers) {
        return Page::in_both(StatusCode::FORBIDDEN, Said::CrossSite);
    }
    let fields = match form {
        Ok(Form(fields)) => fields,
        Err(refused) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return Page::in_both(StatusCode::PAYLOAD_TOO_LARGE, Said::TooLarge);
        }
        Err(refused) => return Page::in_both(refused.status(), Said::Unreadable),
    };
    let posted = Posted::new(fields, query.as_deref().and_then(form::asked_locale));
    let done = match link {
        Link::Feedback { round, invitation } => {
            feedback::decide(&pages, round, invitation, &posted).await
        }
        Link::Match { case, candidate } => matching::decide(&pages, case, candidate, &posted).await,
        Link::SignIn { .. } => return pages.unknown(None),
    };
    done.unwrap_or_else(|fault| Page::fault(&fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_decision_has_the_same_command_id_and_another_one_another() {
        assert_eq!(command_id(b"yes"), command_id(b"yes"));
        assert_ne!(command_id(b"yes"), command_id(b"no"));
        assert_ne!(command_id(b"yes").uuid(), uuid::Uuid::nil());
    }

    #[test]
    fn what_letter_programs_glue_to_a_link_is_taken_off() {
        let glued = Ok(Path("<AQx_-9>.".to_owned()));
        assert_eq!(token(glued), "AQx_-9");
    }
}
