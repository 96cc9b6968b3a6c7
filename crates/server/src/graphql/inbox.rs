//! The inbox: what waits for the reader, the most urgent first.

use super::case::{CaseNode, StageNode};
use super::enums::Role;
use super::organization::OrganizationNode;
use super::page::{Page, PageRequest, bad_input};
use super::scalars::DateTime;
use super::viewer::{Viewer, viewer};
use crate::fault::Fault;
use async_graphql::{Context, Object, Result};
use naru_domain::organization::Organization;
use naru_store::{InboxCursor, Task};
use std::str::FromStr;

/// Something that waits for the reader.
#[derive(Clone, Debug)]
pub struct InboxItem(Task);

/// Something that waits for the reader.
#[Object]
impl InboxItem {
    /// The case.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<CaseNode>> {
        Ok(viewer(ctx)?.see(self.0.case).await?.map(CaseNode::from))
    }

    /// The stage.
    async fn stage(&self, ctx: &Context<'_>) -> Result<Option<StageNode>> {
        let case = viewer(ctx)?.see(self.0.case).await?.map(CaseNode::from);
        Ok(case.map(|case| case.stage_named(&self.0.stage)))
    }

    /// The stage's title, in the reader's language.
    async fn title(&self, ctx: &Context<'_>) -> Result<&str> {
        Ok(self.0.title.in_locale(viewer(ctx)?.locale))
    }

    /// The role that is waited for.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// The organization that is waited for.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<OrganizationNode>> {
        let id = self.0.organization;
        Ok(viewer(ctx)?.load::<Organization>(id).await?.map(Into::into))
    }

    /// Since when.
    async fn since(&self) -> DateTime {
        DateTime(self.0.opened_at)
    }

    /// The end of the due day.
    async fn due_at(&self) -> Option<DateTime> {
        self.0.due_at.map(DateTime)
    }

    /// Whether it is past its due day.
    async fn late(&self, ctx: &Context<'_>) -> Result<bool> {
        let now = viewer(ctx)?.app.clock().now();
        Ok(self.0.due_at.is_some_and(|due| due <= now))
    }

    /// 1 the first time, one more after each send-back.
    async fn round(&self) -> i32 {
        i32::from(self.0.round)
    }

    /// Whether the reader said that they work on it.
    async fn mine(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.0.claimed_by == viewer(ctx)?.actor().account())
    }
}

/// A page of the inbox.
pub(crate) async fn inbox(viewer: &Viewer, page: &PageRequest) -> Result<Page<InboxItem>> {
    let after = page.after.as_deref().map(cursor_of).transpose()?;
    let memberships = &viewer.actor().memberships;
    let tasks = viewer
        .app
        .store()
        .inbox(memberships, after.as_ref(), page.limit())
        .await
        .map_err(Fault::from)?;
    let rows = tasks
        .into_iter()
        .map(|task| (text_of(&task.cursor()), InboxItem(task)))
        .collect();
    Ok(page.of_rows(rows))
}

/// A place in the inbox as it stands in an address.
pub(crate) fn text_of(cursor: &InboxCursor) -> String {
    let due = cursor.due_at.map_or_else(String::new, |at| at.to_string());
    format!(
        "{due}|{}|{}|{}",
        cursor.case,
        cursor.stage,
        cursor.role.as_str()
    )
}

/// The place in the inbox that a text names.
pub(crate) fn cursor_of(text: &str) -> Result<InboxCursor> {
    fn parts(text: &str) -> Option<InboxCursor> {
        let mut parts = text.split('|');
        let due = parts.next()?;
        let case = parts.next()?.parse().ok()?;
        let stage = parts.next()?.parse().ok()?;
        let role = parts.next()?;
        let role = naru_domain::Role::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == role)?;
        let due_at = match due {
            "" => None,
            due => Some(jiff::Timestamp::from_str(due).ok()?),
        };
        Some(InboxCursor {
            due_at,
            case,
            stage,
            role,
        })
    }
    parts(text).ok_or_else(|| bad_input("BAD_CURSOR", "`after` is not a cursor of this list"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use naru_domain::{CaseId, TypedId};

    #[test]
    fn a_cursor_of_the_inbox_comes_back_as_it_was() {
        for due_at in [None, Some("2026-03-03T14:59:59.5Z".parse().unwrap())] {
            let cursor = InboxCursor {
                due_at,
                case: CaseId::from_uuid(uuid::Uuid::from_u128(7)),
                stage: "triage".parse().unwrap(),
                role: naru_domain::Role::Coordinator,
            };
            assert_eq!(cursor_of(&text_of(&cursor)).unwrap(), cursor);
        }
        assert!(cursor_of("x|y").is_err());
    }
}
