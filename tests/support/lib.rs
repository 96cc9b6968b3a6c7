//! What the suites share: peers that misbehave on purpose.

pub mod cluster;
pub mod collector;
pub mod dev_server;
pub mod line;
pub mod smtp;
pub mod story;
pub mod tls;
pub mod world;
