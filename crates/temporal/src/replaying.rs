//! Histories of real runs, replayed under today's workflow: what a worker does with each of them after an upgrade.

use crate::connection::Connected;
use crate::workflow::Aggregate;
use futures_util::TryStreamExt;
use naru_domain::AggregateId;
use temporalio_client::errors::WorkflowInteractionError;
use temporalio_client::{WorkflowFetchHistoryOptions, WorkflowHistory};
use temporalio_common::protos::temporal::api::history::v1::History;
use temporalio_sdk::workflow_replayer::{WorkflowReplayer, WorkflowReplayerOptions};

/// Why a history is not what today's workflow would do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Diverged(String);

/// Replays a history as [`Connected::history`] gave it.
pub async fn replay(json: &[u8]) -> Result<(), Diverged> {
    let diverged = |problem: &dyn std::fmt::Display| Diverged(problem.to_string());
    let history = WorkflowHistory::from_json(json).map_err(|problem| diverged(&problem))?;
    let options = WorkflowReplayerOptions::new()
        .register_workflow::<Aggregate>()
        .map_err(|problem| diverged(&problem))?
        .build();
    let replayer = WorkflowReplayer::new(options).map_err(|problem| diverged(&problem))?;
    let replayed = replayer.replay_workflow(history).await;
    replayed.map_err(|problem| diverged(&problem))
}

impl Connected {
    /// The history of an aggregate's workflow as JSON: of its last run.
    pub async fn history(
        &self,
        aggregate: AggregateId,
    ) -> Result<Vec<u8>, WorkflowInteractionError> {
        let id = self.workflow_id(aggregate);
        let handle = self.client.get_workflow_handle::<Aggregate>(id);
        let history = handle.fetch_history(WorkflowFetchHistoryOptions::default());
        let events = history.try_collect().await?;
        let json = WorkflowHistory::from(History { events }).to_json().await;
        json.map_err(|problem| WorkflowInteractionError::Other(problem.into()))
    }
}
