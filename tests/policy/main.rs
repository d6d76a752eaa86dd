//! Who may do what: the laws of policies over thousands of made-up ones, and their words.

#![allow(unreachable_pub, reason = "modules of a test program")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod approvals;
mod cases;
mod combining;
mod laws;
mod limits;
mod narrowing;
mod published;
mod server;
mod words;

use mlflow_mcp::policy::{Call, Caller, Consent, Permit, Policy, Refusal};
use mlflow_mcp::port::{Counter, Counters, NoStore};
use mlflow_mcp::spec::Spec;
use mlflow_mcp::tools::{self, Tools};
use serde_json::Value;
use support::now;

fn policy(text: &str) -> Policy {
    Policy::parse(text, &Tools).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn spec(tool: &str) -> &'static Spec {
    tools::find(tool).unwrap_or_else(|| panic!("no tool {tool}")).spec
}

/// Asks for one call, counted by `counter`.
fn admit(policy: &Policy, counter: &dyn Counter, call: Call<'_>) -> Result<Permit, Refusal> {
    now(policy.admit(call, Counters { host: counter, instance: &NoStore }))
}

/// What a caller says of a person's agreement.
fn claimed(confirmed: bool) -> Consent<'static> {
    if confirmed { Consent::Claimed } else { Consent::None }
}

/// Asks for one call by somebody, on a host without a store.
fn ask(policy: &Policy, tool: &str, arguments: &Value) -> Result<Permit, Refusal> {
    let arguments = arguments.as_object().unwrap().clone();
    let call = Call { spec: spec(tool), arguments, caller: &Caller::anyone(), consent: Consent::None };
    admit(policy, &NoStore, call)
}
