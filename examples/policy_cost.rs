//! What the policy costs per call: `cargo xtask bench policy`.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a measurement has a clock and prints"
)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement of what is known to work")]

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use mlflow_mcp::policy::{Call, Caller, Consent, DEFAULT, Policy};
use mlflow_mcp::port::{Counters, FreshStore};
use mlflow_mcp::tools::{self, Tools};
use serde_json::{Map, json};

/// Rounds per figure, of which the median counts.
const ROUNDS: usize = 50;
const PER_ROUND: u32 = 2_000;

fn main() {
    let long = long();
    for (name, text) in [("default policy", DEFAULT), ("policy of 60 rules", long.as_str())] {
        let policy = Policy::parse(text, &Tools).expect("a policy");
        let caller = Caller::named("somebody");
        row(&format!("{name}: read ({} bytes)", text.len()), || {
            black_box(Policy::parse(black_box(text), &Tools).is_ok());
        });
        for tool in ["get_run", "set_run_tag"] {
            let spec = tools::find(tool).expect("a tool").spec;
            let arguments =
                Map::from_iter([("run_id".to_owned(), json!("abc")), ("key".to_owned(), json!("team.x"))]);
            row(&format!("{name}: admit {tool}"), || {
                let call =
                    Call { spec, arguments: arguments.clone(), caller: &caller, consent: Consent::None };
                let admitted = now(policy.admit(call, Counters { host: &FreshStore, instance: &FreshStore }));
                assert!(black_box(admitted).is_ok());
            });
        }
        row(&format!("{name}: list {} tools", tools::all().count()), || {
            black_box(tools::all().filter(|entry| policy.lists(entry.spec).is_ok()).count());
        });
    }
}

/// Rules of every kind for every tool there is.
fn long() -> String {
    let mut rules = Map::new();
    for entry in tools::all() {
        let limits =
            json!([{"window": "minute", "max": 30}, {"window": "day", "max": 500, "scope": "global"}]);
        rules.insert(entry.spec.name.to_owned(), json!({"limits": limits}));
    }
    for glob in 0..(60_usize.saturating_sub(rules.len() + 4)) {
        rules.insert(format!("{}*", "?".repeat(glob % 6)), json!({"reason": "a glob"}));
    }
    rules.insert("set_*_tag".to_owned(), json!({"arguments": {"key": ["team.*", "note"]}}));
    rules.insert("toolset:core".to_owned(), json!({"rate_limit": {"max": 600, "window": 60}}));
    rules.insert("risk:low".to_owned(), json!({"action": "allow"}));
    rules.insert("risk:high".to_owned(), json!({"action": "deny"}));
    json!({"version": "1", "tools": rules}).to_string()
}

/// Median of the rounds, per call.
fn row(name: &str, mut work: impl FnMut()) {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            (0..PER_ROUND).for_each(|_| work());
            start.elapsed() / PER_ROUND
        })
        .collect();
    times.sort();
    let median = times.get(ROUNDS / 2).copied().unwrap_or_default();
    println!("{name:44} {:8.2} µs", median.as_secs_f64() * 1e6);
}

/// The result of a future that waits for nothing.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("the store answers at once"),
    }
}
