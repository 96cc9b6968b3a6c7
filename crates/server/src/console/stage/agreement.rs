//! A document and its signatures, in order.

use super::super::posted::Posted;
use super::super::reader::Reader;
use super::super::tone::Tone;
use super::{Scene, text};
use crate::graphql::{Preparing, newest};
use naru_domain::case::{AgreementWork, Case, CaseCommand};
use naru_domain::device::Device;
use naru_domain::pathway::{AgreementStage, Signer, StageId};
use naru_domain::{CommonRejection, DocumentId};

/// A signer as shown.
#[derive(Clone, Debug)]
pub(in crate::console) struct SignerView {
    pub(in crate::console) role: String,
    pub(in crate::console) meaning: String,
    pub(in crate::console) tone: Tone,
    pub(in crate::console) state: String,
}

/// An agreement as it is shown.
#[derive(Clone, Debug)]
pub(in crate::console) struct AgreementView {
    /// What is to be signed: its title, where it is, and its hash.
    pub(in crate::console) document: Option<(String, String, String)>,
    pub(in crate::console) signers: Vec<SignerView>,
    /// What the reader's signature would mean.
    pub(in crate::console) sign_as: Option<String>,
    pub(in crate::console) documents: Vec<(String, String)>,
    pub(in crate::console) can_prepare: bool,
    pub(in crate::console) printed_name: String,
}

/// Everything that an agreement shows.
pub(super) fn view(
    scene: &Scene<'_>,
    planned: &AgreementStage,
    work: &AgreementWork,
) -> AgreementView {
    let locale = scene.reader.viewer.locale;
    let signers = planned.signers.iter();
    let signers = signers
        .map(|signer| signer_view(scene, signer, work))
        .collect();
    let document = work.document.as_ref().map(|pinned| {
        let title = scene
            .device
            .and_then(|device| device.document(pinned.document))
            .map_or_else(String::new, |document| document.title().as_str().to_owned());
        let href = format!(
            "/devices/{}/documents/{}/{}",
            scene.case.device, pinned.document, pinned.version
        );
        let title = format!("{title}, v{}", pinned.version);
        (title, href, pinned.sha256.as_str().to_owned())
    });
    let next = planned.signers.get(work.signatures.len());
    let documents = scene.device.into_iter().flat_map(Device::documents_in_use);
    let documents = documents.map(|document| {
        let label = format!(
            "{}, v{}",
            document.title().as_str(),
            document.newest().version
        );
        (document.id.to_string(), label)
    });
    let coordinates = scene
        .reader
        .viewer
        .actor()
        .holds(scene.case.hospital, naru_domain::Role::Coordinator);
    AgreementView {
        sign_as: next
            .filter(|_| scene.mine && document.is_some())
            .map(|signer| signer.meaning.in_locale(locale).to_owned()),
        can_prepare: coordinates
            && next.is_some()
            && scene
                .case
                .stages
                .get(&scene.planned.id)
                .is_some_and(naru_domain::case::Stage::is_open),
        document,
        signers,
        documents: documents.collect(),
        printed_name: scene
            .problems
            .posted
            .as_ref()
            .map_or_else(String::new, |posted| posted.one("printed-name").to_owned()),
    }
}

fn signer_view(scene: &Scene<'_>, signer: &Signer, work: &AgreementWork) -> SignerView {
    let words = scene.reader.words;
    let locale = scene.reader.viewer.locale;
    let signature = work
        .signatures
        .iter()
        .find(|signature| signature.signer == signer.id);
    let (tone, state) = match signature {
        Some(given) => {
            let values = [
                ("name", given.printed_name.as_str().to_owned().into()),
                ("moment", scene.days.moment(given.at).words.into()),
            ];
            (Tone::Done, words.with("agreement-signed", values))
        }
        None => (Tone::Wait, words.say("agreement.not-yet")),
    };
    SignerView {
        role: scene.reader.role_name(signer.role),
        meaning: signer.meaning.in_locale(locale).to_owned(),
        tone,
        state,
    }
}

/// The document that was laid out.
pub(super) async fn prepare(
    reader: &Reader,
    case: &Case,
    stage: StageId,
    posted: &Posted,
) -> Preparing<CaseCommand> {
    let document: DocumentId = posted
        .one("document")
        .parse()
        .map_err(|_| super::missing("document"))?;
    let device = reader.viewer.load::<Device>(case.device).await?;
    let device = device.ok_or(CommonRejection::NotFound)?;
    let document = newest(device.get()?, document).ok_or(CommonRejection::NotFound)?;
    Ok(CaseCommand::PrepareAgreement { stage, document })
}

/// The signature that was given, on what the page showed.
pub(super) fn sign(stage: StageId, posted: &Posted) -> Preparing<CaseCommand> {
    Ok(CaseCommand::SignAgreement {
        stage,
        shown: text("shownSha256", posted.one("shown"))?,
        printed_name: text("printedName", posted.one("printed-name"))?,
    })
}
