//! `search_artifact`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use support::files::{Files, RUN, files, of_run};
use support::{Mlflow, call, call_with, failure, success};

fn search(mlflow: &Mlflow, more: Value) -> Value {
    let mut arguments = json!({"source": RUN, "path": "log"});
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    call(mlflow, "search_artifact", arguments)
}

fn log(content: impl AsRef<[u8]>) -> Files {
    files(&[("log", content.as_ref())])
}

fn numbered(lines: usize) -> String {
    (1..=lines).map(|n| format!("line {n}{}\n", if n % 10 == 0 { " ERROR" } else { "" })).collect()
}

/// The numbers of the lines that match, as they are shown.
fn shown(found: &Value) -> Vec<u64> {
    let blocks = found["result"].as_array().unwrap().iter();
    blocks.flat_map(|block| block["matches"].as_array().unwrap()).map(|n| n.as_u64().unwrap()).collect()
}

#[test]
fn matches_come_with_the_lines_around_them_and_close_ones_together() {
    let result = search(&of_run(log(numbered(40))), json!({"patterns": ["ERROR"], "context": 2, "limit": 3}));
    let found = success(&result);
    let block = &found["result"][0];
    assert_eq!((&block["start_line"], &block["matches"]), (&json!(8), &json!([10])));
    assert_eq!(block["text"], "line 8\nline 9\nline 10 ERROR\nline 11\nline 12\n");
    assert_eq!((&found["total_matches"], &found["lines_read"]), (&json!(4), &json!(40)));
    assert_eq!(
        (&found["truncated"], &found["url"]),
        (&json!(true), &json!(format!("http://mlflow.test:5000/#/runs/{RUN}")))
    );
    let next = json!({"patterns": ["ERROR"], "page_token": found["next_page_token"]});
    let rest = search(&of_run(log(numbered(40))), next);
    let rest = success(&rest);
    assert_eq!(rest["result"][0]["matches"], json!([40]));
    assert_eq!((&rest["total_matches"], &rest["truncated"]), (&json!(1), &json!(false)));
    let together = search(&of_run(log(numbered(40))), json!({"patterns": ["ERROR"], "context": 5}));
    let blocks = success(&together)["result"].as_array().unwrap();
    assert_eq!((blocks.len(), &blocks[0]["matches"]), (1, &json!([10, 20, 30, 40])));
    assert_eq!(blocks[0]["text"].as_str().unwrap().lines().count(), 36);
}

#[test]
fn the_first_byte_of_a_block_is_where_reading_goes_on() {
    let text = numbered(40);
    let result = search(&of_run(log(&text)), json!({"patterns": ["line 20 "], "context": 1}));
    let block = &success(&result)["result"][0];
    let start = usize::try_from(block["start_byte"].as_u64().unwrap()).unwrap();
    assert!(text[start..].starts_with("line 19\nline 20 ERROR\n"));
}

#[test]
fn text_is_found_in_every_encoding_and_with_any_line_ends() {
    let text = "first\r\nGröße ok\r\nlast größe\r\n";
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for bytes in [text.as_bytes().to_vec(), utf16, latin] {
        for piece in [1, 3, 1_000] {
            let mlflow = of_run(log(&bytes)).in_pieces(piece);
            let result = search(&mlflow, json!({"patterns": ["größe"], "ignore_case": true, "context": 1}));
            let found = success(&result);
            assert_eq!(found["result"][0]["matches"], json!([2, 3]));
            assert_eq!(found["result"][0]["text"], "first\nGröße ok\nlast größe\n");
            let exact = search(&mlflow, json!({"patterns": ["größe", "nothing"]}));
            assert_eq!(success(&exact)["total_matches"], 1);
        }
    }
}

#[test]
fn a_match_in_a_very_long_line_is_found_across_pieces_and_shown_in_part() {
    let line = format!("{}needle{}", "x".repeat((256 << 10) - 3), "y".repeat(1_000_000));
    let mlflow = of_run(log(format!("{line}\nnext\n"))).in_pieces(10_000);
    let result = search(&mlflow, json!({"patterns": ["needle"], "context": 1}));
    let found = success(&result);
    assert_eq!((&found["total_matches"], &found["lines_read"]), (&json!(1), &json!(2)));
    let text = found["result"][0]["text"].as_str().unwrap();
    assert!(text.contains("needle") && text.len() < 1_000, "{}", text.len());
    assert!(text.ends_with("...\nnext\n"), "{text}");
}

#[test]
fn more_matches_than_an_answer_holds_are_paged_through() {
    let text: String = (1..=3_000).map(|n| format!("\"ERROR\" {n} {}\n", "\u{1}".repeat(80))).collect();
    let mut seen: Vec<u64> = Vec::new();
    let mut token = json!("");
    loop {
        let arguments = json!({"patterns": ["error"], "ignore_case": true, "context": 3, "limit": 500,
                               "page_token": token});
        let result = search(&of_run(log(&text)).in_pieces(5_000), arguments);
        let found = success(&result);
        assert!(result["content"][0]["text"].as_str().unwrap().chars().count() <= 40_000);
        seen.extend(shown(found));
        match found.get("next_page_token") {
            Some(next) => token = next.clone(),
            None => break,
        }
    }
    assert_eq!(seen, (1..=3_000).collect::<Vec<u64>>());
}

#[test]
fn a_search_that_takes_too_long_says_how_far_it_came() {
    // Every request takes a minute on this clock.
    let mlflow = of_run(log(numbered(10_000))).in_pieces(20_000).taking(Duration::from_secs(60));
    let result = search(&mlflow, json!({"patterns": ["line 9999"]}));
    let found = success(&result);
    assert_eq!((&found["total_matches"], &found["truncated"]), (&json!(0), &json!(true)));
    assert!(found["note"].as_str().unwrap().contains("page_token goes on"), "{found}");
    let read = found["bytes_read"].as_u64().unwrap();
    assert!((10_000..=20_000).contains(&read), "{read}");
    let next = json!({"patterns": ["line 9999"], "page_token": found["next_page_token"]});
    let rest = search(&of_run(log(numbered(10_000))), next);
    assert_eq!(success(&rest)["result"][0]["matches"], json!([9_999]));
}

#[test]
fn a_file_larger_than_one_answer_may_be_comes_in_several() {
    let mlflow = of_run(log(numbered(20_000))).in_pieces(10_000);
    let bound = [("MLFLOW_MCP_MAX_RESPONSE_BYTES", "65536")];
    let arguments = json!({"source": RUN, "path": "log", "patterns": ["ERROR"], "limit": 1});
    let result = call_with(&mlflow, &bound, "search_artifact", arguments);
    assert_eq!(
        (&success(&result)["total_matches"], &success(&result)["lines_read"]),
        (&json!(2_000), &json!(20_000))
    );
    let ranges: Vec<_> = mlflow.seen().iter().map(|request| request.headers()["range"].clone()).collect();
    assert_eq!(ranges[..2], ["bytes=0-65535", "bytes=65536-131071"]);
    assert_eq!(ranges.len(), numbered(20_000).len().div_ceil(65_536));
}

#[test]
fn a_server_that_knows_no_ranges_is_read_all_the_same() {
    let mlflow = Mlflow::new(|_| Ok(support::answer(200, numbered(100)))).in_pieces(64);
    let found = search(&mlflow, json!({"patterns": ["line 100 "]}));
    assert_eq!(success(&found)["result"][0]["matches"], json!([100]));
    let byte = success(&found)["result"][0]["start_byte"].clone();
    let rest = search(&mlflow, json!({"patterns": ["line"], "page_token": format!("{byte}.100")}));
    assert_eq!(success(&rest)["result"][0]["text"], "line 100 ERROR\n");
}

#[test]
fn what_cannot_be_searched_says_why() {
    let binary: Vec<u8> = (0..=255).cycle().take(5_000).collect();
    let mlflow = || of_run(files(&[("log", &binary), ("empty", b""), ("dir/x", b"")]));
    let text = search(&mlflow(), json!({"patterns": ["x"]}));
    assert!(failure(&text).contains("\"log\" is no text"), "{text}");
    let empty = search(&mlflow(), json!({"path": "empty", "patterns": ["x"]}));
    assert_eq!((&success(&empty)["total_matches"], &success(&empty)["lines_read"]), (&json!(0), &json!(0)));
    let directory = search(&mlflow(), json!({"path": "dir", "patterns": ["x"]}));
    assert!(failure(&directory).contains("is a directory"), "{directory}");
    let missing = search(&mlflow(), json!({"path": "logs", "patterns": ["x"]}));
    assert!(failure(&missing).contains("Did you mean \"log\"?"), "{missing}");
    for patterns in [json!([]), json!([""])] {
        let none = search(&Mlflow::untouched(), json!({"patterns": patterns}));
        assert!(failure(&none).contains("argument \"patterns\""), "{none}");
    }
    let token = search(&Mlflow::untouched(), json!({"patterns": ["x"], "page_token": "z"}));
    assert!(failure(&token).contains("page_token"), "{token}");
}

proptest! {
    /// What is in the lines of a text is found here, however the file arrives.
    #[test]
    fn as_many_lines_match_as_text_has(
        lines in prop::collection::vec("[abé\r ]{0,8}", 0..40),
        text in "[abé]{1,2}",
        piece in 1_usize..50,
    ) {
        let whole = lines.join("\n");
        let matching = whole.split('\n').enumerate().filter(|(_, line)| line.contains(&text));
        let expected: Vec<u64> = matching.map(|(n, _)| n as u64 + 1).collect();
        let result = search(&of_run(log(&whole)).in_pieces(piece), json!({"patterns": [text], "limit": 500}));
        prop_assert_eq!(shown(success(&result)), expected);
    }
}
