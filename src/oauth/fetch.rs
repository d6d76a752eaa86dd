//! The keys that an authorization server publishes, fetched and kept for a while.
//!
//! They are public and the same for everybody, so that keeping them shows nothing of one caller to the next.

use std::time::Duration;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{HeaderValue, Request, StatusCode, Uri};

use super::jwk::Keys;
use crate::port::{Limits, Ports};

/// How long keys are taken to be the newest.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// How long they are used while there are no newer ones to be had.
const STALE: Duration = Duration::from_secs(60 * 60);
/// How long nobody asks again for the sake of a key that is not among them. Anybody can name one.
const PAUSE: Duration = Duration::from_secs(30);

const LIMITS: Limits = Limits {
    connect: Duration::from_secs(3),
    first_byte: Duration::from_secs(5),
    between_bytes: Duration::from_secs(5),
    body: 64 << 10,
};

/// Keys, and how old they are.
pub(super) struct Fetched {
    pub(super) keys: Keys,
    age: Duration,
}

impl Fetched {
    /// Whether there may be newer ones by now.
    pub(super) fn may_have_changed(&self) -> bool {
        self.age >= PAUSE
    }
}

/// The newest keys that there are without need to ask, else newer ones.
pub(super) async fn keys(ports: &Ports<'_>, from: &Uri) -> Result<Fetched, String> {
    let old = match kept(ports, from) {
        Some(kept) if kept.age < FRESH => return Ok(kept),
        kept => kept.filter(|kept| kept.age < STALE),
    };
    match (newer(ports, from).await, old) {
        (Err(_), Some(old)) => Ok(old),
        (fetched, _) => fetched,
    }
}

/// The keys as they are now.
pub(super) async fn newer(ports: &Ports<'_>, from: &Uri) -> Result<Fetched, String> {
    let text = fetch(ports, from).await.map_err(|problem| format!("the keys at {from}: {problem}"))?;
    let keys = Keys::published(&text).map_err(|problem| format!("the keys at {from}: {problem}"))?;
    let mut record = ports.clock.wall().as_secs().to_string().into_bytes();
    record.push(b'\n');
    record.extend_from_slice(&text);
    ports.shelf.put(&place(from), record.into());
    Ok(Fetched { keys, age: Duration::ZERO })
}

fn place(from: &Uri) -> String {
    format!("jwks/{from}")
}

/// What was kept: the second in which it was fetched, and the set as it came.
fn kept(ports: &Ports<'_>, from: &Uri) -> Option<Fetched> {
    let record = ports.shelf.get(&place(from))?;
    let end = record.iter().position(|byte| *byte == b'\n')?;
    let fetched: u64 = std::str::from_utf8(&record[..end]).ok()?.parse().ok()?;
    // A clock that was set back makes them old.
    let age = ports.clock.wall().checked_sub(Duration::from_secs(fetched))?;
    Some(Fetched { keys: Keys::published(&record[end + 1..]).ok()?, age })
}

async fn fetch(ports: &Ports<'_>, from: &Uri) -> Result<Bytes, String> {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = from.clone();
    request
        .headers_mut()
        .insert(ACCEPT, HeaderValue::from_static("application/jwk-set+json, application/json"));
    let response = ports.http.send(request, &LIMITS).await.map_err(|error| error.reason().to_owned())?;
    match response.status() {
        StatusCode::OK => Ok(response.into_body()),
        status => Err(format!("the server answers {}", status.as_u16())),
    }
}
