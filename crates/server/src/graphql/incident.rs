//! Incidents: what the engine could not do and a person must look at.

use super::account::IntoId;
use super::command::{Call, Preparing, Refused};
use super::errors::UserError;
use super::scalars::DateTime;
use super::viewer::{Viewer, viewer};
use crate::authz::Action;
use crate::fault::Fault;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use naru_domain::CommonRejection;
use naru_store::{Incident, RetriedIncident};

/// Something the engine tried too often, or a history that does not fold. Right: operator, auditor.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Incident")]
pub struct IncidentNode {
    /// Its number.
    id: ID,
    /// The thing it is about, by id.
    about: ID,
    /// The effect that failed too often; nothing when a history does not fold.
    effect: Option<String>,
    /// What went wrong.
    reason: String,
    /// When it was opened.
    opened_at: DateTime,
}

impl From<Incident> for IncidentNode {
    fn from(incident: Incident) -> Self {
        Self {
            id: incident.id.into_id(),
            about: incident.aggregate.into_id(),
            effect: incident.effect.map(|effect| effect.to_string()),
            reason: incident.reason,
            opened_at: DateTime(incident.opened_at),
        }
    }
}

/// What came of a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum RetryOutcome {
    /// The effect will be tried again now.
    EffectWaits,
    /// The history folds again, and the thing goes on.
    GoesOn,
    /// The history still does not fold.
    StillBroken,
}

/// Tries again what an incident is about.
#[derive(Debug, InputObject)]
pub struct RetryIncidentInput {
    /// A UUID you choose; trying twice is harmless.
    command_id: ID,
    /// The incident.
    incident_id: ID,
}

/// The answer to `retryIncident`.
#[derive(Clone, Debug, SimpleObject)]
pub struct RetryIncidentPayload {
    /// What came of it; nothing if the command was refused.
    outcome: Option<RetryOutcome>,
    /// Why the command was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

/// Commands on the installation.
#[derive(Clone, Copy, Debug, Default)]
pub struct IncidentVerbs;

/// Commands on the installation.
#[Object]
impl IncidentVerbs {
    /// Tries again what the engine could not do. Right: operator.
    async fn retry_incident(
        &self,
        ctx: &Context<'_>,
        input: RetryIncidentInput,
    ) -> Result<RetryIncidentPayload> {
        let viewer = viewer(ctx)?;
        Call::new(&input.command_id, None)?;
        match viewer.retry_incident(&input.incident_id).await {
            Ok(outcome) => Ok(RetryIncidentPayload {
                outcome: Some(outcome),
                user_errors: Vec::new(),
            }),
            Err(Refused::Rejected(rejection)) => Ok(RetryIncidentPayload {
                outcome: None,
                user_errors: viewer.refused(&rejection).errors,
            }),
            Err(Refused::Error(error)) => Err(error),
        }
    }
}

impl Viewer {
    /// Tries again what an incident is about, past the gate.
    pub(crate) async fn retry_incident(&self, id: &str) -> Preparing<RetryOutcome> {
        self.require_of_installation(Action::RetryIncident)?;
        let id: u64 = id.parse().map_err(|_| CommonRejection::NotFound)?;
        let retried = self.app.engine().retry_incident(id).await;
        let outcome = outcome_of(retried.map_err(Fault::from)?);
        outcome.ok_or(Refused::from(CommonRejection::NotFound))
    }
}

fn outcome_of(retried: RetriedIncident) -> Option<RetryOutcome> {
    match retried {
        RetriedIncident::EffectWaits => Some(RetryOutcome::EffectWaits),
        RetriedIncident::AggregateGoesOn => Some(RetryOutcome::GoesOn),
        RetriedIncident::StillBroken => Some(RetryOutcome::StillBroken),
        RetriedIncident::Unknown => None,
    }
}
