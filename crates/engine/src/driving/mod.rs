//! What every driver of the engine is made of: the task that writes, the one that performs an effect, the one that signs checkpoints.

mod intake;
mod keeper;
mod performer;
mod wake;
mod writer;

pub use intake::{Intake, intake};
pub use keeper::{Keeper, checkpoint};
pub use performer::{EFFECT_SECONDS, Performer, Verdict};
pub use wake::wake;
pub use writer::{Waiting, Writer};
