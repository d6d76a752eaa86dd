//! The tools that look into artifacts, against files of every kind and what pandas and plain Python read in them.

use std::process::Command;

use mlflow_mcp_host::Limits;
use serde_json::{Value, json};
use xtask::mlflow::{Server, Version};
use xtask::python::Environment;

use super::world::{Hosted, World, every_page, project};

/// What a guest may have while it reads a file of 100 MB.
const MEMORY: u64 = 16 << 20;

/// A server of its own, since files are added to it; a host with little memory; and what Python says of the files.
struct Odd {
    hosted: Hosted,
    expected: Value,
    // Ends last.
    _mlflow: Server,
}

impl Odd {
    fn new() -> Self {
        let (mlflow, _) = Server::with_sample(&project(), Version::Newest).unwrap();
        let python = Environment::ensure(&project(), "mlflow").unwrap().python();
        let output = Command::new(python)
            .arg(project().python_file("artifact_analysis.py"))
            .args(["--tracking-uri", &mlflow.uri()])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let expected =
            serde_json::from_str(text.lines().find(|line| line.starts_with('{')).unwrap()).unwrap();
        let limits = Limits { memory: MEMORY, ..Limits::default() };
        let hosted = Hosted::within(limits, &[("MLFLOW_TRACKING_URI", &mlflow.uri())]);
        Self { hosted, expected, _mlflow: mlflow }
    }

    fn arguments(&self, path: &str, more: &Value) -> Value {
        let mut arguments = json!({"source": self.expected["run_id"], "path": path});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        arguments
    }

    fn ok(&self, tool: &str, path: &str, more: &Value) -> Value {
        self.hosted.ok(tool, self.arguments(path, more))
    }

    fn fails(&self, tool: &str, path: &str, more: &Value) -> String {
        self.hosted.fails(tool, self.arguments(path, more))
    }
}

#[test]
fn files_of_every_kind_are_read_as_python_reads_them() {
    let odd = Odd::new();
    the_tree_is_as_it_was_written(&odd);
    a_log_of_100_megabytes_is_searched_and_read_in_little_memory(&odd);
    texts_are_read_in_their_encodings(&odd);
    odd_files_say_what_they_are(&odd);
    tables_have_the_rows_that_pandas_reads(&odd);
    reports_have_the_numbers_that_pandas_reads(&odd);
}

fn the_tree_is_as_it_was_written(odd: &Odd) {
    let tree = odd.hosted.ok("list_artifacts", json!({"source": odd.expected["run_id"]}));
    let rows = tree["result"].as_array().unwrap();
    for (path, size) in odd.expected["files"].as_object().unwrap() {
        let row = rows.iter().find(|row| row["path"] == path.as_str()).unwrap_or_else(|| panic!("no {path}"));
        assert_eq!((&row["bytes"], &row["is_dir"]), (size, &json!(false)), "{path}");
    }
    let directory = rows.iter().find(|row| row["path"] == "results.csv").unwrap();
    assert_eq!(
        (&directory["is_dir"], &directory["files"], &directory["bytes"]),
        (&json!(true), &json!(1), &json!(8))
    );
    // The table that MLflow logs is one more.
    let files = odd.expected["files"].as_object().unwrap().len() + 1;
    assert_eq!(tree["total_files"], files);
}

fn a_log_of_100_megabytes_is_searched_and_read_in_little_memory(odd: &Odd) {
    let big = &odd.expected["big"];
    let errors = big["errors"].as_array().unwrap();
    let found = odd.ok(
        "search_artifact",
        "big.log",
        &json!({"patterns": ["error"], "ignore_case": true, "context": 1}),
    );
    assert_eq!((&found["bytes_read"], &found["lines_read"]), (&big["bytes"], &big["lines"]));
    assert_eq!(found["total_matches"], errors.len());
    let shown: Vec<Value> = found["result"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|block| block["matches"].as_array().unwrap().clone())
        .collect();
    assert_eq!(shown, errors[..20]);
    let line = odd.ok("read_artifact", "big.log", &json!({"start_line": 700_000, "max_lines": 1}));
    assert_eq!(line["result"], format!("{}\n", big["line_700000"].as_str().unwrap()));
    let last = odd.ok("read_artifact", "big.log", &json!({"start_line": -1}));
    assert_eq!(last["result"], format!("{}\n", big["last"].as_str().unwrap()));
    assert_eq!(last["total_bytes"], big["bytes"]);
}

fn texts_are_read_in_their_encodings(odd: &Odd) {
    let utf16 = odd.ok("read_artifact", "utf16.txt", &json!({"start_line": 2}));
    assert_eq!((&utf16["result"], &utf16["encoding"]), (&json!("zwei größe\ndrei\n"), &json!("utf-16")));
    for path in ["utf16.txt", "latin1.txt"] {
        let found = odd.ok("search_artifact", path, &json!({"patterns": ["größe"]}));
        assert_eq!(found["result"][0]["text"], "zwei größe\n", "{path}");
    }
    let crlf = odd.ok("search_artifact", "crlf.txt", &json!({"patterns": ["ERROR"], "context": 1}));
    assert_eq!(crlf["result"][0]["text"], "one\ntwo ERROR\nthree\n");
    let long = odd.ok("search_artifact", "long.txt", &json!({"patterns": ["needle"]}));
    assert_eq!((&long["total_matches"], &long["lines_read"]), (&json!(2), &json!(2)));
    let nan = odd.ok("read_artifact", "nan.json", &json!({"json_pointer": "/best/0"}));
    assert_eq!(nan["result"], "\"Infinity\"");
}

fn odd_files_say_what_they_are(odd: &Odd) {
    let empty = odd.ok("read_artifact", "empty.log", &json!({}));
    assert_eq!((&empty["result"], &empty["total_bytes"]), (&json!(""), &json!(0)));
    assert_eq!(odd.ok("search_artifact", "empty.log", &json!({"patterns": ["x"]}))["total_matches"], 0);
    let binary = odd.ok("read_artifact", "weights.bin", &json!({}));
    assert_eq!(binary["encoding"], "binary");
    assert!(odd.fails("search_artifact", "weights.bin", &json!({"patterns": ["x"]})).contains("is no text"));
    for (tool, more) in [("read_artifact", json!({})), ("search_artifact", json!({"patterns": ["x"]}))] {
        let text = odd.fails(tool, "results.csv", &more);
        assert!(text.contains("is a directory"), "{text}");
    }
}

fn tables_have_the_rows_that_pandas_reads(odd: &Odd) {
    let table = &odd.expected["table"];
    let chosen = json!({"columns": ["score", "text"], "offset": 10_000, "limit": 50});
    let rows = odd.ok("read_table", "table.csv", &chosen);
    assert_eq!((&rows["result"], &rows["total_rows"]), (&table["chosen"], &table["rows"]));
    assert_eq!(rows["all_columns"], table["columns"]);
    let logged = odd.ok("read_table", "eval.json", &json!({"columns": ["text", "score"]}));
    assert_eq!(logged["result"], json!([["a", 0.5], ["é", 0.25], [null, 1.0]]));
    let part = odd.ok("read_table", "results.csv/part.csv", &json!({}));
    assert_eq!(part["result"], json!([["1", "2"]]));
    let slip = odd.fails("read_table", "table.csv", &json!({"columns": ["scores"]}));
    assert!(slip.contains("Did you mean \"score\"?"), "{slip}");
}

fn reports_have_the_numbers_that_pandas_reads(odd: &Odd) {
    let runs = odd.expected["evaluation"].as_array().unwrap();
    let mut launches: Vec<&str> = runs.iter().map(|run| run["invocation_id"].as_str().unwrap()).collect();
    launches.sort_unstable();
    launches.dedup();
    assert_eq!(launches.len(), 3);
    let report = odd.hosted.ok("evaluation_report", json!({"invocation_ids": launches}));
    let value = |table: &str, name: &str, task: &Value, key: &str, launch: usize| {
        let rows = report[table].as_array().unwrap();
        let row = rows.iter().find(|row| row["task"] == *task && row[name] == key);
        row.unwrap_or_else(|| panic!("no {key} of {task}"))["values"][launch].clone()
    };
    let mut compared = 0;
    for run in runs {
        let launch = launches.iter().position(|id| run["invocation_id"] == **id).unwrap();
        assert_eq!(report["launches"][launch]["model"], run["model"]);
        for (key, expected) in run["statistics"].as_object().unwrap() {
            assert_eq!(
                value("statistics", "name", &run["task"], key, launch).as_f64(),
                expected.as_f64(),
                "{key}"
            );
            compared += 1;
        }
        for (key, expected) in run["metrics"].as_object().unwrap() {
            if !key.starts_with("response_stats.") && !key.ends_with("_stderr") {
                assert_eq!(
                    value("scores", "metric", &run["task"], key, launch).as_f64(),
                    expected.as_f64(),
                    "{key}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared >= 11 * 12, "{compared}");
    // The third launch was abandoned after its first task.
    assert_eq!(report["problems"].as_array().unwrap().len(), 4, "{}", report["problems"]);
}

#[test]
fn diff_artifacts_compares_runs_files_and_versions() {
    let world = World::shared();
    let run = |launch: usize| world.manifest["invocations"][launch]["runs"][0]["run_id"].clone();
    let whole = world.ok("diff_artifacts", json!({"baseline": run(0), "source": run(1)}));
    let changed = whole["changed"].as_array().unwrap();
    assert!(changed.iter().any(|file| file["path"] == "config.yml"), "{whole}");
    assert_eq!((&whole["only_in_baseline"], &whole["only_in_source"]), (&json!([]), &json!([])));
    let lines =
        world.ok("diff_artifacts", json!({"baseline": run(0), "source": run(1), "path": "config.yml"}));
    let diff = lines["diff"].as_str().unwrap();
    assert!(diff.contains("\n-    precision") || diff.contains("\n-  precision"), "{diff}");
    let same = world.ok("diff_artifacts", json!({"baseline": run(0), "source": run(0)}));
    assert_eq!((&same["changed"], &same["not_compared"]), (&json!([]), &json!([])));
    let name = world.text("/registered_models/0/name");
    let version = |number: u32| format!("models:/{name}/{number}");
    let models =
        world.ok("diff_artifacts", json!({"baseline": version(1), "source": version(2), "path": "MLmodel"}));
    assert!(models["lines_added"].as_u64() > Some(0), "{models}");
}

#[test]
fn list_artifacts_shows_runs_models_and_versions_alike() {
    let world = World::shared();
    let run_id = world.text("/artifacts/run_id");
    let tree = every_page(&world, "list_artifacts", json!({"source": run_id}));
    let sum = tree.iter().find(|row| row["path"] == "predictions").unwrap();
    assert_eq!(sum["files"], world.manifest["artifacts"]["directory"]["files"]);
    let best = world.text("/runs/sweep_best");
    let of_run = world.ok("list_artifacts", json!({"source": best, "path": "churn-gbdt"}));
    let model_id = world.ok("list_artifacts", json!({"source": best}))["result"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["path"] == "churn-gbdt")
        .unwrap()["model_id"]
        .clone();
    let of_model = world.ok("list_artifacts", json!({"source": model_id}));
    assert_eq!(
        (&of_model["total_files"], &of_model["total_bytes"]),
        (&of_run["total_files"], &of_run["total_bytes"])
    );
    let name = world.text("/registered_models/0/name");
    for source in [format!("models:/{name}/3"), format!("models:/{name}@champion")] {
        let of_version = world.ok("list_artifacts", json!({"source": source}));
        assert_eq!(of_version["total_files"], of_model["total_files"], "{source}");
        let flavor = json!({"source": source, "path": "MLmodel", "json_pointer": "/flavors/python_function/loader_module"});
        assert_eq!(world.ok("read_artifact", flavor)["result"], "\"churn.model\"");
    }
    let unknown = world.fails("list_artifacts", json!({"source": format!("models:/{name}/99")}));
    assert!(unknown.contains("there is no model version"), "{unknown}");
}

#[test]
fn read_artifact_takes_a_configuration_apart_and_shows_pictures() {
    let world = World::shared();
    let run = &world.manifest["invocations"][0]["runs"][0];
    let task = json!({"source": run["run_id"], "path": "config.yml", "json_pointer": "/config/params/task"});
    assert_eq!(world.ok("read_artifact", task)["result"], json!(run["task"].to_string()));
    let slip = json!({"source": run["run_id"], "path": "config.yml", "json_pointer": "/config/parms"});
    assert!(world.fails("read_artifact", slip).contains("Did you mean \"params\"?"));
    let picture =
        json!({"source": world.text("/artifacts/run_id"), "path": world.text("/artifacts/files/png/path")});
    let picture = world.hosted.call("read_artifact", &picture);
    assert_eq!(picture["content"][1]["mimeType"], "image/png");
}
