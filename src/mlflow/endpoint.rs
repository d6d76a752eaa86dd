//! A route of MLflow's REST API, and what using it does.

use std::borrow::Cow;

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::Error;

/// RFC 3986 unreserved characters stay as they are in queries.
pub(super) const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Names and values as queries and forms have them; names may repeat.
pub(super) fn encoded(pairs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.extend(utf8_percent_encode(name, ENCODED));
        text.push('=');
        text.extend(utf8_percent_encode(value, ENCODED));
    }
    text
}

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
    pub path: Cow<'static, str>,
    /// What it does.
    pub access: Access,
}

impl Endpoint {
    /// GET, changing nothing.
    #[must_use]
    pub const fn get(path: &'static str) -> Self {
        Self { method: Method::GET, path: Cow::Borrowed(path), access: Access::Read }
    }

    /// GET of one thing among those of a collection, changing nothing.
    ///
    /// # Errors
    /// The id is none that MLflow makes, and so could lead elsewhere: an encoded slash, or dots, mean a path of their
    /// own to some servers.
    pub fn get_one(collection: &'static str, id: &str) -> Result<Self, Error> {
        Self::get(collection).one(id)
    }

    /// The route of one thing among those of this route, by an id that MLflow makes.
    ///
    /// # Errors
    /// As of [`Endpoint::get_one`].
    pub fn one(mut self, id: &str) -> Result<Self, Error> {
        let made = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if id.is_empty() || !id.bytes().all(made) {
            return Err(Error::NotUnderstood(format!("{id:?} is no id of one of {}", self.path)));
        }
        self.path.to_mut().push('/');
        self.path.to_mut().push_str(id);
        Ok(self)
    }

    /// The route of a part of that thing; `part` begins with a slash.
    #[must_use]
    pub fn then(mut self, part: &'static str) -> Self {
        self.path.to_mut().push_str(part);
        self
    }

    /// The route of something of that thing by a name that people give, encoded.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.path.to_mut().push('/');
        self.path.to_mut().extend(utf8_percent_encode(name, ENCODED));
        self
    }

    /// POST with a question in its body, changing nothing.
    #[must_use]
    pub const fn ask(path: &'static str) -> Self {
        Self { method: Method::POST, path: Cow::Borrowed(path), access: Access::Read }
    }

    /// POST that adds or replaces.
    #[must_use]
    pub const fn post(path: &'static str) -> Self {
        Self { method: Method::POST, path: Cow::Borrowed(path), access: Access::Write }
    }

    /// PATCH with the members to replace.
    #[must_use]
    pub const fn patch(path: &'static str) -> Self {
        Self { method: Method::PATCH, path: Cow::Borrowed(path), access: Access::Write }
    }

    /// DELETE; MLflow reads what to delete from the body and ignores a query.
    #[must_use]
    pub const fn delete(path: &'static str) -> Self {
        Self { method: Method::DELETE, path: Cow::Borrowed(path), access: Access::Delete }
    }

    /// DELETE of what the same call created: no more than a write, since nothing goes that was there before.
    #[must_use]
    pub const fn undo(path: &'static str) -> Self {
        Self { method: Method::DELETE, path: Cow::Borrowed(path), access: Access::Write }
    }

    /// POST that removes.
    #[must_use]
    pub const fn remove(path: &'static str) -> Self {
        Self { method: Method::POST, path: Cow::Borrowed(path), access: Access::Delete }
    }
}
