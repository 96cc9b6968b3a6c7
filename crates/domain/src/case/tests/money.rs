use super::scene::*;
use crate::Role;
use crate::case::*;
use crate::given::{person, text};

fn milestone(due_on: &str, amount_krw: Option<i64>) -> Milestone {
    Milestone {
        title: text("Prototype"),
        due_on: due_on.parse().unwrap(),
        amount_krw,
    }
}

#[test]
fn an_award_stays_within_the_bounds_of_the_programme() {
    for (amount, good) in [
        (39_999_999, false),
        (40_000_000, true),
        (50_000_000, true),
        (50_000_001, false),
        (-45_000_000, false),
    ] {
        let mut scene = until("award");
        let command = grant(good_award(amount));
        if good {
            scene.ok(&committee_a(), &command);
            assert_eq!(scene.outcome("award"), Some(Outcome::Granted));
        } else {
            assert_eq!(
                scene.refused(&committee_a(), &command),
                "AMOUNT_OUT_OF_BOUNDS"
            );
        }
    }
}

#[test]
fn an_award_names_its_milestones_and_the_day_of_its_report() {
    let mut scene = until("award");
    let mut none = good_award(45_000_000);
    none.milestones.clear();
    let mut many = good_award(45_000_000);
    many.milestones = vec![milestone("2027-03-02", None); 51];
    let mut no_report = good_award(45_000_000);
    no_report.report_due_on = None;
    for (award, code) in [
        (none, "MILESTONES_MISSING"),
        (many, "TOO_MANY"),
        (no_report, "REPORT_DAY_MISSING"),
    ] {
        assert_eq!(scene.refused(&committee_a(), &grant(award)), code);
    }
}

#[test]
fn nothing_is_due_in_the_past_but_today_is_no_past() {
    let mut scene = until("award");
    let mut late = good_award(45_000_000);
    late.milestones = vec![milestone("2026-03-02", None)];
    assert_eq!(
        scene.refused(&committee_a(), &grant(late.clone())),
        "DAY_IN_THE_PAST"
    );
    let mut late_report = good_award(45_000_000);
    late_report.report_due_on = Some("2026-03-02".parse().unwrap());
    assert_eq!(
        scene.refused(&committee_a(), &grant(late_report)),
        "DAY_IN_THE_PAST"
    );
    late.milestones = vec![milestone("2026-03-03", None)];
    scene.ok(&committee_a(), &grant(late));
}

#[test]
fn tranches_add_up_to_the_award_or_are_left_out() {
    let award = |tranches: &[Option<i64>]| {
        let mut award = good_award(45_000_000);
        award.milestones = tranches
            .iter()
            .map(|tranche| milestone("2027-03-02", *tranche))
            .collect();
        award
    };
    let mut scene = until("award");
    for wrong in [
        &[Some(45_000_000), Some(1)][..],
        &[Some(44_999_999)],
        &[Some(46_000_000), Some(-1_000_000)],
        &[Some(i64::MAX), Some(i64::MAX)],
        &[Some(i64::MIN), Some(i64::MAX)],
    ] {
        let command = grant(award(wrong));
        assert_eq!(
            scene.refused(&committee_a(), &command),
            "TRANCHES_DO_NOT_ADD_UP"
        );
    }
    for right in [
        &[None, None][..],
        &[Some(40_000_000), Some(5_000_000), None],
    ] {
        until("award").ok(&committee_a(), &grant(award(right)));
    }
}

#[test]
fn who_applied_does_not_grant_even_after_others_approved() {
    let mut applicant = member();
    applicant.memberships.push(crate::Membership {
        organization: org(HOSPITAL),
        role: Role::AwardCommittee,
    });
    let mut scene = until("award");
    let command = grant(good_award(45_000_000));
    assert_eq!(
        scene.refused(&applicant, &command),
        "SUBMITTER_CANNOT_DECIDE"
    );
    assert_eq!(scene.refused(&member(), &command), "NOT_YOUR_MOVE");
    scene.ok(&committee_b(), &command);
}

#[test]
fn who_wrote_what_others_have_approved_may_grant() {
    let both = person(
        24,
        &[
            (org(HOSPITAL), Role::Coordinator),
            (org(HOSPITAL), Role::AwardCommittee),
        ],
    );
    let mut scene = until("report");
    scene.submit(&both, "report", one_answer("Fine"));
    let decide = CaseCommand::DecideApproval {
        stage: stage_id("decision"),
        seat: None,
        decision: approve(),
    };
    assert_eq!(scene.refused(&both, &decide), "SUBMITTER_CANNOT_DECIDE");
    scene.decide(&committee_b(), "decision", approve());
    scene.decide(&director(), "decision", approve());
    scene.ok(&both, &grant(good_award(45_000_000)));
}

#[test]
fn an_agreement_is_signed_in_order() {
    let mut scene = until("agreement");
    assert_eq!(
        scene.refused(&startup_admin(), &signature('c')),
        "NOTHING_TO_SIGN"
    );
    scene.ok(&coordinator(), &preparation('c'));
    assert_eq!(scene.letters(), ["stage_opened → startup_admin"]);
    assert_eq!(scene.refused(&director(), &signature('c')), "NOT_YOUR_MOVE");
    scene.ok(&startup_admin(), &signature('c'));
    assert_eq!(scene.letters(), ["stage_opened → director"]);
    assert_eq!(
        scene.refused(&startup_admin(), &signature('c')),
        "NOT_YOUR_MOVE"
    );
    scene.ok(&director(), &signature('c'));
    assert_eq!(scene.outcome("agreement"), Some(Outcome::Signed));
}

#[test]
fn only_what_was_shown_is_signed() {
    let mut scene = until("agreement");
    scene.ok(&coordinator(), &preparation('c'));
    assert_eq!(
        scene.refused(&startup_admin(), &signature('d')),
        "SHOWN_DOCUMENT_STALE"
    );
}

#[test]
fn another_document_voids_the_signatures_on_the_one_before() {
    let mut scene = until("agreement");
    scene.ok(&coordinator(), &preparation('c'));
    scene.ok(&startup_admin(), &signature('c'));
    assert_eq!(scene.ok(&coordinator(), &preparation('c')), []);
    scene.ok(&coordinator(), &preparation('d'));
    let Work::Agreement(work) = &scene.stage("agreement").work else {
        panic!("no agreement");
    };
    assert!(work.signatures.is_empty());
    assert_eq!(scene.refused(&director(), &signature('d')), "NOT_YOUR_MOVE");
    assert_eq!(
        scene.refused(&startup_admin(), &signature('c')),
        "SHOWN_DOCUMENT_STALE"
    );
    scene.ok(&startup_admin(), &signature('d'));
    scene.ok(&director(), &signature('d'));
    assert_eq!(scene.outcome("agreement"), Some(Outcome::Signed));
}

#[test]
fn one_person_signs_once() {
    let both = person(
        12,
        &[
            (org(STARTUP), Role::StartupAdmin),
            (org(HOSPITAL), Role::Director),
        ],
    );
    let mut scene = until("agreement");
    scene.ok(&coordinator(), &preparation('c'));
    scene.ok(&both, &signature('c'));
    assert_eq!(scene.refused(&both, &signature('c')), "ALREADY_SIGNED");
}

#[test]
fn a_document_is_laid_out_by_the_owner_of_the_stage() {
    let mut scene = until("agreement");
    assert_eq!(
        scene.refused(&startup_admin(), &preparation('c')),
        "NOT_YOUR_MOVE"
    );
}
