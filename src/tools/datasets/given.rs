//! Records as a caller gives them, looked at before MLflow is: it takes nearly anything, what its own client would refuse and
//! what it then cannot read.

use serde_json::{Map, Value, json};

use crate::tool::ToolError;
use crate::tool::nearest::suggestion;

use crate::mlflow::evaluation_datasets::change::SOURCE_CHARACTERS;

/// A record: `inputs`, and what else is said of it.
pub(super) type Members = Map<String, Value>;

/// The most records in one call.
pub(super) const MOST: usize = 100;

const MEMBERS: [&str; 5] = ["inputs", "expectations", "outputs", "tags", "source"];

/// Where a record can be from (`mlflow/entities/dataset_record_source.py`).
const SOURCES: [&str; 5] = ["HUMAN", "CODE", "TRACE", "DOCUMENT", "UNSPECIFIED"];

/// The inputs of a conversation that is to be simulated: without a goal they are any other's
/// (`mlflow/entities/evaluation_dataset.py`).
const GOAL: &str = "goal";
const SESSION: [&str; 4] = ["persona", GOAL, "context", "simulation_guidelines"];

/// The records that a text holds: a JSON list of objects, or one object.
///
/// # Errors
/// It holds something else, or a record is wrong.
pub(super) fn records(text: &str) -> Result<Vec<Members>, ToolError> {
    let list = match serde_json::from_str(text) {
        Ok(Value::Array(list)) => list,
        Ok(record @ Value::Object(_)) => vec![record],
        Ok(_) => return Err(wrong("is no JSON list of records")),
        Err(error) => return Err(wrong(&format!("is no JSON: {error}"))),
    };
    if list.is_empty() || list.len() > MOST {
        return Err(wrong(&format!("has {} records, and must have 1 to {MOST}", list.len())));
    }
    let mut records: Vec<Members> = Vec::new();
    for (index, value) in list.into_iter().enumerate() {
        let record = record(value).map_err(|problem| wrong(&format!("item {index} {problem}")))?;
        if let Some(same) = records.iter().position(|other| other["inputs"] == record["inputs"]) {
            return Err(wrong(&format!(
                "items {same} and {index} have the same inputs, by which MLflow tells records apart: make one of them"
            )));
        }
        records.push(record);
    }
    Ok(records)
}

fn wrong(problem: &str) -> ToolError {
    ToolError::argument(format!("argument \"records\" {problem}; nothing was changed"))
}

fn record(value: Value) -> Result<Members, String> {
    let Value::Object(mut record) = value else {
        return Err("must be an object such as {\"inputs\": {\"question\": \"...\"}}".to_owned());
    };
    if let Some(name) = record.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        return Err(format!("cannot have the member {name:?}. {}", suggestion(name, "Members", MEMBERS)));
    }
    // Outputs can be null.
    record.retain(|name, value| name == "outputs" || !value.is_null());
    match record.get("inputs") {
        Some(Value::Object(_)) => {}
        Some(_) => return Err("has \"inputs\" that are no object".to_owned()),
        None => return Err("lacks \"inputs\"".to_owned()),
    }
    if record.get("expectations").is_some_and(|value| !value.is_object()) {
        return Err("has \"expectations\" that are no object".to_owned());
    }
    if let Some(tags) = record.get_mut("tags") {
        texts(tags)?;
    }
    match record.get_mut("source") {
        Some(source) => from(source)?,
        None => infer(&mut record),
    }
    Ok(record)
}

/// Tags are texts: a number or a yes or no is written as one.
fn texts(tags: &mut Value) -> Result<(), String> {
    let Value::Object(tags) = tags else { return Err("has \"tags\" that are no object".to_owned()) };
    for (key, value) in tags {
        match value {
            Value::String(_) => {}
            Value::Number(_) | Value::Bool(_) => *value = Value::from(value.to_string()),
            _ => return Err(format!("has the tag {key:?}, which is no text")),
        }
    }
    Ok(())
}

/// Where a record is from, in MLflow's form: any other fails in the middle of the change.
fn from(source: &mut Value) -> Result<(), String> {
    let form = "must be like {\"source_type\": \"TRACE\", \"source_data\": {\"trace_id\": \"...\"}}";
    let Value::Object(members) = source else { return Err(format!("has a \"source\", which {form}")) };
    if let Some(name) = members.keys().find(|name| *name != "source_type" && *name != "source_data") {
        return Err(format!("has a \"source\" with the member {name:?}; it {form}"));
    }
    let kind = members.get("source_type").and_then(Value::as_str).unwrap_or_default().to_uppercase();
    if !SOURCES.contains(&kind.as_str()) {
        return Err(format!("has a \"source_type\", which must be one of {}", SOURCES.join(", ")));
    }
    let data = members.get("source_data").unwrap_or(&Value::Null);
    if !data.is_null() && !data.is_object() {
        return Err("has \"source_data\" that are no object".to_owned());
    }
    let id = data[if kind == "TRACE" { "trace_id" } else { "source_id" }].as_str().unwrap_or_default();
    if id.chars().count() > SOURCE_CHARACTERS {
        return Err(format!(
            "has a source whose id has more than the {SOURCE_CHARACTERS} characters that MLflow keeps"
        ));
    }
    members.insert("source_type".to_owned(), Value::from(kind));
    Ok(())
}

/// What MLflow's own client makes of a record that does not say where it is from.
fn infer(record: &mut Members) {
    let kind = match record.get("expectations").and_then(Value::as_object) {
        Some(expectations) if expectations.is_empty() => return,
        Some(_) => "HUMAN",
        None => "CODE",
    };
    record.insert("source".to_owned(), json!({"source_type": kind, "source_data": {}}));
}

/// What the inputs are of.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Nothing is said.
    Unknown,
    /// One turn.
    Turn,
    /// A conversation to simulate.
    Session,
    /// Both, which is neither.
    Mixed,
}

fn kind<'a>(mut inputs: impl Iterator<Item = &'a String> + Clone) -> Kind {
    match (inputs.clone().next(), inputs.clone().any(|name| name == GOAL)) {
        (None, _) => Kind::Unknown,
        (Some(_), false) => Kind::Turn,
        _ if inputs.all(|name| SESSION.contains(&name.as_str())) => Kind::Session,
        _ => Kind::Mixed,
    }
}

/// That the records go with each other and with those that are there, as MLflow's own client wants it: all of single
/// turns, or all of conversations. `schema` is the dataset's.
///
/// # Errors
/// They do not.
pub(super) fn fit(records: &[Members], schema: &Value) -> Result<(), ToolError> {
    let known = schema["inputs"].as_object().map_or(Kind::Unknown, |inputs| kind(inputs.keys()));
    let mut all = match known {
        Kind::Mixed => Kind::Unknown,
        known => known,
    };
    for (index, record) in records.iter().enumerate() {
        let inputs = record["inputs"].as_object();
        match inputs.map_or(Kind::Unknown, |inputs| kind(inputs.keys())) {
            Kind::Unknown if all == Kind::Session => {
                return Err(wrong(&format!("item {index} has no inputs, and a session needs its \"goal\"")));
            }
            Kind::Unknown => {}
            Kind::Mixed => {
                return Err(wrong(&format!(
                    "item {index} has a \"goal\", which makes it a session, and inputs that no session has: put these \
                     into \"context\""
                )));
            }
            this if all == Kind::Unknown => all = this,
            this if this != all => {
                return Err(wrong(&format!(
                    "item {index} mixes sessions (inputs with a \"goal\") with other records, and a dataset holds one \
                     kind"
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_record_gets_the_form_that_mlflow_s_client_gives_it() {
        let given = json!([
            {"inputs": {"q": 1}, "expectations": {"a": [1, null]}, "tags": {"n": 1, "b": true}},
            {"inputs": {"q": 1.0}, "expectations": null},
            {"inputs": {}, "expectations": {}, "outputs": null},
            {"inputs": {"q": 2}, "source": {"source_type": "trace", "source_data": {"trace_id": "tr-1"}}},
        ]);
        let records = records(&given.to_string()).unwrap();
        assert_eq!(records[0]["tags"], json!({"n": "1", "b": "true"}));
        let source = |index: usize| records[index].get("source").map(|source| source["source_type"].clone());
        assert_eq!((source(0), source(1)), (Some(json!("HUMAN")), Some(json!("CODE"))));
        assert_eq!((source(2), source(3)), (None, Some(json!("TRACE"))));
        assert_eq!((records[1].get("expectations"), records[2].get("outputs")), (None, Some(&Value::Null)));
        assert_eq!(super::records("{\"inputs\": {\"q\": 1}}").unwrap().len(), 1);
    }

    #[test]
    fn what_is_wrong_is_told_with_what_is_right() {
        for (text, says) in [
            ("nope", "is no JSON: "),
            ("7", "is no JSON list"),
            ("[]", "has 0 records, and must have 1 to 100"),
            ("[7]", "item 0 must be an object such as"),
            (r#"[{"input": {}}]"#, "cannot have the member \"input\". Did you mean \"inputs\"?"),
            (r#"[{"tags": {}}]"#, "item 0 lacks \"inputs\""),
            (r#"[{"inputs": "q"}]"#, "\"inputs\" that are no object"),
            (r#"[{"inputs": {}, "expectations": []}]"#, "\"expectations\" that are no object"),
            (r#"[{"inputs": {}, "tags": {"a": {}}}]"#, "the tag \"a\", which is no text"),
            (r#"[{"inputs": {}, "source": "HUMAN"}]"#, "must be like {\"source_type\""),
            (r#"[{"inputs": {}, "source": {"source_type": "ME"}}]"#, "one of HUMAN, CODE, TRACE"),
            (r#"[{"inputs": {}, "source": {"source_type": "CODE", "id": 1}}]"#, "with the member \"id\""),
            (
                r#"[{"inputs": {"a": 1, "b": 2}}, {"inputs": {"b": 2, "a": 1}}]"#,
                "items 0 and 1 have the same inputs",
            ),
        ] {
            let problem = records(text).unwrap_err().message;
            assert!(problem.contains(says) && problem.ends_with("nothing was changed"), "{text}: {problem}");
        }
        let id = "x".repeat(37);
        let long =
            json!([{"inputs": {}, "source": {"source_type": "DOCUMENT", "source_data": {"source_id": id}}}]);
        assert!(records(&long.to_string()).unwrap_err().message.contains("more than the 36 characters"));
    }

    #[test]
    fn a_dataset_holds_turns_or_sessions() {
        let fits = |inputs: Value, schema: Value| {
            let list: Vec<Value> =
                inputs.as_array().unwrap().iter().map(|one| json!({"inputs": one})).collect();
            fit(&records(&Value::from(list).to_string()).unwrap(), &schema).map_err(|error| error.message)
        };
        let (turns, sessions) = (json!({"inputs": {"q": "string"}}), json!({"inputs": {"goal": "string"}}));
        assert_eq!(fits(json!([{"q": 1}, {}]), turns.clone()), Ok(()));
        assert_eq!(fits(json!([{"goal": "g", "context": {}}]), sessions.clone()), Ok(()));
        assert_eq!(fits(json!([{"goal": "g"}]), Value::Null), Ok(()));
        for (inputs, schema, says) in [
            (json!([{"goal": "g"}]), turns, "mixes sessions"),
            (json!([{"q": 1}]), sessions.clone(), "mixes sessions"),
            (json!([{}]), sessions, "needs its \"goal\""),
            (json!([{"q": 1}, {"goal": "g"}]), Value::Null, "item 1 mixes sessions"),
            (json!([{"q": 1, "goal": "g"}]), Value::Null, "put these into \"context\""),
        ] {
            assert!(fits(inputs.clone(), schema).unwrap_err().contains(says), "{inputs}");
        }
    }
}
