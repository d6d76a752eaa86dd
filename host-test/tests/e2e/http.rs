//! A plain HTTP client, one connection per request, and the few calls that tests make with it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::leaks;

/// Longer than any test waits for an answer that comes.
const PATIENCE: Duration = Duration::from_secs(120);

/// Status and body; what is not text in the body is replaced.
pub fn request(address: SocketAddr, head: &str, body: &str) -> Result<(u16, Vec<u8>), std::io::Error> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let text = format!(
        "{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(text.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    leaks::search_answer(&bytes);
    parse(&bytes)
        .ok_or_else(|| std::io::Error::other(format!("not HTTP: {:?}", String::from_utf8_lossy(&bytes))))
}

fn parse(bytes: &[u8]) -> Option<(u16, Vec<u8>)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let body = &bytes[end + 4..];
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    Some((status, if chunked { unchunk(body)? } else { body.to_vec() }))
}

fn unchunk(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let line = body.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&body[..line]).ok()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(body.get(line + 2..line + 2 + size)?);
        body = body.get(line + 4 + size..)?;
    }
}

/// GET, and what came as bytes.
pub fn get(address: SocketAddr, path: &str) -> (u16, Vec<u8>) {
    request(address, &format!("GET {path} HTTP/1.1"), "").unwrap()
}

/// One JSON-RPC request in the oldest way: the whole response body.
pub fn rpc(address: SocketAddr, method: &str, params: &Value) -> Result<Value, std::io::Error> {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    let (status, body) = request(address, "POST /mcp HTTP/1.1\r\nContent-Type: application/json", &body)?;
    let text = String::from_utf8_lossy(&body);
    serde_json::from_str(&text)
        .map_err(|error| std::io::Error::other(format!("HTTP {status}, {error}: {text}")))
}

/// The members of a tool's result.
pub fn call(address: SocketAddr, tool: &str, arguments: &Value) -> Value {
    let mut body = rpc(address, "tools/call", &json!({"name": tool, "arguments": arguments})).unwrap();
    assert!(body.get("error").is_none(), "{tool} {arguments}: {body}");
    body["result"].take()
}

/// Head and body of one request, for servers of tests: one that answers before it has read everything, or closes with
/// something unread, is a broken connection to its client.
pub fn read_request(mut stream: &TcpStream) -> String {
    let (mut text, mut piece) = (String::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut piece).unwrap_or(0);
        text.push_str(&String::from_utf8_lossy(&piece[..read]));
        // Closed, or no HTTP at all, as the first words of TLS.
        if read == 0 || !text.starts_with(|first: char| first.is_ascii_uppercase()) {
            return text;
        }
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length: ")
                .and_then(|rest| rest.trim().parse().ok())
        });
        if body.len() >= length.unwrap_or(0) {
            return text;
        }
    }
}
