//! Any HTTP request, in front of an MLflow that answers anything: the core always answers, and as the protocol says.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use mlflow_mcp_fuzz::input::Input;
use mlflow_mcp_fuzz::world::{self, Patience};
use mlflow_mcp_fuzz::{properties, streams};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(input) = Input::read(bytes) else { return Corpus::Reject };
    let (answer, pieces) = world::respond(&input, Patience::Endless);
    match answer {
        Some(response) => properties::check(&input, &response),
        None => {
            streams::check(&input, &pieces);
            // Once more for a client that goes away after the first event: whatever it does, it ends.
            world::respond(&input, Patience::Short);
        }
    }
    Corpus::Keep
});
