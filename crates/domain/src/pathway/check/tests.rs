use super::*;
use crate::Locale;
use crate::pathway::{SHIPPED, render};
use proptest::prelude::{any, proptest};
use proptest::test_runner::Config;
use std::fmt::Write;

const SMALL: &str = include_str!("small.toml");

fn checked(text: &str) -> Result<(PathwayHash, Pathway), Vec<Problem>> {
    let names = BTreeSet::from(["clinician-feedback".to_owned(), "sus".to_owned()]);
    check("small.toml", text, &Calendars::shipped(), &names)
}

/// What a file would say that differs from the small one in one place.
struct Edit {
    called: &'static str,
    from: &'static str,
    to: &'static str,
}

macro_rules! edits {
    ($($called:literal: $from:literal => $to:literal;)*) => {
        &[$(Edit { called: $called, from: $from, to: $to }),*]
    };
}

/// Every kind of mistake a file can have, but for those that take a file of their own.
const EDITS: &[Edit] = edits! {
    "a text without its end": r#"id = "small""# => r#"id = "small"#;
    "the same key twice": "version = 1" => "version = 1\nversion = 2";
    "a misspelled key": "calendar =" => "calender =";
    "a key of another kind of stage": "summative = true" => "summative = true\nseats = []";
    "a text in one language": r#"{ en = "Application", ko = "접수" }"# => r#"{ en = "Application" }"#;
    "a title as plain text": r#"{ en = "Application", ko = "접수" }"# => r#""접수""#;
    "an empty text": r#"ko = "접수""# => r#"ko = "  ""#;
    "an endless text": r#"en = "Application""# => r#"en = "Applicationnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn""#;
    "a text that turns direction": r#"en = "Application""# => r#"en = "Appli\u202Ecation""#;
    "a number as text": "version = 1" => r#"version = "1""#;
    "a version below one": "version = 1" => "version = 0";
    "a number no computer holds": "version = 1" => "version = 99999999999999999999";
    "a name with capitals": r#"id = "small""# => r#"id = "Small Pathway""#;
    "an unknown kind": r#"kind = "award""# => r#"kind = "awards""#;
    "an unknown role": r#"owner = "usability_manager""# => r#"owner = "usability-manager""#;
    "an unknown step": r#"step = "AWARD""# => r#"step = "PRIZE""#;
    "no fields": "[[stages.rules]]" => "[[stages]]\nid = \"empty\"\nkind = \"form\"\nstep = \"INTAKE\"\ntitle = { en = \"E\", ko = \"빈\" }\nowner = \"coordinator\"\nfields = []\n[[stages.rules]]";
    "too many kinds of people": r#"wanted = [{ role = "clinician", count = 3 }]"# => r#"wanted = [{ role = "clinician", count = 1 }, { role = "clinician", count = 1 }, { role = "clinician", count = 1 }, { role = "clinician", count = 1 }, { role = "clinician", count = 1 }, { role = "clinician", count = 1 }, { role = "clinician", count = 1 }, { role = "clinician", count = 1 }, { role = "clinician", count = 1 }, { role = "clinician", count = 1 }, { role = "clinician", count = 1 }]"#;
    "two stages of one name": r#"id = "triage""# => r#"id = "intake""#;
    "two fields of one name": r#"name = "count""# => r#"name = "kind""#;
    "needs a stage that is not there": r#"needs = ["triage"]"# => r#"needs = ["triag"]"#;
    "needs the same stage twice": r#"needs = ["award"]"# => r#"needs = ["award", "award"]"#;
    "a circle, and a stage behind it": r#"needs = ["triage"]"# => r#"needs = ["triage", "award"]"#;
    "a stage that needs itself": r#"needs = ["award"]"# => r#"needs = ["award", "sign"]"#;
    "a dead end": r#"["study", "round", "advice"]"# => r#"["study", "round"]"#;
    "a condition on a field that is not there": r#"field = "intake.wants""# => r#"field = "intake.want""#;
    "a condition without its stage": r#"field = "intake.wants""# => r#"field = "wants""#;
    "a condition on a stage that is not before": "needs = [\"matching\"]\nwhen" => "needs = []\nwhen";
    "a condition on its own stage": "report_required = true" => "report_required = true\n[[stages]]\nid = \"late\"\nkind = \"form\"\nstep = \"AWARD\"\ntitle = { en = \"L\", ko = \"늦음\" }\nowner = \"coordinator\"\nneeds = [\"award\", \"sign\"]\nwhen = { field = \"late.x\", equals = true }\nfields = [{ name = \"x\", type = \"boolean\", label = { en = \"X\", ko = \"엑스\" } }]";
    "a condition on a later field": r#"type = "choices""# => "type = \"choices\"\nwhen = { field = \"more\", answered = true }";
    "a number compared with a text": r#"field = "count", at_least = 3"# => r#"field = "count", equals = "3""#;
    "a choice compared with a number": r#"{ field = "count", at_least = 3 }"# => r#"{ field = "kind", at_least = 3 }"#;
    "an option that is not there": r#"field = "kind", equals = "new""# => r#"field = "kind", equals = "news""#;
    "a condition that contradicts itself": r#"{ field = "count", at_least = 3 }"# => r#"{ field = "kind", equals = "old" }"#;
    "a condition of no known form": r#"{ field = "count", at_least = 3 }"# => r#"{ field = "count" }"#;
    "conditions nine deep": r#"{ field = "count", at_least = 3 }"# => r#"{not={not={not={not={not={not={not={not={field="count",answered=true}}}}}}}}}"#;
    "an empty group of conditions": r#"[{ field = "kind", equals = "new" }, { field = "count", at_least = 3 }]"# => "[]";
    "today outside a rule": r#"field = "count", at_least = 3"# => r#"field = "from", on_or_before = "today""#;
    "a rule about a field of another form": r#"field = "from"
must"# => r#"field = "form"
must"#;
    "an approval by a startup": r#"role = "coordinator" }]"# => r#"role = "startup_admin" }]"#;
    "a consultation owned by the hospital": r#"owner = "consultant""# => r#"owner = "coordinator""#;
    "more approvals than seats": "approvals_needed = 1" => "approvals_needed = 2";
    "sending back from an award": "min_krw = 40_000_000" => "send_back_to = [\"intake\"]\nmin_krw = 40_000_000";
    "sending back to a later stage": r#"send_back_to = ["intake"]"# => r#"send_back_to = ["award"]"#;
    "sending back to no stage": r#"send_back_to = ["intake"]"# => r#"send_back_to = ["intak"]"#;
    "sending back to what is no form": "[[stages]]\nid = \"sign\"" => "[[stages]]\nid = \"second\"\nkind = \"approval\"\nstep = \"AWARD\"\ntitle = { en = \"S\", ko = \"재심\" }\nowner = \"director\"\nneeds = [\"award\", \"sign\"]\napprovals_needed = 1\nsend_back_to = [\"triage\"]\nseats = [{ id = \"d\", title = { en = \"D\", ko = \"장\" }, role = \"director\" }]\n[[stages]]\nid = \"sign\"";
    "a smallest above the largest": "max = 9" => "max = 0";
    "an award of less than nothing": "min_krw = 40_000_000" => "min_krw = 0";
    "an award whose bounds are exchanged": "min_krw = 40_000_000" => "min_krw = 60_000_000";
    "an unknown calendar": r#"calendar = "kr""# => r#"calendar = "ko""#;
    "an unknown questionnaire": r#"questionnaire = "clinician-feedback""# => r#"questionnaire = "clinician_feedback""#;
    "a reminder before the stage opens": "working_days_before = 2" => "working_days_before = 10";
    "a reminder without a due day": "due = { working_days = 10 }\n" => "";
    "a due date of both kinds": "due = { working_days = 10 }" => "due = { working_days = 10, calendar_days = 14 }";
    "a round that never shows its results": "answers_needed = 5" => "answers_needed = 2";
    "a reminder after the round": "remind_after_working_days = [5]" => "remind_after_working_days = [5, 20]";
    "zero people wanted": "count = 3" => "count = 0";
    "a fact with a wrong date": r#"valid_to = "2028""# => r#"valid_to = "spring 2028""#;
    "a stage without an owner": "owner = \"award_committee\"\n" => "";
};

fn edited(edit: &Edit) -> String {
    assert!(SMALL.contains(edit.from), "{}: {}", edit.called, edit.from);
    SMALL.replacen(edit.from, edit.to, 1)
}

#[test]
fn the_small_file_is_right() {
    let (hash, pathway) = checked(SMALL).unwrap();
    assert_eq!(pathway.stages.len(), 8);
    assert_eq!(hash, content_hash(&pathway));
}

#[test]
fn every_mistake_is_named_with_its_place_and_what_to_write_instead() {
    let mut shown = String::new();
    for edit in EDITS {
        let text = edited(edit);
        let problems = checked(&text).expect_err(edit.called);
        let rendered = render(&problems, &text, Locale::En);
        writeln!(shown, "## {}\n\n{rendered}", edit.called).unwrap();
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn mistakes_are_told_in_korean_too() {
    let mut shown = String::new();
    for edit in EDITS.iter().step_by(4) {
        let text = edited(edit);
        let problems = checked(&text).expect_err(edit.called);
        shown.push_str(&render(&problems, &text, Locale::Ko));
        shown.push('\n');
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn every_code_can_occur() {
    let mut codes: BTreeSet<&str> = EDITS
        .iter()
        .flat_map(|edit| checked(&edited(edit)).expect_err(edit.called))
        .map(|problem| problem.code())
        .collect();
    let mut keys = String::new();
    for n in 0..200 {
        writeln!(keys, "key{n} = 1").unwrap();
    }
    let large = "#".repeat(FILE_BYTES_MAX + 1);
    for text in [keys.as_str(), large.as_str()] {
        codes.extend(checked(text).unwrap_err().iter().map(Problem::code));
    }
    let bytes = check_bytes(
        "x",
        b"id = \"\xFF\"",
        &Calendars::shipped(),
        &BTreeSet::new(),
    );
    codes.extend(bytes.unwrap_err().iter().map(Problem::code));
    let all: BTreeSet<&str> = Wrong::CODES.iter().copied().collect();
    let missing: Vec<_> = all.difference(&codes).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn all_mistakes_of_a_file_are_reported_at_once() {
    let text = SMALL
        .replace("version = 1", "version = \"one\"")
        .replace("calendar = \"kr\"", "calendar = \"mars\"")
        .replace("owner = \"usability_manager\"", "owner = \"usability\"")
        .replace("needs = [\"award\"]", "needs = [\"awrd\"]")
        .replace("max = 9", "max = 0")
        .replace("approvals_needed = 1", "approvals_needed = 7")
        .replace("ko = \"동의함\"", "ko = \"\"");
    let problems = checked(&text).unwrap_err();
    let codes: Vec<_> = problems.iter().map(|p| (p.line, p.code())).collect();
    insta::assert_debug_snapshot!(codes);
}

#[test]
fn layout_and_comments_do_not_change_the_hash_but_every_word_does() {
    let (hash, _) = checked(SMALL).unwrap();
    let spaced = SMALL
        .replace(" = ", "   =  ")
        .replace("[[stages]]", "\n# a note\n[[stages]]");
    assert_eq!(checked(&spaced).unwrap().0, hash);
    let other = SMALL.replace("Use it", "Use it well");
    assert_ne!(checked(&other).unwrap().0, hash);
}

#[test]
fn stages_come_after_those_they_need_whatever_their_order_in_the_file() {
    let (head, stages) = SMALL.split_once("[[stages]]\n").unwrap();
    let mut parts: Vec<&str> = stages.split("[[stages]]\n").collect();
    parts.reverse();
    let text = format!("{head}[[stages]]\n{}", parts.join("\n[[stages]]\n"));
    let (_, pathway) = checked(&text).unwrap();
    let mut seen = BTreeSet::new();
    for stage in &pathway.stages {
        assert!(
            stage.needs.iter().all(|need| seen.contains(need)),
            "{}",
            stage.id
        );
        seen.insert(stage.id.clone());
    }
}

#[test]
fn the_readme_shows_a_pathway_that_is_right_and_names_every_code() {
    let readme = include_str!("../../../../../workflows/README.md");
    let example = readme
        .split("```")
        .find(|block| block.contains("id = \"bench-check\""));
    let example = example.and_then(|block| block.strip_prefix("toml\n"));
    assert!(checked(example.unwrap()).is_ok());
    for code in Wrong::CODES {
        assert!(readme.contains(&format!("`{code}`")), "{code}");
    }
}

#[test]
fn garbage_is_refused_and_never_stops_the_program() {
    let calendars = Calendars::shipped();
    let names = BTreeSet::new();
    let deep = format!("x = {}{}", "[".repeat(50_000), "]".repeat(50_000));
    let tables = format!("x = {}", "{x=".repeat(50_000));
    let dotted = format!("{} = 1", vec!["a"; 60_000].join("."));
    let stages = "[[stages]]\n".repeat(20_000);
    let long = format!("id = \"{}\"", "가".repeat(80_000));
    let megabyte = "a".repeat(1 << 20);
    let texts = [
        "", "\u{FEFF}", "\0\0\0", "= = =", "[[[[", "id", &deep, &tables, &dotted,
    ];
    for text in texts.into_iter().chain([stages.as_str(), &long, &megabyte]) {
        let problems = check("garbage", text, &calendars, &names).unwrap_err();
        assert!(!problems.is_empty() && problems.len() <= 101);
        assert!(!render(&problems, text, Locale::Ko).is_empty());
    }
    let binary: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    assert!(check_bytes("binary", &binary, &calendars, &names).is_err());
}

proptest! {
    #![proptest_config(Config { cases: 2_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_damaged_file_is_checked_without_a_panic(
        at in any::<u32>(),
        length in 0_usize..60,
        from in any::<u32>(),
        replace in any::<bool>(),
    ) {
        let (_, source) = SHIPPED[2];
        let bytes = source.as_bytes();
        let place = |n: u32| usize::try_from(n).unwrap() % bytes.len();
        let (at, from) = (place(at), place(from));
        let end = (at + length).min(bytes.len());
        let piece = if replace { &bytes[from..(from + length).min(bytes.len())] } else { &[][..] };
        let damaged = [&bytes[..at], piece, &bytes[end..]].concat();
        let names = BTreeSet::from(["clinician-feedback".to_owned()]);
        let calendars = Calendars::default();
        let text = String::from_utf8_lossy(&damaged);
        match check_bytes("damaged", &damaged, &calendars, &names) {
            Ok(_) => unreachable!("there is no calendar"),
            Err(problems) => {
                assert!(!problems.is_empty());
                assert!(!render(&problems, &text, Locale::En).is_empty());
            }
        }
    }
}
