//! `diff_artifacts`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::files::{Files, MODEL, RUN, files, of_runs};
use support::{Mlflow, call, failure, success};

const OTHER: &str = "fedcba9876543210fedcba9876543210";

fn world(old: Files, new: Files) -> Mlflow {
    of_runs(vec![(RUN, old), (OTHER, new)], None)
}

fn diff(mlflow: &Mlflow, path: &str) -> Value {
    call(mlflow, "diff_artifacts", json!({"baseline": RUN, "source": OTHER, "path": path}))
}

fn some() -> (Files, Files) {
    let old = files(&[
        ("config.yml", b"a: 1\nb: 2\nc: 3\n" as &[u8]),
        ("same.txt", b"same"),
        ("gone/x", b"x"),
        ("model.bin", b"\0\x01\x02\x03\x04\x05\x06\x07"),
        ("log", b"12"),
    ]);
    let new = files(&[
        ("config.yml", b"a: 1\nb: 5\nc: 3\n" as &[u8]),
        ("same.txt", b"same"),
        ("new.csv", b""),
        ("model.bin", b"\0\x01\x02\x03\x04\x05\x06\x08"),
        ("log", b"123"),
    ]);
    (old, new)
}

#[test]
fn files_are_only_in_one_changed_or_the_same() {
    let (old, new) = some();
    let result = diff(&world(old, new), "");
    let found = success(&result);
    assert_eq!(found["only_in_baseline"], json!(["gone/x"]));
    assert_eq!(found["only_in_source"], json!(["new.csv"]));
    for member in ["baseline_url", "source_url"] {
        assert!(found[member].as_str().unwrap().starts_with("http://mlflow.test:5000/#/runs/"), "{found}");
    }
    assert_ne!(found["baseline_url"], found["source_url"]);
    let changed: Vec<&Value> = found["changed"].as_array().unwrap().iter().map(|one| &one["path"]).collect();
    assert_eq!(changed, ["config.yml", "log", "model.bin"]);
    assert_eq!(found["changed"][1], json!({"path": "log", "baseline_bytes": 2, "source_bytes": 3}));
    assert_eq!((&found["same"], &found["truncated"]), (&json!(1), &json!(false)));
}

#[test]
fn the_lines_of_one_file_are_compared() {
    let (old, new) = some();
    let result = diff(&world(old, new), "config.yml");
    let found = success(&result);
    assert_eq!(found["diff"], "@@ -1,3 +1,3 @@\n a: 1\n-b: 2\n+b: 5\n c: 3\n");
    assert_eq!((&found["lines_added"], &found["lines_removed"]), (&json!(1), &json!(1)));
    let (old, new) = some();
    let same = diff(&world(old, new), "same.txt");
    assert_eq!((&success(&same)["same"], success(&same).get("diff")), (&json!(1), None));
    let (old, new) = some();
    let binary = diff(&world(old, new), "model.bin");
    assert!(success(&binary)["note"].as_str().unwrap().contains("No text"), "{binary}");
}

#[test]
fn runs_are_compared_with_models_and_line_ends_are_told() {
    let run = files(&[("requirements.txt", b"mlflow==3.1\r\nnumpy\r\n" as &[u8])]);
    let model = files(&[("requirements.txt", b"mlflow==3.1\nnumpy\n" as &[u8])]);
    let mlflow = of_runs(vec![(RUN, run)], Some(model));
    let arguments = json!({"baseline": RUN, "source": MODEL, "path": "requirements.txt"});
    let result = call(&mlflow, "diff_artifacts", arguments);
    assert!(success(&result)["note"].as_str().unwrap().contains("line ends only"), "{result}");
}

#[test]
fn a_difference_too_long_for_an_answer_is_cut_at_a_line() {
    let text = |word: &str| -> String {
        (0..1_500).map(|n| format!("{word} \"{n}\" {}\n", "y".repeat(40))).collect()
    };
    let mlflow = world(files(&[("a", text("old").as_bytes())]), files(&[("a", text("new").as_bytes())]));
    let result = diff(&mlflow, "a");
    let found = success(&result);
    assert!(result["content"][0]["text"].as_str().unwrap().chars().count() <= 40_000);
    assert_eq!((&found["truncated"], &found["lines_added"]), (&json!(true), &json!(1_500)));
    assert!(found["diff"].as_str().unwrap().ends_with("y\n"));
}

#[test]
fn what_there_was_no_time_to_compare_is_named() {
    let many: Files = (0..300).map(|n| (format!("part-{n:05}"), vec![b'x'; 3])).collect();
    let result = diff(&world(many.clone(), many.clone()), "");
    let found = success(&result);
    assert_eq!((&found["same"], found["not_compared"].as_array().unwrap().len()), (&json!(200), 100));
    let slow = world(many.clone(), many).taking(std::time::Duration::from_secs(2));
    let result = diff(&slow, "");
    assert_eq!(success(&result)["same"], 20, "{}", slow.lines().len());
}

#[test]
fn slips_are_told() {
    let directory = files(&[("a/b", b"x" as &[u8])]);
    let file = files(&[("a", b"x" as &[u8])]);
    let result = diff(&world(directory.clone(), file.clone()), "a");
    assert!(failure(&result).contains("a file in one and a directory in the other"), "{result}");
    let result = diff(&world(file.clone(), directory), "b");
    assert!(failure(&result).contains("has no artifact \"b\""), "{result}");
    let many: Files = (0..3_000).map(|n| (format!("part-{n:05}"), vec![b'x'; n])).collect();
    let result = diff(&world(many, file), "");
    let found = success(&result);
    assert_eq!(found["truncated"], true);
    assert!(found["note"].as_str().unwrap().contains("of 3000 files"), "{}", found["note"]);
}
