//! Questionnaires: what a feedback round asks. A file as written is checked once into a [`Questionnaire`] that cannot be wrong, and
//! answers are checked against it.

use super::answer::{Answer, AnswerMistake, AnswerProblem, AnswerProblems};
use super::file::{self, QuestionnaireProblem};
use crate::pathway::Option_;
use crate::{Locale, LongText, Sha256Hex, ShortText, Words};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

const SHIPPED: &[(&str, &str)] = &[(
    "clinician-feedback.toml",
    include_str!("../../../../workflows/questionnaires/clinician-feedback.toml"),
)];

/// The questionnaires by id.
#[derive(Clone, Debug, Default)]
pub struct Questionnaires {
    by_id: BTreeMap<String, Questionnaire>,
}

impl Questionnaires {
    /// The questionnaires that come with the program.
    pub fn shipped() -> Result<Self, Vec<QuestionnaireProblem>> {
        let mut all = Self::default();
        let mut problems = Vec::new();
        for (file, text) in SHIPPED {
            match Questionnaire::parse(file, text) {
                Ok(questionnaire) => all.publish(questionnaire),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() {
            Ok(all)
        } else {
            Err(problems)
        }
    }

    /// Adds a checked questionnaire; of two with the same id the higher version stays.
    pub fn publish(&mut self, questionnaire: Questionnaire) {
        let newer = self
            .get(&questionnaire.id)
            .is_none_or(|known| known.version <= questionnaire.version);
        if newer {
            self.by_id.insert(questionnaire.id.clone(), questionnaire);
        }
    }

    /// The questionnaire of this id.
    pub fn get(&self, id: &str) -> Option<&Questionnaire> {
        self.by_id.get(id)
    }

    /// Every questionnaire, by id.
    pub fn all(&self) -> impl Iterator<Item = &Questionnaire> {
        self.by_id.values()
    }
}

/// A checked questionnaire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Questionnaire {
    /// Its name, the same over all its versions.
    pub id: String,
    /// Its version, from 1.
    pub version: u32,
    /// Its title.
    pub title: Words,
    /// What a person reads before the first question.
    pub introduction: Words,
    /// What a person agrees to before answering.
    pub consent: ConsentText,
    /// The questions, in the order they are asked.
    pub questions: Vec<Question>,
}

/// What a person agrees to before answering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentText {
    /// The version of the text.
    pub version: ShortText,
    /// The text.
    pub text: Words,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its name within the questionnaire.
    pub id: String,
    /// What it asks.
    pub label: Words,
    /// What to consider, where the label is not enough.
    pub help: Option<Words>,
    /// Whether an answer is needed.
    pub required: bool,
    /// What an answer looks like.
    pub kind: QuestionKind,
}

/// What an answer looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuestionKind {
    /// Agreement from 1 to 5.
    Likert(Anchors),
    /// Single Ease Question, from 1 to 7.
    Seq(Anchors),
    /// Likelihood to recommend, from 0 to 10.
    Nps(Anchors),
    /// One of several options.
    Choice(Vec<Option_>),
    /// Free text.
    Text {
        /// At most so many characters.
        max_length: u32,
    },
}

/// The words at both ends of a scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchors {
    /// At the lowest score.
    pub low: Words,
    /// At the highest score.
    pub high: Words,
}

impl QuestionKind {
    /// The word used in questionnaire files and the API.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Likert(_) => "likert",
            Self::Seq(_) => "seq",
            Self::Nps(_) => "nps",
            Self::Choice(_) => "choice",
            Self::Text { .. } => "text",
        }
    }

    /// The scores a scale has; nothing for questions that are not a scale.
    pub fn scale(&self) -> Option<std::ops::RangeInclusive<i64>> {
        match self {
            Self::Likert(_) => Some(1..=5),
            Self::Seq(_) => Some(1..=7),
            Self::Nps(_) => Some(0..=10),
            Self::Choice(_) | Self::Text { .. } => None,
        }
    }
}

impl Questionnaire {
    /// The checked questionnaire that `text` of `file` means, or everything that is wrong with it.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<QuestionnaireProblem>> {
        file::parse(file, text)
    }

    /// The question of this name.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }

    /// The SHA-256 of the consent text in one language, as it is shown.
    pub fn consent_hash(&self, locale: Locale) -> Result<Sha256Hex, crate::TextProblem> {
        let text = self.consent.text.in_locale(locale);
        let digest = Sha256::digest(text.as_bytes());
        let hex: String = digest
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 0xF])
            .filter_map(|nibble| char::from_digit(u32::from(nibble), 16))
            .collect();
        hex.parse()
    }

    /// Every problem of a set of answers: unknown questions, missing ones, scores off the scale, options that do not exist, long texts.
    pub fn check(&self, answers: &BTreeMap<String, Answer>) -> Result<(), AnswerProblems> {
        let mut problems = Vec::new();
        for question in &self.questions {
            let mistake = match answers.get(&question.id) {
                Some(answer) => question.mistake_in(answer),
                None => question.required.then_some(AnswerMistake::Missing),
            };
            problems.extend(mistake.map(|mistake| AnswerProblem::new(&question.id, mistake)));
        }
        let unknown = answers.keys().filter(|id| self.question(id).is_none());
        problems.extend(unknown.map(|id| AnswerProblem::new(id, AnswerMistake::UnknownQuestion)));
        AnswerProblems::none_or(problems)
    }

    /// The answers in a posted form, by question; a blank field is no answer. Fields that are no question are refused, so the caller
    /// takes its own fields out first.
    pub fn read(
        &self,
        posted: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, Answer>, AnswerProblems> {
        let mut answers = BTreeMap::new();
        let mut problems = Vec::new();
        for (id, text) in posted {
            let text = text.trim();
            match self.question(id).map(|question| question.read(text)) {
                None => problems.push(AnswerProblem::new(id, AnswerMistake::UnknownQuestion)),
                Some(_) if text.is_empty() => {}
                Some(Err(mistake)) => problems.push(AnswerProblem::new(id, mistake)),
                Some(Ok(answer)) => {
                    answers.insert(id.clone(), answer);
                }
            }
        }
        if let Err(found) = self.check(&answers) {
            let known: BTreeSet<String> = problems.iter().map(|p| p.question.clone()).collect();
            problems.extend(found.into_iter().filter(|p| !known.contains(&p.question)));
        }
        AnswerProblems::none_or(problems).map(|()| answers)
    }
}

impl Question {
    fn mistake_in(&self, answer: &Answer) -> Option<AnswerMistake> {
        match (&self.kind, answer) {
            (
                QuestionKind::Likert(_) | QuestionKind::Seq(_) | QuestionKind::Nps(_),
                Answer::Score(score),
            ) => {
                let scale = self.kind.scale()?;
                (!scale.contains(score)).then(|| AnswerMistake::OffScale {
                    min: *scale.start(),
                    max: *scale.end(),
                })
            }
            (QuestionKind::Choice(options), Answer::Choice(value)) => {
                let known = options.iter().any(|option| &option.value == value);
                (!known).then_some(AnswerMistake::NotAnOption)
            }
            (QuestionKind::Text { max_length }, Answer::Text(text)) => {
                let found = u32::try_from(text.as_str().chars().count()).unwrap_or(u32::MAX);
                (*max_length < found).then_some(AnswerMistake::TooLong {
                    found,
                    max: *max_length,
                })
            }
            (_, Answer::Score(_) | Answer::Choice(_) | Answer::Text(_)) => {
                Some(AnswerMistake::WrongKind)
            }
        }
    }

    fn read(&self, text: &str) -> Result<Answer, AnswerMistake> {
        match &self.kind {
            QuestionKind::Likert(_) | QuestionKind::Seq(_) | QuestionKind::Nps(_) => text
                .parse()
                .map(Answer::Score)
                .map_err(|_| AnswerMistake::WrongKind),
            QuestionKind::Choice(_) => Ok(Answer::Choice(text.to_owned())),
            QuestionKind::Text { max_length } => text
                .parse::<LongText>()
                .map(Answer::Text)
                .map_err(|problem| match problem {
                    crate::TextProblem::TooLong { found, .. } => AnswerMistake::TooLong {
                        found: u32::try_from(found).unwrap_or(u32::MAX),
                        max: *max_length,
                    },
                    crate::TextProblem::Empty
                    | crate::TextProblem::Forbidden(_)
                    | crate::TextProblem::NotAnEmailAddress(_)
                    | crate::TextProblem::NotASha256
                    | crate::TextProblem::NotABusinessNumber
                    | crate::TextProblem::NotAGtin
                    | crate::TextProblem::NotAnOrcid
                    | crate::TextProblem::CheckDigit { .. }
                    | crate::TextProblem::NoLanguage => AnswerMistake::ForbiddenCharacter,
                }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Questionnaire {
        let all = Questionnaires::shipped().unwrap();
        all.get("clinician-feedback").unwrap().clone()
    }

    fn posted(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        let complete = [
            ("clinical_need", "4"),
            ("fits_workflow", "3"),
            ("supports_decisions", "5"),
            ("safe_to_use", "4"),
            ("ease_of_use", "6"),
            ("recommend", "0"),
            ("intended_use", "routinely"),
            ("strengths", "  "),
        ];
        let owned = |(k, v): &(&str, &str)| ((*k).to_owned(), (*v).to_owned());
        complete
            .iter()
            .map(owned)
            .chain(fields.iter().map(owned))
            .collect()
    }

    #[test]
    fn the_shipped_questionnaire_asks_every_kind_of_question() {
        let kinds: BTreeSet<&str> = shipped()
            .questions
            .iter()
            .map(|q| q.kind.as_str())
            .collect();
        assert_eq!(
            kinds,
            BTreeSet::from(["choice", "likert", "nps", "seq", "text"])
        );
    }

    #[test]
    fn a_posted_form_becomes_answers_and_blank_fields_are_no_answer() {
        let answers = shipped()
            .read(&posted(&[("improvements", "줄이 길다\r\n짧게")]))
            .unwrap();
        assert_eq!(answers.get("recommend"), Some(&Answer::Score(0)));
        assert_eq!(answers.get("strengths"), None);
        assert_eq!(
            answers.get("improvements"),
            Some(&Answer::Text("줄이 길다\n짧게".parse().unwrap()))
        );
    }

    #[test]
    fn every_mistake_of_a_form_is_reported_with_its_question() {
        let long = "가".repeat(2001);
        let problems = shipped()
            .read(&posted(&[
                ("clinical_need", "6"),
                ("fits_workflow", "four"),
                ("safe_to_use", ""),
                ("intended_use", "sometimes"),
                ("strengths", &long),
                ("improvements", "a\u{202E}b"),
                ("color", "blue"),
            ]))
            .unwrap_err();
        let mut found: Vec<_> = problems
            .into_iter()
            .map(|p| (p.field(), p.mistake))
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(
            found,
            [
                (
                    "answers.clinical_need".to_owned(),
                    AnswerMistake::OffScale { min: 1, max: 5 }
                ),
                ("answers.color".to_owned(), AnswerMistake::UnknownQuestion),
                ("answers.fits_workflow".to_owned(), AnswerMistake::WrongKind),
                (
                    "answers.improvements".to_owned(),
                    AnswerMistake::ForbiddenCharacter
                ),
                (
                    "answers.intended_use".to_owned(),
                    AnswerMistake::NotAnOption
                ),
                ("answers.safe_to_use".to_owned(), AnswerMistake::Missing),
                (
                    "answers.strengths".to_owned(),
                    AnswerMistake::TooLong {
                        found: 2001,
                        max: 2000
                    }
                ),
            ]
        );
    }

    #[test]
    fn an_answer_of_another_kind_than_its_question_is_refused() {
        let mut answers = shipped().read(&posted(&[])).unwrap();
        answers.insert("recommend".to_owned(), Answer::Choice("9".to_owned()));
        let problems = shipped().check(&answers).unwrap_err();
        assert_eq!(
            format!("{problems} | {problems:#}"),
            "[recommend] This question takes another kind of answer. | [recommend] 이 문항에 맞지 않는 형식의 답변입니다."
        );
    }

    #[test]
    fn a_wrong_file_reports_every_problem_at_once() {
        let text = r#"
            id = "Bad Name"
            version = 0
            title = { en = "T", ko = " " }
            introduction = { en = "I", ko = "안내" }
            consent = { version = "1", text = { en = "C", ko = "동의" } }
            questions = [
              { id = "a", kind = "likert", required = true, label = { en = "A", ko = "가" }, max_length = 3 },
              { id = "a", kind = "choice", required = true, label = { en = "A", ko = "가" }, options = [{ value = "x", label = { en = "X", ko = "엑스" } }] },
              { id = "b", kind = "text", required = false, label = { en = "B", ko = "나" }, max_length = 0 },
            ]
        "#;
        let places: Vec<String> = Questionnaire::parse("bad.toml", text)
            .unwrap_err()
            .iter()
            .map(ToString::to_string)
            .collect();
        insta::assert_snapshot!(places.join("\n"), @"
        bad.toml: id: `Bad Name` is not a name of lower-case letters, digits, - and _
        bad.toml: version: versions count from 1
        bad.toml: title: write the words in both languages
        bad.toml: a: this kind of question needs `low`
        bad.toml: a: this kind of question needs `high`
        bad.toml: a: this kind of question has no `max_length`; take it out
        bad.toml: a: two questions have this id; rename one of them
        bad.toml: a: write at least two options
        bad.toml: b: max_length is from 1 to 20000
        ");
    }

    #[test]
    fn a_file_of_another_shape_names_the_line() {
        let problems = Questionnaire::parse("bad.toml", "id = 3\n").unwrap_err();
        assert!(
            problems[0].to_string().contains("line 1"),
            "{}",
            problems[0]
        );
    }

    #[test]
    fn the_consent_hash_differs_between_languages() {
        let questionnaire = shipped();
        let korean = questionnaire.consent_hash(Locale::Ko).unwrap();
        assert_ne!(korean, questionnaire.consent_hash(Locale::En).unwrap());
    }
}
