//! The console's style sheet and script, under addresses that change with their content, so that browsers keep them for good.

use super::stop::Stop;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const STYLE: &str = concat!(
    include_str!("../../assets/console/tokens.css"),
    include_str!("../../assets/console/console.css"),
);
const SCRIPT: &str = include_str!("../../assets/console/console.js");

static STYLE_NAME: LazyLock<String> = LazyLock::new(|| named(STYLE, "css"));
static SCRIPT_NAME: LazyLock<String> = LazyLock::new(|| named(SCRIPT, "js"));

fn named(content: &str, extension: &str) -> String {
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(content.as_bytes()));
    let digits: String = digest.chars().take(16).collect();
    format!("console-{digits}.{extension}")
}

/// Where the style sheet is.
pub(super) fn style() -> String {
    format!("/assets/{}", *STYLE_NAME)
}

/// Where the script is.
pub(super) fn script() -> String {
    format!("/assets/{}", *SCRIPT_NAME)
}

/// The sign of the browser's tab.
pub(super) const ICON: &str = "/assets/naru.svg";

/// Answers `GET /assets/naru.svg`.
pub(super) async fn icon() -> Response {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"#1d4480\" stroke-width=\"1.9\" stroke-linecap=\"round\" stroke-linejoin=\"round\"><path d=\"M12 3v8M12 4.5c3 .6 4.6 2.6 5 5.5H12\"/><path d=\"M4 13h16l-2.6 4H6.6z\" fill=\"#1d4480\"/><path d=\"M2.5 21c1.6 0 1.6-1 3.2-1s1.6 1 3.2 1 1.6-1 3.2-1 1.6 1 3.2 1 1.6-1 3.2-1 1.6 1 3.2 1\"/></svg>";
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, svg).into_response()
}

/// Answers `GET /assets/{name}`.
pub(super) async fn send(Path(name): Path<String>) -> Result<Response, Stop> {
    let (content_type, content) = if name == *STYLE_NAME {
        ("text/css; charset=utf-8", STYLE)
    } else if name == *SCRIPT_NAME {
        ("text/javascript; charset=utf-8", SCRIPT)
    } else {
        return Err(Stop::NotFound);
    };
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, content).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_and_script_load_nothing_from_elsewhere() {
        for loading in ["@import", "http:", "https:", "url(\"", "url('"] {
            assert!(!STYLE.contains(loading), "{loading}");
        }
        for loading in ["import ", "http:", "https:", "eval(", "innerHTML"] {
            assert!(!SCRIPT.contains(loading), "{loading}");
        }
    }

    #[test]
    fn they_are_small() {
        assert!(STYLE.len() < 48 * 1024, "{}", STYLE.len());
        assert!(SCRIPT.len() < 12 * 1024, "{}", SCRIPT.len());
    }
}
