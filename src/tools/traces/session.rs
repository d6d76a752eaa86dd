//! A session: the traces of one conversation.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::tally::Tally;
use crate::mlflow::number::Number;
use crate::mlflow::traces::TraceInfo;
use crate::mlflow::traces::info::moment;
use crate::sorted::sort;
use crate::tool::cut::clip;

/// The most traces of a session that are named.
const NAMED: usize = 10;

/// A session.
#[derive(Serialize, JsonSchema)]
pub struct Session {
    /// As the application calls it.
    pub session_id: String,
    /// How many traces it has.
    pub traces: usize,
    /// How many of them failed.
    pub errors: usize,
    /// When the first began, RFC 3339.
    pub first_request_time: String,
    /// When the last began.
    pub last_request_time: String,
    /// From the beginning of the first to the end of the last.
    pub duration_ms: Number,
    /// What its traces took together.
    pub execution_ms: Number,
    /// `input_tokens`, `output_tokens`, `total_tokens`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub token_usage: BTreeMap<String, Number>,
    /// `input_cost`, `output_cost`, `total_cost`, in US dollars.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub cost: BTreeMap<String, Number>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The beginning of what went into the first trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_request: Option<String>,
    /// The beginning of what came out of the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_response: Option<String>,
    /// Its traces in order, up to ten.
    pub trace_ids: Vec<String>,
}

/// A session while traces come in.
#[derive(Default)]
pub(super) struct Gathered {
    tally: Tally,
    /// With when they began.
    traces: Vec<(i64, String)>,
    user: Option<String>,
    first: (i64, Option<String>),
    last: (i64, Option<String>),
    end: i64,
}

impl Gathered {
    pub(super) fn add(&mut self, info: &TraceInfo) {
        let start = info.start().unwrap_or(0);
        if self.traces.is_empty() || start < self.first.0 {
            self.first = (start, info.request_preview.clone());
        }
        if self.traces.is_empty() || start >= self.last.0 {
            self.last = (start, info.response_preview.clone());
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds of a trace")]
        let duration = info.duration().unwrap_or(0.0) as i64;
        self.end = self.end.max(start.saturating_add(duration));
        self.user = self.user.take().or_else(|| info.metadata("mlflow.trace.user").map(str::to_owned));
        self.traces.push((start, info.trace_id.clone()));
        self.tally.add(info);
    }

    /// When its last trace began.
    pub(super) fn last(&self) -> i64 {
        self.last.0
    }

    #[expect(clippy::cast_precision_loss, reason = "a session takes less than 2^53 milliseconds")]
    pub(super) fn session(mut self, session_id: String) -> Session {
        sort(&mut self.traces, |a, b| a < b);
        let preview = |text: Option<String>| {
            text.filter(|text| !text.is_empty()).map(|mut text| {
                clip(&mut text);
                text
            })
        };
        Session {
            session_id,
            traces: self.tally.traces,
            errors: self.tally.errors,
            first_request_time: moment(self.first.0),
            last_request_time: moment(self.last.0),
            duration_ms: Number((self.end - self.first.0) as f64),
            execution_ms: self.tally.total(),
            token_usage: self.tally.tokens(),
            cost: self.tally.cost(),
            user: self.user,
            first_request: preview(self.first.1),
            last_response: preview(self.last.1),
            trace_ids: self.traces.into_iter().map(|(_, id)| id).take(NAMED).collect(),
        }
    }
}
