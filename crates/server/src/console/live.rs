//! Live pages: says when what a page shows has changed, and nothing else. The page then asks for itself again, past the gate like at first.

use super::address::Query;
use super::reader::Reader;
use super::stop::Stop;
use crate::fault::Fault;
use crate::graphql::Viewer;
use crate::http::Place;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use futures_util::{Stream, stream};
use naru_domain::CaseId;
use naru_domain::case::Case;
use naru_store::Task;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use tokio::sync::watch;

/// Tasks that are counted and compared.
pub(super) const TASKS: u32 = 100;

/// What a page shows.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// The case; without one, what waits for the reader.
    #[serde(default)]
    case: String,
    /// The position in the log that a case's page was made at.
    #[serde(default)]
    after: u64,
    /// The fingerprint of the tasks that an inbox was made of.
    #[serde(default)]
    seen: String,
}

/// What is compared to see a change.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    Version(u64),
    Tasks(String),
}

struct Follow {
    viewer: Viewer,
    case: Option<CaseId>,
    watch: watch::Receiver<u64>,
    seen: Seen,
    /// Whether something had changed before anybody listened.
    behind: bool,
    _place: Place,
}

impl Reader {
    /// How many things wait for the reader, counted up to [`TASKS`], and where a page that stands at this address hears of changes; nothing for
    /// pages that show nothing that changes by itself.
    pub(super) async fn live(&self) -> Result<(u32, Option<String>), Stop> {
        let after = *self.app().engine().watch().borrow();
        let path = self.path.split('?').next().unwrap_or_default();
        if path == "/inbox" {
            let tasks = tasks(&self.viewer).await?;
            let seen = format!("/live?seen={}", fingerprint(&tasks));
            return Ok((u32::try_from(tasks.len()).unwrap_or(TASKS), Some(seen)));
        }
        let memberships = &self.viewer.actor().memberships;
        let waiting = self.app().store().inbox_size(memberships, TASKS).await?;
        let case = path
            .strip_prefix("/cases/")
            .and_then(|rest| rest.split('/').next()?.parse::<CaseId>().ok());
        Ok((
            waiting,
            case.map(|case| format!("/live?after={after}&case={case}")),
        ))
    }
}

/// Answers `GET /live`.
pub(super) async fn follow(reader: Reader, Query(asked): Query<Asked>) -> Result<Response, Stop> {
    let case = match asked.case.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| Stop::NotFound)?),
    };
    let mut watch = reader.app().engine().watch();
    let at = *watch.borrow_and_update();
    let seen = look(&reader.viewer, case).await?.ok_or(Stop::NotFound)?;
    let behind = match (&seen, case) {
        (Seen::Version(_), Some(case)) => {
            asked.after < at && has_changed(&reader.viewer, case, asked.after).await?
        }
        (Seen::Tasks(now), _) => *now != asked.seen,
        (Seen::Version(_), None) => false,
    };
    let session = reader.viewer.session.token;
    let Some(place) = reader.app().places().take(session) else {
        return Ok(StatusCode::TOO_MANY_REQUESTS.into_response());
    };
    let follow = Follow {
        viewer: reader.viewer,
        case,
        watch,
        seen,
        behind,
        _place: place,
    };
    Ok(Sse::new(changes(follow))
        .keep_alive(KeepAlive::default())
        .into_response())
}

/// What the page shows now; nothing if it may no longer be seen.
async fn look(viewer: &Viewer, case: Option<CaseId>) -> Result<Option<Seen>, Stop> {
    if let Some(case) = case {
        let held = viewer.see::<Case>(case).await?;
        return Ok(held.map(|held| Seen::Version(held.version())));
    }
    Ok(Some(Seen::Tasks(fingerprint(&tasks(viewer).await?))))
}

/// What waits for somebody, as far as it is compared.
async fn tasks(viewer: &Viewer) -> Result<Vec<Task>, Stop> {
    let memberships = &viewer.actor().memberships;
    Ok(viewer.app.store().inbox(memberships, None, TASKS).await?)
}

/// Tells one list of tasks from another: what others do elsewhere leaves it as it is.
fn fingerprint(tasks: &[Task]) -> String {
    let mut digest = Sha256::new();
    for task in tasks {
        let (case, stage, role) = (task.case, &task.stage, task.role.as_str());
        let (round, due, by) = (task.round, task.due_at, task.claimed_by);
        digest.update(format!("{case} {stage} {role} {round} {due:?} {by:?}\n"));
    }
    HEXLOWER
        .encode(&digest.finalize())
        .chars()
        .take(32)
        .collect()
}

/// Whether something happened to a case between the making of its page and now.
async fn has_changed(viewer: &Viewer, case: CaseId, after: u64) -> Result<bool, Stop> {
    let events = viewer.app.store().events_of(case.into()).await?;
    Ok(events.last().is_some_and(|last| after < last.position))
}

fn changes(follow: Follow) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    stream::unfold(Some(follow), |follow| async move {
        let follow = next(follow?).await?;
        // Browsers drop an event without data.
        let event = Event::default().event("changed").data("now");
        Some((Ok(event), Some(follow)))
    })
}

/// Waits for the next change; nothing when the page may no longer be seen or the server stops.
async fn next(mut follow: Follow) -> Option<Follow> {
    if std::mem::take(&mut follow.behind) {
        return Some(follow);
    }
    loop {
        let app = follow.viewer.app.clone();
        tokio::select! {
            moved = follow.watch.changed() => moved.ok()?,
            () = app.stopping() => return None,
            () = app.clock().sleep_until(follow.viewer.session.expires_at) => return None,
        }
        let renewed = renewed(&follow.viewer).await.ok()??;
        follow.viewer = renewed;
        let seen = look(&follow.viewer, follow.case).await.ok()??;
        if seen != follow.seen {
            follow.seen = seen;
            return Some(follow);
        }
    }
}

/// The reader as they may act now; nothing once they are signed out.
async fn renewed(viewer: &Viewer) -> Result<Option<Viewer>, Fault> {
    let hash = &viewer.session.secret_hash;
    let found = viewer.app.console_session(hash).await?;
    Ok(found.map(|found| Viewer {
        app: viewer.app.clone(),
        session: found.signed_in.session,
        locale: viewer.locale,
    }))
}
