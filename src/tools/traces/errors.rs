//! What traces failed of, grouped by what is the same.

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::traces::TraceInfo;
use crate::mlflow::traces::span::Span;
use crate::tool::cut::clip;

/// The most traces of a group that are named.
const NAMED: usize = 5;

/// Characters of a message that are compared.
const COMPARED: usize = 200;

/// Characters of a UUID.
const UUID: usize = 36;

/// Failures of the same kind.
#[derive(Serialize, JsonSchema)]
pub struct ErrorGroup {
    /// Of the exception; empty where it is not known.
    pub exception_type: String,
    /// What it says, with `<n>` for numbers and `<id>` for ids.
    pub message: String,
    /// What it says in the newest trace.
    pub example: String,
    /// The span that failed first.
    pub span_name: String,
    /// LLM, TOOL, AGENT and so on.
    pub span_type: String,
    /// Of the root span of the newest trace.
    pub trace_name: String,
    /// How many traces.
    pub traces: usize,
    /// When the first of them began, RFC 3339.
    pub first_request_time: String,
    /// When the last began.
    pub last_request_time: String,
    /// The newest, up to five.
    pub trace_ids: Vec<String>,
}

/// Where a trace began to fail: of the failed spans without a failed one below them the one that ended first.
pub(super) fn origin(spans: &[Span]) -> Option<&Span> {
    let is_parent = |id: &str| {
        spans.iter().any(|span| span.failed() && span.parent_id.as_deref() == Some(id) && span.span_id != id)
    };
    let origins = spans.iter().filter(|span| span.failed() && !is_parent(&span.span_id));
    origins.min_by_key(|span| (span.end.unwrap_or(i64::MAX), span.start))
}

/// Adds a trace, newest first, to the group that it belongs to.
pub(super) fn add(groups: &mut Vec<ErrorGroup>, info: &TraceInfo, spans: &[Span]) {
    let span = origin(spans);
    let (exception_type, mut example) = span.and_then(Span::exception).unwrap_or_default();
    let message = begun(&pattern(&example));
    clip(&mut example);
    let (name, kind) = span.map_or(("", ""), |span| (span.name.as_str(), span.kind()));
    let same = |group: &&mut ErrorGroup| {
        (&group.exception_type, &group.message) == (&exception_type, &message) && group.span_name == name
    };
    if let Some(group) = groups.iter_mut().find(same) {
        group.traces += 1;
        group.first_request_time.clone_from(&info.request_time);
        if group.trace_ids.len() < NAMED {
            group.trace_ids.push(info.trace_id.clone());
        }
        return;
    }
    groups.push(ErrorGroup {
        exception_type,
        message,
        example,
        span_name: name.to_owned(),
        span_type: kind.to_owned(),
        trace_name: info.name().to_owned(),
        traces: 1,
        first_request_time: info.request_time.clone(),
        last_request_time: info.request_time.clone(),
        trace_ids: vec![info.trace_id.clone()],
    });
}

/// How it begins: messages that go on in different ways are one group.
fn begun(message: &str) -> String {
    match message.char_indices().nth(COMPARED) {
        Some((at, _)) => format!("{}...", message.get(..at).unwrap_or_default()),
        None => message.to_owned(),
    }
}

/// A message without what differs from one time to the next: `<id>` for words of hex digits, `<n>` for numbers.
pub(super) fn pattern(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        // A UUID has dashes, a plain word none. One more than it has is looked at, and no more: a line of dashes is long.
        let of_uuid = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
        let long = rest.bytes().take(UUID + 1).take_while(of_uuid).count();
        let word = rest.find(|character: char| !character.is_alphanumeric()).unwrap_or(rest.len());
        let is_uuid = long == UUID && rest.get(..long).is_some_and(|text| text.matches('-').count() == 4);
        let taken = if is_uuid { long } else { word };
        match rest.get(..taken).filter(|text| !text.is_empty()) {
            Some(text) => {
                out.push_str(if is_uuid { "<id>" } else { shape(text) });
                rest = rest.get(taken..).unwrap_or_default();
            }
            None => {
                out.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out
}

fn shape(word: &str) -> &str {
    let hex = word.strip_prefix("0x").unwrap_or(word);
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if digits == word.len() {
        "<n>"
    } else if digits > 0
        && (hex.len() < word.len() || hex.len() >= 8)
        && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        "<id>"
    } else {
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mlflow::traces::span::Event;

    #[test]
    fn what_differs_from_time_to_time_is_left_out() {
        for (message, expected) in [
            ("order 10391 of 2026-01-18 not found", "order <n> of <n>-<n>-<n> not found"),
            ("no answer within 30.5 s", "no answer within <n>.<n> s"),
            ("object at 0x7f3a failed", "object at <id> failed"),
            ("trace tr-3ba7d776964aecde5af9de68283261e1", "trace tr-<id>"),
            ("id 123e4567-e89b-12d3-a456-426614174000 gone", "id <id> gone"),
            ("HTTP404: gpt4 deadbeef größe 请", "HTTP404: gpt4 deadbeef größe 请"),
            ("", ""),
        ] {
            assert_eq!(pattern(message), expected);
        }
    }

    #[test]
    fn messages_that_begin_alike_are_one_group_however_they_go_on() {
        let mut groups = Vec::new();
        for tail in ["", "a", "and so on"] {
            let message = format!("no row {} {}{tail}", tail.len(), "x".repeat(300));
            let attributes = [("exception.type", "KeyError"), ("exception.message", message.as_str())];
            let attributes =
                attributes.map(|(name, value)| (name.to_owned(), value.into())).into_iter().collect();
            let event = Event { name: "exception".to_owned(), time: 0, attributes };
            add(&mut groups, &TraceInfo::default(), &[Span { events: vec![event], ..failed("a", "", 1) }]);
        }
        assert_eq!((groups.len(), groups[0].traces), (1, 3));
        assert!(groups[0].message.starts_with("no row <n> xxx") && groups[0].message.ends_with("x..."));
        assert_eq!(groups[0].message.chars().count(), COMPARED + 3);
        assert!(groups[0].example.ends_with("... (309 characters)"), "{}", groups[0].example);
    }

    #[test]
    fn a_long_line_of_dashes_takes_no_time() {
        let line = "-a".repeat(500_000);
        assert_eq!(pattern(&line), line);
    }

    fn failed(id: &str, parent: &str, end: i64) -> Span {
        let parent_id = Some(parent.to_owned()).filter(|id| !id.is_empty());
        let status = "ERROR".to_owned();
        Span { span_id: id.to_owned(), parent_id, end: Some(end), status, ..Span::default() }
    }

    #[test]
    fn a_failure_begins_where_nothing_below_it_failed() {
        let fine = Span { status: "OK".to_owned(), ..failed("d", "c", 1) };
        let spans = [failed("a", "", 9), failed("b", "a", 5), failed("c", "a", 4), fine];
        assert_eq!(origin(&spans).map(|span| span.span_id.as_str()), Some("c"));
        assert_eq!(origin(&[failed("a", "a", 1)]).map(|span| span.span_id.as_str()), Some("a"));
        assert_eq!(origin(&[]), None);
    }
}
