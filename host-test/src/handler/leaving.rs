//! What a client means by going away.

use http::HeaderMap;

/// The header that names the revision of MCP a request is made in.
const REVISION: &str = "mcp-protocol-version";
/// The first revision in which a closed connection is a cancelled request. In the older ones a client cancels with a
/// message, and a connection that breaks says nothing (2025-11-25, `basic/transports`).
const CANCELLING: &str = "2026-07-28";

/// What becomes of the guest when its client goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    /// It is ended.
    Cancels,
    /// It works on to its end, within its limits. Nobody can get its answer any more, but what it was to change it
    /// changes whole.
    MeansNothing,
}

impl Leaving {
    /// What the client that sends these headers would mean.
    pub(super) fn of(headers: &HeaderMap) -> Leaving {
        let revision = headers.get(REVISION).map(|value| value.as_bytes());
        // Revisions are dates, and dates sort like text.
        match revision {
            Some(revision) if revision >= CANCELLING.as_bytes() => Leaving::Cancels,
            _ => Leaving::MeansNothing,
        }
    }
}
