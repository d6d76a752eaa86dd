//! How long one token is shown, and when another is got.

use std::time::Duration;

use mlflow_mcp::port::HttpError;
use serde_json::json;

use super::support::{Mlflow, answer, call_with, failure, success};
use super::{Gate, SECRET, TOKEN_URL, get_run, is_of_token, oauth, refusal, sent, shows_no_secret};

#[test]
fn one_token_serves_all_requests_of_a_call_and_of_the_calls_after_it() {
    let mlflow = Gate::default().mlflow().slow();
    let oauth = oauth(&json!({}));
    let variables = [("MLFLOW_MCP_TRACKING_OAUTH", oauth.as_str())];
    // Its two questions are asked at the same time.
    call_with(&mlflow, &variables, "health", json!({}));
    assert_eq!(mlflow.most_at_once(), 2);
    compare(&mlflow, &variables);
    let sent = sent(&mlflow);
    assert_eq!((sent.len(), sent[0].as_str()), (1 + 2 + 7, "got"));
    assert!(sent[1..].iter().all(|shown| shown == "Bearer access-token-1"), "{sent:?}");
    // Within the instance, and not where others can see it.
    assert!(mlflow.memory.everything().contains("access-token-1"));
    assert!(!mlflow.memory.everything().contains(SECRET));
    shows_no_secret(&mlflow, "");
}

#[test]
fn what_is_kept_is_for_the_same_client_at_the_same_endpoint_only() {
    let mlflow = Gate::default().mlflow();
    for more in [
        json!({}),
        json!({"client_id": "another"}),
        json!({"client_secret": "another"}),
        json!({"scope": "another"}),
        json!({"token_url": "https://login.test/another"}),
    ] {
        mlflow.forget();
        success(&get_run(&mlflow, &more));
        assert_eq!(sent(&mlflow)[0], "got", "{more}");
    }
}

#[test]
fn a_token_is_not_shown_when_nine_tenths_of_its_time_are_over() {
    let mlflow = Gate { lasts: Some(1_000), ..Gate::default() }.mlflow();
    for (wait, expected) in [
        (0, vec!["got", "Bearer access-token-1"]),
        (899, vec!["Bearer access-token-1"]),
        (1, vec!["got", "Bearer access-token-2"]),
    ] {
        mlflow.wait(Duration::from_secs(wait));
        mlflow.forget();
        success(&get_run(&mlflow, &json!({})));
        assert_eq!(sent(&mlflow), expected);
    }
    // Without a time, or with one without end, it is good until it is refused.
    for lasts in [None, Some(u64::MAX)] {
        let mlflow = Gate { lasts, ..Gate::default() }.mlflow();
        success(&get_run(&mlflow, &json!({})));
        mlflow.wait(Duration::from_secs(1_000_000));
        mlflow.forget();
        success(&get_run(&mlflow, &json!({})));
        assert_eq!(sent(&mlflow), ["Bearer access-token-1"]);
    }
}

#[test]
fn a_kept_token_that_is_refused_is_got_anew_and_what_was_asked_is_sent_again_even_a_change() {
    let gate = Gate::default();
    let mlflow = gate.mlflow();
    success(&get_run(&mlflow, &json!({})));
    for (round, (tool, arguments)) in [
        ("get_run", json!({"run_id": "abc"})),
        ("set_run_tag", json!({"run_id": "abc", "key": "k", "value": "v"})),
        // It comes piece by piece.
        ("search_artifact", json!({"source": "0".repeat(32), "path": "log", "patterns": ["run"]})),
    ]
    .into_iter()
    .enumerate()
    {
        gate.revoke();
        mlflow.forget();
        let oauth = oauth(&json!({}));
        let variables = [("MLFLOW_MCP_TRACKING_OAUTH", oauth.as_str())];
        success(&call_with(&mlflow, &variables, tool, arguments));
        let (old, new) =
            (format!("Bearer access-token-{}", round + 1), format!("Bearer access-token-{}", round + 2));
        assert_eq!(sent(&mlflow)[..3], [old, "got".to_owned(), new], "{tool}");
        let (first, second) = (&mlflow.seen()[0], &mlflow.seen()[2]);
        assert_eq!(
            (first.uri(), first.method(), first.body()),
            (second.uri(), second.method(), second.body())
        );
    }
}

#[test]
fn requests_that_are_refused_at_the_same_time_share_the_new_token() {
    let gate = Gate::default();
    let mlflow = gate.mlflow().slow();
    let oauth = oauth(&json!({}));
    let variables = [("MLFLOW_MCP_TRACKING_OAUTH", oauth.as_str())];
    call_with(&mlflow, &variables, "get_run", json!({"run_id": "abc"}));
    gate.admits.set(Some(1));
    mlflow.forget();
    compare(&mlflow, &variables);
    let (old, new) = ("Bearer access-token-1", "Bearer access-token-2");
    let sent = sent(&mlflow);
    let count = |what: &str| sent.iter().filter(|shown| *shown == what).count();
    assert_eq!((count(old), count("got"), count(new)), (7, 1, 6), "{sent:?}");
}

#[test]
fn a_token_that_was_just_got_and_is_refused_is_got_once_and_the_operator_is_told_where_to_look() {
    let unwilling = || {
        Mlflow::new(|request| {
            let given = r#"{"access_token": "access-token", "token_type": "Bearer"}"#;
            Ok(if is_of_token(request) {
                answer(200, given)
            } else {
                answer(401, format!("{:?}", request.headers()))
            })
        })
    };
    let mlflow = unwilling();
    let text = refusal(&mlflow, &json!({}));
    assert!(text.contains("MLFLOW_MCP_TRACKING_OAUTH") && text.contains(TOKEN_URL), "{text}");
    assert_eq!(sent(&mlflow), ["got", "Bearer access-token"]);
    // One that was kept is got anew in the next call, once.
    mlflow.forget();
    refusal(&mlflow, &json!({}));
    assert_eq!(sent(&mlflow), ["Bearer access-token", "got", "Bearer access-token"]);
}

#[test]
fn a_change_without_an_answer_is_not_sent_again() {
    let mlflow = Mlflow::new(|request| {
        let given = r#"{"access_token": "access-token", "token_type": "Bearer"}"#;
        match request.method().as_str() {
            _ if is_of_token(request) => Ok(answer(200, given)),
            "GET" => Ok(answer(200, r#"{"run": {"info": {"run_id": "abc"}}}"#)),
            _ => Err(HttpError::Closed),
        }
    });
    let oauth = oauth(&json!({}));
    let arguments = json!({"run_id": "abc", "key": "k", "value": "v"});
    let result = call_with(&mlflow, &[("MLFLOW_MCP_TRACKING_OAUTH", &oauth)], "set_run_tag", arguments);
    assert!(failure(&result).contains("may have been made"), "{result}");
    assert_eq!(sent(&mlflow), ["got", "Bearer access-token", "Bearer access-token"]);
}

/// One question, and then six at the same time, since none of the runs is found by the first.
fn compare(mlflow: &Mlflow, variables: &[(&str, &str)]) {
    let runs: Vec<String> = (0..6).map(|number| format!("{number:032x}")).collect();
    call_with(mlflow, variables, "compare_runs", json!({"experiment_id": "1", "run_ids": runs}));
}
