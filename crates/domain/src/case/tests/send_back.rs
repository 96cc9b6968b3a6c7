use super::scene::*;
use crate::case::*;
use crate::pathway::Value;
use std::collections::BTreeMap;

fn home_only() -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("name".to_owned(), say("Patch")),
        ("overseas".to_owned(), Value::Boolean(false)),
    ])
}

#[test]
fn sending_back_opens_the_form_with_its_work_and_the_requests_pinned_to_fields() {
    let mut scene = until("screening");
    scene.decide(
        &coordinator(),
        "screening",
        back_to("intake", Some("about")),
    );
    assert!(scene.is_open("intake"));
    assert!(!scene.is_open("screening"));
    let form = scene.form("intake");
    assert_eq!(form.draft, Some(good_answers()));
    assert_eq!(form.requests.len(), 1);
    assert_eq!(form.requests[0].field.as_deref(), Some("about"));
    assert_eq!(scene.stage("intake").round, 2);
}

#[test]
fn the_difference_shows_when_the_form_returns() {
    let mut scene = until("screening");
    scene.decide(&coordinator(), "screening", back_to("intake", None));
    let mut changed = good_answers();
    changed.insert("about".to_owned(), say("Measures the heart"));
    changed.insert("country".to_owned(), say("FR"));
    scene.submit(&member(), "intake", changed);
    assert_eq!(scene.stage("screening").round, 2);
    let form = scene.form("intake");
    let (before, after) = (
        &form.previous.as_ref().unwrap().values,
        &form.submitted.as_ref().unwrap().values,
    );
    let fields: Vec<String> = differences(before, after)
        .into_iter()
        .map(|difference| difference.field)
        .collect();
    assert_eq!(fields, ["about", "country"]);
}

#[test]
fn a_send_back_says_what_to_change_in_fields_that_exist() {
    let mut scene = until("screening");
    let silent = Decision::SendBack {
        to: stage_id("intake"),
        requests: Vec::new(),
    };
    let too_many = Decision::SendBack {
        to: stage_id("intake"),
        requests: vec![
            ChangeRequest {
                field: None,
                text: why(),
            };
            101
        ],
    };
    for (what, code) in [
        (silent, "REQUESTS_MISSING"),
        (too_many, "TOO_MANY"),
        (back_to("intake", Some("colour")), "FIELD_UNKNOWN"),
        (back_to("report", None), "CANNOT_SEND_BACK_TO"),
        (back_to("nowhere", None), "CANNOT_SEND_BACK_TO"),
    ] {
        assert_eq!(
            scene.refused(&coordinator(), &decision("screening", what)),
            code
        );
    }
}

#[test]
fn votes_before_a_send_back_do_not_count_afterwards() {
    let mut scene = until("screening");
    scene.decide(&director(), "screening", approve());
    scene.decide(&coordinator(), "screening", back_to("intake", None));
    scene.submit(&member(), "intake", good_answers());
    scene.decide(&coordinator(), "screening", approve());
    assert!(scene.is_open("screening"));
    scene.decide(&director(), "screening", approve());
    assert_eq!(scene.outcome("screening"), Some(Outcome::Approved));
}

#[test]
fn a_decision_being_made_beside_starts_again_too() {
    let mut scene = until("screening");
    assert!(scene.is_open("safety"));
    scene.decide(&coordinator(), "screening", back_to("intake", None));
    assert!(!scene.is_open("safety"));
    let early = decision("safety", approve());
    assert_eq!(scene.refused(&investigator(), &early), "STAGE_NOT_OPEN");
    scene.submit(&member(), "intake", good_answers());
    assert!(scene.is_open("safety"));
    assert_eq!(scene.stage("safety").round, 2);
}

#[test]
fn decisions_in_between_are_made_again_and_finished_work_stays() {
    let mut scene = until("decision");
    let study = scene.stage("usability").child();
    scene.decide(&committee_a(), "decision", back_to("intake", None));
    scene.submit(&member(), "intake", good_answers());
    assert!(scene.is_open("screening") && scene.is_open("safety"));
    assert_eq!(scene.outcome("people"), Some(Outcome::Matched));
    assert_eq!(scene.outcome("usability"), Some(Outcome::Reported));
    assert_eq!(scene.stage("usability").child(), study);
    scene.decide(&coordinator(), "screening", approve());
    scene.decide(&director(), "screening", approve());
    assert!(!scene.is_open("decision"));
    scene.decide(&investigator(), "safety", approve());
    assert!(scene.is_open("decision"));
    assert_eq!(scene.stage("decision").round, 2);
}

#[test]
fn studies_beside_go_on() {
    let mut scene = until_with("usability", &home_only());
    let report = scene.report_of("usability");
    let message = scene.messenger("usability");
    scene.ok(&message, &report);
    let mut deep = until("decision");
    deep.decide(&committee_a(), "decision", back_to("intake", None));
    assert!(deep.messages().is_empty());
}

#[test]
fn a_stage_passed_by_opens_when_the_new_answers_ask_for_it() {
    let mut scene = until_with("decision", &home_only());
    assert_eq!(scene.outcome("advice"), Some(Outcome::Skipped));
    scene.decide(&committee_a(), "decision", back_to("intake", None));
    scene.submit(&member(), "intake", good_answers());
    scene.decide(&coordinator(), "screening", approve());
    scene.decide(&director(), "screening", approve());
    scene.decide(&investigator(), "safety", approve());
    assert!(scene.is_open("advice"));
    assert!(!scene.is_open("decision"));
    scene.ok(&coordinator(), &engagement());
    let report = scene.report_of("advice");
    let message = scene.messenger("advice");
    scene.ok(&message, &report);
    assert!(scene.is_open("decision"));
}

#[test]
fn a_stage_passed_by_stays_so_when_nothing_changed() {
    let mut scene = until_with("decision", &home_only());
    scene.decide(&committee_a(), "decision", back_to("intake", None));
    scene.submit(&member(), "intake", home_only());
    scene.decide(&coordinator(), "screening", approve());
    scene.decide(&director(), "screening", approve());
    scene.decide(&investigator(), "safety", approve());
    assert_eq!(scene.outcome("advice"), Some(Outcome::Skipped));
    assert!(scene.is_open("decision"));
}

#[test]
fn rounds_are_counted() {
    let mut scene = until("screening");
    for round in 2..5 {
        scene.decide(&coordinator(), "screening", back_to("intake", None));
        assert_eq!(scene.stage("intake").round, round);
        scene.submit(&member(), "intake", good_answers());
        assert_eq!(scene.stage("screening").round, round);
    }
}

#[test]
fn who_worked_on_the_form_hears_that_it_is_back_once_with_the_new_due_day() {
    let mut scene = opened();
    scene.ok(&member(), &claim("intake"));
    scene.submit(&member(), "intake", good_answers());
    scene.now("2026-03-09T10:00:00");
    scene.decide(&coordinator(), "screening", back_to("intake", None));
    assert_eq!(scene.letters(), ["sent_back → 11"]);
    let due = scene.case.effects.iter().find_map(|effect| match effect {
        crate::Effect::SendLetter { letter, .. } => letter.due,
        crate::Effect::Deliver { .. } => None,
    });
    assert_eq!(due, Some("2026-03-16".parse().unwrap()));
}
