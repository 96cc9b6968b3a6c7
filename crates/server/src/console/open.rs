//! Opening a case: a device, a hospital, and a pathway that can be looked at first.

use super::Answer;
use super::address::Query;
use super::frame::{Frame, Place};
use super::posted::Posted;
use super::reader::Reader;
use super::show;
use super::stop::Stop;
use crate::authz::{Action, Thing};
use crate::graphql::errors::UserError;
use crate::graphql::{Call, Prepared, Preparing, checked_text};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use naru_domain::case::{CaseCommand, CaseRejection};
use naru_domain::device::Device;
use naru_domain::organization::Organization;
use naru_domain::pathway::{Pathway, PathwayHash};
use naru_domain::{
    CaseId, Command, CommonRejection, DeviceId, OrganizationId, OrganizationKind, Role,
};
use serde::Deserialize;

/// Devices and organizations that are offered at most.
const OFFERED_MAX: u32 = 500;

/// Which device is chosen already.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    device: String,
    #[serde(default)]
    pathway: String,
}

#[derive(Debug, Template)]
#[template(path = "console/open.html")]
struct OpenPage {
    frame: Frame,
    errors: Vec<String>,
    devices: Vec<(String, String)>,
    hospitals: Vec<(String, String)>,
    pathways: Vec<PathwayView>,
    device: String,
    hospital: String,
    pathway: String,
    title: String,
}

/// A pathway to choose.
#[derive(Debug)]
struct PathwayView {
    id: String,
    title: String,
    summary: String,
    host: String,
    /// Per stage: its title, whose move it is, and how long they have.
    stages: Vec<(String, String, String)>,
    facts: Vec<String>,
    preview: String,
}

/// Answers `GET /cases/new`.
pub(super) async fn page(reader: Reader, Query(asked): Query<Asked>) -> Answer {
    if !reader.is_any(&[Role::StartupMember]) {
        return Err(Stop::NotFound);
    }
    let posted = Posted::new([
        ("device".to_owned(), asked.device),
        ("pathway".to_owned(), asked.pathway),
    ]);
    form(&reader, &posted, &[]).await
}

async fn form(reader: &Reader, posted: &Posted, errors: &[UserError]) -> Answer {
    let words = reader.words;
    let title = words.say("open.title");
    let title = if errors.is_empty() {
        title
    } else {
        words.with("error-title", [("title", title.into())])
    };
    let pathways = &reader.app().reference().pathways;
    let page = OpenPage {
        frame: reader.frame(title, Some(Place::Cases)).await?,
        errors: errors.iter().map(|error| error.message.clone()).collect(),
        devices: devices(reader).await?,
        hospitals: hospitals(reader).await?,
        pathways: pathways
            .all_newest()
            .map(|(_, pathway)| pathway_view(reader, pathway))
            .collect(),
        device: posted.one("device").to_owned(),
        hospital: posted.one("hospital").to_owned(),
        pathway: posted.one("pathway").to_owned(),
        title: posted.one("title").to_owned(),
    };
    let mut answer = show(&page)?;
    if !errors.is_empty() {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

async fn devices(reader: &Reader) -> Result<Vec<(String, String)>, Stop> {
    let mut devices = Vec::new();
    for held in &reader.viewer.actor().memberships {
        if held.role.covers(Role::StartupMember) {
            let store = reader.app().store();
            for row in store
                .devices_of(held.organization, None, OFFERED_MAX)
                .await?
            {
                let name = row.name.in_locale(reader.viewer.locale);
                devices.push((row.device.to_string(), format!("{name}, {}", row.model)));
            }
        }
    }
    Ok(devices)
}

async fn hospitals(reader: &Reader) -> Result<Vec<(String, String)>, Stop> {
    let mut hospitals = Vec::new();
    let store = reader.app().store();
    for row in store.organizations(None, OFFERED_MAX).await? {
        let thing = Thing::organization(row.organization, row.kind);
        let known = reader.viewer.allows(Action::ViewOrganization, &thing);
        if row.kind == OrganizationKind::Hospital && known {
            let name = row.name.in_locale(reader.viewer.locale).to_owned();
            hospitals.push((row.organization.to_string(), name));
        }
    }
    Ok(hospitals)
}

fn pathway_view(reader: &Reader, pathway: &Pathway) -> PathwayView {
    let words = reader.words;
    let locale = reader.viewer.locale;
    let stages = pathway.stages.iter().map(|stage| {
        let title = stage.title.in_locale(locale).to_owned();
        (
            title,
            reader.role_name(stage.owner),
            super::pathway::time(reader, stage.due),
        )
    });
    let facts = pathway.programme.facts.iter();
    PathwayView {
        id: pathway.id.to_string(),
        title: pathway.title.in_locale(locale).to_owned(),
        summary: pathway.summary.in_locale(locale).to_owned(),
        host: pathway.programme.host.in_locale(locale).to_owned(),
        preview: words.with("open-preview", [("count", pathway.stages.len().into())]),
        stages: stages.collect(),
        facts: facts
            .map(|fact| format!("{} ({})", fact.text.in_locale(locale), fact.source))
            .collect(),
    }
}

/// Answers `POST /cases`.
pub(super) async fn open(reader: Reader, posted: Posted) -> Answer {
    let call = Call {
        command_id: posted.command_id().ok_or(Stop::Foreign)?,
        expected_version: None,
    };
    let case: CaseId = call.creates(reader.account());
    let prepared = prepared(&reader, case, &posted).await;
    let done = reader.carry_out(&posted, prepared).await?;
    if done.errors.is_empty() {
        return Ok(Redirect::to(&format!("/cases/{case}?done=opened")).into_response());
    }
    form(&reader, &posted, &done.errors).await
}

fn pathway_of(reader: &Reader, posted: &Posted) -> Option<PathwayHash> {
    let id = posted.one("pathway").parse().ok()?;
    let newest = reader.app().reference().pathways.newest(&id);
    newest.map(|(hash, _)| hash.clone())
}

async fn prepared(reader: &Reader, case: CaseId, posted: &Posted) -> Preparing {
    let viewer = &reader.viewer;
    let missing = || CommonRejection::NotFound;
    let device: DeviceId = posted.one("device").parse().map_err(|_| missing())?;
    let device = viewer.see::<Device>(device).await?.ok_or_else(missing)?;
    let device = device.get()?;
    let startup = viewer.load::<Organization>(device.owner).await?;
    let startup = startup.ok_or_else(missing)?;
    let thing = Thing::organization(device.owner, startup.get()?.kind);
    viewer.require(Action::OpenCase, Action::ViewOrganization, &thing)?;
    let hospital: OrganizationId = posted.one("hospital").parse().map_err(|_| missing())?;
    let hospital = viewer.see::<Organization>(hospital).await?;
    let hospital = hospital.ok_or_else(missing)?;
    let pathway = pathway_of(reader, posted)
        .ok_or_else(|| naru_domain::Rejection::from(CaseRejection::PathwayUnknown))?;
    Ok(Prepared {
        aggregate: case.into(),
        command: Command::Case(CaseCommand::Open {
            startup: device.owner,
            hospital: hospital.get()?.id,
            hospital_kind: hospital.get()?.kind,
            device: device.id,
            device_owner: device.owner,
            pathway,
            title: checked_text("title", posted.one("title"))?,
        }),
    })
}
