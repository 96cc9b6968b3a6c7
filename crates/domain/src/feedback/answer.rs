//! Answers, and what can be wrong with them.

use crate::{Locale, LongText};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An answer to one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A score on a scale.
    Score(i64),
    /// The value of an option.
    Choice(String),
    /// Free text.
    Text(LongText),
}

/// What is wrong with the answer to one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerProblem {
    /// The question.
    pub question: String,
    /// What is wrong.
    pub mistake: AnswerMistake,
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerMistake {
    /// The questionnaire has no such question.
    UnknownQuestion,
    /// The question needs an answer and has none.
    Missing,
    /// It is not the kind of answer this question takes.
    WrongKind,
    /// The score is not on the scale.
    OffScale {
        /// Lowest score.
        min: i64,
        /// Highest score.
        max: i64,
    },
    /// It is not one of the options.
    NotAnOption,
    /// The text has more characters than allowed.
    TooLong {
        /// Characters found.
        found: u32,
        /// Characters allowed.
        max: u32,
    },
    /// The text has a control character, or one that turns the direction of the text around it.
    ForbiddenCharacter,
}

impl AnswerProblem {
    pub(super) fn new(question: &str, mistake: AnswerMistake) -> Self {
        Self {
            question: question.chars().take(80).collect(),
            mistake,
        }
    }

    /// The input field it is about.
    pub fn field(&self) -> String {
        format!("answers.{}", self.question)
    }

    /// What is wrong and what to do, in one language, to be shown beside the question.
    pub fn words(&self, locale: Locale) -> String {
        match locale {
            Locale::En => self.mistake.english(),
            Locale::Ko => self.mistake.korean(),
        }
    }
}

impl AnswerMistake {
    fn english(&self) -> String {
        match self {
            Self::UnknownQuestion => {
                "The questionnaire has no such question. Load the page again.".to_owned()
            }
            Self::Missing => "Please answer this question.".to_owned(),
            Self::WrongKind => "This question takes another kind of answer.".to_owned(),
            Self::OffScale { min, max } => format!("Choose a score from {min} to {max}."),
            Self::NotAnOption => "Choose one of the options shown.".to_owned(),
            Self::TooLong { found, max } => format!(
                "The text has {found} characters; at most {max} are allowed. Please shorten it."
            ),
            Self::ForbiddenCharacter => {
                "The text has a character that is not allowed. Please remove it.".to_owned()
            }
        }
    }

    fn korean(&self) -> String {
        match self {
            Self::UnknownQuestion => {
                "설문에 없는 문항입니다. 페이지를 새로 고쳐 주세요.".to_owned()
            }
            Self::Missing => "이 문항에 답해 주세요.".to_owned(),
            Self::WrongKind => "이 문항에 맞지 않는 형식의 답변입니다.".to_owned(),
            Self::OffScale { min, max } => format!("{min}부터 {max} 사이의 점수를 선택해 주세요."),
            Self::NotAnOption => "보기 중에서 선택해 주세요.".to_owned(),
            Self::TooLong { found, max } => {
                format!("{found}자를 입력하셨습니다. {max}자 이내로 줄여 주세요.")
            }
            Self::ForbiddenCharacter => {
                "사용할 수 없는 문자가 있습니다. 해당 문자를 지워 주세요.".to_owned()
            }
        }
    }
}

/// Everything that is wrong with a set of answers. Printed plainly it is English, printed with `{:#}` Korean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnswerProblems(Vec<AnswerProblem>);

impl AnswerProblems {
    /// Fine if nothing is wrong.
    pub(super) fn none_or(problems: Vec<AnswerProblem>) -> Result<(), Self> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self(problems))
        }
    }

    /// Each problem, in the order of the questionnaire.
    pub fn iter(&self) -> std::slice::Iter<'_, AnswerProblem> {
        self.0.iter()
    }

    /// The field of the first problem.
    pub fn first_field(&self) -> String {
        self.0
            .first()
            .map_or_else(|| "answers".to_owned(), AnswerProblem::field)
    }
}

impl IntoIterator for AnswerProblems {
    type Item = AnswerProblem;
    type IntoIter = std::vec::IntoIter<AnswerProblem>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a AnswerProblems {
    type Item = &'a AnswerProblem;
    type IntoIter = std::slice::Iter<'a, AnswerProblem>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for AnswerProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let locale = if f.alternate() {
            Locale::Ko
        } else {
            Locale::En
        };
        for (n, problem) in self.0.iter().enumerate() {
            let gap = if n == 0 { "" } else { " " };
            write!(f, "{gap}[{}] {}", problem.question, problem.words(locale))?;
        }
        Ok(())
    }
}
