use super::scene::*;
use crate::case::*;
use crate::given::id;

#[test]
fn a_pause_moves_due_days_by_the_working_days_lost() {
    let mut scene = opened();
    let due = |scene: &Scene| scene.stage("intake").schedule.as_ref().unwrap().due_on;
    assert_eq!(due(&scene), "2026-03-10".parse().unwrap());
    scene.ok(&coordinator(), &pause());
    assert_eq!(scene.next_wakeup(), None);
    // From Tuesday over a weekend to Monday: four working days.
    scene.now("2026-03-09T10:00:00");
    scene.ok(&coordinator(), &CaseCommand::Resume);
    assert_eq!(due(&scene), "2026-03-16".parse().unwrap());
}

#[test]
fn a_pause_over_chuseok_counts_no_holiday() {
    let mut scene = nothing();
    // Monday 21 September 2026, due on Tuesday 29: Chuseok is 24 to 26 September.
    scene.now("2026-09-21T10:00:00");
    scene.ok(&member(), &open_command());
    let due = |scene: &Scene| scene.stage("intake").schedule.as_ref().unwrap().due_on;
    assert_eq!(due(&scene), "2026-09-30".parse().unwrap());
    scene.now("2026-09-23T10:00:00");
    scene.ok(&coordinator(), &pause());
    scene.now("2026-09-28T10:00:00");
    let events = scene.ok(&coordinator(), &CaseCommand::Resume);
    let [CaseEvent::Resumed { working_days, .. }] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!(*working_days, 1);
    assert_eq!(due(&scene), "2026-10-01".parse().unwrap());
    let notices = &scene.stage("intake").schedule.as_ref().unwrap().notices;
    let first = notices.first().unwrap();
    assert_eq!(first.at, seoul("2026-09-30T09:00:00"));
}

#[test]
fn nothing_is_done_in_a_pause_but_ending_the_case() {
    let mut scene = opened();
    scene.ok(&coordinator(), &pause());
    let command = submission("intake", good_answers());
    assert_eq!(scene.refused(&member(), &command), "CASE_PAUSED");
    assert_eq!(scene.refused(&coordinator(), &pause()), "CASE_PAUSED");
    assert_eq!(scene.refused(&coordinator(), &complete()), "CASE_PAUSED");
    assert_eq!(scene.wake("2026-04-30T09:00:00"), []);
    scene.ok(&member(), &cancel());
}

#[test]
fn a_paused_case_is_nobodys_move_and_never_late() {
    let mut scene = opened();
    let running = scene.case.state().moves();
    assert_eq!(running.len(), 1);
    scene.ok(&coordinator(), &pause());
    scene.now("2026-04-30T09:00:00");
    assert!(scene.case.state().moves().is_empty());
    assert_eq!(scene.case.state().next_due_at(), None);
    scene.ok(&coordinator(), &CaseCommand::Resume);
    let again = scene.case.state().moves();
    assert_eq!(again[0].stage, running[0].stage);
    assert!(running[0].due_at < again[0].due_at);
}

#[test]
fn the_office_pauses_and_resumes() {
    let mut scene = opened();
    for actor in [member(), director()] {
        assert_eq!(scene.refused(&actor, &pause()), "NOT_ALLOWED");
    }
    assert_eq!(
        scene.refused(&coordinator(), &CaseCommand::Resume),
        "NOT_PAUSED"
    );
    scene.ok(&coordinator(), &pause());
    assert_eq!(
        scene.refused(&member(), &CaseCommand::Resume),
        "NOT_ALLOWED"
    );
}

#[test]
fn what_a_case_spawned_pauses_resumes_and_ends_with_it() {
    let mut scene = until("usability");
    scene.ok(&coordinator(), &engagement());
    let told = |word: &str| {
        ["consultation", "feedback_round", "study"].map(|kind| format!("{kind} {word}"))
    };
    scene.ok(&coordinator(), &pause());
    assert_eq!(scene.messages(), told("suspend"));
    scene.ok(&coordinator(), &CaseCommand::Resume);
    assert_eq!(scene.messages(), told("resume"));
    scene.ok(&member(), &cancel());
    assert_eq!(scene.messages(), told("withdraw"));
}

#[test]
fn a_rejected_case_takes_back_what_it_spawned() {
    let mut planned = pathway();
    for stage in &mut planned.stages {
        if stage.id == stage_id("decision") {
            stage.needs = vec![stage_id("people")];
        }
    }
    let mut catalog = crate::pathway::Catalog::default();
    catalog.publish(pathway_hash(), planned);
    let mut scene = until("people");
    scene.case = scene.case.with(catalog);
    scene.find_people();
    scene.decide(&committee_a(), "decision", reject());
    scene.decide(&committee_b(), "decision", reject());
    assert!(matches!(
        scene.case.state().status,
        CaseStatus::Rejected { .. }
    ));
    assert_eq!(
        scene.messages(),
        ["feedback_round withdraw", "study withdraw"]
    );
}

#[test]
fn the_startup_or_the_office_cancels_once() {
    for actor in [member(), startup_admin(), coordinator()] {
        let mut scene = opened();
        scene.ok(&actor, &cancel());
        assert_eq!(scene.refused(&actor, &cancel()), "CASE_OVER");
        assert_eq!(scene.next_wakeup(), None);
    }
    assert_eq!(opened().refused(&director(), &cancel()), "NOT_ALLOWED");
}

#[test]
fn a_case_is_completed_when_every_stage_is_over() {
    for stage in [
        "intake",
        "screening",
        "usability",
        "report",
        "award",
        "after",
    ] {
        assert_eq!(
            until(stage).refused(&coordinator(), &complete()),
            "STAGES_OPEN"
        );
    }
    let mut scene = until("after");
    scene.submit(&member(), "after", one_answer("Sold"));
    assert_eq!(scene.refused(&member(), &complete()), "NOT_ALLOWED");
    scene.ok(&coordinator(), &complete());
    assert_eq!(
        scene.letters(),
        [
            "case_completed → startup_member",
            "case_completed → coordinator"
        ]
    );
    assert_eq!(scene.refused(&coordinator(), &complete()), "CASE_OVER");
}

#[test]
fn a_stage_sent_back_keeps_a_case_from_being_completed() {
    let mut scene = until("decision");
    scene.decide(&committee_a(), "decision", back_to("report", None));
    assert_eq!(scene.refused(&coordinator(), &complete()), "STAGES_OPEN");
}

#[test]
fn a_stage_is_handed_to_a_colleague_who_holds_its_role() {
    let mut scene = until("report");
    let command = |to_holds_role| CaseCommand::ReassignStage {
        stage: stage_id("report"),
        to: id(22),
        to_holds_role,
        reason: why(),
    };
    assert_eq!(
        scene.refused(&coordinator(), &command(false)),
        "COLLEAGUE_LACKS_ROLE"
    );
    assert_eq!(scene.refused(&member(), &command(true)), "NOT_ALLOWED");
    scene.ok(&director(), &command(true));
    assert_eq!(scene.stage("report").claimed_by, Some(id(22)));
}

#[test]
fn a_claim_is_made_by_whom_the_stage_waits_for() {
    let mut scene = until("screening");
    assert_eq!(
        scene.refused(&member(), &claim("screening")),
        "NOT_YOUR_MOVE"
    );
    scene.ok(&director(), &claim("screening"));
    assert_eq!(scene.ok(&director(), &claim("screening")), []);
}
