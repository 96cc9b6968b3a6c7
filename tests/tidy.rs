//! What no compiler checks: sizes, words, dependencies, leftovers.

use naru_domain::Rejection;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a file without its tests.
const FILE_LINES_MAX: usize = 600;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Every file below `folder` with this extension, but for what is built.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "target" && !name.starts_with('.') && !name.starts_with("naru-d") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

fn without_tests(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod tests {").next().unwrap()
}

fn too_long(files: &[(String, String)]) -> Vec<String> {
    files
        .iter()
        .map(|(name, text)| (name, without_tests(text).lines().count()))
        .filter(|(_, lines)| FILE_LINES_MAX < *lines)
        .map(|(name, lines)| format!("{name} has {lines} lines, at most {FILE_LINES_MAX}"))
        .collect()
}

#[test]
fn no_file_is_too_long() {
    let sources: Vec<(String, String)> = ["crates", "xtask"]
        .iter()
        .flat_map(|folder| files(&root().join(folder), "rs"))
        .filter(|path| {
            !path.components().any(|part| part.as_os_str() == "tests")
                && path.file_name().is_none_or(|name| name != "tests.rs")
        })
        .map(|path| (shown(&path), fs::read_to_string(&path).unwrap()))
        .collect();
    assert_eq!(too_long(&sources), Vec::<String>::new());
    let planted = vec![("long.rs".to_owned(), "\n".repeat(FILE_LINES_MAX + 1))];
    assert_eq!(
        too_long(&planted).len(),
        1,
        "a file that is too long must be found"
    );
}

/// What is wrong with a file in YAML, and where.
fn broken_yaml(text: &str) -> Option<String> {
    saphyr_parser::Parser::new_from_str(text)
        .find_map(Result::err)
        .map(|problem| problem.to_string())
}

#[test]
fn the_examples_of_deployments_can_be_read() {
    let examples = files(&root().join("deploy"), "yaml");
    assert_eq!(examples.len(), 2);
    for example in examples {
        let text = fs::read_to_string(&example).unwrap();
        assert_eq!(broken_yaml(&text), None, "{}", shown(&example));
        let planted = text.replacen("metadata:", "metadata: [", 1);
        let planted = planted.replacen("services:", "services: {", 1);
        assert!(
            broken_yaml(&planted).is_some(),
            "a mistake in {} must be found",
            shown(&example)
        );
    }
}

fn leftovers(text: &str) -> Vec<usize> {
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
    ];
    text.lines()
        .enumerate()
        .filter(|(_, line)| words.iter().any(|word| line.contains(word)))
        .map(|(n, _)| n + 1)
        .collect()
}

#[test]
fn no_promise_is_left_in_the_code() {
    for extension in ["rs", "toml", "md", "sql", "html", "css", "js"] {
        for path in files(root(), extension) {
            let found = leftovers(&fs::read_to_string(&path).unwrap());
            assert!(
                found.is_empty(),
                "{} has a promise in lines {found:?}",
                shown(&path)
            );
        }
    }
    assert_eq!(leftovers(concat!("a\nb // TO", "DO: later\n")), [2]);
}

/// The names after `[dependencies]` of a manifest, up to the next table.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let after = manifest.split("\n[dependencies]\n").nth(1).unwrap_or("");
    let table = after.split("\n[").next().unwrap_or("");
    table
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn dependencies_point_one_way() {
    let of = |name: &str| {
        dependencies(
            &fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap(),
        )
    };
    let order = ["domain", "store", "engine", "server", "naru"];
    for (n, name) in order.iter().enumerate() {
        for above in order.iter().skip(n) {
            assert!(
                !of(name).contains(&format!("naru-{above}")),
                "{name} must not depend on {above}"
            );
        }
    }
    for name in ["domain", "store", "engine", "server", "naru"] {
        let temporal = |dependency: &String| dependency.starts_with("temporalio");
        assert!(
            !of(name).iter().any(temporal),
            "{name} must not name Temporal: crates/temporal does"
        );
    }
    assert!(of("temporal").contains("temporalio-sdk"));
    let pure: BTreeSet<String> = [
        "jiff",
        "libm",
        "schemars",
        "serde",
        "serde_json",
        "sha2",
        "thiserror",
        "toml",
        "uuid",
    ]
    .map(str::to_owned)
    .into();
    assert_eq!(
        of("domain").difference(&pure).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "the core gets no new dependency unnoticed"
    );
    assert!(dependencies("[x]\n\n[dependencies]\nsqlx.workspace = true\n\n[y]\n").contains("sqlx"));
}

#[test]
fn the_core_is_not_async_and_reads_nothing() {
    let impure = [
        "async fn",
        "std::fs",
        "std::net",
        "std::env",
        "Timestamp::now",
        "HashMap",
        "HashSet",
        "rand::",
    ];
    for path in files(&root().join("crates/domain/src"), "rs") {
        let text = fs::read_to_string(&path).unwrap();
        for word in impure {
            assert!(
                !without_tests(&text).contains(word),
                "{} has `{word}`",
                shown(&path)
            );
        }
    }
}

/// The variants of `pub enum <name>` in a source text.
fn variants(text: &str, name: &str) -> Vec<String> {
    let Some(body) = text.split(&format!("pub enum {name} {{")).nth(1) else {
        return Vec::new();
    };
    body.lines()
        .take_while(|line| !line.starts_with('}'))
        .filter(|line| line.starts_with("    ") && !line.starts_with("     "))
        .filter_map(|line| line.trim().split([' ', ',', '(', '{']).next())
        .filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_event_and_refusal_is_in_the_glossary() {
    let glossary = fs::read_to_string(root().join("docs/glossary.md")).unwrap();
    let sources: String = files(&root().join("crates/domain/src"), "rs")
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let mut missing = Vec::new();
    let mut found = 0;
    for aggregate in [
        "Account",
        "Organization",
        "Device",
        "Case",
        "Study",
        "Feedback",
        "Consultation",
    ] {
        for kind in ["Command", "Event"] {
            for variant in variants(&sources, &format!("{aggregate}{kind}")) {
                found += 1;
                let name = format!("{aggregate}{kind}::{variant}");
                if !glossary.contains(&format!("`{name}`")) && variant != "Wake" {
                    missing.push(name);
                }
            }
        }
    }
    missing.extend(
        Rejection::codes()
            .into_iter()
            .filter(|code| !glossary.contains(&format!("`{code}`")))
            .map(str::to_owned),
    );
    assert!(60 < found, "only {found} commands and events were found");
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_refusal_has_a_code_of_its_own() {
    let codes = Rejection::codes();
    let unique: BTreeSet<&str> = codes.iter().copied().collect();
    assert_eq!(unique.len(), codes.len(), "{codes:?}");
}
