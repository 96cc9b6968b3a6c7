//! The GraphQL API.

pub mod documents;
pub mod limits;
