//! Pathways: which stages a device passes. They are data; everybody with an account may read them.

use super::account::IntoId;
use super::enums::{Role, StageKind, Step};
use super::scalars::Long;
use super::study::Choice;
use super::viewer::viewer;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use naru_domain::Words;
use naru_domain::pathway::{Due, Fact, Field, FieldKind, Pathway, PathwayHash, Stage};
use std::sync::Arc;

/// A pathway in one version, known by the hash of its content.
#[derive(Clone, Debug)]
pub struct PathwayNode {
    hash: PathwayHash,
    pathway: Arc<Pathway>,
}

impl PathwayNode {
    /// The pathway with this content.
    pub(crate) fn new(hash: &PathwayHash, pathway: &Arc<Pathway>) -> Self {
        Self {
            hash: hash.clone(),
            pathway: Arc::clone(pathway),
        }
    }
}

fn shown(ctx: &Context<'_>, words: &Words) -> Result<String> {
    Ok(words.in_locale(viewer(ctx)?.locale).to_owned())
}

#[Object(name = "Pathway")]
impl PathwayNode {
    /// Its name, the same over all its versions.
    async fn id(&self) -> ID {
        (&self.pathway.id).into_id()
    }

    /// The hash of its content; a case pins it.
    async fn hash(&self) -> String {
        self.hash.to_string()
    }

    /// Its version, from 1.
    async fn version(&self) -> u32 {
        self.pathway.version
    }

    /// Its title.
    async fn title(&self, ctx: &Context<'_>) -> Result<String> {
        shown(ctx, &self.pathway.title)
    }

    /// What it is for.
    async fn summary(&self, ctx: &Context<'_>) -> Result<String> {
        shown(ctx, &self.pathway.summary)
    }

    /// The hospital or body that runs the programme.
    async fn host(&self, ctx: &Context<'_>) -> Result<String> {
        shown(ctx, &self.pathway.programme.host)
    }

    /// The sites the programme names.
    async fn sites(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let sites = self.pathway.programme.sites.iter();
        sites.map(|site| shown(ctx, site)).collect()
    }

    /// Dated, sourced facts about the programme.
    async fn facts(&self, ctx: &Context<'_>) -> Result<Vec<FactNode>> {
        let facts = self.pathway.programme.facts.iter();
        facts.map(|fact| fact_node(ctx, fact)).collect()
    }

    /// Its stages, each after every stage it needs.
    #[graphql(complexity = "2 + 4 * child_complexity")]
    async fn stages(&self) -> Vec<PathwayStageNode> {
        (0..self.pathway.stages.len())
            .map(|place| PathwayStageNode {
                pathway: Arc::clone(&self.pathway),
                place,
            })
            .collect()
    }
}

/// A statement with its source and date.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Fact")]
pub struct FactNode {
    /// What is so.
    text: String,
    /// Who says so.
    source: String,
    /// The day from which it holds, where known.
    valid_from: Option<String>,
    /// The last day on which it holds, where known.
    valid_to: Option<String>,
    /// Whether it still waits to be confirmed with the source.
    unconfirmed: bool,
}

fn fact_node(ctx: &Context<'_>, fact: &Fact) -> Result<FactNode> {
    Ok(FactNode {
        text: shown(ctx, &fact.text)?,
        source: fact.source.clone(),
        valid_from: fact.valid_from.clone(),
        valid_to: fact.valid_to.clone(),
        unconfirmed: fact.verify,
    })
}

/// A stage as the pathway plans it.
#[derive(Clone, Debug)]
pub struct PathwayStageNode {
    pathway: Arc<Pathway>,
    place: usize,
}

impl PathwayStageNode {
    fn stage(&self) -> Result<&Stage> {
        let stage = self.pathway.stages.get(self.place);
        stage.ok_or_else(|| crate::fault::Fault::Unexpected("a stage that is not there").into())
    }
}

#[Object(name = "PathwayStage")]
impl PathwayStageNode {
    /// Its name within the pathway.
    async fn id(&self) -> Result<&str> {
        Ok(self.stage()?.id.as_str())
    }

    /// Its title.
    async fn title(&self, ctx: &Context<'_>) -> Result<String> {
        shown(ctx, &self.stage()?.title)
    }

    /// What the person whose move it is should know.
    async fn guidance(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let guidance = self.stage()?.guidance.as_ref();
        guidance.map(|words| shown(ctx, words)).transpose()
    }

    /// The canonical step it is part of.
    async fn step(&self) -> Result<Step> {
        Ok(self.stage()?.step.into())
    }

    /// What kind of work it is.
    async fn kind(&self) -> Result<StageKind> {
        Ok((&self.stage()?.kind).into())
    }

    /// Whose move it is.
    async fn owner(&self) -> Result<Role> {
        Ok(self.stage()?.owner.into())
    }

    /// The stages that must be over before it opens.
    async fn needs(&self) -> Result<Vec<&str>> {
        Ok(self.stage()?.needs.iter().map(|id| id.as_str()).collect())
    }

    /// Whether some cases pass it by.
    async fn conditional(&self) -> Result<bool> {
        Ok(self.stage()?.when.is_some())
    }

    /// How many working days it may take, if it is counted in these.
    async fn due_working_days(&self) -> Result<Option<i32>> {
        Ok(match self.stage()?.due {
            Some(Due::WorkingDays(days)) => Some(i32::from(days)),
            Some(Due::CalendarDays(_)) | None => None,
        })
    }

    /// How many calendar days it may take, if it is counted in these.
    async fn due_calendar_days(&self) -> Result<Option<i32>> {
        Ok(match self.stage()?.due {
            Some(Due::CalendarDays(days)) => Some(i32::from(days)),
            Some(Due::WorkingDays(_)) | None => None,
        })
    }

    /// The fields of a form stage.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    async fn fields(&self) -> Result<Vec<PathwayFieldNode>> {
        use naru_domain::pathway::StageKind as Kind;
        Ok(match &self.stage()?.kind {
            Kind::Form(form) => form.fields.iter().map(Into::into).collect(),
            Kind::Approval(_)
            | Kind::Matching(_)
            | Kind::UsabilityStudy(_)
            | Kind::FeedbackRound(_)
            | Kind::Consultation(_)
            | Kind::Award(_)
            | Kind::Agreement(_) => Vec::new(),
        })
    }

    /// The bounds of an award stage, in won.
    async fn award_bounds(&self) -> Result<Option<BoundsNode>> {
        use naru_domain::pathway::StageKind as Kind;
        Ok(match &self.stage()?.kind {
            Kind::Award(award) => Some(BoundsNode {
                min_krw: Long(award.min_krw),
                max_krw: Long(award.max_krw),
            }),
            Kind::Form(_)
            | Kind::Approval(_)
            | Kind::Matching(_)
            | Kind::UsabilityStudy(_)
            | Kind::FeedbackRound(_)
            | Kind::Consultation(_)
            | Kind::Agreement(_) => None,
        })
    }
}

/// The least and the most, in won.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "Bounds")]
pub struct BoundsNode {
    /// The least that may be granted.
    min_krw: Long,
    /// The most that may be granted.
    max_krw: Long,
}

/// What an answer looks like.
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
    /// Korean won.
    AmountKrw,
    /// A day.
    Date,
    /// One of several options.
    Choice,
    /// Any of several options.
    Choices,
    /// A document of the device's dossier, by id.
    Document,
    /// A Korean business registration number.
    BusinessNumber,
    /// An e-mail address.
    Email,
    /// A country, ISO 3166-1 alpha-2.
    Country,
}

/// A field of a form.
#[derive(Clone, Debug)]
pub struct PathwayFieldNode(Field);

impl From<&Field> for PathwayFieldNode {
    fn from(field: &Field) -> Self {
        Self(field.clone())
    }
}

#[Object(name = "FormField")]
impl PathwayFieldNode {
    /// Its name within the form.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it asks.
    async fn label(&self, ctx: &Context<'_>) -> Result<String> {
        shown(ctx, &self.0.label)
    }

    /// What to write, where the label is not enough.
    async fn help(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.0
            .help
            .as_ref()
            .map(|words| shown(ctx, words))
            .transpose()
    }

    /// Whether an answer is needed, when it is asked at all.
    async fn required(&self) -> bool {
        self.0.required
    }

    /// Whether it depends on other answers if it is asked at all.
    async fn conditional(&self) -> bool {
        self.0.when.is_some()
    }

    /// What an answer looks like.
    #[graphql(name = "type")]
    async fn field_type(&self) -> FieldType {
        match &self.0.kind {
            FieldKind::Text { .. } => FieldType::Text,
            FieldKind::LongText { .. } => FieldType::LongText,
            FieldKind::Boolean => FieldType::Boolean,
            FieldKind::Integer { .. } => FieldType::Integer,
            FieldKind::AmountKrw { .. } => FieldType::AmountKrw,
            FieldKind::Date => FieldType::Date,
            FieldKind::Choice { .. } => FieldType::Choice,
            FieldKind::Choices { .. } => FieldType::Choices,
            FieldKind::Document => FieldType::Document,
            FieldKind::BusinessNumber => FieldType::BusinessNumber,
            FieldKind::Email => FieldType::Email,
            FieldKind::Country => FieldType::Country,
        }
    }

    /// At most so many characters, for text.
    async fn max_length(&self) -> Option<u32> {
        if let FieldKind::Text { max_length } | FieldKind::LongText { max_length } = &self.0.kind {
            Some(*max_length)
        } else {
            None
        }
    }

    /// The smallest number or amount.
    async fn min(&self) -> Option<Long> {
        if let FieldKind::Integer { min, .. } | FieldKind::AmountKrw { min, .. } = &self.0.kind {
            min.map(Long)
        } else {
            None
        }
    }

    /// The largest number or amount.
    async fn max(&self) -> Option<Long> {
        if let FieldKind::Integer { max, .. } | FieldKind::AmountKrw { max, .. } = &self.0.kind {
            max.map(Long)
        } else {
            None
        }
    }

    /// The options of a choice.
    async fn options(&self, ctx: &Context<'_>) -> Result<Vec<Choice>> {
        let locale = viewer(ctx)?.locale;
        if let FieldKind::Choice { options } | FieldKind::Choices { options, .. } = &self.0.kind {
            let options = options.iter();
            Ok(options
                .map(|option| Choice::new(&option.value, &option.label, locale))
                .collect())
        } else {
            Ok(Vec::new())
        }
    }
}
