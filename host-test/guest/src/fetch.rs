//! Calls to other servers.

use crate::query::Query;
use futures_lite::stream;
use wstd::http::body::Bytes;
use wstd::http::body::util::{BodyExt as _, Empty};
use wstd::http::{Body, Client, Error, ErrorCode, Request};
use wstd::time::Duration;

/// Sends a request and describes what came: `status: N`, then the body; or `error: CODE`.
///
/// Parameters: `url`; `post` (POST this body), `size` (POST so many bytes), `late` (GET with a body stream that is
/// flushed, empty, when the request has long been sent), none of them (GET); `ms` (each of the three timeouts);
/// `times` (how often it is sent, one after the other; the last outcome is described).
pub(crate) async fn fetch(query: &Query) -> String {
    for _ in 1..query.number("times", 1) {
        let _ = send(query).await;
    }
    match send(query).await {
        Ok(text) => text,
        Err(error) => match error.downcast_ref::<ErrorCode>() {
            Some(code) => format!("error: {code:?}\n"),
            None => format!("error: {error:#}\n"),
        },
    }
}

/// A body in two parts: the first at once, the second when what [`fetch`] sends was answered.
pub(crate) fn relay(query: &Query) -> Body {
    let query = query.clone();
    Body::from_stream(stream::unfold(0, move |part| {
        let query = query.clone();
        async move {
            match part {
                0 => Some(("before\n".to_owned(), 1)),
                1 => Some((fetch(&query).await, 2)),
                _ => None,
            }
        }
    }))
}

/// Panics after the first part of a body, when the request to `url` was answered.
pub(crate) fn trap_late(query: &Query) -> Body {
    let url = query.get("url").unwrap_or_default().to_owned();
    Body::from_stream(stream::unfold(false, move |written| {
        let url = url.clone();
        async move {
            if written {
                let answer = fetch(&Query::one("url", &url)).await;
                panic!("the guest panics on purpose, in the middle of a body, after {answer:?}");
            }
            Some(("before\n", true))
        }
    }))
}

async fn send(query: &Query) -> Result<String, Error> {
    let mut client = Client::new();
    if query.get("ms").is_some() {
        let timeout = Duration::from_millis(query.number("ms", 0));
        client.set_connect_timeout(timeout);
        client.set_first_byte_timeout(timeout);
        client.set_between_bytes_timeout(timeout);
    }
    let url = query.get("url").unwrap_or_default();
    let request = match query.get("post") {
        Some(body) => Request::post(url).header("content-length", body.len()).body(Body::from(body))?,
        None if query.get("size").is_some() => Request::post(url).body(zeros(query))?,
        None if query.get("late").is_some() => Request::get(url).body(late_end())?,
        None => Request::get(url).body(no_body())?,
    };
    let mut response = client.send(request).await?;
    let status = response.status().as_u16();
    let body = response.body_mut().contents().await?;
    Ok(format!("status: {status}\n{}", String::from_utf8_lossy(body)))
}

/// A body of the length in `size`, in parts.
fn zeros(query: &Query) -> Body {
    const PART: u64 = 64 * 1024;
    Body::from_stream(stream::unfold(query.number("size", 0), |left| async move {
        let part = left.min(PART);
        (left > 0).then(|| (vec![0_u8; part as usize], left - part))
    }))
}

/// A body of nothing that comes late.
fn late_end() -> Body {
    Body::from_stream(stream::unfold(false, |ended| async move {
        if ended {
            return None;
        }
        wstd::task::sleep(Duration::from_millis(50)).await;
        Some((Bytes::new(), true))
    }))
}

/// No body at all: wstd would open a stream for `Body::empty()`, and a host that has already sent the request
/// fails the call when that stream is flushed.
fn no_body() -> Body {
    Body::from_http_body(Empty::<Bytes>::new().map_err(|never| -> Error { match never {} }))
}
