//! `read_table`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use support::files::{RUN, files, of_run};
use support::{Mlflow, call, failure, success};

fn world(path: &str, content: impl AsRef<[u8]>) -> Mlflow {
    of_run(files(&[(path, content.as_ref())]))
}

fn table(mlflow: &Mlflow, path: &str, more: Value) -> Value {
    let mut arguments = json!({"source": RUN, "path": path});
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    call(mlflow, "read_table", arguments)
}

#[test]
fn rows_come_with_the_columns_that_were_chosen_in_their_order() {
    let text = "id,name,score\r\n007,\"a, \"\"b\"\"\nc\",0.5\r\n008,,\r\n009,é\r\n";
    for piece in [1, 7, 1_000] {
        let mlflow = world("t.csv", text).in_pieces(piece);
        let result = table(&mlflow, "t.csv", json!({"columns": ["score", "name"]}));
        let rows = success(&result);
        assert_eq!(rows["result"], json!([["0.5", "a, \"b\"\nc"], ["", ""], [null, "é"]]));
        assert_eq!(rows["columns"], json!(["score", "name"]));
        assert_eq!(rows["url"], format!("http://mlflow.test:5000/#/runs/{RUN}"));
        assert_eq!(rows["all_columns"], json!(["id", "name", "score"]));
        assert_eq!((&rows["total_rows"], &rows["truncated"]), (&json!(3), &json!(false)));
        let all = table(&mlflow, "t.csv", json!({"offset": 1, "limit": 1}));
        assert_eq!(success(&all)["result"], json!([["008", "", ""]]));
        assert_eq!((&success(&all)["next_offset"], &success(&all)["truncated"]), (&json!(2), &json!(true)));
    }
}

#[test]
fn tables_in_other_encodings_and_with_other_delimiters_are_read() {
    let text = "größe;n\n1,5;2\n";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = format!("\u{feff}{text}").into_bytes();
    for bytes in [text.as_bytes().to_vec(), latin, utf16, marked, text.replace(';', "\t").into_bytes()] {
        let result = table(&world("t.csv", &bytes), "t.csv", json!({"columns": ["größe"]}));
        assert_eq!(success(&result)["result"], json!([["1,5"]]));
    }
}

#[test]
fn json_tables_keep_their_types() {
    let logged = r#"{"columns": ["step", "text", "x"], "data": [[1, "a", NaN], [2, null, {"b": [1]}]]}"#;
    let result = table(&world("eval.json", logged), "eval.json", json!({"columns": ["x", "step"]}));
    assert_eq!(success(&result)["result"], json!([["NaN", 1], [{"b": [1]}, 2]]));
    let records = r#"[{"a": 1}, {"b": true, "a": 2}]"#;
    let result = table(&world("eval.json", records), "eval.json", json!({}));
    assert_eq!(success(&result)["result"], json!([[1, null], [2, true]]));
    for other in ["{}", "[]", "[1]", "3"] {
        let result = table(&world("eval.json", other), "eval.json", json!({}));
        assert!(failure(&result).contains("the file is no table"), "{result}");
    }
}

#[test]
fn long_tables_are_paged_through_within_the_bound_of_an_answer() {
    let mut text = String::from("n,text\n");
    text.extend((0..3_000).map(|n| format!("{n},{}\n", "\"\"\"\"".repeat(10))));
    let (mut seen, mut offset) = (Vec::new(), json!(0));
    loop {
        let result = table(
            &world("t.csv", &text).in_pieces(10_000),
            "t.csv",
            json!({"offset": offset, "limit": 1_000}),
        );
        let rows = success(&result);
        assert!(result["content"][0]["text"].as_str().unwrap().chars().count() <= 40_000);
        assert_eq!(rows["total_rows"], 3_000);
        seen.extend(rows["result"].as_array().unwrap().iter().map(|row| row[0].clone()));
        match rows.get("next_offset") {
            Some(next) => offset = next.clone(),
            None => break,
        }
    }
    assert_eq!(seen, (0..3_000).map(|n| json!(n.to_string())).collect::<Vec<_>>());
}

#[test]
fn a_row_too_long_for_an_answer_is_shown_in_part() {
    let text = format!("a,b\n{},short\nnext,\n", "x".repeat(100_000));
    let result = table(&world("t.csv", &text), "t.csv", json!({}));
    let rows = success(&result);
    assert!(rows["result"][0][0].as_str().unwrap().ends_with("... (100000 characters)"), "{rows}");
    assert_eq!((&rows["result"][0][1], &rows["next_offset"]), (&json!("short"), &json!(1)));
}

#[test]
fn what_is_no_table_says_why() {
    let slip = table(&world("t.csv", "score,name\n1,2\n"), "t.csv", json!({"columns": ["scores"]}));
    assert!(failure(&slip).contains("Did you mean \"score\"?"), "{slip}");
    let parquet = table(&world("t.parquet", b"PAR1\0\0\0\x15\x04"), "t.parquet", json!({}));
    assert!(failure(&parquet).contains("Parquet is not read"), "{parquet}");
    let open = format!("a,b\n\"{}", "x,\n".repeat(1_000_000));
    let open = table(&world("t.csv", open).in_pieces(100_000), "t.csv", json!({}));
    assert!(failure(&open).contains("a quote may be missing"), "{open}");
    let beyond = table(&world("t.csv", "a\n1\n"), "t.csv", json!({"offset": 5}));
    assert!(failure(&beyond).contains("the table has 1 rows"), "{beyond}");
    let empty = table(&world("t.csv", ""), "t.csv", json!({}));
    assert_eq!((&success(&empty)["all_columns"], &success(&empty)["total_rows"]), (&json!([]), &json!(0)));
    let ragged = table(&world("t.csv", "a\n1,2\n"), "t.csv", json!({}));
    assert!(success(&ragged)["note"].as_str().unwrap().contains("more cells than"), "{ragged}");
}

#[test]
fn a_table_that_takes_too_long_says_how_far_it_came() {
    let text = format!("a\n{}", "1\n".repeat(50_000));
    let mlflow = world("t.csv", &text).in_pieces(20_000).taking(Duration::from_secs(60));
    let result = table(&mlflow, "t.csv", json!({"limit": 2}));
    let rows = success(&result);
    assert_eq!(rows["truncated"], true);
    assert!(rows["note"].as_str().unwrap().contains("since a call may not take longer"), "{rows}");
}

proptest! {
    /// What is written by the rules of RFC 4180 is read again.
    #[test]
    fn every_table_that_is_written_is_read(
        rows in prop::collection::vec(prop::collection::vec("[a,\"\n é]{0,6}", 3), 0..12),
        piece in 1_usize..40,
    ) {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n";
        let text: String = std::iter::once("x,y,z\n".to_owned()).chain(rows.iter().map(line)).collect();
        let result = table(&world("t.csv", &text).in_pieces(piece), "t.csv", json!({}));
        prop_assert_eq!(&success(&result)["result"], &json!(rows));
    }
}
