//! The devices of the reader's startups, and the dossier of one device.

use super::Answer;
use super::dates::Days;
use super::frame::{Frame, Place};
use super::posted::Posted;
use super::reader::Reader;
use super::show;
use super::stage::text;
use super::stop::Stop;
use super::upload::Brought;
use crate::authz::Action;
use crate::graphql::errors::UserError;
use crate::graphql::{Held, Noun, Prepared, Preparing};
use crate::http::stored_document;
use askama::Template;
use async_graphql::ID;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use naru_domain::device::{Device, DeviceCommand};
use naru_domain::{Command, CommonRejection, DeviceId, DocumentId, Role};
use naru_store::CaseScope;

/// Devices that are listed at most.
const DEVICES_MAX: u32 = 200;
/// Cases that are listed at a device.
const CASES_MAX: u32 = 50;

#[derive(Debug, Template)]
#[template(path = "console/devices.html")]
struct DevicesPage {
    frame: Frame,
    devices: Vec<Listed>,
    registers: bool,
}

/// A device in the list.
#[derive(Debug)]
struct Listed {
    href: String,
    name: String,
    sub: String,
}

#[derive(Debug, Template)]
#[template(path = "console/device.html")]
struct DevicePage {
    frame: Frame,
    device: DeviceId,
    name: String,
    owner: String,
    model: String,
    intended_use: String,
    classes: Vec<(String, String)>,
    udi_di: Option<String>,
    documents: Vec<DocumentView>,
    retired: Vec<DocumentView>,
    retired_title: String,
    cases: Vec<Listed>,
    mine: bool,
    revises: bool,
    attaches: bool,
    errors: Vec<(String, String)>,
    /// The title that was typed for a file that was not taken.
    typed: String,
}

/// A document with its versions.
#[derive(Debug)]
struct DocumentView {
    id: DocumentId,
    title: String,
    versions: Vec<VersionView>,
    changeable: bool,
    retirable: bool,
    /// By whom, when and why it was taken out of use.
    retirement: String,
}

#[derive(Debug)]
struct VersionView {
    number: u32,
    href: String,
    file: String,
    note: String,
    hash: String,
}

/// Answers `GET /devices`.
pub(super) async fn list(reader: Reader) -> Answer {
    let mut devices = Vec::new();
    for held in &reader.viewer.actor().memberships {
        if !held.role.covers(Role::StartupMember) {
            continue;
        }
        let store = reader.app().store();
        let owner = reader.organization_name(held.organization).await?;
        for row in store
            .devices_of(held.organization, None, DEVICES_MAX)
            .await?
        {
            if let Some(seen) = reader.viewer.see::<Device>(row.device).await? {
                let device = seen.get()?;
                let name = device.name.in_locale(reader.viewer.locale);
                devices.push(Listed {
                    href: format!("/devices/{}", row.device),
                    name: name.to_owned(),
                    sub: format!("{} · {owner}", row.model),
                });
            }
        }
    }
    let title = reader.words.say("devices.title");
    let page = DevicesPage {
        frame: reader.frame(title, Some(Place::Devices)).await?,
        registers: reader.is_any(&[Role::StartupMember]),
        devices,
    };
    show(&page)
}

pub(super) async fn seen(reader: &Reader, id: &str) -> Result<Held<Device>, Stop> {
    let id: DeviceId = id.parse().map_err(|_| Stop::NotFound)?;
    let held = reader.viewer.see::<Device>(id).await?;
    held.ok_or(Stop::NotFound)
}

impl Reader {
    /// Whether the reader may do that with a device.
    pub(super) async fn may(&self, action: Action, device: &Device) -> Result<bool, Stop> {
        let thing = device.thing(&self.viewer).await?;
        Ok(self.viewer.allows(action, &thing))
    }
}

/// Answers `GET /devices/{id}`.
pub(super) async fn page(reader: Reader, Path(id): Path<String>) -> Answer {
    let held = seen(&reader, &id).await?;
    device_page(&reader, &held, &[], "").await
}

async fn device_page(
    reader: &Reader,
    held: &Held<Device>,
    errors: &[(String, UserError)],
    typed: &str,
) -> Answer {
    let device = held.get()?;
    let words = reader.words;
    let name = device.name.in_locale(reader.viewer.locale);
    let title = if errors.is_empty() {
        name.to_owned()
    } else {
        words.with("error-title", [("title", name.into())])
    };
    let classes = device.classes.iter().map(|(market, class)| {
        let market = words.say(&format!("market.{}", market.as_str()));
        let class = [("class", class.as_str().into())];
        (market, words.with("device-class", class))
    });
    let (documents, retired) = documents(reader, device).await?;
    let page = DevicePage {
        frame: reader.frame(title, Some(Place::Devices)).await?,
        device: device.id,
        name: name.to_owned(),
        owner: reader.organization_name(device.owner).await?,
        model: device.model.as_str().to_owned(),
        intended_use: device.intended_use.as_str().to_owned(),
        classes: classes.collect(),
        udi_di: device.udi_di.as_ref().map(ToString::to_string),
        retired_title: words.with("upload-retired", [("count", retired.len().into())]),
        documents,
        retired,
        cases: cases(reader, device.id).await?,
        mine: reader.viewer.actor().belongs_to(device.owner),
        revises: reader.may(Action::ReviseDevice, device).await?,
        attaches: reader.may(Action::AttachDocument, device).await?,
        errors: errors
            .iter()
            .map(|(anchor, error)| (anchor.clone(), error.message.clone()))
            .collect(),
        typed: typed.to_owned(),
    };
    let mut answer = show(&page)?;
    if !errors.is_empty() {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

/// The documents in use, and those that were taken out of use.
async fn documents(
    reader: &Reader,
    device: &Device,
) -> Result<(Vec<DocumentView>, Vec<DocumentView>), Stop> {
    let days = Days::of(reader.app(), reader.words.0);
    let attaches = reader.may(Action::AttachDocument, device).await?;
    let retires = reader.may(Action::RetireDocument, device).await?;
    let (mut used, mut retired) = (Vec::new(), Vec::new());
    for document in device.documents.values() {
        let mut versions = Vec::new();
        for version in document.versions() {
            let by = reader.name_of(version.attached_by).await?;
            versions.push(VersionView {
                number: version.version,
                href: format!(
                    "/devices/{}/documents/{}/{}",
                    device.id, document.id, version.version
                ),
                file: version.file.file_name.as_str().to_owned(),
                note: format!("{by}, {}", days.day_of(version.attached_at)),
                hash: version.file.sha256.as_str().chars().take(12).collect(),
            });
        }
        versions.reverse();
        // A document goes on from the side that it came from.
        let actor = reader.viewer.actor();
        let own = match document.newest().hospital {
            Some(hospital) => actor.belongs_to(hospital),
            None => actor.belongs_to(device.owner),
        };
        let retirement = match &document.retired {
            None => String::new(),
            Some(retirement) => {
                let by = reader.name_of(retirement.by).await?;
                let values = [
                    ("by", by.into()),
                    ("day", days.day_of(retirement.at).into()),
                    ("reason", retirement.reason.as_str().into()),
                ];
                reader.words.with("upload-retired-why", values)
            }
        };
        let list = match document.retired {
            None => &mut used,
            Some(_) => &mut retired,
        };
        list.push(DocumentView {
            id: document.id,
            title: document.title().as_str().to_owned(),
            versions,
            changeable: attaches && own,
            retirable: retires,
            retirement,
        });
    }
    Ok((used, retired))
}

/// Answers `POST /devices/{device}/documents`: a file, as a new document or as the next version of one.
pub(super) async fn attach(reader: Reader, Path(id): Path<String>, request: Request) -> Answer {
    let held = seen(&reader, &id).await?;
    let device = held.get()?;
    if !reader.may(Action::AttachDocument, device).await? {
        return Err(Stop::NotFound);
    }
    let Brought { posted, files } = reader.brought(request, true).await?;
    let command = posted.command_id().ok_or(Stop::Foreign)?;
    let document: Option<DocumentId> = posted
        .some("document")
        .map(str::parse)
        .transpose()
        .map_err(|_| Stop::NotFound)?;
    let anchor = match document {
        Some(document) => document.to_string(),
        None => "file".to_owned(),
    };
    let typed = posted.one("title");
    let taken = match files.into_iter().next() {
        Some((_, Ok(file))) => {
            let attached = reader.attach(command, device.id, &file, document, typed);
            attached.await?.map(|_| ())
        }
        Some((field, Err(refused))) => Err(refused.errors(&reader, &field)),
        None => Err(vec![reader.no_file("file")]),
    };
    match taken {
        Ok(()) => {
            let next = format!("/devices/{id}?done=attached#documents");
            Ok(Redirect::to(&next).into_response())
        }
        Err(errors) => {
            let errors = errors.into_iter().map(|error| (anchor.clone(), error));
            device_page(&reader, &held, &errors.collect::<Vec<_>>(), typed).await
        }
    }
}

/// Answers `POST /devices/{device}/documents/{document}/retire`.
pub(super) async fn retire(
    reader: Reader,
    Path((id, document)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let held = seen(&reader, &id).await?;
    let prepared = retiring(&reader, &id, &document, &posted).await;
    let done = reader.carry_out(&posted, prepared).await?;
    if done.errors.is_empty() {
        let next = format!("/devices/{id}?done=retired#documents");
        return Ok(Redirect::to(&next).into_response());
    }
    let errors = done
        .errors
        .into_iter()
        .map(|error| ("documents".to_owned(), error));
    device_page(&reader, &held, &errors.collect::<Vec<_>>(), "").await
}

async fn retiring(reader: &Reader, id: &str, document: &str, posted: &Posted) -> Preparing {
    let named = ID(id.to_owned());
    let target = reader
        .viewer
        .target::<Device>(&named, Action::RetireDocument)
        .await?;
    let document = document.parse().map_err(|_| CommonRejection::NotFound)?;
    Ok(Prepared {
        aggregate: target.get()?.id.into(),
        command: Command::Device(DeviceCommand::RetireDocument {
            document,
            reason: text("reason", posted.one("reason"))?,
        }),
    })
}

async fn cases(reader: &Reader, device: DeviceId) -> Result<Vec<Listed>, Stop> {
    let scope = CaseScope::Device(device);
    let store = reader.app().store();
    let mut cases = Vec::new();
    for row in store.cases_of(&scope, &[], None, CASES_MAX).await? {
        let case = reader
            .viewer
            .see::<naru_domain::case::Case>(row.case)
            .await?;
        if case.is_some() {
            let status = reader.words.say(&format!("status.{}", row.status));
            cases.push(Listed {
                href: format!("/cases/{}", row.case),
                name: row.title,
                sub: format!("{} · {status}", row.reference),
            });
        }
    }
    Ok(cases)
}

/// Answers `GET /devices/{device}/documents/{document}/{version}`: the file, to keep.
pub(super) async fn document(
    reader: Reader,
    Path((device, document, version)): Path<(String, String, u32)>,
) -> Answer {
    let held = seen(&reader, &device).await?;
    let document = document.parse().map_err(|_| Stop::NotFound)?;
    let found = held
        .get()?
        .document(document)
        .and_then(|document| document.version(version))
        .ok_or(Stop::NotFound)?;
    Ok(stored_document(reader.app(), found).await?)
}
