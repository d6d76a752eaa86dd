//! The spans of a trace as a tree.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::number::Number;
use crate::mlflow::traces::span::Span;
use crate::sorted::sort;
use crate::tool::cut::clip;

/// A span, as a line of the tree.
#[derive(Serialize, JsonSchema)]
pub struct Line {
    /// 16 hex digits, for get_span.
    pub span_id: String,
    /// How deep it lies: its parent is the nearest line above that lies one less deep.
    pub depth: usize,
    /// What it is called.
    pub name: String,
    /// LLM, TOOL, AGENT and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// OK, ERROR or UNSET.
    pub status: String,
    /// Milliseconds after the trace began.
    pub start_ms: Number,
    /// How long it took; left out while it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<Number>,
    /// What went wrong.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error: String,
}

/// Those below a span come next. They are taken out, so that spans which are each other's parents are met once.
fn below<'a>(
    id: &str,
    depth: usize,
    left: &mut Vec<(&'a Span, usize)>,
    children: &mut BTreeMap<&'a str, Vec<&'a Span>>,
) {
    let below = children.remove(id).unwrap_or_default();
    left.extend(below.into_iter().rev().map(|span| (span, depth)));
}

/// Each span below its parent, in the order in which they began. What names a parent that is not there stands at the top.
pub(super) fn lines(spans: &[Span]) -> Vec<Line> {
    let mut ids = BTreeSet::new();
    ids.extend(spans.iter().map(|span| span.span_id.as_str()));
    let mut children: BTreeMap<&str, Vec<&Span>> = BTreeMap::new();
    for span in spans {
        let parent = span.parent_id.as_deref().filter(|id| ids.contains(id) && *id != span.span_id);
        children.entry(parent.unwrap_or_default()).or_default().push(span);
    }
    for siblings in children.values_mut() {
        // The id decides between spans that begin at the same time, so that the order is always the same.
        sort(siblings, |a, b| (a.start, &a.span_id) < (b.start, &b.span_id));
    }
    let begin = spans.iter().map(|span| span.start).min().unwrap_or(0);
    let mut lines = Vec::new();
    let mut left: Vec<(&Span, usize)> = Vec::new();
    below("", 0, &mut left, &mut children);
    loop {
        while let Some((span, depth)) = left.pop() {
            lines.push(Line::of(span, depth, begin));
            below(&span.span_id, depth + 1, &mut left, &mut children);
        }
        // What is left hangs on itself.
        let Some(id) = children.keys().next().copied() else { break };
        below(id, 0, &mut left, &mut children);
    }
    lines
}

impl Line {
    fn of(span: &Span, depth: usize, begin: i64) -> Self {
        let (mut name, mut error) = (span.name.clone(), String::new());
        clip(&mut name);
        if span.failed() {
            let told = span
                .exception()
                .map(|(kind, message)| if kind.is_empty() { message } else { format!("{kind}: {message}") });
            error = told.unwrap_or_default();
            clip(&mut error);
        }
        Self {
            span_id: span.span_id.clone(),
            depth,
            name,
            kind: span.kind().to_owned(),
            status: span.status.clone(),
            start_ms: milliseconds(span.start.saturating_sub(begin)),
            duration_ms: span.duration().map(Number),
            error,
        }
    }
}

/// Nanoseconds as milliseconds.
#[expect(clippy::cast_precision_loss, reason = "a time within a trace is far below 2^53 nanoseconds")]
pub(super) fn milliseconds(nanoseconds: i64) -> Number {
    Number(nanoseconds as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(id: &str, parent: &str, start: i64) -> Span {
        let parent_id = Some(parent.to_owned()).filter(|id| !id.is_empty());
        Span { span_id: id.to_owned(), parent_id, start, ..Span::default() }
    }

    fn shown(spans: &[Span]) -> String {
        lines(spans)
            .iter()
            .map(|line| format!("{}{}", line.depth, line.span_id))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn children_stand_below_their_parents_in_the_order_of_time() {
        let spans =
            [span("c", "a", 3), span("d", "b", 2), span("a", "", 0), span("b", "a", 1), span("e", "gone", 9)];
        assert_eq!(shown(&spans), "0a 1b 2d 1c 0e");
    }

    #[test]
    fn every_span_is_shown_once_even_in_a_circle() {
        assert_eq!(shown(&[span("a", "b", 0), span("b", "a", 1), span("c", "c", 2)]), "0c 0b 1a");
        assert_eq!(shown(&[]), "");
    }
}
