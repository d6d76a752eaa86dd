//! One span, in whichever of its three forms a server gives it: of MLflow 2, of MLflow 3, or of OTLP's JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

/// One step of a trace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    /// 16 hex digits.
    pub span_id: String,
    /// The span it is part of.
    pub parent_id: Option<String>,
    /// What it is called.
    pub name: String,
    /// OK, ERROR or UNSET.
    pub status: String,
    /// What went wrong.
    pub message: String,
    /// Since 1970, in nanoseconds.
    pub start: i64,
    /// The same; `None` while it goes on.
    pub end: Option<i64>,
    /// What is known of it, by name.
    pub attributes: Map<String, Value>,
    /// What happened in it.
    pub events: Vec<Event>,
    /// Spans elsewhere that it belongs with, as MLflow has them.
    pub links: Vec<Value>,
}

/// What happened in a span.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// `exception`, for instance.
    pub name: String,
    /// Since 1970, in nanoseconds.
    pub time: i64,
    /// What is known of it, by name.
    pub attributes: Map<String, Value>,
}

impl Span {
    /// Reads any of the forms. What lacks is empty: a trace with a strange span is still one.
    #[must_use]
    pub fn of(span: &Value) -> Self {
        let context = &span["context"];
        let status = match &span["status"] {
            Value::Null => &span["status_code"],
            Value::Object(status) => status.get("code").unwrap_or(&Value::Null),
            other => other,
        };
        let message = [&span["status"]["message"], &span["status_message"]];
        let parent = [&span["parent_span_id"], &span["parent_id"]];
        Self {
            span_id: first([&span["span_id"], &context["span_id"]]).map(hex).unwrap_or_default(),
            parent_id: first(parent).filter(|id| !id.is_empty()).map(hex),
            name: span["name"].as_str().unwrap_or_default().to_owned(),
            status: code(status),
            message: first(message).unwrap_or_default().to_owned(),
            start: time(&span["start_time_unix_nano"]).or(time(&span["start_time"])).unwrap_or(0),
            end: time(&span["end_time_unix_nano"]).or(time(&span["end_time"])).filter(|end| *end > 0),
            attributes: attributes(&span["attributes"]),
            events: list(&span["events"]).iter().map(Event::of).collect(),
            links: list(&span["links"]).to_vec(),
        }
    }

    /// LLM, TOOL, AGENT and so on.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.attributes.get("mlflow.spanType").and_then(Value::as_str).unwrap_or("UNKNOWN")
    }

    /// Whether it failed.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.status == "ERROR"
    }

    /// How long it took, in milliseconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a time of a span in nanoseconds is far below 2^53")]
    pub fn duration(&self) -> Option<f64> {
        Some(self.end?.saturating_sub(self.start) as f64 / 1e6)
    }

    /// The type and message of the exception that ended it, as far as they are known.
    #[must_use]
    pub fn exception(&self) -> Option<(String, String)> {
        let event = self.events.iter().rev().find(|event| event.name == "exception");
        let of = |name: &str| event.and_then(|event| event.attributes.get(name)).map(text);
        match (of("exception.type"), of("exception.message")) {
            (None, None) if self.message.is_empty() => None,
            // MLflow writes "ValueError: what it says".
            (None, None) => Some(match self.message.split_once(": ") {
                Some((kind, message)) if is_type(kind) => (kind.to_owned(), message.to_owned()),
                _ => (String::new(), self.message.clone()),
            }),
            (kind, message) => Some((kind.unwrap_or_default(), message.unwrap_or_default())),
        }
    }
}

/// Whether a text is the name of a type, as `requests.Timeout` is.
fn is_type(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte))
}

impl Event {
    fn of(event: &Value) -> Self {
        Self {
            name: event["name"].as_str().unwrap_or_default().to_owned(),
            time: time(&event["time_unix_nano"]).or(time(&event["timestamp"])).unwrap_or(0),
            attributes: match &event["attributes"] {
                Value::Object(plain) => plain.clone(),
                other => attributes(other),
            },
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn first(values: [&Value; 2]) -> Option<&str> {
    values.into_iter().find_map(Value::as_str)
}

/// An id as MLflow shows it: OTLP's JSON has its bytes in base64.
fn hex(id: &str) -> String {
    match STANDARD.decode(id) {
        Ok(bytes) if bytes.len() == 8 => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        _ => id.strip_prefix("0x").unwrap_or(id).to_owned(),
    }
}

fn code(status: &Value) -> String {
    match status {
        Value::String(name) => name.trim_start_matches("STATUS_CODE_").to_owned(),
        other => match other.as_u64() {
            Some(1) => "OK",
            Some(2) => "ERROR",
            _ => "UNSET",
        }
        .to_owned(),
    }
}

/// Nanoseconds, also where protobuf writes them as text, and where MLflow 2 has microseconds (its exceptions).
fn time(value: &Value) -> Option<i64> {
    let time = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
    let microseconds = 100_000_000_000_000..10_000_000_000_000_000;
    Some(if microseconds.contains(&time) { time * 1_000 } else { time })
}

/// By name, whether they come as JSON in text or as OTLP's typed values.
fn attributes(value: &Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => {
            let read = |value: &Value| match value {
                Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
                other => other.clone(),
            };
            members.iter().map(|(name, value)| (name.clone(), read(value))).collect()
        }
        other => pairs(other),
    }
}

fn pairs(value: &Value) -> Map<String, Value> {
    list(value).iter().map(|pair| (text(&pair["key"]), plain(&pair["value"]))).collect()
}

/// What an `AnyValue` of OTLP says.
fn plain(value: &Value) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|members| members.iter().next()) else {
        return Value::Null;
    };
    match kind.as_str() {
        "int_value" | "intValue" => match inner.as_str().and_then(|text| text.parse::<i64>().ok()) {
            Some(number) => number.into(),
            None => inner.clone(),
        },
        "array_value" | "arrayValue" => list(&inner["values"]).iter().map(plain).collect(),
        "kvlist_value" | "kvlistValue" => Value::Object(pairs(&inner["values"])),
        _ => inner.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The same span as the three of them write it.
    #[test]
    fn all_forms_say_the_same() {
        let second = json!({
            "name": "call", "context": {"span_id": "06fa86c09c79b31e", "trace_id": "a"}, "parent_id": "2db9daab00b35c4f",
            "start_time": 1_795_297_989_328_056_100_i64, "end_time": 1_795_297_989_329_056_100_i64,
            "status_code": "ERROR", "status_message": "ValueError: no",
            "attributes": {"mlflow.spanType": "\"TOOL\"", "k": "1.5", "mlflow.spanInputs": "{\"x\": [1, true]}"},
            "events": [{"name": "exception", "timestamp": 1_795_297_989_328_301_i64, "attributes": {"exception.message": "no"}}],
        });
        let third = json!({
            "name": "call", "span_id": "BvqGwJx5sx4=", "parent_span_id": "LbnaqwCzXE8=",
            "start_time_unix_nano": 1_795_297_989_328_056_100_i64, "end_time_unix_nano": "1795297989329056100",
            "status": {"code": "STATUS_CODE_ERROR", "message": "ValueError: no"},
            "attributes": {"mlflow.spanType": "\"TOOL\"", "k": "1.5", "mlflow.spanInputs": "{\"x\": [1, true]}"},
            "events": [{"name": "exception", "time_unix_nano": 1_795_297_989_328_301_000_i64, "attributes": {"exception.message": "no"}}],
            "links": [],
        });
        let mut otlp = third.clone();
        let list = json!({"array_value": {"values": [{"int_value": "1"}, {"bool_value": true}]}});
        otlp["attributes"] = json!([
            {"key": "mlflow.spanType", "value": {"string_value": "TOOL"}}, {"key": "k", "value": {"double_value": 1.5}},
            {"key": "mlflow.spanInputs", "value": {"kvlist_value": {"values": [{"key": "x", "value": list}]}}},
        ]);
        otlp["events"][0]["attributes"] =
            json!([{"key": "exception.message", "value": {"string_value": "no"}}]);
        let span = Span::of(&second);
        assert_eq!((span.span_id.as_str(), span.kind(), span.failed()), ("06fa86c09c79b31e", "TOOL", true));
        assert_eq!((span.parent_id.as_deref(), span.duration()), (Some("2db9daab00b35c4f"), Some(1.0)));
        assert_eq!(span.attributes.get("mlflow.spanInputs"), Some(&json!({"x": [1, true]})));
        assert_eq!(span.exception(), Some((String::new(), "no".to_owned())));
        assert_eq!(Span::of(&third), span);
        assert_eq!(Span::of(&otlp), span);
    }

    #[test]
    fn what_is_no_span_is_an_empty_one_and_never_a_panic() {
        for value in [json!(null), json!([]), json!({"attributes": 3, "events": [1], "status": 2})] {
            assert_eq!(Span::of(&value).name, "");
        }
        assert_eq!(Span::of(&json!({"status": {"code": 2}})).status, "ERROR");
        let told = Span { message: "TimeoutError: 30 s".to_owned(), ..Span::default() };
        assert_eq!(told.exception(), Some(("TimeoutError".to_owned(), "30 s".to_owned())));
        let plain = Span { message: "it is: late".to_owned(), ..Span::default() };
        assert_eq!(plain.exception(), Some((String::new(), "it is: late".to_owned())));
    }
}
