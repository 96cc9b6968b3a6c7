//! Connections: a page of a list, and where the next one starts.

use super::limits::{PAGE_DEFAULT, PAGE_MAX};
use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::{Error, ErrorExtensions, OutputType, Result};
use data_encoding::BASE64URL_NOPAD;

/// What a page was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageRequest {
    /// How many nodes.
    pub(crate) first: usize,
    /// After which.
    pub(crate) after: Option<String>,
}

impl PageRequest {
    /// Checks what was asked for.
    pub(crate) fn new(first: Option<i32>, after: Option<&str>) -> Result<Self> {
        let first = first.unwrap_or(PAGE_DEFAULT);
        if !(0..=PAGE_MAX).contains(&first) {
            return Err(bad_input("PAGE_TOO_LARGE", "`first` is from 0 to 100"));
        }
        let after = after
            .map(|cursor| {
                BASE64URL_NOPAD
                    .decode(cursor.as_bytes())
                    .ok()
                    .and_then(|bytes| String::from_utf8(bytes).ok())
                    .ok_or_else(|| bad_input("BAD_CURSOR", "`after` is not a cursor of this list"))
            })
            .transpose()?;
        Ok(Self {
            first: usize::try_from(first).unwrap_or(0),
            after,
        })
    }

    /// How many rows to ask the store for: one more than the page has, to know whether there is another.
    pub(crate) fn limit(&self) -> u32 {
        u32::try_from(self.first.saturating_add(1)).unwrap_or(u32::MAX)
    }

    /// The page of a list that is in memory as a whole, keyed by position.
    pub(crate) fn cut<T: OutputType>(&self, items: impl IntoIterator<Item = T>) -> Result<Page<T>> {
        let start = match &self.after {
            None => 0,
            Some(text) => text
                .parse::<usize>()
                .map_err(|_| bad_input("BAD_CURSOR", "`after` is not a cursor of this list"))?
                .saturating_add(1),
        };
        let rows: Vec<(String, T)> = items
            .into_iter()
            .enumerate()
            .skip(start)
            .take(self.first.saturating_add(1))
            .map(|(place, item)| (place.to_string(), item))
            .collect();
        Ok(self.of_rows(rows))
    }

    /// The page of rows that were read with [`Self::limit`], each with its key.
    pub(crate) fn of_rows<T: OutputType>(&self, mut rows: Vec<(String, T)>) -> Page<T> {
        let more = rows.len() > self.first;
        rows.truncate(self.first);
        let mut page = Connection::new(self.after.is_some(), more);
        page.edges.extend(
            rows.into_iter()
                .map(|(key, node)| Edge::new(BASE64URL_NOPAD.encode(key.as_bytes()), node)),
        );
        page
    }
}

/// A page of a list.
pub(crate) type Page<T> = Connection<String, T, EmptyFields, EmptyFields>;

/// What a list costs: each node as often as it may come.
pub(crate) fn page_cost(first: Option<i32>, child: usize) -> usize {
    let nodes = first.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX);
    // A page is one query to the store, so a node in it counts a quarter of what it would alone; a list in a list still multiplies.
    let nodes = usize::try_from(nodes).unwrap_or(1);
    1 + (nodes * child).div_ceil(4)
}

/// A mistake of the programmer who wrote the request.
pub(crate) fn bad_input(code: &'static str, message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_where_the_next_begins() {
        let first = PageRequest::new(Some(2), None).unwrap();
        let page = first.cut(1..=5).unwrap();
        assert_eq!(
            page.edges.iter().map(|e| e.node).collect::<Vec<i32>>(),
            [1, 2]
        );
        assert!(page.has_next_page);
        let cursor = page.edges.last().unwrap().cursor.clone();
        let second = PageRequest::new(Some(10), Some(&cursor)).unwrap();
        let page = second.cut(1..=5).unwrap();
        assert_eq!(
            page.edges.iter().map(|e| e.node).collect::<Vec<i32>>(),
            [3, 4, 5]
        );
        assert!(!page.has_next_page);
    }

    #[test]
    fn pages_over_the_limit_and_made_up_cursors_are_refused() {
        assert!(PageRequest::new(Some(100), None).is_ok());
        assert!(PageRequest::new(Some(101), None).is_err());
        assert!(PageRequest::new(Some(-1), None).is_err());
        assert!(PageRequest::new(None, Some("%%%")).is_err());
    }
}
