//! Commands on feedback rounds. There is none to answer: that is done on the page that the letter's link opens.

use super::super::command::{Call, Prepared, Preparing, maybe_text, text};
use super::super::enums::Locale;
use super::super::viewer::{Viewer, viewer};
use super::FeedbackRoundPayload;
use crate::authz::Action;
use async_graphql::{Context, ID, InputObject, Object, Result};
use naru_domain::feedback::{FeedbackCommand, FeedbackRejection, FeedbackRound, InvitedClinician};
use naru_domain::{Command, InvitationId, Rejection};

/// A clinician to invite.
#[derive(Debug, InputObject)]
pub struct InvitedClinicianInput {
    /// Where to write.
    email: String,
    /// Whom to greet.
    name: String,
    /// In which language.
    locale: Locale,
    /// The hospital or site the person works at.
    site: String,
    /// The person's field, where known.
    specialty: Option<String>,
}

/// Invites clinicians by mail.
#[derive(Debug, InputObject)]
pub struct InviteCliniciansInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The feedback round.
    feedback_round_id: ID,
    /// Whom; at most 200 at once.
    invitations: Vec<InvitedClinicianInput>,
}

/// Reminds one invited clinician now, beside the planned reminders.
#[derive(Debug, InputObject)]
pub struct RemindClinicianInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The feedback round.
    feedback_round_id: ID,
    /// The invitation.
    invitation_id: ID,
}

/// Takes an invitation back; its link stops working.
#[derive(Debug, InputObject)]
pub struct RevokeInvitationInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The feedback round.
    feedback_round_id: ID,
    /// The invitation.
    invitation_id: ID,
    /// Why.
    reason: String,
}

/// Ends a feedback round and reports to its case.
#[derive(Debug, InputObject)]
pub struct CloseFeedbackRoundInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The feedback round.
    feedback_round_id: ID,
    /// What was learned.
    conclusion: String,
    /// Why it closes with fewer answers than needed, if it does.
    short_reason: Option<String>,
}

/// Commands on feedback rounds.
#[derive(Clone, Copy, Debug, Default)]
pub struct FeedbackVerbs;

/// Commands on feedback rounds.
#[Object]
impl FeedbackVerbs {
    /// Invites clinicians by mail. Right: the hospital's coordinator, principal investigator.
    async fn invite_clinicians(
        &self,
        ctx: &Context<'_>,
        input: InviteCliniciansInput,
    ) -> Result<FeedbackRoundPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let command = invite(&input.invitations);
        let round = &input.feedback_round_id;
        let prepared = on_round(viewer, round, Action::InviteClinicians, command).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Reminds one invited clinician now. Right: the hospital's coordinator, principal investigator.
    async fn remind_clinician(
        &self,
        ctx: &Context<'_>,
        input: RemindClinicianInput,
    ) -> Result<FeedbackRoundPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let command = invitation(&input.invitation_id)
            .map(|invitation| FeedbackCommand::Remind { invitation });
        let round = &input.feedback_round_id;
        let prepared = on_round(viewer, round, Action::RemindClinician, command).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Takes an invitation back. Right: the hospital's coordinator, principal investigator.
    async fn revoke_invitation(
        &self,
        ctx: &Context<'_>,
        input: RevokeInvitationInput,
    ) -> Result<FeedbackRoundPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let command = revoke(&input);
        let round = &input.feedback_round_id;
        let prepared = on_round(viewer, round, Action::RevokeInvitation, command).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Ends a feedback round and reports to its case. Right: the hospital's coordinator, principal investigator.
    async fn close_feedback_round(
        &self,
        ctx: &Context<'_>,
        input: CloseFeedbackRoundInput,
    ) -> Result<FeedbackRoundPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let command = close(&input);
        let round = &input.feedback_round_id;
        let prepared = on_round(viewer, round, Action::CloseFeedbackRound, command).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }
}

/// Whether the viewer may is answered before whether the input is good.
async fn on_round(
    viewer: &Viewer,
    id: &ID,
    action: Action,
    command: Preparing<FeedbackCommand>,
) -> Preparing {
    let round = viewer.target::<FeedbackRound>(id, action).await?;
    Ok(Prepared {
        aggregate: round.get()?.id.into(),
        command: Command::FeedbackRound(command?),
    })
}

/// Text that is no id is an invitation that this round does not have.
fn invitation(id: &ID) -> Preparing<InvitationId> {
    id.parse()
        .map_err(|_| Rejection::from(FeedbackRejection::UnknownInvitation).into())
}

fn invite(given: &[InvitedClinicianInput]) -> Preparing<FeedbackCommand> {
    let clinician = |(n, given): (usize, &InvitedClinicianInput)| {
        let at = |field: &str| format!("invitations.{n}.{field}");
        Ok(InvitedClinician {
            email: text(&at("email"), &given.email)?,
            name: text(&at("name"), &given.name)?,
            locale: given.locale.into(),
            site: text(&at("site"), &given.site)?,
            specialty: maybe_text(&at("specialty"), given.specialty.as_ref())?,
        })
    };
    let invitations = given.iter().enumerate().map(clinician);
    Ok(FeedbackCommand::Invite {
        invitations: invitations.collect::<Preparing<_>>()?,
    })
}

fn revoke(input: &RevokeInvitationInput) -> Preparing<FeedbackCommand> {
    Ok(FeedbackCommand::RevokeInvitation {
        invitation: invitation(&input.invitation_id)?,
        reason: text("reason", &input.reason)?,
    })
}

fn close(input: &CloseFeedbackRoundInput) -> Preparing<FeedbackCommand> {
    Ok(FeedbackCommand::Close {
        conclusion: text("conclusion", &input.conclusion)?,
        short_reason: maybe_text("shortReason", input.short_reason.as_ref())?,
    })
}
