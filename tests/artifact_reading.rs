//! `read_artifact`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use proptest::prelude::*;
use serde_json::{Value, json};
use support::files::{Files, MODEL, RUN, files, of_run, of_runs};
use support::{Mlflow, call, failure, success};

fn read(mlflow: &Mlflow, path: &str, more: Value) -> Value {
    let mut arguments = json!({"source": RUN, "path": path});
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    call(mlflow, "read_artifact", arguments)
}

fn lines(count: usize) -> String {
    (1..=count).map(|n| format!("line {n}\n")).collect()
}

fn one(content: &[u8]) -> Files {
    files(&[("file", content)])
}

#[test]
fn lines_are_read_from_any_of_them_on() {
    let text = lines(100_000);
    let mlflow = of_run(one(text.as_bytes())).in_pieces(4_096);
    let head = read(&mlflow, "file", json!({"max_lines": 2}));
    let head = success(&head);
    assert_eq!((&head["result"], &head["start_line"]), (&json!("line 1\nline 2\n"), &json!(1)));
    assert_eq!(head["url"], format!("http://mlflow.test:5000/#/runs/{RUN}"));
    assert_eq!((&head["next_start_line"], &head["truncated"]), (&json!(3), &json!(true)));
    let middle = read(&mlflow, "file", json!({"start_line": 70_000, "max_lines": 1}));
    let middle = success(&middle);
    assert_eq!(middle["result"], "line 70000\n");
    let byte = |member: &str| usize::try_from(middle[member].as_u64().unwrap()).unwrap();
    assert_eq!(&text[byte("start_byte")..byte("end_byte")], "line 70000\n");
    let end = read(&mlflow, "file", json!({"start_line": 99_999}));
    let end = success(&end);
    assert_eq!((&end["result"], end.get("next_start_line")), (&json!("line 99999\nline 100000\n"), None));
    let beyond = read(&mlflow, "file", json!({"start_line": 100_001}));
    assert!(failure(&beyond).contains("the file has 100000 lines"), "{beyond}");
}

#[test]
fn the_last_lines_take_two_requests_however_long_the_file_is() {
    let text = lines(100_000);
    let mlflow = of_run(one(text.as_bytes()));
    let tail = read(&mlflow, "file", json!({"start_line": -3}));
    let tail = success(&tail);
    assert_eq!(tail["result"], "line 99998\nline 99999\nline 100000\n");
    assert_eq!(tail["start_byte"].as_u64().unwrap(), text.find("line 99998").unwrap() as u64);
    assert_eq!((tail.get("start_line"), &tail["truncated"]), (None, &json!(true)));
    assert_eq!(mlflow.lines().len(), 2);
    let all = read(&of_run(one(b"a\nb")), "file", json!({"start_line": -50}));
    assert_eq!((&success(&all)["result"], &success(&all)["truncated"]), (&json!("a\nb\n"), &json!(false)));
    let long = read(&of_run(one("x".repeat(100_000).as_bytes())), "file", json!({"start_line": -1}));
    let long = success(&long);
    let shown = long["result"].as_str().unwrap().len() as u64;
    assert!(shown > 30_000 && long["start_byte"] == 100_000 - shown, "{shown}");
}

#[test]
fn a_line_too_long_for_an_answer_goes_on_by_bytes() {
    let text = "ü\"".repeat(40_000);
    let mlflow = of_run(one(text.as_bytes())).in_pieces(1_000);
    let mut all = String::new();
    let mut more = json!({});
    loop {
        let part = read(&mlflow, "file", more);
        let part = success(&part);
        all.push_str(part["result"].as_str().unwrap());
        match part.get("next_start_byte") {
            Some(next) => more = json!({"start_byte": next}),
            None => break,
        }
    }
    assert_eq!(all.trim_end(), text);
}

#[test]
fn encodings_line_ends_and_odd_files_are_read_as_what_they_are() {
    let utf16: Vec<u8> = "\u{feff}eins\r\nzwei ü\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let binary: Vec<u8> = (0..=255).cycle().take(5_000).collect();
    let world = of_run(files(&[
        ("utf16", &utf16),
        ("latin1", b"eins\r\nzwei \xfc\r\n"),
        ("empty", b""),
        ("binary", &binary),
        ("png", b"\x89PNG\r\n\x1a\n1234"),
        ("dir/file", b""),
    ]))
    .in_pieces(5);
    for (path, encoding) in [("utf16", "utf-16"), ("latin1", "latin-1")] {
        for more in [json!({}), json!({"start_line": -2})] {
            let result = read(&world, path, more);
            assert_eq!(success(&result)["result"], "eins\nzwei ü\n");
            assert_eq!(success(&result)["encoding"], encoding);
        }
        let second = read(&world, path, json!({"start_line": 2, "max_lines": 1}));
        assert_eq!(success(&second)["result"], "zwei ü\n", "{path}");
    }
    for more in [json!({}), json!({"start_line": -1}), json!({"start_byte": 0})] {
        let empty = read(&world, "empty", more.clone());
        let empty = success(&empty);
        assert_eq!(
            (&empty["result"], &empty["total_bytes"], &empty["truncated"]),
            (&json!(""), &json!(0), &json!(false))
        );
        let binary = read(&world, "binary", more.clone());
        assert!(success(&binary)["result"].as_str().unwrap().contains("binary file of 5000 bytes"));
        let png = read(&world, "png", more.clone());
        assert_eq!(png["content"][1]["mimeType"], "image/png");
        let directory = read(&world, "dir", more);
        assert!(failure(&directory).contains("is a directory"), "{directory}");
    }
}

#[test]
fn a_pointer_shows_a_part_of_yaml_and_json() {
    let model = files(&[("MLmodel", b"flavors:\n  sklearn:\n    sklearn_version: 1.5.2\nsignature: null\n")]);
    let config = files(&[
        ("config.yml", b"config:\n  params: {top_p: 1.0, names: [a, b]}\n" as &[u8]),
        ("metrics.json", b"{\"loss\": NaN, \"a/b\": {\"c~d\": [1, 2]}}"),
        ("broken.json", b"{\"loss\": "),
        ("table.csv", b"a: b: c\n"),
    ]);
    let world = || of_runs(vec![(RUN, config.clone())], Some(model.clone()));
    for (path, pointer, expected) in [
        ("config.yml", "/config/params/top_p", "1.0"),
        ("config.yml", "/config/params/names/1", "\"b\""),
        ("metrics.json", "/loss", "\"NaN\""),
        ("metrics.json", "/a~1b/c~0d/0", "1"),
        ("model/MLmodel", "/flavors/sklearn/sklearn_version", "\"1.5.2\""),
    ] {
        let result = read(&world(), path, json!({"json_pointer": pointer}));
        assert_eq!(success(&result)["result"], expected, "{path} {pointer}");
    }
    let version = json!({"source": "models:/churn/3", "path": "MLmodel", "json_pointer": "/signature"});
    let result = call(&world(), "read_artifact", version);
    let found = success(&result);
    assert_eq!((&found["result"], &found["model_id"]), (&json!("null"), &json!(MODEL)));
    let slip = read(&world(), "config.yml", json!({"json_pointer": "/config/parms"}));
    assert!(failure(&slip).contains("Did you mean \"params\"?"), "{slip}");
    for path in ["broken.json", "table.csv"] {
        let broken = read(&world(), path, json!({"json_pointer": ""}));
        assert!(failure(&broken).contains("neither JSON nor YAML"), "{broken}");
    }
}

#[test]
fn a_value_too_long_for_an_answer_is_outlined() {
    let rows: Vec<Value> = (0..5_000).map(|n| json!({"id": n, "text": "x".repeat(20)})).collect();
    let whole = json!({"rows": rows, "name": "n"}).to_string();
    let result = read(&of_run(one(whole.as_bytes())), "file", json!({"json_pointer": ""}));
    let outline = success(&result);
    assert_eq!(outline["result"], "rows: list of 5000\nname: \"n\"\n");
    assert_eq!(outline["truncated"], true);
    assert!(outline["note"].as_str().unwrap().contains("A longer json_pointer"));
}

#[test]
fn ranges_that_exclude_one_another_are_refused() {
    for more in [
        json!({"start_line": 1, "start_byte": 1}),
        json!({"json_pointer": "/a", "max_lines": 3}),
        json!({"start_line": 0}),
    ] {
        let result = read(&Mlflow::untouched(), "file", more);
        assert!(failure(&result).contains("start_line"), "{result}");
    }
}

proptest! {
    /// Going on where an answer ends gives the whole file, line by line.
    #[test]
    fn parts_meet(text in "([abü\"\u{1}]{0,30}\n){0,60}", most in 1_u64..20, piece in 1_usize..40) {
        let mlflow = of_run(one(text.as_bytes())).in_pieces(piece);
        let (mut all, mut start) = (String::new(), json!(1));
        loop {
            let part = read(&mlflow, "file", json!({"start_line": start, "max_lines": most}));
            let part = success(&part);
            all.push_str(part["result"].as_str().unwrap());
            match part.get("next_start_line") {
                Some(next) => start = next.clone(),
                None => break,
            }
        }
        prop_assert_eq!(all, text);
    }
}
