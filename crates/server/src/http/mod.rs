//! HTTP.

mod explorer;
mod headers;
mod problem;
