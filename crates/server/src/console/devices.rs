//! The devices of the reader's startups, and the dossier of one device.

use super::Answer;
use super::dates::Days;
use super::frame::{Frame, Place};
use super::reader::Reader;
use super::show;
use super::stop::Stop;
use crate::graphql::Held;
use crate::http::stored_document;
use askama::Template;
use axum::extract::Path;
use naru_domain::device::Device;
use naru_domain::{DeviceId, Role};
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
    owner: String,
    model: String,
    intended_use: String,
    classes: Vec<(String, String)>,
    udi_di: Option<String>,
    documents: Vec<DocumentView>,
    cases: Vec<Listed>,
    mine: bool,
}

/// A document with its versions.
#[derive(Debug)]
struct DocumentView {
    title: String,
    versions: Vec<VersionView>,
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
        devices,
    };
    show(&page)
}

async fn seen(reader: &Reader, id: &str) -> Result<Held<Device>, Stop> {
    let id: DeviceId = id.parse().map_err(|_| Stop::NotFound)?;
    let held = reader.viewer.see::<Device>(id).await?;
    held.ok_or(Stop::NotFound)
}

/// Answers `GET /devices/{id}`.
pub(super) async fn page(reader: Reader, Path(id): Path<String>) -> Answer {
    let held = seen(&reader, &id).await?;
    let device = held.get()?;
    let words = reader.words;
    let name = device.name.in_locale(reader.viewer.locale);
    let classes = device.classes.iter().map(|(market, class)| {
        let market = words.say(&format!("market.{}", market.as_str()));
        let class = [("class", class.as_str().into())];
        (market, words.with("device-class", class))
    });
    let page = DevicePage {
        frame: reader.frame(name.to_owned(), Some(Place::Devices)).await?,
        device: device.id,
        owner: reader.organization_name(device.owner).await?,
        model: device.model.as_str().to_owned(),
        intended_use: device.intended_use.as_str().to_owned(),
        classes: classes.collect(),
        udi_di: device.udi_di.as_ref().map(ToString::to_string),
        documents: documents(&reader, device).await?,
        cases: cases(&reader, device.id).await?,
        mine: reader.viewer.actor().belongs_to(device.owner),
    };
    show(&page)
}

async fn documents(reader: &Reader, device: &Device) -> Result<Vec<DocumentView>, Stop> {
    let days = Days::of(reader.app(), reader.words.0);
    let mut documents = Vec::new();
    for document in device.documents_in_use() {
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
        documents.push(DocumentView {
            title: document.title().as_str().to_owned(),
            versions,
        });
    }
    Ok(documents)
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
