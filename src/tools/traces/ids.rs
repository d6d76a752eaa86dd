//! Ids of traces as they are given: a list, or, as MLflow's own server takes them, one text with commas.

/// Each once, in the order given.
pub(crate) fn ids(given: &[String]) -> Vec<&str> {
    let mut ids: Vec<&str> = Vec::new();
    for id in given.iter().flat_map(|text| text.split(',')).map(str::trim) {
        if !id.is_empty() && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}
