//! A guest's standard output and standard error, as lines in the log.

use crate::log::Log;
use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

/// The longest line, bytes; what is longer is broken.
const LONGEST: usize = 2048;

/// How much a guest may write for one request, bytes; the rest is dropped, and the log says so once.
/// The largest batch of calls leaves less than that in the audit trail.
const MOST: usize = 256 * 1024;

/// One of a guest's two output streams.
#[derive(Clone)]
pub(crate) struct Lines(Arc<Mutex<Writer>>);

struct Writer {
    log: Log,
    request: u64,
    stream: &'static str,
    line: Vec<u8>,
    left: usize,
}

impl Lines {
    /// The stream called `stream` of a guest that has no request yet.
    pub(crate) fn new(log: Log, stream: &'static str) -> Lines {
        Lines(Arc::new(Mutex::new(Writer { log, request: 0, stream, line: Vec::new(), left: MOST })))
    }

    /// Begins the request of this number.
    pub(crate) fn begin(&self, request: u64) {
        let mut writer = self.writer();
        (writer.request, writer.left) = (request, MOST);
    }

    /// Ends the request: a line that is not complete is one now.
    pub(crate) fn end(&self) {
        self.writer().flush();
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    fn put(&mut self, bytes: &[u8]) {
        if self.left == 0 {
            return;
        }
        let taken = bytes.len().min(self.left);
        self.left -= taken;
        for &byte in &bytes[..taken] {
            if byte == b'\n' || self.line.len() == LONGEST {
                self.flush();
            }
            if byte != b'\n' {
                self.line.push(byte);
            }
        }
        if self.left == 0 {
            self.flush();
            let (request, stream) = (self.request, self.stream);
            self.log.line(format_args!("guest {stream} request={request} dropped: more than {MOST} bytes"));
        }
    }

    fn flush(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            let (request, stream) = (self.request, self.stream);
            let text = String::from_utf8_lossy(&line);
            if text.starts_with('{') && text.ends_with('}') {
                return self.log.record(&text);
            }
            self.log.line(format_args!("guest {stream} request={request}: {text}"));
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.flush();
    }
}

impl IsTerminal for Lines {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Lines {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        // Only WASI 0.3 asks for this form, and this host does not link it.
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Lines {
    async fn ready(&mut self) {}
}

impl OutputStream for Lines {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.writer().put(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn written(parts: &[&[u8]]) -> Vec<String> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let stream = Lines::new(Log::to(move |line| sink.lock().unwrap().push(line.to_owned())), "stderr");
        stream.begin(7);
        for part in parts {
            stream.writer().put(part);
        }
        drop(stream);
        let lines = lines.lock().unwrap();
        lines.clone()
    }

    #[test]
    fn parts_become_whole_lines() {
        let lines = written(&[b"one\ntw", b"o\n\n", b"three"]);
        assert_eq!(
            lines,
            ["guest stderr request=7: one", "guest stderr request=7: two", "guest stderr request=7: three"]
        );
    }

    #[test]
    fn a_json_object_stands_by_itself() {
        let lines = written(&[b"{\"event\":\"call\"}\n{\"half\":\n[1]\n{\"a\":\"\x1b[2J\"}\n"]);
        assert_eq!(lines[0], r#"{"event":"call"}"#);
        assert_eq!(lines[1..3], [r#"guest stderr request=7: {"half":"#, "guest stderr request=7: [1]"]);
        assert_eq!(lines[3], r#"{"a":"\u{1b}[2J"}"#);
    }

    #[test]
    fn a_flood_is_cut() {
        let lines = written(&[&vec![b'x'; MOST], b"more\n", b"and more\n"]);
        assert_eq!(lines.len(), MOST / LONGEST + 1);
        assert!(lines.last().unwrap().contains("dropped"));
    }
}
