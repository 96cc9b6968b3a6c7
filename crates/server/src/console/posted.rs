//! What a form brings. A form counts only when it comes from a page of ours, made for this session.

use super::reader::secret_of;
use super::stop::Stop;
use crate::app::AppState;
use axum::extract::{Form, FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use naru_domain::CommandId;
use std::collections::BTreeMap;

/// The field with the token of the session.
pub(super) const FORM_TOKEN: &str = "form-token";

/// The field with the id of the command: a form sent twice is carried out once.
pub(super) const COMMAND: &str = "command";

/// A posted form: per field what came, in its order.
#[derive(Clone, Debug, Default)]
pub(super) struct Posted {
    fields: BTreeMap<String, Vec<String>>,
}

impl Posted {
    pub(super) fn new(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut posted = Self::default();
        for (name, value) in fields {
            posted.fields.entry(name).or_default().push(value);
        }
        posted
    }

    /// Puts a value in the place of what came.
    pub(super) fn set(&mut self, name: String, value: String) {
        self.fields.insert(name, vec![value]);
    }

    /// The last value of a field, without white space around it; empty if it did not come.
    pub(super) fn one(&self, name: &str) -> &str {
        self.fields
            .get(name)
            .and_then(|values| values.last())
            .map_or("", |value| value.trim())
    }

    /// Every value of a field that is not empty.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        let values = self.fields.get(name).into_iter().flatten();
        values
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// The fields whose name begins so, without that beginning, that are not empty.
    pub(super) fn starting_with<'a>(&'a self, prefix: &str) -> Vec<(&'a str, &'a str)> {
        let fields = self.fields.keys().filter_map(|name| {
            let rest = name.strip_prefix(prefix)?;
            Some((rest, self.some(name)?))
        });
        fields.collect()
    }

    /// The value of a field, unless it is empty.
    pub(super) fn some(&self, name: &str) -> Option<&str> {
        Some(self.one(name)).filter(|value| !value.is_empty())
    }

    /// The id of the command that the page was made with.
    pub(super) fn command_id(&self) -> Option<CommandId> {
        self.one(COMMAND).parse().ok()
    }
}

impl FromRequest<AppState> for Posted {
    type Rejection = Stop;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Stop> {
        let headers = request.headers();
        if is_from_elsewhere(headers) {
            return Err(Stop::Foreign);
        }
        let wanted = secret_of(headers).map(|secret| secret.form_token());
        let form = Form::<Vec<(String, String)>>::from_request(request, app).await;
        let Form(fields) = form.map_err(|refused| match refused.into_response_status() {
            StatusCode::PAYLOAD_TOO_LARGE => Stop::TooLarge,
            _ => Stop::Foreign,
        })?;
        let posted = Self::new(fields);
        match wanted {
            Some(wanted) if posted.one(FORM_TOKEN) != wanted => Err(Stop::Foreign),
            Some(_) | None => Ok(posted),
        }
    }
}

/// The status that a rejected form stands for.
trait IntoResponseStatus {
    fn into_response_status(self) -> StatusCode;
}

impl IntoResponseStatus for axum::extract::rejection::FormRejection {
    fn into_response_status(self) -> StatusCode {
        self.status()
    }
}

/// Whether the browser says that another site sent the form. Where it does not say, `Origin` tells, but for `null`, which our own pages send too
/// because they give no referrer.
pub(super) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(b"same-origin" | b"none") => return false,
        Some(_) => return true,
        None => {}
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (None | Some("null"), _) => false,
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_none_or(|(_, from)| from != host),
        (Some(_), None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn only_our_own_pages_may_send_forms() {
        let refused = |pairs: &[(&'static str, &'static str)]| is_from_elsewhere(&headers(pairs));
        assert!(!refused(&[]));
        assert!(!refused(&[("sec-fetch-site", "same-origin")]));
        assert!(refused(&[("sec-fetch-site", "same-site")]));
        assert!(refused(&[("sec-fetch-site", "cross-site")]));
        assert!(!refused(&[("origin", "null"), ("host", "naru.example")]));
        let host = ("host", "naru.example");
        assert!(!refused(&[("origin", "https://naru.example"), host]));
        assert!(refused(&[("origin", "https://evil.example"), host]));
        assert!(refused(&[("origin", "https://naru.example")]));
    }

    #[test]
    fn a_field_may_come_several_times() {
        let pairs = [("a", "1"), ("a", " 2 "), ("b", "")];
        let posted = Posted::new(pairs.map(|(k, v)| (k.to_owned(), v.to_owned())));
        assert_eq!(
            (posted.one("a"), posted.one("b"), posted.one("c")),
            ("2", "", "")
        );
        assert_eq!(posted.all("a"), ["1", "2"]);
        assert_eq!(posted.some("b"), None);
    }
}
