//! Files in and out: an announced upload, and a document's version.

use super::graphql::{authenticated, bearer, failed, viewer};
use super::problem::Problem;
use crate::app::AppState;
use crate::fault::Fault;
use crate::graphql::Held;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use futures_util::{Stream, StreamExt};
use naru_domain::device::{Device, DocumentVersion};
use naru_domain::{DeviceId, DocumentId, MediaType};
use naru_store::{StoreError, Stored};
use serde::Deserialize;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much of a file's beginning shows its type.
const HEAD_BYTES: usize = 8 * 1024;

/// Answers `PUT /uploads/{token}`: the content of an announced file.
pub(super) async fn receive(
    State(app): State<AppState>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<axum::response::Response, Problem> {
    let session = authenticated(&app, address, bearer(&headers)).await?;
    let announced = app
        .uploads()
        .find(&token, app.clock().now())
        .filter(|announced| announced.account == session.account)
        .ok_or_else(Problem::not_found)?;
    let head = Head::default();
    let content = checked(announced.media_type, &head, body.into_data_stream());
    let stored = app
        .store()
        .documents()
        .put(&announced.sha256, announced.size_bytes, content)
        .await;
    match stored {
        Ok(Stored::New | Stored::Known) => {
            app.uploads().arrived(&token);
            Ok(
                Json(json!({ "arrived": true, "sha256": announced.sha256.as_str() }))
                    .into_response(),
            )
        }
        Err(fault) => Err(not_received(announced.media_type, &head, fault)),
    }
}

/// The beginning of a file on its way in: it shows the type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head(Arc<Mutex<Vec<u8>>>);

impl Head {
    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nothing has come.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Whether what has come begins as this type does.
    pub(crate) fn fits(&self, media_type: MediaType) -> bool {
        fits(media_type, &self.lock())
    }
}

/// Content that breaks off as soon as it shows that it is of another type.
pub(crate) fn checked<E>(
    media_type: MediaType,
    head: &Head,
    content: impl Stream<Item = Result<Bytes, E>> + Send,
) -> impl Stream<Item = Result<Bytes, &'static str>> + Send {
    let seen = head.clone();
    let content = content.map(move |chunk| {
        let bytes = chunk.map_err(|_| "connection")?;
        let mut head = seen.lock();
        let missing = HEAD_BYTES.saturating_sub(head.len());
        head.extend(bytes.iter().take(missing));
        if HEAD_BYTES <= head.len() && !fits(media_type, &head) {
            return Err("type");
        }
        Ok(bytes)
    });
    // A short file is judged at its end, before it counts as arrived.
    let whole = head.clone();
    content.chain(futures_util::stream::once(async move {
        if whole.fits(media_type) {
            Ok(Bytes::new())
        } else {
            Err("type")
        }
    }))
}

fn not_received(announced: MediaType, head: &Head, fault: StoreError) -> Problem {
    if !head.fits(announced) {
        let message = format!(
            "the content is not what its announced type ({}) says; announce it with its true type",
            announced.as_str()
        );
        return Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "FILE_TYPE_MISMATCH",
            message,
        );
    }
    if matches!(fault, StoreError::WrongContent { .. }) {
        let message = "the content has another length or SHA-256 than announced; announce it again";
        return Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "FILE_NOT_AS_ANNOUNCED",
            message,
        );
    }
    failed(&fault.into())
}

/// Whether a file that begins so is of this type. Text has no mark of its own, so it must only not carry that of something else.
fn fits(announced: MediaType, head: &[u8]) -> bool {
    let found = infer::get(head).map(|kind| kind.mime_type());
    // The office formats are ZIP archives, and their own mark may come late.
    let archive = found.is_some_and(|found| {
        found == "application/zip" || found.contains("openxmlformats-officedocument")
    });
    match announced {
        MediaType::Pdf | MediaType::Png | MediaType::Jpeg => found == Some(announced.as_str()),
        MediaType::Docx | MediaType::Xlsx | MediaType::Pptx => {
            found == Some(announced.as_str()) || found == Some("application/zip")
        }
        MediaType::Zip => archive,
        MediaType::Mp4 => found.is_some_and(|found| found.starts_with("video/")),
        MediaType::Csv | MediaType::Text => {
            // Text in UTF-16 is full of zero bytes and says so at its beginning.
            let wide = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
            found.is_none() && (wide || !head.contains(&0))
        }
    }
}

/// The device whose dossier a document is in.
#[derive(Debug, Deserialize)]
pub(super) struct Of {
    #[serde(default)]
    device: String,
}

/// Answers `GET /documents/{document}/{version}`: one version of a document of a device that the asker may see.
pub(super) async fn send(
    State(app): State<AppState>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    Path((document, version)): Path<(String, String)>,
    Query(of): Query<Of>,
    headers: HeaderMap,
) -> Result<axum::response::Response, Problem> {
    let session = authenticated(&app, address, bearer(&headers)).await?;
    let viewer = viewer(&app, session, &headers);
    let (Ok(document), Ok(version)) = (document.parse::<DocumentId>(), version.parse::<u32>())
    else {
        return Err(Problem::not_found());
    };
    let device = of
        .device
        .parse::<DeviceId>()
        .map_err(|_| Problem::not_found())?;
    let held: Held<Device> = viewer
        .see::<Device>(device)
        .await
        .map_err(|_| Problem::fault())?
        .ok_or_else(Problem::not_found)?;
    let device = held.get().map_err(|_| Problem::fault())?;
    let found = device
        .document(document)
        .and_then(|document| document.version(version))
        .ok_or_else(Problem::not_found)?;
    stored_document(&app, found)
        .await
        .map_err(|fault| failed(&fault))
}

/// The content of a document's version, as a file to keep: nothing that was uploaded is shown inside a page of ours.
pub(crate) async fn stored_document(
    app: &AppState,
    found: &DocumentVersion,
) -> Result<axum::response::Response, Fault> {
    let content = app.store().documents().get(&found.file.sha256).await?;
    let content = content.ok_or(Fault::Unexpected("the content of a document is not there"))?;
    let mut response = Body::from_stream(content).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(found.file.media_type.as_str()),
    );
    headers.insert(
        header::CONTENT_LENGTH,
        HeaderValue::from(found.file.size_bytes),
    );
    let name = percent_encoded(found.file.file_name.as_str());
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// A name as RFC 8187 writes it in a header.
fn percent_encoded(name: &str) -> String {
    use std::fmt::Write;
    name.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_something_else_than_announced_is_noticed() {
        assert!(fits(MediaType::Pdf, b"%PDF-1.7 ..."));
        assert!(!fits(MediaType::Pdf, b"\x89PNG\r\n\x1a\n0000"));
        assert!(!fits(MediaType::Csv, b"%PDF-1.7 ..."));
        assert!(!fits(MediaType::Pdf, b"this is no PDF"));
        assert!(!fits(MediaType::Png, b""));
        assert!(!fits(MediaType::Text, b"MZ\x90\0\x03\0\0\0"));
        assert!(fits(MediaType::Csv, "이름,값\n".as_bytes()));
        assert!(fits(
            MediaType::Docx,
            b"PK\x03\x04................................"
        ));
    }

    #[test]
    fn a_korean_name_survives_in_a_header() {
        assert_eq!(percent_encoded("보고 1.pdf"), "%EB%B3%B4%EA%B3%A0%201.pdf");
    }
}
