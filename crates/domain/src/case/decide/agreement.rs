//! Signing in order: each signature is bound to the hash of what was shown.

use super::super::{AgreementWork, CaseEvent, CaseRejection, DocumentVersion, Work};
use super::Draft;
use super::opening::open_ready;
use crate::pathway::{AgreementStage, Stage as PathwayStage, StageId, StageKind};
use crate::{PersonName, Rejection, Sha256Hex};

fn agreement<'a, 'd>(
    draft: &'d Draft<'a>,
    id: &StageId,
) -> Result<(&'a PathwayStage, &'a AgreementStage, &'d AgreementWork), Rejection> {
    let (planned, stage) = draft.open_stage(id)?;
    match (&planned.kind, &stage.work) {
        (StageKind::Agreement(agreement), Work::Agreement(work)) => Ok((planned, agreement, work)),
        _ => Err(Draft::wrong_kind(planned)),
    }
}

pub(super) fn prepare(
    draft: &mut Draft<'_>,
    id: &StageId,
    document: &DocumentVersion,
) -> Result<(), Rejection> {
    let (planned, _, work) = agreement(draft, id)?;
    let (_, stage) = draft.open_stage(id)?;
    draft.my_move(id, planned.owner, stage)?;
    if work.document.as_ref() == Some(document) {
        return Ok(());
    }
    draft.push(CaseEvent::AgreementPrepared {
        stage: id.clone(),
        document: document.clone(),
    })
}

pub(super) fn sign(
    draft: &mut Draft<'_>,
    id: &StageId,
    shown: &Sha256Hex,
    printed_name: &PersonName,
) -> Result<(), Rejection> {
    let (_, agreement, work) = agreement(draft, id)?;
    let (_, stage) = draft.open_stage(id)?;
    let document = work.document.as_ref().ok_or(CaseRejection::NothingToSign)?;
    let signer = agreement
        .signers
        .get(work.signatures.len())
        .ok_or(CaseRejection::NothingToSign)?;
    let by = draft.my_move(id, signer.role, stage)?;
    if work.signatures.iter().any(|signature| signature.by == by) {
        return Err(CaseRejection::AlreadySigned.into());
    }
    if &document.sha256 != shown {
        return Err(CaseRejection::ShownDocumentStale.into());
    }
    let last = work.signatures.len() + 1 == agreement.signers.len();
    draft.push(CaseEvent::AgreementSigned {
        stage: id.clone(),
        signer: signer.id.clone(),
        by,
        printed_name: printed_name.clone(),
        meaning: signer.meaning.clone(),
        document: shown.clone(),
        at: draft.context.now,
        last,
    })?;
    if last { open_ready(draft) } else { Ok(()) }
}
