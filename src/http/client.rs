//! From which network address a call comes. It serves limits alone and is never logged.

use std::net::IpAddr;

use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName};

use crate::domain::network::Network;

/// The caller's address: that of the connection, or, where a trusted proxy has connected, the last one that no trusted proxy has.
/// What stands further left in the header was written by the caller and may be made up.
#[must_use]
pub fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut caller = peer.to_canonical();
    if !is_trusted(caller) {
        return caller;
    }
    for hop in hops(headers).into_iter().rev() {
        // Beyond a hop that cannot be read nothing is known.
        let Some(address) = hop else { break };
        caller = address.to_canonical();
        if !is_trusted(caller) {
            break;
        }
    }
    caller
}

/// The addresses that proxies noted, oldest first; none for what is no address. `Forwarded` counts only without `X-Forwarded-For`.
fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let listed = |name: &HeaderName| -> Vec<String> {
        let lines = headers.get_all(name).map(|value| value.to_str().unwrap_or("?"));
        lines.flat_map(|line| line.split(',')).map(|hop| hop.trim().to_owned()).collect()
    };
    let noted = listed(&HeaderName::from_static("x-forwarded-for"));
    if !noted.is_empty() {
        return noted.iter().map(|hop| node(hop)).collect();
    }
    listed(&FORWARDED).iter().map(|hop| forwarded_for(hop)).collect()
}

fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut named =
        pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for")).map(|(_, value)| value.trim_matches('"'));
    named.next().and_then(node)
}

/// An address, with or without a port: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn node(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    match text.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?.parse().ok(),
        None => text.rsplit_once(':')?.0.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn seen(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let start = TestRequest::default();
        let request = headers.iter().fold(start, |request, (name, value)| request.append_header((*name, *value)));
        let trusted = [Network::parse("10.0.0.0/8").unwrap(), Network::parse("::1").unwrap()];
        address(peer.parse().unwrap(), request.to_http_request().headers(), &trusted).to_string()
    }

    #[test]
    fn headers_of_a_stranger_are_not_believed() {
        assert_eq!(seen("203.0.113.9", &[("x-forwarded-for", "192.0.2.1")]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &[("forwarded", "for=192.0.2.1")]), "203.0.113.9");
    }

    #[test]
    fn behind_trusted_proxies_the_last_address_that_is_none_of_theirs_counts() {
        let name = "x-forwarded-for";
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[(name, "192.0.2.1")]), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", &[(name, "198.51.100.66, 192.0.2.1, 10.0.0.2")]), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", &[(name, "198.51.100.66"), (name, "192.0.2.1:4711")]), "192.0.2.1");
        assert_eq!(seen("::1", &[(name, "[2001:db8::1]:80")]), "2001:db8::1");
        assert_eq!(seen("::ffff:10.0.0.1", &[(name, "10.0.0.9")]), "10.0.0.9");
        assert_eq!(seen("10.0.0.1", &[(name, "192.0.2.1, unknown")]), "10.0.0.1");
    }

    #[test]
    fn the_standard_header_is_understood_too() {
        let header = "for=198.51.100.66;proto=http, For=\"[2001:db8:cafe::17]:4711\";by=10.0.0.1";
        assert_eq!(seen("10.0.0.1", &[("forwarded", header)]), "2001:db8:cafe::17");
        assert_eq!(seen("10.0.0.1", &[("forwarded", "for=_hidden")]), "10.0.0.1");
    }
}
