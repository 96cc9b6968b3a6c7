//! Pictures of the main pages, in both languages: kept in the folder that `NARU_SCREENSHOTS` names, or only looked at here.

use super::demo::Demo;
use super::window::{Look, Window};
use std::path::Path;

/// A picture smaller than this shows nothing.
const BYTES_MIN: usize = 8 * 1024;

/// Who looks, where, and what the picture is called.
const PICTURES: &[(&str, &str, &str, &str)] = &[
    ("정유진", "Jung Yujin", "/inbox", "coordinator-inbox"),
    ("정유진", "Jung Yujin", "first task", "coordinator-decision"),
    ("김하늘", "Kim Haneul", "/inbox", "startup-inbox"),
    ("김하늘", "Kim Haneul", "first case", "case"),
    ("김하늘", "Kim Haneul", "/devices", "devices"),
    ("김하늘", "Kim Haneul", "/cases/new", "open-a-case"),
];

async fn picture(window: &Window, place: &str) -> Vec<u8> {
    match place {
        "first task" => {
            window.go("/inbox").await;
            window.click("main a[href*='/stages/']").await;
            window.wait_for_path("/cases/").await;
        }
        "first case" => {
            window.go("/cases").await;
            window.click("main a[href^='/cases/case_']").await;
            window.wait_for_path("/cases/case_").await;
        }
        path => window.go(path).await,
    }
    window.client.screenshot().await.unwrap()
}

#[tokio::test]
async fn the_main_pages_have_their_pictures_taken() {
    let demo = Demo::start().await;
    let folder = std::env::var_os("NARU_SCREENSHOTS");
    for (korean, phone) in [(true, false), (false, false), (true, true), (false, true)] {
        let look = Look {
            korean,
            phone,
            ..Look::LAPTOP
        };
        let window = Window::open(&demo, look).await;
        for (ko, en, place, name) in PICTURES {
            window.sign_in(ko, en).await;
            let picture = picture(&window, place).await;
            assert!(BYTES_MIN < picture.len(), "{name} shows nothing");
            if let Some(folder) = &folder {
                let path = Path::new(folder).join(format!("{name}-{}.png", look.name()));
                std::fs::create_dir_all(folder).unwrap();
                std::fs::write(path, picture).unwrap();
            }
        }
        window.close().await;
    }
}
