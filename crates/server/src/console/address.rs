//! Addresses: text inside them, and which ones a reader may be sent on to.

use super::stop::Stop;
use axum::extract::{FromRequestParts, Query as AxumQuery};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::fmt::Write;

/// What an address asks for; one that cannot be read leads nowhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Stop> {
        let read = AxumQuery::try_from_uri(&parts.uri);
        read.map(|AxumQuery(asked)| Self(asked))
            .map_err(|_| Stop::NotFound)
    }
}

/// Text as it stands in a query.
pub(super) fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The address on this server that a form asks to go on to; the inbox when it is none.
pub(super) fn onward(next: &str) -> &str {
    let plain = next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if plain && next.starts_with('/') && !next.starts_with("//") {
        next
    } else {
        "/inbox"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_server() {
        for (next, taken) in [
            ("/cases/case_1?x=y", "/cases/case_1?x=y"),
            ("//evil.example", "/inbox"),
            ("https://evil.example", "/inbox"),
            ("/\\evil.example", "/inbox"),
            ("/a\r\nset-cookie: x", "/inbox"),
            ("", "/inbox"),
        ] {
            assert_eq!(onward(next), taken);
        }
    }

    #[test]
    fn korean_text_survives_in_a_query() {
        assert_eq!(encoded("나 a/b?"), "%EB%82%98%20a/b%3F");
    }
}
