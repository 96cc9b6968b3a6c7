use super::scene::*;
use crate::case::*;
use crate::{Actor, Role};

fn sent(events: &[CaseEvent]) -> Vec<(bool, Vec<Role>)> {
    let mut sent = Vec::new();
    for event in events {
        if let CaseEvent::NoticesSent {
            remind, escalate, ..
        } = event
        {
            sent.push((*remind, escalate.iter().copied().collect()));
        }
    }
    sent
}

#[test]
fn reminders_and_escalations_go_out_when_work_begins() {
    // Opened on Tuesday 3 March, due on Tuesday 10.
    let mut scene = opened();
    let expected = [
        ("2026-03-09T09:00:00", (true, vec![])),
        ("2026-03-10T09:00:00", (true, vec![])),
        ("2026-03-11T09:00:00", (false, vec![Role::Director])),
        ("2026-03-13T09:00:00", (false, vec![Role::Director])),
    ];
    for (moment, notices) in expected {
        assert_eq!(scene.next_wakeup(), Some(seoul(moment)));
        let early = seoul(moment).checked_sub(jiff::SignedDuration::from_secs(1));
        scene.case.set_now(early.unwrap());
        assert_eq!(scene.ok(&Actor::clock(), &CaseCommand::Wake), []);
        assert_eq!(sent(&scene.wake(moment)), [notices]);
    }
    assert_eq!(scene.next_wakeup(), None);
}

#[test]
fn a_wake_up_that_comes_twice_changes_nothing() {
    let mut scene = opened();
    assert_eq!(scene.wake("2026-03-09T09:00:00").len(), 1);
    assert_eq!(scene.wake("2026-03-09T09:00:00"), []);
    assert_eq!(scene.wake("2026-03-09T12:00:00"), []);
}

#[test]
fn a_late_wake_up_sends_everything_in_one() {
    let mut scene = opened();
    let events = scene.wake("2026-04-01T11:00:00");
    assert_eq!(sent(&events), [(true, vec![Role::Director])]);
    assert_eq!(
        scene.letters(),
        [
            "stage_reminder → startup_member",
            "stage_escalation → director"
        ]
    );
    assert_eq!(scene.next_wakeup(), None);
}

#[test]
fn notices_wait_for_working_time_over_a_weekend() {
    let mut scene = opened();
    // The process slept over the reminder of Monday and wakes on Saturday 14 March.
    let events = scene.wake("2026-03-14T03:00:00");
    assert!(matches!(
        events.as_slice(),
        [CaseEvent::NoticesDeferred { .. }]
    ));
    assert!(scene.letters().is_empty());
    assert_eq!(scene.next_wakeup(), Some(seoul("2026-03-16T09:00:00")));
    assert_eq!(scene.wake("2026-03-15T12:00:00"), []);
    let events = scene.wake("2026-03-16T09:00:00");
    assert_eq!(sent(&events), [(true, vec![Role::Director])]);
}

#[test]
fn notices_wait_for_working_time_over_a_holiday_and_a_night() {
    let mut scene = nothing();
    scene.now("2026-09-14T10:00:00");
    scene.ok(&member(), &open_command());
    // Due on Monday 21; a late wake-up on Thursday 24 September, Chuseok, waits for Monday 28.
    scene.wake("2026-09-24T10:00:00");
    assert!(scene.letters().is_empty());
    assert_eq!(scene.next_wakeup(), Some(seoul("2026-09-28T09:00:00")));
    scene.wake("2026-09-28T09:00:00");
    assert_eq!(scene.letters().len(), 2);

    let mut night = opened();
    night.wake("2026-03-09T22:00:00");
    assert!(night.letters().is_empty());
    assert_eq!(night.next_wakeup(), Some(seoul("2026-03-10T09:00:00")));
}

#[test]
fn reminders_stop_when_the_work_is_done() {
    let mut scene = until_with("people", &good_answers());
    let candidate = scene.invite(crate::pathway::MatchRole::Clinician, "doctor@hospital.kr");
    scene.ok(&candidate, &yes());
    assert_eq!(scene.wake("2026-03-16T10:00:00"), []);
}

#[test]
fn a_reminder_of_an_approval_goes_to_everyone_it_waits_for() {
    let mut scene = until("screening");
    scene.ok(&director(), &claim("screening"));
    scene.decide(&director(), "screening", approve());
    // Due on Tuesday 17 March, reminded two working days before.
    assert_eq!(sent(&scene.wake("2026-03-13T09:00:00")), [(true, vec![])]);
    assert_eq!(
        scene.letters(),
        [
            "stage_reminder → coordinator",
            "stage_reminder → award_committee"
        ]
    );
}

#[test]
fn who_claimed_a_form_is_reminded_alone() {
    let mut scene = opened();
    scene.ok(&member(), &claim("intake"));
    scene.wake("2026-03-09T09:00:00");
    assert_eq!(scene.letters(), ["stage_reminder → 11"]);
}

#[test]
fn the_next_due_day_is_the_earliest() {
    let scene = until("screening");
    assert_eq!(
        scene.case.state().next_due_at(),
        Some(seoul("2026-03-18T00:00:00"))
    );
}
