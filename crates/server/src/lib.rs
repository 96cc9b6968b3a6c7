//! The doors: the GraphQL API, the web console, the pages that links in letters open, uploads, and the one authorization gate in front of them all.

mod app;
pub mod auth;
pub mod authz;
mod console;
mod fault;
pub mod graphql;
pub mod http;
pub mod pages;
mod uploads;
mod words;

pub use app::{AppOptions, AppState};
pub use auth::{Rates, TokenSecret};
pub use graphql::schema_sdl;
pub use http::{REQUEST_SECONDS, router};
