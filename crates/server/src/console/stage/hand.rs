//! Handing a stage to a colleague, and taking back what was handed in before anybody has acted on it.

use super::super::posted::Posted;
use super::super::reader::Reader;
use super::super::stop::Stop;
use super::text;
use crate::authz::Action;
use crate::graphql::{Held, Noun, Preparing, holds_role};
use naru_domain::case::{Case, CaseCommand, CaseStatus, Stage};
use naru_domain::organization::Organization;
use naru_domain::pathway::StageId;

/// What can be done about who works on a stage.
#[derive(Clone, Debug, Default)]
pub(in crate::console) struct HandView {
    /// The colleagues whom the stage can be handed to.
    pub(in crate::console) colleagues: Vec<(String, String)>,
    /// Whether what was handed in can be asked back.
    pub(in crate::console) recall: bool,
    pub(in crate::console) to: String,
    pub(in crate::console) reason: String,
}

/// What the reader may do about who works on a stage.
pub(super) async fn view(
    reader: &Reader,
    held: &Held<Case>,
    id: &StageId,
    posted: Option<&Posted>,
) -> Result<HandView, Stop> {
    let case = held.get()?;
    let Some(stage) = case.stages.get(id) else {
        return Ok(HandView::default());
    };
    if case.status != CaseStatus::Running {
        return Ok(HandView::default());
    }
    let side = case.organization_of(stage.owner, stage);
    let own = reader.viewer.actor().belongs_to(side);
    let thing = case.thing(&reader.viewer).await?;
    let may = |action| own && reader.viewer.allows(action, &thing);
    let typed = |field| posted.map_or_else(String::new, |posted| posted.one(field).to_owned());
    Ok(HandView {
        colleagues: if stage.is_open() && may(Action::ReassignStage) {
            colleagues(reader, case, stage).await?
        } else {
            Vec::new()
        },
        recall: may(Action::RecallSubmission)
            && reader.viewer.actor().holds(side, stage.owner)
            && reader
                .tried(case, &CaseCommand::RecallSubmission { stage: id.clone() })
                .is_ok(),
        to: typed("to"),
        reason: typed("handing"),
    })
}

/// Everybody else who holds the role that the stage waits for.
async fn colleagues(
    reader: &Reader,
    case: &Case,
    stage: &Stage,
) -> Result<Vec<(String, String)>, Stop> {
    let side = case.organization_of(stage.owner, stage);
    let Some(side) = reader.viewer.load::<Organization>(side).await? else {
        return Ok(Vec::new());
    };
    let mut colleagues = Vec::new();
    for account in side.get()?.holders_of(stage.owner) {
        if stage.claimed_by != Some(account) && account != reader.account() {
            colleagues.push((account.to_string(), reader.name_of(account).await?));
        }
    }
    Ok(colleagues)
}

/// The command that hands the stage to a colleague.
pub(in crate::console) async fn reassign(
    reader: &Reader,
    case: &Case,
    stage: StageId,
    posted: &Posted,
) -> Preparing<CaseCommand> {
    let to = posted.one("to").parse();
    let to = to.map_err(|_| super::missing("to"))?;
    Ok(CaseCommand::ReassignStage {
        to_holds_role: holds_role(&reader.viewer, case, &stage, to).await?,
        stage,
        to,
        reason: text("handing", posted.one("handing"))?,
    })
}
