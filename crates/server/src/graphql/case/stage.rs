//! A stage of a case: what it asks for, whose move it is, when it is due and why then.

use super::super::account::Person;
use super::super::enums::{Locale, Role, StageKind, StageState, Step};
use super::super::organization::OrganizationNode;
use super::super::pathway::PathwayFieldNode;
use super::super::scalars::{Date, DateTime};
use super::super::viewer::{Held, Viewer, viewer};
use super::work::{StageWork, work_of};
use async_graphql::{Context, Object, Result, SimpleObject};
use naru_domain::case::{Case, Move, Progress, Schedule, Stage};
use naru_domain::organization::Organization;
use naru_domain::pathway::{Due, Stage as PathwayStage, StageId, StageKind as DomainStageKind};
use naru_domain::{Locale as DomainLocale, Words};

/// A stage of a case.
#[derive(Clone, Debug)]
pub struct StageNode {
    pub(super) case: Held<Case>,
    pub(super) id: StageId,
}

impl StageNode {
    /// The stage, if it has opened or was passed by.
    fn stage(&self) -> Result<Option<&Stage>> {
        Ok(self.case.get()?.stages.get(&self.id))
    }

    fn planned<'a>(&self, viewer: &'a Viewer) -> Result<Option<&'a PathwayStage>> {
        let hash = &self.case.get()?.pathway_hash;
        let pathway = viewer.app.reference().pathways.by_hash(hash);
        Ok(pathway.and_then(|pathway| pathway.stage(&self.id)))
    }

    fn title_words(&self, viewer: &Viewer) -> Result<Option<Words>> {
        if let Some(stage) = self.stage()? {
            return Ok(Some(stage.title.clone()));
        }
        Ok(self.planned(viewer)?.map(|stage| stage.title.clone()))
    }
}

/// A stage of a case.
#[Object(name = "Stage")]
impl StageNode {
    /// Its name within the pathway; commands name it.
    async fn id(&self) -> &str {
        self.id.as_str()
    }

    /// Its title, in the reader's language or the one asked for.
    async fn title(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<String> {
        let viewer = viewer(ctx)?;
        let locale = language.map_or(viewer.locale, Into::into);
        Ok(self
            .title_words(viewer)?
            .map_or_else(|| self.id.to_string(), |w| w.in_locale(locale).to_owned()))
    }

    /// What the person whose move it is should know.
    async fn guidance(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let viewer = viewer(ctx)?;
        let guidance = self
            .planned(viewer)?
            .and_then(|stage| stage.guidance.as_ref());
        Ok(guidance.map(|words| words.in_locale(viewer.locale).to_owned()))
    }

    /// What kind of work it is.
    async fn kind(&self, ctx: &Context<'_>) -> Result<Option<StageKind>> {
        Ok(self
            .planned(viewer(ctx)?)?
            .map(|stage| (&stage.kind).into()))
    }

    /// The canonical step it is part of.
    async fn step(&self, ctx: &Context<'_>) -> Result<Option<Step>> {
        Ok(self.planned(viewer(ctx)?)?.map(|stage| stage.step.into()))
    }

    /// How far it is.
    async fn state(&self) -> Result<StageState> {
        let stage = self.stage()?;
        Ok(stage.map_or(StageState::Waiting, |stage| stage.progress.into()))
    }

    /// Whose move it is while it is open.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<Role>> {
        if let Some(stage) = self.stage()? {
            return Ok(Some(stage.owner.into()));
        }
        Ok(self.planned(viewer(ctx)?)?.map(|stage| stage.owner.into()))
    }

    /// The roles whose act it waits for now; empty unless it is open.
    async fn waits_for(&self) -> Result<Vec<Role>> {
        let open = self.stage()?.filter(|stage| stage.is_open());
        Ok(open.map_or_else(Vec::new, |stage| {
            stage.waiting_for().into_iter().map(Into::into).collect()
        }))
    }

    /// Who works on it, if somebody said so.
    async fn claimed_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.stage()?.and_then(|stage| stage.claimed_by) {
            Some(account) => Ok(Some(viewer(ctx)?.person(account).await?)),
            None => Ok(None),
        }
    }

    /// 1 the first time, one more after each send-back; 0 before it opened.
    async fn round(&self) -> Result<i32> {
        Ok(self.stage()?.map_or(0, |stage| i32::from(stage.round)))
    }

    /// When this round opened.
    async fn opened_at(&self) -> Result<Option<DateTime>> {
        Ok(self.stage()?.map(|stage| DateTime(stage.opened_at)))
    }

    /// When it ended.
    async fn ended_at(&self) -> Result<Option<DateTime>> {
        Ok(self.stage()?.and_then(|stage| match stage.progress {
            Progress::Over { at, .. } => Some(DateTime(at)),
            Progress::Waiting | Progress::Open => None,
        }))
    }

    /// The end of the day it is due, while it is open.
    async fn due_at(&self) -> Result<Option<DateTime>> {
        let open = self.stage()?.filter(|stage| stage.is_open());
        let schedule = open.and_then(|stage| stage.schedule.as_ref());
        Ok(schedule.map(|schedule| DateTime(schedule.due_at)))
    }

    /// When it is due, with the days that were not counted and why.
    async fn due(&self, ctx: &Context<'_>) -> Result<Option<DueNode>> {
        let viewer = viewer(ctx)?;
        let Some(schedule) = self.stage()?.and_then(|stage| stage.schedule.as_ref()) else {
            return Ok(None);
        };
        let planned = self.planned(viewer)?.and_then(|stage| stage.due);
        let calendar = &self.case.get()?.calendar;
        Ok(Some(due_node(viewer, calendar, schedule, planned)))
    }

    /// The stages that must be over before it opens.
    async fn needs(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let planned = self.planned(viewer(ctx)?)?;
        Ok(planned.map_or_else(Vec::new, |stage| {
            stage.needs.iter().map(ToString::to_string).collect()
        }))
    }

    /// The fields of a form stage.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    async fn fields(&self, ctx: &Context<'_>) -> Result<Vec<PathwayFieldNode>> {
        let Some(planned) = self.planned(viewer(ctx)?)? else {
            return Ok(Vec::new());
        };
        Ok(match &planned.kind {
            DomainStageKind::Form(form) => form.fields.iter().map(PathwayFieldNode::from).collect(),
            DomainStageKind::Approval(_)
            | DomainStageKind::Matching(_)
            | DomainStageKind::UsabilityStudy(_)
            | DomainStageKind::FeedbackRound(_)
            | DomainStageKind::Consultation(_)
            | DomainStageKind::Award(_)
            | DomainStageKind::Agreement(_) => Vec::new(),
        })
    }

    /// What has come of it so far: by kind of stage. Nothing before it opened.
    async fn work(&self, ctx: &Context<'_>) -> Result<Option<StageWork>> {
        match self.stage()? {
            Some(stage) => Ok(work_of(viewer(ctx)?, self.case.get()?, stage)),
            None => Ok(None),
        }
    }
}

/// When a stage is due, and why then.
#[derive(Clone, Debug)]
pub struct DueNode {
    on: jiff::civil::Date,
    at: jiff::Timestamp,
    from: jiff::civil::Date,
    explanation: Option<Words>,
    skipped: Vec<(jiff::civil::Date, Words)>,
}

/// When a stage is due, and why then.
#[Object(name = "Due")]
impl DueNode {
    /// The last day.
    async fn on(&self) -> Date {
        Date(self.on)
    }

    /// The end of that day.
    async fn at(&self) -> DateTime {
        DateTime(self.at)
    }

    /// The day counting started from; it does not count.
    async fn counted_from(&self) -> Date {
        Date(self.from)
    }

    /// The count in one sentence, such as “10 working days: skipped 24–25 Sep, Chuseok”, in the reader's language or the one asked for.
    /// Nothing when a pause has moved the day.
    async fn explanation(
        &self,
        ctx: &Context<'_>,
        language: Option<Locale>,
    ) -> Result<Option<String>> {
        let locale = language.map_or(viewer(ctx)?.locale, Into::into);
        let words = self.explanation.as_ref();
        Ok(words.map(|words| words.in_locale(locale).to_owned()))
    }

    /// The days that were not counted, each with its reason.
    async fn skipped(&self, ctx: &Context<'_>) -> Result<Vec<SkippedDayNode>> {
        let locale = viewer(ctx)?.locale;
        let nodes = self.skipped.iter().map(|(date, reason)| SkippedDayNode {
            on: Date(*date),
            reason: reason.in_locale(locale).to_owned(),
        });
        Ok(nodes.collect())
    }
}

/// A day that was not counted.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "SkippedDay")]
pub struct SkippedDayNode {
    /// The day.
    on: Date,
    /// Why, such as “Chuseok” or “Saturday”.
    reason: String,
}

fn due_node(viewer: &Viewer, calendar: &str, schedule: &Schedule, due: Option<Due>) -> DueNode {
    let mut node = DueNode {
        on: schedule.due_on,
        at: schedule.due_at,
        from: schedule.from,
        explanation: None,
        skipped: Vec::new(),
    };
    let calendar = viewer.app.reference().calendars.get(calendar);
    if let (Some(calendar), Some(due)) = (calendar, due) {
        let span = match due {
            Due::WorkingDays(days) => calendar.add_working_days(schedule.from, days),
            Due::CalendarDays(days) => calendar.add_calendar_days(schedule.from, days),
        };
        // After a pause the day is later than the count alone says.
        if span.to == schedule.due_on {
            node.explanation = Some(Words {
                en: naru_domain::calendar::explain(&span, DomainLocale::En),
                ko: naru_domain::calendar::explain(&span, DomainLocale::Ko),
            });
            let days = span.skipped.into_iter();
            node.skipped = days.map(|day| (day.date, day.reason)).collect();
        }
    }
    node
}

/// Somebody's move.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub(super) stage: StageNode,
    pub(super) waits: Move,
}

/// Somebody's move.
#[Object]
impl Waiting {
    /// The stage.
    async fn stage(&self) -> &StageNode {
        &self.stage
    }

    /// The role that is waited for.
    async fn role(&self) -> Role {
        self.waits.role.into()
    }

    /// The organization that is waited for.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<OrganizationNode>> {
        let id = self.waits.organization;
        Ok(viewer(ctx)?.load::<Organization>(id).await?.map(Into::into))
    }

    /// Since when.
    async fn since(&self) -> DateTime {
        DateTime(self.waits.since)
    }

    /// The end of the due day.
    async fn due_at(&self) -> Option<DateTime> {
        self.waits.due_at.map(DateTime)
    }

    /// Whether it is the reader's own move.
    async fn mine(&self, ctx: &Context<'_>) -> Result<bool> {
        let actor = viewer(ctx)?.actor();
        Ok(actor.holds(self.waits.organization, self.waits.role))
    }
}
