//! Pictures of the main pages, in both languages: kept in the folder that `NARU_SCREENSHOTS` names, or only looked at here.

use super::demo::Demo;
use super::window::{Look, Window};
use std::path::Path;

/// A picture smaller than this shows nothing.
const BYTES_MIN: usize = 8 * 1024;

/// Who looks, where, and what the picture is called. A place that is no path is the first link on the page before it that leads to such a place.
const PICTURES: &[(&str, &str, &[&str], &str)] = &[
    ("정유진", "Jung Yujin", &["/inbox"], "coordinator-inbox"),
    (
        "정유진",
        "Jung Yujin",
        &["/inbox", "a[href$='/stages/triage']"],
        "coordinator-decision",
    ),
    ("정유진", "Jung Yujin", &["/cases"], "coordinator-cases"),
    (
        "정유진",
        "Jung Yujin",
        &["/cases?as=board"],
        "coordinator-board",
    ),
    ("김하늘", "Kim Haneul", &["/inbox"], "startup-inbox"),
    (
        "김하늘",
        "Kim Haneul",
        &["/cases", "a[href^='/cases/case_']"],
        "case",
    ),
    (
        "김하늘",
        "Kim Haneul",
        &["/devices", "a[href^='/devices/device_']"],
        "device",
    ),
    ("김하늘", "Kim Haneul", &["/cases/new"], "open-a-case"),
    (
        "임수아",
        "Lim Sua",
        &["/engagements"],
        "consultant-engagements",
    ),
    (
        "임수아",
        "Lim Sua",
        &["/engagements", "a[href^='/consultations/']"],
        "consultation",
    ),
    ("서지훈", "Seo Jihun", &["/figures"], "director-figures"),
    (
        "송가람",
        "Song Garam",
        &["/operations"],
        "operator-operations",
    ),
];

async fn picture(window: &Window, way: &[&str]) -> Vec<u8> {
    for place in way {
        if place.starts_with('/') {
            window.go(place).await;
        } else {
            let before = window.path().await;
            window.click(&format!("main {place}")).await;
            window.wait_until_gone_from(&before).await;
        }
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
        for (ko, en, way, name) in PICTURES {
            window.sign_in(ko, en).await;
            let picture = picture(&window, way).await;
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
