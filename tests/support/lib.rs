//! What the suites share: peers that misbehave on purpose.

pub mod smtp;
