//! The two hash chains: one through each aggregate's events, one through the whole log.

use sha2::{Digest, Sha256};

/// A SHA-256.
pub(crate) type Hash = [u8; 32];

/// What both chains start from.
pub(crate) const ORIGIN: Hash = [0; 32];

/// The stored fields of an event, exactly as they are stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StoredFields<'a> {
    pub(crate) aggregate_id: &'a [u8],
    pub(crate) version: u64,
    pub(crate) at_us: i64,
    pub(crate) actor: &'a [u8],
    pub(crate) command_id: &'a [u8],
    pub(crate) payload: &'a [u8],
}

/// The hash of an event: over the hash before it in its aggregate and its own fields, each text with its length before it.
pub(crate) fn event_hash(previous: &Hash, fields: &StoredFields<'_>) -> Hash {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(fields.version.to_be_bytes());
    hash.update(fields.at_us.to_be_bytes());
    for text in [
        fields.aggregate_id,
        fields.actor,
        fields.command_id,
        fields.payload,
    ] {
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

/// The hash of the log after an event: over the log hash before it, where it stands, what it follows in its aggregate, and its own hash.
pub(crate) fn log_hash(
    previous: &Hash,
    position: u64,
    previous_position: u64,
    event: &Hash,
) -> Hash {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(position.to_be_bytes());
    hash.update(previous_position.to_be_bytes());
    hash.update(event);
    hash.finalize().into()
}
