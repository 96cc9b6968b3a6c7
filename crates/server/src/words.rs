//! The words of pages and console, from `translations/`.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use naru_domain::Locale;
use naru_engine::letters::particle;
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

const KOREAN_SOURCE: &str = concat!(
    include_str!("../translations/ko.ftl"),
    "\n",
    include_str!("../translations/console.ko.ftl"),
    "\n",
    include_str!("../translations/work.ko.ftl"),
);
const ENGLISH_SOURCE: &str = concat!(
    include_str!("../translations/en.ftl"),
    "\n",
    include_str!("../translations/console.en.ftl"),
    "\n",
    include_str!("../translations/work.en.ftl"),
);

type Bundle = FluentBundle<FluentResource>;

static KOREAN: LazyLock<Bundle> = LazyLock::new(|| bundle("ko", KOREAN_SOURCE));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle("en", ENGLISH_SOURCE));

/// What a missing word looks like on a page, so that a test sees it.
pub(crate) const MISSING: &str = "⟦";

fn bundle(language: &str, source: &str) -> Bundle {
    // What cannot be read is left out here and found by the test that reads every file strictly.
    let resource = match FluentResource::try_new(source.to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let language: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Names of people stand in `bdi` elements instead.
    bundle.set_use_isolating(false);
    let _ = bundle.add_function("JOSA", |positional, _named| match positional {
        [FluentValue::String(word), FluentValue::String(pair)] => {
            FluentValue::String(particle(word, pair).to_owned().into())
        }
        _ => FluentValue::Error,
    });
    let _ = bundle.add_resource(resource);
    bundle
}

/// The words of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Phrases(pub(crate) Locale);

impl Phrases {
    /// The language as HTML names it.
    pub(crate) fn language(self) -> &'static str {
        match self.0 {
            Locale::Ko => "ko",
            Locale::En => "en",
        }
    }

    /// The other language.
    pub(crate) fn other(self) -> Self {
        Self(match self.0 {
            Locale::Ko => Locale::En,
            Locale::En => Locale::Ko,
        })
    }

    /// The words under `key`, or under one of its attributes written `key.attribute`.
    pub(crate) fn say(self, key: &str) -> String {
        self.with(key, [])
    }

    /// How many things need attention.
    pub(crate) fn errors(self, count: usize) -> String {
        self.with("errors", [("count", count.into())])
    }

    /// The words under `key` with values put in.
    pub(crate) fn with<const N: usize>(
        self,
        key: &str,
        values: [(&str, FluentValue<'_>); N],
    ) -> String {
        let arguments: FluentArgs<'_> = values.into_iter().collect();
        self.find(key, &arguments).unwrap_or_else(|| {
            tracing::error!(key, "words are missing");
            format!("{MISSING}{key}⟧")
        })
    }

    fn find(self, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let bundle = match self.0 {
            Locale::Ko => &*KOREAN,
            Locale::En => &*ENGLISH,
        };
        let (message, attribute) = match key.split_once('.') {
            Some((message, attribute)) => (message, Some(attribute)),
            None => (key, None),
        };
        let message = bundle.get_message(message)?;
        let pattern = match attribute {
            Some(attribute) => message.get_attribute(attribute)?.value(),
            None => message.value()?,
        };
        let mut problems = Vec::new();
        let said = bundle.format_pattern(pattern, Some(arguments), &mut problems);
        problems.is_empty().then(|| said.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_syntax::ast::Entry;
    use std::collections::BTreeSet;

    /// Every key and `key.attribute`, and a failure on anything that is not Fluent.
    fn keys(source: &str) -> BTreeSet<String> {
        let resource = fluent_syntax::parser::parse(source).unwrap();
        let mut found = BTreeSet::new();
        for entry in &resource.body {
            let Entry::Message(message) = entry else {
                continue;
            };
            if message.value.is_some() {
                assert!(found.insert(message.id.name.to_owned()), "twice");
            }
            for attribute in &message.attributes {
                let key = format!("{}.{}", message.id.name, attribute.id.name);
                assert!(found.insert(key), "twice");
            }
        }
        found
    }

    #[test]
    fn both_languages_say_the_same_things() {
        assert_eq!(keys(KOREAN_SOURCE), keys(ENGLISH_SOURCE));
    }

    #[test]
    fn every_word_is_used_somewhere() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut folders = ["src/pages", "src/console", "templates"]
            .map(|folder| root.join(folder))
            .to_vec();
        let mut sources = vec![include_str!("words.rs").to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    sources.push(std::fs::read_to_string(path).unwrap());
                }
            }
        }
        for key in keys(KOREAN_SOURCE) {
            let whole = format!("\"{key}\"");
            // Half a key is said where the other half depends: `"key"` with an attribute put behind it, or `"key.{}"`.
            let halves = key.split_once('.').map(|(part, attribute)| {
                let mut halves = vec![format!("\"{part}\""), format!("\"{part}.{{")];
                let cuts = attribute
                    .char_indices()
                    .map(|(at, _)| attribute.split_at(at).0);
                halves.extend(cuts.map(|start| format!("\"{part}.{start}{{")));
                halves
            });
            let said = |words: &String| sources.iter().any(|source| source.contains(words));
            let used = said(&whole) || halves.is_some_and(|halves| halves.iter().any(said));
            assert!(used, "nothing says `{key}`");
        }
    }

    #[test]
    fn words_that_are_missing_can_be_seen() {
        assert!(Phrases(Locale::Ko).say("nonsense").starts_with(MISSING));
        assert!(
            Phrases(Locale::En)
                .say("feedback-from")
                .starts_with(MISSING)
        );
    }

    #[test]
    fn a_particle_follows_its_word() {
        let said = |name: &str| {
            Phrases(Locale::Ko).with("match-conflict-with", [("startup", name.into())])
        };
        assert!(said("가온베이비").starts_with("가온베이비와 "));
        assert!(said("솔빛비전").starts_with("솔빛비전과 "));
    }
}
