//! The protocol's revisions.

use std::fmt;

/// A revision of the protocol that this server speaks, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 2024-11-05
    V2024_11_05,
    /// 2025-03-26: Streamable HTTP and batches.
    V2025_03_26,
    /// 2025-06-18: structured output, no batches, the version header.
    V2025_06_18,
    /// 2025-11-25: the last revision that opens with `initialize`.
    V2025_11_25,
    /// 2026-07-28: every request stands alone.
    V2026_07_28,
}

impl Version {
    /// Every revision, newest first: the order in which `server/discover` names them.
    pub const ALL: [Self; 5] =
        [Self::V2026_07_28, Self::V2025_11_25, Self::V2025_06_18, Self::V2025_03_26, Self::V2024_11_05];

    /// What `initialize` answers to a client that asks for a revision we do not know.
    pub const NEWEST_LEGACY: Self = Self::V2025_11_25;

    /// What a request without any claim is taken to be (2025-11-25, `basic/transports`: "SHOULD assume").
    pub const ASSUMED: Self = Self::V2025_03_26;

    /// The revision of that date, or `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.as_str() == text)
    }

    /// The date that names it on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2024_11_05 => "2024-11-05",
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// Whether requests carry their own version and capabilities instead of an `initialize` before them.
    #[must_use]
    pub fn is_modern(self) -> bool {
        self >= Self::V2026_07_28
    }

    /// Whether a body may be an array of messages: added in 2025-03-26, removed in 2025-06-18. Revision
    /// 2024-11-05 does not forbid it.
    #[must_use]
    pub fn has_batches(self) -> bool {
        self <= Self::V2025_03_26
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn every_revision_reads_back_from_its_own_name() {
        for version in Version::ALL {
            assert_eq!(Version::parse(version.as_str()), Some(version));
        }
    }

    #[test]
    fn unknown_dates_are_not_versions() {
        for text in ["", "1.0.0", "2024-10-07", "2099-01-01", " 2025-11-25"] {
            assert_eq!(Version::parse(text), None, "{text:?}");
        }
    }
}
