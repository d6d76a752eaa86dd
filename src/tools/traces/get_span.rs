//! `get_span`
//!
//! A tool of its own and no argument of get_trace: its answer is of another kind, and so is what it takes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::missing;
use super::tree::milliseconds;
use crate::mlflow::number::Number;
use crate::mlflow::traces::info::moment;
use crate::mlflow::traces::span::Span;
use crate::mlflow::traces::spans;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::any::Any;
use crate::tool::budget::size;
use crate::tool::cut::{Gap, clip, named, piece, shortened};
use crate::tool::nearest::suggestion;
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

/// Get one span of a trace: inputs, outputs, attributes, events.
///
/// What is too long is cut, and `gaps` says where: call again with a gap's pointer to read more of it.
#[derive(Deserialize, JsonSchema)]
pub struct GetSpan {
    /// tr- and 32 hex digits.
    #[schemars(length(min = 1))]
    trace_id: String,
    /// 16 hex digits, as get_trace shows it.
    #[schemars(length(min = 1))]
    span_id: String,
    /// Only this part, as a JSON pointer: /inputs/messages/0/content.
    pointer: Option<String>,
    /// Of a text or list at the pointer, how many characters or items to skip (default 0).
    #[serde(default)]
    start: usize,
}

/// A span, or part of it.
#[derive(Default, Serialize, JsonSchema)]
pub struct SpanRecord {
    /// 16 hex digits.
    pub span_id: String,
    /// The span it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    /// What it is called.
    pub name: String,
    /// LLM, TOOL, AGENT and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// OK, ERROR or UNSET.
    pub status: String,
    /// What went wrong.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status_message: String,
    /// RFC 3339.
    pub start_time: String,
    /// Milliseconds; left out while it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<Number>,
    /// What went in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Any>,
    /// What came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outputs: Option<Any>,
    /// What else is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Any>,
    /// What happened in it: name, offset_ms after it began, attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Any>,
    /// Spans elsewhere that it belongs with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<Any>,
    /// What the pointer leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Any>,
    /// Call again with it as `start` for the rest of the text or list at the pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_start: Option<usize>,
    /// Where something is left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

impl Tool for GetSpan {
    const SPEC: Spec = Spec {
        name: "get_span",
        title: "Get a span",
        toolset: Toolset::Traces,
        effect: Effect::Read,
        progress: false,
    };

    type Output = SpanRecord;

    async fn call(self, cx: &Context<'_>) -> Result<SpanRecord, Failure> {
        let id = missing::id("trace_id", &self.trace_id)?;
        let span_id = missing::id("span_id", &self.span_id)?.trim_start_matches("0x");
        let all = spans::of_trace(&cx.client, id).await.map_err(|error| missing::of_trace(error, id))?;
        let Some(span) = all.iter().find(|span| span.span_id == span_id) else {
            return Err(unknown(span_id, &all).into());
        };
        let mut record = SpanRecord::of(span);
        let (contents, most) = (contents(span), cx.budget.characters().saturating_sub(size(&record)));
        // Names of gaps are part of the answer.
        let most = most - most / 5;
        let pointer = self.pointer.as_deref().map(str::trim).filter(|pointer| !pointer.is_empty());
        if let Some(pointer) = pointer {
            record.read(&contents, pointer, self.start, most)?;
        } else {
            let (mut shown, gaps) = shortened(contents, "", most);
            let mut take = |name: &str| shown.get_mut(name).map(|value| Any(value.take()));
            record.inputs = take("inputs");
            record.outputs = take("outputs");
            record.attributes = take("attributes");
            record.events = take("events");
            record.links = take("links");
            record.gaps = gaps;
        }
        record.gaps = named(record.gaps);
        Ok(record)
    }
}

/// All that can be long, by the names that pointers have for it.
fn contents(span: &Span) -> Value {
    let mut attributes = span.attributes.clone();
    let mut contents = Map::new();
    for (name, key) in [("inputs", "mlflow.spanInputs"), ("outputs", "mlflow.spanOutputs")] {
        if let Some(value) = attributes.remove(key) {
            contents.insert(name.to_owned(), value);
        }
    }
    // These are told above.
    attributes.remove("mlflow.spanType");
    attributes.remove("mlflow.traceRequestId");
    let event = |event: &crate::mlflow::traces::span::Event| json!({"name": event.name, "offset_ms": milliseconds(event.time.saturating_sub(span.start)), "attributes": event.attributes});
    let lists = [
        ("attributes", Value::Object(attributes)),
        ("events", span.events.iter().map(event).collect()),
        ("links", Value::Array(span.links.clone())),
    ];
    for (name, value) in lists {
        if value.as_object().is_some_and(|all| !all.is_empty())
            || value.as_array().is_some_and(|all| !all.is_empty())
        {
            contents.insert(name.to_owned(), value);
        }
    }
    Value::Object(contents)
}

impl SpanRecord {
    fn of(span: &Span) -> Self {
        let mut status_message = span.message.clone();
        clip(&mut status_message);
        Self {
            span_id: span.span_id.clone(),
            parent_id: span.parent_id.clone(),
            name: span.name.clone(),
            kind: span.kind().to_owned(),
            status: span.status.clone(),
            status_message,
            start_time: moment(span.start / 1_000_000),
            duration_ms: span.duration().map(Number),
            ..Self::default()
        }
    }

    /// What the pointer leads to, from one of its characters or items on.
    fn read(&mut self, contents: &Value, pointer: &str, start: usize, most: usize) -> Result<(), ToolError> {
        match contents.pointer(pointer) {
            None => return Err(nothing(contents, pointer)),
            Some(Value::String(text)) => {
                let total = text.chars().count();
                let (shown, length) = piece(text, start, most);
                self.next_start = Some(start + length).filter(|next| *next < total && length > 0);
                if length < total {
                    let gap = Gap { pointer: pointer.to_owned(), unit: "characters", shown: length, total };
                    self.gaps.push(gap);
                }
                self.value = Some(Any(shown.into()));
            }
            Some(Value::Array(items)) => {
                let rest: Vec<Value> = items.iter().skip(start).cloned().collect();
                let whole = crate::tool::Budget::of_items(most).fitting(&rest);
                // One alone that does not fit is cut itself.
                let taken = whole.max(1).min(rest.len());
                let shown = rest.into_iter().take(taken).enumerate().map(|(index, item)| {
                    let (item, gaps) = shortened(item, &format!("{pointer}/{}", start + index), most);
                    self.gaps.extend(gaps);
                    item
                });
                self.value = Some(Any(shown.collect()));
                self.next_start = Some(start + taken).filter(|next| *next < items.len());
            }
            Some(value) => {
                let (shown, gaps) = shortened(value.clone(), pointer, most);
                self.value = Some(Any(shown));
                self.gaps = gaps;
            }
        }
        Ok(())
    }
}

fn nothing(contents: &Value, pointer: &str) -> ToolError {
    let names = contents.as_object().into_iter().flat_map(Map::keys).map(|name| format!("/{name}"));
    let names: Vec<String> = names.collect();
    let hint = suggestion(pointer, "The span has", names.iter().map(String::as_str));
    let message = format!("argument \"pointer\": the span has nothing at {pointer:?}");
    ToolError::new(Kind::NotFound, message, hint)
}

fn unknown(span_id: &str, spans: &[Span]) -> ToolError {
    let named = spans.iter().filter(|span| span.name == span_id).map(|span| span.span_id.as_str());
    let named: Vec<&str> = named.take(5).collect();
    let hint = if named.is_empty() {
        suggestion(span_id, "Its spans", spans.iter().map(|span| span.span_id.as_str()))
    } else {
        format!("{span_id:?} is the name of {}.", named.join(", "))
    };
    ToolError::new(Kind::NotFound, format!("the trace has no span {span_id:?}"), hint)
}
