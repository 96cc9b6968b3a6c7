use super::*;
use naru_domain::feedback::{Answer, Consent, FeedbackCommand};
use naru_domain::{FeedbackRoundId, InvitationId};

async fn round(world: &World) -> String {
    let command = FeedbackCommand::Open {
        case: id(CASE),
        stage: "feedback".parse().unwrap(),
        round: 1,
        startup: id(STARTUP),
        hospital: id(HOSPITAL),
        device: id(DEVICE),
        title: words("Clinical feedback", "의료진 피드백"),
        questionnaire: "clinician-feedback".to_owned(),
        anonymity_threshold: 3,
        answers_needed: 3,
        calendar: "kr".to_owned(),
        opened_on: jiff::civil::date(2026, 3, 3),
        closes_on: jiff::civil::date(2026, 3, 31),
        remind_after_working_days: vec![5],
    };
    let round: FeedbackRoundId = id(42);
    world
        .submit(round, world.case_speaks(), Command::FeedbackRound(command))
        .await;
    round.to_string()
}

fn clinicians(round: &str, names: &[&str]) -> Value {
    let invitations: Vec<Value> = names
        .iter()
        .map(|name| json!({ "email": format!("{name}@clinic.example"), "name": format!("Dr {name}"), "locale": "KO", "site": "본원" }))
        .collect();
    json!({ "feedbackRoundId": round, "invitations": invitations })
}

const INVITATIONS: &str =
    "FeedbackRound { invitations { edges { node { id name email site status reminderAt } } } }";

async fn invited(world: &World, round: &str) -> Vec<String> {
    let seen = world.see("coordinator", round, INVITATIONS).await;
    let edges = seen["invitations"]["edges"].as_array().unwrap();
    edges
        .iter()
        .map(|edge| edge["node"]["id"].as_str().unwrap().to_owned())
        .collect()
}

/// A clinician answers on the page that the link opens.
async fn answer(world: &World, round: &str, invitation: &str, score: i64) {
    let invitation: InvitationId = invitation.parse().unwrap();
    let questionnaire = world
        .app
        .reference()
        .questionnaires
        .get("clinician-feedback")
        .unwrap();
    let consent = Consent {
        version: questionnaire.consent.version.clone(),
        text_hash: questionnaire.consent_hash(Locale::Ko).unwrap(),
        locale: Locale::Ko,
    };
    let scores = [
        "clinical_need",
        "fits_workflow",
        "supports_decisions",
        "safe_to_use",
        "ease_of_use",
        "recommend",
    ];
    let mut answers: BTreeMap<String, Answer> = scores
        .iter()
        .map(|question| ((*question).to_owned(), Answer::Score(score)))
        .collect();
    answers.insert(
        "intended_use".to_owned(),
        Answer::Choice("routinely".to_owned()),
    );
    answers.insert(
        "strengths".to_owned(),
        Answer::Text("조용합니다.".parse().unwrap()),
    );
    let guest = Actor {
        who: Who::Guest(invitation),
        memberships: Vec::new(),
        on_behalf_of: None,
        channel: Channel::MailLink,
    };
    let round: FeedbackRoundId = round.parse().unwrap();
    let command = FeedbackCommand::Answer { consent, answers };
    world
        .submit(round, guest, Command::FeedbackRound(command))
        .await;
}

const RESULTS: &str = "FeedbackRound { status anonymityThreshold results { invited answered declined anonymityThreshold
    questions { id answered scale { median topTwoBox netPromoter { promoters score } distribution { score count } }
        choices { option { value label(language: KO) } count } comments }
    sites { site answered questions { id comments } } } }";

/// A round with three invitations that stand and one that was taken back; so many have answered with these scores.
async fn answered(world: &World, scores: &[i64]) -> String {
    let round = round(world).await;
    let inviting = clinicians(&round, &["a", "b", "c", "d"]);
    world
        .done("coordinator", "inviteClinicians", inviting, "")
        .await;
    let invitations = invited(world, &round).await;
    let revoking =
        json!({ "feedbackRoundId": round, "invitationId": invitations[3], "reason": "퇴사" });
    world
        .done("coordinator", "revokeInvitation", revoking, "")
        .await;
    for (invitation, score) in invitations.iter().zip(scores) {
        answer(world, &round, invitation, *score).await;
    }
    round
}

fn closing(round: &str) -> Value {
    json!({ "feedbackRoundId": round, "conclusion": "긍정적입니다." })
}

#[tokio::test]
async fn two_answers_under_a_threshold_of_three_are_hidden_from_everybody() {
    let world = World::new().await;
    let round = answered(&world, &[4, 4]).await;
    for who in ["owner", "coordinator", "usability", "director"] {
        let seen = world.see(who, &round, RESULTS).await;
        assert_eq!(seen["anonymityThreshold"], 3);
        let results = &seen["results"];
        assert_eq!(
            (&results["invited"], &results["answered"]),
            (&json!(3), &json!(2)),
            "{who}"
        );
        assert_eq!(results["questions"], Value::Null, "{who}");
        assert_eq!(results["sites"][0]["questions"], Value::Null, "{who}");
    }
    let codes = world
        .refused("coordinator", "closeFeedbackRound", closing(&round))
        .await;
    assert_eq!(codes, ["TOO_FEW_ANSWERS"]);
}

#[tokio::test]
async fn enough_answers_show_in_summary_and_let_the_round_close() {
    let world = World::new().await;
    let round = answered(&world, &[4, 4, 5]).await;
    let seen = world.see("owner", &round, RESULTS).await;
    let questions = seen["results"]["questions"].as_array().unwrap();
    let of = |id: &str| {
        questions
            .iter()
            .find(|question| question["id"] == id)
            .unwrap()
    };
    assert_eq!(of("clinical_need")["scale"]["median"], 4.0);
    assert_eq!(of("clinical_need")["scale"]["topTwoBox"], 1.0);
    assert_eq!(
        of("recommend")["scale"]["netPromoter"],
        json!({ "promoters": 0, "score": -100.0 })
    );
    assert_eq!(of("intended_use")["choices"][0]["count"], 3);
    assert_eq!(
        of("strengths")["comments"],
        json!(["조용합니다.", "조용합니다.", "조용합니다."])
    );
    let site = &seen["results"]["sites"][0];
    assert_eq!(
        (&site["site"], &site["answered"]),
        (&json!("본원"), &json!(3))
    );
    world
        .done("coordinator", "closeFeedbackRound", closing(&round), "")
        .await;
    let shown = "FeedbackRound { status conclusion shortReason }";
    let closed = world.see("owner", &round, shown).await;
    assert_eq!(
        closed,
        json!({ "status": "CLOSED", "conclusion": "긍정적입니다.", "shortReason": null })
    );
}

#[tokio::test]
async fn whoever_runs_the_round_sees_names_other_people_of_the_hospital_masks_and_the_startup_counts()
 {
    let world = World::new().await;
    let round = round(&world).await;
    world
        .done(
            "coordinator",
            "inviteClinicians",
            clinicians(&round, &["haneul"]),
            "",
        )
        .await;
    for who in ["coordinator", "usability"] {
        let seen = world.see(who, &round, INVITATIONS).await;
        let node = &seen["invitations"]["edges"][0]["node"];
        assert_eq!(
            (&node["name"], &node["email"]),
            (&json!("Dr haneul"), &json!("haneul@clinic.example"))
        );
        assert_eq!(
            (&node["site"], &node["status"]),
            (&json!("본원"), &json!("WAITING"))
        );
        assert!(
            node["reminderAt"]
                .as_str()
                .unwrap()
                .starts_with("2026-03-10"),
            "{node}"
        );
    }
    let masked = world.see("director", &round, INVITATIONS).await;
    let node = &masked["invitations"]["edges"][0]["node"];
    assert_eq!(
        (&node["name"], &node["email"]),
        (&json!("D…"), &json!("…@clinic.example"))
    );
    assert_eq!(node["site"], Value::Null);
    let counted = world
        .see(
            "owner",
            &round,
            "FeedbackRound { invitations { edges { node { id } } } results { invited } }",
        )
        .await;
    assert_eq!(
        counted,
        json!({ "invitations": { "edges": [] }, "results": { "invited": 1 } })
    );
}

#[tokio::test]
async fn the_questionnaire_and_its_consent_stand_there_in_both_languages() {
    let world = World::new().await;
    let round = round(&world).await;
    let seen = world.see("owner", &round, "FeedbackRound { questionnaire { id version title
        consent { version en: text(language: EN) ko: text(language: KO) hash(language: KO) }
        questions { id type required ko: label(language: KO) low(language: KO) options { value } maxLength } } }").await;
    let questionnaire = &seen["questionnaire"];
    assert_eq!(
        questionnaire["title"],
        "Clinician feedback on a medical device"
    );
    let consent = &questionnaire["consent"];
    assert!(
        consent["en"]
            .as_str()
            .unwrap()
            .contains("Taking part is voluntary")
    );
    assert!(consent["ko"].as_str().unwrap().contains("참여는 자유이며"));
    assert_eq!(consent["hash"].as_str().unwrap().len(), 64);
    let questions = questionnaire["questions"].as_array().unwrap();
    assert_eq!(questions[0]["type"], "LIKERT");
    assert_eq!(questions[0]["low"], "전혀 그렇지 않다");
    let choice = questions
        .iter()
        .find(|question| question["type"] == "CHOICE")
        .unwrap();
    assert_eq!(choice["options"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_round_refuses_what_makes_no_sense_with_a_code_and_a_place() {
    let world = World::new().await;
    let round = round(&world).await;
    assert_eq!(
        world
            .refused("coordinator", "inviteClinicians", clinicians(&round, &[]))
            .await,
        ["NOBODY_TO_INVITE"]
    );
    assert_eq!(
        world
            .refused(
                "coordinator",
                "inviteClinicians",
                clinicians(&round, &["a", "a"])
            )
            .await,
        ["ADDRESS_TWICE"]
    );
    let wrong = world
        .act(
            "coordinator",
            "inviteClinicians",
            clinicians(&round, &["a", "b c"]),
            "",
        )
        .await;
    assert_eq!(wrong["userErrors"][0]["code"], "BAD_TEXT");
    assert_eq!(wrong["userErrors"][0]["field"], "invitations.1.email");
    world
        .done(
            "coordinator",
            "inviteClinicians",
            clinicians(&round, &["a"]),
            "",
        )
        .await;
    let invitation = invited(&world, &round).await.remove(0);
    let remind = json!({ "feedbackRoundId": round, "invitationId": invitation });
    assert_eq!(
        world
            .refused("coordinator", "remindClinician", remind)
            .await,
        ["REMINDED_TODAY"]
    );
    for unknown in [id::<InvitationId>(999).to_string(), "nonsense".to_owned()] {
        let remind = json!({ "feedbackRoundId": round, "invitationId": unknown });
        assert_eq!(
            world
                .refused("coordinator", "remindClinician", remind)
                .await,
            ["UNKNOWN_INVITATION"]
        );
    }
    answer(&world, &round, &invitation, 4).await;
    let revoke = json!({ "feedbackRoundId": round, "invitationId": invitation, "reason": "마음에 들지 않습니다." });
    assert_eq!(
        world
            .refused("coordinator", "revokeInvitation", revoke)
            .await,
        ["ALREADY_ANSWERED"]
    );
}

#[tokio::test]
async fn a_round_is_run_by_the_hospital_and_does_not_exist_for_another_startup() {
    let world = World::new().await;
    let round = round(&world).await;
    let verbs = |round: &str| {
        let invitation = id::<InvitationId>(1).to_string();
        [
            ("inviteClinicians", clinicians(round, &["a"])),
            (
                "remindClinician",
                json!({ "feedbackRoundId": round, "invitationId": invitation }),
            ),
            (
                "revokeInvitation",
                json!({ "feedbackRoundId": round, "invitationId": invitation, "reason": "x" }),
            ),
            (
                "closeFeedbackRound",
                json!({ "feedbackRoundId": round, "conclusion": "x" }),
            ),
        ]
    };
    for (verb, input) in verbs(&round) {
        for who in ["owner", "director"] {
            assert_eq!(
                world.refused(who, verb, input.clone()).await,
                ["NOT_ALLOWED"],
                "{verb} {who}"
            );
        }
        for who in ["stranger", "rival"] {
            assert_eq!(
                world.refused(who, verb, input.clone()).await,
                ["NOT_FOUND"],
                "{verb} {who}"
            );
        }
    }
    for (verb, input) in verbs(&id::<FeedbackRoundId>(999).to_string()) {
        assert_eq!(
            world.refused("coordinator", verb, input).await,
            ["NOT_FOUND"],
            "{verb}"
        );
    }
    for who in ["stranger", "rival"] {
        assert_eq!(
            world.see(who, &round, "FeedbackRound { id }").await,
            Value::Null,
            "{who}"
        );
    }
}
