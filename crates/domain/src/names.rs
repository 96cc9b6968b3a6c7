//! Names of organizations and devices in Korean and English, each checked like any other short text.

use crate::{Locale, ShortText, TextProblem, Words};
use serde::{Deserialize, Serialize};

/// A name in both languages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BothNames {
    /// Korean.
    pub ko: ShortText,
    /// English.
    pub en: ShortText,
}

impl BothNames {
    /// The name in one language.
    pub fn in_locale(&self, locale: Locale) -> &ShortText {
        match locale {
            Locale::Ko => &self.ko,
            Locale::En => &self.en,
        }
    }

    /// The name as words.
    pub fn to_words(&self) -> Words {
        Words {
            en: self.en.as_str().to_owned(),
            ko: self.ko.as_str().to_owned(),
        }
    }
}

/// A name in Korean, in English or in both; at least one is always there, and it stands in for the other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Given", into = "Given")]
pub struct EitherName {
    ko: Option<ShortText>,
    en: Option<ShortText>,
}

#[derive(Serialize, Deserialize)]
struct Given {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ko: Option<ShortText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    en: Option<ShortText>,
}

impl EitherName {
    /// A name in the languages that are given; refused when none is.
    pub fn new(ko: Option<ShortText>, en: Option<ShortText>) -> Result<Self, TextProblem> {
        if ko.is_none() && en.is_none() {
            return Err(TextProblem::NoLanguage);
        }
        Ok(Self { ko, en })
    }

    /// The Korean name, if it was given.
    pub fn ko(&self) -> Option<&ShortText> {
        self.ko.as_ref()
    }

    /// The English name, if it was given.
    pub fn en(&self) -> Option<&ShortText> {
        self.en.as_ref()
    }

    /// The name in one language, or in the other if it has none in this one.
    pub fn in_locale(&self, locale: Locale) -> &str {
        let (wanted, other) = match locale {
            Locale::Ko => (&self.ko, &self.en),
            Locale::En => (&self.en, &self.ko),
        };
        wanted
            .as_ref()
            .or(other.as_ref())
            .map_or("", ShortText::as_str)
    }

    /// The name as words, each language standing in for the other where needed.
    pub fn to_words(&self) -> Words {
        Words {
            en: self.in_locale(Locale::En).to_owned(),
            ko: self.in_locale(Locale::Ko).to_owned(),
        }
    }
}

impl TryFrom<Given> for EitherName {
    type Error = TextProblem;
    fn try_from(given: Given) -> Result<Self, TextProblem> {
        Self::new(given.ko, given.en)
    }
}

impl From<EitherName> for Given {
    fn from(name: EitherName) -> Self {
        Self {
            ko: name.ko,
            en: name.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_language_stands_in_for_the_other_but_none_is_refused() {
        let name = EitherName::new(Some("심전도 패치".parse().unwrap()), None).unwrap();
        assert_eq!(name.in_locale(Locale::En), "심전도 패치");
        assert_eq!(EitherName::new(None, None), Err(TextProblem::NoLanguage));
        assert!(serde_json::from_str::<EitherName>("{}").is_err());
        let json = serde_json::to_string(&name).unwrap();
        assert_eq!(json, r#"{"ko":"심전도 패치"}"#);
        assert_eq!(serde_json::from_str::<EitherName>(&json).unwrap(), name);
    }
}
