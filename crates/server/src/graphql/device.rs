//! Device dossiers and their documents.

use super::account::{IntoId, Person};
use super::command::{Call, Prepared, Preparing, id, maybe_text, payload, text};
use super::enums::{DeviceClass, Locale, Market, MediaType};
use super::errors::UserError;
use super::organization::OrganizationNode;
use super::page::{Page, PageRequest, page_cost};
use super::scalars::{DateTime, Long};
use super::viewer::{Held, Noun, Viewer, viewer};
use crate::authz::{Action, Thing};
use crate::uploads::{Announced, UPLOAD_LIFE};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use naru_domain::device::{Device, DeviceCommand, DeviceRejection, Document, DocumentVersion};
use naru_domain::organization::Organization;
use naru_domain::{
    Command, CommonRejection, DeviceId, EitherName, FileProblem, OrganizationId, StoredFile,
};
use std::collections::BTreeMap;

/// A medical device with its dossier. Readable by its startup, and by whoever takes part in a case of it.
#[derive(Clone, Debug)]
pub struct DeviceNode(Held<Device>);

impl From<Held<Device>> for DeviceNode {
    fn from(held: Held<Device>) -> Self {
        Self(held)
    }
}

/// A medical device with its dossier. Readable by its startup, and by whoever takes part in a case of it.
#[Object(name = "Device")]
impl DeviceNode {
    /// The device's id.
    pub(crate) async fn id(&self) -> Result<ID> {
        Ok(self.0.get()?.id.into_id())
    }

    /// How many changes it has seen; name it as `expectedVersion`.
    async fn version(&self) -> Long {
        self.0.version().into()
    }

    /// The startup that develops it.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<OrganizationNode>> {
        let owner = viewer(ctx)?
            .load::<Organization>(self.0.get()?.owner)
            .await?;
        Ok(owner.map(Into::into))
    }

    /// How it is called, in the reader's language or the one asked for.
    async fn name(&self, ctx: &Context<'_>, language: Option<Locale>) -> Result<&str> {
        let locale = language.map_or(viewer(ctx)?.locale, Into::into);
        Ok(self.0.get()?.name.in_locale(locale))
    }

    /// Its model name.
    async fn model(&self) -> Result<&str> {
        Ok(self.0.get()?.model.as_str())
    }

    /// What it is meant to do, for whom and where.
    async fn intended_use(&self) -> Result<&str> {
        Ok(self.0.get()?.intended_use.as_str())
    }

    /// The class its owner proposes, by market.
    async fn classes(&self) -> Result<Vec<MarketClass>> {
        let classes = &self.0.get()?.classes;
        Ok(classes
            .iter()
            .map(|(market, class)| MarketClass {
                market: (*market).into(),
                class: (*class).into(),
            })
            .collect())
    }

    /// The device identifier of its UDI, once it has one.
    async fn udi_di(&self) -> Result<Option<String>> {
        Ok(self.0.get()?.udi_di.as_ref().map(ToString::to_string))
    }

    /// Its documents, oldest first; `retired` ones too if asked for. At most 100 a page, 20 unless told.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn documents(
        &self,
        first: Option<i32>,
        after: Option<String>,
        #[graphql(default)] retired: bool,
    ) -> Result<Page<DocumentNode>> {
        let device = self.0.get()?;
        let documents = device
            .documents
            .values()
            .filter(|document| retired || document.retired.is_none())
            .map(|document| DocumentNode {
                device: device.id,
                document: document.clone(),
            });
        PageRequest::new(first, after.as_deref())?.cut(documents)
    }
}

/// The class of a device in one market.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct MarketClass {
    /// The market.
    market: Market,
    /// The class.
    class: DeviceClass,
}

/// A document of a dossier, with its versions.
#[derive(Clone, Debug)]
pub struct DocumentNode {
    device: DeviceId,
    document: Document,
}

/// A document of a dossier, with its versions.
#[Object(name = "Document")]
impl DocumentNode {
    /// The document's id.
    async fn id(&self) -> ID {
        self.document.id.into_id()
    }

    /// What it is called now.
    async fn title(&self) -> &str {
        self.document.title().as_str()
    }

    /// Its newest version.
    async fn newest(&self) -> DocumentVersionNode {
        self.node(self.document.newest())
    }

    /// Every version, oldest first.
    #[graphql(complexity = "10 * child_complexity")]
    async fn versions(&self) -> Vec<DocumentVersionNode> {
        self.document
            .versions()
            .map(|version| self.node(version))
            .collect()
    }

    /// Why it was taken out of use, if it was.
    async fn retired_because(&self) -> Option<&str> {
        self.document
            .retired
            .as_ref()
            .map(|retirement| retirement.reason.as_str())
    }
}

impl DocumentNode {
    fn node(&self, version: &DocumentVersion) -> DocumentVersionNode {
        DocumentVersionNode {
            device: self.device,
            document: self.document.id,
            version: version.clone(),
        }
    }
}

/// One version of a document. Its content never changes.
#[derive(Clone, Debug)]
pub struct DocumentVersionNode {
    device: DeviceId,
    document: naru_domain::DocumentId,
    version: DocumentVersion,
}

/// One version of a document. Its content never changes.
#[Object(name = "DocumentVersion")]
impl DocumentVersionNode {
    /// Its number, from 1.
    async fn version(&self) -> u32 {
        self.version.version
    }

    /// What the document was called then.
    async fn title(&self) -> &str {
        self.version.title.as_str()
    }

    /// The name the file had on the sender's machine.
    async fn file_name(&self) -> &str {
        self.version.file.file_name.as_str()
    }

    /// The SHA-256 of its content.
    async fn sha256(&self) -> &str {
        self.version.file.sha256.as_str()
    }

    /// Its length in bytes.
    async fn size_bytes(&self) -> Long {
        self.version.file.size_bytes.into()
    }

    /// Its type.
    async fn media_type(&self) -> MediaType {
        self.version.file.media_type.into()
    }

    /// Who attached it.
    async fn attached_by(&self, ctx: &Context<'_>) -> Result<Person> {
        viewer(ctx)?.person(self.version.attached_by).await
    }

    /// When it was attached.
    async fn attached_at(&self) -> DateTime {
        DateTime(self.version.attached_at)
    }

    /// Where to get it, with the same token.
    async fn download_url(&self, ctx: &Context<'_>) -> Result<String> {
        let base = viewer(ctx)?.app.base_url();
        Ok(format!(
            "{base}/documents/{}/{}?device={}",
            self.document, self.version.version, self.device
        ))
    }
}

payload! {
    /// The answer to a command on a device.
    DevicePayload,
    /// The device after the command; nothing if it was refused.
    device: DeviceNode, Device
}

/// The class of a device in one market.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct MarketClassInput {
    /// The market.
    market: Market,
    /// The class; it must be one of that market's.
    class: DeviceClass,
}

/// Registers a device. A name in one language is enough.
#[derive(Debug, InputObject)]
pub struct RegisterDeviceInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The startup that develops it.
    startup_id: ID,
    /// Its Korean name.
    name_ko: Option<String>,
    /// Its English name.
    name_en: Option<String>,
    /// Its model name.
    model: String,
    /// What it is meant to do, for whom and where.
    intended_use: String,
    /// The class you propose, by market.
    #[graphql(default)]
    classes: Vec<MarketClassInput>,
    /// The device identifier of its UDI (a GTIN), once it has one.
    udi_di: Option<String>,
}

/// Changes what is said about a device; what is left out stays.
#[derive(Debug, InputObject)]
pub struct ReviseDeviceInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The device.
    device_id: ID,
    /// Its Korean name; with one name given, both are replaced.
    name_ko: Option<String>,
    /// Its English name.
    name_en: Option<String>,
    /// Its model name.
    model: Option<String>,
    /// What it is meant to do, for whom and where.
    intended_use: Option<String>,
    /// All the classes you propose now.
    classes: Option<Vec<MarketClassInput>>,
    /// The device identifier of its UDI (a GTIN).
    udi_di: Option<String>,
    /// Why.
    reason: String,
}

/// Announces a file that you are about to send.
#[derive(Debug, InputObject)]
pub struct RequestUploadInput {
    /// The device whose dossier it is for.
    device_id: ID,
    /// The name it has on your machine.
    file_name: String,
    /// Its type; it is compared with the content.
    media_type: MediaType,
    /// Its length in bytes; from 1 to 512 MiB.
    size_bytes: Long,
    /// The SHA-256 of its content in 64 lower-case hexadecimal digits; it is compared with the content.
    sha256: String,
}

/// Where to send a file.
#[derive(Clone, Debug, SimpleObject)]
pub struct RequestUploadPayload {
    /// Name it in `attachDocument` once the file is sent.
    upload: Option<UploadNode>,
    /// Why the file is refused; empty when it may be sent.
    user_errors: Vec<UserError>,
}

/// An announced file.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Upload")]
pub struct UploadNode {
    /// Name it in `attachDocument` once the file is sent.
    id: ID,
    /// PUT the file's bytes here, with the same token.
    url: String,
    /// Until when it may be sent and attached.
    expires_at: DateTime,
    /// Whether the content is stored already, so that nothing needs to be sent.
    arrived: bool,
}

/// Attaches a sent file to a dossier.
#[derive(Debug, InputObject)]
pub struct AttachDocumentInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The device.
    device_id: ID,
    /// The document that gets a new version; leave it out for a new document.
    document_id: Option<ID>,
    /// What the document is called.
    title: String,
    /// The upload, from `requestUpload`.
    upload_id: ID,
}

/// Takes a document out of use; its versions stay readable.
#[derive(Debug, InputObject)]
pub struct RetireDocumentInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The device.
    device_id: ID,
    /// The document.
    document_id: ID,
    /// Why.
    reason: String,
}

/// Commands on devices.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeviceVerbs;

/// Commands on devices.
#[Object]
impl DeviceVerbs {
    /// Registers a device. Right: member of the startup.
    async fn register_device(
        &self,
        ctx: &Context<'_>,
        input: RegisterDeviceInput,
    ) -> Result<DevicePayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, None)?;
        let prepared = register(viewer, call, &input).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Changes what is said about a device. Right: member of the startup.
    async fn revise_device(
        &self,
        ctx: &Context<'_>,
        input: ReviseDeviceInput,
    ) -> Result<DevicePayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let prepared = async {
            let given = input.name_ko.is_some() || input.name_en.is_some();
            let command = DeviceCommand::Revise {
                name: given
                    .then(|| either_name(input.name_ko.as_ref(), input.name_en.as_ref()))
                    .transpose()?,
                model: maybe_text("model", input.model.as_ref())?,
                intended_use: maybe_text("intendedUse", input.intended_use.as_ref())?,
                classes: input.classes.as_deref().map(classes),
                udi_di: maybe_text("udiDi", input.udi_di.as_ref())?,
                reason: text("reason", &input.reason)?,
            };
            on_device(viewer, &input.device_id, Action::ReviseDevice, command).await
        };
        viewer.carry_out(call, prepared.await).await.map(Into::into)
    }

    /// Announces a file and gets the address to send it to. Right: member of the startup.
    async fn request_upload(
        &self,
        ctx: &Context<'_>,
        input: RequestUploadInput,
    ) -> Result<RequestUploadPayload> {
        let viewer = viewer(ctx)?;
        match announce(viewer, &input).await {
            Ok(upload) => Ok(RequestUploadPayload {
                upload: Some(upload),
                user_errors: Vec::new(),
            }),
            Err(super::command::Refused::Rejected(rejection)) => Ok(RequestUploadPayload {
                upload: None,
                user_errors: viewer.refused(&rejection).errors,
            }),
            Err(super::command::Refused::Error(error)) => Err(error),
        }
    }

    /// Attaches a sent file to a dossier, as a new document or as the next version of one. Right: member of the startup.
    async fn attach_document(
        &self,
        ctx: &Context<'_>,
        input: AttachDocumentInput,
    ) -> Result<DevicePayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let prepared = async {
            let device = viewer
                .target::<Device>(&input.device_id, Action::AttachDocument)
                .await?;
            let hospitals = device.get()?.thing(viewer).await?.parties.hospitals;
            let device = device.get()?.id;
            let now = viewer.app.clock().now();
            let upload = viewer.app.uploads().find(&input.upload_id, now);
            let upload = upload
                .filter(|upload| {
                    upload.account == viewer.session.account
                        && upload.device == device
                        && upload.arrived
                })
                .ok_or(CommonRejection::NotFound)?;
            Ok(Prepared {
                aggregate: device.into(),
                command: Command::Device(DeviceCommand::AttachDocument {
                    document: input.document_id.as_ref().map(id).transpose()?,
                    title: text("title", &input.title)?,
                    file: upload.file(),
                    hospitals,
                }),
            })
        };
        viewer.carry_out(call, prepared.await).await.map(Into::into)
    }

    /// Takes a document out of use. Right: member of the startup.
    async fn retire_document(
        &self,
        ctx: &Context<'_>,
        input: RetireDocumentInput,
    ) -> Result<DevicePayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let prepared = async {
            let command = DeviceCommand::RetireDocument {
                document: id(&input.document_id)?,
                reason: text("reason", &input.reason)?,
            };
            on_device(viewer, &input.device_id, Action::RetireDocument, command).await
        };
        viewer.carry_out(call, prepared.await).await.map(Into::into)
    }
}

fn classes(
    given: &[MarketClassInput],
) -> BTreeMap<naru_domain::device::Market, naru_domain::device::DeviceClass> {
    given
        .iter()
        .map(|entry| (entry.market.into(), entry.class.into()))
        .collect()
}

fn either_name(ko: Option<&String>, en: Option<&String>) -> Preparing<EitherName> {
    EitherName::new(maybe_text("nameKo", ko)?, maybe_text("nameEn", en)?).map_err(|problem| {
        CommonRejection::BadText {
            field: "nameKo".to_owned(),
            problem,
        }
        .into()
    })
}

async fn register(viewer: &Viewer, call: Call, input: &RegisterDeviceInput) -> Preparing {
    let owner: OrganizationId = id(&input.startup_id)?;
    let organization = viewer
        .load::<Organization>(owner)
        .await?
        .ok_or(CommonRejection::NotFound)?;
    let thing = Thing::organization(owner, organization.get()?.kind);
    viewer.require(Action::RegisterDevice, Action::ViewOrganization, &thing)?;
    let device: DeviceId = call.creates(viewer.session.account);
    Ok(Prepared {
        aggregate: device.into(),
        command: Command::Device(DeviceCommand::Register {
            owner,
            name: either_name(input.name_ko.as_ref(), input.name_en.as_ref())?,
            model: text("model", &input.model)?,
            intended_use: text("intendedUse", &input.intended_use)?,
            classes: classes(&input.classes),
            udi_di: maybe_text("udiDi", input.udi_di.as_ref())?,
        }),
    })
}

async fn on_device(viewer: &Viewer, id: &ID, action: Action, command: DeviceCommand) -> Preparing {
    let device = viewer.target::<Device>(id, action).await?;
    Ok(Prepared {
        aggregate: device.get()?.id.into(),
        command: Command::Device(command),
    })
}

async fn announce(viewer: &Viewer, input: &RequestUploadInput) -> Preparing<UploadNode> {
    let device = viewer
        .target::<Device>(&input.device_id, Action::RequestUpload)
        .await?;
    let file = StoredFile {
        sha256: text("sha256", &input.sha256)?,
        size_bytes: u64::try_from(input.size_bytes.0).unwrap_or(0),
        media_type: input.media_type.into(),
        file_name: text("fileName", &input.file_name)?,
    };
    file.check().map_err(refused_file)?;
    let stored = viewer.app.store().documents().size(&file.sha256).await;
    let expires_at = viewer
        .app
        .clock()
        .now()
        .checked_add(UPLOAD_LIFE)
        .unwrap_or_default();
    // Content that somebody else stored must be sent again: whoever knows only its hash must not get at it.
    let arrived = stored.map_err(crate::fault::Fault::from)? == Some(file.size_bytes)
        && holds_already(device.get()?, &file);
    let announced = Announced {
        account: viewer.session.account,
        device: device.get()?.id,
        sha256: file.sha256,
        size_bytes: file.size_bytes,
        media_type: file.media_type,
        file_name: file.file_name,
        expires_at,
        arrived,
    };
    let token = viewer.app.uploads().announce(announced).ok_or_else(|| {
        super::page::bad_input(
            "TOO_MANY_UPLOADS",
            "too many uploads are on their way; attach them or wait an hour",
        )
    })?;
    Ok(UploadNode {
        url: format!("{}/uploads/{token}", viewer.app.base_url()),
        id: ID(token),
        expires_at: DateTime(expires_at),
        arrived,
    })
}

fn refused_file(problem: FileProblem) -> super::command::Refused {
    naru_domain::Rejection::from(DeviceRejection::from(problem)).into()
}

/// Whether this very dossier has the content in some version.
fn holds_already(device: &Device, file: &StoredFile) -> bool {
    device
        .documents
        .values()
        .flat_map(Document::versions)
        .any(|version| version.file.sha256 == file.sha256)
}
