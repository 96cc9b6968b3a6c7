//! The doors: the GraphQL API, the pages that links in letters open, uploads, and the one authorization gate in front of them all.

pub mod auth;
pub mod authz;
pub mod graphql;
pub mod http;
pub mod pages;
