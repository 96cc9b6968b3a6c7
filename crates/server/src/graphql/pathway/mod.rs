//! Pathways: what people choose from before they open a case. They are no secret: every signed-in person reads them all.

pub mod field;
pub mod kinds;
mod words;

pub use field::{Choice, FieldType, PathwayFieldNode, PathwayRuleNode};
pub use kinds::PathwayStageWork;

use super::account::IntoId;
use super::enums::{Locale, Role, StageKind, Step};
use super::viewer::viewer;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use naru_domain::Words;
use naru_domain::pathway::{Due, Fact, Pathway, PathwayHash, Programme, Stage, StageId, draw};
use std::sync::Arc;

/// The words in the language asked for, or in the reader's.
pub(crate) fn in_language<'a>(
    ctx: &Context<'_>,
    words: &'a Words,
    language: Option<Locale>,
) -> Result<&'a str> {
    let locale = language.map_or(viewer(ctx)?.locale, Into::into);
    Ok(words.in_locale(locale))
}

/// A pathway in one version: which stages a device passes, and who does what by when.
#[derive(Clone, Debug)]
pub struct PathwayNode {
    hash: PathwayHash,
    pathway: Arc<Pathway>,
}

impl PathwayNode {
    /// A pathway under the hash of its content.
    pub(crate) fn new(hash: &PathwayHash, pathway: &Arc<Pathway>) -> Self {
        Self {
            hash: hash.clone(),
            pathway: Arc::clone(pathway),
        }
    }

    fn stage_node(&self, stage: &Stage) -> PathwayStageNode {
        PathwayStageNode {
            pathway: Arc::clone(&self.pathway),
            stage: stage.clone(),
        }
    }
}

/// A pathway in one version: which stages a device passes, and who does what by when.
#[Object(name = "Pathway")]
impl PathwayNode {
    /// Its name, the same over all its versions; `openCase` names it.
    async fn id(&self) -> ID {
        (&self.pathway.id).into_id()
    }

    /// Its version, from 1.
    async fn version(&self) -> u32 {
        self.pathway.version
    }

    /// The SHA-256 of its content. A case keeps the content it was opened with.
    async fn hash(&self) -> &str {
        self.hash.0.as_str()
    }

    /// Its title, in the reader's language or the one asked for.
    async fn title(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.pathway.title, language)
    }

    /// What it is for, in a sentence or two.
    async fn summary(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.pathway.summary, language)
    }

    /// The programme it belongs to, with what is known of it.
    async fn programme(&self) -> ProgrammeNode {
        ProgrammeNode(self.pathway.programme.clone())
    }

    /// The working calendar of its due dates, such as `kr`.
    async fn calendar(&self) -> &str {
        &self.pathway.calendar
    }

    /// Its stages; a stage comes after every stage it needs.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    async fn stages(&self) -> Vec<PathwayStageNode> {
        self.pathway
            .stages
            .iter()
            .map(|stage| self.stage_node(stage))
            .collect()
    }

    /// The stage of this name.
    async fn stage(&self, id: String) -> Option<PathwayStageNode> {
        let id = id.parse::<StageId>().ok()?;
        self.pathway.stage(&id).map(|stage| self.stage_node(stage))
    }

    /// The pathway as a drawing in SVG, readable on light and dark paper.
    #[graphql(complexity = 10)]
    async fn drawing(&self) -> String {
        draw(&self.pathway)
    }
}

/// The programme a pathway belongs to.
#[derive(Clone, Debug)]
pub struct ProgrammeNode(Programme);

/// The programme a pathway belongs to.
#[Object(name = "Programme")]
impl ProgrammeNode {
    /// The hospital or body that runs it.
    async fn host(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.0.host, language)
    }

    /// The sites it names.
    async fn sites(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<Vec<&str>> {
        let sites = self.0.sites.iter();
        sites.map(|site| in_language(ctx, site, language)).collect()
    }

    /// What is known of it, each statement with its source.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    async fn facts(&self) -> Vec<FactNode> {
        self.0.facts.iter().cloned().map(FactNode).collect()
    }
}

/// A statement about a programme with its source.
#[derive(Clone, Debug)]
pub struct FactNode(Fact);

/// A statement about a programme with its source.
#[Object(name = "Fact")]
impl FactNode {
    /// What is so.
    async fn text(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.0.text, language)
    }

    /// Who says so.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// From when it holds, as the source writes it, where known.
    async fn valid_from(&self) -> Option<&str> {
        self.0.valid_from.as_deref()
    }

    /// Until when it holds, as the source writes it, where known.
    async fn valid_to(&self) -> Option<&str> {
        self.0.valid_to.as_deref()
    }

    /// Whether it still waits to be confirmed with the source.
    async fn unconfirmed(&self) -> bool {
        self.0.verify
    }
}

/// One stage of a pathway, as it is planned.
#[derive(Clone, Debug)]
pub struct PathwayStageNode {
    pathway: Arc<Pathway>,
    stage: Stage,
}

/// One stage of a pathway, as it is planned.
#[Object(name = "PathwayStage")]
impl PathwayStageNode {
    /// Its name within the pathway.
    async fn id(&self) -> &str {
        self.stage.id.as_str()
    }

    /// Its title, in the reader's language or the one asked for.
    async fn title(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        in_language(ctx, &self.stage.title, language)
    }

    /// What the person whose move it is should know.
    async fn guidance(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<Option<&str>> {
        let guidance = self.stage.guidance.as_ref();
        guidance
            .map(|words| in_language(ctx, words, language))
            .transpose()
    }

    /// What kind of work it is.
    async fn kind(&self) -> StageKind {
        (&self.stage.kind).into()
    }

    /// The canonical step it is part of.
    async fn step(&self) -> Step {
        self.stage.step.into()
    }

    /// The stages that must be over before it opens.
    async fn needs(&self) -> Vec<&str> {
        self.stage.needs.iter().map(StageId::as_str).collect()
    }

    /// When a case passes it at all, in words; nothing when every case does.
    async fn when(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<Option<String>> {
        let locale = language.map_or(viewer(ctx)?.locale, Into::into);
        let when = self.stage.when.as_ref();
        Ok(when.map(|condition| words::condition(condition, Some(&self.pathway), locale)))
    }

    /// Whose move it is.
    async fn owner(&self) -> Role {
        self.stage.owner.into()
    }

    /// How long they have; nothing when there is no due day.
    async fn due(&self) -> Option<DaysNode> {
        self.stage.due.map(Into::into)
    }

    /// Letters to the owner, so many working days before the due day; 0 is the day itself.
    async fn reminders(&self) -> Vec<u16> {
        let reminders = self.stage.reminders.iter();
        reminders
            .map(|reminder| reminder.working_days_before)
            .collect()
    }

    /// Who is told after the due day.
    async fn escalation(&self) -> Vec<EscalationNode> {
        let steps = self.stage.escalation.iter();
        steps
            .map(|step| EscalationNode {
                working_days_after: step.working_days_after,
                to: step.to.into(),
            })
            .collect()
    }

    /// What it asks for, by its kind.
    async fn work(&self) -> PathwayStageWork {
        kinds::work(&self.pathway, &self.stage.kind)
    }
}

/// How days are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum DayCount {
    /// Days on which the calendar works.
    Working,
    /// Every day; an end on a day off moves to the next working day.
    Calendar,
}

/// So many days, counted from the day after the beginning.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "Days")]
pub struct DaysNode {
    /// How many.
    days: u16,
    /// Which days count.
    counted: DayCount,
}

impl From<Due> for DaysNode {
    fn from(due: Due) -> Self {
        match due {
            Due::WorkingDays(days) => Self {
                days,
                counted: DayCount::Working,
            },
            Due::CalendarDays(days) => Self {
                days,
                counted: DayCount::Calendar,
            },
        }
    }
}

/// A letter to someone above the owner.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "Escalation")]
pub struct EscalationNode {
    /// So many working days after the due day.
    working_days_after: u16,
    /// Who is told.
    to: Role,
}
