//! Pictures among the files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::place::Place;
use crate::mcp::types::Image;
use crate::mlflow::artifacts::Part;
use crate::tool::{Context, Failure};

/// The largest picture that is sent along, in bytes of the file.
const LARGEST: u64 = 1 << 20;

/// The picture that a file is whose first part is there, unless it is too large; and words in place of its text.
pub(super) async fn shown(
    cx: &Context<'_>,
    place: &mut Place,
    first: &Part,
    media_type: &'static str,
) -> Result<(Option<Image>, String), Failure> {
    let total = first.total;
    let bytes = if first.bytes.len() as u64 == total {
        Some(first.bytes.clone())
    } else if total <= LARGEST {
        Some(place.read(cx, 0, total).await?.bytes)
    } else {
        None
    };
    let words = match &bytes {
        Some(_) => format!("[{media_type} of {total} bytes, shown as a picture]"),
        None => format!("[{media_type} of {total} bytes: too large to be shown, the limit is {LARGEST}]"),
    };
    let image = bytes.map(|bytes| Image { data: STANDARD.encode(&bytes), mime_type: media_type });
    Ok((image, words))
}
