//! The words of letters, from `translations/`.

use super::korean::particle;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use naru_domain::Locale;
use std::fmt;
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

static KOREAN: LazyLock<Dictionary> =
    LazyLock::new(|| Dictionary::new("ko", include_str!("../../translations/ko.ftl")));
static ENGLISH: LazyLock<Dictionary> =
    LazyLock::new(|| Dictionary::new("en", include_str!("../../translations/en.ftl")));

/// The words of one language.
pub(super) struct Dictionary {
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dictionary")
    }
}

impl Dictionary {
    /// The words of `locale`.
    pub(super) fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::Ko => &KOREAN,
            Locale::En => &ENGLISH,
        }
    }

    fn new(language: &str, source: &str) -> Self {
        // What cannot be read is left out here and found by the test that reads every file strictly.
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        let language: LanguageIdentifier = language.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Isolation marks would show up in subjects and plain text.
        bundle.set_use_isolating(false);
        let _ = bundle.add_function("JOSA", |positional, _named| match positional {
            [FluentValue::String(word), FluentValue::String(pair)] => {
                FluentValue::String(particle(word, pair).to_owned().into())
            }
            _ => FluentValue::Error,
        });
        let _ = bundle.add_resource(resource);
        Self { bundle }
    }

    /// The words under `key`, or under one of its attributes written `key.attribute`; nothing if they are not there or lack an argument.
    pub(super) fn say(&self, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let (message, attribute) = match key.split_once('.') {
            Some((message, attribute)) => (message, Some(attribute)),
            None => (key, None),
        };
        let message = self.bundle.get_message(message)?;
        let pattern = match attribute {
            Some(attribute) => message.get_attribute(attribute)?.value(),
            None => message.value()?,
        };
        let mut problems = Vec::new();
        let said = self
            .bundle
            .format_pattern(pattern, Some(arguments), &mut problems);
        problems.is_empty().then(|| said.into_owned())
    }
}
