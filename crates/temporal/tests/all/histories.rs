//! Histories of real runs replay under today's workflow. The ones in `histories` were written by earlier versions and stay for good: where one no
//! longer replays, workers would stop at the cases that are on their way.

use std::fs;
use std::path::Path;

fn kept() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/histories");
    let mut kept: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect();
    kept.sort();
    kept
}

#[tokio::test]
async fn every_history_that_was_ever_kept_replays() {
    let kept = kept();
    assert!(!kept.is_empty());
    for (name, history) in kept {
        let replayed = naru_temporal::replay(&history).await;
        assert!(replayed.is_ok(), "{name}: {}", replayed.unwrap_err());
    }
}

#[tokio::test]
async fn a_history_of_another_workflow_is_found_out() {
    for (name, history) in kept() {
        let text = String::from_utf8(history).unwrap();
        for (from, to) in [("\"perform\"", "\"juggle\""), ("\"turn\"", "\"twist\"")] {
            let other = text.replace(from, to);
            if other != text {
                let replayed = naru_temporal::replay(other.as_bytes()).await;
                assert!(replayed.is_err(), "{name} replays with {to}");
            }
        }
    }
}
