//! Maps out of pairs, and lists in order, without the standard library's sorting: it brings 5 kB into the component for
//! each type that is sorted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The pairs by their first parts; of equal ones the last counts.
///
/// `collect` does the same by sorting them all first. What MLflow sends is sorted already, or short.
pub fn sorted<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in pairs {
        map.insert(key, value);
    }
    map
}

/// The items, each once; `collect` sorts them, too.
pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    for item in items {
        set.insert(item);
    }
    set
}

/// The items by a key, equal ones in the order that they had: each is put where it belongs, which is quick for a few.
pub fn by<T, K: Ord>(items: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut sorted: Vec<T> = Vec::new();
    for item in items {
        let at = sorted.partition_point(|known| key(known) <= key(&item));
        sorted.insert(at, item);
    }
    sorted
}

/// A value with the members of its objects in the order of their names, on every level.
#[must_use]
pub fn ordered(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = sorted(members);
            Value::Object(members.into_iter().map(|(name, value)| (name, ordered(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(ordered).collect()),
        other => other,
    }
}

/// Sorts a list in place, by a heap: equal items may change places.
pub fn sort<T>(items: &mut [T], less: impl Fn(&T, &T) -> bool) {
    let sift = |items: &mut [T], mut parent: usize| {
        while 2 * parent + 1 < items.len() {
            let mut child = 2 * parent + 1;
            if child + 1 < items.len() && less(&items[child], &items[child + 1]) {
                child += 1;
            }
            if !less(&items[parent], &items[child]) {
                return;
            }
            items.swap(parent, child);
            parent = child;
        }
    };
    for parent in (0..items.len() / 2).rev() {
        sift(items, parent);
    }
    for end in (1..items.len()).rev() {
        items.swap(0, end);
        sift(&mut items[..end], 0);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{by, ordered, set, sort, sorted};

    #[test]
    fn a_list_is_in_order_whatever_order_it_had() {
        for length in 0..40_u64 {
            // Remainders by a prime: every order but the right one, and with ties.
            let mut items: Vec<u64> = (0..length).map(|n| n * 7_919 % 23).collect();
            let mut expected = items.clone();
            expected.sort_unstable();
            sort(&mut items, |a, b| a < b);
            assert_eq!(items, expected);
        }
    }

    #[test]
    fn items_of_one_key_stay_in_their_order() {
        let items = [(2, 'a'), (1, 'b'), (2, 'c'), (3, 'd'), (1, 'e')];
        assert_eq!(by(items, |(key, _)| *key), [(1, 'b'), (1, 'e'), (2, 'a'), (2, 'c'), (3, 'd')]);
        assert!(by(Vec::<u8>::new(), |item| *item).is_empty());
        assert_eq!(set([3, 1, 3]).into_iter().collect::<Vec<u8>>(), [1, 3]);
    }

    #[test]
    fn members_stand_in_the_order_of_their_names() {
        let value = json!({"b": [{"d": 1, "c": 2}], "ä": null, "a": {"z": 1, "Z": 2}});
        assert_eq!(ordered(value).to_string(), r#"{"a":{"Z":2,"z":1},"b":[{"c":2,"d":1}],"ä":null}"#);
    }

    #[test]
    fn pairs_become_what_collect_makes_of_them() {
        let pairs = [("b", 1), ("a", 2), ("c", 3), ("a", 4)];
        assert_eq!(sorted(pairs), pairs.into_iter().collect());
    }
}
