//! Bodies: what comes in, whole and within a bound or piece by piece, and what goes out.

use bytes::Bytes;
use wasip2::http::types::IncomingBody;
use wasip2::io::poll::Pollable;
use wasip2::io::streams::{InputStream, OutputStream, StreamError};
use wstd::runtime::AsyncPollable;

use crate::port::{self, HttpError, LocalFuture};

/// The most that is taken from a host at a time, bytes: hosts have answers in far smaller pieces.
const PIECE: u64 = 1 << 20;

/// Why a body was not read.
pub(super) enum Unread {
    /// It is larger than the bound.
    TooLarge,
    /// It broke off.
    Incomplete,
}

/// It broke off.
pub(super) struct Broken;

/// Lets others go on until it is ready.
pub(super) async fn ready(pollable: Pollable) {
    AsyncPollable::new(pollable).wait_for().await;
}

/// A body that comes in. The stream is a child of the body and must be dropped first.
pub(super) struct Incoming {
    stream: InputStream,
    _body: IncomingBody,
}

impl Incoming {
    /// Nothing, if the body is being read already.
    pub(super) fn of(body: IncomingBody) -> Option<Self> {
        Some(Self { stream: body.stream().ok()?, _body: body })
    }

    /// The next piece, or nothing at the end. What is there already costs no wait.
    pub(super) async fn piece(&mut self) -> Option<Result<Vec<u8>, Broken>> {
        loop {
            match self.stream.read(PIECE) {
                Ok(piece) if piece.is_empty() => ready(self.stream.subscribe()).await,
                Ok(piece) => return Some(Ok(piece)),
                Err(StreamError::Closed) => return None,
                Err(StreamError::LastOperationFailed(_)) => return Some(Err(Broken)),
            }
        }
    }

    /// All of it, unless that is more than `most` bytes.
    pub(super) async fn whole(mut self, most: usize) -> Result<Bytes, Unread> {
        let mut whole = Vec::new();
        while let Some(piece) = self.piece().await {
            let piece = piece.map_err(|Broken| Unread::Incomplete)?;
            if whole.len() + piece.len() > most {
                return Err(Unread::TooLarge);
            }
            // Most bodies come in one piece, which need not be copied then.
            if whole.is_empty() {
                whole = piece;
            } else {
                whole.extend_from_slice(&piece);
            }
        }
        Ok(whole.into())
    }
}

impl port::Body for Incoming {
    fn next(&mut self) -> LocalFuture<'_, Option<Result<Bytes, HttpError>>> {
        Box::pin(async { Some(self.piece().await?.map(Bytes::from).map_err(|Broken| HttpError::Incomplete)) })
    }
}

/// Writes all of it, as fast as the host takes it.
pub(super) async fn write(stream: &OutputStream, mut bytes: &[u8]) -> Result<(), Broken> {
    while !bytes.is_empty() {
        let room = stream.check_write().map_err(|_| Broken)?;
        let room = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
        if room == 0 {
            ready(stream.subscribe()).await;
            continue;
        }
        let (now, later) = bytes.split_at(room);
        stream.write(now).map_err(|_| Broken)?;
        bytes = later;
    }
    Ok(())
}
