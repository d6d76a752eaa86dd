//! Prompts of several messages, of every kind of content, and one that asks first.

use std::collections::BTreeMap;

use super::asking;
use super::content::{image, resource};
use crate::mcp::input::InputRequired;
use crate::mcp::jsonrpc::RpcError;
use crate::mcp::round::Elicited;
use crate::mcp::service::Completing;
use crate::mcp::types::{Block, Prompt, PromptArgument, PromptMessage, RenderedPrompt};
use crate::mcp::{Outcome, Round};

const SIMPLE: &str = "test_simple_prompt";
const WITH_ARGUMENTS: &str = "test_prompt_with_arguments";
const WITH_RESOURCE: &str = "test_prompt_with_embedded_resource";
const WITH_IMAGE: &str = "test_prompt_with_image";
const ASKING: &str = "test_input_required_result_prompt";

pub(super) fn list() -> Vec<Prompt> {
    let argument = PromptArgument::required;
    [
        (SIMPLE, vec![]),
        (
            WITH_ARGUMENTS,
            vec![argument("arg1", "First test argument"), argument("arg2", "Second test argument")],
        ),
        (WITH_RESOURCE, vec![argument("resourceUri", "URI of the resource to embed")]),
        (WITH_IMAGE, vec![]),
        (ASKING, vec![]),
    ]
    .map(|(name, arguments)| Prompt {
        name: name.into(),
        title: name.into(),
        description: "For the conformance suite.".into(),
        arguments,
    })
    .into()
}

/// `None` where the prompt is not one of these.
///
/// # Errors
/// An argument is missing, or the answer to the question is none.
pub(super) fn render(
    name: &str,
    arguments: &BTreeMap<String, String>,
    round: &Round,
) -> Result<Option<Outcome<RenderedPrompt>>, RpcError> {
    let given = |argument: &str| {
        let missing = || RpcError::invalid_params(format!("argument {argument:?} is missing"));
        arguments.get(argument).ok_or_else(missing)
    };
    let blocks = match name {
        SIMPLE => vec![text("This is a simple prompt for testing.")],
        WITH_ARGUMENTS => {
            let (first, second) = (given("arg1")?, given("arg2")?);
            vec![text(&format!("Prompt with arguments: arg1='{first}', arg2='{second}'"))]
        }
        WITH_RESOURCE => {
            let embedded =
                resource(given("resourceUri")?, "text/plain", "Embedded resource content for testing.");
            vec![embedded, text("Please process the embedded resource above.")]
        }
        WITH_IMAGE => vec![image(), text("Please analyze the image above.")],
        ASKING => match round.elicited("user_context")? {
            Some(Elicited::Accepted(form)) => {
                vec![text(&format!("Context: {}", form.get("context").unwrap_or_default()))]
            }
            Some(Elicited::Declined | Elicited::Cancelled) => vec![text("Without context.")],
            None => {
                let question = asking::form("What context should the prompt use?", "context", "string");
                return Ok(Some(Outcome::InputRequired(InputRequired::one("user_context", question))));
            }
        },
        _ => return Ok(None),
    };
    let messages = blocks.into_iter().map(PromptMessage::of_user).collect();
    Ok(Some(Outcome::Complete(RenderedPrompt { description: "For the conformance suite.".into(), messages })))
}

fn text(text: &str) -> Block {
    Block::Text(text.to_owned())
}

/// `None` where the argument is of no prompt of these.
pub(super) fn complete(completing: &Completing<'_>) -> Option<Vec<String>> {
    let known = completing.of == WITH_ARGUMENTS && matches!(completing.argument, "arg1" | "arg2");
    let begins = |value: &&str| value.starts_with(completing.beginning);
    known.then(|| ["paris", "park", "party"].into_iter().filter(begins).map(str::to_owned).collect())
}
