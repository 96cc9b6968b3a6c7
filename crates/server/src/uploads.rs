//! Uploads on their way: a file is announced through the API, then sent to the address that the API gave, then attached.
//!
//! What was announced is kept in memory only. After a restart an upload is asked for again; what was stored already is found by its hash.

use data_encoding::BASE32_NOPAD;
use jiff::{SignedDuration, Timestamp};
use naru_domain::{AccountId, DeviceId, MediaType, Sha256Hex, ShortText, StoredFile};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long an announced upload may be sent and attached.
pub(crate) const UPLOAD_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// How many uploads one account may have on their way.
pub(crate) const UPLOADS_OF_ACCOUNT_MAX: usize = 100;

/// A file as it was announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Announced {
    /// By whom.
    pub(crate) account: AccountId,
    /// The device whose dossier it is for.
    pub(crate) device: DeviceId,
    /// The hash of its content.
    pub(crate) sha256: Sha256Hex,
    /// Its length.
    pub(crate) size_bytes: u64,
    /// Its type.
    pub(crate) media_type: MediaType,
    /// The name it has on the sender's machine.
    pub(crate) file_name: ShortText,
    /// Until when it may be sent and attached.
    pub(crate) expires_at: Timestamp,
    /// Whether it has arrived.
    pub(crate) arrived: bool,
}

impl Announced {
    /// The file as a device keeps it.
    pub(crate) fn file(&self) -> StoredFile {
        StoredFile {
            sha256: self.sha256.clone(),
            size_bytes: self.size_bytes,
            media_type: self.media_type,
            file_name: self.file_name.clone(),
        }
    }
}

/// The uploads on their way, by the secret in their address.
#[derive(Default)]
pub(crate) struct Uploads {
    announced: Mutex<HashMap<String, Announced>>,
}

impl fmt::Debug for Uploads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uploads").finish_non_exhaustive()
    }
}

impl Uploads {
    /// No upload.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Announced>> {
        self.announced
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an announcement in and gives the secret of its address; nothing if the account has too many on their way.
    pub(crate) fn announce(&self, announced: Announced) -> Option<String> {
        let mut all = self.lock();
        let on_their_way = all
            .values()
            .filter(|known| known.account == announced.account)
            .count();
        if on_their_way >= UPLOADS_OF_ACCOUNT_MAX {
            return None;
        }
        let secret: [u8; 20] = rand::random();
        let token = BASE32_NOPAD.encode(&secret).to_ascii_lowercase();
        all.insert(token.clone(), announced);
        Some(token)
    }

    /// The announcement with this secret.
    pub(crate) fn find(&self, token: &str, now: Timestamp) -> Option<Announced> {
        self.lock()
            .get(token)
            .filter(|known| now < known.expires_at)
            .cloned()
    }

    /// The file has arrived.
    pub(crate) fn arrived(&self, token: &str) {
        if let Some(known) = self.lock().get_mut(token) {
            known.arrived = true;
        }
    }

    /// Forgets announcements whose time is over.
    pub(crate) fn forget_expired(&self, now: Timestamp) {
        self.lock().retain(|_, known| now < known.expires_at);
    }
}
