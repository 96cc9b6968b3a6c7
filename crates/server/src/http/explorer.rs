//! The explorer page of the API: three files of our own, nothing from elsewhere.

use axum::http::header;
use axum::response::IntoResponse;

const HTML: &str = "text/html; charset=utf-8";

/// The page.
pub(crate) async fn page() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, HTML)],
        include_str!("../../assets/explorer.html"),
    )
}

/// Its script.
pub(crate) async fn script() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        include_str!("../../assets/explorer.js"),
    )
}

/// Its style.
pub(crate) async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("../../assets/explorer.css"),
    )
}
