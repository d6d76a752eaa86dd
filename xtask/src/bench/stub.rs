//! An MLflow that costs nothing: every request gets the same recorded answer at once.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use serde_json::Value;

use crate::error::{Context, Error, Result};
use crate::project::Project;

/// Answers with the body of this recorded exchange, on connections that it keeps, for as long as the process lives.
pub(super) fn start(project: &Project, fixture: &str) -> Result<SocketAddr> {
    let path = project.root.join("tests/fixtures").join(fixture);
    let recorded = fs::read(&path).context(path.display())?;
    let recorded: Value = serde_json::from_slice(&recorded).map_err(|error| Error::new(error.to_string()))?;
    let body = recorded["response"]["body"].to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let answer: Arc<[u8]> = (head + &body).into_bytes().into();
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("a free port")?;
    let address = listener.local_addr().context("a free port")?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            thread::spawn(move || serve(stream, &answer));
        }
    });
    Ok(address)
}

/// Answers requests until the client leaves. Their bodies are small: they arrive together with the end of their head,
/// or right behind it, and are done when nothing of them is missing.
fn serve(mut stream: TcpStream, answer: &[u8]) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let (mut received, mut part) = (Vec::new(), [0; 1 << 14]);
    loop {
        while let Some(end) = end(&received) {
            received.drain(..end);
            stream.write_all(answer).ok()?;
        }
        let count = stream.read(&mut part).ok().filter(|count| *count > 0)?;
        received.extend_from_slice(&part[..count]);
    }
}

/// Where the first request ends, if all of it is there.
fn end(received: &[u8]) -> Option<usize> {
    let head = received.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&received[..head]).to_ascii_lowercase();
    let length =
        text.split_once("content-length:").and_then(|(_, rest)| rest.lines().next()?.trim().parse().ok());
    let end = head + length.unwrap_or(0);
    (received.len() >= end).then_some(end)
}
