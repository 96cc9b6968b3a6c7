//! The small pieces that every part of a file is made of: names, texts, numbers, lists, roles.

use super::Checker;
use crate::pathway::StageId;
use crate::pathway::file::WordsFile;
use crate::pathway::read::{At, Must};
use crate::pathway::wrong::{Nearest, Wrong};
use crate::{LongText, OrganizationKind, Role, ShortText, TextProblem, Words};
use std::collections::BTreeMap;
use std::str::FromStr;

/// The most characters a text over several lines may have.
const TEXT_CHARACTERS_MAX: usize = 2_000;

impl Checker<'_> {
    pub(super) fn name<T: FromStr>(&mut self, name: &At<String>) -> Option<T> {
        let parsed = name.value.parse().ok();
        if parsed.is_none() {
            let found = shortened(&name.value);
            self.problems
                .add(&name.span, Wrong::BadName { name: found });
        }
        parsed
    }

    pub(super) fn slug(&mut self, name: &Must<At<String>>) -> Option<String> {
        let checked: StageId = self.name(name.get()?)?;
        Some(checked.as_str().to_owned())
    }

    pub(super) fn unique<'f>(&mut self, names: impl Iterator<Item = &'f At<String>>) {
        let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
        for name in names {
            let (line, _) = self.lines.position(name.span.start);
            match seen.get(name.value.as_str()) {
                Some(first) => {
                    let wrong = Wrong::Duplicate {
                        name: shortened(&name.value),
                        line: *first,
                    };
                    self.problems.add(&name.span, wrong);
                }
                None => {
                    seen.insert(&name.value, line);
                }
            }
        }
    }

    pub(super) fn text<T: FromStr<Err = TextProblem> + Into<String>>(
        &mut self,
        text: &Must<At<String>>,
    ) -> Option<String> {
        let text = text.get()?;
        let wrong = match text.value.parse::<T>() {
            Ok(checked) => {
                let checked: String = checked.into();
                let found = checked.chars().count();
                if found <= TEXT_CHARACTERS_MAX {
                    return Some(checked);
                }
                let max = TEXT_CHARACTERS_MAX;
                Wrong::LongText { found, max }
            }
            Err(problem) => wrong_text(&problem),
        };
        self.problems.add(&text.span, wrong);
        None
    }

    pub(super) fn words<T: FromStr<Err = TextProblem> + Into<String>>(
        &mut self,
        words: &WordsFile,
    ) -> Option<Words> {
        let (en, ko) = (self.text::<T>(&words.en), self.text::<T>(&words.ko));
        Some(Words { en: en?, ko: ko? })
    }

    pub(super) fn line_words(&mut self, words: &Must<WordsFile>) -> Option<Words> {
        words.get().and_then(|words| self.words::<ShortText>(words))
    }

    pub(super) fn long_words(&mut self, words: &Must<WordsFile>) -> Option<Words> {
        words.get().and_then(|words| self.words::<LongText>(words))
    }

    pub(super) fn number<T: TryFrom<i64>>(
        &mut self,
        number: &At<i64>,
        min: i64,
        max: i64,
    ) -> Option<T> {
        let within = (min..=max).contains(&number.value);
        let read = T::try_from(number.value).ok().filter(|_| within);
        if read.is_none() {
            let found = number.value.to_string();
            self.problems
                .add(&number.span, Wrong::OutOfRange { found, min, max });
        }
        read
    }

    pub(super) fn count<T: TryFrom<i64>>(
        &mut self,
        number: &Must<At<i64>>,
        min: i64,
        max: i64,
    ) -> Option<T> {
        number
            .get()
            .and_then(|number| self.number(number, min, max))
    }

    pub(super) fn list<'f, T>(
        &mut self,
        list: &'f Must<At<Vec<T>>>,
        key: &str,
        max: usize,
    ) -> Option<&'f [T]> {
        let list = list.get()?;
        let found = list.value.len();
        let key = key.to_owned();
        if found == 0 {
            self.problems.add(&list.span, Wrong::EmptyList { key });
            return None;
        }
        if max < found {
            self.problems
                .add(&list.span, Wrong::LongList { key, found, max });
            return None;
        }
        Some(&list.value)
    }

    pub(super) fn role(
        &mut self,
        role: &Must<At<Role>>,
        allowed: &[OrganizationKind],
    ) -> Option<Role> {
        let role = role.get()?;
        if allowed.contains(&role.value.organization_kind()) {
            return Some(role.value);
        }
        let possible = Role::ALL
            .iter()
            .filter(|role| allowed.contains(&role.organization_kind()));
        let known = Nearest::of("", possible.map(|role| role.as_str()));
        let wrong = Wrong::WrongRole {
            role: role.value.as_str().to_owned(),
            known,
        };
        self.problems.add(&role.span, wrong);
        None
    }
}

/// As much of a text as a message shows.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

fn wrong_text(problem: &TextProblem) -> Wrong {
    if let TextProblem::TooLong { found, max } = *problem {
        Wrong::LongText { found, max }
    } else if let TextProblem::Forbidden(code) = *problem {
        Wrong::ForbiddenCharacter { code }
    } else {
        Wrong::EmptyText
    }
}
