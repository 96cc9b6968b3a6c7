//! The real program, a real mail server, every role: a device goes from opening to completion over HTTP, and through a `kill -9` on its way.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::too_many_lines,
    reason = "a story told from beginning to end; whatever is missing in an answer fails it, as it should"
)]

mod support;

use naru_tests::smtp::{Encryption, SmtpServer};
use serde_json::{Value, json};
use support::{Program, Today, date, document, flag, text};

#[tokio::test]
async fn a_device_goes_the_whole_way_in_all_roles_over_http() {
    let mail = SmtpServer::start(Encryption::None, &[]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut naru = Program::demo(folder.path(), mail.address()).await;
    let today = Today::now();

    // The startup registers a device, uploads a file and opens a case.
    let startup = naru.organization("Kim Haneul", "STARTUP").await;
    let hospital = naru.organization("Jung Yujin", "HOSPITAL").await;
    let consultancy = naru.organization("Daniel Reed", "CONSULTANCY").await;
    let member = naru.person("Park Doyun");
    let registered = member
        .act(
            "registerDevice",
            json!({ "startupId": startup, "nameKo": "심전도 패치", "nameEn": "ECG patch", "model": "SR-300", "intendedUse": "심전도를 기록합니다.",
                "classes": [{ "market": "KR", "class": "CLASS_2" }] }),
            "device { id }",
        )
        .await;
    let device = registered["device"]["id"].as_str().unwrap().to_owned();
    let file = member
        .upload(
            &device,
            "usability-file.pdf",
            b"%PDF-1.7\nusability engineering file\n%%EOF",
        )
        .await;
    let opened = member
        .act(
            "openCase",
            json!({ "startupId": startup, "hospitalId": hospital, "deviceId": device, "pathway": "yonsei-medtech-validation-support", "title": "심전도 패치 검증" }),
            "case { id reference }",
        )
        .await;
    let case = opened["case"]["id"].as_str().unwrap().to_owned();

    // A bad form names every field at once, in Korean.
    let refused = member.try_to("submitForm", json!({ "caseId": case, "stage": "intake", "values": [text("business_number", "220-81-62518")] }), "").await;
    let errors = refused["userErrors"].as_array().unwrap();
    assert!(3 < errors.len(), "{refused}");
    assert!(
        errors
            .iter()
            .any(|e| e["field"] == "business_number" && e["code"] == "FIELD_NOT_A_BUSINESS_NUMBER"),
        "{refused}"
    );

    let intake = vec![
        text("business_number", "220-81-62517"),
        text("device_class", "class_2"),
        text("technology_field", "digital_health"),
        text("site", "severance"),
        text("intended_use", "성인의 심전도를 기록합니다."),
        text("target_disease", "부정맥"),
        text(
            "cooperation_goals",
            "사용적합성과 의료진 의견을 확인합니다.",
        ),
        text("summary", "가슴에 붙이는 패치입니다."),
        document("usability_file", &file),
        flag("needs_regulatory", true),
        flag("needs_reimbursement", false),
        flag("needs_overseas", false),
    ];
    member
        .act(
            "submitForm",
            json!({ "caseId": case, "stage": "intake", "values": intake }),
            "",
        )
        .await;

    // The coordinator sees it in the inbox, sends it back with a request pinned to a field, and approves what returns.
    let coordinator = naru.person("Jung Yujin");
    coordinator.inbox_has(&case, "triage").await;
    let request = json!({ "field": "summary", "text": "기술의 작동 원리를 더 적어 주세요." });
    let decision = json!({ "sendBack": { "to": "intake", "requests": [request] } });
    coordinator
        .act(
            "decideApproval",
            json!({ "caseId": case, "stage": "triage", "decision": decision }),
            "",
        )
        .await;
    let mut again = intake.clone();
    again[7] = text(
        "summary",
        "가슴에 붙이는 패치로, 심장의 전기 신호를 24시간 기록합니다.",
    );
    member
        .act(
            "submitForm",
            json!({ "caseId": case, "stage": "intake", "values": again }),
            "",
        )
        .await;
    approve(&naru, &case, "triage", "Jung Yujin").await;

    // Unknown and forbidden look alike to the other startup.
    let other = naru.person("Lee Seojun");
    let forbidden = other
        .query(
            "query($id: ID!) { case(id: $id) { id } }",
            json!({ "id": case }),
        )
        .await;
    let unknown = other
        .query(
            "query($id: ID!) { case(id: $id) { id } }",
            json!({ "id": "case_00000000000000000000000000000001" }),
        )
        .await;
    assert_eq!(forbidden, unknown);

    // A PI and three clinicians accept from their letters.
    let candidates = [
        ("PRINCIPAL_INVESTIGATOR", "최민호", "minho.pi"),
        ("CLINICIAN", "가영", "c1"),
        ("CLINICIAN", "나영", "c2"),
        ("CLINICIAN", "다영", "c3"),
    ];
    for (role, name, mailbox) in candidates {
        let address = format!("{mailbox}@clinic.example");
        coordinator
            .act(
                "inviteCandidate",
                json!({ "caseId": case, "stage": "matching", "role": role, "name": name, "email": address, "locale": "KO", "department": "심장내과",
                    "conflict": { "noneKnown": true } }),
                "",
            )
            .await;
        naru.open_link(&mail, &address)
            .await
            .accept_matching()
            .await;
    }
    coordinator
        .act(
            "confirmMatching",
            json!({ "caseId": case, "stage": "matching" }),
            "",
        )
        .await;

    // The PI records the ethics decision with the hospital's own document.
    let investigator = naru.person("Choi Minho");
    let letter = investigator
        .upload(&device, "irb.pdf", b"%PDF-1.7\nexempt\n%%EOF")
        .await;
    let ethics = json!([
        text("decision", "exempt"),
        date("decided_on", &today.day()),
        document("decision_letter", &letter),
        flag("safe_for_simulated_use", true)
    ]);
    investigator
        .act(
            "submitForm",
            json!({ "caseId": case, "stage": "ethics", "values": ethics }),
            "",
        )
        .await;

    // The process dies and comes back: nothing acknowledged is lost.
    naru.kill_and_restart().await;

    usability_study(&naru, &case, &today).await;
    feedback_round(&naru, &mail, &case).await;
    consultation(&naru, &case, &consultancy).await;

    // Report, signature, application, committee, award.
    let coordinator = naru.person("Jung Yujin");
    let report = coordinator
        .upload(&device, "report.pdf", b"%PDF-1.7\nreport\n%%EOF")
        .await;
    let values = json!([
        document("usability_report", &report),
        flag("in_kolas_scope", true),
        text("conclusion", "사용적합성이 확인되었습니다.")
    ]);
    naru.when_open(&case, "report").await;
    coordinator
        .act(
            "submitForm",
            json!({ "caseId": case, "stage": "report", "values": values }),
            "",
        )
        .await;
    approve(&naru, &case, "report_approval", "Han Jiwon").await;
    let application = json!([
        { "field": "requested_krw", "value": { "integer": 45_000_000 } },
        text("budget", "시험 재료비와 인건비"),
        text("milestones", "2개 단계로 진행합니다.")
    ]);
    naru.person("Park Doyun")
        .act(
            "submitForm",
            json!({ "caseId": case, "stage": "award_application", "values": application }),
            "",
        )
        .await;
    approve(&naru, &case, "committee", "Oh Sera").await;
    let twice = naru
        .person("Oh Sera")
        .try_to(
            "decideApproval",
            json!({ "caseId": case, "stage": "committee", "decision": { "approve": {} } }),
            "",
        )
        .await;
    assert_eq!(twice["userErrors"][0]["code"], "ALREADY_DECIDED");
    approve(&naru, &case, "committee", "Yoon Taekyung").await;
    grant(&naru, &case, &today).await;

    // The coordinator completes; the record is whole; the letters said nothing sensitive.
    let done = naru
        .person("Jung Yujin")
        .act(
            "completeCase",
            json!({ "caseId": case, "summary": "검증을 마치고 지원금을 받았습니다." }),
            "case { status }",
        )
        .await;
    assert_eq!(done["case"]["status"], "COMPLETED");
    naru.stop().await;
    naru.verify();
    for letter in mail.received() {
        let text = String::from_utf8_lossy(&letter.bytes).into_owned();
        assert!(
            !text.contains("ECG patch") && !text.contains("심전도"),
            "a letter names the device"
        );
    }
}

async fn approve(naru: &Program, case: &str, stage: &str, who: &str) {
    naru.when_open(case, stage).await;
    naru.person(who).act("decideApproval", json!({ "caseId": case, "stage": stage, "decision": { "approve": { "comment": "확인했습니다." } } }), "").await;
}

async fn usability_study(naru: &Program, case: &str, today: &Today) {
    let manager = naru.person("Han Jiwon");
    let study = naru.child(case, "usability", "StudyWork", "study").await;
    let tasks = [
        "prepare",
        "identify_patient",
        "measure",
        "read_result",
        "react_to_alarm",
        "clean",
    ];
    for n in 1..=10 {
        let group = if n <= 5 { "physicians" } else { "nurses" };
        let results: Vec<Value> = tasks
            .iter()
            .map(|task| json!({ "task": task, "outcome": "SUCCESS", "seconds": 30 + n }))
            .collect();
        let input = json!({ "studyId": study, "participant": format!("P{n:02}"), "group": group, "results": results,
            "sus": [4, 2, 4, 2, 4, 2, 4, 2, 4, 2], "moderatedOn": today.day() });
        manager.act("recordSession", input, "").await;
    }
    manager
        .act(
            "closeStudy",
            json!({ "studyId": study, "conclusion": "모든 과업을 안전하게 수행했습니다." }),
            "",
        )
        .await;
    let query = "query($id: ID!) { node(id: $id) { ... on Study { results { overall { sus { mean } tasks { completion { rate } } } } } } }";
    let results = manager.query(query, json!({ "id": study })).await;
    let overall = &results["data"]["node"]["results"]["overall"];
    assert!(
        (overall["sus"]["mean"].as_f64().unwrap() - 75.0).abs() < 1e-9,
        "{results}"
    );
}

async fn feedback_round(naru: &Program, mail: &SmtpServer, case: &str) {
    let coordinator = naru.person("Jung Yujin");
    let round = naru
        .child(case, "feedback", "FeedbackWork", "feedbackRound")
        .await;
    let addresses = [
        "d1@clinic.example",
        "d2@clinic.example",
        "d3@clinic.example",
    ];
    let invitations: Vec<Value> = addresses
        .iter()
        .map(|address| json!({ "email": address, "name": "라영", "locale": "KO", "site": "본원" }))
        .collect();
    coordinator
        .act(
            "inviteClinicians",
            json!({ "feedbackRoundId": round, "invitations": invitations }),
            "",
        )
        .await;
    for address in addresses {
        naru.open_link(mail, address).await.answer_feedback().await;
    }
    coordinator
        .act(
            "closeFeedbackRound",
            json!({ "feedbackRoundId": round, "conclusion": "의료진 세 명이 긍정적으로 평가했습니다." }),
            "",
        )
        .await;
}

async fn consultation(naru: &Program, case: &str, consultancy: &str) {
    naru.person("Jung Yujin")
        .act(
            "engageConsultancy",
            json!({ "caseId": case, "stage": "regulatory", "consultancyId": consultancy }),
            "",
        )
        .await;
    let consultation = naru
        .child(case, "regulatory", "ConsultationWork", "consultation")
        .await;
    let consultant = naru.person("Daniel Reed");
    let note = json!({ "consultationId": consultation, "audience": ["STARTUP", "CONSULTANCY"], "text": "The predicate is close; class 2 looks right." });
    consultant.act("addNote", note, "").await;
    let seen =
        "query($id: ID!) { node(id: $id) { ... on Consultation { notes { nodes { text } } } } }";
    let hospital = naru
        .person("Jung Yujin")
        .query(seen, json!({ "id": consultation }))
        .await;
    assert_eq!(
        hospital["data"]["node"]["notes"]["nodes"],
        json!([]),
        "the hospital is not in the audience"
    );
    let startup = naru
        .person("Park Doyun")
        .query(seen, json!({ "id": consultation }))
        .await;
    assert_eq!(
        startup["data"]["node"]["notes"]["nodes"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let question = json!({ "consultationId": consultation, "to": "STARTUP", "text": "Which software class do you claim?" });
    consultant.act("askQuestion", question, "").await;
    let asked = "query($id: ID!) { node(id: $id) { ... on Consultation { asks questions { nodes { id text } } } } }";
    let asked = naru
        .person("Park Doyun")
        .query(asked, json!({ "id": consultation }))
        .await;
    let id = asked["data"]["node"]["questions"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = json!({ "consultationId": consultation, "questionId": id, "text": "IEC 62304 B등급입니다." });
    naru.person("Park Doyun")
        .act("answerQuestion", answer, "")
        .await;
    let asks = asked["data"]["node"]["asks"].as_array().unwrap().len();
    let close = json!({ "consultationId": consultation, "recommendation": "Certify as class 2.", "answers": vec!["Class 2, certification."; asks] });
    consultant.act("closeConsultation", close, "").await;
}

async fn grant(naru: &Program, case: &str, today: &Today) {
    let committee = naru.person("Jung Yujin");
    naru.when_open(case, "award").await;
    let award = |amount: i64| {
        json!({ "caseId": case, "stage": "award", "amountKrw": amount, "reportDueOn": today.later(),
            "milestones": [{ "title": "1차", "dueOn": today.later() }, { "title": "2차", "dueOn": today.later() }] })
    };
    let refused = committee.try_to("grantAward", award(50_000_001), "").await;
    assert_eq!(refused["userErrors"][0]["code"], "AMOUNT_OUT_OF_BOUNDS");
    committee.act("grantAward", award(45_000_000), "").await;
}
