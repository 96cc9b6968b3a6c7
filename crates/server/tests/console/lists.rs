//! Lists of cases, several cases at once, who works on a stage, and pages that hear of changes.

use super::world::{Answer, Browser, World};
use axum::http::StatusCode;
use naru_domain::{AccountId, CaseId};

/// The application, filled in and handed in.
async fn hand_in(owner: &mut Browser<'_>, case: CaseId) -> Answer {
    let path = format!("/cases/{case}/stages/intake");
    super::work::fill(
        owner,
        &path,
        "submit",
        &[("a-summary", "무선 청진기입니다.")],
    )
    .await
}

#[tokio::test]
async fn what_was_handed_in_is_taken_back_until_somebody_acts_on_it() {
    let world = World::new().await;
    let case = world.case().await;
    let path = format!("/cases/{case}/stages/intake");
    let mut owner = world.signed_in("owner").await;
    assert!(!owner.page(&path).await.html.contains("value=\"recall\""));
    hand_in(&mut owner, case).await;
    let page = owner.page(&path).await;
    assert!(page.html.contains("value=\"recall\""));
    let mut coordinator = world.signed_in("coordinator").await;
    assert!(
        !coordinator
            .page(&path)
            .await
            .html
            .contains("value=\"recall\""),
        "it is not theirs"
    );
    let back = owner.fill(&path, &path, &[("act", "recall")]).await;
    assert_eq!(back.leads_to(), format!("{path}?done=recalled"));
    assert!(owner.page(&path).await.html.contains("value=\"submit\""));

    hand_in(&mut owner, case).await;
    let triage = format!("/cases/{case}/stages/triage");
    coordinator
        .fill(&triage, &triage, &[("act", "claim")])
        .await;
    let page = owner.page(&path).await;
    assert!(
        !page.html.contains("value=\"recall\""),
        "somebody acts on it"
    );
    let late = owner.fill(&path, &path, &[("act", "recall")]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_stage_is_handed_to_a_colleague_with_a_reason() {
    let world = World::new().await;
    let case = world.case().await;
    let mut owner = world.signed_in("owner").await;
    hand_in(&mut owner, case).await;
    let triage = format!("/cases/{case}/stages/triage");
    let mut coordinator = world.signed_in("coordinator").await;
    let page = coordinator.page(&triage).await;
    let colleague = super::world::id::<AccountId>(107).to_string();
    assert!(
        page.html
            .contains(&format!("<option value=\"{colleague}\">오세린"))
    );
    let own = super::world::id::<AccountId>(102).to_string();
    assert!(!page.html.contains(&own), "nobody hands it to themselves");

    let handing = [
        ("act", "reassign"),
        ("to", colleague.as_str()),
        ("handing", ""),
    ];
    let refused = coordinator.fill(&triage, &triage, &handing).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused
            .html
            .contains(&format!("value=\"{colleague}\" selected"))
    );
    let handing = [
        ("act", "reassign"),
        ("to", &colleague),
        ("handing", "휴가입니다."),
    ];
    let handed = coordinator.fill(&triage, &triage, &handing).await;
    assert_eq!(handed.leads_to(), format!("{triage}?done=reassigned"));
    let page = coordinator.page(&triage).await;
    assert!(page.html.contains("오세린 님이 맡고 있습니다."));
    let page = coordinator.page(&format!("/cases/{case}")).await;
    assert!(page.html.contains("휴가입니다."), "the trail says why");
    let stranger = super::world::id::<AccountId>(101).to_string();
    let handing = [
        ("act", "reassign"),
        ("to", &stranger),
        ("handing", "휴가입니다."),
    ];
    let refused = coordinator.fill(&triage, &triage, &handing).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_pathway_is_looked_at_before_a_case_is_opened_on_it() {
    let world = World::new().await;
    let device = world.device().await;
    let mut owner = world.signed_in("owner").await;
    let open = owner.page(&format!("/cases/new?device={device}")).await;
    let preview = format!("/pathways/yonsei-medtech-validation-support?device={device}");
    assert!(open.html.contains(&preview));
    let page = owner.page(&preview).await;
    assert!(page.html.contains("<svg viewBox=\"0 0 1160") && page.html.contains("id=\"triage\""));
    assert!(
        page.html.contains("href=\"#triage\""),
        "the map leads to the rows"
    );
    // The application is due twenty working days after Tuesday, 3 March 2026, the day of the first look.
    assert!(page.html.contains("3월 31일(화)까지"), "{}", page.html);
    let chosen =
        format!("/cases/new?pathway=yonsei-medtech-validation-support&#38;device={device}");
    assert!(page.html.contains(&chosen));
    let open = owner.page(&chosen.replace("&#38;", "&")).await;
    assert!(
        open.html
            .contains("value=\"yonsei-medtech-validation-support\" required checked")
    );
    assert_eq!(
        owner.get("/pathways/nonsense").await.status,
        StatusCode::NOT_FOUND
    );
    let mut coordinator = world.signed_in("coordinator").await;
    assert!(!coordinator.page(&preview).await.html.contains("btn go"));
}

#[tokio::test]
async fn a_list_is_narrowed_shown_as_a_board_and_kept_as_a_view() {
    let world = World::new().await;
    let case = world.case().await.to_string();
    let mut owner = world.signed_in("owner").await;
    let mut coordinator = world.signed_in("coordinator").await;
    for (query, there) in [
        ("", true),
        ("?mine=yes", true),
        ("?pathway=yonsei-medtech-validation-support", true),
        ("?pathway=asan-validation-platform", false),
        ("?party=organization_0000000000000000000000000000000d", true),
        (
            "?party=organization_0000000000000000000000000000000c",
            false,
        ),
        ("?view=late", false),
        ("?as=board", true),
        ("?as=board&mine=yes&q=%EC%B2%AD%EC%A7%84", true),
    ] {
        let page = owner.page(&format!("/cases{query}")).await;
        assert_eq!(page.html.contains(&case), there, "{query}");
    }
    let theirs = coordinator.page("/cases?mine=yes").await;
    assert!(!theirs.html.contains(&case), "it is the startup's move");

    let page = owner.page("/cases?col=due&col=pathway").await;
    assert!(page.html.contains("data-l=\"경로\"") && !page.html.contains("data-l=\"연 날\""));
    let board = owner.page("/cases?as=board").await;
    assert!(board.html.contains("class=\"lane\"") && board.html.contains("class=\"card\""));

    let view = "/cases?view=running&mine=yes";
    let kept = owner
        .fill(
            view,
            "/cases/views",
            &[("address", view), ("name", "내 <일>"), ("do", "keep")],
        )
        .await;
    assert_eq!(kept.leads_to(), view);
    let page = owner.page("/cases").await;
    assert!(page.html.contains("내 &#60;일&#62;") && page.html.contains("&#38;mine=yes\">"));
    let elsewhere = [("address", "//evil.example"), ("name", "x"), ("do", "keep")];
    let answer = owner.fill("/cases", "/cases/views", &elsewhere).await;
    assert_eq!(answer.leads_to(), "/cases");
    let forget = [("address", view), ("do", "forget")];
    owner.fill(view, "/cases/views", &forget).await;
    assert!(!owner.page("/cases").await.html.contains("내 &#60;일&#62;"));
}

#[tokio::test]
async fn several_cases_are_looked_at_first_and_each_has_its_own_result() {
    let world = World::new().await;
    let case = world.case().await;
    let mut owner = world.signed_in("owner").await;
    let mut coordinator = world.signed_in("coordinator").await;
    let id = case.to_string();
    let unknown = super::world::id::<CaseId>(999).to_string();
    let chosen = [
        ("case", id.as_str()),
        ("case", &unknown),
        ("back", "/cases?view=running"),
    ];
    let events = || async {
        world
            .app
            .store()
            .events_of(case.into())
            .await
            .unwrap()
            .len()
    };
    let before = events().await;

    let mut claim = chosen.to_vec();
    claim.push(("do", "claim"));
    let look = owner.fill("/cases", "/cases/bulk", &claim).await;
    assert_eq!(look.status, StatusCode::OK);
    assert!(
        look.html.contains("1건 중 1건을 처리할 수 있습니다."),
        "{}",
        look.html
    );
    assert!(
        !look.html.contains(&unknown),
        "what is not there is left out"
    );
    assert_eq!(events().await, before, "looking does nothing");
    let theirs = coordinator.fill("/cases", "/cases/bulk", &claim).await;
    assert!(theirs.html.contains("1건 중 0건") && !theirs.html.contains("name=\"sure\""));

    claim.push(("sure", "yes"));
    let done = owner.fill("/cases", "/cases/bulk", &claim).await;
    assert!(
        done.html.contains("1건 중 1건을 처리했습니다."),
        "{}",
        done.html
    );
    assert_eq!(events().await, before + 1);

    let mut pause = chosen.to_vec();
    pause.extend([
        ("do", "pause"),
        ("handing", "협약을 기다립니다."),
        ("sure", "yes"),
    ]);
    let refused = owner.fill("/cases", "/cases/bulk", &pause).await;
    assert!(
        refused.html.contains("1건 중 0건"),
        "a company cannot stop the clocks"
    );
    let paused = coordinator.fill("/cases", "/cases/bulk", &pause).await;
    assert!(paused.html.contains("1건 중 1건"), "{}", paused.html);
    assert!(owner.page("/cases?view=paused").await.html.contains(&id));
    let nothing = owner
        .fill("/cases", "/cases/bulk", &[("do", "claim")])
        .await;
    assert!(nothing.html.contains("고른 건이 없습니다"));
}

#[tokio::test]
async fn a_page_hears_that_what_it_shows_has_changed() {
    let world = World::new().await;
    let case = world.case().await;
    let mut owner = world.signed_in("owner").await;
    let mut coordinator = world.signed_in("coordinator").await;
    for path in [format!("/cases/{case}"), "/inbox".to_owned()] {
        let page = coordinator.page(&path).await;
        let (_, live) = page.html.split_once("data-live=\"").unwrap();
        let live = live.split('"').next().unwrap().replace("&#38;", "&");
        let mut stream = coordinator.listen(&live).await;
        if path == "/inbox" {
            let triage = format!("/cases/{case}/stages/triage");
            coordinator
                .fill(&triage, &triage, &[("act", "claim")])
                .await;
        } else {
            hand_in(&mut owner, case).await;
        }
        let heard = stream.next().await;
        assert!(heard.contains("event: changed\ndata: now"), "{path}");
        // Whoever comes late hears of it as well.
        let mut late = coordinator.listen(&live).await;
        assert!(late.next().await.contains("event: changed"), "{path}");
    }
    let mut stranger = world.signed_in("stranger").await;
    let answer = stranger.get(&format!("/live?case={case}")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(
        world.browser().get("/live").await.leads_to(),
        "/sign-in?next=/live"
    );
    assert!(!owner.page("/settings").await.html.contains("data-live"));
}

fn live_of(html: &str) -> String {
    let (_, live) = html.split_once("data-live=\"").unwrap();
    live.split('"').next().unwrap().replace("&#38;", "&")
}

#[tokio::test]
async fn an_inbox_stays_as_it_is_when_others_do_what_does_not_concern_it() {
    let world = World::new().await;
    let case = world.case().await;
    let mut owner = world.signed_in("owner").await;
    let mut coordinator = world.signed_in("coordinator").await;
    let form = format!("/cases/{case}/stages/intake");
    let live = live_of(&coordinator.page("/inbox").await.html);
    let own = live_of(&owner.page("/inbox").await.html);
    let typed = [("a-target_disease", "판막 질환")];
    super::work::fill(&mut owner, &form, "draft", &typed).await;
    let again = live_of(&coordinator.page("/inbox").await.html);
    assert_eq!(live, again, "a draft changes nobody's tasks");
    let mut stream = coordinator.listen(&live).await;
    hand_in(&mut owner, case).await;
    let handed_in = live_of(&coordinator.page("/inbox").await.html);
    assert_ne!(live, handed_in);
    assert_ne!(own, live_of(&owner.page("/inbox").await.html));
    assert!(stream.next().await.contains("event: changed"));
    let triage = format!("/cases/{case}/stages/triage");
    let claim = [("act", "claim")];
    coordinator.fill(&triage, &triage, &claim).await;
    let claimed = live_of(&coordinator.page("/inbox").await.html);
    assert_ne!(handed_in, claimed);
}

#[tokio::test]
async fn a_paused_case_waits_in_nobodys_inbox_and_stands_where_it_stood() {
    let world = World::new().await;
    let case = world.case().await;
    let mut owner = world.signed_in("owner").await;
    let mut coordinator = world.signed_in("coordinator").await;
    let form = format!("/cases/{case}/stages/intake");
    assert!(owner.page("/inbox").await.html.contains(&form));
    let page = format!("/cases/{case}");
    let turn = format!("{page}/turn");
    let paused = [
        ("turn", "pause"),
        ("pause-words", "예산 심의를 기다립니다."),
    ];
    let answer = coordinator.fill(&page, &turn, &paused).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    world
        .clock
        .advance_to(world.clock.now() + jiff::SignedDuration::from_hours(24 * 60));
    let mut owner = world.signed_in("owner").await;
    assert!(!owner.page("/inbox").await.html.contains(&form));
    let listed = owner.page("/cases?view=paused").await.html;
    assert!(
        listed.contains(&page) && listed.contains("접수"),
        "{listed}"
    );
    let late = owner.page("/cases?view=late").await.html;
    assert!(!late.contains(&page));
}

#[tokio::test]
async fn whoever_listens_does_not_keep_the_server_from_stopping() {
    let world = World::new().await;
    let mut owner = world.signed_in("owner").await;
    let page = owner.page("/inbox").await;
    let (_, live) = page.html.split_once("data-live=\"").unwrap();
    let mut stream = owner.listen(live.split('"').next().unwrap()).await;
    world.app.stop();
    assert_eq!(stream.next().await, "", "the stream has ended");
}
