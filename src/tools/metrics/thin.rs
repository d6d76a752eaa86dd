//! Fewer points of a curve.

/// Keeps that many, evenly, the first and the last among them; of one only the last.
pub(crate) fn thin<T>(items: &mut Vec<T>, wanted: usize) {
    let all = items.len();
    if all <= wanted {
        return;
    }
    if wanted < 2 {
        items.drain(..all - wanted);
        return;
    }
    let mut kept = (0..wanted).map(|index| index * (all - 1) / (wanted - 1)).peekable();
    let mut index = 0;
    items.retain(|_| {
        let keep = kept.next_if_eq(&index).is_some();
        index += 1;
        keep
    });
}

#[cfg(test)]
mod tests {
    use super::thin;

    #[test]
    fn thinning_keeps_both_ends_and_the_count() {
        let mut twice: Vec<usize> = (0..9).collect();
        thin(&mut twice, 5);
        assert_eq!(twice, [0, 2, 4, 6, 8]);
        thin(&mut twice, 1);
        assert_eq!(twice, [8]);
        thin(&mut twice, 0);
        assert!(twice.is_empty());
        for (all, wanted) in [(10, 2), (201, 200), (1_000, 7), (3, 2), (5, 5), (4, 9)] {
            let mut items: Vec<usize> = (0..all).collect();
            thin(&mut items, wanted);
            assert_eq!(items.len(), all.min(wanted));
            assert_eq!((items.first(), items.last()), (Some(&0), Some(&(all - 1))));
            assert!(items.is_sorted());
        }
    }
}
