//! The page of a stage: what it asks for, and the one thing to be done about it.

mod agreement;
mod approval;
mod award;
mod files;
pub(super) mod form;
mod hand;
mod matching;
mod other;

use super::Answer;
use super::case::seen;
use super::case::view::{StageView, Waiting, pathway_of, stage_title};
use super::dates::{Days, Due, Why};
use super::frame::{Frame, Place};
use super::posted::Posted;
use super::reader::Reader;
use super::show;
use super::stop::Stop;
use crate::authz::Action;
use crate::graphql::errors::{RejectionCode, UserError};
use crate::graphql::{Call, Done, Held, Prepared, Preparing, documents_named};
use askama::Template;
use async_graphql::ID;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use form::{AnsweredField, AskedField, Form};
pub(super) use hand::reassign;
use naru_domain::case::{Case, CaseCommand, Stage, Work};
use naru_domain::device::Device;
use naru_domain::pathway::{Pathway, Stage as PlannedStage, StageId, StageKind};
use naru_domain::{Command, CommandId, CommonRejection, TextProblem, TypedId};
use std::str::FromStr;
use std::sync::Arc;

/// What was wrong with a form that was sent, and what was typed into it.
#[derive(Clone, Debug, Default)]
pub(super) struct Problems {
    pub(super) errors: Vec<UserError>,
    pub(super) posted: Option<Posted>,
}

impl Problems {
    /// What is wrong with a field.
    pub(super) fn of(&self, field: &str) -> Option<String> {
        let mut errors = self.errors.iter();
        errors
            .find(|error| error.field.as_deref() == Some(field))
            .map(|error| error.message.clone())
    }
}

/// A stage with everything that its parts are made of.
#[derive(Debug)]
struct Scene<'a> {
    reader: &'a Reader,
    days: &'a Days<'a>,
    case: &'a Case,
    pathway: &'a Pathway,
    planned: &'a PlannedStage,
    device: Option<&'a Device>,
    problems: &'a Problems,
    /// Whether it is the reader's move.
    mine: bool,
    /// Whether the reader may add documents to the dossier.
    attaches: bool,
}

impl Scene<'_> {
    fn title_of(&self, stage: &StageId) -> String {
        stage_title(self.reader, self.case, stage)
    }
}

/// The part of the page that differs by the kind of stage.
#[derive(Clone, Debug)]
enum WorkView {
    /// It has not opened.
    Ahead,
    /// The case passed it by.
    Passed,
    Fill(Vec<AskedField>, Vec<String>, String),
    Filled(Vec<AnsweredField>, String),
    Approval(approval::ApprovalView),
    Matching(matching::MatchingView),
    Award(award::AwardView),
    Agreement(agreement::AgreementView),
    Other(other::OtherView),
}

#[derive(Debug, Template)]
#[template(path = "console/stage.html")]
struct StagePage {
    frame: Frame,
    case: String,
    case_title: String,
    address: String,
    stage: StageView,
    guidance: Option<String>,
    due: Option<Due>,
    why: Option<Why>,
    errors: Vec<(String, String)>,
    /// What was written into a form that is no longer there.
    unsent: Vec<String>,
    claim: Claim,
    hand: hand::HandView,
    work: WorkView,
    /// Whether the decision is on this page, far down on a phone.
    decides: bool,
}

/// Who works on the stage.
#[derive(Clone, Debug)]
enum Claim {
    /// Nobody is asked: it is not the reader's move.
    NotAsked,
    Free,
    Mine,
    Other(String),
}

/// Answers `GET /cases/{case}/stages/{stage}`.
pub(super) async fn page(reader: Reader, Path((case, stage)): Path<(String, String)>) -> Answer {
    let held = seen(&reader, &case).await?;
    stage_page(&reader, &held, &stage, &Problems::default()).await
}

async fn stage_page(
    reader: &Reader,
    held: &Held<Case>,
    stage: &str,
    problems: &Problems,
) -> Answer {
    let case = held.get()?;
    let id: StageId = stage.parse().map_err(|_| Stop::NotFound)?;
    let pathway = Arc::clone(pathway_of(reader, case).ok_or(Stop::NotFound)?);
    let planned = pathway.stage(&id).ok_or(Stop::NotFound)?;
    let days = Days::in_calendar(reader.app(), reader.words.0, &case.calendar);
    let device = reader.viewer.see::<Device>(case.device).await?;
    let device = device.as_ref().map(Held::get).transpose()?;
    let attaches = match device {
        Some(device) => reader.may(Action::AttachDocument, device).await?,
        None => false,
    };
    let waiting = Waiting::all(reader, case);
    let own = waiting.iter().find(|waits| waits.stage == id && waits.mine);
    let scene = Scene {
        reader,
        days: &days,
        case,
        pathway: &pathway,
        planned,
        device,
        problems,
        mine: own.is_some(),
        attaches,
    };
    let opened = case.stages.get(&id);
    let schedule = opened
        .filter(|stage| stage.is_open())
        .and_then(|stage| stage.schedule.as_ref());
    let view = StageView::all(reader, case, |at| days.day_of(at))
        .into_iter()
        .find(|view| view.id == id)
        .ok_or(Stop::NotFound)?;
    let words = reader.words;
    let title = if problems.errors.is_empty() {
        view.title.clone()
    } else {
        words.with("error-title", [("title", view.title.clone().into())])
    };
    let work = work(&scene, opened).await?;
    let page = StagePage {
        decides: matches!(&work, WorkView::Approval(approval) if approval.can_decide),
        frame: reader.frame(title, Some(Place::Cases)).await?,
        case: case.id.to_string(),
        case_title: case.title.as_str().to_owned(),
        address: view.href.clone(),
        guidance: planned
            .guidance
            .as_ref()
            .map(|guidance| guidance.in_locale(reader.viewer.locale).to_owned()),
        due: schedule.map(|schedule| days.due(schedule.due_at)),
        why: schedule.and_then(|schedule| days.why(schedule, planned.due)),
        errors: summary(&scene),
        unsent: unsent(problems, &work),
        claim: claim(reader, opened, own).await?,
        hand: hand::view(reader, held, &id, problems.posted.as_ref()).await?,
        work,
        stage: view,
    };
    let mut answer = show(&page)?;
    if !problems.errors.is_empty() {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

/// Every error with the element it is about, named as the form names it.
fn summary(scene: &Scene<'_>) -> Vec<(String, String)> {
    let fields = match &scene.planned.kind {
        StageKind::Form(planned) => planned.fields.as_slice(),
        StageKind::Approval(_)
        | StageKind::Matching(_)
        | StageKind::UsabilityStudy(_)
        | StageKind::FeedbackRound(_)
        | StageKind::Consultation(_)
        | StageKind::Award(_)
        | StageKind::Agreement(_) => &[],
    };
    let whole = if matches!(scene.planned.kind, StageKind::Approval(_)) {
        "decide"
    } else {
        "work"
    };
    let errors = scene.problems.errors.iter().map(|error| {
        let field = fields
            .iter()
            .find(|field| Some(&field.name) == error.field.as_ref());
        match field {
            Some(field) => {
                let label = field.label.in_locale(scene.reader.viewer.locale);
                let anchor = format!("{}{}", form::ANSWER, field.name);
                (anchor, format!("{label}: {}", error.message))
            }
            None => (whole.to_owned(), error.message.clone()),
        }
    });
    errors.collect()
}

/// What was written into a form that is no longer on the page: somebody else was quicker, and it is not to be lost.
fn unsent(problems: &Problems, work: &WorkView) -> Vec<String> {
    let is_on_page = match work {
        WorkView::Fill(..) => true,
        WorkView::Approval(approval) => approval.can_decide,
        WorkView::Ahead
        | WorkView::Passed
        | WorkView::Filled(..)
        | WorkView::Matching(_)
        | WorkView::Award(_)
        | WorkView::Agreement(_)
        | WorkView::Other(_) => false,
    };
    match &problems.posted {
        Some(posted) if !is_on_page => posted
            .starting_with("")
            .into_iter()
            .filter(|(name, text)| is_written(name, text))
            .map(|(_, text)| text.to_owned())
            .collect(),
        Some(_) | None => Vec::new(),
    }
}

/// Whether somebody wrote this, and did not only choose it.
fn is_written(name: &str, text: &str) -> bool {
    match name {
        "comment" | "handing" | "reason" | "recusal" | "request" => true,
        _ if name.starts_with(approval::PIN) => true,
        _ => name.starts_with(form::ANSWER) && text.contains(char::is_whitespace),
    }
}

async fn claim(
    reader: &Reader,
    stage: Option<&Stage>,
    own: Option<&Waiting>,
) -> Result<Claim, Stop> {
    if own.is_none() {
        return Ok(Claim::NotAsked);
    }
    Ok(match stage.and_then(|stage| stage.claimed_by) {
        None => Claim::Free,
        Some(account) if account == reader.account() => Claim::Mine,
        Some(account) => {
            let name = reader.name_of(account).await?;
            Claim::Other(reader.words.with("claim-other", [("name", name.into())]))
        }
    })
}

async fn work(scene: &Scene<'_>, stage: Option<&Stage>) -> Result<WorkView, Stop> {
    let Some(stage) = stage else {
        return Ok(WorkView::Ahead);
    };
    Ok(match (&stage.work, &scene.planned.kind) {
        (Work::Nothing, _) => WorkView::Passed,
        (Work::Form(work), StageKind::Form(planned)) => {
            let form = Form {
                reader: scene.reader,
                days: scene.days,
                planned,
                work,
                device: scene.device,
                round: stage.round,
                attaches: scene.attaches,
            };
            if scene.mine {
                let general = work.requests.iter().filter(|asked| asked.field.is_none());
                let general = general
                    .map(|asked| asked.text.as_str().to_owned())
                    .collect();
                let device = format!("/devices/{}", scene.case.device);
                WorkView::Fill(form.asked(scene.problems), general, device)
            } else {
                filled(scene, &form).await?
            }
        }
        (Work::Approval(work), StageKind::Approval(planned)) => {
            WorkView::Approval(approval::view(scene, planned, work).await?)
        }
        (Work::Matching(candidates), StageKind::Matching(planned)) => {
            WorkView::Matching(matching::view(scene, planned, candidates))
        }
        (Work::Award(granted), StageKind::Award(planned)) => {
            WorkView::Award(award::view(scene, planned, granted.as_ref()).await?)
        }
        (Work::Agreement(work), StageKind::Agreement(planned)) => {
            WorkView::Agreement(agreement::view(scene, planned, work))
        }
        (
            Work::Child { .. }
            | Work::Consultation(_)
            | Work::Form(_)
            | Work::Approval(_)
            | Work::Matching(_)
            | Work::Award(_)
            | Work::Agreement(_),
            _,
        ) => WorkView::Other(other::view(scene, stage).await?),
    })
}

async fn filled(scene: &Scene<'_>, form: &Form<'_>) -> Result<WorkView, Stop> {
    let note = match &form.work.submitted {
        Some(submitted) => {
            let values = [
                ("by", scene.reader.name_of(submitted.by).await?.into()),
                ("day", scene.days.day_of(submitted.at).into()),
                ("round", i64::from(form.round).into()),
            ];
            scene.reader.words.with("approval-submitted", values)
        }
        None => scene.reader.words.say("form.not-yet"),
    };
    Ok(WorkView::Filled(form.answered(), note))
}

/// Answers `POST /cases/{case}/stages/{stage}`: the button says which command is meant.
pub(super) async fn act(
    reader: Reader,
    Path((case, stage)): Path<(String, String)>,
    request: Request,
) -> Answer {
    let held = seen(&reader, &case).await?;
    let id: StageId = stage.parse().map_err(|_| Stop::NotFound)?;
    let device = reader.viewer.see::<Device>(held.get()?.device).await?;
    let uploads = match &device {
        Some(device) => reader.may(Action::AttachDocument, device.get()?).await?,
        None => false,
    };
    let brought = reader.brought(request, uploads).await?;
    let (posted, errors) = files::attached(&reader, &held, &id, brought).await?;
    if !errors.is_empty() {
        let posted = Some(posted);
        return stage_page(&reader, &held, &stage, &Problems { errors, posted }).await;
    }
    let prepared = prepared(&reader, &held, &id, &posted).await;
    let (done, onward) = done(&reader, &held, &id, &posted)?;
    let mut errors = reader.carry_out(&posted, prepared).await?.errors;
    if errors.is_empty() {
        return Ok(Redirect::to(&format!("{onward}?done={done}")).into_response());
    }
    if posted.one("act") == "draft" && keep_the_rest(&reader, &held, &id, &posted, &errors).await? {
        errors.push(UserError {
            code: RejectionCode("DRAFT"),
            field: None,
            message: reader.words.say("form.kept-the-rest"),
        });
    }
    let problems = Problems {
        errors,
        posted: Some(posted),
    };
    stage_page(&reader, &held, &stage, &problems).await
}

/// Keeps a draft without the answers that cannot be kept, and says whether that was done.
async fn keep_the_rest(
    reader: &Reader,
    held: &Held<Case>,
    stage: &StageId,
    posted: &Posted,
    errors: &[UserError],
) -> Result<bool, Stop> {
    let Ok(planned) = form_of(reader, held.get()?, stage) else {
        return Ok(false);
    };
    let mut values = form::values(planned, posted);
    for error in errors {
        let refused = error.field.as_ref().and_then(|field| values.remove(field));
        if refused.is_none() {
            return Ok(false);
        }
    }
    let named = ID(held.get()?.id.to_string());
    let target = reader
        .viewer
        .target::<Case>(&named, Action::SaveDraft)
        .await?;
    let command = CaseCommand::SaveDraft {
        stage: stage.clone(),
        values,
    };
    let prepared = Prepared {
        aggregate: target.get()?.id.into(),
        command: Command::Case(command),
    };
    let call = Call {
        command_id: CommandId::from_uuid(uuid::Uuid::now_v7()),
        expected_version: None,
    };
    let kept = reader.carry_out_as(call, Ok(prepared)).await?;
    Ok(kept.errors.is_empty())
}

/// What was done in a word, and which page comes next.
fn done(
    reader: &Reader,
    held: &Held<Case>,
    stage: &StageId,
    posted: &Posted,
) -> Result<(&'static str, String), Stop> {
    let _ = reader;
    let case = format!("/cases/{}", held.get()?.id);
    let here = format!("{case}/stages/{stage}");
    Ok(match posted.one("act") {
        "draft" => ("draft-saved", here),
        "submit" => ("submitted", case),
        "claim" => ("claimed", here),
        "reassign" => ("reassigned", here),
        "recall" => ("recalled", here),
        "decide" => (approval::done(posted), case),
        "invite" => ("invited", here),
        "withdraw" => ("withdrawn", here),
        "confirm" => ("matched", case),
        "engage" => ("engaged", case),
        "grant" => ("granted", case),
        "prepare" => ("prepared", here),
        "sign" => ("signed", case),
        _ => return Err(Stop::NotFound),
    })
}

/// The command that a button stands for, past the gate.
async fn prepared(
    reader: &Reader,
    held: &Held<Case>,
    stage: &StageId,
    posted: &Posted,
) -> Preparing {
    let case = held.get()?;
    let id = stage.clone();
    let (action, command) = match posted.one("act") {
        "draft" => {
            let values = form::values(form_of(reader, case, stage)?, posted);
            (
                Action::SaveDraft,
                CaseCommand::SaveDraft { stage: id, values },
            )
        }
        "submit" => {
            let values = form::values(form_of(reader, case, stage)?, posted);
            let documents = documents_named(&reader.viewer, held, &values).await?;
            let command = CaseCommand::SubmitForm {
                stage: id,
                values,
                documents,
            };
            (Action::SubmitForm, command)
        }
        "claim" => (Action::ClaimStage, CaseCommand::ClaimStage { stage: id }),
        "reassign" => (
            Action::ReassignStage,
            hand::reassign(reader, case, id, posted).await?,
        ),
        "recall" => (
            Action::RecallSubmission,
            CaseCommand::RecallSubmission { stage: id },
        ),
        "decide" => {
            let command = CaseCommand::DecideApproval {
                stage: id,
                seat: None,
                decision: approval::decision(posted)?,
            };
            (Action::DecideApproval, command)
        }
        "invite" => (Action::InviteCandidate, matching::invite(id, posted)?),
        "withdraw" => (Action::WithdrawCandidate, matching::withdraw(id, posted)?),
        "confirm" => {
            let command = CaseCommand::ConfirmMatching { stage: id };
            (Action::ConfirmMatching, command)
        }
        "engage" => (
            Action::EngageConsultancy,
            other::engage(reader, id, posted).await?,
        ),
        "grant" => (Action::GrantAward, award::grant(id, posted)?),
        "prepare" => (
            Action::PrepareAgreement,
            agreement::prepare(reader, case, id, posted).await?,
        ),
        "sign" => (Action::SignAgreement, agreement::sign(id, posted)?),
        _ => return Err(CommonRejection::NotFound.into()),
    };
    let named = ID(case.id.to_string());
    let target = reader.viewer.target::<Case>(&named, action).await?;
    Ok(Prepared {
        aggregate: target.get()?.id.into(),
        command: Command::Case(command),
    })
}

fn form_of<'a>(
    reader: &'a Reader,
    case: &Case,
    stage: &StageId,
) -> Preparing<&'a naru_domain::pathway::FormStage> {
    let planned = pathway_of(reader, case).and_then(|pathway| pathway.stage(stage));
    match planned.map(|planned| &planned.kind) {
        Some(StageKind::Form(form)) => Ok(form),
        Some(_) | None => Err(CommonRejection::NotFound.into()),
    }
}

impl Reader {
    /// Carries a command out to its end, whether the browser waits for it or not.
    pub(super) async fn carry_out(
        &self,
        posted: &Posted,
        prepared: Preparing,
    ) -> Result<Done, Stop> {
        let call = Call {
            command_id: posted.command_id().ok_or(Stop::Foreign)?,
            expected_version: None,
        };
        self.carry_out_as(call, prepared).await
    }

    /// The same under a command id of its own, or for the version that was seen.
    pub(super) async fn carry_out_as(&self, call: Call, prepared: Preparing) -> Result<Done, Stop> {
        let viewer = self.viewer.clone();
        let carried = tokio::spawn(async move { viewer.carry_out(call, prepared).await });
        Ok(carried.await.map_err(|_| Stop::Fault)??)
    }
}

/// A text of the form, checked.
pub(super) fn text<T: FromStr<Err = TextProblem>>(field: &str, value: &str) -> Preparing<T> {
    // Browsers send lines as on paper that was typed on; texts have plain ones.
    crate::graphql::checked_text(field, &value.replace("\r\n", "\n"))
}

/// The name of a stage; text that can be none is answered like an unknown one.
fn name(value: &str) -> Preparing<StageId> {
    value.parse().map_err(|_| CommonRejection::NotFound.into())
}

/// A field that must be filled and is not.
fn missing(field: &str) -> CommonRejection {
    CommonRejection::BadText {
        field: field.to_owned(),
        problem: TextProblem::Empty,
    }
}
