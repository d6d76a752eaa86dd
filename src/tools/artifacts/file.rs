//! A file that a tool is asked for.

use bytes::Bytes;

use super::content::{Content, decode, picture};
use super::place::{Opened, Place};
use crate::mlflow::artifacts::Stream;
use crate::tool::{Context, Failure, Kind, ToolError};

/// Bytes that tell text from other data.
const TELLING: usize = 8 << 10;

/// The file from a byte on, piece by piece.
///
/// # Errors
/// It is a directory, or not there: with what there is.
pub(super) async fn stream<'a>(
    cx: &Context<'a>,
    place: &mut Place,
    start: u64,
) -> Result<Stream<'a>, Failure> {
    match place.stream(cx, start).await? {
        Opened::File(stream) => Ok(stream),
        Opened::Directory => Err(directory(place)),
    }
}

/// The first piece, long enough to tell what the file is, or all of a short file.
pub(super) async fn beginning(stream: &mut Stream<'_>) -> Result<Bytes, Failure> {
    let mut beginning = stream.next().await?.unwrap_or_default();
    while beginning.len() < TELLING {
        let Some(piece) = stream.next().await? else { break };
        beginning = [beginning, piece].concat().into();
    }
    Ok(beginning)
}

/// That it is none.
pub(super) fn directory(place: &Place) -> Failure {
    let message = format!("argument \"path\" {:?} is a directory", place.name());
    ToolError::new(Kind::Argument, message, "list_artifacts lists it.").into()
}

/// Whether the file that begins so is text.
pub(super) fn is_text(beginning: &[u8]) -> bool {
    let telling = beginning.get(..TELLING).unwrap_or(beginning);
    let text = matches!(decode(telling, true, false), Content::Text { .. });
    // A UTF-16 pair that is cut at the end is no reason to call a file binary.
    let even = telling.get(..telling.len().saturating_sub(2)).unwrap_or_default();
    picture(telling).is_none() && (text || matches!(decode(even, true, false), Content::Text { .. }))
}
