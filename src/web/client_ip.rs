//! Where a request came from: the peer, or what the nearest proxies say where they are trusted.

use std::net::IpAddr;

use actix_web::HttpRequest;
use ipnetwork::IpNetwork;

/// The address of the client. `X-Forwarded-For` is read from its right end, one hop for each
/// trusted proxy, so a client that sends the header itself cannot choose its address.
#[must_use]
pub fn client_ip(req: &HttpRequest, trusted: &[IpNetwork]) -> Option<IpAddr> {
    let peer = req.peer_addr()?.ip();
    let forwarded: Vec<&str> = req
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    Some(nearest_untrusted(peer, &forwarded, trusted))
}

fn nearest_untrusted(peer: IpAddr, forwarded: &[&str], trusted: &[IpNetwork]) -> IpAddr {
    let mut address = peer;
    for hop in forwarded.iter().rev() {
        if !trusted.iter().any(|network| network.contains(address)) {
            break;
        }
        match hop.parse() {
            Ok(next) => address = next,
            Err(_) => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forged_header_is_not_believed() -> anyhow::Result<()> {
        let peer = "203.0.113.9".parse()?;
        assert_eq!(nearest_untrusted(peer, &["10.0.0.1"], &[]), peer);
        Ok(())
    }

    #[test]
    fn a_trusted_proxy_is_believed_for_one_hop() -> anyhow::Result<()> {
        let trusted = ["127.0.0.0/8".parse()?];
        let forged_then_real = ["198.51.100.1", "203.0.113.9"];
        let seen = nearest_untrusted("127.0.0.1".parse()?, &forged_then_real, &trusted);
        assert_eq!(seen, "203.0.113.9".parse::<IpAddr>()?);
        Ok(())
    }
}
