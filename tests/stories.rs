//! Stories in domain words, each with the transcript that must come of it.

use std::fs;
use std::path::{Path, PathBuf};

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("stories");
    let mut stories: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "story"))
        .collect();
    stories.sort();
    stories
}

/// With `UPDATE_STORIES=1` the transcripts are written anew; read the difference before you commit it.
#[test]
fn every_story_comes_out_as_its_transcript_says() {
    let update = std::env::var_os("UPDATE_STORIES").is_some();
    let stories = stories();
    assert!(5 <= stories.len());
    let mut differ = Vec::new();
    for path in stories {
        let found = naru_tests::story::run(&fs::read_to_string(&path).unwrap()).transcript;
        let golden = path.with_extension("transcript");
        if update {
            fs::write(&golden, &found).unwrap();
        }
        let wanted = fs::read_to_string(&golden).unwrap_or_default();
        if let Some((n, (wanted, found))) = (1..)
            .zip(wanted.lines().zip(found.lines()))
            .find(|(_, (wanted, found))| wanted != found)
        {
            differ.push(format!(
                "{}:{n}\n  wanted {wanted}\n  found  {found}",
                golden.display()
            ));
        } else if wanted != found {
            differ.push(format!("{}: of another length", golden.display()));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn a_story_told_twice_comes_out_the_same() {
    for path in stories() {
        let text = fs::read_to_string(&path).unwrap();
        let (once, twice) = (naru_tests::story::run(&text), naru_tests::story::run(&text));
        assert_eq!(once.transcript, twice.transcript);
        let histories = |world: naru_tests::world::World| {
            let of = |entry: naru_tests::world::Entry| entry.history;
            world.aggregates.into_values().map(of).collect::<Vec<_>>()
        };
        assert_eq!(histories(once), histories(twice));
    }
}
