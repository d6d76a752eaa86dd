//! Tags and parameters, which MLflow writes as lists of pairs.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::sorted::sorted;

/// `[{"key": k, "value": v}]` as a map.
pub(super) fn pairs<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    #[derive(Deserialize)]
    struct Pair {
        key: String,
        #[serde(default)]
        value: String,
    }
    let pairs = Vec::<Pair>::deserialize(deserializer)?;
    Ok(sorted(pairs.into_iter().map(|pair| (pair.key, pair.value))))
}
