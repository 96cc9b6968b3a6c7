//! The key that signs checkpoints.

use crate::StoreError;
use data_encoding::HEXLOWER;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

const FILE: &str = "keys/checkpoint.pk8.pem";
const END_OF_PEM: &str = "-----END PUBLIC KEY-----";

/// The installation's own key.
pub(crate) struct CheckpointKey {
    key: SigningKey,
}

impl std::fmt::Debug for CheckpointKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckpointKey")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

impl CheckpointKey {
    /// Reads the key of a data folder; a folder without one gets a fresh key that only its owner can read.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE);
        match Self::read(folder) {
            Err(StoreError::File { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                Self::create(&path)
            }
            read => read,
        }
    }

    /// Whether a data folder has a key.
    pub(crate) fn is_in(folder: &Path) -> bool {
        folder.join(FILE).exists()
    }

    /// Reads the key of a data folder.
    pub(crate) fn read(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE);
        let text = std::fs::read_to_string(&path).map_err(StoreError::file(&path))?;
        let key = SigningKey::from_pkcs8_pem(&text).map_err(|_| StoreError::Key { path })?;
        Ok(Self { key })
    }

    fn create(path: &Path) -> Result<Self, StoreError> {
        let key = SigningKey::from_bytes(&rand::random());
        let pem = key
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|_| StoreError::Key {
                path: path.to_owned(),
            })?;
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
        std::fs::create_dir_all(&folder).map_err(StoreError::file(&folder))?;
        // Written aside and renamed, so that a crash never leaves half a key.
        let aside = path.with_extension("new");
        let written = owner_only(&aside).and_then(|mut file| {
            file.write_all(pem.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&aside, path)?;
            File::open(&folder)?.sync_all()
        });
        written.map_err(StoreError::file(path))?;
        Ok(Self { key })
    }

    /// The public half, for whoever is to verify without trusting this machine.
    pub(crate) fn public_pem(&self) -> Result<String, StoreError> {
        self.key
            .verifying_key()
            .to_public_key_pem(LineEnding::LF)
            .map_err(|_| StoreError::Key {
                path: PathBuf::from(FILE),
            })
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey {
            key: self.key.verifying_key(),
        }
    }

    pub(crate) fn id(&self) -> String {
        self.public().id()
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

#[cfg(unix)]
fn owner_only(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(path)
}

#[cfg(not(unix))]
fn owner_only(path: &Path) -> std::io::Result<File> {
    File::options()
        .create(true)
        .truncate(true)
        .write(true)
        .open(path)
}

/// A key that checkpoints are checked with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PublicKey {
    key: VerifyingKey,
}

impl PublicKey {
    /// Every key in a text of one or more PEM blocks.
    pub(crate) fn all_of(pem: &str) -> Result<Vec<Self>, StoreError> {
        pem.split_inclusive(END_OF_PEM)
            .map(str::trim)
            .filter(|block| !block.is_empty())
            .map(|block| {
                VerifyingKey::from_public_key_pem(block)
                    .map(|key| Self { key })
                    .map_err(|_| StoreError::Key {
                        path: PathBuf::from("the public key given"),
                    })
            })
            .collect()
    }

    /// The short name of the key: the first 16 hexadecimal digits of its SHA-256.
    pub(crate) fn id(&self) -> String {
        let hash: [u8; 32] = Sha256::digest(self.key.as_bytes()).into();
        HEXLOWER.encode(&hash).chars().take(16).collect()
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}
