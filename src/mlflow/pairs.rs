//! Tags and parameters, which MLflow writes as lists of pairs.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

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

/// A tag, or a parameter, as MLflow takes it.
#[derive(Clone, Debug, Serialize)]
pub struct Tag<'a> {
    /// Its name.
    pub key: &'a str,
    /// Its value.
    pub value: &'a str,
}

/// A map of tags as MLflow takes it.
#[must_use]
pub fn tags(map: &BTreeMap<String, String>) -> Vec<Tag<'_>> {
    map.iter().map(|(key, value)| Tag { key, value }).collect()
}
