use super::scene::*;
use crate::case::*;
use crate::given::id;
use crate::pathway::Value;
use crate::{DocumentId, Locale, Rejection};
use std::collections::{BTreeMap, BTreeSet};

fn with(extra: &[(&str, Value)]) -> BTreeMap<String, Value> {
    let mut answers = good_answers();
    answers.extend(
        extra
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone())),
    );
    answers
}

#[track_caller]
fn problems(values: BTreeMap<String, Value>) -> Vec<(&'static str, String)> {
    let mut scene = opened();
    match scene.by(&member(), &submission("intake", values)) {
        Err(Rejection::Case(CaseRejection::FormNotValid { problems })) => problems
            .0
            .iter()
            .map(|problem| (problem.code(), problem.field().unwrap_or_default()))
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn problem(field: &str, value: Value, code: &str) {
    assert_eq!(
        problems(with(&[(field, value)])),
        [(code, field.to_owned())].map(|(c, f)| (
            FieldRejection::CODES
                .iter()
                .find(|k| **k == c)
                .copied()
                .unwrap(),
            f
        ))
    );
}

fn choices(chosen: &[&str]) -> Value {
    Value::Choices(chosen.iter().map(|c| (*c).to_owned()).collect())
}

#[test]
fn a_form_has_no_other_fields() {
    problem("colour", say("red"), "FIELD_NOT_IN_FORM");
}

#[test]
fn a_required_field_needs_an_answer_and_blank_is_none() {
    problem("name", say(" \u{3000}"), "FIELD_REQUIRED");
    let mut answers = good_answers();
    answers.remove("name");
    assert_eq!(problems(answers), [("FIELD_REQUIRED", "name".to_owned())]);
}

#[test]
fn an_answer_has_the_type_of_its_field() {
    problem("name", Value::Integer(3), "FIELD_WRONG_TYPE");
    problem("risks", say("three"), "FIELD_WRONG_TYPE");
    problem("sites", say("one"), "FIELD_WRONG_TYPE");
    problem("manual", Value::Boolean(true), "FIELD_WRONG_TYPE");
}

#[test]
fn text_has_no_control_characters_and_one_line_has_no_line_break() {
    problem("about", say("a\u{7}b"), "FIELD_TEXT");
    problem("name", say("a\nb"), "FIELD_TEXT");
}

#[test]
fn text_is_counted_in_characters() {
    problem("name", say(&"가".repeat(21)), "FIELD_TOO_LONG");
    let mut scene = opened();
    let twenty = with(&[("name", say(&"가".repeat(20)))]);
    scene.submit(&member(), "intake", twenty);
}

#[test]
fn a_number_stays_in_its_range() {
    problem("risks", Value::Integer(-1), "FIELD_OUT_OF_RANGE");
    problem("risks", Value::Integer(11), "FIELD_OUT_OF_RANGE");
    problem("budget", Value::Integer(-1), "FIELD_OUT_OF_RANGE");
    for good in [0, 10] {
        opened().submit(
            &member(),
            "intake",
            with(&[("risks", Value::Integer(good))]),
        );
    }
}

#[test]
fn a_choice_is_one_of_the_options() {
    problem("class", say("nine"), "FIELD_NOT_AN_OPTION");
    problem("sites", choices(&["one", "nine"]), "FIELD_NOT_AN_OPTION");
}

#[test]
fn enough_options_are_chosen() {
    problem("sites", choices(&["one"]), "FIELD_TOO_FEW");
}

#[test]
fn a_day_is_a_day() {
    problem("from", say("2026-02-30"), "FIELD_NOT_A_DATE");
}

#[test]
fn a_document_is_one_of_the_devices() {
    let document: DocumentId = id(77);
    problem(
        "manual",
        say(&document.to_string()),
        "FIELD_DOCUMENT_UNKNOWN",
    );
    problem("manual", say("manual.pdf"), "FIELD_DOCUMENT_UNKNOWN");
}

#[test]
fn business_numbers_addresses_and_countries_are_checked() {
    problem("tax", say("123-45-67890"), "FIELD_NOT_A_BUSINESS_NUMBER");
    problem("contact", say("nobody"), "FIELD_NOT_AN_EMAIL");
    problem("country", say("Korea"), "FIELD_NOT_A_COUNTRY");
    problem("country", say("kr"), "FIELD_NOT_A_COUNTRY");
}

#[test]
fn answers_fit_together_by_the_rules_of_the_form() {
    let answers = |to: &str| with(&[("from", say("2026-05-02")), ("to", say(to))]);
    assert_eq!(
        problems(answers("2026-05-01")),
        [("FIELD_RULE_BROKEN", "to".to_owned())]
    );
    opened().submit(&member(), "intake", answers("2026-05-02"));
}

#[test]
fn every_problem_is_told_at_once_each_with_its_field() {
    let mut answers = with(&[
        ("colour", say("red")),
        ("risks", Value::Integer(11)),
        ("contact", say("nobody")),
        ("from", say("2026-05-02")),
        ("to", say("2026-05-01")),
    ]);
    answers.remove("name");
    let found: BTreeSet<_> = problems(answers.clone()).into_iter().collect();
    let codes = [
        ("FIELD_NOT_IN_FORM", "colour"),
        ("FIELD_REQUIRED", "name"),
        ("FIELD_OUT_OF_RANGE", "risks"),
        ("FIELD_NOT_AN_EMAIL", "contact"),
        ("FIELD_RULE_BROKEN", "to"),
    ];
    assert_eq!(
        found,
        codes.map(|(code, field)| (code, field.to_owned())).into()
    );
    let refusal = opened().by(&member(), &submission("intake", answers));
    let shown = refusal.unwrap_err().user_errors(Locale::Ko);
    assert_eq!(shown.len(), 5);
    assert!(shown.iter().all(|error| error.field.is_some()));
}

#[test]
fn an_answer_to_a_field_that_is_not_asked_is_dropped() {
    let mut scene = opened();
    let answers = with(&[("overseas", Value::Boolean(false))]);
    scene.submit(&member(), "intake", answers);
    let kept = &scene.form("intake").submitted.as_ref().unwrap().values;
    assert!(!kept.contains_key("country"));
    assert!(!scene.case.state().answers.contains_key("intake.country"));
}

#[test]
fn a_field_asked_only_because_of_a_dropped_answer_is_not_asked() {
    let mut scene = opened();
    let answers = with(&[("overseas", Value::Boolean(false)), ("country", say("GB"))]);
    scene.submit(&member(), "intake", answers);
}

#[test]
fn a_field_is_required_once_it_is_asked() {
    let answers = with(&[("country", say("GB"))]);
    assert_eq!(
        problems(answers),
        [("FIELD_REQUIRED", "partner".to_owned())]
    );
}

#[test]
fn answers_are_kept_without_the_blanks_around_them() {
    let mut scene = opened();
    scene.submit(&member(), "intake", with(&[("name", say("  Patch "))]));
    assert_eq!(scene.case.state().answers["intake.name"], say("Patch"));
}

#[test]
fn a_submission_pins_the_documents_it_names_and_no_others() {
    let mut scene = opened();
    let named = contract('d');
    let mut other = contract('e');
    other.document = id(78);
    let command = CaseCommand::SubmitForm {
        stage: stage_id("intake"),
        values: with(&[("manual", say(&named.document.to_string()))]),
        documents: vec![other, named.clone()],
    };
    scene.ok(&member(), &command);
    let submitted = scene.form("intake").submitted.as_ref().unwrap();
    assert_eq!(submitted.documents, [named]);
}

#[test]
fn a_draft_may_be_incomplete_but_not_malformed() {
    let mut scene = opened();
    let half = BTreeMap::from([("about".to_owned(), say("A patch"))]);
    scene.ok(&member(), &draft("intake", half.clone()));
    assert_eq!(scene.form("intake").draft, Some(half));
    assert!(scene.is_open("intake"));
    let bad = BTreeMap::from([("risks".to_owned(), Value::Integer(11))]);
    assert_eq!(
        scene.refused(&member(), &draft("intake", bad)),
        "FORM_NOT_VALID"
    );
}

#[test]
fn handing_in_ends_the_draft() {
    let mut scene = opened();
    scene.ok(&member(), &draft("intake", good_answers()));
    scene.submit(&member(), "intake", good_answers());
    assert_eq!(scene.form("intake").draft, None);
}

#[test]
fn a_form_is_handed_in_once_and_by_its_owner() {
    let mut scene = opened();
    let command = submission("intake", good_answers());
    assert_eq!(scene.refused(&coordinator(), &command), "NOT_YOUR_MOVE");
    scene.ok(&member(), &command);
    assert_eq!(scene.refused(&member(), &command), "STAGE_DECIDED");
    let early = submission("report", one_answer("x"));
    assert_eq!(scene.refused(&coordinator(), &early), "STAGE_NOT_OPEN");
    let nowhere = submission("nowhere", one_answer("x"));
    assert_eq!(scene.refused(&member(), &nowhere), "STAGE_UNKNOWN");
    let wrong = submission("screening", one_answer("x"));
    assert_eq!(scene.refused(&coordinator(), &wrong), "WRONG_STAGE_KIND");
}

#[test]
fn a_submission_nobody_acted_on_can_be_taken_back_with_its_work() {
    let mut scene = until("screening");
    scene.ok(&member(), &recall("intake"));
    assert!(scene.is_open("intake"));
    assert!(!scene.is_open("screening"));
    assert_eq!(scene.form("intake").draft, Some(good_answers()));
    assert!(scene.case.state().answers.is_empty());
    scene.submit(&member(), "intake", good_answers());
    assert!(scene.is_open("screening"));
    assert_eq!(scene.stage("screening").round, 1);
}

#[test]
fn a_claim_a_vote_a_recusal_or_a_draft_ends_the_time_to_take_back() {
    let mut claimed = until("screening");
    claimed.ok(&coordinator(), &claim("screening"));
    let mut voted = until("screening");
    voted.decide(&investigator(), "safety", approve());
    let mut recused = until("screening");
    recused.decide(&director(), "screening", Decision::Recuse { reason: why() });
    for mut scene in [claimed, voted, recused] {
        assert_eq!(
            scene.refused(&member(), &recall("intake")),
            "ALREADY_ACTED_ON"
        );
    }
    let mut deep = until("report");
    deep.ok(&coordinator(), &draft("report", one_answer("half")));
    assert_eq!(
        deep.refused(&member(), &recall("intake")),
        "ALREADY_ACTED_ON"
    );
}

#[test]
fn what_was_not_handed_in_is_not_taken_back() {
    let mut scene = opened();
    assert_eq!(
        scene.refused(&member(), &recall("intake")),
        "NOTHING_TO_RECALL"
    );
    assert_eq!(
        scene.refused(&coordinator(), &recall("report")),
        "NOTHING_TO_RECALL"
    );
}

#[test]
fn taking_back_after_a_send_back_returns_to_the_submission_before() {
    let mut scene = until("screening");
    scene.decide(&coordinator(), "screening", back_to("intake", None));
    let changed = with(&[("name", say("Better patch"))]);
    scene.submit(&member(), "intake", changed.clone());
    assert_eq!(scene.stage("screening").round, 2);
    scene.ok(&member(), &recall("intake"));
    assert_eq!(scene.form("intake").draft, Some(changed.clone()));
    assert_eq!(scene.case.state().answers["intake.name"], say("Patch"));
    scene.submit(&member(), "intake", changed);
    assert_eq!(scene.stage("screening").round, 2);
}
