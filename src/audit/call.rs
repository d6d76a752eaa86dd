//! A call while it is made.

use std::cell::RefCell;
use std::time::Duration;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::arguments;
use super::line::{Line, NAME, short};
use super::moment;
use super::watch::Watch;
use crate::mcp::Trace;
use crate::policy::{Decision, Permit, Refusal};
use crate::port::{Http, Ports};
use crate::spec::Effect;

/// The two kinds of line.
const CALL: &str = "call";
const INTENT: &str = "intent";

/// A call that begins.
pub struct Making<'a> {
    /// The method of the protocol.
    pub method: &'static str,
    /// Who makes it, where callers are told apart.
    pub caller: Option<&'a str>,
    /// The trace it is part of.
    pub trace: Option<Trace>,
    /// Whether it leaves lines.
    pub audited: bool,
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered.
    Ok,
    /// It was not made: the policy does not let it.
    Refused,
    /// It failed, in one word why.
    Failed(&'static str),
    /// The client was asked back.
    Asked,
}

/// What is said of a person's agreement to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// They were asked by this server, and the client says that they agreed.
    Person,
    /// They were asked, and did not agree.
    Refused,
    /// The caller says so in an argument.
    Confirm,
}

impl Approval {
    fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Refused => "refused",
            Self::Confirm => "confirm",
        }
    }
}

/// A call. Its line is written when it is dropped: so there always is one, and never two.
pub struct Call<'a> {
    ports: Ports<'a>,
    caller: Option<&'a str>,
    method: &'static str,
    audited: bool,
    began: Duration,
    since: Duration,
    parent: Option<Trace>,
    own: Option<Trace>,
    watch: Watch<'a>,
    facts: RefCell<Facts>,
}

/// What is found out about a call while it is made.
#[derive(Default)]
struct Facts {
    tool: Option<String>,
    effect: Option<Effect>,
    decision: Option<(Decision, String)>,
    approval: Option<Approval>,
    outcome: Option<Outcome>,
    ids: Map<String, Value>,
    digest: String,
}

impl<'a> Call<'a> {
    /// One that begins now.
    #[must_use]
    pub fn begin(ports: Ports<'a>, making: Making<'a>) -> Self {
        let Making { method, caller, trace, audited } = making;
        let (began, since) = (ports.clock.wall(), ports.clock.now());
        let own = trace.map(|parent| parent.below(span(parent, began, since)));
        let watch = Watch::new(ports.http, own);
        let facts = RefCell::default();
        Self { ports, caller, method, audited, began, since, parent: trace, own, watch, facts }
    }

    /// The way to MLflow for this call.
    #[must_use]
    pub fn http(&self) -> &dyn Http {
        &self.watch
    }

    /// The name of the tool, as it was asked for, and its arguments. What `hide` takes out of a text is not shown.
    pub fn asks(&self, tool: &str, arguments: &Map<String, Value>, hide: impl Fn(&str) -> String) {
        if self.audited {
            let mut facts = self.facts.borrow_mut();
            facts.tool = Some(short(&hide(tool), NAME));
            facts.ids = arguments::ids(arguments, hide);
            facts.digest = arguments::digest(arguments);
        }
    }

    /// What the tool does, if there is one.
    pub fn does(&self, effect: Effect) {
        self.facts.borrow_mut().effect = Some(effect);
    }

    /// What is said of a person's agreement.
    pub fn approved(&self, approval: Approval) {
        self.facts.borrow_mut().approval = Some(approval);
    }

    /// The policy's rule of that key wants a person to be asked first.
    pub fn unapproved(&self, rule: &str) {
        self.facts.borrow_mut().decision = Some((Decision::Unapproved, short(rule, NAME)));
    }

    /// The policy admits it. A change is written down at once.
    pub fn admitted(&self, permit: &Permit) {
        self.facts.borrow_mut().decision = Some((Decision::Allowed, short(permit.rule(), NAME)));
        // A dry run reads.
        self.does(permit.effect());
        if permit.effect() != Effect::Read {
            self.write(INTENT);
        }
    }

    /// The policy refuses it.
    pub fn refused(&self, refusal: &Refusal) {
        self.facts.borrow_mut().decision = Some((refusal.decision(), short(refusal.rule(), NAME)));
    }

    /// Whether the policy has admitted it.
    #[must_use]
    pub fn is_admitted(&self) -> bool {
        matches!(self.facts.borrow().decision, Some((Decision::Allowed, _)))
    }

    /// What came of it.
    pub fn ended(&self, outcome: Outcome) {
        self.facts.borrow_mut().outcome = Some(outcome);
    }

    fn write(&self, event: &'static str) {
        if !self.audited {
            return;
        }
        let (facts, asked, is_over) = (self.facts.borrow(), self.watch.asked(), event == CALL);
        let rule = facts.decision.as_ref().map(|(_, rule)| rule.as_str());
        let line = Line {
            time: moment::text(self.began),
            event,
            method: self.method,
            tool: facts.tool.as_deref(),
            effect: facts.effect.map(Effect::name),
            caller: self.caller,
            decision: facts.decision.as_ref().map_or("none", |(decision, _)| decision.name()),
            rule,
            approval: facts.approval.map(Approval::name),
            outcome: is_over.then(|| facts.outcome.map_or("abandoned", Outcome::name)),
            error: facts.outcome.and_then(Outcome::why),
            ids: &facts.ids,
            arguments_sha256: &facts.digest,
            mlflow_calls: asked.times,
            mlflow_unanswered: asked.unanswered,
            mlflow_status: asked.worst,
            duration_ms: milliseconds(self.ports.clock.now().saturating_sub(self.since)),
            trace_id: self.own.map(|trace| trace.id()),
            span_id: self.own.map(|trace| trace.span()),
            parent_span_id: self.parent.map(|trace| trace.span()),
        };
        self.ports.log.line(&line.text());
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.write(CALL);
    }
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Failed(_) => "failed",
            Self::Asked => "asked",
        }
    }

    fn why(self) -> Option<&'static str> {
        match self {
            Self::Failed(why) => Some(why),
            _ => None,
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// An id for this call's span. It only has to differ from those of the same trace, and no two calls of one parent begin
/// in the same nanosecond.
fn span(parent: Trace, began: Duration, since: Duration) -> [u8; 8] {
    let digest = Sha256::digest(format!("{parent} {} {}", began.as_nanos(), since.as_nanos()));
    let mut span = [0; 8];
    span.copy_from_slice(&digest[..8]);
    // All zeros mean none.
    span[7] |= 1;
    span
}
