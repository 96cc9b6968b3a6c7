//! Documents: files named by the hash of their content, written once and never changed.

use crate::StoreError;
use bytes::Bytes;
use data_encoding::HEXLOWER;
use futures_util::stream::{BoxStream, Stream, StreamExt};
use naru_domain::Sha256Hex;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{MultipartUpload, ObjectStoreExt};
use sha2::{Digest, Sha256};
use std::path::Path;

/// Where uploads lie until their content is known to be what was announced.
pub(crate) const INCOMING: &str = "incoming";

/// The files of one installation.
#[derive(Debug)]
pub struct DocumentStore {
    objects: LocalFileSystem,
}

/// What became of an upload whose content is as announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is new.
    New,
    /// The same content was there already.
    Known,
}

impl DocumentStore {
    /// Opens the folder, making it if it is not there; what is left of broken uploads is deleted.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(StoreError::file(folder))?;
        let incoming = folder.join(INCOMING);
        match std::fs::remove_dir_all(&incoming) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::file(incoming)(error));
            }
            Ok(()) | Err(_) => {}
        }
        Ok(Self {
            objects: LocalFileSystem::new_with_prefix(folder)?.with_fsync(true),
        })
    }

    /// Stores a stream of bytes if it has the announced length and hash; otherwise nothing is kept.
    pub async fn put<E: std::fmt::Display>(
        &self,
        sha256: &Sha256Hex,
        size_bytes: u64,
        content: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Stored, StoreError> {
        let staged = staged();
        let mut upload = self.objects.put_multipart(&staged).await?;
        match receive(upload.as_mut(), sha256, size_bytes, content).await {
            Ok(()) => {
                upload.complete().await?;
            }
            Err(error) => {
                upload.abort().await?;
                return Err(error);
            }
        }
        self.settle(&staged, sha256).await
    }

    /// Stores a stream of bytes that nobody announced, and says what its hash and length turned out to be; nothing is kept of one that is empty,
    /// longer than the limit, or broken off.
    pub async fn take<E: std::fmt::Display>(
        &self,
        size_bytes_max: u64,
        content: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<(Sha256Hex, u64), StoreError> {
        let staged = staged();
        let mut upload = self.objects.put_multipart(&staged).await?;
        let found = match pass_on(upload.as_mut(), size_bytes_max, content).await {
            Ok((sha256, size_bytes)) if 0 < size_bytes => {
                upload.complete().await?;
                (sha256, size_bytes)
            }
            refused => {
                upload.abort().await?;
                let found = match refused {
                    Ok(_) => "no bytes".to_owned(),
                    Err(PassingOn::Wrong(found)) => found,
                    Err(PassingOn::Store(fault)) => return Err(fault),
                };
                return Err(StoreError::WrongContent {
                    announced: format!("at most {size_bytes_max} bytes"),
                    found,
                });
            }
        };
        self.settle(&staged, &found.0).await?;
        Ok(found)
    }

    /// Moves a staged file to the place of its content.
    async fn settle(&self, staged: &ObjectPath, sha256: &Sha256Hex) -> Result<Stored, StoreError> {
        match self
            .objects
            .rename_if_not_exists(staged, &place(sha256))
            .await
        {
            Ok(()) => Ok(Stored::New),
            Err(object_store::Error::AlreadyExists { .. }) => {
                self.objects.delete(staged).await?;
                Ok(Stored::Known)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The content of a document in pieces, or nothing if it is not there.
    pub async fn get(
        &self,
        sha256: &Sha256Hex,
    ) -> Result<Option<BoxStream<'static, Result<Bytes, StoreError>>>, StoreError> {
        match self.objects.get(&place(sha256)).await {
            Ok(found) => Ok(Some(
                found
                    .into_stream()
                    .map(|piece| piece.map_err(StoreError::from))
                    .boxed(),
            )),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The length of a document, or nothing if it is not there.
    pub async fn size(&self, sha256: &Sha256Hex) -> Result<Option<u64>, StoreError> {
        match self.objects.head(&place(sha256)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// `ab/cdef…`: no folder gets too many files.
fn place(sha256: &Sha256Hex) -> ObjectPath {
    let (folder, file) = sha256
        .as_str()
        .split_at_checked(2)
        .unwrap_or(("", sha256.as_str()));
    ObjectPath::from_iter([folder, file])
}

/// A name in the staging folder that nobody else has.
fn staged() -> ObjectPath {
    let name = format!("{:032x}", rand::random::<u128>());
    ObjectPath::from_iter([INCOMING.to_owned(), name])
}

/// Why content was not passed on to its end.
enum PassingOn {
    /// It is not as it should be.
    Wrong(String),
    Store(StoreError),
}

/// Passes the content on while counting and hashing it.
async fn pass_on<E: std::fmt::Display>(
    upload: &mut dyn MultipartUpload,
    size_bytes_max: u64,
    content: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<(Sha256Hex, u64), PassingOn> {
    let mut content = std::pin::pin!(content);
    let mut hash = Sha256::new();
    let mut received: u64 = 0;
    while let Some(piece) = content.next().await {
        let piece =
            piece.map_err(|error| PassingOn::Wrong(format!("a broken transfer: {error}")))?;
        received = received.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if size_bytes_max < received {
            return Err(PassingOn::Wrong("more bytes".to_owned()));
        }
        hash.update(&piece);
        if !piece.is_empty() {
            let put = upload.put_part(piece.into()).await;
            put.map_err(|fault| PassingOn::Store(fault.into()))?;
        }
    }
    let sha256 = HEXLOWER.encode(&hash.finalize()).parse();
    let sha256 = sha256.map_err(|_| PassingOn::Wrong("no hash".to_owned()))?;
    Ok((sha256, received))
}

/// Passes the content on if it turns out to be what was announced.
async fn receive<E: std::fmt::Display>(
    upload: &mut dyn MultipartUpload,
    sha256: &Sha256Hex,
    size_bytes: u64,
    content: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<(), StoreError> {
    let wrong = |found: String| StoreError::WrongContent {
        announced: format!("{size_bytes} bytes with SHA-256 {sha256}"),
        found,
    };
    match pass_on(upload, size_bytes, content).await {
        Ok((found, received)) if received == size_bytes && found == *sha256 => Ok(()),
        Ok((found, received)) => Err(wrong(format!("{received} bytes with SHA-256 {found}"))),
        Err(PassingOn::Wrong(found)) => Err(wrong(found)),
        Err(PassingOn::Store(fault)) => Err(fault),
    }
}
