//! What can be asked of a device, what can happen to it, and why it refuses.

use super::{DeviceClass, Market};
use crate::{
    AccountId, DeviceId, DocumentId, EitherName, FileProblem, Gtin, LongText, OrganizationId,
    ShortText, StoredFile, rejections,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What someone wants of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum DeviceCommand {
    /// Register it.
    Register {
        /// The startup that develops it.
        owner: OrganizationId,
        /// How it is called.
        name: EitherName,
        /// Its model name.
        model: ShortText,
        /// What it is meant to do, for whom and where.
        intended_use: LongText,
        /// The class its owner proposes, by market.
        #[serde(default)]
        classes: BTreeMap<Market, DeviceClass>,
        /// The device identifier of its UDI.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        udi_di: Option<Gtin>,
    },
    /// Change what is said about it; what is left out stays.
    Revise {
        /// How it is called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<EitherName>,
        /// Its model name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<ShortText>,
        /// What it is meant to do, for whom and where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        intended_use: Option<LongText>,
        /// All the classes its owner proposes now, by market.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        classes: Option<BTreeMap<Market, DeviceClass>>,
        /// The device identifier of its UDI.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        udi_di: Option<Gtin>,
        /// Why.
        reason: LongText,
    },
    /// Attach a file, as a new document or as the next version of one.
    AttachDocument {
        /// The document that gets a new version, or nothing for a new document.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<DocumentId>,
        /// What it is called.
        title: ShortText,
        /// The file, which lies in the document store already.
        file: StoredFile,
        /// The hospitals that run a case of this device, looked up by the caller: their members attach what they decide and find.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        hospitals: Vec<OrganizationId>,
    },
    /// Take a document out of use; its versions stay readable.
    RetireDocument {
        /// The document.
        document: DocumentId,
        /// Why.
        reason: LongText,
    },
    /// It is now later than it was.
    Wake,
}

/// What happened to a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum DeviceEvent {
    /// It was registered.
    Registered {
        /// Its id.
        device: DeviceId,
        /// The startup that develops it.
        owner: OrganizationId,
        /// How it is called.
        name: EitherName,
        /// Its model name.
        model: ShortText,
        /// What it is meant to do, for whom and where.
        intended_use: LongText,
        /// The class its owner proposes, by market.
        #[serde(default)]
        classes: BTreeMap<Market, DeviceClass>,
        /// The device identifier of its UDI.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        udi_di: Option<Gtin>,
    },
    /// What is said about it changed; what is left out stayed.
    Revised {
        /// How it is called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<EitherName>,
        /// Its model name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<ShortText>,
        /// What it is meant to do, for whom and where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        intended_use: Option<LongText>,
        /// All the classes its owner proposes now, by market.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        classes: Option<BTreeMap<Market, DeviceClass>>,
        /// The device identifier of its UDI.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        udi_di: Option<Gtin>,
        /// Why.
        reason: LongText,
    },
    /// A file was attached.
    DocumentAttached {
        /// The document.
        document: DocumentId,
        /// Which version of the document this is, from 1.
        version: u32,
        /// What it is called.
        title: ShortText,
        /// The file.
        file: StoredFile,
        /// The hospital it comes from, unless it comes from the owner.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hospital: Option<OrganizationId>,
        /// By whom.
        by: AccountId,
        /// When.
        at: Timestamp,
    },
    /// A document was taken out of use.
    DocumentRetired {
        /// The document.
        document: DocumentId,
        /// Why.
        reason: LongText,
        /// By whom.
        by: AccountId,
        /// When.
        at: Timestamp,
    },
}

rejections! {
    /// Why a device refuses a command.
    pub enum DeviceRejection {
        /// The market does not have this class.
        ClassNotInMarket { market: String, class: String, classes: String } = "CLASS_NOT_IN_MARKET" at Some("classes"),
            en "The market “{market}” has no class {class}. Choose one of {classes}.",
            ko "‘{market}’ 시장에는 {class}등급이 없습니다. {classes} 중에서 선택해 주세요.";
        /// The revision says nothing new.
        NothingRevised = "NOTHING_REVISED" at None,
            en "Nothing would change. Change at least one field.",
            ko "변경된 내용이 없습니다. 한 항목 이상을 수정해 주세요.";
        /// The dossier has no such document.
        DocumentUnknown = "DOCUMENT_UNKNOWN" at Some("document"),
            en "This dossier has no such document. Check the document's id, or leave it out to attach a new one.",
            ko "이 자료집에 없는 문서입니다. 문서 ID를 확인하거나, 새 문서로 등록하려면 비워 두세요.";
        /// The document is out of use.
        DocumentRetired = "DOCUMENT_RETIRED" at Some("document"),
            en "This document was taken out of use. Attach the file as a new document.",
            ko "사용이 중지된 문서입니다. 파일을 새 문서로 등록해 주세요.";
        /// The document comes from another organization.
        DocumentOfAnotherSide = "DOCUMENT_OF_ANOTHER_SIDE" at Some("document"),
            en "This document comes from another organization, so only its members can change it. Attach your file as a new document.",
            ko "다른 기관이 등록한 문서이므로 그 기관의 구성원만 변경할 수 있습니다. 파일을 새 문서로 등록해 주세요.";
        /// The newest version has the same content.
        DocumentUnchanged { version: u32 } = "DOCUMENT_UNCHANGED" at Some("file"),
            en "This file is the same as version {version}. Choose the changed file.",
            ko "버전 {version}과 내용이 같은 파일입니다. 수정된 파일을 선택해 주세요.";
        /// The dossier is full.
        TooManyDocuments { documents_max: usize } = "TOO_MANY_DOCUMENTS" at None,
            en "The dossier already has {documents_max} documents. Retire one that is no longer needed.",
            ko "자료집의 문서가 이미 {documents_max}개입니다. 더 이상 필요 없는 문서의 사용을 중지해 주세요.";
        /// The file has no content.
        FileEmpty = "FILE_EMPTY" at Some("file"),
            en "The file is empty. Choose a file with content.",
            ko "내용이 없는 파일입니다. 다른 파일을 선택해 주세요.";
        /// The file is too large.
        FileTooLarge = "FILE_TOO_LARGE" at Some("file"),
            en "The file is larger than 512 MiB. Split it or make it smaller.",
            ko "파일이 512 MiB보다 큽니다. 나누거나 크기를 줄여 주세요.";
        /// Files of this type are not accepted.
        FileTypeNotAccepted = "FILE_TYPE_NOT_ACCEPTED" at Some("file"),
            en "Files of this type are not accepted. Use PDF, PNG, JPEG, Word, Excel, PowerPoint, ZIP, CSV, plain text or MP4.",
            ko "등록할 수 없는 파일 형식입니다. PDF, PNG, JPEG, Word, Excel, PowerPoint, ZIP, CSV, 텍스트, MP4 파일을 사용해 주세요.";
    }
}

impl From<FileProblem> for DeviceRejection {
    fn from(problem: FileProblem) -> Self {
        match problem {
            FileProblem::Empty => Self::FileEmpty,
            FileProblem::TooLarge => Self::FileTooLarge,
            FileProblem::TypeNotAccepted => Self::FileTypeNotAccepted,
        }
    }
}
