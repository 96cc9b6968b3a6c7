//! Studies, rounds and consultations: whose they are, how they stand, and engaging a consultancy.

use super::super::posted::Posted;
use super::super::reader::Reader;
use super::super::stop::Stop;
use super::Scene;
use crate::graphql::Preparing;
use naru_domain::case::{CaseCommand, ConsultationWork, Stage, Work};
use naru_domain::consultation::Consultation;
use naru_domain::feedback::FeedbackRound;
use naru_domain::organization::Organization;
use naru_domain::pathway::StageId;
use naru_domain::study::Study;
use naru_domain::{
    AggregateId, CommonRejection, ConsultationId, OrganizationId, OrganizationKind, Role,
};

/// Organizations that are read to find the consultancies.
const ORGANIZATIONS_MAX: u32 = 500;

/// Such a stage as it is shown.
#[derive(Clone, Debug)]
pub(in crate::console) struct OtherView {
    pub(in crate::console) text: String,
    /// The page where it is worked on, with the word on the button.
    pub(in crate::console) page: Option<(String, String)>,
    /// The id of what has no page here, for the API.
    pub(in crate::console) child: Option<String>,
    pub(in crate::console) asks: Vec<String>,
    pub(in crate::console) conclusion: Option<String>,
    /// The consultancies that can be engaged.
    pub(in crate::console) consultancies: Vec<(String, String)>,
}

/// Everything that such a stage shows.
pub(super) async fn view(scene: &Scene<'_>, stage: &Stage) -> Result<OtherView, Stop> {
    let words = scene.reader.words;
    let mut view = OtherView {
        text: words.say("other.running"),
        page: page(scene, stage).await?,
        child: None,
        asks: Vec::new(),
        conclusion: None,
        consultancies: Vec::new(),
    };
    match &stage.work {
        Work::Child { report, .. } => {
            view.conclusion = report.as_ref().map(|r| r.conclusion.as_str().to_owned());
        }
        Work::Consultation(work) => consultation(scene, work, &mut view).await?,
        Work::Form(_)
        | Work::Approval(_)
        | Work::Matching(_)
        | Work::Award(_)
        | Work::Agreement(_)
        | Work::Nothing => {}
    }
    if view.page.is_none() {
        view.child = stage.child().map(|child| child.to_string());
    }
    if view.conclusion.is_some() {
        view.text = words.say("other.closed");
    }
    Ok(view)
}

/// Where the reader works on it or looks at it; nothing where they may not see it, and before it is there.
async fn page(scene: &Scene<'_>, stage: &Stage) -> Result<Option<(String, String)>, Stop> {
    let reader = scene.reader;
    let (seen, folder) = match stage.child() {
        Some(AggregateId::Consultation(id)) => {
            let seen = reader.viewer.see::<Consultation>(id).await?.is_some();
            (seen, "consultations")
        }
        Some(AggregateId::Study(id)) => {
            let seen = reader.viewer.see::<Study>(id).await?.is_some();
            (seen, "studies")
        }
        Some(AggregateId::FeedbackRound(id)) => {
            let seen = reader.viewer.see::<FeedbackRound>(id).await?.is_some();
            (seen, "feedback-rounds")
        }
        Some(
            AggregateId::Account(_)
            | AggregateId::Organization(_)
            | AggregateId::Device(_)
            | AggregateId::Case(_),
        )
        | None => return Ok(None),
    };
    Ok(stage.child().filter(|_| seen).map(|child| {
        let label = reader.words.say(&format!("work-page.{folder}"));
        (format!("/{folder}/{child}"), label)
    }))
}

async fn consultation(
    scene: &Scene<'_>,
    work: &ConsultationWork,
    view: &mut OtherView,
) -> Result<(), Stop> {
    let words = scene.reader.words;
    let locale = scene.reader.viewer.locale;
    let asks = work.asks.iter();
    view.asks = asks.map(|ask| ask.in_locale(locale).to_owned()).collect();
    view.conclusion = work
        .report
        .as_ref()
        .map(|r| r.conclusion.as_str().to_owned());
    view.text = match &work.engaged {
        Some(engagement) => {
            let name = scene
                .reader
                .organization_name(engagement.consultancy)
                .await?;
            let asked = asked(scene.reader, engagement.consultation).await?;
            if 0 < asked {
                words.with("advice-to-answer", [("count", asked.into())])
            } else {
                words.with("other-engaged", [("consultancy", name.into())])
            }
        }
        None => words.say("other.not-engaged"),
    };
    let coordinates = scene
        .reader
        .viewer
        .actor()
        .holds(scene.case.hospital, Role::Coordinator);
    if work.engaged.is_none() && coordinates {
        let store = scene.reader.app().store();
        for row in store.organizations(None, ORGANIZATIONS_MAX).await? {
            if row.kind == OrganizationKind::Consultancy {
                let name = row.name.in_locale(locale).to_owned();
                view.consultancies
                    .push((row.organization.to_string(), name));
            }
        }
    }
    Ok(())
}

/// How many questions wait for an answer of the reader's side.
async fn asked(reader: &Reader, id: ConsultationId) -> Result<usize, Stop> {
    let Some(held) = reader.viewer.see::<Consultation>(id).await? else {
        return Ok(0);
    };
    let consultation = held.get()?;
    let own = consultation.writes_for(reader.viewer.actor()).into_iter();
    Ok(own
        .map(|side| consultation.questions_waiting_for(side))
        .sum())
}

/// The engagement that was posted.
pub(super) async fn engage(
    reader: &Reader,
    stage: StageId,
    posted: &Posted,
) -> Preparing<CaseCommand> {
    let consultancy: OrganizationId = posted
        .one("consultancy")
        .parse()
        .map_err(|_| super::missing("consultancy"))?;
    let known = reader.viewer.see::<Organization>(consultancy).await?;
    Ok(CaseCommand::EngageConsultancy {
        stage,
        consultancy,
        consultancy_kind: known.ok_or(CommonRejection::NotFound)?.get()?.kind,
    })
}
