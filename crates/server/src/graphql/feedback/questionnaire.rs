//! Questionnaires: what clinicians are asked and what they agree to first.

use super::super::enums::Locale;
use super::super::pathway::{Choice, in_language};
use super::super::viewer::viewer;
use async_graphql::{Context, Enum, Object, Result};
use naru_domain::feedback::{Anchors, Question, QuestionKind, Questionnaire};

/// A questionnaire.
#[derive(Clone, Debug)]
pub struct QuestionnaireNode(Questionnaire);

impl From<&Questionnaire> for QuestionnaireNode {
    fn from(questionnaire: &Questionnaire) -> Self {
        Self(questionnaire.clone())
    }
}

/// A questionnaire.
#[Object(name = "Questionnaire")]
impl QuestionnaireNode {
    /// Its name, the same over all its versions.
    async fn id(&self) -> &str {
        &self.0.id
    }

    /// Its version, from 1.
    async fn version(&self) -> u32 {
        self.0.version
    }

    /// Its title, in the reader's language or the one asked for.
    async fn title(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.0.title, language)
    }

    /// What a person reads before the first question.
    async fn introduction(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.0.introduction, language)
    }

    /// What a person agrees to before answering.
    async fn consent(&self) -> ConsentTextNode {
        ConsentTextNode(self.0.clone())
    }

    /// The questions, in the order they are asked.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    async fn questions(&self) -> Vec<QuestionNode> {
        self.0.questions.iter().map(Into::into).collect()
    }
}

/// What a person agrees to before answering.
#[derive(Clone, Debug)]
pub struct ConsentTextNode(Questionnaire);

/// What a person agrees to before answering.
#[Object(name = "ConsentText")]
impl ConsentTextNode {
    /// The version of the text; it is stored with each answer.
    async fn version(&self) -> &str {
        self.0.consent.version.as_str()
    }

    /// The text, in the reader's language or the one asked for.
    async fn text(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.0.consent.text, language)
    }

    /// The SHA-256 of the text in that language; it is stored with each answer.
    async fn hash(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<Option<String>> {
        let locale = language.map_or(viewer(ctx)?.locale, Into::into);
        let hash = self.0.consent_hash(locale).ok();
        Ok(hash.map(|hash| hash.to_string()))
    }
}

/// What an answer to a question looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum QuestionType {
    /// Agreement from 1 to 5.
    Likert,
    /// Single Ease Question, from 1 to 7.
    Seq,
    /// Likelihood to recommend, from 0 to 10.
    Nps,
    /// One of the options.
    Choice,
    /// Free text.
    Text,
}

/// One question of a questionnaire.
#[derive(Clone, Debug)]
pub struct QuestionNode(Question);

impl From<&Question> for QuestionNode {
    fn from(question: &Question) -> Self {
        Self(question.clone())
    }
}

impl QuestionNode {
    fn anchors(&self) -> Option<&Anchors> {
        match &self.0.kind {
            QuestionKind::Likert(anchors)
            | QuestionKind::Seq(anchors)
            | QuestionKind::Nps(anchors) => Some(anchors),
            QuestionKind::Choice(_) | QuestionKind::Text { .. } => None,
        }
    }
}

/// One question of a questionnaire.
#[Object(name = "QuestionnaireQuestion")]
impl QuestionNode {
    /// Its name within the questionnaire.
    async fn id(&self) -> &str {
        &self.0.id
    }

    /// What it asks, in the reader's language or the one asked for.
    async fn label(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.0.label, language)
    }

    /// What to consider, where the label is not enough.
    async fn help(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<Option<&str>> {
        let help = self.0.help.as_ref();
        help.map(|words| in_language(ctx, words, language))
            .transpose()
    }

    /// Whether an answer is needed.
    async fn required(&self) -> bool {
        self.0.required
    }

    /// What an answer looks like.
    #[graphql(name = "type")]
    async fn kind(&self) -> QuestionType {
        match &self.0.kind {
            QuestionKind::Likert(_) => QuestionType::Likert,
            QuestionKind::Seq(_) => QuestionType::Seq,
            QuestionKind::Nps(_) => QuestionType::Nps,
            QuestionKind::Choice(_) => QuestionType::Choice,
            QuestionKind::Text { .. } => QuestionType::Text,
        }
    }

    /// The words at the lowest score of a scale.
    async fn low(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<Option<&str>> {
        let words = self.anchors().map(|anchors| &anchors.low);
        words
            .map(|words| in_language(ctx, words, language))
            .transpose()
    }

    /// The words at the highest score of a scale.
    async fn high(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<Option<&str>> {
        let words = self.anchors().map(|anchors| &anchors.high);
        words
            .map(|words| in_language(ctx, words, language))
            .transpose()
    }

    /// The options of a choice; empty for other types.
    async fn options(&self) -> Vec<Choice> {
        match &self.0.kind {
            QuestionKind::Choice(options) => options.iter().map(Into::into).collect(),
            QuestionKind::Likert(_)
            | QuestionKind::Seq(_)
            | QuestionKind::Nps(_)
            | QuestionKind::Text { .. } => Vec::new(),
        }
    }

    /// At most so many characters, for free text.
    async fn max_length(&self) -> Option<u32> {
        match &self.0.kind {
            QuestionKind::Text { max_length } => Some(*max_length),
            QuestionKind::Likert(_)
            | QuestionKind::Seq(_)
            | QuestionKind::Nps(_)
            | QuestionKind::Choice(_) => None,
        }
    }
}
