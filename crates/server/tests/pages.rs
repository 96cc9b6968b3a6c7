//! The pages that links in letters open, through the router, in front of a real engine and store.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the allowances for tests do not reach the functions they share"
)]

#[path = "pages/world.rs"]
mod world;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use naru_domain::case::CaseCommand;
use naru_domain::feedback::FeedbackCommand;
use naru_domain::pathway::MatchRole;
use naru_domain::{Locale, LongText, State};
use naru_engine::Link;
use std::net::SocketAddr;
use world::{
    Answer, CASE_TITLE, HOSPITAL_KO, STARTUP_KO, World, coordinator, encoded, id, messenger,
};

fn why() -> LongText {
    "because".parse().unwrap()
}

/// A filled form, with the hidden fields of the page it came from.
fn filled<'a>(page: &'a [String; 3], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let [lang, version, hash] = page;
    let mut fields = vec![
        ("lang", lang.as_str()),
        ("consent-version", version.as_str()),
        ("consent-hash", hash.as_str()),
        ("q-clinical_need", "4"),
        ("q-fits_workflow", "3"),
        ("q-supports_decisions", "5"),
        ("q-safe_to_use", "4"),
        ("q-ease_of_use", "6"),
        ("q-recommend", "0"),
        ("q-intended_use", "routinely"),
        ("q-strengths", ""),
        ("q-improvements", ""),
        ("agree", "yes"),
        ("act", "send"),
    ];
    fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    fields.extend(more);
    fields
}

fn hidden(page: &Answer) -> [String; 3] {
    ["lang", "consent-version", "consent-hash"].map(|name| page.hidden(name))
}

#[test]
fn every_page_says_everything_in_both_languages() {
    let samples = naru_server::pages::samples().unwrap();
    assert!(samples.len() > 90, "{}", samples.len());
    for sample in samples {
        assert!(sample.html.contains("</html>"), "{}", sample.name);
        assert!(
            !sample.html.contains('⟦'),
            "{}: {}",
            sample.name,
            sample.html
        );
        assert_eq!(
            sample.html.matches("<script").count(),
            1,
            "{}: its own and no other",
            sample.name
        );
        for forbidden in [
            "<script>", "style=", "<style", " onclick", "http:", "https:",
        ] {
            assert!(
                !sample.html.contains(forbidden),
                "{}: {forbidden}",
                sample.name
            );
        }
        let mut ids: Vec<&str> = sample.html.split(" id=\"").skip(1).collect();
        for id in &mut ids {
            *id = id.split('"').next().unwrap();
        }
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(all, ids.len(), "an id comes twice in {}", sample.name);
        for pointer in ["href=\"#", "for=\"", "aria-labelledby=\""] {
            for target in sample.html.split(pointer).skip(1) {
                let target = target.split('"').next().unwrap();
                assert!(
                    ids.contains(&target),
                    "{}: nothing has id {target}",
                    sample.name
                );
            }
        }
        for list in sample.html.split("aria-describedby=\"").skip(1) {
            for target in list.split('"').next().unwrap().split_whitespace() {
                assert!(
                    ids.contains(&target),
                    "{}: nothing has id {target}",
                    sample.name
                );
            }
        }
    }
}

#[tokio::test]
async fn looking_changes_nothing_however_often_and_by_whatever_method() {
    let world = World::new().await;
    let round = world.invited(Locale::Ko).await;
    let person = world.asked(MatchRole::Clinician).await;
    let before = world.events().await;
    for path in [&round, &person] {
        for query in [
            "",
            "?lang=en",
            "?act=send&q-recommend=3",
            "?act=accept&conflict=none",
        ] {
            let path = format!("{path}{query}");
            assert_eq!(world.get(&path).await.status, StatusCode::OK);
            let head = world.with_method("HEAD", &path).await;
            assert_eq!((head.status, head.html.as_str()), (StatusCode::OK, ""));
        }
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
            let refused = world.with_method(method, path).await;
            assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
        }
    }
    assert_eq!(world.events().await, before);
}

#[tokio::test]
async fn the_page_shows_who_asks_and_nothing_about_the_device_or_the_case() {
    let world = World::new().await;
    let round = world.invited(Locale::Ko).await;
    let person = world.asked(MatchRole::PrincipalInvestigator).await;
    let page = world.get(&round).await;
    assert!(
        page.html
            .contains(&format!("{HOSPITAL_KO}에서 선생님의 임상 의견을"))
    );
    assert!(page.html.contains("3명 이상 응답한 뒤에"));
    assert!(page.html.contains("2026년 3월 31일(화)까지"));
    assert!(!page.html.contains(STARTUP_KO));
    let english = world.get(&format!("{round}?lang=en")).await;
    assert!(english.html.contains("<html lang=\"en\">"));
    let asked = world.get(&person).await;
    assert!(asked.html.contains("연구책임자를 맡아 주시겠습니까?"));
    assert!(
        asked
            .html
            .contains(&format!("{STARTUP_KO}와 이해 상충이 있으신가요?"))
    );
    assert!(asked.html.contains("2026년 3월 10일(화)까지"));
    for page in [&page, &english, &asked] {
        assert!(!page.html.contains(CASE_TITLE));
        assert!(!page.html.contains("device_"));
        assert!(!page.html.contains("case_"));
    }
}

#[tokio::test]
async fn a_clinician_answers_once_and_reminders_stop() {
    let world = World::new().await;
    let path = world.invited(Locale::Ko).await;
    let page = hidden(&world.get(&path).await);
    let thanks = world
        .post(
            &path,
            &filled(&page, &[("q-strengths", "조용해요 👩‍⚕️ مرحبا")]),
        )
        .await;
    assert_eq!(thanks.status, StatusCode::OK, "{}", thanks.html);
    assert!(thanks.title().starts_with("응답해 주셔서 감사합니다"));
    let events = world.events().await;

    let again = world
        .post(
            &path,
            &filled(&page, &[("q-strengths", "조용해요 👩‍⚕️ مرحبا")]),
        )
        .await;
    assert_eq!(
        (again.status, again.title()),
        (StatusCode::OK, thanks.title())
    );
    let other = world
        .post(&path, &filled(&page, &[("q-recommend", "9")]))
        .await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(other.title().starts_with("먼저 보내신 응답이 유지됩니다"));
    let incomplete = world.post(&path, &[("act", "send")]).await;
    assert_eq!(incomplete.status, StatusCode::CONFLICT);
    let decline = world.post(&path, &[("act", "decline")]).await;
    assert!(decline.title().starts_with("이미 응답하셨습니다"));
    let looked = world.get(&path).await;
    assert_eq!(looked.status, StatusCode::OK);
    assert!(looked.title().starts_with("이미 응답하셨습니다"));
    assert!(looked.html.contains("2026년 3월 3일(화)"));

    world.later("2026-03-12T01:00:00Z").await;
    assert_eq!(world.mailbox.posts().len(), 1, "a reminder went out");
    assert_eq!(world.events().await, events);
}

#[tokio::test]
async fn whoever_does_not_answer_is_reminded() {
    let world = World::new().await;
    let path = world.invited(Locale::Ko).await;
    world.get(&path).await;
    world.later("2026-03-12T01:00:00Z").await;
    assert_eq!(world.mailbox.posts().len(), 2);
}

#[tokio::test]
async fn two_clicks_at_once_are_one_answer_and_two_thanks() {
    let world = World::new().await;
    let path = world.invited(Locale::En).await;
    let page = hidden(&world.get(&path).await);
    let before = world.events().await;
    let fields = filled(&page, &[]);
    let (one, two) = tokio::join!(world.post(&path, &fields), world.post(&path, &fields));
    for answer in [one, two] {
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.title().starts_with("Thank you"));
    }
    assert_eq!(world.events().await, before + 1);
}

#[tokio::test]
async fn mistakes_stand_beside_their_fields_and_what_was_typed_is_kept() {
    let world = World::new().await;
    let path = world.invited(Locale::Ko).await;
    let page = hidden(&world.get(&path).await);
    let before = world.events().await;
    let typed = "</textarea><script>alert(1)</script> 좋아요\u{202E}\u{7} 🙂";
    let wrong = [
        ("q-clinical_need", ""),
        ("q-recommend", "11"),
        ("q-intended_use", "selected_patients"),
        ("q-strengths", typed),
        ("reason", "아직 모르겠습니다"),
        ("agree", ""),
    ];
    let answer = world.post(&path, &filled(&page, &wrong)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.title().starts_with("확인 필요:"));
    let html = &answer.html;
    for anchor in ["q-clinical_need", "q-recommend", "q-strengths", "agree"] {
        assert!(html.contains(&format!("href=\"#{anchor}\"")), "{anchor}");
        assert!(html.contains(&format!("id=\"{anchor}-error\"")), "{anchor}");
    }
    assert!(html.contains("value=\"selected_patients\" checked"));
    assert!(html.contains("name=\"q-ease_of_use\" value=\"6\" checked"));
    assert!(html.contains("아직 모르겠습니다</textarea>"));
    assert!(html.contains("alert(1)") && !html.contains("<script>"));
    assert!(!html.contains('\u{202E}') && !html.contains('\u{7}'));
    assert!(html.contains("좋아요 🙂</textarea>"));
    assert_eq!(world.events().await, before);

    let english = [&wrong[..], &[("act", "switch-en")]].concat();
    let switched = world.post(&path, &filled(&page, &english)).await;
    assert_eq!(switched.status, StatusCode::OK);
    assert!(switched.html.contains("<html lang=\"en\">"));
    assert!(switched.html.contains("좋아요 🙂</textarea>"));
    assert!(!switched.html.contains("-error\""));
    let nothing = world.post(&path, &filled(&page, &[("act", "")])).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.html.contains("아직 아무것도 보내지 않았습니다"));
    assert_eq!(world.events().await, before);
}

#[tokio::test]
async fn consent_is_to_the_text_and_language_that_was_shown() {
    let world = World::new().await;
    let path = world.invited(Locale::Ko).await;
    let korean = hidden(&world.get(&path).await);
    let before = world.events().await;
    let [_, version, hash] = korean.clone();
    for page in [
        ["en".to_owned(), version.clone(), hash.clone()],
        ["ko".to_owned(), "2020-01".to_owned(), hash],
        ["ko".to_owned(), version, "garbage".to_owned()],
    ] {
        let answer = world.post(&path, &filled(&page, &[])).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.html.contains("id=\"agree-error\""));
        assert!(!answer.html.contains("value=\"yes\" required checked"));
        assert!(
            answer
                .html
                .contains("name=\"q-recommend\" value=\"0\" id=\"q-recommend\" checked")
        );
    }
    assert_eq!(world.events().await, before);
    let english = hidden(&world.get(&format!("{path}?lang=en")).await);
    let thanks = world.post(&path, &filled(&english, &[])).await;
    assert!(thanks.title().starts_with("Thank you"));
}

#[tokio::test]
async fn whoever_declined_may_change_their_mind() {
    let world = World::new().await;
    let path = world.invited(Locale::Ko).await;
    let long = "가".repeat(2_000);
    let declined = world
        .post(&path, &[("act", "decline"), ("reason", &long)])
        .await;
    assert_eq!(declined.status, StatusCode::OK);
    assert!(declined.title().starts_with("참여하지 않으시는 것으로"));
    let events = world.events().await;
    let again = world
        .post(&path, &[("act", "decline"), ("reason", &long)])
        .await;
    assert_eq!(again.title(), declined.title());
    assert_eq!(world.events().await, events);
    let page = world.get(&path).await;
    assert!(page.html.contains("앞서 참여하지 않겠다고 하셨습니다"));
    let thanks = world.post(&path, &filled(&hidden(&page), &[])).await;
    assert!(thanks.title().starts_with("응답해 주셔서"));
}

#[tokio::test]
async fn a_round_that_takes_no_answers_says_why_and_keeps_its_events() {
    for (command, expected) in [
        ("revoke", "취소된 초대입니다"),
        ("ended", "응답 기간이 끝났습니다"),
        ("close", "종료된 설문입니다"),
        ("withdraw", "취소된 설문입니다"),
    ] {
        let world = World::new().await;
        let path = world.invited(Locale::Ko).await;
        let page = hidden(&world.get(&path).await);
        match command {
            "revoke" => {
                let invitation = world.invitation().await;
                let reason = why();
                let revoke = FeedbackCommand::RevokeInvitation { invitation, reason };
                world.to_round(coordinator(), revoke).await;
            }
            "ended" => world.later("2026-03-31T15:00:00Z").await,
            "close" => {
                let close = FeedbackCommand::Close {
                    conclusion: why(),
                    short_reason: Some(why()),
                };
                world.to_round(coordinator(), close).await;
            }
            _ => {
                let withdraw = FeedbackCommand::Withdraw { reason: why() };
                world.to_round(messenger(), withdraw).await;
            }
        }
        let events = world.events().await;
        for answer in [
            world.get(&path).await,
            world.post(&path, &filled(&page, &[])).await,
            world.post(&path, &[("act", "decline")]).await,
        ] {
            assert_eq!(answer.status, StatusCode::GONE, "{command}");
            assert!(answer.title().starts_with(expected), "{}", answer.title());
            assert!(answer.html.contains(HOSPITAL_KO) || command == "ended");
        }
        assert_eq!(world.events().await, events, "{command}");
    }
}

#[tokio::test]
async fn a_candidate_accepts_with_a_declaration_once() {
    let world = World::new().await;
    let path = world.asked(MatchRole::PrincipalInvestigator).await;
    let before = world.events().await;
    for (fields, anchor) in [
        (vec![("act", "accept")], "conflict"),
        (
            vec![("act", "accept"), ("conflict", "some")],
            "conflict-text",
        ),
        (
            vec![
                ("act", "accept"),
                ("conflict", "none"),
                ("conflict-text", "지분 있음"),
            ],
            "conflict",
        ),
        (
            vec![
                ("act", "accept"),
                ("conflict", "some"),
                ("conflict-text", "지분\u{0}있음"),
            ],
            "conflict-text",
        ),
    ] {
        let answer = world.post(&path, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer.html.contains(&format!("id=\"{anchor}-error\"")),
            "{fields:?}"
        );
    }
    let nothing = world
        .post(&path, &[("conflict", "none"), ("act", "")])
        .await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(world.events().await, before);

    let accept = [
        ("act", "accept"),
        ("conflict", "some"),
        ("conflict-text", "지분 1%"),
    ];
    for _ in 0..2 {
        let answer = world.post(&path, &accept).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.title().starts_with("수락해 주셔서 감사합니다"));
        assert_eq!(world.events().await, before + 1);
    }
    for other in [
        &[("act", "decline")][..],
        &[("act", "accept"), ("conflict", "none")],
    ] {
        let answer = world.post(&path, other).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
    }
    let looked = world.get(&path).await;
    assert!(looked.title().starts_with("이미 수락하신 요청입니다"));
    assert_eq!(world.events().await, before + 1);
    let loaded = world
        .engine
        .store()
        .load(id::<naru_domain::CaseId>(1).into());
    let loaded = loaded.await.unwrap().unwrap();
    let State::Case(case) = &loaded.state else {
        panic!("no case");
    };
    let (_, candidate) = case.candidate(world.candidate().await).unwrap();
    assert!(format!("{:?}", candidate.answer).contains("지분 1%"));
}

#[tokio::test]
async fn a_pause_holds_a_request_and_does_not_spoil_it() {
    let world = World::new().await;
    let path = world.asked(MatchRole::Clinician).await;
    world
        .to_case(coordinator(), CaseCommand::Pause { reason: why() })
        .await;
    let accept = [("act", "accept"), ("conflict", "none")];
    let paused = world.post(&path, &accept).await;
    assert!(paused.title().starts_with("잠시 멈춘 요청입니다"));
    world.to_case(coordinator(), CaseCommand::Resume).await;
    let accepted = world.post(&path, &accept).await;
    assert!(accepted.title().starts_with("수락해 주셔서 감사합니다"));
}

#[tokio::test]
async fn a_request_that_is_over_says_why() {
    for (command, expected) in [
        ("lapse", "답변 기한이 지났습니다"),
        ("withdraw", "취소된 요청입니다"),
        ("cancel", "종료된 건입니다"),
    ] {
        let world = World::new().await;
        let path = world.asked(MatchRole::Clinician).await;
        match command {
            "lapse" => world.later("2026-03-10T15:00:00Z").await,
            "withdraw" => {
                let withdraw = CaseCommand::WithdrawCandidate {
                    stage: "people".parse().unwrap(),
                    candidate: world.candidate().await,
                    reason: why(),
                };
                world.to_case(coordinator(), withdraw).await;
            }
            _ => {
                let cancel = CaseCommand::Cancel { reason: why() };
                world.to_case(coordinator(), cancel).await;
            }
        }
        let events = world.events().await;
        for answer in [
            world.get(&path).await,
            world
                .post(&path, &[("act", "accept"), ("conflict", "none")])
                .await,
        ] {
            assert_eq!(answer.status, StatusCode::GONE, "{command}");
            assert!(answer.title().starts_with(expected), "{}", answer.title());
        }
        assert_eq!(world.events().await, events);
    }
}

#[tokio::test]
async fn whoever_was_still_asked_when_the_matching_was_confirmed_is_told_so() {
    let world = World::new().await;
    let late = world.asked(MatchRole::Clinician).await;
    let accept = [("act", "accept"), ("conflict", "none")];
    for (role, email) in [
        (MatchRole::Clinician, "second@clinic.example"),
        (MatchRole::PrincipalInvestigator, "third@clinic.example"),
    ] {
        world.propose(role, email).await;
        let path = world.path_of(email).await;
        assert_eq!(world.post(&path, &accept).await.status, StatusCode::OK);
    }
    let stage = "people".parse().unwrap();
    let confirm = CaseCommand::ConfirmMatching { stage };
    world.to_case(coordinator(), confirm).await;
    let events = world.events().await;
    for answer in [world.get(&late).await, world.post(&late, &accept).await] {
        assert_eq!(answer.status, StatusCode::GONE);
        assert!(answer.title().starts_with("마무리된 요청입니다"));
    }
    assert_eq!(world.events().await, events);
}

#[tokio::test]
async fn unknown_and_forged_links_are_told_the_same_in_both_languages() {
    let world = World::new().await;
    let path = world.invited(Locale::Ko).await;
    let nobody = world.path(Link::Feedback {
        round: id(2),
        invitation: id(99),
    });
    let nowhere = world.path(Link::Match {
        case: id(98),
        candidate: id(99),
    });
    let forged = format!("{}A", path.strip_suffix(|_: char| true).unwrap());
    let forged = if forged == path {
        format!("{path}A")
    } else {
        forged
    };
    let expected = world.get("/l/garbage").await;
    assert!(expected.html.contains("열 수 없는 링크입니다"));
    assert!(expected.html.contains("This link does not open anything"));
    let huge = format!("/l/{}", "A".repeat(5_000));
    for path in [
        &nobody,
        &nowhere,
        &forged,
        &huge,
        "/l/%FF",
        "/l/%00",
        "/l/%EA%B0%80",
    ] {
        for answer in [
            world.get(path).await,
            world.post(path, &[("act", "send")]).await,
        ] {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(answer.html, expected.html, "{path}");
        }
    }
    assert_eq!(
        world.get(&format!("{path}.%3E")).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn an_address_that_tries_many_links_has_to_wait_and_others_have_not() {
    let world = World::new().await;
    let good = world.invited(Locale::Ko).await;
    let from = |address: [u8; 4], path: &str| {
        let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let address = SocketAddr::from((address, 1234));
        request.extensions_mut().insert(ConnectInfo(address));
        world.ask(request)
    };
    let mut last = StatusCode::OK;
    for _ in 0..100 {
        last = from([10, 0, 0, 1], "/l/guess").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        from([10, 0, 0, 2], "/l/guess").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(from([10, 0, 0, 1], &good).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_from_elsewhere_too_large_or_of_another_type_is_refused() {
    let world = World::new().await;
    let path = world.invited(Locale::Ko).await;
    let page = hidden(&world.get(&path).await);
    let before = world.events().await;
    for site in ["cross-site", "same-site"] {
        let refused = world.post_from(site, &path, &filled(&page, &[])).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    let long = "가".repeat(8_000);
    let large = world
        .post(&path, &filled(&page, &[("q-strengths", &long)]))
        .await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.html.contains("64 KB"));
    let fits = "가".repeat(2_001);
    let too_long = world
        .post(&path, &filled(&page, &[("q-strengths", &fits)]))
        .await;
    assert_eq!(too_long.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(too_long.html.contains(&fits), "the text was lost");
    for (kind, body) in [
        ("application/json", "{}".to_owned()),
        ("multipart/form-data; boundary=x", "--x--".to_owned()),
    ] {
        let request = Request::builder()
            .method("POST")
            .uri(&path)
            .header(header::CONTENT_TYPE, kind);
        let answer = world.ask(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert!(answer.html.contains("보내신 내용을 읽을 수 없습니다"));
    }
    let request = Request::builder()
        .method("POST")
        .uri(&path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body = format!("{}&%FF%00=%FF", encoded(&[("act", "decline")]));
    let odd = world.ask(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(
        odd.status,
        StatusCode::OK,
        "bytes that are no text end nothing"
    );
    assert_eq!(world.events().await, before + 1);
}

#[tokio::test]
async fn what_was_typed_is_kept_when_it_cannot_be_stored() {
    let world = World::new().await;
    let round = world.invited(Locale::Ko).await;
    let person = world.asked(MatchRole::Clinician).await;
    let page = hidden(&world.get(&round).await);
    world.get(&person).await;
    world.engine.kill().await;
    let fields = filled(&page, &[("q-strengths", "조용해요")]);
    let answer = world.post(&round, &fields).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.html.contains("지금은 저장하지 못했습니다"));
    assert!(answer.html.contains("조용해요</textarea>"));
    let told = [
        ("act", "accept"),
        ("conflict", "some"),
        ("conflict-text", "지분 1%"),
    ];
    let answer = world.post(&person, &told).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.html.contains("지분 1%</textarea>"));
}

#[tokio::test]
async fn every_answer_keeps_the_token_to_itself_and_loads_only_what_is_its_own() {
    let world = World::new().await;
    let path = world.invited(Locale::Ko).await;
    let page = world.get(&path).await;
    for answer in [&page, &world.get("/l/x").await] {
        let said = |name: &str| answer.headers.get(name).unwrap().to_str().unwrap();
        assert_eq!(said("referrer-policy"), "no-referrer");
        assert_eq!(said("cache-control"), "no-store");
        assert_eq!(said("x-frame-options"), "DENY");
        let policy = said("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"));
        assert!(!policy.contains("unsafe"));
        assert!(answer.headers.get("set-cookie").is_none());
    }
    let (_, rest) = page.html.split_once("rel=\"stylesheet\" href=\"").unwrap();
    let sheet = rest.split_once('"').unwrap().0;
    let css = world.get(sheet).await;
    assert_eq!(css.status, StatusCode::OK);
    let cached = |answer: &Answer| answer.headers["cache-control"].to_str().unwrap().to_owned();
    assert!(cached(&css).contains("immutable"));
    assert_eq!(css.headers["content-type"], "text/css; charset=utf-8");
    let (_, rest) = page.html.split_once("type=\"module\" src=\"").unwrap();
    let script = world.get(rest.split_once('"').unwrap().0).await;
    assert_eq!(script.status, StatusCode::OK);
    assert!(cached(&script).contains("immutable"));
    assert_eq!(
        script.headers["content-type"],
        "text/javascript; charset=utf-8"
    );
    for old in ["/assets/naru.css?v=old", "/assets/answers.js?v=old"] {
        assert_eq!(cached(&world.get(old).await), "no-cache");
    }
}
