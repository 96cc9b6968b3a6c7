//! What can be followed. Every item has a place in the record, so that whoever was away goes on where they stopped.

use super::inbox::{InboxItem, inbox};
use super::page::{PageRequest, bad_input};
use super::timeline::{TimelineEntry, entries_after};
use super::viewer::{Viewer, viewer};
use async_graphql::{Context, ID, Result, SimpleObject, Subscription};
use futures_util::{Stream, stream};
use naru_domain::CaseId;
use naru_domain::case::Case;
use std::collections::VecDeque;
use tokio::sync::watch;

/// What can be followed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subscription;

/// The inbox changed.
#[derive(Clone, Debug, SimpleObject)]
pub struct InboxChange {
    /// The place in the record up to which this is true; name it as `after` to go on from here.
    position: String,
    /// The most urgent things that wait for you now, at most 20.
    items: Vec<InboxItem>,
}

/// What can be followed.
#[Subscription]
impl Subscription {
    /// What happens to a case, in words: first everything after the position you name (or from now on), then whatever comes. Ends when
    /// the token ends or the case may no longer be read.
    async fn case_events(
        &self,
        ctx: &Context<'_>,
        case_id: ID,
        #[graphql(desc = "A `position` you saw; `0` for everything from the beginning.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<TimelineEntry>>> {
        let viewer = viewer(ctx)?.clone();
        let case = viewer.see_text::<Case>(&case_id).await?;
        let case = case.ok_or_else(|| {
            bad_input(
                "NOT_FOUND",
                "there is nothing with this id that you can see",
            )
        })?;
        let watch = viewer.app.engine().watch();
        let position = position(after.as_deref(), &watch)?;
        let follow = Follow {
            case: case.get()?.id,
            viewer,
            watch,
            position,
            ready: VecDeque::new(),
            first: true,
        };
        Ok(stream::unfold(Some(follow), next_entry))
    }

    /// What waits for you, whenever it changes: first as it is now, then after each change. Ends when the token ends.
    async fn inbox(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "A `position` you saw: nothing is sent until something has happened since."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<InboxChange>>> {
        let viewer = viewer(ctx)?.clone();
        let watch = viewer.app.engine().watch();
        let seen = match after {
            Some(after) => Some(position(Some(&after), &watch)?),
            None => None,
        };
        let follow = FollowInbox {
            viewer,
            watch,
            seen,
            shown: None,
        };
        Ok(stream::unfold(Some(follow), next_inbox))
    }
}

fn position(after: Option<&str>, watch: &watch::Receiver<u64>) -> Result<u64> {
    match after {
        None => Ok(*watch.borrow()),
        Some(text) => text
            .parse()
            .map_err(|_| bad_input("BAD_CURSOR", "`after` is not a position")),
    }
}

struct Follow {
    case: CaseId,
    viewer: Viewer,
    watch: watch::Receiver<u64>,
    position: u64,
    ready: VecDeque<TimelineEntry>,
    first: bool,
}

/// Waits for the log to move, for the token to end or for the server to stop; says whether it may go on.
async fn wait(viewer: &Viewer, watch: &mut watch::Receiver<u64>) -> bool {
    tokio::select! {
        changed = watch.changed() => changed.is_ok(),
        () = viewer.app.stopping() => false,
        () = viewer.app.clock().sleep_until(viewer.session.expires_at) => false,
    }
}

async fn next_entry(follow: Option<Follow>) -> Option<(Result<TimelineEntry>, Option<Follow>)> {
    let mut follow = follow?;
    loop {
        if let Some(entry) = follow.ready.pop_front() {
            return Some((Ok(entry), Some(follow)));
        }
        if !follow.first && !wait(&follow.viewer, &mut follow.watch).await {
            return None;
        }
        follow.first = false;
        match look(&mut follow).await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some((Err(error), None)),
        }
    }
}

/// Reads what is new; says whether the case may still be read.
async fn look(follow: &mut Follow) -> Result<bool> {
    let moved = *follow.watch.borrow_and_update();
    if moved <= follow.position {
        return Ok(true);
    }
    follow.viewer = follow.viewer.renewed().await?;
    let Some(case) = follow.viewer.see::<Case>(follow.case).await? else {
        return Ok(false);
    };
    let entries = entries_after(&follow.viewer, case.get()?, follow.position).await?;
    follow.ready.extend(entries);
    follow.position = moved;
    Ok(true)
}

struct FollowInbox {
    viewer: Viewer,
    watch: watch::Receiver<u64>,
    /// Nothing is sent until the log has moved beyond this.
    seen: Option<u64>,
    /// What was sent last, to stay silent when it is the same.
    shown: Option<Vec<String>>,
}

async fn next_inbox(
    follow: Option<FollowInbox>,
) -> Option<(Result<InboxChange>, Option<FollowInbox>)> {
    let mut follow = follow?;
    loop {
        let at = *follow.watch.borrow_and_update();
        if follow.seen.is_none_or(|seen| seen < at) {
            follow.seen = Some(at);
            match look_inbox(&mut follow, at).await {
                Ok(Some(change)) => return Some((Ok(change), Some(follow))),
                Ok(None) => {}
                Err(error) => return Some((Err(error), None)),
            }
        }
        if !wait(&follow.viewer, &mut follow.watch).await {
            return None;
        }
    }
}

async fn look_inbox(follow: &mut FollowInbox, at: u64) -> Result<Option<InboxChange>> {
    follow.viewer = follow.viewer.renewed().await?;
    let page = inbox(&follow.viewer, &PageRequest::new(None, None)?).await?;
    let keys: Vec<String> = page.edges.iter().map(|edge| edge.cursor.clone()).collect();
    if follow.shown.as_ref() == Some(&keys) {
        return Ok(None);
    }
    follow.shown = Some(keys);
    Ok(Some(InboxChange {
        position: at.to_string(),
        items: page.edges.into_iter().map(|edge| edge.node).collect(),
    }))
}
