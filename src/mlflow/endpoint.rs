//! A route of MLflow's REST API, and what using it does.

use http::Method;

/// What a call does to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Changes nothing, whatever the method, and may be repeated.
    Read,
    /// Adds or replaces.
    Write,
    /// Removes.
    Delete,
}

/// One route. Each file of this module declares those it uses.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// GET with a query; any other with a JSON body.
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

    /// POST that adds or replaces.
    #[must_use]
    pub const fn post(path: &'static str) -> Self {
        Self { method: Method::POST, path, access: Access::Write }
    }

    /// PATCH with the members to replace.
    #[must_use]
    pub const fn patch(path: &'static str) -> Self {
        Self { method: Method::PATCH, path, access: Access::Write }
    }

    /// DELETE; MLflow reads what to delete from the body and ignores a query.
    #[must_use]
    pub const fn delete(path: &'static str) -> Self {
        Self { method: Method::DELETE, path, access: Access::Delete }
    }

    /// DELETE of what the same call created: no more than a write, since nothing goes that was there before.
    #[must_use]
    pub const fn undo(path: &'static str) -> Self {
        Self { method: Method::DELETE, path, access: Access::Write }
    }

    /// POST that removes.
    #[must_use]
    pub const fn remove(path: &'static str) -> Self {
        Self { method: Method::POST, path, access: Access::Delete }
    }
}
