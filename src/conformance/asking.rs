//! Tools that ask the client back, in one round or in several.

use serde_json::{Value, json};

use super::Fixture;
use super::content::{nothing, text};
use crate::mcp::input::{Capability, InputRequest, InputRequired};
use crate::mcp::jsonrpc::{Object, RpcError};
use crate::mcp::round::Elicited;
use crate::mcp::types::{Block, PromptMessage, ToolResult};
use crate::mcp::{Outcome, Round};
use crate::seal::Seal;

pub(super) const TOOLS: &[Fixture] = &[
    tool("test_input_required_result_elicitation", "Asks the person for a name.", |_, round| {
        asks_for_name(round)
    }),
    tool("test_input_required_result_sampling", "Asks the model.", |_, round| asks_model(round)),
    tool("test_input_required_result_list_roots", "Asks for the roots.", |_, round| asks_for_roots(round)),
    tool("test_input_required_result_request_state", "Asks, and has its state brought back.", confirms),
    tool("test_input_required_result_tampered_state", "Asks, and checks the state.", confirms),
    tool("test_input_required_result_multiple_inputs", "Asks everybody at once.", asks_everybody),
    tool("test_input_required_result_multi_round", "Asks twice.", asks_twice),
    tool("test_input_required_result_capabilities", "Asks only what the client declares.", |_, round| {
        asks_what_it_can(round)
    }),
    tool("test_missing_capability", "Needs sampling.", |_, round| asks_model(round)),
    tool("test_streaming_elicitation", "Needs elicitation.", |_, round| asks_for_name(round)),
];

type Answer = Result<Outcome<ToolResult>, RpcError>;

const fn tool(
    name: &'static str,
    description: &'static str,
    call: fn(&'static str, &Round) -> Answer,
) -> Fixture {
    Fixture { name, description, input_schema: nothing, call }
}

/// A form with one required field.
pub(super) fn form(message: &str, field: &str, kind: &str) -> InputRequest {
    let requested_schema =
        json!({"type": "object", "properties": {field: {"type": kind}}, "required": [field]});
    InputRequest::Elicitation { message: message.to_owned(), requested_schema }
}

fn question(text: &str, max_tokens: u32) -> InputRequest {
    let messages = vec![PromptMessage::of_user(Block::Text(text.to_owned()))];
    InputRequest::Sampling { messages, max_tokens }
}

fn asked(input: InputRequired) -> Answer {
    Ok(Outcome::InputRequired(input))
}

/// A field of the form, `None` if the form did not come back filled in.
fn field(round: &Round, form: &str, field: &str) -> Result<Option<Value>, RpcError> {
    Ok(match round.elicited(form)? {
        Some(Elicited::Accepted(content)) => content.get(field).cloned(),
        Some(Elicited::Declined | Elicited::Cancelled) | None => None,
    })
}

fn asks_for_name(round: &Round) -> Answer {
    match field(round, "user_name", "name")? {
        Some(Value::String(name)) => text(&format!("Hello, {name}!")),
        _ => asked(InputRequired::one("user_name", form("What is your name?", "name", "string"))),
    }
}

fn asks_model(round: &Round) -> Answer {
    match round.response("capital_question").and_then(spoken) {
        Some(said) => text(said),
        None => {
            asked(InputRequired::one("capital_question", question("What is the capital of France?", 100)))
        }
    }
}

/// The text of `CreateMessageResult`.
fn spoken(response: &Object) -> Option<&str> {
    response.get("content")?.get("text")?.as_str()
}

fn asks_for_roots(round: &Round) -> Answer {
    match round.response("client_roots").and_then(|response| response.get("roots")?.as_array()) {
        Some(roots) => text(&format!("Roots: {}", Value::Array(roots.clone()))),
        None => asked(InputRequired::one("client_roots", InputRequest::Roots)),
    }
}

/// Everybody may know the key: it guards nothing but what the suite brings back.
fn seal() -> Seal {
    Seal::of("conformance")
}

/// What was sealed for that tool earlier, `None` in the first round.
fn state(tool: &str, round: &Round) -> Result<Option<String>, RpcError> {
    let open = |sealed| {
        let broken = |_| RpcError::invalid_params("requestState was changed or is not of this request");
        seal().open(tool, sealed).map_err(broken)
    };
    round.state().map(open).transpose()
}

fn confirms(tool: &'static str, round: &Round) -> Answer {
    match (state(tool, round)?, field(round, "confirm", "ok")?) {
        (Some(_), Some(ok)) => text(&format!("state-ok, confirmed: {ok}")),
        _ => asked(
            InputRequired::one("confirm", form("Please confirm", "ok", "boolean"))
                .with_state(seal().close(tool, "asked")),
        ),
    }
}

fn asks_everybody(tool: &'static str, round: &Round) -> Answer {
    let name = field(round, "user_name", "name")?;
    let (greeting, roots) = (round.response("greeting"), round.response("client_roots"));
    match (state(tool, round)?, name, greeting, roots) {
        (Some(_), Some(_), Some(_), Some(_)) => text("Everybody has answered."),
        _ => asked(
            InputRequired::one("user_name", form("What is your name?", "name", "string"))
                .and("greeting", question("Generate a greeting", 50))
                .and("client_roots", InputRequest::Roots)
                .with_state(seal().close(tool, "asked")),
        ),
    }
}

/// The first answer is kept by the client, inside the state of the second round.
fn asks_twice(tool: &'static str, round: &Round) -> Answer {
    const FIRST: &str = "first";
    let (name, color) = (field(round, "step1", "name")?, field(round, "step2", "color")?);
    match (state(tool, round)?, name, color) {
        (Some(state), Some(name), _) if state == FIRST => asked(
            InputRequired::one("step2", form("Step 2: What is your favorite color?", "color", "string"))
                .with_state(seal().close(tool, &name.to_string())),
        ),
        (Some(name), _, Some(color)) if name != FIRST => text(&format!("{name} likes {color}.")),
        _ => asked(
            InputRequired::one("step1", form("Step 1: What is your name?", "name", "string"))
                .with_state(seal().close(tool, FIRST)),
        ),
    }
}

fn asks_what_it_can(round: &Round) -> Answer {
    let questions = [
        (Capability::Elicitation, "user_name", form("What is your name?", "name", "string")),
        (Capability::Sampling, "greeting", question("Generate a greeting", 50)),
        (Capability::Roots, "client_roots", InputRequest::Roots),
    ];
    let mut open = questions
        .into_iter()
        .filter(|(capability, name, _)| round.can(*capability) && round.response(name).is_none());
    let Some((_, name, request)) = open.next() else { return text("There is nothing to ask.") };
    asked(open.fold(InputRequired::one(name, request), |asked, (_, name, request)| asked.and(name, request)))
}
