//! A route of MLflow's REST API, and what using it does.

use http::Method;

/// What a call does to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Changes nothing, whatever the method, and may be repeated.
    Read,
}

/// One route. Each file of this module declares those it uses.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// GET with a query, or POST with a JSON body.
    pub method: Method,
    /// From the server's root, with the leading slash.
    pub path: &'static str,
    /// What it does.
    pub access: Access,
}

impl Endpoint {
    /// GET, changing nothing.
    #[must_use]
    pub const fn get(path: &'static str) -> Self {
        Self { method: Method::GET, path, access: Access::Read }
    }

    /// POST with a question in its body, changing nothing.
    #[must_use]
    pub const fn ask(path: &'static str) -> Self {
        Self { method: Method::POST, path, access: Access::Read }
    }
}
