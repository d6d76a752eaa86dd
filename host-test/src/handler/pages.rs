//! Which web pages may read what the host answers.

use http::{HeaderMap, HeaderValue, Response};
use mlflow_mcp::config;
use mlflow_mcp::mcp::origin::{self, HostList};

use crate::outbound::Body;

/// The pages that the guest would let read its answers. Without this, a browser would report a refusal of the host
/// as a request that never arrived.
pub(crate) struct Pages(HostList);

impl Pages {
    /// As these variables of the guest say.
    pub(crate) fn of(environment: &[(String, String)]) -> Pages {
        let value =
            |name: &str| environment.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        Pages(config::read(&value).access.origins)
    }

    /// The page that asks, if it is one of them.
    pub(super) fn asking(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        origin::check_origin(headers, &self.0).ok().flatten().cloned()
    }
}

/// The answer as that page needs it.
pub(super) fn shown_to(page: Option<&HeaderValue>, mut answer: Response<Body>) -> Response<Body> {
    if let Some(page) = page {
        origin::expose(answer.headers_mut(), page);
    }
    answer
}
