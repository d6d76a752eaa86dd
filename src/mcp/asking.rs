//! What a request says before its message: who asks, with which headers, for how much of the server.

use http::HeaderMap;

use super::narrowing::Narrowing;

/// What a [`Service`](super::Service) is made for. It holds nothing of any other request.
#[derive(Clone, Debug)]
pub struct Asking<'a> {
    /// The caller's name, where callers are told apart.
    pub caller: Option<&'a str>,
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// What the request and its caller are to see and call; all of them hold.
    pub narrowings: Vec<Narrowing>,
}
