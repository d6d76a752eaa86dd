//! What is published, and the workflows that publish it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::Value;
use support::golden::project;

fn read(path: &str) -> String {
    std::fs::read_to_string(project(path)).unwrap()
}

fn workflow(name: &str) -> Value {
    serde_saphyr::from_str(&read(&format!(".github/workflows/{name}"))).unwrap()
}

fn jobs(workflow: &Value) -> impl Iterator<Item = (&String, &Value)> {
    workflow["jobs"].as_object().unwrap().iter()
}

const WORKFLOWS: [&str; 2] = ["ci.yml", "release.yml"];

#[test]
fn actions_of_github_are_pinned_to_a_whole_version_and_all_others_to_a_commit() {
    for name in WORKFLOWS {
        let workflow = workflow(name);
        let steps = jobs(&workflow).flat_map(|(_, job)| job["steps"].as_array().unwrap());
        for action in steps.filter_map(|step| step["uses"].as_str()) {
            let (action, pin) =
                action.split_once('@').unwrap_or_else(|| panic!("{name}: {action} is not pinned"));
            let is_version = pin.strip_prefix('v').is_some_and(|version| {
                let numbers: Vec<_> = version.split('.').map(str::parse::<u32>).collect();
                numbers.len() == 3 && numbers.iter().all(Result::is_ok)
            });
            let is_commit = pin.len() == 40 && pin.bytes().all(|byte| byte.is_ascii_hexdigit());
            let owned_by_github = action.starts_with("actions/");
            assert!(is_commit || (owned_by_github && is_version), "{name}: {action}@{pin}");
        }
    }
}

#[test]
fn a_workflow_may_read_and_only_the_job_that_publishes_may_write() {
    for name in WORKFLOWS {
        let workflow = workflow(name);
        let may_write = |permissions: &Value| {
            permissions.as_str() == Some("write-all")
                || permissions.as_object().is_some_and(|all| all.values().any(|may| may == "write"))
        };
        assert!(workflow["permissions"].is_object(), "{name}: by default a workflow may do much");
        assert!(!may_write(&workflow["permissions"]), "{name}");
        let writers: Vec<_> =
            jobs(&workflow).filter(|(_, job)| may_write(&job["permissions"])).map(|(name, _)| name).collect();
        assert_eq!(writers, if name == "release.yml" { vec!["publish"] } else { vec![] });
    }
}

#[test]
fn what_may_write_runs_nothing_that_was_checked_out() {
    let release = workflow("release.yml");
    let steps = release["jobs"]["publish"]["steps"].as_array().unwrap();
    assert!(
        steps.iter().all(|step| !step["uses"].as_str().unwrap_or_default().starts_with("actions/checkout@"))
    );
    assert!(steps.iter().all(|step| !step["run"].as_str().unwrap_or_default().contains("cargo")));
}

#[test]
fn a_release_is_built_twice_and_has_the_least_compiler_that_the_manifest_allows() {
    let text = read(".github/workflows/release.yml");
    assert!(text.contains("cargo xtask dist --check"));
    let least = read("Cargo.toml")
        .lines()
        .find_map(|line| {
            line.strip_prefix("rust-version = \"").map(|rest| rest.trim_end_matches('"').to_owned())
        })
        .unwrap();
    for name in WORKFLOWS {
        let text = read(&format!(".github/workflows/{name}"));
        assert!(text.contains(&format!("rustup toolchain install {least}.")), "{name}: Rust {least}");
    }
}

/// The rules of <https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json> for what the file has.
#[test]
fn the_entry_for_the_mcp_registry_keeps_to_its_schema_and_is_of_this_version() {
    let server: Value = serde_json::from_str(&read("server.json")).unwrap();
    let text = |name: &str| server[name].as_str().unwrap();
    let known = ["$schema", "name", "title", "description", "version", "repository", "remotes"];
    assert!(server.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "check more here");
    assert_eq!(
        text("$schema"),
        "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
    );
    assert_eq!(text("version"), env!("CARGO_PKG_VERSION"));
    assert!((1..=100).contains(&text("description").len()) && (1..=100).contains(&text("title").len()));
    let (namespace, name) = text("name").split_once('/').unwrap();
    let plain = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    assert!(plain(namespace, ".-") && plain(name, "._-"));
    assert_eq!(server["repository"]["url"], env!("CARGO_PKG_REPOSITORY"));
    for remote in server["remotes"].as_array().unwrap() {
        assert_eq!(remote["type"], "streamable-http");
        let url = remote["url"].as_str().unwrap();
        assert!(url.starts_with("https://") && !url.contains(' '), "{url}");
        for variable in url.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()) {
            assert!(remote["variables"][variable].is_object(), "{url}");
        }
        for header in remote["headers"].as_array().unwrap() {
            assert!(header["name"].is_string() && header["isSecret"] == true, "{header}");
        }
    }
}

/// A header that the entry asks for and the server does not know would only be a nuisance.
#[test]
fn the_headers_of_the_registry_entry_are_those_of_the_documentation() {
    let server: Value = serde_json::from_str(&read("server.json")).unwrap();
    let documentation = read("docs/configuration.md");
    for header in server["remotes"][0]["headers"].as_array().unwrap() {
        let name = header["name"].as_str().unwrap();
        assert!(documentation.contains(&format!("`{name}")), "{name}");
        for word in
            header["description"].as_str().unwrap().split(|c: char| !c.is_ascii_uppercase() && c != '_')
        {
            assert!(!word.starts_with("MLFLOW_") || documentation.contains(word), "{word}");
        }
    }
}
