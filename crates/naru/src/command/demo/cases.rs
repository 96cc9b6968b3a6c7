//! The example devices, each with one document in its dossier.

use super::history::Cast;
use super::told::Device;
use crate::seed::Seed;
use anyhow::{Context, Result};
use naru_domain::case::DocumentVersion;
use naru_domain::device::{DeviceClass, DeviceCommand, Market};
use naru_domain::{
    Actor, Command, DeviceId, EitherName, MediaType, OrganizationId, Sha256Hex, State, StoredFile,
};
use naru_store::StoreError;
use std::collections::BTreeMap;

const USABILITY_FILE: &[u8] = include_bytes!("../../../assets/usability-file.pdf");

/// A device and the document in its dossier.
#[derive(Debug)]
pub(super) struct Dossier {
    pub(super) device: DeviceId,
    pub(super) startup: OrganizationId,
    pub(super) document: DocumentVersion,
}

/// Registers the devices; they are found by their models.
pub(super) async fn register<'a>(
    seed: &Seed,
    cast: &Cast,
    devices: &[Device<'a>],
) -> Result<BTreeMap<&'a str, Dossier>> {
    let mut dossiers = BTreeMap::new();
    for device in devices {
        let by = cast
            .actors
            .get(device.who)
            .context("nobody registers the device")?;
        let startup = by
            .memberships
            .first()
            .context("somebody of no organization")?
            .organization;
        let id: DeviceId = seed.id();
        let command = DeviceCommand::Register {
            owner: startup,
            name: EitherName::new(Some(device.ko.parse()?), Some(device.en.parse()?))?,
            model: device.model.parse()?,
            intended_use: device.intended_use.parse()?,
            classes: BTreeMap::from([(Market::Kr, class(device.class)?)]),
            udi_di: None,
        };
        seed.submit(by.clone(), id, Command::Device(command))
            .await?;
        let document = attach(seed, by, id, device.document).await?;
        let dossier = Dossier {
            device: id,
            startup,
            document,
        };
        dossiers.insert(device.model, dossier);
    }
    Ok(dossiers)
}

fn class(word: &str) -> Result<DeviceClass> {
    match word {
        "class_1" => Ok(DeviceClass::Class1),
        "class_2" => Ok(DeviceClass::Class2),
        "class_3" => Ok(DeviceClass::Class3),
        "class_4" => Ok(DeviceClass::Class4),
        other => anyhow::bail!("`{other}` is no class of a device"),
    }
}

/// Puts a file into a device's dossier.
async fn attach(seed: &Seed, by: &Actor, device: DeviceId, title: &str) -> Result<DocumentVersion> {
    let sha256 = Sha256Hex::of(USABILITY_FILE);
    let size_bytes = u64::try_from(USABILITY_FILE.len())?;
    let content = futures_util::stream::iter([Ok::<_, StoreError>(USABILITY_FILE.into())]);
    let store = seed.engine().store();
    store.documents().put(&sha256, size_bytes, content).await?;
    let command = DeviceCommand::AttachDocument {
        document: None,
        title: title.parse()?,
        file: StoredFile {
            sha256: sha256.clone(),
            size_bytes,
            media_type: MediaType::Pdf,
            file_name: "usability-file.pdf".parse()?,
        },
        hospitals: Vec::new(),
    };
    seed.submit(by.clone(), device, Command::Device(command))
        .await?;
    let loaded = store.load(device.into()).await.ok().flatten();
    let document = loaded
        .as_ref()
        .and_then(|loaded| match &loaded.state {
            State::Device(device) => device.documents.keys().next().copied(),
            State::Account(_)
            | State::Organization(_)
            | State::Case(_)
            | State::Study(_)
            | State::FeedbackRound(_)
            | State::Consultation(_) => None,
        })
        .context("the document is not there")?;
    Ok(DocumentVersion {
        document,
        version: 1,
        sha256,
    })
}
