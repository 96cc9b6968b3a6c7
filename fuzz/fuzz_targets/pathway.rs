//! Any bytes as a pathway file. What is refused is refused in words that a terminal can show; what passes is drawn and played to its end,
//! and written anew without comments and layout it is the same pathway, by its hash.
#![no_main]

use libfuzzer_sys::fuzz_target;
use naru_domain::Locale;
use naru_domain::pathway::{check_bytes, draw, render, simulate};
use naru_store::Reference;
use std::collections::BTreeSet;

struct World {
    reference: Reference,
    questionnaires: BTreeSet<String>,
}

thread_local! {
    static WORLD: World = World::shipped();
}

impl World {
    fn shipped() -> Self {
        let reference = Reference::shipped().expect("the shipped files");
        let questionnaires = reference.questionnaires.all();
        let questionnaires = questionnaires.map(|one| one.id.clone()).collect();
        Self {
            reference,
            questionnaires,
        }
    }

    fn read(&self, data: &[u8]) {
        let calendars = &self.reference.calendars;
        let (hash, pathway) = match check_bytes("f.toml", data, calendars, &self.questionnaires) {
            Ok(checked) => checked,
            Err(problems) => {
                assert!(!problems.is_empty(), "refused without a reason");
                for locale in [Locale::En, Locale::Ko] {
                    let words = render(&problems, &String::from_utf8_lossy(data), locale);
                    let shown = words.chars().all(|c| c == '\n' || !c.is_control());
                    assert!(shown, "{words:?}");
                }
                return;
            }
        };
        assert!(draw(&pathway).contains("</svg>"));
        let calendar = calendars
            .get(&pathway.calendar)
            .expect("a calendar it names");
        let start = calendar.opening("2026-03-03".parse().expect("a day"));
        let questionnaires = &self.reference.questionnaires;
        let played = simulate(&pathway, &hash, calendars, questionnaires, start);
        assert!(!played.text(Locale::Ko).is_empty());

        let text = std::str::from_utf8(data).expect("what passes is text");
        let table: toml::Table = toml::from_str(text).expect("what passes is TOML");
        let anew = toml::to_string(&table).expect("TOML can be written");
        match check_bytes("f.toml", anew.as_bytes(), calendars, &self.questionnaires) {
            Ok((hash_anew, pathway_anew)) => {
                assert_eq!((hash_anew, pathway_anew), (hash, pathway));
            }
            Err(problems) => panic!("{}\n{anew}", render(&problems, &anew, Locale::En)),
        }
    }
}

fuzz_target!(init: WORLD.with(|_| ()), |data: &[u8]| WORLD.with(|world| world.read(data)));
