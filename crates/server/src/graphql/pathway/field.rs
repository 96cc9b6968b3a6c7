//! Fields of forms: what is asked, what an answer looks like, and when it is asked at all.

use super::super::enums::Locale;
use super::super::scalars::Long;
use super::super::viewer::viewer;
use super::{in_language, words};
use async_graphql::{Context, Enum, Object, Result};
use naru_domain::pathway::{Field, FieldKind, Option_, Pathway, Rule};
use std::sync::Arc;

/// What an answer to a field looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum FieldType {
    /// One line of text.
    Text,
    /// Several lines of text.
    LongText,
    /// Yes or no.
    Boolean,
    /// A whole number.
    Integer,
    /// An amount in Korean won.
    AmountKrw,
    /// A day.
    Date,
    /// One of the options.
    Choice,
    /// Any of the options.
    Choices,
    /// A document of the device's dossier, by its id.
    Document,
    /// A Korean business registration number, check digit included.
    BusinessNumber,
    /// An e-mail address.
    Email,
    /// A country, in ISO 3166-1 alpha-2.
    Country,
}

impl From<&FieldKind> for FieldType {
    fn from(kind: &FieldKind) -> Self {
        match kind {
            FieldKind::Text { .. } => Self::Text,
            FieldKind::LongText { .. } => Self::LongText,
            FieldKind::Boolean => Self::Boolean,
            FieldKind::Integer { .. } => Self::Integer,
            FieldKind::AmountKrw { .. } => Self::AmountKrw,
            FieldKind::Date => Self::Date,
            FieldKind::Choice { .. } => Self::Choice,
            FieldKind::Choices { .. } => Self::Choices,
            FieldKind::Document => Self::Document,
            FieldKind::BusinessNumber => Self::BusinessNumber,
            FieldKind::Email => Self::Email,
            FieldKind::Country => Self::Country,
        }
    }
}

/// The bounds of an answer, where its kind has them.
#[derive(Clone, Copy, Debug, Default)]
struct Bounds {
    max_length: Option<u32>,
    min: Option<i64>,
    max: Option<i64>,
    choices_min: Option<u16>,
}

fn bounds(kind: &FieldKind) -> Bounds {
    match kind {
        FieldKind::Text { max_length } | FieldKind::LongText { max_length } => Bounds {
            max_length: Some(*max_length),
            ..Bounds::default()
        },
        FieldKind::Integer { min, max } | FieldKind::AmountKrw { min, max } => Bounds {
            min: *min,
            max: *max,
            ..Bounds::default()
        },
        FieldKind::Choices { min, .. } => Bounds {
            choices_min: Some(*min),
            ..Bounds::default()
        },
        FieldKind::Boolean
        | FieldKind::Date
        | FieldKind::Choice { .. }
        | FieldKind::Document
        | FieldKind::BusinessNumber
        | FieldKind::Email
        | FieldKind::Country => Bounds::default(),
    }
}

fn options(kind: &FieldKind) -> &[Option_] {
    match kind {
        FieldKind::Choice { options } | FieldKind::Choices { options, .. } => options,
        FieldKind::Text { .. }
        | FieldKind::LongText { .. }
        | FieldKind::Boolean
        | FieldKind::Integer { .. }
        | FieldKind::AmountKrw { .. }
        | FieldKind::Date
        | FieldKind::Document
        | FieldKind::BusinessNumber
        | FieldKind::Email
        | FieldKind::Country => &[],
    }
}

/// What is shown for the value of a choice field.
pub(super) fn label_of<'a>(field: &'a Field, value: &str) -> Option<&'a naru_domain::Words> {
    let mut options = options(&field.kind).iter();
    let option = options.find(|option| option.value == value)?;
    Some(&option.label)
}

/// One field of a form.
#[derive(Clone, Debug)]
pub struct PathwayFieldNode {
    pathway: Option<Arc<Pathway>>,
    field: Field,
}

impl PathwayFieldNode {
    /// A field of a form of this pathway.
    pub(crate) fn new(pathway: &Arc<Pathway>, field: &Field) -> Self {
        Self {
            pathway: Some(Arc::clone(pathway)),
            field: field.clone(),
        }
    }
}

impl From<&Field> for PathwayFieldNode {
    /// A field whose pathway is not at hand: conditions name fields by their names instead of their labels.
    fn from(field: &Field) -> Self {
        Self {
            pathway: None,
            field: field.clone(),
        }
    }
}

/// One field of a form.
#[Object(name = "FormField")]
impl PathwayFieldNode {
    /// Its name within the form; answers name it.
    async fn name(&self) -> &str {
        &self.field.name
    }

    /// What it asks, in the reader's language or the one asked for.
    async fn label(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.field.label, language)
    }

    /// What to write, where the label is not enough.
    async fn help(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<Option<&str>> {
        let help = self.field.help.as_ref();
        help.map(|words| in_language(ctx, words, language))
            .transpose()
    }

    /// Whether an answer is needed when it is asked.
    async fn required(&self) -> bool {
        self.field.required
    }

    /// When it is asked at all, in words; nothing when it always is.
    async fn when(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<Option<String>> {
        let locale = language.map_or(viewer(ctx)?.locale, Into::into);
        let when = self.field.when.as_ref();
        Ok(when.map(|condition| words::condition(condition, self.pathway.as_deref(), locale)))
    }

    /// What an answer looks like.
    #[graphql(name = "type")]
    async fn kind(&self) -> FieldType {
        (&self.field.kind).into()
    }

    /// At most so many characters, for text.
    async fn max_length(&self) -> Option<u32> {
        bounds(&self.field.kind).max_length
    }

    /// The smallest number or amount.
    async fn min(&self) -> Option<Long> {
        bounds(&self.field.kind).min.map(Long)
    }

    /// The largest number or amount.
    async fn max(&self) -> Option<Long> {
        bounds(&self.field.kind).max.map(Long)
    }

    /// At least so many options, where any may be chosen.
    async fn choices_min(&self) -> Option<u16> {
        bounds(&self.field.kind).choices_min
    }

    /// The options of a choice; empty for other types.
    async fn options(&self) -> Vec<Choice> {
        options(&self.field.kind).iter().map(Into::into).collect()
    }
}

/// One option of a choice.
#[derive(Clone, Debug)]
pub struct Choice(Option_);

impl From<&Option_> for Choice {
    fn from(option: &Option_) -> Self {
        Self(option.clone())
    }
}

/// One option of a choice.
#[Object]
impl Choice {
    /// What is stored; answers name it.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// What is shown, in the reader's language or the one asked for.
    async fn label(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.0.label, language)
    }
}

/// Something the answers of a form must satisfy together before it can be handed in.
#[derive(Clone, Debug)]
pub struct PathwayRuleNode {
    pub(super) pathway: Arc<Pathway>,
    pub(super) rule: Rule,
}

/// Something the answers of a form must satisfy together before it can be handed in.
#[Object(name = "FormRule")]
impl PathwayRuleNode {
    /// The field that a refusal points at.
    async fn field(&self) -> &str {
        &self.rule.field
    }

    /// What must hold, in words.
    async fn must(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<String> {
        let locale = language.map_or(viewer(ctx)?.locale, Into::into);
        Ok(words::condition(
            &self.rule.must,
            Some(&self.pathway),
            locale,
        ))
    }

    /// What is said when it does not hold.
    async fn message(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.rule.message, language)
    }
}
