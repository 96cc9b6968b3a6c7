//! The page behind the address of a case in letters to members. It is the same whether the case exists or not.

use super::Page;
use super::view::CasePage;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use naru_domain::CaseId;

/// Says how a case is opened, and nothing about it.
pub(super) async fn show(path: Result<Path<String>, PathRejection>) -> Page {
    // Only what has the form of an id is repeated: an address must not put words of its own on our page.
    let id = path.ok().and_then(|Path(text)| text.parse().ok());
    page(id)
}

fn page(id: Option<CaseId>) -> Page {
    Page::new(StatusCode::OK, &CasePage::new(id))
}
