//! The command “it is now later than it was”.

use naru_domain::{Actor, CommandId, State, TypedId};
use naru_store::{Submission, WakeUp};
use sha2::{Digest, Sha256};

/// The command that a wake-up is.
pub fn wake(wakeup: WakeUp) -> Submission {
    Submission {
        command_id: wake_id(wakeup),
        aggregate: wakeup.aggregate,
        expected_version: None,
        actor: Actor::clock(),
        command: State::wake_command(wakeup.aggregate.kind()),
    }
}

/// The id of the wake-up command: derived, so that every engine makes the same events of it.
fn wake_id(wakeup: WakeUp) -> CommandId {
    let mut hash = Sha256::new();
    hash.update(b"wake");
    hash.update(wakeup.aggregate.to_string());
    hash.update(wakeup.version.to_be_bytes());
    hash.update(wakeup.at.as_microsecond().to_be_bytes());
    let mut random = [0_u8; 10];
    for (to, from) in random.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    let millis = u64::try_from(wakeup.at.as_millisecond()).unwrap_or(0);
    CommandId::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}
