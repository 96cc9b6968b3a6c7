//! Every pathway that comes with the product, from end to end.

use jiff::Timestamp;
use naru_domain::Locale;
use naru_domain::calendar::Calendars;
use naru_domain::feedback::Questionnaires;
use naru_domain::pathway::{
    Catalog, FieldKind, Happening, Pathway, PathwayHash, StageKind, Transcript, simulate,
};
use std::collections::{BTreeMap, BTreeSet};

fn shipped() -> (Calendars, Questionnaires, Catalog) {
    let calendars = Calendars::shipped();
    let questionnaires = Questionnaires::shipped().unwrap();
    let names = questionnaires.all().map(|q| q.id.clone()).collect();
    let catalog = Catalog::shipped(&calendars, &names).unwrap();
    (calendars, questionnaires, catalog)
}

/// Every shipped pathway with its transcript from that moment on.
fn played(start: &str) -> Vec<(Pathway, Transcript)> {
    let (calendars, questionnaires, catalog) = shipped();
    let start: Timestamp = start.parse().unwrap();
    let play = |(hash, pathway): (&PathwayHash, &std::sync::Arc<Pathway>)| {
        let transcript = simulate(pathway, hash, &calendars, &questionnaires, start);
        (Pathway::clone(pathway), transcript)
    };
    catalog.all_newest().map(play).collect()
}

#[test]
fn every_shipped_pathway_runs_to_its_end_from_any_season() {
    for start in [
        "2026-01-02T01:00:00Z",
        "2026-09-21T01:00:00Z",
        "2026-12-31T14:59:59Z",
    ] {
        for (pathway, transcript) in played(start) {
            assert!(
                transcript.completed(),
                "{}:\n{}",
                pathway.id,
                transcript.text(Locale::En)
            );
        }
    }
}

#[test]
fn the_same_start_gives_the_same_transcript() {
    assert_eq!(
        played("2026-03-03T01:00:00Z"),
        played("2026-03-03T01:00:00Z")
    );
}

#[test]
fn every_stage_opens_or_is_passed_by_and_all_that_opens_ends() {
    for (pathway, transcript) in played("2026-03-03T01:00:00Z") {
        let mut opened = BTreeSet::new();
        let mut over = BTreeSet::new();
        for moment in &transcript.moments {
            match &moment.what {
                Happening::StageOpened { stage, .. } => {
                    assert!(opened.insert(stage.clone()), "{stage} opened twice");
                }
                Happening::StageOver { stage, .. } => {
                    assert!(opened.contains(stage), "{stage} ended before it opened");
                    over.insert(stage.clone());
                }
                Happening::StageSkipped { stage, .. } => {
                    opened.insert(stage.clone());
                    over.insert(stage.clone());
                }
                Happening::CaseOpened
                | Happening::CaseCompleted
                | Happening::Reminded { .. }
                | Happening::Escalated { .. } => {}
            }
        }
        let all: BTreeSet<_> = pathway
            .stages
            .iter()
            .map(|stage| stage.id.clone())
            .collect();
        assert_eq!(opened, all, "{}", pathway.id);
        assert_eq!(over, all, "{}", pathway.id);
    }
}

#[test]
fn every_reminder_goes_out_and_nobody_is_told_of_work_done_in_time() {
    for (pathway, transcript) in played("2026-03-03T01:00:00Z") {
        let mut planned: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        let mut sent: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for moment in &transcript.moments {
            match &moment.what {
                Happening::StageOpened {
                    stage,
                    due: Some(due),
                    ..
                } if !due.reminders.is_empty() => {
                    planned.insert(stage, due.reminders.iter().copied().collect());
                }
                Happening::Reminded { stage, .. } => {
                    sent.entry(stage).or_default().insert(moment.local.date());
                }
                Happening::Escalated { stage, .. } => {
                    panic!("{}: {stage} was late", pathway.id);
                }
                Happening::StageOpened { .. }
                | Happening::StageSkipped { .. }
                | Happening::StageOver { .. }
                | Happening::CaseOpened
                | Happening::CaseCompleted => {}
            }
        }
        assert_eq!(planned, sent, "{}", pathway.id);
    }
}

#[test]
fn every_due_day_is_a_working_day_after_the_opening() {
    let calendars = Calendars::shipped();
    for (pathway, transcript) in played("2026-09-21T01:00:00Z") {
        let calendar = calendars.get(&pathway.calendar).unwrap();
        for moment in &transcript.moments {
            if let Happening::StageOpened {
                due: Some(due),
                stage,
                ..
            } = &moment.what
            {
                assert!(calendar.is_working_day(due.on), "{}: {stage}", pathway.id);
                assert!(moment.local.date() < due.on, "{}: {stage}", pathway.id);
                assert!(due.escalations.iter().all(|(day, _)| due.on < *day));
                assert!(due.reminders.iter().all(|day| *day <= due.on));
            }
        }
    }
}

#[test]
fn everything_a_person_reads_is_there_in_both_languages() {
    let (_, _, catalog) = shipped();
    let mut count = 0;
    for (_, pathway) in catalog.all_newest() {
        count += 1;
        let mut all = vec![&pathway.title, &pathway.summary, &pathway.programme.host];
        all.extend(&pathway.programme.sites);
        for stage in &pathway.stages {
            all.push(&stage.title);
            all.extend(&stage.guidance);
            match &stage.kind {
                StageKind::Form(form) => {
                    all.extend(form.rules.iter().map(|rule| &rule.message));
                    for field in &form.fields {
                        all.push(&field.label);
                        all.extend(&field.help);
                        if let FieldKind::Choice { options } | FieldKind::Choices { options, .. } =
                            &field.kind
                        {
                            all.extend(options.iter().map(|option| &option.label));
                        }
                    }
                }
                StageKind::Approval(approval) => {
                    all.extend(approval.seats.iter().map(|seat| &seat.title));
                }
                StageKind::UsabilityStudy(study) => {
                    all.extend(study.groups.iter().map(|group| &group.label));
                    all.extend(study.tasks.iter().map(|task| &task.title));
                }
                StageKind::Consultation(consultation) => all.extend(&consultation.asks),
                StageKind::Agreement(agreement) => {
                    all.extend(agreement.signers.iter().map(|signer| &signer.meaning));
                }
                StageKind::Matching(_) | StageKind::FeedbackRound(_) | StageKind::Award(_) => {}
            }
        }
        for words in all {
            assert!(!words.en.trim().is_empty(), "{words:?}");
            assert!(
                words.ko.chars().any(|c| ('가'..='힣').contains(&c)) || words.ko == words.en,
                "{words:?}"
            );
        }
    }
    assert!(0 < count);
}
