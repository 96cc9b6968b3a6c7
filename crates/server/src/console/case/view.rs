//! A case as the console shows it: whose move it is, and how each stage stands with the reader.

use super::super::reader::Reader;
use super::super::tone::Tone;
use jiff::Timestamp;
use naru_domain::CaseId;
use naru_domain::case::{Case, CaseStatus, Outcome, Progress};
use naru_domain::pathway::{Pathway, StageId, StageKind};
use std::sync::Arc;

/// Somebody's move.
#[derive(Clone, Debug)]
pub(in crate::console) struct Waiting {
    pub(in crate::console) stage: StageId,
    pub(in crate::console) title: String,
    /// The role that is waited for, in words.
    pub(in crate::console) role: String,
    /// Whether it is the reader's own move.
    pub(in crate::console) mine: bool,
    pub(in crate::console) since: Timestamp,
    pub(in crate::console) due_at: Option<Timestamp>,
}

impl Waiting {
    /// Every move of a case, the most urgent first.
    pub(in crate::console) fn all(reader: &Reader, case: &Case) -> Vec<Self> {
        let actor = reader.viewer.actor();
        let mut all: Vec<Self> = case
            .moves()
            .into_iter()
            .map(|waits| Self {
                title: stage_title(reader, case, &waits.stage),
                role: reader.role_name(waits.role),
                mine: actor.holds(waits.organization, waits.role),
                since: waits.since,
                due_at: waits.due_at,
                stage: waits.stage,
            })
            .collect();
        all.sort_by_key(|waits| (waits.due_at.is_none(), waits.due_at));
        all
    }
}

/// The pathway that a case is on.
pub(in crate::console) fn pathway_of<'a>(
    reader: &'a Reader,
    case: &Case,
) -> Option<&'a Arc<Pathway>> {
    reader
        .app()
        .reference()
        .pathways
        .by_hash(&case.pathway_hash)
}

/// What a stage is called in the reader's language.
pub(in crate::console) fn stage_title(reader: &Reader, case: &Case, stage: &StageId) -> String {
    let locale = reader.viewer.locale;
    if let Some(known) = case.stages.get(stage) {
        return known.title.in_locale(locale).to_owned();
    }
    let planned = pathway_of(reader, case).and_then(|pathway| pathway.stage(stage));
    planned.map_or_else(
        || stage.to_string(),
        |planned| planned.title.in_locale(locale).to_owned(),
    )
}

/// Where a stage is worked on.
pub(in crate::console) fn stage_address(case: CaseId, stage: &StageId) -> String {
    format!("/cases/{case}/stages/{stage}")
}

/// How a case that does not run stands.
pub(in crate::console) fn status_tone(status: &CaseStatus) -> Tone {
    match status {
        CaseStatus::Running => Tone::Wait,
        CaseStatus::Paused { .. } => Tone::Blocked,
        CaseStatus::Completed { .. } => Tone::Done,
        CaseStatus::Rejected { .. } => Tone::Late,
        CaseStatus::Canceled { .. } => Tone::Skipped,
    }
}

/// How somebody's move stands with the reader.
pub(in crate::console) fn tone_of(case: &Case, waits: &Waiting, reader: &Reader) -> Tone {
    let now = reader.app().clock().now();
    if matches!(case.status, CaseStatus::Paused { .. }) {
        Tone::Blocked
    } else if waits.due_at.is_some_and(|due| due <= now) {
        Tone::Late
    } else if waits.mine {
        Tone::Mine
    } else {
        Tone::Wait
    }
}

/// The word of pathway files for a kind of stage.
pub(in crate::console) fn kind_word(kind: &StageKind) -> &'static str {
    match kind {
        StageKind::Form(_) => "form",
        StageKind::Approval(_) => "approval",
        StageKind::Matching(_) => "matching",
        StageKind::UsabilityStudy(_) => "usability-study",
        StageKind::FeedbackRound(_) => "feedback-round",
        StageKind::Consultation(_) => "consultation",
        StageKind::Award(_) => "award",
        StageKind::Agreement(_) => "agreement",
    }
}

/// The move that a stage is shown with: the reader's own, or else the most urgent.
pub(in crate::console) fn shown_of<'a>(
    waiting: &'a [Waiting],
    stage: &StageId,
) -> Option<&'a Waiting> {
    let own = || waiting.iter().filter(|waits| waits.stage == *stage);
    own().find(|waits| waits.mine).or_else(|| own().next())
}

/// A stage of the pathway as the case has come.
#[derive(Clone, Debug)]
pub(in crate::console) struct StageView {
    pub(in crate::console) id: StageId,
    pub(in crate::console) title: String,
    pub(in crate::console) tone: Tone,
    /// How it stands, in a word or two.
    pub(in crate::console) state: String,
    /// A day that matters: when it ended or when it is due.
    pub(in crate::console) day: Option<String>,
    /// Whether the case has come there.
    pub(in crate::console) reached: bool,
    pub(in crate::console) over: bool,
    pub(in crate::console) href: String,
}

impl StageView {
    /// Every stage of the case's pathway, in its order.
    pub(in crate::console) fn all(
        reader: &Reader,
        case: &Case,
        day: impl Fn(Timestamp) -> String,
    ) -> Vec<Self> {
        let Some(pathway) = pathway_of(reader, case) else {
            return Vec::new();
        };
        let waiting = Waiting::all(reader, case);
        let stages = pathway.stages.iter();
        stages
            .map(|planned| {
                let mut view = Self::of(reader, case, &waiting, &planned.id, &day);
                view.title = stage_title(reader, case, &planned.id);
                view
            })
            .collect()
    }

    /// One stage, without its title.
    pub(in crate::console) fn of(
        reader: &Reader,
        case: &Case,
        waiting: &[Waiting],
        id: &StageId,
        day: impl Fn(Timestamp) -> String,
    ) -> Self {
        let words = reader.words;
        let mut view = Self {
            id: id.clone(),
            title: String::new(),
            tone: Tone::Idle,
            state: words.say("state.idle"),
            day: None,
            reached: false,
            over: false,
            href: stage_address(case.id, id),
        };
        let Some(stage) = case.stages.get(id) else {
            return view;
        };
        match stage.progress {
            Progress::Waiting => {}
            Progress::Over { outcome, at } => {
                view.reached = true;
                view.over = true;
                view.tone = match outcome {
                    Outcome::Skipped => Tone::Skipped,
                    Outcome::Rejected => Tone::Late,
                    Outcome::Submitted
                    | Outcome::Approved
                    | Outcome::Matched
                    | Outcome::Reported
                    | Outcome::Granted
                    | Outcome::Signed => Tone::Done,
                };
                view.state = words.say(&format!("outcome.{}", outcome.as_str()));
                view.day = (outcome != Outcome::Skipped).then(|| day(at));
            }
            Progress::Open => {
                view.reached = true;
                if let Some(waits) = shown_of(waiting, id) {
                    view.tone = tone_of(case, waits, reader);
                    view.state = if waits.mine {
                        words.say("whose.you")
                    } else {
                        waits.role.clone()
                    };
                    // The instant is the midnight after the day.
                    let due = waits
                        .due_at
                        .map(|at| at - jiff::SignedDuration::from_secs(1));
                    view.day = due.map(|at| words.with("until", [("day", day(at).into())]));
                } else {
                    view.tone = status_tone(&case.status);
                    view.state = words.say(&format!("status.{}", case.status.as_str()));
                }
            }
        }
        view
    }
}
