use super::*;
use naru_domain::consultation::ConsultationCommand;
use naru_domain::pathway::ConsultationKind;
use naru_domain::{ConsultationId, QuestionId};

async fn consultation(world: &World) -> String {
    let command = ConsultationCommand::Open {
        case: id(CASE),
        stage: "regulatory".parse().unwrap(),
        round: 1,
        startup: id(STARTUP),
        hospital: id(HOSPITAL),
        consultancy: id(CONSULTANCY),
        device: id(DEVICE),
        title: words("Regulatory advice", "인허가 컨설팅"),
        about: ConsultationKind::Regulatory,
        asks: vec![words("Which class?", "몇 등급입니까?")],
    };
    let consultation: ConsultationId = id(43);
    world
        .submit(
            consultation,
            world.case_speaks(),
            Command::Consultation(command),
        )
        .await;
    consultation.to_string()
}

const NOTES: &str =
    "Consultation { notes { edges { node { text side audience readers by { name } } } } }";

#[tokio::test]
async fn a_note_is_read_by_its_audience_only_and_says_who_that_is() {
    let world = World::new().await;
    let consultation = consultation(&world).await;
    let note = json!({ "consultationId": consultation, "audience": ["CONSULTANCY", "STARTUP"], "text": "2등급이 맞아 보입니다." });
    let shown = "version consultation { status writesFor
        before: readers(audience: [CONSULTANCY, STARTUP]) nobody: readers(audience: [], language: KO) }";
    let answer = world.done("consultant", "addNote", note, shown).await;
    let words = "Can be read by Hanbit MedTech (startup), Mire Consulting (consultancy).";
    assert_eq!(
        answer["consultation"],
        json!({ "status": "OPEN", "writesFor": ["CONSULTANCY"], "before": words, "nobody": "볼 수 있는 사람이 없습니다." })
    );
    for who in ["consultant", "owner"] {
        let seen = world.see(who, &consultation, NOTES).await;
        let note = &seen["notes"]["edges"][0]["node"];
        assert_eq!(note["text"], "2등급이 맞아 보입니다.", "{who}");
        assert_eq!(
            (&note["side"], &note["readers"]),
            (&json!("CONSULTANCY"), &json!(words))
        );
        assert_eq!(note["by"]["name"], "Daniel Reed");
    }
    for who in ["coordinator", "director"] {
        let seen = world.see(who, &consultation, NOTES).await;
        assert_eq!(
            seen,
            json!({ "notes": { "edges": [] } }),
            "{who} is not in the audience"
        );
    }
    for audience in [json!([]), json!(["HOSPITAL"])] {
        let note = json!({ "consultationId": consultation, "audience": audience, "text": "x" });
        let code = world.refused("consultant", "addNote", note).await;
        assert!(
            code == ["AUDIENCE_EMPTY"] || code == ["AUDIENCE_WITHOUT_OWN_SIDE"],
            "{code:?}"
        );
    }
}

const QUESTIONS: &str = "Consultation { questionsWaiting questions { edges { node { id from to text dueOn status answer { text by { name } } withdrawnBecause } } } }";

/// Two questions of the consultancy to the startup: their ids.
async fn asked(world: &World, consultation: &str) -> Vec<String> {
    let question = json!({ "consultationId": consultation, "to": "STARTUP", "text": "소프트웨어 안전 등급은 무엇입니까?", "dueOn": "2026-03-10" });
    for _ in 0..2 {
        world
            .done("consultant", "askQuestion", question.clone(), "")
            .await;
    }
    let seen = world.see("owner", consultation, QUESTIONS).await;
    assert_eq!(seen["questionsWaiting"], 2);
    let edges = seen["questions"]["edges"].as_array().unwrap();
    assert_eq!(edges[0]["node"]["dueOn"], "2026-03-10");
    edges
        .iter()
        .map(|edge| edge["node"]["id"].as_str().unwrap().to_owned())
        .collect()
}

fn answer(consultation: &str, question: &str) -> Value {
    json!({ "consultationId": consultation, "questionId": question, "text": "IEC 62304 B등급입니다." })
}

#[tokio::test]
async fn a_question_stands_between_two_sides_until_it_is_answered_or_taken_back() {
    let world = World::new().await;
    let consultation = consultation(&world).await;
    let ids = asked(&world, &consultation).await;
    let hospital = world.see("coordinator", &consultation, QUESTIONS).await;
    assert_eq!(
        hospital,
        json!({ "questionsWaiting": 0, "questions": { "edges": [] } })
    );
    let answer = answer(&consultation, &ids[0]);
    world.done("owner", "answerQuestion", answer, "").await;
    let withdraw = json!({ "consultationId": consultation, "questionId": ids[1], "reason": "같은 질문입니다." });
    let codes = world
        .refused("owner", "withdrawQuestion", withdraw.clone())
        .await;
    assert_eq!(codes, ["NOT_THE_ASKER"]);
    world
        .done("consultant", "withdrawQuestion", withdraw, "")
        .await;
    let seen = world.see("consultant", &consultation, QUESTIONS).await;
    let edges = seen["questions"]["edges"].as_array().unwrap();
    assert_eq!(edges[0]["node"]["status"], "ANSWERED");
    assert_eq!(
        edges[0]["node"]["answer"],
        json!({ "text": "IEC 62304 B등급입니다.", "by": { "name": "박도윤" } })
    );
    assert_eq!(edges[1]["node"]["status"], "WITHDRAWN");
    assert_eq!(edges[1]["node"]["withdrawnBecause"], "같은 질문입니다.");
}

#[tokio::test]
async fn a_question_is_answered_once_and_by_the_side_that_is_asked() {
    let world = World::new().await;
    let consultation = consultation(&world).await;
    let ids = asked(&world, &consultation).await;
    let unknown = id::<QuestionId>(999).to_string();
    for (who, question, code) in [
        ("coordinator", ids[0].as_str(), "UNKNOWN_QUESTION"),
        ("owner", unknown.as_str(), "UNKNOWN_QUESTION"),
        ("owner", "nonsense", "UNKNOWN_QUESTION"),
        ("consultant", ids[0].as_str(), "NOT_ASKED"),
    ] {
        let answer = answer(&consultation, question);
        assert_eq!(
            world.refused(who, "answerQuestion", answer).await,
            [code],
            "{who} {question}"
        );
    }
    let first = answer(&consultation, &ids[0]);
    world
        .done("owner", "answerQuestion", first.clone(), "")
        .await;
    let codes = world.refused("owner", "answerQuestion", first).await;
    assert_eq!(codes, ["QUESTION_ALREADY_ANSWERED"]);
    let late = json!({ "consultationId": consultation, "to": "STARTUP", "text": "x", "dueOn": "2026-03-01" });
    let codes = world.refused("consultant", "askQuestion", late).await;
    assert_eq!(codes, ["DUE_IN_THE_PAST"]);
}

#[tokio::test]
async fn a_consultation_ends_with_an_answer_to_every_point() {
    let world = World::new().await;
    let consultation = consultation(&world).await;
    let close = |answers: Value| json!({ "consultationId": consultation, "recommendation": "2등급 인증으로 진행하십시오.", "answers": answers });
    assert_eq!(
        world
            .refused("consultant", "closeConsultation", close(json!([])))
            .await,
        ["ANSWERS_MISMATCH"]
    );
    assert_eq!(
        world
            .refused("consultant", "closeConsultation", close(json!([" "])))
            .await,
        ["BAD_TEXT"]
    );
    assert_eq!(
        world
            .refused("owner", "closeConsultation", close(json!(["2"])))
            .await,
        ["NOT_ALLOWED"]
    );
    world
        .done(
            "consultant",
            "closeConsultation",
            close(json!(["2등급"])),
            "",
        )
        .await;
    let seen = world
        .see(
            "coordinator",
            &consultation,
            "Consultation { status about asks(language: KO)
        recommendation { text by { name } answers { ask answer } } }",
        )
        .await;
    assert_eq!(
        seen,
        json!({
            "status": "CLOSED", "about": "REGULATORY", "asks": ["몇 등급입니까?"],
            "recommendation": { "text": "2등급 인증으로 진행하십시오.", "by": { "name": "Daniel Reed" },
                "answers": [{ "ask": "Which class?", "answer": "2등급" }] },
        })
    );
    let note = json!({ "consultationId": consultation, "audience": ["STARTUP"], "text": "x" });
    assert_eq!(
        world.refused("owner", "addNote", note).await,
        ["CONSULTATION_CLOSED"]
    );
}

#[tokio::test]
async fn a_consultation_does_not_exist_for_another_startup_or_another_consultancy() {
    let world = World::new().await;
    let consultation = consultation(&world).await;
    let verbs = |consultation: &str| {
        let question = id::<QuestionId>(1).to_string();
        [
            (
                "addNote",
                json!({ "consultationId": consultation, "audience": ["CONSULTANCY", "STARTUP"], "text": "x" }),
            ),
            (
                "askQuestion",
                json!({ "consultationId": consultation, "to": "HOSPITAL", "text": "x" }),
            ),
            (
                "answerQuestion",
                json!({ "consultationId": consultation, "questionId": question, "text": "x" }),
            ),
            (
                "withdrawQuestion",
                json!({ "consultationId": consultation, "questionId": question, "reason": "x" }),
            ),
            (
                "closeConsultation",
                json!({ "consultationId": consultation, "recommendation": "x", "answers": ["x"] }),
            ),
        ]
    };
    let unknown = id::<ConsultationId>(999).to_string();
    for who in ["stranger", "rival"] {
        for (verb, input) in verbs(&consultation).into_iter().chain(verbs(&unknown)) {
            let answer = world
                .act(who, verb, input, "version consultation { id }")
                .await;
            assert_eq!(answer["userErrors"][0]["code"], "NOT_FOUND", "{verb} {who}");
            assert_eq!(
                (&answer["version"], &answer["consultation"]),
                (&Value::Null, &Value::Null)
            );
        }
        assert_eq!(
            world.see(who, &consultation, "Consultation { id }").await,
            Value::Null,
            "{who}"
        );
    }
}
