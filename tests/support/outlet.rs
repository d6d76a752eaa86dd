//! A connection that keeps what is streamed over it.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use mlflow_mcp::mcp::{Gone, Outlet};
use serde_json::Value;

/// Keeps what was sent, and breaks after so many pieces. No time ever passes on it.
pub struct Recorder {
    pub head: RefCell<Option<Response<()>>>,
    pub pieces: RefCell<Vec<String>>,
    breaks_after: Cell<usize>,
}

impl Recorder {
    pub fn new(breaks_after: usize) -> Self {
        Self { head: RefCell::default(), pieces: RefCell::default(), breaks_after: Cell::new(breaks_after) }
    }

    /// The messages of the events.
    pub fn messages(&self) -> Vec<Value> {
        self.pieces
            .borrow()
            .iter()
            .map(|piece| message(piece).unwrap_or_else(|| panic!("no event: {piece:?}")))
            .collect()
    }
}

/// The message of an event.
pub fn message(piece: &str) -> Option<Value> {
    let data = piece.strip_prefix("event: message\ndata: ")?.strip_suffix("\n\n")?;
    serde_json::from_str(data).ok()
}

impl Outlet for Recorder {
    fn begin(&self, head: Response<()>) {
        assert!(self.head.replace(Some(head)).is_none(), "begun twice");
    }

    fn send(&self, piece: Bytes) -> Pin<Box<dyn Future<Output = Result<(), Gone>> + '_>> {
        let mut pieces = self.pieces.borrow_mut();
        let gone = pieces.len() >= self.breaks_after.get();
        if !gone {
            pieces.push(String::from_utf8(piece.to_vec()).unwrap());
        }
        Box::pin(std::future::ready(if gone { Err(Gone) } else { Ok(()) }))
    }

    fn pause(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(std::future::pending())
    }
}
