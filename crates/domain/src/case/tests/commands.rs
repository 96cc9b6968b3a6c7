//! The commands that tests give, with what they carry.

use super::super::*;
use super::scene::*;
use crate::given::{id, text};
use crate::pathway::*;
use crate::{Locale, OrganizationKind};
use std::collections::BTreeMap;

pub(super) fn good_answers() -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("name".to_owned(), say("Patch")),
        ("overseas".to_owned(), Value::Boolean(true)),
        ("country".to_owned(), say("DE")),
    ])
}

pub(super) fn one_answer(answer: &str) -> BTreeMap<String, Value> {
    BTreeMap::from([("text".to_owned(), say(answer))])
}

pub(super) fn good_award(amount_krw: i64) -> Award {
    Award {
        amount_krw,
        milestones: vec![Milestone {
            title: text("Prototype"),
            due_on: "2027-03-02".parse().unwrap(),
            amount_krw: None,
        }],
        report_due_on: Some("2027-06-30".parse().unwrap()),
    }
}

pub(super) fn contract(of: char) -> DocumentVersion {
    DocumentVersion {
        document: id(77),
        version: 1,
        sha256: hash(of),
    }
}

pub(super) fn approve() -> Decision {
    Decision::Approve { comment: None }
}

pub(super) fn reject() -> Decision {
    Decision::Reject { reason: why() }
}

pub(super) fn back_to(to: &str, field: Option<&str>) -> Decision {
    Decision::SendBack {
        to: stage_id(to),
        requests: vec![ChangeRequest {
            field: field.map(str::to_owned),
            text: why(),
        }],
    }
}

pub(super) fn open_command() -> CaseCommand {
    CaseCommand::Open {
        startup: org(STARTUP),
        hospital: org(HOSPITAL),
        hospital_kind: OrganizationKind::Hospital,
        device: id(5),
        device_owner: org(STARTUP),
        pathway: pathway_hash(),
        title: text("Heart patch"),
    }
}

pub(super) fn submission(stage: &str, values: BTreeMap<String, Value>) -> CaseCommand {
    CaseCommand::SubmitForm {
        stage: stage_id(stage),
        values,
        documents: Vec::new(),
    }
}

pub(super) fn draft(stage: &str, values: BTreeMap<String, Value>) -> CaseCommand {
    CaseCommand::SaveDraft {
        stage: stage_id(stage),
        values,
    }
}

pub(super) fn recall(stage: &str) -> CaseCommand {
    CaseCommand::RecallSubmission {
        stage: stage_id(stage),
    }
}

pub(super) fn claim(stage: &str) -> CaseCommand {
    CaseCommand::ClaimStage {
        stage: stage_id(stage),
    }
}

pub(super) fn decision(stage: &str, decision: Decision) -> CaseCommand {
    CaseCommand::DecideApproval {
        stage: stage_id(stage),
        seat: None,
        decision,
    }
}

pub(super) fn decision_on(stage: &str, seat: &str, decision: Decision) -> CaseCommand {
    CaseCommand::DecideApproval {
        stage: stage_id(stage),
        seat: Some(seat.to_owned()),
        decision,
    }
}

pub(super) fn invitation(role: MatchRole, email: &str) -> CaseCommand {
    CaseCommand::InviteCandidate {
        stage: stage_id("people"),
        role,
        name: text("Kim Minji"),
        email: text(email),
        locale: Locale::Ko,
        department: text("Cardiology"),
        conflict: ConflictOfInterest::NoneKnown,
    }
}

pub(super) fn yes() -> CaseCommand {
    CaseCommand::AnswerMatchInvitation {
        accept: true,
        conflict: None,
    }
}

pub(super) fn no() -> CaseCommand {
    CaseCommand::AnswerMatchInvitation {
        accept: false,
        conflict: None,
    }
}

pub(super) fn confirmation() -> CaseCommand {
    CaseCommand::ConfirmMatching {
        stage: stage_id("people"),
    }
}

pub(super) fn engagement() -> CaseCommand {
    CaseCommand::EngageConsultancy {
        stage: stage_id("advice"),
        consultancy: org(CONSULTANCY),
        consultancy_kind: OrganizationKind::Consultancy,
    }
}

pub(super) fn grant(award: Award) -> CaseCommand {
    CaseCommand::GrantAward {
        stage: stage_id("award"),
        award,
    }
}

pub(super) fn preparation(of: char) -> CaseCommand {
    CaseCommand::PrepareAgreement {
        stage: stage_id("agreement"),
        document: contract(of),
    }
}

pub(super) fn signature(of: char) -> CaseCommand {
    CaseCommand::SignAgreement {
        stage: stage_id("agreement"),
        shown: hash(of),
        printed_name: text("Kim Minji"),
    }
}

pub(super) fn pause() -> CaseCommand {
    CaseCommand::Pause { reason: why() }
}

pub(super) fn cancel() -> CaseCommand {
    CaseCommand::Cancel { reason: why() }
}

pub(super) fn complete() -> CaseCommand {
    CaseCommand::Complete { summary: why() }
}
