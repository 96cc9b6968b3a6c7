//! What holds on every page: nothing to scroll sideways, no word missing, and no rule of WCAG 2.2 AA broken.

use super::demo::Demo;
use super::window::{Look, Window};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Every kind of person who signs in.
const PEOPLE: &[(&str, &str)] = &[
    ("김하늘", "Kim Haneul"),
    ("정유진", "Jung Yujin"),
    ("최민호", "Choi Minho"),
    ("서지훈", "Seo Jihun"),
    ("임수아", "Lim Sua"),
    ("송가람", "Song Garam"),
];

/// How many pages of one kind are looked at.
const OF_A_KIND: usize = 1;

/// More pages than this nobody's console has.
const PAGES_MAX: usize = 60;

const RULES: &str = "const done = arguments[arguments.length - 1];
axe.run(document, { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } })
  .then(found => done(found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + (n.any[0] || n.all[0] || n.none[0] || {}).message).join(' | '))))
  .catch(problem => done(['axe failed: ' + problem]));";

/// What reaches over the right edge without a box around it that scrolls by itself.
const OVER_THE_EDGE: &str = "const width = document.documentElement.clientWidth;
const scrolls = e => {
  for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
    if (getComputedStyle(p).overflowX !== 'visible') return true;
  return false;
};
return [...document.querySelectorAll('body *')]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > width + 1 && !scrolls(e))
  .slice(0, 5).map(e => e.tagName.toLowerCase() + '.' + e.className)";

const LINKS: &str = "return [...document.querySelectorAll('a[href]')].map(a => new URL(a.getAttribute('href'), location))
  .filter(u => u.origin === location.origin).map(u => u.pathname + u.search)";

/// The rules, from the package that the test command brought.
fn rules() -> String {
    let path = std::env::var("NARU_TEST_AXE").unwrap_or_else(|_| {
        panic!("NARU_TEST_AXE names no file with axe-core's rules; `cargo xtask test` does")
    });
    std::fs::read_to_string(&path).unwrap_or_else(|problem| panic!("{path}: {problem}"))
}

/// The kind of a page: its address with every id in it left out.
fn kind(path: &str) -> String {
    let (path, _) = path.split_once('?').unwrap_or((path, ""));
    let part = |part: &str| {
        let is_id = part
            .rsplit_once('_')
            .is_some_and(|(_, id)| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()));
        if is_id {
            "…".to_owned()
        } else {
            part.to_owned()
        }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Whether an address leads to a page, and to one of ours.
fn is_page(path: &str) -> bool {
    !(path.starts_with("/assets/")
        || path.starts_with("/graphql")
        || path.contains("/documents/")
        || path.contains(".csv"))
}

/// Whatever is wrong with the page that is shown.
async fn wrong(window: &Window, rules: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let language = window.ask("return document.documentElement.lang").await;
    let expected = if window.look.korean { "ko" } else { "en" };
    if language != expected {
        wrong.push(format!("is in {language}, not in {expected}"));
    }
    let over = window.ask(OVER_THE_EDGE).await;
    if over.as_array().is_none_or(|over| !over.is_empty()) {
        wrong.push(format!("goes over the edge: {over}"));
    }
    let text = window
        .ask("return document.documentElement.outerHTML")
        .await;
    if text.as_str().unwrap().contains('⟦') {
        wrong.push("has a word without a translation".to_owned());
    }
    window.client.execute(rules, Vec::new()).await.unwrap();
    let found = window
        .client
        .execute_async(RULES, Vec::new())
        .await
        .unwrap();
    wrong.extend(
        found
            .as_array()
            .unwrap()
            .iter()
            .map(|rule| format!("breaks {rule}")),
    );
    wrong
}

/// Looks at every page that a person can reach, and says what is wrong with each.
async fn walk(window: &Window, rules: &str) -> BTreeMap<String, Vec<String>> {
    let mut seen = BTreeMap::<String, usize>::new();
    let mut known = BTreeSet::new();
    let mut ahead = VecDeque::from(["/inbox".to_owned()]);
    let mut found = BTreeMap::new();
    while let Some(path) = ahead.pop_front() {
        let count = seen.entry(kind(&path)).or_default();
        if OF_A_KIND <= *count || !is_page(&path) || PAGES_MAX <= found.len() {
            continue;
        }
        *count += 1;
        window.go(&path).await;
        found.insert(path, wrong(window, rules).await);
        if let Value::Array(links) = window.ask(LINKS).await {
            for link in links.iter().filter_map(Value::as_str) {
                if known.insert(link.to_owned()) {
                    ahead.push_back(link.to_owned());
                }
            }
        }
    }
    found
}

async fn everybody_everywhere(look: Look) {
    let rules = rules();
    let demo = Demo::start().await;
    let mut wrong = Vec::new();
    let mut kinds = BTreeSet::new();
    for (ko, en) in PEOPLE {
        let window = Window::open(&demo, look).await;
        window.sign_in(ko, en).await;
        for (path, problems) in walk(&window, &rules).await {
            kinds.insert(kind(&path));
            wrong.extend(
                problems
                    .into_iter()
                    .map(|problem| format!("{en} at {path}: it {problem}")),
            );
        }
        window.close().await;
    }
    assert!(wrong.is_empty(), "{}:\n{}", look.name(), wrong.join("\n"));
    assert!(kinds.len() >= 9, "only {kinds:?}");
}

#[tokio::test]
async fn every_page_holds_in_korean_on_a_laptop() {
    everybody_everywhere(Look::LAPTOP).await;
}

#[tokio::test]
async fn every_page_holds_in_english_in_the_dark_on_a_laptop() {
    let look = Look {
        korean: false,
        dark: true,
        ..Look::LAPTOP
    };
    everybody_everywhere(look).await;
}

#[tokio::test]
async fn every_page_holds_in_korean_in_the_dark_on_a_phone() {
    let look = Look {
        phone: true,
        dark: true,
        ..Look::LAPTOP
    };
    everybody_everywhere(look).await;
}

#[tokio::test]
async fn every_page_holds_in_english_on_a_phone() {
    let look = Look {
        korean: false,
        phone: true,
        ..Look::LAPTOP
    };
    everybody_everywhere(look).await;
}

#[tokio::test]
async fn a_page_that_breaks_every_rule_is_found_out() {
    let demo = Demo::start().await;
    let window = Window::open(&demo, Look::LAPTOP).await;
    window.go("/sign-in").await;
    let rules = rules();
    assert_eq!(wrong(&window, &rules).await, Vec::<String>::new());
    window
        .ask(
            "document.documentElement.lang = 'en';
document.body.insertAdjacentHTML('beforeend', '<div id=far>⟦lost⟧ <input> <img src=x></div>');
document.getElementById('far').style.width = '3000px';",
        )
        .await;
    let wrong = wrong(&window, &rules).await.join("\n");
    for problem in ["is in", "edge", "translation", "image-alt", "label"] {
        assert!(wrong.contains(problem), "{problem} was not seen in {wrong}");
    }
    window.close().await;
}
