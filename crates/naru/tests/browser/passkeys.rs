//! Passkeys, with a device that Chromium only imagines but asks as it would ask a real one.

use super::demo::Demo;
use super::window::{Look, Window};

const PASSWORD: &str = "correct horse battery";

const REMOVE: &str = "form[action='/settings/passkeys'] button[name='remove']";

async fn sign_out(window: &Window) {
    window.click("form[action='/sign-out'] button").await;
    window.wait_for_path("/sign-in").await;
}

/// A person with a password adds a passkey, comes in by it, and removes it; then it opens nothing any more.
async fn by_passkey(look: Look) {
    let demo = Demo::start().await;
    let window = Window::open(&demo, look).await;
    window.hold_passkeys().await;

    window.sign_in("김하늘", "Kim Haneul").await;
    window.go("/settings").await;
    window.write("#new-password", PASSWORD).await;
    window
        .click("form[action='/settings/password'] button")
        .await;
    window.find("[role='status']").await;
    sign_out(&window).await;
    window.write("#email", "haneul@sorilab.example").await;
    window.write("#password", PASSWORD).await;
    window.click("form[action='/sign-in'] button.l").await;
    window.wait_for_path("/inbox").await;

    window.go("/settings").await;
    window.write("#passkey-label", "업무용 노트북").await;
    window.click("form[data-passkey] button").await;
    window.find(REMOVE).await;
    window.wait_for_text("업무용 노트북").await;
    sign_out(&window).await;

    window.click("form[data-passkey] button").await;
    window.wait_for_path("/inbox").await;
    window.go("/settings").await;
    window.click(REMOVE).await;
    let removed = if look.korean {
        "패스키를 지웠습니다."
    } else {
        "The passkey was removed."
    };
    window.wait_for_text(removed).await;
    assert!(!window.has(REMOVE).await);
    sign_out(&window).await;

    // The device does not know, and still offers it.
    window.click("form[data-passkey] button").await;
    window.find("[role='alert'] a[href='#email']").await;
    assert_eq!(window.path().await, "/sign-in/passkey");
    window.go("/inbox").await;
    window.wait_for_path("/sign-in").await;
    window.close().await;
}

#[tokio::test]
async fn a_passkey_opens_the_console_in_korean_on_a_laptop() {
    by_passkey(Look::LAPTOP).await;
}

#[tokio::test]
async fn a_passkey_opens_the_console_in_english_on_a_phone() {
    let look = Look {
        korean: false,
        phone: true,
        ..Look::LAPTOP
    };
    by_passkey(look).await;
}
