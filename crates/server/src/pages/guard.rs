//! What keeps the pages to themselves: headers, where a form may come from, the one style sheet and the one script.

use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use axum::response::IntoResponse;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const STYLESHEET: &str = include_str!("../../assets/naru.css");
const SCRIPT: &str = include_str!("../../assets/answers.js");

static STYLESHEET_HASH: LazyLock<String> = LazyLock::new(|| first_digits(STYLESHEET));
static SCRIPT_HASH: LazyLock<String> = LazyLock::new(|| first_digits(SCRIPT));

/// The first digits of a file's hash: a changed file has another address, so browsers may keep it.
fn first_digits(content: &str) -> String {
    let digest = Sha256::digest(content.as_bytes());
    let digits = data_encoding::HEXLOWER.encode(&digest);
    digits.chars().take(16).collect()
}

/// Where the style sheet is.
pub(super) fn stylesheet_address() -> String {
    format!("/assets/naru.css?v={}", *STYLESHEET_HASH)
}

/// Where the script is.
pub(super) fn script_address() -> String {
    format!("/assets/answers.js?v={}", *SCRIPT_HASH)
}

/// The style sheet; kept for a year under the address with its hash.
pub(super) async fn stylesheet(RawQuery(query): RawQuery) -> impl IntoResponse {
    let kept = kept(query, &STYLESHEET_HASH);
    (headers("text/css; charset=utf-8", kept), STYLESHEET)
}

/// The script; kept in the same way.
pub(super) async fn script(RawQuery(query): RawQuery) -> impl IntoResponse {
    let kept = kept(query, &SCRIPT_HASH);
    (headers("text/javascript; charset=utf-8", kept), SCRIPT)
}

fn kept(query: Option<String>, hash: &str) -> &'static str {
    if query.unwrap_or_default().strip_prefix("v=") == Some(hash) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

fn headers(content_type: &'static str, kept: &'static str) -> [(HeaderName, &'static str); 3] {
    [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, kept),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ]
}

/// A page loads its style sheet and its script, sends its form to itself, and does nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers of every page. The address holds the token, so it goes into no referrer and no cache.
pub(super) async fn add_headers<B>(mut response: Response<B>) -> Response<B> {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            HeaderName::from_static("x-robots-tag"),
            "noindex, nofollow, noarchive",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fixed {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

/// Whether the browser says that another site sent the form. `Origin` cannot tell: without a referrer it is `null` from our own pages too.
pub(super) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => false,
        Some(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_and_browsers_that_do_not_say_may_send_forms() {
        for (said, refused) in [
            (None, false),
            (Some("same-origin"), false),
            (Some("none"), false),
            (Some("same-site"), true),
            (Some("cross-site"), true),
            (Some("garbage"), true),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(said) = said {
                headers.insert("sec-fetch-site", HeaderValue::from_static(said));
            }
            assert_eq!(is_from_elsewhere(&headers), refused, "{said:?}");
        }
    }

    #[test]
    fn the_style_sheet_loads_nothing() {
        for loading in ["url(", "@import", "http:", "https:"] {
            assert!(!STYLESHEET.contains(loading), "{loading}");
        }
    }
}
