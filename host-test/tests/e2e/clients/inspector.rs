//! MCP Inspector's command line: one connection per question.

use std::process::Command;
use std::sync::Arc;

use serde_json::{Value, json};
use xtask::node::Environment;
use xtask::process::output;
use xtask::scratch::Scratch;

use super::tour::{HANDSHAKE, NEWEST, Questions, check};
use super::{PATIENCE, printed};
use crate::world::{World, project};

struct Inspector {
    world: Arc<World>,
    environment: Environment,
    /// It keeps a catalogue of servers in the user's home.
    home: Scratch,
    era: &'static str,
}

impl Inspector {
    /// In this era: `legacy`, `auto` or `modern`.
    fn new(era: &'static str) -> Self {
        let environment = Environment::ensure(&project(), "inspector").unwrap();
        Self { world: World::shared(), environment, home: Scratch::new("inspector").unwrap(), era }
    }

    fn command(&self, method: &str) -> Command {
        let mut command = self.environment.program("mcp-inspector");
        command.env("HOME", self.home.path()).args(["--cli", &self.world.hosted.url()]);
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

    fn gets_everything(&self, revision: &str) {
        let asked = Questions::about(&self.world);
        let call = ["--tool-name", asked.tool, "--tool-args-json", &asked.arguments.to_string()];
        let pairs = asked.prompt_arguments.as_object().unwrap().iter();
        let pairs: Vec<String> =
            pairs.map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect();
        let mut get = vec!["--prompt-name", asked.prompt, "--prompt-args"];
        get.extend(pairs.iter().map(String::as_str));
        let answers = json!({
            "protocol_version": self.ask("initialize", &[])["protocolVersion"],
            "tools": self.list("tools/list", "tools", "name"),
            "result": self.ask("tools/call", &call)["structuredContent"],
            "resources": self.list("resources/list", "resources", "uri"),
            "templates": self.list("resources/templates/list", "resourceTemplates", "uriTemplate"),
            "contents": asked.resources.each_ref().map(|uri| self.read(uri)),
            "prompts": self.list("prompts/list", "prompts", "name"),
            "prompt": [self.ask("prompts/get", &get)["messages"][0]["content"]["text"]],
        });
        check(&self.world, &answers, revision);
    }
}

#[test]
fn inspector_gets_everything_by_discovery_or_initialize() {
    Inspector::new("auto").gets_everything(NEWEST);
}

#[test]
fn inspector_gets_everything_after_initialize() {
    Inspector::new("legacy").gets_everything(HANDSHAKE);
}

#[test]
fn inspector_gets_everything_by_discovery_alone() {
    Inspector::new("modern").gets_everything(NEWEST);
}

/// Schemas that some client or model cannot read are an exit code, and each a line on standard error.
#[test]
fn inspector_finds_no_schema_that_is_not_portable() {
    let inspector = Inspector::new("legacy");
    let strict = output(inspector.command("tools/list").arg("--strict"), PATIENCE).unwrap();
    let complaints = String::from_utf8_lossy(&strict.stderr);
    assert!(strict.status.success() && complaints.is_empty(), "{}: {complaints}", strict.status);
}
