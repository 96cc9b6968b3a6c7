//! Parsed documents, kept by their text: a program sends the same few documents again and again.

use super::limits::{self, LimitProblem, Shape};
use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use quick_cache::sync::Cache;
use std::sync::Arc;

/// A parsed document that is inside every limit.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// What the library runs.
    pub(crate) parsed: ExecutableDocument,
    /// What it asks for in general.
    pub(crate) shape: Shape,
}

/// The documents seen last.
#[derive(Debug)]
pub(crate) struct Documents {
    cache: Cache<String, Arc<Document>>,
}

impl Documents {
    /// An empty cache for so many documents.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            cache: Cache::new(capacity),
        }
    }

    /// The document that `text` is, parsed at most once while it stays in use.
    pub(crate) fn parse(&self, text: &str) -> Result<Arc<Document>, ServerError> {
        if let Some(document) = self.cache.get(text) {
            return Ok(document);
        }
        limits::check_tokens(text).map_err(LimitProblem::to_error)?;
        let parsed = parse_query(text).map_err(ServerError::from)?;
        let shape = limits::check_document(&parsed).map_err(LimitProblem::to_error)?;
        let document = Arc::new(Document { parsed, shape });
        // A document that writes its texts out will not come again; everything else in it is worth keeping.
        if !text.contains('"') {
            self.cache.insert(text.to_owned(), Arc::clone(&document));
        }
        Ok(document)
    }
}
