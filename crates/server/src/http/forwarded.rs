//! Who asks, behind a reverse proxy: what a proxy that is trusted by the settings says in `X-Forwarded-For`, and nothing that anybody else says there.

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// The header that each proxy adds the address to that it was asked from.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Puts the asker's own address in the place of a trusted proxy's, and says whether it is such a proxy that asks.
pub(super) fn find_asker(trusted: &[IpAddr], request: &mut Request) -> bool {
    if trusted.is_empty() {
        return false;
    }
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let Some(ConnectInfo(peer)) = connected.copied() else {
        return false;
    };
    let asker = asker(peer.ip(), request.headers(), trusted);
    let asker = SocketAddr::new(asker, peer.port());
    request.extensions_mut().insert(ConnectInfo(asker));
    trusted.contains(&peer.ip().to_canonical())
}

/// The nearest address that is no trusted proxy; what stands before it, anybody can have written.
fn asker(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let lines: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    let mut nearest = peer.to_canonical();
    for named in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !trusted.contains(&nearest) {
            break;
        }
        let Ok(before) = named.trim().parse::<IpAddr>() else {
            break;
        };
        nearest = before.to_canonical();
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn asked(peer: &str, lines: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
        }
        let trusted = ["127.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        asker(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_says_who_asks() {
        assert_eq!(asked("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(asked("127.0.0.1", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(asked("::ffff:127.0.0.1", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(asked("203.0.113.9", &["192.0.2.7"]), "203.0.113.9");
    }

    #[test]
    fn what_the_asker_wrote_into_the_header_does_not_count() {
        assert_eq!(asked("127.0.0.1", &["1.2.3.4, 192.0.2.7"]), "192.0.2.7");
        assert_eq!(
            asked("127.0.0.1", &["1.2.3.4", "192.0.2.7, 10.0.0.2"]),
            "192.0.2.7"
        );
        assert_eq!(asked("127.0.0.1", &["192.0.2.7, nonsense"]), "127.0.0.1");
    }
}
