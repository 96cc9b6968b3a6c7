//! Everything a user reads comes from the translations: templates have no words of their own, and neither has the code that fills them.
#![expect(
    clippy::unwrap_used,
    reason = "whatever is missing fails the test, as it should"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What reads the same in every language: names of norms, scales and languages, and the letter before a version's number.
const THE_SAME_IN_BOTH: &[&str] = &["English", "SHA-256", "SUS", "UDI-DI", "v", "한국어"];

/// Attributes that people read or hear.
const READ: &[&str] = &["alt", "aria-label", "data-l", "placeholder", "title"];

/// Code that writes Korean itself, and why it may: dates and amounts are grammar more than words, and a name is a name.
const WRITES_KOREAN: &[(&str, &[&str])] = &[
    // The name of the product where a browser asks for a passkey.
    ("crates/server/src/auth/passkey.rs", &["나루 Naru"]),
    ("crates/server/src/console/dates.rs", DATES),
    ("crates/server/src/pages/dates.rs", DATES),
    // The first and the last syllable there is.
    ("crates/server/src/pages/form.rs", &["가", "힣"]),
    // A language is called by its own name.
    ("crates/server/src/console/operate/people.rs", &["한국어"]),
    ("crates/server/src/console/round/mod.rs", &["한국어"]),
];

const DATES: &[&str] = &[
    "년", "월", "일", "화", "수", "목", "금", "토", "만 원", "원",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn files(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The text without what stands between these marks.
fn without(text: &str, opening: &str, closing: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(opening) {
        kept.push_str(before);
        kept.push('\n');
        rest = inside.split_once(closing).map_or("", |(_, after)| after);
    }
    kept + rest
}

fn is_word(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

/// The words that a template says by itself.
fn own_words(template: &str) -> BTreeSet<String> {
    let mut text = template.to_owned();
    for (opening, closing) in [
        ("{% block width %}", "{% endblock %}"),
        ("<style", "</style>"),
        ("<!--", "-->"),
        ("{#", "#}"),
        ("{{", "}}"),
        ("{%", "%}"),
    ] {
        text = without(&text, opening, closing);
    }
    let mut said = BTreeSet::new();
    for attribute in READ {
        for value in text.split(&format!(" {attribute}=\"")).skip(1) {
            said.extend(value.split('"').next().map(str::to_owned));
        }
    }
    for line in without(&text, "<", ">").lines() {
        let words = line.split(|c: char| c.is_whitespace() || ",·:()".contains(c));
        said.extend(words.map(|word| without(word, "&", ";").trim().to_owned()));
    }
    // A macro may write attributes where no tag is to be seen.
    said.retain(|word| is_word(word) && !word.contains("=\""));
    said.retain(|word| !THE_SAME_IN_BOTH.contains(&word.as_str()));
    said
}

#[test]
fn templates_have_no_words_of_their_own() {
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for folder in ["crates/server/templates", "crates/engine/templates"] {
        for (name, text) in files(folder) {
            looked_at += 1;
            let said = own_words(&text);
            wrong.extend(said.into_iter().map(|word| format!("{name}: {word}")));
        }
    }
    assert!(looked_at > 20, "the templates are elsewhere");
    assert_eq!(wrong, Vec::<String>::new());
    for planted in [
        "<p>Save</p>",
        "<p>{{ name }}님</p>",
        "<input placeholder=\"Search\">",
        "{% if late %}late{% endif %}",
    ] {
        assert_eq!(own_words(planted).len(), 1, "{planted}");
    }
    let nothing = "{% block width %} read{% endblock %}<p class=\"x\">v{{ n }} · {# why #}{{ words.say(\"a\") }}&nbsp;</p>";
    assert_eq!(own_words(nothing), BTreeSet::new());
}

fn is_korean(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7a3}')
}

/// The lines of a source, without tests and comments, that write Korean beside what they may.
fn writes_korean(text: &str, may: &[&str]) -> Vec<String> {
    let code = text.split("\n#[cfg(test)]").next().unwrap();
    let lines = code
        .lines()
        .map(|line| line.split("//").next().unwrap().trim());
    let wrong = lines.filter(|line| {
        let rest = may
            .iter()
            .fold((*line).to_owned(), |line, may| line.replace(may, ""));
        rest.contains(is_korean)
    });
    wrong.map(str::to_owned).collect()
}

#[test]
fn pages_and_console_say_nothing_that_is_not_in_the_translations() {
    let mut wrong = Vec::new();
    let mut excused = BTreeSet::new();
    for folder in [
        "crates/server/src/auth",
        "crates/server/src/console",
        "crates/server/src/http",
        "crates/server/src/pages",
    ] {
        for (name, text) in files(folder) {
            // Made-up people for the tests of the pages.
            if name.ends_with("/samples.rs") || name.contains("/tests") {
                continue;
            }
            let may = WRITES_KOREAN.iter().find(|(path, _)| *path == name);
            if may.is_some() && !writes_korean(&text, &[]).is_empty() {
                excused.insert(name.clone());
            }
            let may = may.map_or(&[][..], |(_, may)| *may);
            let lines = writes_korean(&text, may);
            wrong.extend(lines.into_iter().map(|line| format!("{name}: {line}")));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let known: BTreeSet<String> = WRITES_KOREAN
        .iter()
        .map(|(path, _)| (*path).to_owned())
        .collect();
    assert_eq!(excused, known, "an excuse that nothing needs");
    assert_eq!(writes_korean("let a = \"저장\";", &[]).len(), 1);
    assert!(writes_korean("let a = 1; // 저장", &[]).is_empty());
}
