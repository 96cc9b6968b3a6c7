//! A small pathway with a stage of every kind.

use super::scene::{say, stage_id, words};
use crate::Role;
use crate::pathway::*;

fn planned(name: &str, needs: &[&str], owner: Role, step: Step, kind: StageKind) -> Stage_ {
    Stage_ {
        id: stage_id(name),
        title: words(name),
        guidance: None,
        step,
        needs: needs.iter().map(|need| stage_id(need)).collect(),
        when: None,
        owner,
        due: None,
        reminders: Vec::new(),
        escalation: Vec::new(),
        kind,
    }
}

type Stage_ = crate::pathway::Stage;

fn due(mut stage: Stage_, days: u16, reminders: &[u16], escalations: &[u16]) -> Stage_ {
    stage.due = Some(Due::WorkingDays(days));
    stage.reminders = reminders
        .iter()
        .map(|days| Reminder {
            working_days_before: *days,
        })
        .collect();
    stage.escalation = escalations
        .iter()
        .map(|days| Escalation {
            working_days_after: *days,
            to: Role::Director,
        })
        .collect();
    stage
}

fn only_overseas(mut stage: Stage_) -> Stage_ {
    stage.when = Some(overseas());
    stage
}

fn overseas() -> Condition {
    Condition::Equals {
        field: "intake.overseas".to_owned(),
        value: Value::Boolean(true),
    }
}

fn field(name: &str, required: bool, when: Option<Condition>, kind: FieldKind) -> Field {
    Field {
        name: name.to_owned(),
        label: words(name),
        help: None,
        required,
        when,
        kind,
    }
}

fn option(value: &str) -> Option_ {
    Option_ {
        value: value.to_owned(),
        label: words(value),
    }
}

fn intake() -> FormStage {
    let options = || vec![option("one"), option("two"), option("three")];
    let partner = Condition::Equals {
        field: "intake.country".to_owned(),
        value: say("GB"),
    };
    let kinds = [
        ("about", FieldKind::LongText { max_length: 200 }),
        (
            "risks",
            FieldKind::Integer {
                min: Some(0),
                max: Some(10),
            },
        ),
        (
            "budget",
            FieldKind::AmountKrw {
                min: Some(0),
                max: None,
            },
        ),
        ("from", FieldKind::Date),
        ("to", FieldKind::Date),
        ("class", FieldKind::Choice { options: options() }),
        (
            "sites",
            FieldKind::Choices {
                options: options(),
                min: 2,
            },
        ),
        ("manual", FieldKind::Document),
        ("tax", FieldKind::BusinessNumber),
        ("contact", FieldKind::Email),
    ];
    let optional = kinds.map(|(name, kind)| field(name, false, None, kind));
    let needed = [
        field("name", true, None, FieldKind::Text { max_length: 20 }),
        field("overseas", true, None, FieldKind::Boolean),
        field("country", true, Some(overseas()), FieldKind::Country),
        field(
            "partner",
            true,
            Some(partner),
            FieldKind::Text { max_length: 20 },
        ),
    ];
    FormStage {
        fields: needed.into_iter().chain(optional).collect(),
        rules: vec![Rule {
            field: "to".to_owned(),
            must: Condition::Any(vec![
                Condition::Not(Box::new(Condition::Answered {
                    field: "intake.to".to_owned(),
                })),
                Condition::OnOrAfter {
                    field: "intake.to".to_owned(),
                    bound: "intake.from".to_owned(),
                },
            ]),
            message: words("The end comes after the beginning."),
        }],
    }
}

fn one_field() -> StageKind {
    StageKind::Form(FormStage {
        fields: vec![field(
            "text",
            true,
            None,
            FieldKind::LongText { max_length: 500 },
        )],
        rules: Vec::new(),
    })
}

fn approval(seats: &[(&str, Role)], approvals_needed: u16, send_back_to: &[&str]) -> StageKind {
    StageKind::Approval(ApprovalStage {
        seats: seats
            .iter()
            .map(|(name, role)| Seat {
                id: (*name).to_owned(),
                title: words(name),
                role: *role,
            })
            .collect(),
        approvals_needed,
        send_back_to: send_back_to.iter().map(|to| stage_id(to)).collect(),
    })
}

/// intake → screening → people → (usability, feedback, advice if overseas) → report → decision → award → agreement → after if overseas;
/// beside screening, safety decides on the intake as well.
pub(super) fn pathway() -> Pathway {
    let stages = [until_people(), beside_each_other(), from_report()].concat();
    Pathway {
        id: "small".parse().unwrap(),
        version: 1,
        title: words("Small"),
        summary: words("A small pathway."),
        programme: Programme {
            host: words("Hospital"),
            sites: Vec::new(),
            facts: Vec::new(),
        },
        calendar: "kr".to_owned(),
        stages,
    }
}

fn until_people() -> Vec<Stage_> {
    use Role::{AwardCommittee, Coordinator, Director, StartupMember};
    let screening = approval(
        &[
            ("office", Coordinator),
            ("director", Director),
            ("committee", AwardCommittee),
        ],
        2,
        &["intake"],
    );
    let safety = approval(
        &[("investigator", Role::PrincipalInvestigator)],
        1,
        &["intake"],
    );
    vec![
        due(
            planned(
                "intake",
                &[],
                StartupMember,
                Step::Intake,
                StageKind::Form(intake()),
            ),
            5,
            &[1, 0],
            &[1, 3],
        ),
        due(
            planned(
                "screening",
                &["intake"],
                Coordinator,
                Step::Intake,
                screening,
            ),
            10,
            &[2],
            &[1],
        ),
        planned(
            "safety",
            &["intake"],
            Role::PrincipalInvestigator,
            Step::Intake,
            safety,
        ),
        due(
            planned(
                "people",
                &["screening", "safety"],
                Coordinator,
                Step::PiMatch,
                matching(),
            ),
            10,
            &[],
            &[],
        ),
    ]
}

fn beside_each_other() -> Vec<Stage_> {
    vec![
        planned(
            "usability",
            &["people"],
            Role::UsabilityManager,
            Step::Usability,
            study(),
        ),
        planned(
            "feedback",
            &["people"],
            Role::Coordinator,
            Step::ClinFeedback,
            round(),
        ),
        only_overseas(planned(
            "advice",
            &["people"],
            Role::Consultant,
            Step::RegConsult,
            advice(),
        )),
    ]
}

fn from_report() -> Vec<Stage_> {
    use Role::{AwardCommittee, Coordinator, Director, StartupMember};
    let decision = approval(
        &[
            ("first", AwardCommittee),
            ("second", AwardCommittee),
            ("director", Director),
        ],
        2,
        &["intake", "report"],
    );
    vec![
        planned(
            "report",
            &["usability", "feedback", "advice"],
            Coordinator,
            Step::Award,
            one_field(),
        ),
        planned(
            "decision",
            &["report"],
            AwardCommittee,
            Step::Award,
            decision,
        ),
        planned("award", &["decision"], AwardCommittee, Step::Award, award()),
        planned(
            "agreement",
            &["award"],
            Coordinator,
            Step::Award,
            agreement(),
        ),
        only_overseas(planned(
            "after",
            &["agreement"],
            StartupMember,
            Step::Overseas,
            one_field(),
        )),
    ]
}

fn matching() -> StageKind {
    StageKind::Matching(MatchingStage {
        wanted: vec![
            Wanted {
                role: MatchRole::PrincipalInvestigator,
                count: 1,
            },
            Wanted {
                role: MatchRole::Clinician,
                count: 1,
            },
        ],
        answer_within: Due::WorkingDays(5),
    })
}

fn study() -> StageKind {
    StageKind::UsabilityStudy(UsabilityStage {
        summative: true,
        participants_per_group: 5,
        groups: vec![option("nurses")],
        tasks: vec![StudyTask {
            id: "attach".to_owned(),
            title: words("Attach the patch"),
            critical: true,
        }],
    })
}

fn round() -> StageKind {
    StageKind::FeedbackRound(FeedbackStage {
        questionnaire: "clinician-feedback".to_owned(),
        anonymity_threshold: 3,
        answers_needed: 3,
        open_for: Due::WorkingDays(10),
        remind_after_working_days: vec![3],
    })
}

fn advice() -> StageKind {
    StageKind::Consultation(ConsultationStage {
        about: ConsultationKind::Regulatory,
        asks: vec![words("Which class?")],
    })
}

fn award() -> StageKind {
    StageKind::Award(AwardStage {
        min_krw: 40_000_000,
        max_krw: 50_000_000,
        milestones_min: 1,
        report_required: true,
    })
}

fn agreement() -> StageKind {
    let signer = |name: &str, role| Signer {
        id: name.to_owned(),
        role,
        meaning: words("agrees"),
    };
    StageKind::Agreement(AgreementStage {
        signers: vec![
            signer("startup", Role::StartupAdmin),
            signer("hospital", Role::Director),
        ],
    })
}
