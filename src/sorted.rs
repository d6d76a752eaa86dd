//! Maps out of pairs, and lists in order, without the standard library's sorting: it brings 5 kB into the component for
//! each type that is sorted.

use std::collections::BTreeMap;

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
    use super::{sort, sorted};

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
    fn pairs_become_what_collect_makes_of_them() {
        let pairs = [("b", 1), ("a", 2), ("c", 3), ("a", 4)];
        assert_eq!(sorted(pairs), pairs.into_iter().collect());
    }
}
