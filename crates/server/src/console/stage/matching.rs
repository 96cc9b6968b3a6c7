//! Finding people: who was asked, what they answered, and asking one more.

use super::super::case::match_role;
use super::super::posted::Posted;
use super::super::tone::Tone;
use super::{Scene, text};
use crate::graphql::Preparing;
use naru_domain::case::{Candidate, CandidateAnswer, CaseCommand, ConflictOfInterest};
use naru_domain::pathway::{MatchRole, MatchingStage, StageId};
use naru_domain::{CandidateId, CommonRejection, Locale};
use std::collections::BTreeMap;

/// Somebody who was asked.
#[derive(Clone, Debug)]
pub(in crate::console) struct CandidateView {
    pub(in crate::console) id: String,
    pub(in crate::console) name: String,
    pub(in crate::console) role: String,
    pub(in crate::console) conflict: String,
    pub(in crate::console) tone: Tone,
    pub(in crate::console) state: String,
    /// Whether the invitation can be taken back.
    pub(in crate::console) pending: bool,
}

/// A matching as it is shown.
#[derive(Clone, Debug)]
pub(in crate::console) struct MatchingView {
    pub(in crate::console) wanted: Vec<(Tone, String)>,
    pub(in crate::console) candidates: Vec<CandidateView>,
    /// What was typed before a refusal.
    pub(in crate::console) typed: Typed,
    pub(in crate::console) roles: Vec<(&'static str, String)>,
    pub(in crate::console) can_act: bool,
    pub(in crate::console) enough: bool,
}

/// What was typed into the invitation.
#[derive(Clone, Debug, Default)]
pub(in crate::console) struct Typed {
    pub(in crate::console) role: String,
    pub(in crate::console) name: String,
    pub(in crate::console) email: String,
    pub(in crate::console) locale: String,
    pub(in crate::console) department: String,
    pub(in crate::console) conflict: String,
    pub(in crate::console) what: String,
    pub(in crate::console) handling: String,
}

/// Everything that a matching shows.
pub(super) fn view(
    scene: &Scene<'_>,
    planned: &MatchingStage,
    candidates: &BTreeMap<CandidateId, Candidate>,
) -> MatchingView {
    let words = scene.reader.words;
    let role_name = |role: MatchRole| words.say(&format!("taking-part.{}", match_role(role)));
    let mut enough = true;
    let wanted = planned.wanted.iter().map(|wanted| {
        let accepted = candidates
            .values()
            .filter(|candidate| candidate.role == wanted.role)
            .filter(|candidate| matches!(candidate.answer, CandidateAnswer::Accepted { .. }))
            .count();
        let reached = usize::from(wanted.count) <= accepted;
        enough &= reached;
        let values = [
            ("role", role_name(wanted.role).into()),
            ("accepted", accepted.into()),
            ("wanted", i64::from(wanted.count).into()),
        ];
        let tone = if reached { Tone::Done } else { Tone::Wait };
        (tone, words.with("matching-wanted", values))
    });
    let wanted = wanted.collect();
    let posted = scene.problems.posted.clone().unwrap_or_default();
    let typed = |name: &str| posted.one(name).to_owned();
    MatchingView {
        wanted,
        candidates: candidates
            .iter()
            .map(|(id, candidate)| candidate_view(scene, *id, candidate))
            .collect(),
        typed: Typed {
            role: typed("role"),
            name: typed("name"),
            email: typed("email"),
            locale: typed("locale"),
            department: typed("department"),
            conflict: typed("conflict"),
            what: typed("what"),
            handling: typed("handling"),
        },
        roles: [MatchRole::PrincipalInvestigator, MatchRole::Clinician]
            .map(|role| (match_role(role), role_name(role)))
            .to_vec(),
        can_act: scene.mine,
        enough,
    }
}

fn candidate_view(scene: &Scene<'_>, id: CandidateId, candidate: &Candidate) -> CandidateView {
    let words = scene.reader.words;
    let (tone, key) = match candidate.answer {
        CandidateAnswer::Invited { .. } => (Tone::Wait, "invited"),
        CandidateAnswer::Accepted { .. } => (Tone::Done, "accepted"),
        CandidateAnswer::Declined { .. } => (Tone::Skipped, "declined"),
        CandidateAnswer::Lapsed => (Tone::Late, "lapsed"),
        CandidateAnswer::Withdrawn => (Tone::Skipped, "withdrawn"),
    };
    let by = [("day", scene.days.day(candidate.answer_by).into())];
    let role = words.say(&format!("taking-part.{}", match_role(candidate.role)));
    CandidateView {
        id: id.to_string(),
        name: candidate.name.as_str().to_owned(),
        role: format!("{role}, {}", candidate.department.as_str()),
        conflict: match &candidate.conflict {
            ConflictOfInterest::NoneKnown => words.say("matching.no-conflict"),
            ConflictOfInterest::Declared { what, handling } => {
                format!("{} · {}", what.as_str(), handling.as_str())
            }
        },
        tone,
        state: words.with(&format!("candidate.{key}"), by),
        pending: matches!(candidate.answer, CandidateAnswer::Invited { .. }),
    }
}

/// The invitation that was posted.
pub(super) fn invite(stage: StageId, posted: &Posted) -> Preparing<CaseCommand> {
    let role = match posted.one("role") {
        "clinician" => MatchRole::Clinician,
        "principal-investigator" => MatchRole::PrincipalInvestigator,
        _ => return Err(super::missing("role").into()),
    };
    let conflict = match posted.one("conflict") {
        "none" => ConflictOfInterest::NoneKnown,
        "declared" => ConflictOfInterest::Declared {
            what: text("what", posted.one("what"))?,
            handling: text("handling", posted.one("handling"))?,
        },
        _ => return Err(super::missing("conflict").into()),
    };
    Ok(CaseCommand::InviteCandidate {
        stage,
        role,
        name: text("name", posted.one("name"))?,
        email: text("email", &posted.one("email").to_lowercase())?,
        locale: match posted.one("locale") {
            "en" => Locale::En,
            _ => Locale::Ko,
        },
        department: text("department", posted.one("department"))?,
        conflict,
    })
}

/// The withdrawal that was posted.
pub(super) fn withdraw(stage: StageId, posted: &Posted) -> Preparing<CaseCommand> {
    let candidate = posted.one("candidate").parse();
    Ok(CaseCommand::WithdrawCandidate {
        stage,
        candidate: candidate.map_err(|_| CommonRejection::NotFound)?,
        reason: text("withdrawal", posted.one("withdrawal"))?,
    })
}
