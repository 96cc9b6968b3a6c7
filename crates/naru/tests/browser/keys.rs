//! The console for those who work in it all day: by keys alone, and on paper.

use super::demo::Demo;
use super::window::{Look, Window};
use serde_json::json;

/// Whether an element has the focus.
async fn is_at(window: &Window, css: &str, place: usize) -> bool {
    let script =
        format!("return document.activeElement === document.querySelectorAll('{css}')[{place}]");
    window.ask(&script).await == json!(true)
}

/// The coordinator goes through the inbox, looks for a case, reads which keys there are, and goes on to the list.
async fn by_keys(demo: &Demo, look: Look) {
    const TASKS: &str = ".tasks .t";
    let window = Window::open(demo, look).await;
    window.sign_in("정유진", "Jung Yujin").await;
    window.find(TASKS).await;
    for (key, place) in [('j', 0), ('j', 1), ('k', 0)] {
        window.strike(key).await;
        assert!(
            is_at(&window, TASKS, place).await,
            "{key} leads to task {place}"
        );
    }
    window.strike('/').await;
    assert!(is_at(&window, ".find input", 0).await, "the search");
    for key in ['j', '?'] {
        window.strike(key).await;
    }
    let typed = window.ask("return document.activeElement.value").await;
    assert_eq!(
        typed,
        json!("j?"),
        "what is typed into a field is only typed"
    );
    window.ask("document.activeElement.blur()").await;
    window.strike('?').await;
    assert!(window.has("#keys:popover-open").await, "the list of keys");
    for key in ['g', 'c'] {
        window.strike(key).await;
    }
    window.wait_for_path("/cases").await;
    window.find(".tbl tbody th a").await;
    window.strike('j').await;
    assert!(is_at(&window, ".tbl tbody th a", 0).await, "the first case");
    window.close().await;
}

#[tokio::test]
async fn the_day_goes_by_keys_alone_in_both_languages() {
    let demo = Demo::start().await;
    for korean in [true, false] {
        by_keys(
            &demo,
            Look {
                korean,
                ..Look::LAPTOP
            },
        )
        .await;
    }
}

/// On paper there is nothing to press, dark ink on white, and all of the width is used and no more, in the dark theme too.
#[tokio::test]
async fn pages_print_without_what_only_a_screen_can_use() {
    const PRINTED: &str = "const shown = (css) => [...document.querySelectorAll(css)].filter((e) => e.getClientRects().length).length;
        const ink = getComputedStyle(document.querySelector('main h1')).color.match(/[0-9.]+/g).slice(0, 3).map(Number);
        const paper = getComputedStyle(document.body).backgroundColor;
        return { pressed: shown('.bar, .foot, .btn, button:not(main *)'), dark: Math.max(...ink) < 110, paper,
                 wide: document.documentElement.scrollWidth > innerWidth, said: shown('main h1') };";
    let demo = Demo::start().await;
    for dark in [false, true] {
        let window = Window::open(
            &demo,
            Look {
                dark,
                ..Look::LAPTOP
            },
        )
        .await;
        window.sign_in("정유진", "Jung Yujin").await;
        window.go("/cases").await;
        let case = window.find(".tbl tbody th a").await;
        let case = case.attr("href").await.unwrap().unwrap();
        window.as_printed().await;
        for path in [
            "/inbox",
            "/cases",
            case.as_str(),
            "/cases?as=board&view=running",
        ] {
            window.go(path).await;
            let printed = window.ask(PRINTED).await;
            let wanted = json!({ "pressed": 0, "dark": true, "paper": "rgb(255, 255, 255)", "wide": false, "said": 1 });
            assert_eq!(printed, wanted, "{path}, dark theme: {dark}");
        }
        window.close().await;
    }
}
