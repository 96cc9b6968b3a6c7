//! A questionnaire as it is written in a file, and everything that can be wrong with it.

use super::questionnaire::{Anchors, ConsentText, Question, QuestionKind, Questionnaire};
use crate::Words;
use crate::pathway::Option_;
use serde::Deserialize;
use std::collections::BTreeSet;

const QUESTIONS_MAX: usize = 60;
const TEXT_LENGTH_MAX: u32 = 20_000;

/// Why a questionnaire file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionnaireProblem {
    /// It is not TOML of the right shape.
    #[error("{file}: {message}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the reader says, with line and column.
        message: String,
    },
    /// A value cannot be.
    #[error("{file}: {place}: {what}")]
    Wrong {
        /// The file.
        file: String,
        /// Where in it.
        place: String,
        /// What is wrong, and what to write instead.
        what: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    version: u32,
    title: Words,
    introduction: Words,
    consent: ConsentText,
    questions: Vec<WrittenQuestion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenQuestion {
    id: String,
    kind: WrittenKind,
    required: bool,
    label: Words,
    help: Option<Words>,
    low: Option<Words>,
    high: Option<Words>,
    options: Option<Vec<Option_>>,
    max_length: Option<u32>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenKind {
    Likert,
    Seq,
    Nps,
    Choice,
    Text,
}

/// The checked questionnaire that `text` means, or everything that is wrong with it.
pub(super) fn parse(file: &str, text: &str) -> Result<Questionnaire, Vec<QuestionnaireProblem>> {
    let written: Written = toml::from_str(text).map_err(|error| {
        vec![QuestionnaireProblem::Unreadable {
            file: file.to_owned(),
            message: error.to_string(),
        }]
    })?;
    let mut check = Check {
        file,
        problems: Vec::new(),
    };
    let questionnaire = check.questionnaire(written);
    if check.problems.is_empty() {
        Ok(questionnaire)
    } else {
        Err(check.problems)
    }
}

struct Check<'a> {
    file: &'a str,
    problems: Vec<QuestionnaireProblem>,
}

impl Check<'_> {
    fn wrong(&mut self, place: &str, what: impl Into<String>) {
        self.problems.push(QuestionnaireProblem::Wrong {
            file: self.file.to_owned(),
            place: place.to_owned(),
            what: what.into(),
        });
    }

    fn questionnaire(&mut self, written: Written) -> Questionnaire {
        self.name("id", &written.id);
        if written.version == 0 {
            self.wrong("version", "versions count from 1");
        }
        self.words("title", &written.title);
        self.words("introduction", &written.introduction);
        self.words("consent.text", &written.consent.text);
        if written.questions.is_empty() || QUESTIONS_MAX < written.questions.len() {
            let what = format!("write from 1 to {QUESTIONS_MAX} questions");
            self.wrong("questions", what);
        }
        let mut seen = BTreeSet::new();
        let mut questions = Vec::new();
        for question in written.questions {
            if !seen.insert(question.id.clone()) {
                self.wrong(
                    &question.id,
                    "two questions have this id; rename one of them",
                );
            }
            questions.extend(self.question(question));
        }
        Questionnaire {
            id: written.id,
            version: written.version,
            title: written.title,
            introduction: written.introduction,
            consent: written.consent,
            questions,
        }
    }

    fn question(&mut self, written: WrittenQuestion) -> Option<Question> {
        let id = written.id.clone();
        self.name(&id, &id);
        self.words(&id, &written.label);
        if let Some(help) = &written.help {
            self.words(&id, help);
        }
        let (needs_anchors, needs_options, needs_length) = match written.kind {
            WrittenKind::Likert | WrittenKind::Seq | WrittenKind::Nps => (true, false, false),
            WrittenKind::Choice => (false, true, false),
            WrittenKind::Text => (false, false, true),
        };
        self.belongs(&id, "low", needs_anchors, written.low.is_some());
        self.belongs(&id, "high", needs_anchors, written.high.is_some());
        self.belongs(&id, "options", needs_options, written.options.is_some());
        self.belongs(
            &id,
            "max_length",
            needs_length,
            written.max_length.is_some(),
        );
        let kind = match written.kind {
            WrittenKind::Likert => {
                QuestionKind::Likert(self.anchors(&id, written.low, written.high)?)
            }
            WrittenKind::Seq => QuestionKind::Seq(self.anchors(&id, written.low, written.high)?),
            WrittenKind::Nps => QuestionKind::Nps(self.anchors(&id, written.low, written.high)?),
            WrittenKind::Choice => QuestionKind::Choice(self.options(&id, written.options?)),
            WrittenKind::Text => {
                let max_length = written.max_length?;
                if !(1..=TEXT_LENGTH_MAX).contains(&max_length) {
                    self.wrong(&id, format!("max_length is from 1 to {TEXT_LENGTH_MAX}"));
                }
                QuestionKind::Text { max_length }
            }
        };
        Some(Question {
            id,
            label: written.label,
            help: written.help,
            required: written.required,
            kind,
        })
    }

    fn belongs(&mut self, place: &str, key: &str, needed: bool, written: bool) {
        if needed && !written {
            self.wrong(place, format!("this kind of question needs `{key}`"));
        }
        if written && !needed {
            self.wrong(
                place,
                format!("this kind of question has no `{key}`; take it out"),
            );
        }
    }

    fn anchors(&mut self, place: &str, low: Option<Words>, high: Option<Words>) -> Option<Anchors> {
        let anchors = Anchors {
            low: low?,
            high: high?,
        };
        self.words(place, &anchors.low);
        self.words(place, &anchors.high);
        Some(anchors)
    }

    fn options(&mut self, place: &str, options: Vec<Option_>) -> Vec<Option_> {
        if options.len() < 2 {
            self.wrong(place, "write at least two options");
        }
        let mut seen = BTreeSet::new();
        for option in &options {
            self.name(place, &option.value);
            self.words(place, &option.label);
            if !seen.insert(&option.value) {
                self.wrong(
                    place,
                    format!("two options have the value `{}`", option.value),
                );
            }
        }
        options
    }

    fn words(&mut self, place: &str, words: &Words) {
        if words.en.trim().is_empty() || words.ko.trim().is_empty() {
            self.wrong(place, "write the words in both languages");
        }
    }

    fn name(&mut self, place: &str, name: &str) {
        let good = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.len() <= 64
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if !good {
            let what = format!("`{name}` is not a name of lower-case letters, digits, - and _");
            self.wrong(place, what);
        }
    }
}
