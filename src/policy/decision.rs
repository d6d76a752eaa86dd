//! What a policy says of a call, in one word.

/// What a policy says of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It may be made.
    Allowed,
    /// It may not be made.
    Denied,
    /// A person must agree first.
    Unapproved,
    /// There were too many.
    Limited,
    /// Whether there were too many cannot be told.
    Uncounted,
}

impl Decision {
    /// The word, as logs and reports have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Unapproved => "unapproved",
            Self::Limited => "limited",
            Self::Uncounted => "uncounted",
        }
    }
}
