//! Commands on cases.

use super::CasePayload;
use super::answers::values;
use super::inputs::{
    CaseInput, CaseReasonInput, CompleteCaseInput, ConflictInput, DecideApprovalInput,
    DecisionInput, EngageConsultancyInput, FormInput, GrantAwardInput, InviteCandidateInput,
    OpenCaseInput, PrepareAgreementInput, ReassignStageInput, SignAgreementInput, StageInput,
    WithdrawCandidateInput,
};
use crate::authz::{Action, Thing};
use crate::graphql::command::{Call, Prepared, Preparing, id, maybe_text, name, text};
use crate::graphql::viewer::{Held, Viewer, viewer};
use async_graphql::{Context, Object, Result};
use naru_domain::case::{
    Award, Case, CaseCommand, CaseRejection, ChangeRequest, ConflictOfInterest, Decision,
    DocumentVersion, Milestone,
};
use naru_domain::device::Device;
use naru_domain::organization::Organization;
use naru_domain::pathway::Value;
use naru_domain::{CaseId, Command, CommonRejection, DocumentId, OrganizationId};
use std::collections::BTreeMap;

/// Hands a command on a case over; `$command` may use `?` and await.
macro_rules! on_case {
    ($ctx:ident, $input:ident, $action:ident, |$viewer:ident, $case:ident| $command:expr) => {{
        let $viewer = viewer($ctx)?;
        let call = Call::new(&$input.command_id, $input.expected_version)?;
        let prepared = async {
            let $case = $viewer
                .target::<Case>(&$input.case_id, Action::$action)
                .await?;
            let command: CaseCommand = $command;
            Ok(Prepared {
                aggregate: $case.get()?.id.into(),
                command: Command::Case(command),
            })
        };
        $viewer
            .carry_out(call, prepared.await)
            .await
            .map(CasePayload::from)
    }};
}

/// Commands on cases.
#[derive(Clone, Copy, Debug, Default)]
pub struct CaseVerbs;

/// Commands on cases.
#[Object]
impl CaseVerbs {
    /// Puts a device of your startup on a pathway. Right: member of the startup.
    async fn open_case(&self, ctx: &Context<'_>, input: OpenCaseInput) -> Result<CasePayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, None)?;
        let prepared = open(viewer, call, &input).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Keeps answers without handing them in. Right: whose move the stage is.
    async fn save_draft(&self, ctx: &Context<'_>, input: FormInput) -> Result<CasePayload> {
        on_case!(ctx, input, SaveDraft, |viewer, case| {
            CaseCommand::SaveDraft {
                stage: name(&input.stage)?,
                values: values(&input.values)?,
            }
        })
    }

    /// Hands a form in. Right: whose move the stage is.
    async fn submit_form(&self, ctx: &Context<'_>, input: FormInput) -> Result<CasePayload> {
        on_case!(ctx, input, SubmitForm, |viewer, case| {
            let values = values(&input.values)?;
            CaseCommand::SubmitForm {
                stage: name(&input.stage)?,
                documents: documents_named(viewer, &case, &values).await?,
                values,
            }
        })
    }

    /// Takes a form back before anybody has acted on it. Right: whoever handed it in.
    async fn recall_submission(&self, ctx: &Context<'_>, input: StageInput) -> Result<CasePayload> {
        on_case!(ctx, input, RecallSubmission, |viewer, case| {
            CaseCommand::RecallSubmission {
                stage: name(&input.stage)?,
            }
        })
    }

    /// Says that you work on a stage. Right: whose move the stage is.
    async fn claim_stage(&self, ctx: &Context<'_>, input: StageInput) -> Result<CasePayload> {
        on_case!(ctx, input, ClaimStage, |viewer, case| {
            CaseCommand::ClaimStage {
                stage: name(&input.stage)?,
            }
        })
    }

    /// Hands a stage to a colleague. Right: whose move the stage is.
    async fn reassign_stage(
        &self,
        ctx: &Context<'_>,
        input: ReassignStageInput,
    ) -> Result<CasePayload> {
        on_case!(ctx, input, ReassignStage, |viewer, case| {
            let stage = name(&input.stage)?;
            let to = id(&input.to)?;
            CaseCommand::ReassignStage {
                to_holds_role: holds_role(viewer, case.get()?, &stage, to).await?,
                stage,
                to,
                reason: text("reason", &input.reason)?,
            }
        })
    }

    /// Takes a seat at an approval and decides: approve, send back, reject, or step back. Right: the role of the seat.
    async fn decide_approval(
        &self,
        ctx: &Context<'_>,
        input: DecideApprovalInput,
    ) -> Result<CasePayload> {
        on_case!(ctx, input, DecideApproval, |viewer, case| {
            CaseCommand::DecideApproval {
                stage: name(&input.stage)?,
                seat: input.seat.clone(),
                decision: decision(&input.decision)?,
            }
        })
    }

    /// Asks a PI or clinician to take part, by mail. Right: coordinator.
    async fn invite_candidate(
        &self,
        ctx: &Context<'_>,
        input: InviteCandidateInput,
    ) -> Result<CasePayload> {
        on_case!(ctx, input, InviteCandidate, |viewer, case| {
            CaseCommand::InviteCandidate {
                stage: name(&input.stage)?,
                role: input.role.into(),
                name: text("name", &input.name)?,
                email: text("email", &input.email)?,
                locale: input.locale.into(),
                department: text("department", &input.department)?,
                conflict: conflict(&input.conflict)?,
            }
        })
    }

    /// Takes an invitation to a candidate back. Right: coordinator.
    async fn withdraw_candidate(
        &self,
        ctx: &Context<'_>,
        input: WithdrawCandidateInput,
    ) -> Result<CasePayload> {
        on_case!(ctx, input, WithdrawCandidate, |viewer, case| {
            CaseCommand::WithdrawCandidate {
                stage: name(&input.stage)?,
                candidate: id(&input.candidate_id)?,
                reason: text("reason", &input.reason)?,
            }
        })
    }

    /// Closes a matching with those who accepted. Right: coordinator.
    async fn confirm_matching(&self, ctx: &Context<'_>, input: StageInput) -> Result<CasePayload> {
        on_case!(ctx, input, ConfirmMatching, |viewer, case| {
            CaseCommand::ConfirmMatching {
                stage: name(&input.stage)?,
            }
        })
    }

    /// Engages a consultancy on a consultation stage. Right: coordinator.
    async fn engage_consultancy(
        &self,
        ctx: &Context<'_>,
        input: EngageConsultancyInput,
    ) -> Result<CasePayload> {
        on_case!(ctx, input, EngageConsultancy, |viewer, case| {
            let consultancy: OrganizationId = id(&input.consultancy_id)?;
            let known = viewer.see::<Organization>(consultancy).await?;
            CaseCommand::EngageConsultancy {
                stage: name(&input.stage)?,
                consultancy,
                consultancy_kind: known.ok_or(CommonRejection::NotFound)?.get()?.kind,
            }
        })
    }

    /// Grants an award inside the programme's bounds. Right: coordinator, award committee.
    async fn grant_award(&self, ctx: &Context<'_>, input: GrantAwardInput) -> Result<CasePayload> {
        on_case!(ctx, input, GrantAward, |viewer, case| {
            CaseCommand::GrantAward {
                stage: name(&input.stage)?,
                award: award(&input)?,
            }
        })
    }

    /// Lays a document out for signing; signatures on an earlier one are void. Right: coordinator.
    async fn prepare_agreement(
        &self,
        ctx: &Context<'_>,
        input: PrepareAgreementInput,
    ) -> Result<CasePayload> {
        on_case!(ctx, input, PrepareAgreement, |viewer, case| {
            let document: DocumentId = id(&input.document_id)?;
            let device = viewer.load::<Device>(case.get()?.device).await?;
            let device = device.ok_or(CommonRejection::NotFound)?;
            let document = newest(device.get()?, document).ok_or(CommonRejection::NotFound)?;
            CaseCommand::PrepareAgreement {
                stage: name(&input.stage)?,
                document,
            }
        })
    }

    /// Signs what was shown. Right: the role of the next signer.
    async fn sign_agreement(
        &self,
        ctx: &Context<'_>,
        input: SignAgreementInput,
    ) -> Result<CasePayload> {
        on_case!(ctx, input, SignAgreement, |viewer, case| {
            CaseCommand::SignAgreement {
                stage: name(&input.stage)?,
                shown: text("shownSha256", &input.shown_sha256)?,
                printed_name: text("printedName", &input.printed_name)?,
            }
        })
    }

    /// Stops every clock of a case. Right: coordinator, director.
    async fn pause_case(&self, ctx: &Context<'_>, input: CaseReasonInput) -> Result<CasePayload> {
        on_case!(ctx, input, PauseCase, |viewer, case| CaseCommand::Pause {
            reason: text("reason", &input.reason)?,
        })
    }

    /// Lets the clocks go on; due days move by the working days that were lost. Right: coordinator, director.
    async fn resume_case(&self, ctx: &Context<'_>, input: CaseInput) -> Result<CasePayload> {
        on_case!(ctx, input, ResumeCase, |viewer, case| CaseCommand::Resume)
    }

    /// Ends a case without a result. Right: member of the startup, coordinator, director.
    async fn cancel_case(&self, ctx: &Context<'_>, input: CaseReasonInput) -> Result<CasePayload> {
        on_case!(ctx, input, CancelCase, |viewer, case| CaseCommand::Cancel {
            reason: text("reason", &input.reason)?,
        })
    }

    /// Ends a case with its result. Right: coordinator.
    async fn complete_case(
        &self,
        ctx: &Context<'_>,
        input: CompleteCaseInput,
    ) -> Result<CasePayload> {
        on_case!(ctx, input, CompleteCase, |viewer, case| {
            CaseCommand::Complete {
                summary: text("summary", &input.summary)?,
            }
        })
    }
}

async fn open(viewer: &Viewer, call: Call, input: &OpenCaseInput) -> Preparing {
    let startup: OrganizationId = id(&input.startup_id)?;
    let organization = viewer.load::<Organization>(startup).await?;
    let organization = organization.ok_or(CommonRejection::NotFound)?;
    let thing = Thing::organization(startup, organization.get()?.kind);
    viewer.require(Action::OpenCase, Action::ViewOrganization, &thing)?;
    let hospital = viewer.see_text::<Organization>(&input.hospital_id).await?;
    let hospital = hospital.ok_or(CommonRejection::NotFound)?;
    let device = viewer.see_text::<Device>(&input.device_id).await?;
    let device = device.ok_or(CommonRejection::NotFound)?;
    let pathways = &viewer.app.reference().pathways;
    let pathway = input
        .pathway
        .parse()
        .ok()
        .and_then(|pathway| pathways.newest(&pathway))
        .map(|(hash, _)| hash.clone())
        .ok_or_else(|| naru_domain::Rejection::from(CaseRejection::PathwayUnknown))?;
    let case: CaseId = call.creates(viewer.session.account);
    Ok(Prepared {
        aggregate: case.into(),
        command: Command::Case(CaseCommand::Open {
            startup,
            hospital: hospital.get()?.id,
            hospital_kind: hospital.get()?.kind,
            device: device.get()?.id,
            device_owner: device.get()?.owner,
            pathway,
            title: text("title", &input.title)?,
        }),
    })
}

/// The current versions of the documents that the answers name.
pub(crate) async fn documents_named(
    viewer: &Viewer,
    case: &Held<Case>,
    values: &BTreeMap<String, Value>,
) -> Preparing<Vec<DocumentVersion>> {
    let named: Vec<DocumentId> = values
        .values()
        .filter_map(|value| match value {
            Value::Text(text) => text.parse().ok(),
            Value::Boolean(_) | Value::Integer(_) | Value::Choices(_) => None,
        })
        .collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let device = viewer.load::<Device>(case.get()?.device).await?;
    let device = device.ok_or(CommonRejection::NotFound)?;
    let device = device.get()?;
    Ok(named
        .into_iter()
        .filter_map(|id| newest(device, id))
        .collect())
}

pub(crate) fn newest(device: &Device, id: DocumentId) -> Option<DocumentVersion> {
    let document = device
        .document(id)
        .filter(|known| known.retired.is_none())?;
    let newest = document.newest();
    Some(DocumentVersion {
        document: id,
        version: newest.version,
        sha256: newest.file.sha256.clone(),
    })
}

/// Whether a colleague holds the role that a stage waits for.
pub(crate) async fn holds_role(
    viewer: &Viewer,
    case: &Case,
    stage: &naru_domain::pathway::StageId,
    colleague: naru_domain::AccountId,
) -> Preparing<bool> {
    let Some(stage) = case.stages.get(stage) else {
        return Ok(false);
    };
    let organization = case.organization_of(stage.owner, stage);
    let organization = viewer.load::<Organization>(organization).await?;
    Ok(match organization {
        Some(organization) => organization
            .get()?
            .holders_of(stage.owner)
            .contains(&colleague),
        None => false,
    })
}

fn decision(given: &DecisionInput) -> Preparing<Decision> {
    Ok(match given {
        DecisionInput::Approve(approve) => Decision::Approve {
            comment: maybe_text("comment", approve.comment.as_ref())?,
        },
        DecisionInput::SendBack(send_back) => Decision::SendBack {
            to: name(&send_back.to)?,
            requests: send_back
                .requests
                .iter()
                .map(|request| {
                    Ok(ChangeRequest {
                        field: request.field.clone(),
                        text: text("requests", &request.text)?,
                    })
                })
                .collect::<Preparing<Vec<_>>>()?,
        },
        DecisionInput::Reject(because) => Decision::Reject {
            reason: text("reason", &because.reason)?,
        },
        DecisionInput::Recuse(because) => Decision::Recuse {
            reason: text("reason", &because.reason)?,
        },
    })
}

fn conflict(given: &ConflictInput) -> Preparing<ConflictOfInterest> {
    match given {
        ConflictInput::NoneKnown(true) => Ok(ConflictOfInterest::NoneKnown),
        ConflictInput::NoneKnown(false) => Err(CommonRejection::BadText {
            field: "conflict".to_owned(),
            problem: naru_domain::TextProblem::Empty,
        }
        .into()),
        ConflictInput::Declared(declared) => Ok(ConflictOfInterest::Declared {
            what: text("conflict.what", &declared.what)?,
            handling: text("conflict.handling", &declared.handling)?,
        }),
    }
}

fn award(input: &GrantAwardInput) -> Preparing<Award> {
    Ok(Award {
        amount_krw: input.amount_krw.0,
        milestones: input
            .milestones
            .iter()
            .map(|milestone| {
                Ok(Milestone {
                    title: text("milestones", &milestone.title)?,
                    due_on: milestone.due_on.0,
                    amount_krw: milestone.amount_krw.map(|amount| amount.0),
                })
            })
            .collect::<Preparing<Vec<_>>>()?,
        report_due_on: input.report_due_on.as_ref().map(|date| date.0),
    })
}
