//! What records do to those that are there: MLflow sets the members of expectations and tags, replaces outputs, and keeps
//! the rest.

use serde_json::{Value, json};

use super::given::Members;
use crate::mlflow::evaluation_datasets::records::Record;
use crate::tool::preview;

/// Characters of a value that a sentence shows.
const SHOWN: usize = 60;

/// What MLflow merges member by member.
const MERGED: [&str; 2] = ["expectations", "tags"];

/// A record that is given, and the one with the same inputs, if it was seen.
pub(super) struct Merge {
    pub(super) given: Members,
    pub(super) known: Option<Record>,
}

impl Merge {
    /// What is to be replaced, as it is: a record that has no more than what sets it again. Nothing where nothing is
    /// replaced.
    pub(super) fn replaced(&self) -> Option<Members> {
        let known = self.known.as_ref()?;
        let mut before = Members::new();
        for (name, now) in [("expectations", &known.expectations), ("tags", &known.tags)] {
            let mut members = Members::new();
            for (key, value) in self.given.get(name).and_then(Value::as_object).into_iter().flatten() {
                match now.get(key) {
                    Some(old) if old != value => drop(members.insert(key.clone(), old.clone())),
                    _ => {}
                }
            }
            if !members.is_empty() {
                before.insert(name.to_owned(), Value::Object(members));
            }
        }
        if self.given.get("outputs").is_some_and(|outputs| *outputs != known.outputs) {
            before.insert("outputs".to_owned(), known.outputs.clone());
        }
        (!before.is_empty()).then_some(before)
    }

    /// The record that sets it again.
    pub(super) fn undoing(&self) -> Option<Value> {
        let mut record = self.replaced()?;
        record.insert("inputs".to_owned(), self.given["inputs"].clone());
        Some(Value::Object(record))
    }

    /// How many members the record gets that it does not have, and that nothing takes away again.
    pub(super) fn added(&self) -> usize {
        let Some(known) = &self.known else { return 0 };
        let now = [&known.expectations, &known.tags];
        let given = MERGED.into_iter().zip(now).flat_map(|(name, now)| {
            let members = self.given.get(name).and_then(Value::as_object);
            members
                .into_iter()
                .flat_map(|members| members.keys())
                .filter(|key| now.get(key.as_str()).is_none())
        });
        given.count()
    }

    /// What is replaced, in a sentence.
    pub(super) fn would(&self) -> Option<String> {
        let (known, replaced) = (self.known.as_ref()?, self.replaced()?);
        let parts: Vec<String> =
            replaced.iter().map(|(name, value)| format!("{name} {}", preview::json(value, SHOWN))).collect();
        Some(format!("In {} it replaces {}.", known.dataset_record_id, parts.join(", ")))
    }
}

/// A record that is deleted, as it would be given again.
pub(super) fn again(record: &Record) -> Option<Value> {
    let mut members = Members::new();
    members.insert("inputs".to_owned(), record.inputs.is_object().then(|| record.inputs.clone())?);
    let objects =
        [("expectations", &record.expectations), ("tags", &record.tags), ("source", &record.source)];
    for (name, value) in objects {
        if value.is_object() {
            members.insert(name.to_owned(), value.clone());
        }
    }
    if record.outputs != Value::Null && record.outputs != json!({}) {
        members.insert("outputs".to_owned(), record.outputs.clone());
    }
    Some(Value::Object(members))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_is_replaced_is_what_sets_it_again_and_no_more() {
        let known: Record =
            serde_json::from_value(json!({"dataset_record_id": "dr-1", "inputs": {"q": 1}, "outputs": {},
            "expectations": {"a": 1, "same": [1], "other": 2}, "tags": {}}))
            .unwrap();
        let given =
            |record: Value| Merge { given: record.as_object().unwrap().clone(), known: Some(known.clone()) };
        let merge = given(
            json!({"inputs": {"q": 1}, "expectations": {"a": 2, "same": [1], "new": 3}, "tags": {"t": "1"},
            "outputs": "x"}),
        );
        assert_eq!(
            merge.undoing(),
            Some(json!({"inputs": {"q": 1}, "expectations": {"a": 1}, "outputs": {}}))
        );
        assert_eq!(merge.added(), 2);
        assert!(merge.would().unwrap().contains("dr-1 it replaces expectations {\"a\":1}, outputs {}"));
        let same = given(json!({"inputs": {"q": 1}, "expectations": {"a": 1}, "outputs": {}}));
        assert_eq!((same.undoing(), same.added(), same.would()), (None, 0, None));
        let new = Merge { known: None, ..same };
        assert_eq!((new.undoing(), new.added()), (None, 0));
    }

    #[test]
    fn a_deleted_record_is_given_again_as_it_was() {
        let text = json!({"dataset_record_id": "dr-1", "inputs": {"q": 1}, "outputs": {}, "tags": {}, "created_time": 7,
            "source": {"source_type": "CODE", "source_data": {}}});
        let record: Record = serde_json::from_value(text).unwrap();
        let expected =
            json!({"inputs": {"q": 1}, "tags": {}, "source": {"source_type": "CODE", "source_data": {}}});
        assert_eq!(again(&record), Some(expected));
        assert_eq!(again(&Record { inputs: json!("NaN"), ..record }), None);
    }
}
