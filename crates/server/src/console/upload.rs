//! Files that come with a form. A browser cannot announce a file as the API's callers do: its content is stored under the hash that it turns out to
//! have, and attached like any other.

use super::posted::{FORM_TOKEN, Posted, is_from_elsewhere};
use super::reader::Reader;
use super::stop::Stop;
use super::{FILES_BYTES_MAX, FORM_BYTES_MAX};
use crate::authz::Action;
use crate::graphql::errors::{RejectionCode, UserError};
use crate::graphql::{Call, Noun, Prepared, Preparing, checked_text};
use crate::http::{Head, checked};
use async_graphql::ID;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use multer::{Constraints, Field, Multipart, SizeLimit};
use naru_domain::device::{Device, DeviceCommand, DeviceRejection};
use naru_domain::{
    Command, CommandId, CommonRejection, DeviceId, DocumentId, FILE_SIZE_BYTES_MAX, FileProblem,
    MediaType, Rejection, Sha256Hex, StoredFile, TypedId,
};
use naru_store::StoreError;
use sha2::{Digest, Sha256};

/// Fields of one form at most.
const FIELDS_MAX: usize = 2_000;

/// What a form brought.
#[derive(Debug, Default)]
pub(super) struct Brought {
    pub(super) posted: Posted,
    /// The files that were chosen, each with the name of its field.
    pub(super) files: Vec<(String, BroughtFile)>,
}

/// A file that was chosen: stored, or why it is not taken.
pub(super) type BroughtFile = Result<StoredFile, Refused>;

/// Why a file is not taken.
#[derive(Clone, Debug)]
pub(super) enum Refused {
    /// A rule of dossiers.
    Rule(DeviceRejection),
    /// The content is not what the name says.
    Mismatch(MediaType),
    /// The name cannot be kept.
    Name(naru_domain::TextProblem),
}

impl Refused {
    /// The same in words.
    pub(super) fn errors(&self, reader: &Reader, field: &str) -> Vec<UserError> {
        let said = |rejection: Rejection| reader.viewer.refused(&rejection).errors;
        let errors = match self {
            Self::Rule(rejection) => said(rejection.clone().into()),
            Self::Mismatch(media_type) => {
                let kind = media_type.extension().to_uppercase();
                vec![UserError {
                    code: RejectionCode("FILE_TYPE_NOT_ACCEPTED"),
                    field: None,
                    message: reader
                        .words
                        .with("upload-mismatch", [("kind", kind.into())]),
                }]
            }
            Self::Name(problem) => said(
                CommonRejection::BadText {
                    field: field.to_owned(),
                    problem: problem.clone(),
                }
                .into(),
            ),
        };
        let about = |error| UserError {
            field: Some(field.to_owned()),
            ..error
        };
        errors.into_iter().map(about).collect()
    }
}

impl Reader {
    /// Reads a form that may bring files; without the right to upload they are passed over.
    pub(super) async fn brought(&self, request: Request, uploads: bool) -> Result<Brought, Stop> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let Some(boundary) = content_type.and_then(|value| multer::parse_boundary(value).ok())
        else {
            let posted = Posted::from_request(request, self.app()).await?;
            return Ok(Brought {
                posted,
                files: Vec::new(),
            });
        };
        if is_from_elsewhere(request.headers()) {
            return Err(Stop::Foreign);
        }
        let sizes = SizeLimit::new().whole_stream(FILES_BYTES_MAX);
        let constraints = Constraints::new().size_limit(sizes);
        let body = request.into_body().into_data_stream();
        let mut parts = Multipart::with_constraints(body, boundary, constraints);
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut files = Vec::new();
        let mut text_bytes = 0;
        let token = (FORM_TOKEN.to_owned(), self.form_token.clone());
        while let Some(part) = parts.next_field().await.map_err(unreadable)? {
            let name = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::to_owned) {
                None => {
                    let text = text(part, &mut text_bytes).await?;
                    fields.push((name, text));
                }
                Some(file_name) if !file_name.is_empty() && uploads => {
                    // The token stands before every file, so that nothing is kept for somebody else's form.
                    if !fields.contains(&token) {
                        return Err(Stop::Foreign);
                    }
                    files.push((name, self.stored(part, &file_name).await?));
                }
                Some(_) => {}
            }
            if FIELDS_MAX < fields.len() + files.len() {
                return Err(Stop::TooLarge);
            }
        }
        if !fields.contains(&token) {
            return Err(Stop::Foreign);
        }
        Ok(Brought {
            posted: Posted::new(fields),
            files,
        })
    }

    /// The error that no file was chosen.
    pub(super) fn no_file(&self, field: &str) -> UserError {
        UserError {
            code: RejectionCode("BAD_TEXT"),
            field: Some(field.to_owned()),
            message: self.words.say("upload.none"),
        }
    }

    /// Stores the content of a file.
    async fn stored(&self, part: Field<'_>, name: &str) -> Result<BroughtFile, Stop> {
        let said = part.content_type().map(ToString::to_string);
        let Some(media_type) = media_type_of(name, said.as_deref()) else {
            return Ok(Err(Refused::Rule(FileProblem::TypeNotAccepted.into())));
        };
        let file_name = match name.parse() {
            Ok(file_name) => file_name,
            Err(problem) => return Ok(Err(Refused::Name(problem))),
        };
        let head = Head::default();
        let content = checked(media_type, &head, part);
        let documents = self.app().store().documents();
        match documents.take(FILE_SIZE_BYTES_MAX, content).await {
            Ok((sha256, size_bytes)) => Ok(Ok(StoredFile {
                sha256,
                size_bytes,
                media_type,
                file_name,
            })),
            Err(_) if head.is_empty() => Ok(Err(Refused::Rule(FileProblem::Empty.into()))),
            Err(_) if !head.fits(media_type) => Ok(Err(Refused::Mismatch(media_type))),
            Err(StoreError::WrongContent { .. }) => {
                Ok(Err(Refused::Rule(FileProblem::TooLarge.into())))
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// Attaches a stored file to a dossier, under its document's or its own name if no title was given; answers with the document, or with why not.
    pub(super) async fn attach(
        &self,
        command_id: CommandId,
        device: DeviceId,
        file: &StoredFile,
        document: Option<DocumentId>,
        title: &str,
    ) -> Result<Result<DocumentId, Vec<UserError>>, Stop> {
        let prepared = self.attaching(device, file, document, title).await;
        let call = Call {
            command_id,
            expected_version: None,
        };
        let done = self.carry_out_as(call, prepared).await?;
        if !done.errors.is_empty() {
            return Ok(Err(done.errors));
        }
        if let Some(document) = document {
            return Ok(Ok(document));
        }
        let held = self.viewer.load::<Device>(device).await?;
        let held = held.ok_or(Stop::NotFound)?;
        let found = document_with(held.get()?, &file.sha256);
        Ok(Ok(found.ok_or(Stop::Fault)?))
    }

    async fn attaching(
        &self,
        device: DeviceId,
        file: &StoredFile,
        document: Option<DocumentId>,
        title: &str,
    ) -> Preparing {
        let named = ID(device.to_string());
        let target = self
            .viewer
            .target::<Device>(&named, Action::AttachDocument)
            .await?;
        let known = document.and_then(|document| target.get().ok()?.document(document));
        let title = match (title, known) {
            ("", Some(known)) => known.title().as_str(),
            ("", None) => title_of(file),
            (typed, _) => typed,
        };
        let hospitals = target.get()?.thing(&self.viewer).await?.parties.hospitals;
        Ok(Prepared {
            aggregate: device.into(),
            command: Command::Device(DeviceCommand::AttachDocument {
                document,
                title: checked_text("title", title)?,
                file: file.clone(),
                hospitals,
            }),
        })
    }
}

/// The document in use whose newest version has that content.
fn document_with(device: &Device, sha256: &Sha256Hex) -> Option<DocumentId> {
    let mut attached = device.documents_in_use();
    attached
        .find(|document| document.newest().file.sha256 == *sha256)
        .map(|document| document.id)
}

/// The id of the command that attaches the file of a field: sent twice with its form, it is carried out once.
pub(super) fn command_of(form: CommandId, field: &str) -> CommandId {
    let mut hash = Sha256::new();
    hash.update(form.uuid().as_bytes());
    hash.update(field.as_bytes());
    let digest = hash.finalize();
    let mut bytes = *form.uuid().as_bytes();
    for (to, from) in bytes.iter_mut().skip(6).zip(digest.iter()) {
        *to = *from;
    }
    CommandId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// The endings that a browser offers first.
pub(super) fn accepted() -> String {
    let endings = MediaType::ALL
        .iter()
        .map(|kind| format!(".{}", kind.extension()));
    endings.collect::<Vec<_>>().join(",")
}

/// What a document is called whose file was not given another name.
pub(super) fn title_of(file: &StoredFile) -> &str {
    let name = file.file_name.as_str();
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.trim().is_empty() => stem,
        Some(_) | None => name,
    }
}

/// The type that a file's name says, or else the browser: the content is compared with it.
fn media_type_of(name: &str, said: Option<&str>) -> Option<MediaType> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let ending = ending.unwrap_or_default().to_ascii_lowercase();
    let ending = match ending.as_str() {
        "jpeg" => "jpg",
        other => other,
    };
    let mut known = MediaType::ALL.iter().copied();
    known
        .find(|known| known.extension() == ending)
        .or_else(|| said?.parse().ok())
}

async fn text(mut part: Field<'_>, bytes: &mut usize) -> Result<String, Stop> {
    let mut text = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(unreadable)? {
        *bytes += piece.len();
        if FORM_BYTES_MAX < *bytes {
            return Err(Stop::TooLarge);
        }
        text.extend_from_slice(&piece);
    }
    String::from_utf8(text).map_err(|_| Stop::Foreign)
}

#[expect(
    clippy::needless_pass_by_value,
    clippy::wildcard_enum_match_arm,
    reason = "the library may add reasons, and hands them over"
)]
fn unreadable(problem: multer::Error) -> Stop {
    match problem {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => {
            Stop::TooLarge
        }
        _ => Stop::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_type_is_what_its_name_says_and_else_what_the_browser_says() {
        let of = |name: &str, said: &str| media_type_of(name, Some(said));
        assert_eq!(
            of("보고서.PDF", "application/octet-stream"),
            Some(MediaType::Pdf)
        );
        assert_eq!(
            of("a.csv", "application/vnd.ms-excel"),
            Some(MediaType::Csv)
        );
        assert_eq!(of("a.jpeg", ""), Some(MediaType::Jpeg));
        assert_eq!(of("a", "image/png"), Some(MediaType::Png));
        assert_eq!(of("a.exe", "application/x-msdownload"), None);
    }

    #[test]
    fn each_field_of_a_form_has_a_command_of_its_own() {
        let form = CommandId::from_uuid(uuid::Uuid::from_u128(7));
        assert_eq!(command_of(form, "a"), command_of(form, "a"));
        assert_ne!(command_of(form, "a"), command_of(form, "b"));
        assert_ne!(command_of(form, "a"), form);
    }
}
