//! Everything a decision may know besides the state.

use crate::calendar::Calendars;
use crate::feedback::Questionnaires;
use crate::pathway::Catalog;
use crate::{Actor, AggregateId, CommandId, TypedId};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Time, actor, calendars, pathways, questionnaires and a source of fresh ids. Nothing else comes in.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// When the command is decided.
    pub now: Timestamp,
    /// Who acts.
    pub actor: &'a Actor,
    /// The aggregate the command is for; the first event of every aggregate keeps its id.
    pub aggregate: AggregateId,
    /// The command's own id.
    pub command_id: CommandId,
    /// Working calendars by id.
    pub calendars: &'a Calendars,
    /// Pathways by content hash.
    pub pathways: &'a Catalog,
    /// Questionnaires of feedback rounds by id.
    pub questionnaires: &'a Questionnaires,
}

impl Context<'_> {
    /// A fresh id: the `n`-th of this command. It is derived from the command id and the time, ordered by time like a UUID v7, so the
    /// same command decided twice makes the same ids and both engines agree.
    pub fn fresh<T: TypedId>(&self, n: u32) -> T {
        let mut hash = Sha256::new();
        hash.update(self.command_id.uuid().as_bytes());
        hash.update(T::PREFIX.as_bytes());
        hash.update(n.to_be_bytes());
        let digest = hash.finalize();
        let mut random = [0_u8; 10];
        for (to, from) in random.iter_mut().zip(digest.iter()) {
            *to = *from;
        }
        let millis = u64::try_from(self.now.as_millisecond()).unwrap_or(0);
        T::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }
}

/// The id of the message that an effect delivers: derived, so that delivering twice is seen as one command.
pub(crate) fn derived_uuid(parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
