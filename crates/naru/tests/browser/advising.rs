//! The consultant's day: engagements, a note whose readers are told before it is posted, a question and its answer, the recommendation.

use super::demo::Demo;
use super::window::{Look, Window};

const NOTE: &str = "임상자료의 범위를 좁힐 수 있어 보입니다.";
const QUESTION: &str = "판매할 국가에 유럽이 포함됩니까?";
const ANSWER: &str = "내년부터 포함합니다.";
const RECOMMENDATION: &str = "2등급 인증으로 신청하시기 바랍니다.";

const CONSULTANT: (&str, &str) = ("임수아", "Lim Sua");
const COMPANY: (&str, &str) = ("김하늘", "Kim Haneul");
const OFFICE: (&str, &str) = ("정유진", "Jung Yujin");

async fn as_one(window: &Window, (ko, en): (&str, &str), page: &str) {
    window.sign_in(ko, en).await;
    window.go(page).await;
}

/// Answers everything that waits for the reader's side on the page.
async fn answer_all(window: &Window) -> u8 {
    let form = "form[id^='answer-']";
    let mut answered = 0;
    while window.has(form).await {
        window.write(&format!("{form} textarea"), ANSWER).await;
        window.click(&format!("{form} button")).await;
        window.find("[role='status'].toast").await;
        window.go(&window.path().await).await;
        answered += 1;
        assert!(answered < 20, "questions do not end");
    }
    answered
}

async fn a_day(look: Look) {
    let demo = Demo::start().await;
    let window = Window::open(&demo, look).await;
    as_one(&window, CONSULTANT, "/engagements").await;
    let links = "main .tasks a[href^='/consultations/']";
    window.click(links).await;
    window.wait_for_path("/consultations/").await;
    let page = window.path().await;
    answer_all(&window).await;

    // Whoever would read a note stands beside each choice, before anything is written.
    let told = window.find("#note fieldset").await.text().await.unwrap();
    let (seen, hidden) = if look.korean {
        ("이 봅니다.", "알려지지 않습니다.")
    } else {
        ("Seen by", "who do not learn that it is there.")
    };
    assert!(told.contains(seen) && told.contains(hidden), "{told}");
    window.write("#note textarea", NOTE).await;
    window
        .click("#note input[name='audience'][value='startup+consultancy']")
        .await;
    window.click("#note button[value='note']").await;
    window.wait_for_text(NOTE).await;

    window.write("#ask textarea", QUESTION).await;
    window.click("#ask input[name='to'][value='startup']").await;
    window.click("#ask button[value='ask']").await;
    window.wait_for_text(QUESTION).await;
    let waits = if look.korean {
        "답을 기다리는 질문이 있습니다."
    } else {
        "A question waits for"
    };
    window.wait_for_text(waits).await;

    as_one(&window, OFFICE, &page).await;
    let shown = window.text().await;
    assert!(
        !shown.contains(NOTE) && !shown.contains(QUESTION),
        "{shown}"
    );
    answer_all(&window).await;
    as_one(&window, COMPANY, &page).await;
    assert!(window.text().await.contains(NOTE));
    assert!(0 < answer_all(&window).await, "nothing was asked");

    as_one(&window, CONSULTANT, &page).await;
    let over = "details.more > summary";
    if !window.text().await.contains(ANSWER) {
        window.click(over).await;
    }
    window.wait_for_text(ANSWER).await;
    let fields = window
        .client
        .find_all(fantoccini::Locator::Css("#close textarea"));
    for field in fields.await.unwrap() {
        field.send_keys(RECOMMENDATION).await.unwrap();
    }
    window.click("#close button[value='close']").await;
    window.find("#given").await;
    as_one(&window, COMPANY, &page).await;
    window.find("#given").await;
    assert!(window.text().await.contains(RECOMMENDATION));
    window.close().await;
}

#[tokio::test]
async fn a_consultants_day_in_korean_on_a_laptop() {
    a_day(Look::LAPTOP).await;
}

#[tokio::test]
async fn a_consultants_day_in_english_on_a_phone() {
    let look = Look {
        korean: false,
        phone: true,
        ..Look::LAPTOP
    };
    a_day(look).await;
}

#[tokio::test]
async fn a_consultants_day_in_english_without_script() {
    let look = Look {
        korean: false,
        script: false,
        ..Look::LAPTOP
    };
    a_day(look).await;
}
