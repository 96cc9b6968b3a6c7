//! Each person's day, from the first page to the last.

use super::demo::{Demo, link_in_letter_to};
use super::window::{Look, Window};

/// What the startup calls its case.
const TITLE: &str = "청진기 3차 실증";

/// What the application form asks for.
const APPLICATION: &[(&str, &str)] = &[
    ("a-business_number", "220-81-62517"),
    ("a-device_class", "class_2"),
    ("a-technology_field", "digital_health"),
    ("a-site", "severance"),
    ("a-summary", "무선 청진기입니다."),
    ("a-intended_use", "심음을 기록하고 잡음을 표시합니다."),
    ("a-target_disease", "판막 질환"),
    ("a-procedure_link", "심음 청진 진단에 더하여 씁니다."),
    (
        "a-cooperation_goals",
        "사용적합성 총괄평가와 의료진 피드백을 진행합니다.",
    ),
    ("a-needs_regulatory", "yes"),
    ("a-needs_reimbursement", "no"),
    ("a-needs_overseas", "no"),
];

/// The startup opens a case, fills its form in, gets it wrong once, hands it in, and sees whose move it is. Where the case is.
pub(super) async fn startup(demo: &Demo, look: Look) -> String {
    let window = Window::open(demo, look).await;
    window.sign_in("김하늘", "Kim Haneul").await;
    window.go("/cases/new").await;
    let device = if look.korean {
        "AI 전자청진기"
    } else {
        "AI stethoscope"
    };
    window
        .choose_beginning("select[name='device']", device)
        .await;
    let hospital = if look.korean {
        "한빛대학교병원"
    } else {
        "Hanbit University Hospital"
    };
    window
        .choose_beginning("select[name='hospital']", hospital)
        .await;
    window
        .answer("pathway", "yonsei-medtech-validation-support")
        .await;
    window.write("[name='title']", TITLE).await;
    window.click("main form[action='/cases'] button.go").await;
    window.wait_for_path("/cases/case_").await;
    let case = window.path().await;
    window.go(&format!("{case}/stages/intake")).await;
    for (field, value) in APPLICATION {
        window.answer(field, value).await;
    }
    window.answer("a-business_number", "220-81-62518").await;
    window.click("button[name='act'][value='submit']").await;
    window.find("#a-business_number-error").await;
    let kept = window.find("[name='a-target_disease']").await;
    assert_eq!(kept.prop("value").await.unwrap().unwrap(), "판막 질환");
    window.answer("a-business_number", "220-81-62517").await;
    let document = "select[name='a-usability_file'] option[value^='document_']";
    if window.has(document).await {
        let option = window.find(document).await;
        let value = option.attr("value").await.unwrap().unwrap();
        window
            .choose("select[name='a-usability_file']", &value)
            .await;
    }
    window.click("button[name='act'][value='submit']").await;
    window.find("[role='status']").await;
    let whose_move = if look.korean {
        "코디네이터"
    } else {
        "oordinator"
    };
    window.wait_for_text(whose_move).await;
    window.close().await;
    case
}

/// The coordinator finds the case in the inbox, approves it, and asks an investigator, who answers from the letter.
async fn coordinator(demo: &Demo, look: Look, case: &str) {
    let window = Window::open(demo, look).await;
    window.sign_in("정유진", "Jung Yujin").await;
    let path = format!("{case}/stages/triage");
    window.click(&format!("main a[href='{path}']")).await;
    window.wait_for_path(&path).await;
    window
        .click("input[name='decision'][value='approve']")
        .await;
    window.click("button[name='act'][value='decide']").await;
    window.find("[role='status']").await;

    let matching = format!("{case}/stages/matching");
    window.go(&matching).await;
    let role = "principal-investigator";
    for (field, value) in [
        ("role", role),
        ("name", "최민호"),
        ("email", "minho@hanbit.example"),
        ("locale", "ko"),
        ("department", "심장내과"),
        ("conflict", "none"),
    ] {
        window.answer(field, value).await;
    }
    window.click("button[name='act'][value='invite']").await;
    window.wait_for_text("심장내과").await;
    window.close().await;

    let link = link_in_letter_to(&demo.letters(), "minho@hanbit.example", 0).await;
    // Letters are read on phones; chromedriver cannot touch a page whose scripts do not run.
    let phone = Look {
        phone: look.script,
        ..look
    };
    let guest = Window::open(demo, phone).await;
    guest.go(&link).await;
    // The letter was asked for in Korean, so the page is too.
    guest.click("button[name='act'][value='accept']").await;
    guest.find("[aria-invalid='true']").await;
    guest.answer("conflict", "none").await;
    guest.click("button[name='act'][value='accept']").await;
    guest.wait_for_text("수락해 주셔서 감사합니다").await;
    guest.close().await;

    let window = Window::open(demo, look).await;
    window.sign_in("정유진", "Jung Yujin").await;
    window.go(&matching).await;
    let state = window
        .find("section[aria-labelledby='candidates'] .st")
        .await;
    let accepted = if look.korean { "수락" } else { "Accepted" };
    assert_eq!(state.text().await.unwrap(), accepted);
    window.close().await;
}

#[tokio::test]
async fn a_day_in_korean_on_a_laptop() {
    let demo = Demo::start().await;
    let case = startup(&demo, Look::LAPTOP).await;
    coordinator(&demo, Look::LAPTOP, &case).await;
}

#[tokio::test]
async fn a_day_in_english_on_a_laptop_without_script() {
    let look = Look {
        korean: false,
        script: false,
        ..Look::LAPTOP
    };
    let demo = Demo::start().await;
    let case = startup(&demo, look).await;
    coordinator(&demo, look, &case).await;
}

#[tokio::test]
async fn a_day_in_korean_on_a_phone() {
    let look = Look {
        phone: true,
        ..Look::LAPTOP
    };
    let demo = Demo::start().await;
    let case = startup(&demo, look).await;
    coordinator(&demo, look, &case).await;
}

/// What one person does shows in another's window, which nobody touches.
#[tokio::test]
async fn a_second_window_shows_it_by_itself() {
    let demo = Demo::start().await;
    let coordinator = Window::open(&demo, Look::LAPTOP).await;
    coordinator.sign_in("정유진", "Jung Yujin").await;
    assert!(!coordinator.text().await.contains(TITLE));
    coordinator.ask("window.untouched = true").await;
    let _case = startup(&demo, Look::LAPTOP).await;
    coordinator.wait_for_text(TITLE).await;
    assert_eq!(coordinator.ask("return window.untouched").await, true);
    coordinator.close().await;
}
