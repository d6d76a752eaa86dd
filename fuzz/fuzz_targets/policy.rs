//! Any text as a policy: it is one, and keeps the laws of policies, or what is wrong is said.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mlflow_mcp_fuzz::policies;

fuzz_target!(|text: &str| policies::check(text));
