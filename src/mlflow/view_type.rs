//! Living or deleted: experiments and runs are deleted softly.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which of the living and the deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ViewType {
    /// Not deleted.
    #[default]
    ActiveOnly,
    /// Deleted, and not yet purged.
    DeletedOnly,
    /// Both.
    All,
}
