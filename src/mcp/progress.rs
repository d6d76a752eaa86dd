//! How far a call is.

use std::cell::{Cell, RefCell};

use serde_json::Value;

use super::json::{Json, Members};

/// Where a tool says how far it is. Whoever does not listen costs nothing.
#[derive(Debug, Default)]
pub struct Progress {
    /// What the client gave to know its call by: a string or an integer.
    token: Option<Value>,
    last: Cell<f64>,
    waiting: RefCell<Vec<Json>>,
}

impl Progress {
    /// For a client that does not listen.
    #[must_use]
    pub fn unheard() -> Self {
        Self::default()
    }

    /// For a client that knows its call by this token.
    #[must_use]
    pub fn to(token: Value) -> Self {
        Self { token: Some(token), last: Cell::new(-1.0), waiting: RefCell::default() }
    }

    /// So much is done, of so much if that is known. What is no more than before is not said: the protocol
    /// wants numbers that rise.
    pub fn report(&self, done: f64, total: Option<f64>, message: &str) {
        let Some(token) = &self.token else { return };
        if done <= self.last.get() {
            return;
        }
        self.last.set(done);
        let mut params = Members::new().with("progressToken", token).with("progress", &done);
        params = params.with("message", message);
        if let Some(total) = total {
            params = params.with("total", &total);
        }
        let notification = Members::new().with("jsonrpc", "2.0").with("method", "notifications/progress");
        self.waiting.borrow_mut().push(notification.with_json("params", params.into()).into());
    }

    /// The notifications that were not yet sent.
    pub(super) fn take(&self) -> Vec<Json> {
        self.waiting.take()
    }

    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.borrow().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_rising_numbers_are_said() {
        let progress = Progress::to(json!("t"));
        for done in [0.0, 1.0, 1.0, 0.5, 3.0] {
            progress.report(done, Some(3.0), "");
        }
        let said: Vec<Value> =
            progress.take().iter().map(|one| one.value()["params"]["progress"].clone()).collect();
        assert_eq!(said, [json!(0.0), json!(1.0), json!(3.0)]);
        assert!(!progress.is_waiting());
    }

    #[test]
    fn nobody_listening_means_nothing_is_kept() {
        let progress = Progress::unheard();
        progress.report(1.0, None, "");
        assert!(!progress.is_waiting());
    }
}
