//! What is sent back comes back with its old and its new value side by side.

use super::days::startup;
use super::demo::Demo;
use super::window::{Look, Window};

const REQUEST: &str = "대상 환자의 중증도를 적어 주세요.";
const BEFORE: &str = "판막 질환";
const AFTER: &str = "중등도 이상의 판막 질환";

async fn there_and_back(look: Look) {
    let demo = Demo::start().await;
    let case = startup(&demo, look).await;
    let (form, triage) = (
        format!("{case}/stages/intake"),
        format!("{case}/stages/triage"),
    );
    let window = Window::open(&demo, look).await;
    window.sign_in("정유진", "Jung Yujin").await;
    window.go(&triage).await;
    let pin = "#pin-intake-target_disease";
    window
        .click(&format!(".ev:has({pin}) details > summary"))
        .await;
    window.write(pin, REQUEST).await;
    window
        .click("input[name='decision'][value='send-back']")
        .await;
    window.click("button[name='act'][value='decide']").await;
    window.find("[role='status'].toast").await;

    window.sign_in("김하늘", "Kim Haneul").await;
    window.click(&format!("main a[href='{form}']")).await;
    window.wait_for_path(&form).await;
    let asked = window.find("#a-target_disease-requests").await;
    assert!(asked.text().await.unwrap().contains(REQUEST));
    let kept = window.find("[name='a-target_disease']").await;
    assert_eq!(kept.prop("value").await.unwrap().unwrap(), BEFORE);
    window.answer("a-target_disease", AFTER).await;
    window.click("button[name='act'][value='submit']").await;
    window.find("[role='status']").await;

    window.sign_in("정유진", "Jung Yujin").await;
    window.go(&triage).await;
    let old = window.find(".diff del").await.text().await.unwrap();
    let new = window.find(".diff ins").await.text().await.unwrap();
    assert!(old.contains(BEFORE) && !old.contains(AFTER), "{old}");
    assert!(new.contains(AFTER), "{new}");
    window
        .click("input[name='decision'][value='approve']")
        .await;
    window.click("button[name='act'][value='decide']").await;
    window.find("[role='status'].toast").await;
    window.close().await;
}

#[tokio::test]
async fn a_form_goes_back_and_returns_in_korean_on_a_phone() {
    let look = Look {
        phone: true,
        ..Look::LAPTOP
    };
    there_and_back(look).await;
}

#[tokio::test]
async fn a_form_goes_back_and_returns_in_english_without_script() {
    let look = Look {
        korean: false,
        script: false,
        ..Look::LAPTOP
    };
    there_and_back(look).await;
}
