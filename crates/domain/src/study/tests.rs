//! The rules of a usability study.

use super::{
    Outcome, RootCause, Session, Study, StudyCommand, StudyEnd, StudyEvent, StudyRejection,
    StudyStatus, TaskResult, TaskSummary,
};
use crate::case::{CaseCommand, StageReport};
use crate::given::{Given, NOW, at, given, id, person, text};
use crate::pathway::{Option_, StageId, StudyTask};
use crate::{
    AccountId, Actor, Aggregate, AggregateId, Command, CommonRejection, Effect, EffectId, Locale,
    OrganizationId, Rejection, Role, StudyId, TypedId, Words,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const STUDY: u128 = 0x5;

fn hospital() -> OrganizationId {
    id(0xa)
}

fn startup() -> OrganizationId {
    id(0xb)
}

fn manager() -> Actor {
    person(1, &[(hospital(), Role::UsabilityManager)])
}

fn by() -> AccountId {
    id(1)
}

fn case() -> Actor {
    Actor::message(EffectId {
        aggregate: AggregateId::Case(id(0xc)),
        version: 3,
        position: 0,
    })
}

fn words(en: &str, ko: &str) -> Words {
    Words {
        en: en.to_owned(),
        ko: ko.to_owned(),
    }
}

fn task(id: &str, critical: bool) -> StudyTask {
    StudyTask {
        id: id.to_owned(),
        title: words("Do it", "수행하기"),
        critical,
    }
}

fn group(value: &str) -> Option_ {
    Option_ {
        value: value.to_owned(),
        label: words("Users", "사용자"),
    }
}

fn open_command(summative: bool) -> StudyCommand {
    StudyCommand::Open {
        case: id(0xc),
        stage: text("usability"),
        round: 2,
        startup: startup(),
        hospital: hospital(),
        device: id(0xd),
        title: words("Usability", "사용적합성 평가"),
        summative,
        participants_per_group: 2,
        groups: vec![group("nurse"), group("doctor")],
        tasks: vec![task("power-on", false), task("set-alarm", true)],
    }
}

fn opened(summative: bool) -> StudyEvent {
    StudyEvent::Opened {
        id: StudyId::from_uuid(uuid::Uuid::from_u128(STUDY)),
        case: id(0xc),
        stage: text("usability"),
        round: 2,
        startup: startup(),
        hospital: hospital(),
        device: id(0xd),
        title: words("Usability", "사용적합성 평가"),
        summative,
        participants_per_group: 2,
        groups: vec![group("nurse"), group("doctor")],
        tasks: vec![task("power-on", false), task("set-alarm", true)],
        at: at(NOW),
    }
}

fn result(task: &str, outcome: Outcome) -> TaskResult {
    TaskResult {
        task: task.to_owned(),
        outcome,
        assisted: false,
        seconds: None,
        note: None,
        root_cause: None,
    }
}

fn session(participant: &str, group: &str, outcomes: [Outcome; 2]) -> Session {
    Session {
        participant: text(participant),
        group: group.to_owned(),
        results: vec![
            result("power-on", outcomes[0]),
            result("set-alarm", outcomes[1]),
        ],
        sus: None,
        moderated_on: date(2026, 3, 2),
    }
}

fn record(session: Session) -> StudyCommand {
    StudyCommand::RecordSession {
        participant: session.participant,
        group: session.group,
        results: session.results,
        sus: session.sus,
        moderated_on: session.moderated_on,
    }
}

fn correct(session: Session, reason: &str) -> StudyCommand {
    StudyCommand::CorrectSession {
        participant: session.participant,
        group: session.group,
        results: session.results,
        sus: session.sus,
        moderated_on: session.moderated_on,
        reason: text(reason),
    }
}

fn remove(participant: &str) -> StudyCommand {
    StudyCommand::RemoveSession {
        participant: text(participant),
        reason: text("consent withdrawn"),
    }
}

fn close(residual_risk: Option<&str>, short_sample_reason: Option<&str>) -> StudyCommand {
    StudyCommand::Close {
        conclusion: text("The interface is safe to use."),
        residual_risk: residual_risk.map(text),
        short_sample_reason: short_sample_reason.map(text),
    }
}

fn recorded(session: Session) -> StudyEvent {
    StudyEvent::SessionRecorded {
        session,
        by: by(),
        at: at(NOW),
    }
}

fn study(events: &[StudyEvent]) -> Given<Study> {
    given(id::<StudyId>(STUDY), events)
}

/// Two participants in each group without findings.
fn full(summative: bool) -> Vec<StudyEvent> {
    let good = [Outcome::Success; 2];
    vec![
        opened(summative),
        recorded(session("P01", "nurse", good)),
        recorded(session("P02", "nurse", good)),
        recorded(session("P03", "doctor", good)),
        recorded(session("P04", "doctor", good)),
    ]
}

fn refused(rejection: StudyRejection) -> Result<Vec<StudyEvent>, Rejection> {
    Err(rejection.into())
}

#[test]
fn only_a_message_of_the_case_opens_a_study_and_only_once() {
    let nothing = study(&[]);
    let open = open_command(true);
    assert_eq!(nothing.when(&open, &case()), Ok(vec![opened(true)]));
    assert_eq!(
        nothing.when(&open, &manager()),
        Err(CommonRejection::NotAllowed.into())
    );
    assert_eq!(
        study(&[opened(true)]).when(&open, &case()),
        Err(CommonRejection::AlreadyExists.into())
    );
    assert_eq!(
        nothing.when(&remove("P01"), &manager()),
        Err(CommonRejection::NotFound.into())
    );
}

#[test]
fn the_hospitals_usability_manager_coordinator_and_pi_run_it_and_nobody_else() {
    let study = study(&[opened(true)]);
    let command = record(session("P01", "nurse", [Outcome::Success; 2]));
    for role in [
        Role::UsabilityManager,
        Role::Coordinator,
        Role::PrincipalInvestigator,
    ] {
        assert!(
            study
                .when(&command, &person(1, &[(hospital(), role)]))
                .is_ok()
        );
    }
    let not_allowed = Err(CommonRejection::NotAllowed.into());
    for (organization, role) in [
        (hospital(), Role::Clinician),
        (hospital(), Role::Director),
        (startup(), Role::StartupAdmin),
    ] {
        let actor = person(1, &[(organization, role)]);
        assert_eq!(study.when(&command, &actor), not_allowed, "{role:?}");
    }
    let elsewhere = person(1, &[(id(0xe), Role::UsabilityManager)]);
    let not_found = Err(CommonRejection::NotFound.into());
    assert_eq!(study.when(&command, &elsewhere), not_found);
    assert_eq!(study.when(&command, &case()), not_found);
    assert_eq!(study.when(&command, &Actor::clock()), not_found);
}

#[test]
fn a_task_joins_the_protocol_until_the_first_session() {
    let add = |id: &str| StudyCommand::AddTask {
        task: task(id, true),
    };
    let planned = study(&[opened(false)]);
    assert_eq!(
        planned.when(&add("clean"), &manager()),
        Ok(vec![StudyEvent::TaskAdded {
            task: task("clean", true),
            by: by(),
            at: at(NOW)
        }])
    );
    assert_eq!(
        planned.when(&add("set-alarm"), &manager()),
        refused(StudyRejection::TaskExists {
            id: "set-alarm".into()
        })
    );
    for bad in ["", "Clean", "세척", "a b"] {
        assert_eq!(
            planned.when(&add(bad), &manager()),
            refused(StudyRejection::BadTaskId { id: bad.into() })
        );
    }
    let mut unnamed = task("clean", true);
    unnamed.title.ko = " ".to_owned();
    let rejection = planned
        .when(&StudyCommand::AddTask { task: unnamed }, &manager())
        .unwrap_err();
    assert_eq!(rejection.field().as_deref(), Some("task.title.ko"));

    let mut recording = study(&full(false));
    assert_eq!(
        recording.when(&add("clean"), &manager()),
        refused(StudyRejection::ProtocolFixed)
    );
    for participant in ["P01", "P02", "P03", "P04"] {
        recording.submit(&remove(participant), &manager()).unwrap();
    }
    assert_eq!(
        recording.when(&add("clean"), &manager()),
        refused(StudyRejection::ProtocolFixed)
    );
}

#[test]
fn a_participant_is_a_code_in_upper_case_and_never_a_name() {
    let study = study(&[opened(true)]);
    let with = |code: &str| {
        study.when(
            &record(session(code, "nurse", [Outcome::Success; 2])),
            &manager(),
        )
    };
    for code in ["P01", "p01", "NRS000012", "D9"] {
        let Ok(events) = with(code) else {
            panic!("{code}")
        };
        let stored = session(&code.to_uppercase(), "nurse", [Outcome::Success; 2]);
        assert_eq!(events, [recorded(stored)]);
    }
    for name in [
        "Kim",
        "김하늘",
        "김01",
        "01",
        "P-01",
        "PARTI1",
        "P1234567",
        "P 1",
        "P1a",
    ] {
        assert_eq!(
            with(name),
            refused(StudyRejection::BadParticipantCode),
            "{name}"
        );
    }
}

#[test]
fn a_participant_has_one_session() {
    let study = study(&full(true));
    for code in ["P01", "p01"] {
        assert_eq!(
            study.when(
                &record(session(code, "doctor", [Outcome::Success; 2])),
                &manager()
            ),
            refused(StudyRejection::ParticipantRecorded {
                participant: "P01".into()
            })
        );
    }
}

#[test]
fn a_session_names_a_known_group_and_every_task_once_and_keeps_their_order() {
    let study = study(&[opened(true)]);
    let when = |change: fn(&mut Session)| {
        let mut session = session("P01", "nurse", [Outcome::Success; 2]);
        change(&mut session);
        study.when(&record(session), &manager())
    };
    assert_eq!(
        when(|s| s.group = "patient".into()),
        refused(StudyRejection::UnknownGroup {
            group: "patient".into(),
            known: "nurse, doctor".into()
        })
    );
    assert_eq!(
        when(|s| s.results[0].task = "clean".into()),
        refused(StudyRejection::UnknownTask {
            task: "clean".into(),
            known: "power-on, set-alarm".into()
        })
    );
    assert_eq!(
        when(|s| s.results[1].task = "power-on".into()),
        refused(StudyRejection::TaskTwice {
            task: "power-on".into()
        })
    );
    assert_eq!(
        when(|s| s.results.truncate(1)),
        refused(StudyRejection::TasksMissing {
            tasks: "set-alarm".into()
        })
    );
    assert_eq!(
        when(|s| s.results.reverse()),
        Ok(vec![recorded(session(
            "P01",
            "nurse",
            [Outcome::Success; 2]
        ))])
    );
}

#[test]
fn a_study_without_tasks_records_nothing() {
    let mut event = opened(true);
    if let StudyEvent::Opened { tasks, .. } = &mut event {
        tasks.clear();
    }
    assert_eq!(
        study(&[event]).when(
            &record(session("P01", "nurse", [Outcome::Success; 2])),
            &manager()
        ),
        refused(StudyRejection::NoTasks)
    );
}

#[test]
fn impossible_times_and_sus_answers_are_refused() {
    let study = study(&[opened(true)]);
    let with = |seconds: Option<u32>, sus: Option<Vec<u8>>| {
        let mut session = session("P01", "nurse", [Outcome::Success; 2]);
        session.results[1].seconds = seconds;
        session.sus = sus;
        study.when(&record(session), &manager())
    };
    for seconds in [0, 86_401, u32::MAX] {
        let task = "set-alarm".to_owned();
        assert_eq!(
            with(Some(seconds), None),
            refused(StudyRejection::BadTime { task })
        );
    }
    assert!(with(Some(1), None).is_ok() && with(Some(86_400), None).is_ok());
    for sus in [
        vec![],
        vec![3; 9],
        vec![3; 11],
        vec![6; 10],
        vec![0, 3, 3, 3, 3, 3, 3, 3, 3, 3],
    ] {
        assert_eq!(with(None, Some(sus)), refused(StudyRejection::BadSus));
    }
    assert!(with(None, Some(vec![5, 1, 5, 1, 5, 1, 5, 1, 5, 1])).is_ok());
}

#[test]
fn a_session_took_place_on_a_day_that_has_begun_somewhere_and_not_long_ago() {
    let when = |now: &str, day: Date| {
        let mut session = session("P01", "nurse", [Outcome::Success; 2]);
        session.moderated_on = day;
        study(&[opened(true)])
            .at(at(now))
            .when(&record(session), &manager())
    };
    // 09:00 in Seoul is midnight of the same day in UTC.
    assert!(when("2026-03-03T00:00:00Z", date(2026, 3, 3)).is_ok());
    assert!(when("2026-03-02T15:30:00Z", date(2026, 3, 3)).is_ok());
    // On Kiritimati the day begins fourteen hours before UTC.
    assert!(when("2026-03-02T10:00:00Z", date(2026, 3, 3)).is_ok());
    assert!(when("2026-03-02T09:59:59Z", date(2026, 3, 3)).is_err());
    assert_eq!(
        when("2026-03-03T00:00:00Z", date(2026, 3, 4)),
        refused(StudyRejection::DateInFuture {
            date: "2026-03-04".into()
        })
    );
    assert!(when(NOW, Date::MAX).is_err());
    assert!(when(NOW, date(2016, 1, 1)).is_ok());
    assert_eq!(
        when(NOW, date(2015, 12, 31)),
        refused(StudyRejection::DateTooOld {
            date: "2015-12-31".into()
        })
    );
    assert!(when(NOW, Date::MIN).is_err());
}

#[test]
fn a_correction_replaces_the_session_and_the_old_one_stays_in_the_trail() {
    let mut study = study(&full(true));
    let before = session("P01", "nurse", [Outcome::Success; 2]);
    let after = session("P01", "nurse", [Outcome::Success, Outcome::CloseCall]);
    assert_eq!(
        study.submit(&correct(after.clone(), "video review"), &manager()),
        Some(vec![StudyEvent::SessionCorrected {
            session: after.clone(),
            reason: text("video review"),
            by: by(),
            at: at(NOW),
        }])
    );
    let entry = &study.state().sessions[&text("P01")];
    assert_eq!(entry.session, after);
    assert_eq!(entry.corrections.len(), 1);
    assert_eq!(entry.corrections[0].before, before);
    assert_eq!(entry.corrections[0].reason, text("video review"));

    assert_eq!(
        study.when(&correct(after, "again"), &manager()),
        Ok(Vec::new())
    );
    let unknown = session("P09", "nurse", [Outcome::Success; 2]);
    assert_eq!(
        study.when(&correct(unknown, "typo"), &manager()),
        refused(StudyRejection::UnknownParticipant {
            participant: "P09".into()
        })
    );
    let mut bad = session("P01", "nurse", [Outcome::Success; 2]);
    bad.results.pop();
    assert!(study.when(&correct(bad, "typo"), &manager()).is_err());
}

#[test]
fn a_removed_session_no_longer_counts_but_stays_in_the_trail_and_frees_the_code() {
    let mut study = study(&full(true));
    study.submit(&remove("p01"), &manager()).unwrap();
    assert_eq!(study.state().results().overall.participants, 3);
    let removed = &study.state().removed[0];
    assert_eq!(
        removed.recorded.session,
        session("P01", "nurse", [Outcome::Success; 2])
    );
    assert_eq!(removed.reason, text("consent withdrawn"));
    assert_eq!(
        study.when(&remove("P01"), &manager()),
        refused(StudyRejection::UnknownParticipant {
            participant: "P01".into()
        })
    );
    let again = record(session("P01", "doctor", [Outcome::Success; 2]));
    assert!(study.submit(&again, &manager()).is_some());
}

#[test]
fn closing_needs_the_planned_participants_of_each_group_or_a_reason() {
    let mut short = study(&full(true)[..4]);
    assert_eq!(
        short.when(&close(None, None), &manager()),
        refused(StudyRejection::SampleShort {
            groups: "doctor 1/2".into()
        })
    );
    assert_eq!(
        study(&[opened(true)]).when(&close(None, Some("nobody came")), &manager()),
        refused(StudyRejection::NothingRecorded)
    );
    let closed = short
        .submit(&close(None, Some("rare specialty")), &manager())
        .unwrap();
    assert_eq!(
        closed,
        [StudyEvent::Closed {
            conclusion: text("The interface is safe to use."),
            residual_risk: None,
            short_sample_reason: Some(text("rare specialty")),
            by: by(),
            at: at(NOW),
        }]
    );
}

#[test]
fn a_summative_study_closes_once_every_finding_has_a_root_cause_and_its_risk_is_decided() {
    for outcome in [
        Outcome::UseError,
        Outcome::CloseCall,
        Outcome::SuccessWithDifficulty,
    ] {
        let mut study = study(&full(true));
        let mut finding = session("P03", "doctor", [Outcome::Success, outcome]);
        study
            .submit(&correct(finding.clone(), "video review"), &manager())
            .unwrap();
        assert_eq!(
            study.when(&close(Some("acceptable"), None), &manager()),
            refused(StudyRejection::RootCauseMissing {
                findings: "P03 set-alarm".into()
            })
        );
        finding.results[1].root_cause = Some(RootCause::UserInterface);
        study
            .submit(&correct(finding, "root cause found"), &manager())
            .unwrap();
        assert_eq!(
            study.when(&close(None, None), &manager()),
            refused(StudyRejection::ResidualRiskMissing)
        );
        assert!(
            study
                .when(&close(Some("acceptable"), None), &manager())
                .is_ok()
        );
    }
    for outcome in [Outcome::NotAttempted, Outcome::TestArtefact] {
        let mut study = study(&full(true));
        let spoiled = session("P03", "doctor", [Outcome::Success, outcome]);
        study
            .submit(&correct(spoiled, "video review"), &manager())
            .unwrap();
        assert!(study.when(&close(None, None), &manager()).is_ok());
    }
}

#[test]
fn a_formative_study_closes_without_root_causes() {
    let mut study = study(&full(false));
    let finding = session("P03", "doctor", [Outcome::Success, Outcome::UseError]);
    study
        .submit(&correct(finding, "video review"), &manager())
        .unwrap();
    assert!(study.when(&close(None, None), &manager()).is_ok());
}

#[test]
fn closing_reports_to_the_stage_and_nothing_else_has_effects() {
    let mut study = study(&full(true));
    let closed = study.submit(&close(None, None), &manager()).unwrap();
    assert_eq!(
        study.state().effects(&closed[0]),
        [Effect::Deliver {
            to: AggregateId::Case(id(0xc)),
            command: Box::new(Command::Case(CaseCommand::ReportStage {
                stage: text::<StageId>("usability"),
                round: 2,
                summary: StageReport {
                    conclusion: text("The interface is safe to use."),
                    evidence: AggregateId::Study(id(STUDY)),
                },
            })),
        }]
    );
    for event in full(true) {
        assert_eq!(study.state().effects(&event), []);
    }
    assert_eq!(study.state().next_wakeup(), None);
}

#[test]
fn a_closed_study_is_read_only_and_answers_the_case_without_a_change() {
    let mut study = study(&full(true));
    study.submit(&close(None, None), &manager()).unwrap();
    assert_eq!(study.state().status(), StudyStatus::Closed);
    for command in [
        record(session("P05", "nurse", [Outcome::Success; 2])),
        correct(session("P01", "nurse", [Outcome::UseError; 2]), "late"),
        remove("P01"),
        close(None, None),
        StudyCommand::AddTask {
            task: task("clean", true),
        },
    ] {
        assert_eq!(
            study.when(&command, &manager()),
            refused(StudyRejection::Closed)
        );
    }
    let reason = text("case canceled");
    for message in [
        StudyCommand::Withdraw { reason },
        StudyCommand::Suspend,
        StudyCommand::Resume,
    ] {
        assert_eq!(study.when(&message, &case()), Ok(Vec::new()));
    }
}

#[test]
fn a_withdrawn_study_is_read_only() {
    let mut study = study(&full(true));
    let withdraw = StudyCommand::Withdraw {
        reason: text("case canceled"),
    };
    assert_eq!(
        study.when(&withdraw, &manager()),
        Err(CommonRejection::NotAllowed.into())
    );
    study.submit(&withdraw, &case()).unwrap();
    assert_eq!(study.state().status(), StudyStatus::Withdrawn);
    assert!(matches!(
        study.state().end,
        Some(StudyEnd::Withdrawn { .. })
    ));
    assert_eq!(
        study.when(&close(None, None), &manager()),
        refused(StudyRejection::Withdrawn)
    );
    assert_eq!(study.when(&withdraw, &case()), Ok(Vec::new()));
}

#[test]
fn while_the_case_is_paused_nothing_is_recorded() {
    let mut study = study(&full(true));
    assert_eq!(study.state().status(), StudyStatus::Recording);
    assert_eq!(
        study.when(&StudyCommand::Suspend, &manager()),
        Err(CommonRejection::NotAllowed.into())
    );
    study.submit(&StudyCommand::Suspend, &case()).unwrap();
    assert_eq!(study.state().status(), StudyStatus::Suspended);
    assert_eq!(
        study.when(&close(None, None), &manager()),
        refused(StudyRejection::Suspended)
    );
    assert_eq!(study.when(&StudyCommand::Suspend, &case()), Ok(Vec::new()));
    study.submit(&StudyCommand::Resume, &case()).unwrap();
    assert_eq!(study.when(&StudyCommand::Resume, &case()), Ok(Vec::new()));
    assert!(study.when(&close(None, None), &manager()).is_ok());
}

#[test]
fn a_wake_up_comes_from_the_clock_and_changes_nothing() {
    let study = study(&full(true));
    assert_eq!(
        study.when(&StudyCommand::Wake, &Actor::clock()),
        Ok(Vec::new())
    );
    assert_eq!(
        study.when(&StudyCommand::Wake, &manager()),
        Err(CommonRejection::NotAllowed.into())
    );
}

#[test]
fn a_study_is_planned_until_its_first_session() {
    assert_eq!(
        study(&[opened(true)]).state().status(),
        StudyStatus::Planned
    );
}

/// Five nurses at one critical task, of whom one was helped, one never came to it and one made an error; and one doctor.
fn varied() -> Given<Study> {
    let mut study = study(&[opened(false)]);
    let five_nurses = [
        (Outcome::Success, false, Some(84), Some([5, 1])),
        (Outcome::SuccessWithDifficulty, false, Some(104), None),
        (Outcome::Success, true, Some(10), Some([3, 3])),
        (Outcome::NotAttempted, false, None, None),
        (Outcome::UseError, false, Some(300), None),
    ];
    for (number, (outcome, assisted, seconds, sus)) in (1..).zip(five_nurses) {
        let mut nurse = session(&format!("N{number}"), "nurse", [Outcome::Success, outcome]);
        nurse.results[1].assisted = assisted;
        nurse.results[1].seconds = seconds;
        nurse.sus = sus.map(|pair: [u8; 2]| pair.repeat(5));
        study.submit(&record(nurse), &manager()).unwrap();
    }
    let mut doctor = session("D1", "doctor", [Outcome::TestArtefact, Outcome::CloseCall]);
    doctor.results[0].seconds = Some(12);
    study.submit(&record(doctor), &manager()).unwrap();
    study
}

#[test]
fn results_count_unassisted_success_over_attempts_that_say_something() {
    let results = varied().state().results();
    assert_eq!(results.groups.len(), 2);
    let nurses = &results.groups[0];
    assert_eq!(nurses.group.as_deref(), Some("nurse"));
    assert_eq!((nurses.planned, nurses.participants), (2, 5));
    let alarm = &nurses.tasks[1];
    assert!(alarm.critical);
    assert_eq!((alarm.attempts, alarm.not_attempted), (4, 1));
    assert_eq!((alarm.assisted, alarm.successes), (1, 2));
    assert_eq!(
        (alarm.use_errors, alarm.close_calls, alarm.difficulties),
        (1, 0, 1)
    );
    assert_eq!(alarm.use_error_upper_bound, None);
    let completion = alarm.completion.unwrap();
    assert_eq!((completion.successes, completion.attempts), (2, 4));
    assert!((completion.rate - 0.5).abs() < 1e-12);
    let time = alarm.time.unwrap();
    assert_eq!(time.n, 2);
    assert!((time.geometric_mean - (84.0_f64 * 104.0).sqrt()).abs() < 1e-9);
    assert!((time.median - 94.0).abs() < 1e-12);
    let sus = nurses.sus.unwrap();
    assert_eq!(sus.n, 2);
    assert!((sus.mean - 75.0).abs() < 1e-12);

    let power = &nurses.tasks[0];
    assert_eq!((power.attempts, power.use_errors, power.time), (5, 0, None));
    let bound = power.use_error_upper_bound.unwrap();
    assert!((bound - (1.0 - 0.05_f64.powf(0.2))).abs() < 1e-12);
}

#[test]
fn results_over_all_join_the_groups_and_leave_spoiled_observations_out() {
    let results = varied().state().results();
    let doctor = &results.groups[1];
    let TaskSummary {
        attempts,
        test_artefacts,
        completion,
        use_error_upper_bound,
        ..
    } = &doctor.tasks[0];
    assert_eq!((*attempts, *test_artefacts), (0, 1));
    assert_eq!((*completion, *use_error_upper_bound), (None, None));
    assert_eq!(doctor.sus, None);
    assert_eq!(results.overall.group, None);
    assert_eq!(
        (results.overall.planned, results.overall.participants),
        (4, 6)
    );
    let alarm = &results.overall.tasks[1];
    assert_eq!(
        (alarm.attempts, alarm.successes, alarm.close_calls),
        (5, 2, 1)
    );
    assert_eq!(results.overall.sus.unwrap().n, 2);
}

fn check_stored(golden: &[(StudyEvent, &str)]) {
    for (event, json) in golden {
        assert_eq!(&serde_json::to_string(event).unwrap(), json);
        assert_eq!(&serde_json::from_str::<StudyEvent>(json).unwrap(), event);
    }
}

#[test]
fn stored_sessions_keep_their_form() {
    let mut full_session = session("P01", "nurse", [Outcome::Success, Outcome::UseError]);
    full_session.results[1] = TaskResult {
        task: "set-alarm".to_owned(),
        outcome: Outcome::UseError,
        assisted: true,
        seconds: Some(95),
        note: Some(text("pressed twice")),
        root_cause: Some(RootCause::UserInterface),
    };
    full_session.sus = Some(vec![5, 4, 2, 1, 2, 3, 2, 4, 5, 2]);
    let bare = session(
        "P02",
        "nurse",
        [Outcome::NotAttempted, Outcome::TestArtefact],
    );
    check_stored(&[
        (
            recorded(full_session),
            r#"{"event":"session_recorded","session":{"participant":"P01","group":"nurse","results":[{"task":"power-on","outcome":"success","assisted":false},{"task":"set-alarm","outcome":"use_error","assisted":true,"seconds":95,"note":"pressed twice","root_cause":"user_interface"}],"sus":[5,4,2,1,2,3,2,4,5,2],"moderated_on":"2026-03-02"},"by":"account_00000000000000000000000000000001","at":"2026-03-03T00:00:00Z"}"#,
        ),
        (
            StudyEvent::SessionCorrected {
                session: bare,
                reason: text("video review"),
                by: by(),
                at: at(NOW),
            },
            r#"{"event":"session_corrected","session":{"participant":"P02","group":"nurse","results":[{"task":"power-on","outcome":"not_attempted","assisted":false},{"task":"set-alarm","outcome":"test_artefact","assisted":false}],"moderated_on":"2026-03-02"},"reason":"video review","by":"account_00000000000000000000000000000001","at":"2026-03-03T00:00:00Z"}"#,
        ),
    ]);
}

#[test]
fn other_stored_events_keep_their_form() {
    check_stored(&[
        (
            opened(true),
            r#"{"event":"opened","id":"study_00000000000000000000000000000005","case":"case_0000000000000000000000000000000c","stage":"usability","round":2,"startup":"organization_0000000000000000000000000000000b","hospital":"organization_0000000000000000000000000000000a","device":"device_0000000000000000000000000000000d","title":{"en":"Usability","ko":"사용적합성 평가"},"summative":true,"participants_per_group":2,"groups":[{"value":"nurse","label":{"en":"Users","ko":"사용자"}},{"value":"doctor","label":{"en":"Users","ko":"사용자"}}],"tasks":[{"id":"power-on","title":{"en":"Do it","ko":"수행하기"},"critical":false},{"id":"set-alarm","title":{"en":"Do it","ko":"수행하기"},"critical":true}],"at":"2026-03-03T00:00:00Z"}"#,
        ),
        (
            StudyEvent::TaskAdded {
                task: task("clean", false),
                by: by(),
                at: at(NOW),
            },
            r#"{"event":"task_added","task":{"id":"clean","title":{"en":"Do it","ko":"수행하기"},"critical":false},"by":"account_00000000000000000000000000000001","at":"2026-03-03T00:00:00Z"}"#,
        ),
        (
            StudyEvent::SessionRemoved {
                participant: text("P02"),
                reason: text("consent withdrawn"),
                by: by(),
                at: at(NOW),
            },
            r#"{"event":"session_removed","participant":"P02","reason":"consent withdrawn","by":"account_00000000000000000000000000000001","at":"2026-03-03T00:00:00Z"}"#,
        ),
        (
            StudyEvent::Closed {
                conclusion: text("Safe."),
                residual_risk: Some(text("Acceptable.")),
                short_sample_reason: None,
                by: by(),
                at: at(NOW),
            },
            r#"{"event":"closed","conclusion":"Safe.","residual_risk":"Acceptable.","by":"account_00000000000000000000000000000001","at":"2026-03-03T00:00:00Z"}"#,
        ),
        (
            StudyEvent::Withdrawn {
                reason: text("case canceled"),
                at: at(NOW),
            },
            r#"{"event":"withdrawn","reason":"case canceled","at":"2026-03-03T00:00:00Z"}"#,
        ),
        (
            StudyEvent::Suspended { at: at(NOW) },
            r#"{"event":"suspended","at":"2026-03-03T00:00:00Z"}"#,
        ),
        (
            StudyEvent::Resumed { at: at(NOW) },
            r#"{"event":"resumed","at":"2026-03-03T00:00:00Z"}"#,
        ),
    ]);
}

#[test]
fn every_outcome_and_root_cause_keeps_its_stored_word() {
    let outcomes = [
        Outcome::Success,
        Outcome::SuccessWithDifficulty,
        Outcome::CloseCall,
        Outcome::UseError,
        Outcome::NotAttempted,
        Outcome::TestArtefact,
    ];
    assert_eq!(
        serde_json::to_string(&outcomes).unwrap(),
        r#"["success","success_with_difficulty","close_call","use_error","not_attempted","test_artefact"]"#
    );
    let causes = [
        RootCause::UserInterface,
        RootCause::User,
        RootCause::Environment,
        RootCause::TestArtefact,
    ];
    assert_eq!(
        serde_json::to_string(&causes).unwrap(),
        r#"["user_interface","user","environment","test_artefact"]"#
    );
}

#[test]
fn a_history_that_cannot_be_is_reported_and_never_folded() {
    let closed = StudyEvent::Withdrawn {
        reason: text("canceled"),
        at: at(NOW),
    };
    let good = session("P01", "nurse", [Outcome::Success; 2]);
    let correction = StudyEvent::SessionCorrected {
        session: good.clone(),
        reason: text("x"),
        by: by(),
        at: at(NOW),
    };
    let removal = StudyEvent::SessionRemoved {
        participant: text("P01"),
        reason: text("x"),
        by: by(),
        at: at(NOW),
    };
    for broken in [
        vec![closed.clone()],
        vec![opened(true), opened(true)],
        vec![opened(true), closed.clone(), closed],
        vec![opened(true), recorded(good.clone()), recorded(good)],
        vec![opened(true), correction],
        vec![opened(true), removal],
    ] {
        let folded = broken
            .iter()
            .try_fold(None, |state, event| Study::evolve(state, event).map(Some));
        assert!(folded.is_err(), "{broken:?}");
    }
}

#[test]
fn a_long_or_strange_name_in_a_refusal_is_cut_and_both_languages_speak() {
    let mut strange = session("P01", "nurse", [Outcome::Success; 2]);
    strange.group = "x\u{0007}".repeat(500);
    let rejection = study(&[opened(true)])
        .when(&record(strange), &manager())
        .unwrap_err();
    assert_eq!(rejection.code(), "STUDY_UNKNOWN_GROUP");
    assert_eq!(rejection.field().as_deref(), Some("group"));
    for locale in [Locale::En, Locale::Ko] {
        let words = rejection.words(locale);
        assert!(words.chars().count() < 200 && !words.contains('\u{0007}'));
        assert!(words.contains("nurse, doctor"));
    }
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    prop::sample::select(vec![
        Outcome::Success,
        Outcome::SuccessWithDifficulty,
        Outcome::CloseCall,
        Outcome::UseError,
        Outcome::NotAttempted,
        Outcome::TestArtefact,
    ])
}

fn any_session() -> impl Strategy<Value = Session> {
    (
        prop::sample::select(vec!["P01", "p01", "P02", "D1", "Kim"]),
        prop::sample::select(vec!["nurse", "doctor", "patient"]),
        [any_outcome(), any_outcome()],
        any::<[bool; 2]>(),
        [
            prop::option::of(0..200_u32),
            prop::option::of(1..90_000_u32),
        ],
        prop::option::of(prop::collection::vec(0..=5_u8, 9..=10)),
        0..6_i8,
        any::<bool>(),
    )
        .prop_map(
            |(participant, group, outcomes, assisted, seconds, sus, day, explained)| {
                let mut session = session(participant, group, outcomes);
                for (at, result) in session.results.iter_mut().enumerate() {
                    result.assisted = assisted[at];
                    result.seconds = seconds[at];
                    result.root_cause = explained.then_some(RootCause::User);
                }
                session.sus = sus;
                session.moderated_on = date(2026, 3, day + 1);
                session
            },
        )
}

fn any_command() -> impl Strategy<Value = (StudyCommand, bool)> {
    prop_oneof![
        1 => any::<bool>().prop_map(|summative| (open_command(summative), true)),
        10 => any_session().prop_map(|session| (record(session), false)),
        4 => any_session().prop_map(|session| (correct(session, "video review"), false)),
        2 => any_session().prop_map(|session| (remove(session.participant.as_str()), false)),
        1 => prop::sample::select(vec!["clean", "power-on", "Bad"])
            .prop_map(|id| (StudyCommand::AddTask { task: task(id, true) }, false)),
        1 => any::<[bool; 2]>().prop_map(|[risk, short]| {
            (close(risk.then_some("acceptable"), short.then_some("rare")), false)
        }),
        1 => Just((StudyCommand::Withdraw { reason: text("canceled") }, true)),
        1 => Just((StudyCommand::Suspend, true)),
        3 => Just((StudyCommand::Resume, true)),
    ]
}

/// Every number that results show.
fn numbers(summary: &TaskSummary) -> Vec<f64> {
    let mut numbers = Vec::new();
    if let Some(rate) = summary.completion {
        numbers.push(rate.rate);
        for interval in [rate.adjusted_wald, rate.wilson, rate.clopper_pearson] {
            numbers.extend([interval.lower, interval.upper]);
        }
    }
    numbers.extend(summary.use_error_upper_bound);
    if let Some(time) = summary.time {
        numbers.extend([time.geometric_mean, time.median, time.mean, time.typical]);
    }
    numbers
}

proptest! {
    /// What decide allows evolve accepts, the stored form reads back, and results are numbers that add up.
    #[test]
    fn whatever_is_allowed_folds_and_shows_results_that_are_numbers(
        commands in prop::collection::vec(any_command(), 1..40),
    ) {
        let mut study = study(&[]);
        study.submit(&open_command(true), &case()).unwrap();
        for (command, of_the_case) in commands {
            let actor = if of_the_case { case() } else { manager() };
            for event in study.submit(&command, &actor).unwrap_or_default() {
                let json = serde_json::to_string(&event).unwrap();
                prop_assert_eq!(serde_json::from_str::<StudyEvent>(&json).unwrap(), event);
            }
            let results = study.state().results();
            let participants: u32 = results.groups.iter().map(|group| group.participants).sum();
            prop_assert_eq!(results.overall.participants, participants);
            for group in results.groups.iter().chain([&results.overall]) {
                for task in &group.tasks {
                    let seen = task.attempts + task.not_attempted + task.test_artefacts;
                    prop_assert_eq!(seen, group.participants);
                    prop_assert!(task.successes + task.use_errors + task.close_calls <= task.attempts);
                    prop_assert!(numbers(task).into_iter().all(f64::is_finite));
                }
                if let Some(sus) = group.sus {
                    prop_assert!((0.0..=100.0).contains(&sus.mean));
                    prop_assert!(sus.standard_deviation.is_none_or(f64::is_finite));
                }
            }
        }
    }
}
