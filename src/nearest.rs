//! The valid name that was probably meant.

/// How alike two names must be, from 0 to 1 (Jaro-Winkler), ignoring case.
const ALIKE: f64 = 0.82;

/// The most names that an error lists.
const LISTED: usize = 12;

/// The candidate most like `name`, if one is alike.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&name, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// A sentence that names what was probably meant and what there is; empty if there is nothing.
pub fn suggestion<'a>(name: &str, what: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let listed =
        candidates.iter().take(LISTED).map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    let more = if candidates.len() > LISTED { " and more" } else { "" };
    match nearest(name, candidates.iter().copied()) {
        _ if candidates.is_empty() => String::new(),
        Some(near) => format!("Did you mean {near:?}? {what}: {listed}{more}."),
        None => format!("{what}: {listed}{more}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_the_name_that_was_meant() {
        let names = ["experiment_id", "run_id", "limit", "order_by"];
        assert_eq!(nearest("experimentId", names), Some("experiment_id"));
        assert_eq!(nearest("lmit", names), Some("limit"));
        assert_eq!(nearest("zzz", names), None);
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let names: Vec<String> = (0..40).map(|n| format!("metric_{n}")).collect();
        let text = suggestion("loss", "Metrics of the run", names.iter().map(String::as_str));
        assert!(text.ends_with("\"metric_11\" and more."), "{text}");
        assert_eq!(suggestion("x", "Metrics", []), "");
    }
}
