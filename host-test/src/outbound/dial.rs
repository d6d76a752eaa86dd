//! From an origin to a connection: names, addresses, and those among them that are off limits.

use super::OutboundError;
use super::network::is_private;
use super::wire::Wire;
use std::io;
use tokio::net::TcpStream;

/// Connects to a host, trying its addresses one after the other. With `public_only`, those that the public internet
/// does not route are left out: the very address is looked at that is connected to, so that a name which leads
/// elsewhere the next time it is asked for gains nothing.
pub(super) async fn dial(host: &str, port: u16, public_only: bool) -> Result<Wire, OutboundError> {
    let addresses = tokio::net::lookup_host((host, port)).await.map_err(|_| unknown_host())?;
    let mut last = unknown_host();
    for address in addresses {
        if public_only && is_private(address.ip()) {
            last = OutboundError::DestinationIpProhibited;
            continue;
        }
        match TcpStream::connect(address).await {
            Ok(stream) => return Wire::new(stream).map_err(|error| unreachable(&error)),
            Err(error) => last = unreachable(&error),
        }
    }
    Err(last)
}

fn unknown_host() -> OutboundError {
    OutboundError::DnsError { rcode: Some("the host name has no address".to_owned()), info_code: None }
}

fn unreachable(error: &io::Error) -> OutboundError {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => OutboundError::ConnectionRefused,
        io::ErrorKind::TimedOut => OutboundError::ConnectionTimeout,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => {
            OutboundError::ConnectionTerminated
        }
        _ => OutboundError::DestinationUnavailable,
    }
}
