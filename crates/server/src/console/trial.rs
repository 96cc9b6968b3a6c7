//! What a command would be answered with: it is decided like any other, and what comes of it is dropped.

use super::reader::Reader;
use naru_domain::case::{Case, CaseCommand};
use naru_domain::{Aggregate, CommandId, Context, Rejection, TypedId};
use uuid::Uuid;

impl Reader {
    /// Whether a case would take a command now. The gate is asked elsewhere.
    pub(super) fn tried(&self, case: &Case, command: &CaseCommand) -> Result<(), Rejection> {
        let reference = self.app().reference();
        let context = Context {
            now: self.app().clock().now(),
            actor: self.viewer.actor(),
            aggregate: case.id.into(),
            command_id: CommandId::from_uuid(Uuid::now_v7()),
            calendars: &reference.calendars,
            pathways: &reference.pathways,
            questionnaires: &reference.questionnaires,
        };
        Case::decide(Some(case), command, &context).map(|_| ())
    }
}
