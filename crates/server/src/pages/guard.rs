//! What keeps the pages to themselves: headers, where a form may come from, and the one style sheet.

use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use axum::response::IntoResponse;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const STYLESHEET: &str = include_str!("../../assets/naru.css");

/// The first digits of the style sheet's hash: a changed sheet has another address, so browsers may keep it.
static STYLESHEET_HASH: LazyLock<String> = LazyLock::new(|| {
    let digest = Sha256::digest(STYLESHEET.as_bytes());
    data_encoding::HEXLOWER
        .encode(&digest)
        .chars()
        .take(16)
        .collect()
});

/// Where the style sheet is.
pub(super) fn stylesheet_address() -> String {
    format!("/assets/naru.css?v={}", *STYLESHEET_HASH)
}

/// The style sheet; kept for a year under the address with its hash.
pub(super) async fn stylesheet(RawQuery(query): RawQuery) -> impl IntoResponse {
    let asked = query.unwrap_or_default();
    let kept = if asked.strip_prefix("v=") == Some(STYLESHEET_HASH.as_str()) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, kept),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, STYLESHEET)
}

/// A page loads its style sheet, sends its form to itself, and does nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

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
