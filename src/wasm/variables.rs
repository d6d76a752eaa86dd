//! The configuration: from the environment and, in the build for Spin, from Spin's variables, where its secrets are.

#[cfg(feature = "spin")]
use std::cell::Cell;

use crate::config::{self, Config};

/// A variable that is there, perhaps, and could not be read.
///
/// It is not taken for an unset one: without its list of callers the server would be open to everybody.
pub(super) struct Unreadable {
    /// Its name.
    pub(super) variable: String,
}

/// All that is configured.
#[cfg(feature = "spin")]
pub(super) fn read() -> Result<Config, Unreadable> {
    let unreadable = Cell::new(None);
    let config = config::read(&|name| {
        variable(name).unwrap_or_else(|error| {
            unreadable.set(Some(error));
            None
        })
    });
    unreadable.into_inner().map_or(Ok(config), Err)
}

/// All that is configured. It is read once: what a host has given an instance as its environment stays the same.
#[cfg(not(feature = "spin"))]
#[expect(clippy::unnecessary_wraps, reason = "Spin's can fail")]
pub(super) fn read() -> Result<Config, Unreadable> {
    thread_local! {
        static CONFIG: Config = config::read(&environment);
    }
    Ok(CONFIG.with(Config::clone))
}

#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(feature = "spin")]
use spin::variable;

#[cfg(feature = "spin")]
mod spin {
    use super::{Unreadable, environment};
    use bindings::fermyon::spin::variables::{Error, get};

    #[allow(
        unsafe_code,
        missing_docs,
        unreachable_pub,
        unused_qualifications,
        clippy::all,
        reason = "generated"
    )]
    mod bindings {
        wit_bindgen::generate!({path: "wit/deps/spin", world: "configured"});
    }

    /// The environment's, which `spin up -e` sets, wins over Spin's variable of the same name in small letters.
    pub(super) fn variable(name: &str) -> Result<Option<String>, Unreadable> {
        if let Some(value) = environment(name) {
            return Ok(Some(value));
        }
        match get(&name.to_ascii_lowercase()) {
            Ok(value) => Ok(Some(value)),
            Err(Error::Undefined(_)) => Ok(None),
            // What the provider says may quote what it was asked with.
            Err(Error::InvalidName(_) | Error::Provider(_) | Error::Other(_)) => {
                Err(Unreadable { variable: name.to_owned() })
            }
        }
    }
}
