use super::*;
use naru_domain::StudyId;
use naru_domain::pathway::{Option_, StudyTask};
use naru_domain::study::StudyCommand;

async fn study(world: &World) -> String {
    let task = |id: &str, critical| StudyTask {
        id: id.to_owned(),
        title: words(&format!("Do {id}"), &format!("{id} 수행")),
        critical,
    };
    let group = Option_ {
        value: "nurse".to_owned(),
        label: words("Nurses", "간호사"),
    };
    let command = StudyCommand::Open {
        case: id(CASE),
        stage: "usability".parse().unwrap(),
        round: 1,
        startup: id(STARTUP),
        hospital: id(HOSPITAL),
        device: id(DEVICE),
        title: words("Usability study", "사용적합성 평가"),
        summative: false,
        participants_per_group: 2,
        groups: vec![group],
        tasks: vec![task("prepare", false)],
    };
    let study: StudyId = id(41);
    world
        .submit(study, world.case_speaks(), Command::Study(command))
        .await;
    study.to_string()
}

fn session(study: &str, participant: &str, outcome: &str, seconds: i64) -> Value {
    json!({
        "studyId": study, "participant": participant, "group": "nurse", "moderatedOn": "2026-03-02",
        "sus": [4, 2, 4, 2, 4, 2, 4, 2, 4, 2],
        "results": [
            { "task": "prepare", "outcome": "SUCCESS", "seconds": seconds },
            { "task": "alarm", "outcome": outcome, "note": "해맸음", "rootCause": "USER_INTERFACE" }
        ],
    })
}

fn alarm(study: &str) -> Value {
    json!({ "studyId": study, "task": "alarm", "titleKo": "경보에 대응한다", "titleEn": "React to the alarm", "critical": true })
}

/// A study of two participants: the first corrected, the second with a use error, a third left out.
async fn recorded(world: &World) -> String {
    let study = study(world).await;
    world
        .done("usability", "addStudyTask", alarm(&study), "")
        .await;
    for (participant, outcome, seconds) in [
        ("P01", "SUCCESS", 100),
        ("p02", "USE_ERROR", 400),
        ("P03", "SUCCESS", 50),
    ] {
        let entry = session(&study, participant, outcome, seconds);
        world.done("usability", "recordSession", entry, "").await;
    }
    let mut corrected = session(&study, "P01", "USE_ERROR", 100);
    corrected["reason"] = json!("결과를 잘못 옮겨 적었습니다.");
    world
        .done("coordinator", "correctSession", corrected, "")
        .await;
    let removed = json!({ "studyId": study, "participant": "P03", "reason": "장비 고장" });
    world.done("usability", "removeSession", removed, "").await;
    study
}

#[tokio::test]
async fn a_task_joins_the_protocol_before_the_first_session() {
    let world = World::new().await;
    let study = study(&world).await;
    let shown = "version study { status protocolFixed tasks { id critical title(language: KO) } }";
    let answer = world
        .done("usability", "addStudyTask", alarm(&study), shown)
        .await;
    assert_eq!(answer["version"], 2);
    assert_eq!(answer["study"]["status"], "PLANNED");
    assert_eq!(answer["study"]["protocolFixed"], false);
    assert_eq!(
        answer["study"]["tasks"][1],
        json!({ "id": "alarm", "critical": true, "title": "경보에 대응한다" })
    );
}

#[tokio::test]
async fn a_session_shows_what_it_was_before_each_correction_and_who_entered_it() {
    let world = World::new().await;
    let study = recorded(&world).await;
    let shown = "Study { protocolFixed case { title } groups { value label(language: KO) }
        sessions { edges { node { participant susScore recordedBy { name }
            corrections { reason by { name } before { results { task outcome rootCause } } } } } }
        removedSessions { edges { node { reason session { participant } } } } }";
    let seen = world.see("owner", &study, shown).await;
    assert_eq!(seen["protocolFixed"], true);
    assert_eq!(seen["case"]["title"], "심전도 패치 검증");
    assert_eq!(
        seen["groups"],
        json!([{ "value": "nurse", "label": "간호사" }])
    );
    let sessions = seen["sessions"]["edges"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let first = &sessions[0]["node"];
    assert_eq!(first["participant"], "P01");
    assert_eq!(first["susScore"], 75.0);
    assert_eq!(first["recordedBy"]["name"], "한지원");
    let correction = &first["corrections"][0];
    assert_eq!(correction["by"]["name"], "정유진");
    assert_eq!(correction["before"]["results"][1]["outcome"], "SUCCESS");
    assert_eq!(sessions[1]["node"]["participant"], "P02");
    let removed = &seen["removedSessions"]["edges"][0]["node"];
    assert_eq!(removed["session"]["participant"], "P03");
    assert_eq!(removed["reason"], "장비 고장");
}

#[tokio::test]
async fn the_startup_sees_rates_with_their_intervals_times_and_the_usability_scale() {
    let world = World::new().await;
    let study = recorded(&world).await;
    let shown = "Study { results {
        overall { group planned participants sus { n mean grade adjective acceptability interval { lower upper } }
            tasks { task critical attempts successes useErrors useErrorUpperBound time { n geometricMean typical }
                completion { rate adjustedWald { lower upper } wilson { lower upper } clopperPearson { lower upper } } } }
        groups { group participants } } }";
    let seen = world.see("owner", &study, shown).await;
    let results = &seen["results"];
    let overall = &results["overall"];
    assert_eq!(overall["planned"], 2);
    assert_eq!(overall["participants"], 2);
    let sus = &overall["sus"];
    assert_eq!((&sus["mean"], &sus["n"]), (&json!(75.0), &json!(2)));
    assert_eq!(
        (&sus["grade"], &sus["adjective"]),
        (&json!("B"), &json!("GOOD"))
    );
    assert_eq!(sus["acceptability"], "ACCEPTABLE");
    let prepare = &overall["tasks"][0];
    assert_eq!(prepare["completion"]["rate"], 1.0);
    let near = |value: &Value, wanted: f64| (value.as_f64().unwrap() - wanted).abs() < 1e-9;
    assert!(near(&prepare["time"]["geometricMean"], 200.0));
    // The exact interval of 2 of 2 begins at the square root of 0.025; none of 2 excludes no more than 1 minus the root of 0.05.
    let exact = &prepare["completion"]["clopperPearson"];
    assert!(near(&exact["lower"], 0.025_f64.sqrt()) && near(&exact["upper"], 1.0));
    assert!(near(&prepare["useErrorUpperBound"], 1.0 - 0.05_f64.sqrt()));
    let alarm = &overall["tasks"][1];
    assert_eq!(alarm["useErrors"], 2);
    assert_eq!(alarm["useErrorUpperBound"], Value::Null);
    assert_eq!(
        results["groups"],
        json!([{ "group": "nurse", "participants": 2 }])
    );
}

#[tokio::test]
async fn a_closed_study_has_its_conclusion_and_takes_nothing_more() {
    let world = World::new().await;
    let study = recorded(&world).await;
    let closing = json!({ "studyId": study, "conclusion": "경보음을 키워야 합니다." });
    world.done("usability", "closeStudy", closing, "").await;
    let shown = "Study { status conclusion closedBy { name } endedAt }";
    let closed = world.see("owner", &study, shown).await;
    assert_eq!(
        closed,
        json!({ "status": "CLOSED", "conclusion": "경보음을 키워야 합니다.", "closedBy": { "name": "한지원" }, "endedAt": "2026-03-03T09:30:00+09:00" })
    );
    let late = session(&study, "P04", "SUCCESS", 10);
    let codes = world.refused("usability", "recordSession", late).await;
    assert_eq!(codes, ["STUDY_CLOSED"]);
}

#[tokio::test]
async fn what_cannot_be_entered_is_refused_with_a_code() {
    let world = World::new().await;
    let study = study(&world).await;
    world
        .done("usability", "addStudyTask", alarm(&study), "")
        .await;
    let named = session(&study, "Kim Haneul", "SUCCESS", 10);
    assert_eq!(
        world.refused("usability", "recordSession", named).await,
        ["STUDY_BAD_PARTICIPANT_CODE"]
    );
    for seconds in [-5, 0, 90_000] {
        let timed = session(&study, "P01", "SUCCESS", seconds);
        assert_eq!(
            world.refused("usability", "recordSession", timed).await,
            ["STUDY_BAD_TIME"]
        );
    }
    for answer in [-1, 0, 6, 300] {
        let mut scored = session(&study, "P01", "SUCCESS", 10);
        scored["sus"][3] = json!(answer);
        assert_eq!(
            world.refused("usability", "recordSession", scored).await,
            ["STUDY_BAD_SUS"]
        );
    }
    let close = json!({ "studyId": study, "conclusion": "끝" });
    assert_eq!(
        world.refused("usability", "closeStudy", close).await,
        ["STUDY_NOTHING_RECORDED"]
    );
    let mut stale = session(&study, "P01", "SUCCESS", 10);
    stale["expectedVersion"] = json!(1);
    assert_eq!(
        world.refused("usability", "recordSession", stale).await,
        ["CONFLICT"]
    );
    let mut blank = alarm(&study);
    blank["titleEn"] = json!(" ");
    assert_eq!(
        world.refused("usability", "addStudyTask", blank).await,
        ["BAD_TEXT"]
    );
}

#[tokio::test]
async fn a_study_is_run_by_the_hospital_and_does_not_exist_for_another_startup() {
    let world = World::new().await;
    let study = study(&world).await;
    let verbs = |study: &str| {
        let mut corrected = session(study, "P01", "SUCCESS", 10);
        corrected["reason"] = json!("x");
        [
            ("addStudyTask", alarm(study)),
            ("recordSession", session(study, "P01", "SUCCESS", 10)),
            ("correctSession", corrected),
            (
                "removeSession",
                json!({ "studyId": study, "participant": "P01", "reason": "x" }),
            ),
            ("closeStudy", json!({ "studyId": study, "conclusion": "x" })),
        ]
    };
    for (verb, input) in verbs(&study) {
        assert_eq!(
            world.refused("owner", verb, input.clone()).await,
            ["NOT_ALLOWED"],
            "{verb}"
        );
        assert_eq!(
            world.refused("stranger", verb, input.clone()).await,
            ["NOT_FOUND"],
            "{verb}"
        );
        assert_eq!(
            world.refused("rival", verb, input).await,
            ["NOT_FOUND"],
            "{verb}"
        );
    }
    let unknown = id::<StudyId>(999).to_string();
    for (verb, input) in verbs(&unknown).into_iter().chain(verbs("nonsense")) {
        assert_eq!(
            world.refused("coordinator", verb, input).await,
            ["NOT_FOUND"],
            "{verb}"
        );
    }
    for who in ["stranger", "rival", "consultant"] {
        assert_eq!(
            world.see(who, &study, "Study { id }").await,
            Value::Null,
            "{who}"
        );
    }
    assert_eq!(
        world.see("director", &study, "Study { status }").await["status"],
        "PLANNED"
    );
}
