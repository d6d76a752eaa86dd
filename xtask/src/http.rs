//! One HTTP request over a fresh connection, for readiness: no TLS, no redirects, no kept connections.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Posts JSON and returns the status of the answer. `limit` bounds connecting and every read.
pub fn post_json(address: SocketAddr, path: &str, body: &str, limit: Duration) -> io::Result<u16> {
    let mut stream = TcpStream::connect_timeout(&address, limit)?;
    stream.set_read_timeout(Some(limit))?;
    // The length is not optional: MLflow's server reads a chunked body as an empty one.
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    status(&answer).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not an HTTP answer"))
}

fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|&byte| byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let (version, rest) = line.split_once(' ')?;
    version.starts_with("HTTP/1.").then(|| rest.get(..3)?.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn a_status_is_read_from_the_first_line_only() {
        assert_eq!(status(b"HTTP/1.1 200 OK\r\nx: y\r\n\r\n"), Some(200));
        assert_eq!(status(b"HTTP/1.0 503\r\n"), Some(503));
        for other in [&b"SSH-2.0-x\r\n"[..], b"", b"HTTP/1.1 \xff", b"HTTP/1.1 2"] {
            assert_eq!(status(other), None);
        }
    }
}
