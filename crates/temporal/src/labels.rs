//! What an operator finds and reads in Temporal's own pages: where an aggregate stands, without a name of a person and nothing of a device.

use crate::wire::Labels;
use naru_domain::case::Case;
use naru_domain::consultation::ConsultationPhase;
use naru_domain::feedback::RoundPhase;
use naru_domain::{OrganizationId, Role, State};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The labels of a state; accounts have none.
pub(crate) fn labels(state: &State) -> Option<Labels> {
    let mut labels = match state {
        State::Account(_) => return None,
        State::Organization(organization) => of([organization.id]),
        State::Device(device) => of([device.owner]),
        State::Case(case) => case_labels(case),
        State::Study(study) => Labels {
            stages: vec![study.stage.to_string()],
            state: Some(study.status().as_str().to_owned()),
            details: Some(format!("{} / {}", study.title.en, study.title.ko)),
            ..of([study.startup, study.hospital])
        },
        State::FeedbackRound(round) => Labels {
            stages: vec![round.stage.to_string()],
            state: Some(round_state(&round.phase).to_owned()),
            details: Some(format!("{} / {}", round.title.en, round.title.ko)),
            ..of([round.startup, round.hospital])
        },
        State::Consultation(consultation) => Labels {
            stages: vec![consultation.stage.to_string()],
            state: Some(consultation_state(&consultation.phase).to_owned()),
            details: Some(format!(
                "{} / {}",
                consultation.title.en, consultation.title.ko
            )),
            ..of([
                consultation.startup,
                consultation.hospital,
                consultation.consultancy,
            ])
        },
    };
    labels.print = print(&labels);
    Some(labels)
}

fn of(organizations: impl IntoIterator<Item = OrganizationId>) -> Labels {
    Labels {
        organizations: organizations.into_iter().map(|id| id.to_string()).collect(),
        ..Labels::default()
    }
}

fn case_labels(case: &Case) -> Labels {
    let parties = [case.startup, case.hospital];
    let parties = parties
        .into_iter()
        .chain(case.consultancies.iter().copied());
    let open = case.stages.iter().filter(|(_, stage)| stage.is_open());
    let over = case.status.is_over();
    Labels {
        pathway: Some(case.pathway.to_string()),
        stages: open
            .filter(|_| !over)
            .map(|(id, _)| id.to_string())
            .collect(),
        state: Some(case.status.as_str().to_owned()),
        reference: Some(case.id.reference()),
        details: Some(details(case)),
        ..of(parties)
    }
}

/// Where a case stands, a line for each stage that is open.
fn details(case: &Case) -> String {
    let mut text = format!(
        "{}, {}: {}",
        case.id.reference(),
        case.pathway,
        case.status.as_str()
    );
    let mut waiting: BTreeMap<_, Vec<Role>> = BTreeMap::new();
    let moves = case.moves();
    for one in &moves {
        waiting.entry(&one.stage).or_default().push(one.role);
    }
    for (id, roles) in waiting {
        let Some(stage) = case.stages.get(id) else {
            continue;
        };
        let roles: Vec<&str> = roles.into_iter().map(Role::as_str).collect();
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "\n{} / {}, waiting for {} since {:.0}",
            stage.title.en,
            stage.title.ko,
            roles.join(", "),
            stage.opened_at
        );
    }
    text
}

fn round_state(phase: &RoundPhase) -> &'static str {
    match phase {
        RoundPhase::Open => "open",
        RoundPhase::Ended => "ended",
        RoundPhase::Closed { .. } => "closed",
        RoundPhase::Withdrawn { .. } => "withdrawn",
    }
}

fn consultation_state(phase: &ConsultationPhase) -> &'static str {
    match phase {
        ConsultationPhase::Open => "open",
        ConsultationPhase::Closed { .. } => "closed",
        ConsultationPhase::Withdrawn { .. } => "withdrawn",
    }
}

/// The same on every worker; never 0, which stands for no labels.
fn print(labels: &Labels) -> u64 {
    let text = serde_json::to_vec(labels).unwrap_or_default();
    let hash = Sha256::digest(&text);
    let head = hash.iter().take(6);
    head.fold(0, |print, byte| print << 8 | u64::from(*byte)) | 1
}
