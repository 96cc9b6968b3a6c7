//! An approval: the evidence, the seats, and the decision on one page.

use super::super::posted::Posted;
use super::super::reader::{Reader, face};
use super::super::stop::Stop;
use super::super::tone::Tone;
use super::form::{AnsweredField, Form};
use super::{Scene, text};
use crate::graphql::Preparing;
use naru_domain::case::{ApprovalWork, ChangeRequest, Decision, Verdict, Work};
use naru_domain::pathway::{ApprovalStage, Seat, StageId, StageKind};

/// What every pinned request's field begins with; the stage and the field follow.
pub(super) const PIN: &str = "pin-";

/// What is decided on.
#[derive(Clone, Debug)]
pub(in crate::console) struct Evidence {
    pub(in crate::console) stage: String,
    pub(in crate::console) title: String,
    /// Who handed it in and when.
    pub(in crate::console) note: String,
    pub(in crate::console) fields: Vec<AnsweredField>,
    /// The conclusion of a study, round or consultation.
    pub(in crate::console) conclusion: Option<String>,
    /// Whether it can be sent back to.
    pub(in crate::console) returnable: bool,
}

/// A seat with who sits on it.
#[derive(Clone, Debug)]
pub(in crate::console) struct SeatView {
    pub(in crate::console) title: String,
    pub(in crate::console) name: String,
    pub(in crate::console) face: String,
    pub(in crate::console) tone: Tone,
    pub(in crate::console) state: String,
    pub(in crate::console) said: Option<String>,
}

/// An approval as it is shown.
#[derive(Clone, Debug)]
pub(in crate::console) struct ApprovalView {
    pub(in crate::console) evidence: Vec<Evidence>,
    pub(in crate::console) seats: Vec<SeatView>,
    pub(in crate::console) given: Vec<bool>,
    pub(in crate::console) needed: String,
    pub(in crate::console) recused: Vec<String>,
    /// The forms that can be sent back to, with their titles.
    pub(in crate::console) returns: Vec<(String, String)>,
    /// What was chosen before a refusal.
    pub(in crate::console) chosen: String,
    pub(in crate::console) general: String,
    pub(in crate::console) reason: String,
    pub(in crate::console) recusal: String,
    pub(in crate::console) to: String,
    pub(in crate::console) comment: String,
    pub(in crate::console) can_decide: bool,
    pub(in crate::console) last: bool,
}

/// Everything that an approval shows.
pub(super) async fn view(
    scene: &Scene<'_>,
    planned: &ApprovalStage,
    work: &ApprovalWork,
) -> Result<ApprovalView, Stop> {
    let words = scene.reader.words;
    let mut seats = Vec::new();
    for seat in &planned.seats {
        seats.push(seat_view(scene.reader, seat, work).await?);
    }
    let approvals = work
        .votes
        .values()
        .filter(|vote| matches!(vote.verdict, Verdict::Approve { .. }))
        .count();
    let needed = usize::from(work.approvals_needed);
    let mut recused = Vec::new();
    for account in &work.recused {
        recused.push(scene.reader.name_of(*account).await?);
    }
    let voted = work
        .votes
        .values()
        .any(|vote| vote.by == scene.reader.account());
    let posted = scene.problems.posted.clone().unwrap_or_default();
    Ok(ApprovalView {
        evidence: evidence(scene, planned).await?,
        seats,
        given: (0..needed).map(|n| n < approvals).collect(),
        needed: words.with(
            "approval-needed",
            [("given", approvals.into()), ("needed", needed.into())],
        ),
        recused,
        returns: planned
            .send_back_to
            .iter()
            .map(|stage| (stage.to_string(), scene.title_of(stage)))
            .collect(),
        chosen: posted.one("decision").to_owned(),
        general: posted.one("request").to_owned(),
        reason: posted.one("reason").to_owned(),
        recusal: posted.one("recusal").to_owned(),
        to: posted.one("to").to_owned(),
        comment: posted.one("comment").to_owned(),
        can_decide: scene.mine && !voted,
        last: approvals + 1 == needed,
    })
}

async fn seat_view(reader: &Reader, seat: &Seat, work: &ApprovalWork) -> Result<SeatView, Stop> {
    let words = reader.words;
    let title = seat.title.in_locale(reader.viewer.locale).to_owned();
    let Some(vote) = work.votes.get(&seat.id) else {
        return Ok(SeatView {
            face: String::new(),
            name: reader.role_name(seat.role),
            title,
            tone: Tone::Wait,
            state: words.say("approval.not-yet"),
            said: None,
        });
    };
    let name = reader.name_of(vote.by).await?;
    let (tone, state, said) = match &vote.verdict {
        Verdict::Approve { comment } => {
            (Tone::Done, words.say("outcome.approved"), comment.as_ref())
        }
        Verdict::Reject { reason } => (Tone::Late, words.say("outcome.rejected"), Some(reason)),
    };
    Ok(SeatView {
        face: face(&name),
        name,
        title,
        tone,
        state,
        said: said.map(|said| said.as_str().to_owned()),
    })
}

/// The forms that can be sent back to, and what the stages directly before have found.
async fn evidence(scene: &Scene<'_>, planned: &ApprovalStage) -> Result<Vec<Evidence>, Stop> {
    let mut evidence = Vec::new();
    let needs = scene
        .planned
        .needs
        .iter()
        .filter(|need| !planned.send_back_to.contains(need));
    for id in planned.send_back_to.iter().chain(needs) {
        let Some(stage) = scene.case.stages.get(id) else {
            continue;
        };
        let mut found = Evidence {
            stage: id.to_string(),
            title: scene.title_of(id),
            note: String::new(),
            fields: Vec::new(),
            conclusion: None,
            returnable: planned.send_back_to.contains(id),
        };
        let kind = scene.pathway.stage(id).map(|planned| &planned.kind);
        match (&stage.work, kind) {
            (Work::Form(work), Some(StageKind::Form(form))) => {
                let form = Form {
                    reader: scene.reader,
                    days: scene.days,
                    planned: form,
                    work,
                    device: scene.device,
                    round: stage.round,
                    attaches: false,
                };
                found.fields = form.answered();
                pinned(&mut found.fields, id, scene.problems.posted.as_ref());
                if let Some(submitted) = &work.submitted {
                    let by = scene.reader.name_of(submitted.by).await?;
                    let day = scene.days.day_of(submitted.at);
                    let values = [
                        ("by", by.into()),
                        ("day", day.into()),
                        ("round", i64::from(stage.round).into()),
                    ];
                    found.note = scene.reader.words.with("approval-submitted", values);
                }
            }
            (Work::Child { report, .. }, _) => {
                found.conclusion = report.as_ref().map(|r| r.conclusion.as_str().to_owned());
            }
            (Work::Consultation(work), _) => {
                let report = work.report.as_ref();
                found.conclusion = report.map(|r| r.conclusion.as_str().to_owned());
            }
            (
                Work::Form(_)
                | Work::Approval(_)
                | Work::Matching(_)
                | Work::Award(_)
                | Work::Agreement(_)
                | Work::Nothing,
                _,
            ) => {}
        }
        if !found.fields.is_empty() || found.conclusion.is_some() {
            evidence.push(found);
        }
    }
    Ok(evidence)
}

/// Puts back the requests that were being pinned when the decision was refused.
fn pinned(fields: &mut [AnsweredField], stage: &StageId, posted: Option<&Posted>) {
    for field in fields {
        let pin = format!("{PIN}{stage}-{}", field.name);
        field.pin = posted.map_or_else(String::new, |posted| posted.one(&pin).to_owned());
    }
}

/// The decision that was posted.
pub(super) fn decision(posted: &Posted) -> Preparing<Decision> {
    Ok(match posted.one("decision") {
        "approve" => Decision::Approve {
            comment: posted
                .some("comment")
                .map(|comment| text("comment", comment))
                .transpose()?,
        },
        "send-back" => {
            let to: StageId = super::name(posted.one("to"))?;
            let mut requests = Vec::new();
            for (field, asked) in posted.starting_with(&format!("{PIN}{to}-")) {
                requests.push(ChangeRequest {
                    field: Some(field.to_owned()),
                    text: text("requests", asked)?,
                });
            }
            if let Some(general) = posted.some("request") {
                requests.push(ChangeRequest {
                    field: None,
                    text: text("requests", general)?,
                });
            }
            Decision::SendBack { to, requests }
        }
        "reject" => Decision::Reject {
            reason: text("reason", posted.one("reason"))?,
        },
        "recuse" => Decision::Recuse {
            reason: text("reason", posted.one("recusal"))?,
        },
        _ => return Err(super::missing("decision").into()),
    })
}

/// How a decision is named when it was made.
pub(super) fn done(posted: &Posted) -> &'static str {
    match posted.one("decision") {
        "approve" => "approved",
        "send-back" => "sent-back",
        "reject" => "not-approved",
        _ => "recused",
    }
}
