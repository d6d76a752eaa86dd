//! Bodies, read whole and within a bound.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::Bytes;
use wstd::http::Body;
use wstd::http::body::HttpBody;

/// Why a body was not read.
pub(super) enum Unread {
    /// It is larger than the bound.
    TooLarge,
    /// It broke off.
    Incomplete,
}

/// The whole body, unless it has more than `most` bytes.
pub(super) async fn read(body: Body, most: usize) -> Result<Bytes, Unread> {
    let mut body = body.into_boxed_body();
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|_| Unread::Incomplete)?;
        if let Ok(data) = frame.into_data() {
            if bytes.len() + data.len() > most {
                return Err(Unread::TooLarge);
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes.into())
}
