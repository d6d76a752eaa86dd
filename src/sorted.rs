//! Maps out of pairs.

use std::collections::BTreeMap;

/// The pairs by their first parts; of equal ones the last counts.
///
/// `collect` does the same by sorting them all first, and brings 5 kB of sorting into the component for each kind of
/// pair. What MLflow sends is sorted already, or short.
pub fn sorted<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in pairs {
        map.insert(key, value);
    }
    map
}

#[cfg(test)]
mod tests {
    use super::sorted;

    #[test]
    fn pairs_become_what_collect_makes_of_them() {
        let pairs = [("b", 1), ("a", 2), ("c", 3), ("a", 4)];
        assert_eq!(sorted(pairs), pairs.into_iter().collect());
    }
}
