//! MCP Inspector's command line: one connection per question.

use std::collections::BTreeSet;
use std::process::Command;
use std::thread;

use mlflow_mcp::spec::Effect;
use serde_json::{Value, json};
use xtask::mlflow::{Server, Version};
use xtask::node::Environment;
use xtask::process::output;
use xtask::scratch::Scratch;

use super::tour::{HANDSHAKE, NEWEST, Questions, check};
use super::{PATIENCE, printed};
use crate::older::{self, Read};
use crate::world::{Hosted, World, project};

struct Inspector {
    url: String,
    environment: Environment,
    /// It keeps a catalogue of servers in the user's home.
    home: Scratch,
    era: &'static str,
}

impl Inspector {
    /// Of that server, in this era: `legacy`, `auto` or `modern`.
    fn new(hosted: &Hosted, era: &'static str) -> Self {
        let environment = Environment::ensure(&project(), "inspector").unwrap();
        Self { url: hosted.url(), environment, home: Scratch::new("inspector").unwrap(), era }
    }

    fn command(&self, method: &str) -> Command {
        let mut command = self.environment.program("mcp-inspector");
        command.env("HOME", self.home.path()).args(["--cli", &self.url]);
        command.args(["--protocol-era", self.era, "--format", "json", "--method", method]);
        command
    }

    fn ask(&self, method: &str, arguments: &[&str]) -> Value {
        let text = printed(self.command(method).args(arguments));
        let mut answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{method}: {text}"));
        answer["result"].take()
    }

    /// One member of each row of a list.
    fn list(&self, method: &str, list: &str, member: &str) -> Vec<Value> {
        let answer = self.ask(method, &[]);
        answer[list].as_array().unwrap().iter().map(|row| row[member].clone()).collect()
    }

    fn read(&self, uri: &str) -> Value {
        self.ask("resources/read", &["--uri", uri])["contents"][0]["text"].take()
    }

    /// The structured content of a call; one that does not fit the schema of the tool ends it with an error.
    fn call(&self, tool: &str, arguments: &Value) -> Value {
        let call = ["--tool-name", tool, "--tool-args-json", &arguments.to_string()];
        self.ask("tools/call", &call)["structuredContent"].take()
    }

    fn gets_everything(&self, world: &World, revision: &str) {
        let asked = Questions::about(world);
        let pairs = asked.prompt_arguments.as_object().unwrap().iter();
        let pairs: Vec<String> =
            pairs.map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect();
        let mut get = vec!["--prompt-name", asked.prompt, "--prompt-args"];
        get.extend(pairs.iter().map(String::as_str));
        let answers = json!({
            "protocol_version": self.ask("initialize", &[])["protocolVersion"],
            "tools": self.list("tools/list", "tools", "name"),
            "result": self.call(asked.tool, &asked.arguments),
            "resources": self.list("resources/list", "resources", "uri"),
            "templates": self.list("resources/templates/list", "resourceTemplates", "uriTemplate"),
            "contents": asked.resources.each_ref().map(|uri| self.read(uri)),
            "prompts": self.list("prompts/list", "prompts", "name"),
            "prompt": [self.ask("prompts/get", &get)["messages"][0]["content"]["text"]],
        });
        check(world, &answers, revision);
    }
}

#[test]
fn inspector_gets_everything_by_discovery_or_initialize() {
    let world = World::shared();
    Inspector::new(&world.hosted, "auto").gets_everything(&world, NEWEST);
}

#[test]
fn inspector_gets_everything_after_initialize() {
    let world = World::shared();
    Inspector::new(&world.hosted, "legacy").gets_everything(&world, HANDSHAKE);
}

#[test]
fn inspector_gets_everything_by_discovery_alone() {
    let world = World::shared();
    Inspector::new(&world.hosted, "modern").gets_everything(&world, NEWEST);
}

/// With every toolset, and an LLM judge and a webhook besides the sample data.
fn everything() -> (Server, Hosted, Vec<Read>) {
    let (mlflow, sample) = Server::with_sample(&project(), Version::Newest).unwrap();
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow.uri()), ("MLFLOW_MCP_TOOLSETS", "all")]);
    let agent = sample.manifest["experiments"]["agent"]["id"].clone();
    let polite = json!({"experiment_id": agent, "name": "polite"});
    let mut judge = polite.clone();
    judge["instructions"] = json!("Is {{ outputs }} polite?");
    hosted.ok("register_llm_judge_scorer", judge);
    let hook = json!({"name": "hook", "url": "http://127.0.0.1:9/hook", "events": ["prompt.created"]});
    let hook = json!({"webhook_id": hosted.ok("create_webhook", hook)["webhook_id"]});
    let mut reads = older::reads(&sample.manifest);
    reads.extend(older::only_in_3(&sample.manifest));
    reads.extend([
        older::read("list_scorer_versions", polite.clone(), "/result/0/version", 1),
        older::read("get_scorer", polite, "/name", "polite"),
        older::read("get_webhook", hook, "/name", "hook"),
    ]);
    (mlflow, hosted, reads)
}

/// Schemas that some client or model cannot read are an exit code, and each a line on standard error.
#[test]
fn inspector_finds_no_schema_that_is_not_portable_and_no_answer_that_does_not_fit_its_schema() {
    let (_mlflow, hosted, reads) = everything();
    let inspector = Inspector::new(&hosted, "legacy");
    let strict = output(inspector.command("tools/list").arg("--strict"), PATIENCE).unwrap();
    let complaints = String::from_utf8_lossy(&strict.stderr);
    assert!(strict.status.success() && complaints.is_empty(), "{}: {complaints}", strict.status);
    let listed = inspector.list("tools/list", "tools", "name");
    assert_eq!(listed.len(), mlflow_mcp::tools::all().count());
    let mut reading: BTreeSet<&str> = mlflow_mcp::tools::all()
        .filter(|entry| entry.spec.effect == Effect::Read)
        .map(|entry| entry.spec.name)
        .collect();
    // It needs a job of a server that runs some, which `writes` has.
    reading.remove("get_scorer_jobs");
    assert_eq!(reads.iter().map(|read| read.tool).collect::<BTreeSet<_>>(), reading);
    let (some, inspector) = (reads.len().div_ceil(4), &inspector);
    thread::scope(|scope| {
        for reads in reads.chunks(some) {
            scope.spawn(move || {
                for Read { tool, arguments, place, .. } in reads {
                    let answer = inspector.call(tool, arguments);
                    assert!(answer.pointer(place).is_some(), "{tool} {arguments}: {answer}");
                }
            });
        }
    });
}
