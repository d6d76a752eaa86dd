//! Who is calling.

/// A caller, as limits tell callers apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller(Option<String>);

impl Caller {
    /// Somebody: where callers are not told apart, all are one.
    #[must_use]
    pub fn anyone() -> Self {
        Self(None)
    }

    /// The caller of that name.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self(Some(name.into()))
    }

    /// The name, if there is one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.as_deref()
    }
}
