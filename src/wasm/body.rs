//! Bodies: whole and within a bound, or piece by piece.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::Bytes;
use wstd::http::body::HttpBody;
use wstd::http::body::util::combinators::UnsyncBoxBody;
use wstd::http::{Body, Error};

/// Why a body was not read.
pub(super) enum Unread {
    /// It is larger than the bound.
    TooLarge,
    /// It broke off.
    Incomplete,
}

/// A body, piece by piece.
pub(super) struct Frames(UnsyncBoxBody<Bytes, Error>);

impl Frames {
    pub(super) fn of(body: Body) -> Self {
        Self(body.into_boxed_body())
    }

    /// The next piece that has data, or nothing at the end.
    pub(super) async fn data(&mut self) -> Option<Result<Bytes, Error>> {
        loop {
            match poll_fn(|cx| Pin::new(&mut self.0).poll_frame(cx)).await? {
                Ok(frame) => {
                    if let Ok(data) = frame.into_data() {
                        return Some(Ok(data));
                    }
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// The whole body, unless it has more than `most` bytes.
pub(super) async fn read(body: Body, most: usize) -> Result<Bytes, Unread> {
    let mut frames = Frames::of(body);
    let mut bytes = Vec::new();
    while let Some(data) = frames.data().await {
        let data = data.map_err(|_| Unread::Incomplete)?;
        if bytes.len() + data.len() > most {
            return Err(Unread::TooLarge);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.into())
}
