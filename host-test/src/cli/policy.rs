//! `mlflow-mcp policy`: what a policy means, without serving it.

use super::policy_file::{PolicyFile, value};
use clap::{Args, Subcommand};
use mlflow_mcp::config;
use mlflow_mcp::mcp::Callers;
use mlflow_mcp::policy::{CONFIRM, Call, Caller, Consent, Policy, Refusal};
use mlflow_mcp::port::{Counters, FreshStore};
use mlflow_mcp::spec::Spec;
use mlflow_mcp::tool::arguments::Arguments;
use mlflow_mcp::{nearest, server, tools};
use serde_json::{Map, Value};
use std::process::ExitCode;

/// The variable that says who may call.
const CALLERS: &str = "MLFLOW_MCP_CALLERS";

/// What the program ends with when a call would be refused.
const REFUSED: u8 = 1;

/// The longest cell of the table, in characters.
const CELL: usize = 100;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Say what becomes of every tool, or whether one call would be admitted
    Test(Test),
}

/// The policy is that of --policy or MLFLOW_MCP_POLICY, or the default one, narrowed by MLFLOW_MCP_READ_ONLY,
/// MLFLOW_MCP_TOOLSETS and the caller's entry in MLFLOW_MCP_CALLERS. Nothing is called and nothing is counted. Of a call,
/// the exit code is 0 if it would be admitted and 1 if not.
#[derive(Args)]
pub(crate) struct Test {
    /// The tool to call; without one, every tool is shown
    tool: Option<String>,

    /// Its arguments, a JSON object
    #[arg(default_value = "{}")]
    arguments: String,

    /// Who calls, one of MLFLOW_MCP_CALLERS
    #[arg(long, value_name = "NAME")]
    caller: Option<String>,

    #[command(flatten)]
    file: PolicyFile,
}

impl Command {
    /// Does it with these variables; an error is one line.
    pub(crate) fn run(&self, variables: Vec<(String, String)>) -> Result<ExitCode, String> {
        let Self::Test(test) = self;
        test.run(variables)
    }
}

impl Test {
    fn run(&self, mut variables: Vec<(String, String)>) -> Result<ExitCode, String> {
        self.file.give(&mut variables)?;
        let config = config::read(&|name| value(&variables, name));
        if let Err(error) = &config.tools
            && error.variable == CALLERS
        {
            return Err(error.to_string());
        }
        let policy = config.policy.map_err(|error| error.to_string())?;
        let policy = self.narrowed(policy, config.access.callers.as_ref())?;
        let Some(tool) = &self.tool else {
            print!("{}", table(&policy));
            return Ok(ExitCode::SUCCESS);
        };
        let (text, admitted) = self.judge(&policy, tool)?;
        println!("{text}");
        Ok(if admitted { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
    }

    /// The policy as far as it goes for the caller.
    fn narrowed(&self, policy: Policy, callers: Option<&Callers>) -> Result<Policy, String> {
        let Some(name) = &self.caller else { return Ok(policy) };
        let callers =
            callers.ok_or_else(|| format!("--caller {name}: {CALLERS} is not set, so there are none"))?;
        let caller = callers.named(name).ok_or_else(|| {
            let hint = nearest::suggestion(name, "Callers", callers.names());
            format!("--caller {name}: there is no such caller in {CALLERS}. {hint}")
        })?;
        let restrictions =
            caller.narrowings.iter().map(server::restriction).collect::<Result<Vec<_>, _>>()?;
        Ok(policy.narrowed(restrictions))
    }

    /// What becomes of the call, in words, and whether it would be admitted.
    fn judge(&self, policy: &Policy, tool: &str) -> Result<(String, bool), String> {
        let entry = tools::find(tool).ok_or_else(|| {
            let names = tools::all().map(|entry| entry.spec.name);
            format!("there is no tool {tool:?}. {}", nearest::suggestion(tool, "Tools", names))
        })?;
        let mut arguments: Map<String, Value> = serde_json::from_str(&self.arguments)
            .map_err(|error| format!("the arguments of {tool} are a JSON object: {error}"))?;
        if let Err(refusal) = policy.lists(entry.spec) {
            return Ok((refused(&refusal), false));
        }
        let confirmed =
            policy.takes_confirmation(entry.spec) && arguments.remove(CONFIRM) == Some(Value::Bool(true));
        let Arguments { known, .. } = entry.read(arguments).map_err(|error| format!("{tool}: {error}"))?;
        let consent = if confirmed { Consent::Claimed } else { Consent::None };
        let caller = self.caller.as_ref().map_or_else(Caller::anyone, Caller::named);
        let call = Call { spec: entry.spec, arguments: known, caller: &caller, consent };
        Ok(match admit(policy, call)? {
            Ok(()) => (format!("admitted: {}", terms(policy, entry.spec)), true),
            Err(refusal) => (refused(&refusal), false),
        })
    }
}

fn refused(refusal: &Refusal) -> String {
    format!("refused: {refusal}. {}", refusal.hint())
}

fn admit(policy: &Policy, call: Call<'_>) -> Result<Result<(), Refusal>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
    let counters = Counters { host: &FreshStore, instance: &FreshStore };
    Ok(runtime.block_on(policy.admit(call, counters)).map(drop))
}

/// What holds for a tool, in one line.
fn terms(policy: &Policy, spec: &Spec) -> String {
    match policy.standing(spec) {
        Err(refusal) => short(&format!("deny: {refusal}")),
        Ok(standing) => {
            let mut parts = vec![format!("{} by {}", standing.action, standing.rule)];
            parts.extend(standing.limits);
            parts.extend(standing.conditions.iter().map(|condition| format!("only with {condition}")));
            parts.iter().map(|part| short(part)).collect::<Vec<_>>().join("; ")
        }
    }
}

/// A line for each tool.
fn table(policy: &Policy) -> String {
    let specs: Vec<&Spec> = tools::all().map(|entry| entry.spec).collect();
    let widest = specs.iter().map(|spec| spec.name.len()).max().unwrap_or_default();
    let line = |spec: &&Spec| {
        let effect = spec.effect.name();
        format!("{:widest$}  {effect:9}  {}\n", spec.name, terms(policy, spec))
    };
    specs.iter().map(line).collect()
}

/// The beginning of a text that is longer than a cell.
fn short(text: &str) -> String {
    match text.char_indices().nth(CELL) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}...", &text[..at]),
    }
}
