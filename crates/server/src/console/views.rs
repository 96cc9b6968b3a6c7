//! The views that a person keeps in this browser: a name for an address of the list.

use super::Answer;
use super::address::onward;
use super::posted::Posted;
use super::prefs::cookie;
use super::reader::Reader;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect};
use data_encoding::BASE64URL_NOPAD;
use naru_domain::TypedId;

/// Views that are kept at most.
const VIEWS_MAX: usize = 8;
/// The longest name, in characters.
const NAME_MAX: usize = 40;
/// The longest address.
const ADDRESS_MAX: usize = 400;

/// A kept view.
pub(super) type Kept = (String, String);

/// The name of the cookie: people who share a browser do not share their views.
fn cookie_name(reader: &Reader) -> String {
    let account = reader.account().uuid().simple().to_string();
    let last: String = account.chars().rev().take(12).collect();
    format!("naru-views-{last}")
}

/// The views that the browser keeps for the reader.
pub(super) fn kept(reader: &Reader, headers: &HeaderMap) -> Vec<Kept> {
    let found = cookie(headers, &cookie_name(reader));
    let decoded = found.and_then(|text| BASE64URL_NOPAD.decode(text.as_bytes()).ok());
    let views: Option<Vec<Kept>> = decoded.and_then(|json| serde_json::from_slice(&json).ok());
    let mut views = views.unwrap_or_default();
    views.retain(|(_, address)| is_a_list(address));
    views.truncate(VIEWS_MAX);
    views
}

fn is_a_list(address: &str) -> bool {
    address.starts_with("/cases?") && onward(address) == address && address.len() <= ADDRESS_MAX
}

/// Answers `POST /cases/views`: keeps a view, or forgets one.
pub(super) async fn keep(reader: Reader, headers: HeaderMap, posted: Posted) -> Answer {
    let mut views = kept(&reader, &headers);
    let address = posted.one("address").to_owned();
    let name: String = posted.one("name").chars().take(NAME_MAX).collect();
    views.retain(|(known, kept)| *known != name && *kept != address);
    let forget = posted.one("do") == "forget";
    if !forget && !name.is_empty() && is_a_list(&address) && views.len() < VIEWS_MAX {
        views.push((name, address.clone()));
    }
    let json = serde_json::to_vec(&views).unwrap_or_default();
    let value = BASE64URL_NOPAD.encode(&json);
    let name = cookie_name(&reader);
    let cookie = format!("{name}={value}; Path=/cases; Max-Age=31536000; SameSite=Lax; HttpOnly");
    let next = if is_a_list(&address) {
        &address
    } else {
        "/cases"
    };
    let mut response = Redirect::to(next).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
