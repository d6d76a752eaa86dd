//! Thousands of calls in a row: wstd's bodyless requests failed now and then, and a leak shows only in numbers.

use std::net::SocketAddr;

use serde_json::json;

use super::http;
use super::world::World;

const CALLS: usize = 2_000;

/// Calls a tool that asks MLflow by GET, over and over; not one may fail.
pub fn call_over_and_over(world: &World, address: SocketAddr) {
    let run_id = world.text("/runs/baseline");
    let arguments = json!({"name": "get_run_metrics", "arguments": {"run_id": run_id}});
    let first = http::rpc(address, "tools/call", &arguments).unwrap();
    assert_eq!(first["result"]["isError"], false, "{first}");
    let failures: Vec<String> = (1..CALLS)
        .filter_map(|call| match http::rpc(address, "tools/call", &arguments) {
            Ok(answer) if answer == first => None,
            Ok(answer) => Some(format!("call {call}: {answer}")),
            Err(error) => Some(format!("call {call}: {error}")),
        })
        .collect();
    assert!(failures.is_empty(), "{} of {CALLS} failed: {}", failures.len(), failures.join("\n"));
}

#[test]
fn two_thousand_calls_in_a_row_all_succeed_through_the_host() {
    let world = World::shared();
    call_over_and_over(&world, world.hosted.address());
}
