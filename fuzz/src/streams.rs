//! What is true of every stream.

use http::header::CONTENT_TYPE;
use serde_json::Value;

use crate::input::Input;
use crate::properties;
use crate::world::Stream;

/// Checks an answer that was streamed: progress that rises under the client's token, then the response.
pub fn check(input: &Input, stream: &Stream) {
    let head = stream.head.take().expect("what was streamed has a head");
    assert_eq!(head.headers()[CONTENT_TYPE], "text/event-stream");
    properties::headers(input, head.status(), head.headers());
    let sent: Value = serde_json::from_slice(input.request.body()).expect("only requests are streamed");
    let pieces = stream.pieces.borrow();
    pieces.iter().for_each(|piece| properties::no_secret(input, piece));
    let events: Vec<Value> = pieces.iter().map(|piece| event(piece).expect("a piece is an event")).collect();
    let (last, progress) = events.split_last().expect("a stream ends with a response");
    properties::answers(input, head.status(), last);
    let mut before = f64::NEG_INFINITY;
    for one in progress {
        assert_eq!(one["method"], "notifications/progress");
        assert_eq!(one["params"]["progressToken"], sent["params"]["_meta"]["progressToken"]);
        let now = one["params"]["progress"].as_f64().expect("progress is a number");
        assert!(now > before, "{before} is followed by {now}");
        before = now;
    }
}

/// The message of one event, which has neither id nor retry.
#[must_use]
pub fn event(piece: &[u8]) -> Option<Value> {
    let data = piece.strip_prefix(b"event: message\ndata: ")?.strip_suffix(b"\n\n")?;
    if data.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return None;
    }
    serde_json::from_slice(data).ok()
}
