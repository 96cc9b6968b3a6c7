//! Proving the record: the chains, the end of the log, and the signed checkpoints.

use crate::database::rows::{CheckpointRow, RawEvent, RawHead};
use crate::database::{Connection, audit as sql, connect_to_read, log};
use crate::hash::{Hash, ORIGIN, StoredFields, event_hash, log_hash};
use crate::keys::{CheckpointKey, PublicKey};
use crate::{Store, StoreError, StoreOptions};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;

/// A signed statement of what the log was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The position of the last event it covers.
    pub position: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// The short name of the key.
    pub key_id: String,
}

/// The record is whole; so much of it was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Whole {
    /// Events whose hashes were computed again.
    pub events: u64,
    /// Aggregates whose chains end where they should.
    pub aggregates: u64,
    /// Checkpoints whose log hash and signature were checked.
    pub checkpoints: u64,
    /// Checkpoints signed with a key that is not at hand; only their log hash was checked.
    pub unknown_signatures: u64,
}

/// What is wrong with the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fracture {
    /// The position is not in the log, though later ones or its end say that it was.
    #[error("an event is missing")]
    Missing,
    /// There are events after the end that the log head names.
    #[error("an event follows the end of the log")]
    Added,
    /// It does not follow the event before it in its aggregate.
    #[error("an event stands in the wrong place")]
    Misplaced,
    /// A stored field is not what was hashed.
    #[error("an event was changed")]
    Changed,
    /// The log hash is not what the events before it give.
    #[error("the log hash was changed")]
    LogHash,
    /// The table of aggregates names another last event.
    #[error("the end of an aggregate's history was changed")]
    Head,
    /// A checkpoint states another log hash than the log has.
    #[error("the log is not the one that was signed")]
    NotTheSignedLog,
    /// A checkpoint's signature does not fit its statement.
    #[error("a checkpoint's signature is wrong")]
    Signature,
    /// A checkpoint was signed with a key that was not given.
    #[error("a checkpoint is signed with an unknown key")]
    UnknownKey,
}

/// The record is not whole; the first thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at position {position}{}", aggregate.as_ref().map_or_else(String::new, |id| format!(" ({id})")))]
pub struct Broken {
    /// The position of the first bad event, or of the checkpoint.
    pub position: u64,
    /// The aggregate of that event, as far as it can be read.
    pub aggregate: Option<String>,
    /// What is wrong.
    pub what: Fracture,
}

impl Store {
    /// Signs what the log is now; nothing if there is nothing new since the last checkpoint.
    pub async fn sign_checkpoint(&self, now: Timestamp) -> Result<Option<Checkpoint>, StoreError> {
        let key = self.checkpoint_key();
        let mut writer = self.writer().await?;
        let conn = writer.begin().await?;
        let result = sign(conn, key, now).await;
        let result = writer.finish(result).await;
        self.note_write(&result);
        result
    }

    /// Proves the record. With keys (PEM, one or more), every checkpoint must be signed by one of them; without, the folder's own key is used
    /// and checkpoints signed with others are counted.
    pub async fn verify(
        &self,
        public_keys_pem: Option<&str>,
    ) -> Result<Result<Whole, Broken>, StoreError> {
        Self::verify_elsewhere(self.options(), public_keys_pem).await
    }

    /// Proves a record that may be in use by another process; see [`Store::verify`].
    pub async fn verify_elsewhere(
        options: &StoreOptions,
        public_keys_pem: Option<&str>,
    ) -> Result<Result<Whole, Broken>, StoreError> {
        let trusted = match public_keys_pem {
            Some(pem) => Trusted {
                keys: PublicKey::all_of(pem)?,
                all_must_be_known: Strictness::All,
            },
            None => Trusted::by_own_key(&options.folder)?,
        };
        let mut conn = connect_to_read(options).await?;
        verify(&mut conn, &trusted).await
    }

    /// The public half of the folder's key, in PEM: give it to whoever is to verify without trusting this machine.
    pub fn public_key(folder: &Path) -> Result<String, StoreError> {
        CheckpointKey::read(folder)?.public_pem()
    }
}

/// The folder's key; a copy made by a backup has none.
fn own_key(folder: &Path) -> Result<Option<PublicKey>, StoreError> {
    match CheckpointKey::read(folder) {
        Ok(key) => Ok(Some(key.public())),
        Err(StoreError::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            Ok(None)
        }
        Err(fault) => Err(fault),
    }
}

async fn sign(
    conn: &mut Connection,
    key: &CheckpointKey,
    now: Timestamp,
) -> Result<Option<Checkpoint>, StoreError> {
    let head = log::head(&mut *conn).await?;
    if head.position <= sql::last_checkpoint(&mut *conn).await? {
        return Ok(None);
    }
    let mut row = CheckpointRow {
        position: head.position,
        log_hash: head.log_hash.to_vec(),
        at_us: now.as_microsecond(),
        signature: Vec::new(),
        key_id: key.id(),
    };
    row.signature = key.sign(&statement(&row)).to_vec();
    sql::insert_checkpoint(conn, &row).await?;
    Ok(Some(Checkpoint {
        position: head.position,
        at: now,
        key_id: row.key_id,
    }))
}

/// The bytes that a checkpoint's signature covers.
fn statement(row: &CheckpointRow) -> Vec<u8> {
    let mut bytes = b"naru checkpoint 1\n".to_vec();
    bytes.extend_from_slice(&row.position.to_be_bytes());
    bytes.extend_from_slice(&row.at_us.to_be_bytes());
    bytes.extend_from_slice(&row.log_hash);
    bytes
}

/// What to make of a checkpoint whose key is not at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strictness {
    All,
    CountUnknown,
}

/// The keys that a checkpoint may be signed with.
#[derive(Debug)]
pub(crate) struct Trusted {
    keys: Vec<PublicKey>,
    all_must_be_known: Strictness,
}

impl Trusted {
    /// The folder's own key, if it has one; checkpoints signed with others are counted.
    pub(crate) fn by_own_key(folder: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            keys: own_key(folder)?.into_iter().collect(),
            all_must_be_known: Strictness::CountUnknown,
        })
    }
}

/// Where an aggregate's chain is while the log is read.
#[derive(Clone, Copy, Debug)]
struct Link {
    version: u64,
    position: u64,
    hash: Hash,
}

const PAGE: u32 = 1_000;

/// Proves the record; the caller must end the transaction.
pub(crate) async fn verify(
    conn: &mut Connection,
    trusted: &Trusted,
) -> Result<Result<Whole, Broken>, StoreError> {
    // One read transaction: a server that writes meanwhile changes nothing of what is seen here.
    conn.begin_to_read().await?;
    let head = sql::raw_head(&mut *conn).await?;
    let mut walk = Walk::new();
    let checkpoints = sql::checkpoints(&mut *conn).await?;
    let mut pending = checkpoints.iter().peekable();
    loop {
        let page = sql::raw_events_after(&mut *conn, walk.position, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for event in &page {
            if let Err(broken) = walk.step(event) {
                return Ok(Err(broken));
            }
            while let Some(row) = pending.next_if(|row| row.position <= walk.position) {
                if let Err(broken) = walk.check(row, trusted) {
                    return Ok(Err(broken));
                }
            }
        }
    }
    if let Some(row) = pending.next() {
        return Ok(Err(broken(
            walk.position + 1,
            None,
            missing_or_forged(row, trusted),
        )));
    }
    if let Err(broken) = walk.check_head(head.0, &head.1) {
        return Ok(Err(broken));
    }
    let heads = sql::aggregate_heads(&mut *conn).await?;
    Ok(walk.check_aggregates(&heads).map(|()| walk.whole))
}

fn broken(position: u64, aggregate: Option<&[u8]>, what: Fracture) -> Broken {
    Broken {
        position,
        aggregate: aggregate.map(|id| String::from_utf8_lossy(id).into_owned()),
        what,
    }
}

/// A checkpoint past the end of the log: if its signature holds, events are missing; otherwise it is the checkpoint that is wrong.
fn missing_or_forged(row: &CheckpointRow, trusted: &Trusted) -> Fracture {
    match signature_of(row, trusted) {
        Err(fracture) => fracture,
        Ok(_) => Fracture::Missing,
    }
}

/// Whether the signature was checked and holds.
fn signature_of(row: &CheckpointRow, trusted: &Trusted) -> Result<bool, Fracture> {
    match (
        trusted.keys.iter().find(|key| key.id() == row.key_id),
        trusted.all_must_be_known,
    ) {
        (Some(key), _) if key.verifies(&statement(row), &row.signature) => Ok(true),
        (Some(_), _) => Err(Fracture::Signature),
        (None, Strictness::All) => Err(Fracture::UnknownKey),
        (None, Strictness::CountUnknown) => Ok(false),
    }
}

#[derive(Clone, Debug)]
struct Walk {
    links: BTreeMap<Vec<u8>, Link>,
    log_hash: Hash,
    position: u64,
    whole: Whole,
}

impl Walk {
    fn new() -> Self {
        Self {
            links: BTreeMap::new(),
            log_hash: ORIGIN,
            position: 0,
            whole: Whole::default(),
        }
    }

    fn step(&mut self, event: &RawEvent) -> Result<(), Broken> {
        let here = |what| broken(event.position, Some(&event.aggregate_id), what);
        let expected = self.position + 1;
        if event.position != expected {
            return Err(broken(expected, None, Fracture::Missing));
        }
        let link = self.links.get(&event.aggregate_id).copied();
        let link = link.unwrap_or(Link {
            version: 0,
            position: 0,
            hash: ORIGIN,
        });
        let fields = StoredFields {
            aggregate_id: &event.aggregate_id,
            version: event.version,
            at_us: event.at_us,
            actor: &event.actor,
            command_id: &event.command_id,
            payload: &event.payload,
        };
        let hash = event_hash(&link.hash, &fields);
        if event.version != link.version + 1 || event.previous_position != link.position {
            return Err(here(Fracture::Misplaced));
        }
        if hash.as_slice() != event.hash {
            return Err(here(Fracture::Changed));
        }
        let log_hash = log_hash(
            &self.log_hash,
            event.position,
            event.previous_position,
            &hash,
        );
        if log_hash.as_slice() != event.log_hash {
            return Err(here(Fracture::LogHash));
        }
        self.log_hash = log_hash;
        self.position = event.position;
        let link = Link {
            version: event.version,
            position: event.position,
            hash,
        };
        self.links.insert(event.aggregate_id.clone(), link);
        self.whole.events += 1;
        Ok(())
    }

    fn check(&mut self, row: &CheckpointRow, trusted: &Trusted) -> Result<(), Broken> {
        let here = |what| broken(row.position, None, what);
        // The signature first: a checkpoint that was tampered with says nothing about the log.
        let checked = signature_of(row, trusted).map_err(here)?;
        if row.position != self.position || row.log_hash != self.log_hash {
            return Err(here(Fracture::NotTheSignedLog));
        }
        if checked {
            self.whole.checkpoints += 1;
        } else {
            self.whole.unknown_signatures += 1;
        }
        Ok(())
    }

    fn check_head(&self, position: i64, log_hash: &[u8]) -> Result<(), Broken> {
        match u64::try_from(position) {
            Ok(position) if self.position < position => {
                Err(broken(self.position + 1, None, Fracture::Missing))
            }
            Ok(position) if position < self.position => {
                Err(broken(position + 1, None, Fracture::Added))
            }
            Ok(_) if log_hash == self.log_hash => Ok(()),
            Ok(_) | Err(_) => Err(broken(self.position, None, Fracture::LogHash)),
        }
    }

    fn check_aggregates(&mut self, heads: &[RawHead]) -> Result<(), Broken> {
        for head in heads {
            match self.links.remove(&head.aggregate_id) {
                Some(link) if link.version == head.version && link.position == head.position => {
                    self.whole.aggregates += 1;
                }
                Some(link) => {
                    return Err(broken(
                        link.position,
                        Some(&head.aggregate_id),
                        Fracture::Head,
                    ));
                }
                None => {
                    return Err(broken(
                        head.position,
                        Some(&head.aggregate_id),
                        Fracture::Head,
                    ));
                }
            }
        }
        match self.links.first_key_value() {
            Some((id, link)) => Err(broken(link.position, Some(id), Fracture::Head)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Committer, Reference, StoreOptions, Submission};
    use naru_domain::organization::OrganizationCommand;
    use naru_domain::{
        Actor, BothNames, Command, CommandId, OrganizationId, OrganizationKind, TypedId,
    };
    use std::sync::Arc;
    use uuid::Uuid;

    fn submission(n: u128) -> Submission {
        let text = format!("이름 {n}");
        let name = BothNames {
            ko: text.parse().unwrap(),
            en: text.parse().unwrap(),
        };
        let command = match n {
            1..=5 => OrganizationCommand::Register {
                kind: OrganizationKind::Startup,
                name,
                business_number: None,
            },
            _ => OrganizationCommand::Rename { name },
        };
        Submission {
            command_id: CommandId::from_uuid(Uuid::from_u128(n)),
            aggregate: OrganizationId::from_uuid(Uuid::from_u128(n % 5 + 1)).into(),
            expected_version: None,
            actor: Actor::machine(),
            command: Command::Organization(command),
        }
    }

    async fn fifty_events() -> Vec<RawEvent> {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(StoreOptions::new(folder.path())).await.unwrap();
        let mut committer = Committer::new(store.clone(), Arc::new(Reference::default()));
        let now = "2026-11-23T09:00:00Z".parse().unwrap();
        let outcomes = committer
            .commit(now, (1..=50).map(submission).collect::<Vec<_>>())
            .await;
        assert!(outcomes.iter().all(Result::is_ok));
        sql::raw_events_after(store.readers(), 0, 100)
            .await
            .unwrap()
    }

    /// The event with one bit flipped, for every bit of every stored field.
    fn flipped(event: &RawEvent) -> impl Iterator<Item = RawEvent> {
        let texts: [fn(&mut RawEvent) -> &mut Vec<u8>; 6] = [
            |e| &mut e.aggregate_id,
            |e| &mut e.actor,
            |e| &mut e.command_id,
            |e| &mut e.payload,
            |e| &mut e.hash,
            |e| &mut e.log_hash,
        ];
        let numbers: [fn(&mut RawEvent, u64); 4] = [
            |e, bit| e.position ^= bit,
            |e, bit| e.version ^= bit,
            |e, bit| e.previous_position ^= bit,
            |e, bit| {
                e.at_us = i64::from_ne_bytes(
                    (u64::from_ne_bytes(e.at_us.to_ne_bytes()) ^ bit).to_ne_bytes(),
                );
            },
        ];
        let of_texts = texts.into_iter().flat_map(move |field| {
            let bits = field(&mut event.clone()).len() * 8;
            (0..bits).map(move |bit| {
                let mut other = event.clone();
                field(&mut other)[bit / 8] ^= 1 << (bit % 8);
                other
            })
        });
        let of_numbers = numbers.into_iter().flat_map(move |flip| {
            (0..63).map(move |bit| {
                let mut other = event.clone();
                flip(&mut other, 1 << bit);
                other
            })
        });
        of_texts.chain(of_numbers)
    }

    #[tokio::test]
    async fn every_flipped_bit_of_fifty_events_is_found_and_the_event_named() {
        let mut walk = Walk::new();
        let mut flips = 0_u32;
        for event in fifty_events().await {
            for other in flipped(&event) {
                let broken = walk.clone().step(&other).unwrap_err();
                assert_eq!(broken.position, event.position, "{broken}");
                flips += 1;
            }
            walk.step(&event).unwrap();
        }
        assert!(100_000 < flips, "{flips}");
    }

    #[test]
    fn a_folder_has_its_key_or_none_and_one_that_cannot_be_read_is_no_reason_to_go_on() {
        let folder = tempfile::tempdir().unwrap();
        assert!(own_key(folder.path()).unwrap().is_none());
        let key = CheckpointKey::open(folder.path()).unwrap();
        let found = own_key(folder.path()).unwrap().unwrap();
        assert_eq!(found.id(), key.id());
        let path = folder.path().join("keys/checkpoint.pk8.pem");
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(own_key(folder.path()).is_err());
    }
}
