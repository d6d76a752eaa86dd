//! Curves of several runs: summaries, samples, ranges, and what is said where there are none.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use support::{Mlflow, answer, call, failure, success};

const MISSING: &str = r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "Run not found"}"#;

fn asked(request: &Request<bytes::Bytes>, name: &str) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
    Some(percent_decode_str(value).decode_utf8().unwrap().into_owned())
}

/// Runs `r0` to `r4` whose `loss` has these values at steps 0, 2, 4 ...
fn server(values: Vec<Value>) -> Mlflow {
    let points: Vec<Value> = values
        .into_iter()
        .enumerate()
        .map(|(n, value)| json!({"key": "loss", "value": value, "step": 2 * n, "timestamp": n}))
        .collect();
    Mlflow::new(move |request| {
        let number = |name| asked(request, name).map(|text| text.parse::<i64>().unwrap());
        let most = usize::try_from(number("max_results").unwrap_or_default()).unwrap();
        let path = request.uri().path();
        if path.ends_with("interval") {
            let within = |point: &&Value| {
                let step = point["step"].as_i64().unwrap();
                number("start_step").is_none_or(|start| start <= step)
                    && number("end_step").is_none_or(|end| step <= end)
            };
            let mut found: Vec<&Value> = points.iter().filter(within).collect();
            if found.len() > most {
                let last = found.len() - 1;
                found = (0..most).map(|n| found[n * last / (most - 1)]).collect();
            }
            return Ok(answer(200, json!({"metrics": found}).to_string()));
        }
        if path.ends_with("get-history") {
            let from = asked(request, "page_token").map_or(0, |token| {
                let token: Value = serde_json::from_slice(&STANDARD.decode(token).unwrap()).unwrap();
                usize::try_from(token["offset"].as_u64().unwrap()).unwrap()
            });
            let end = (from + most).min(points.len());
            let next = if end < points.len() {
                STANDARD.encode(format!("{{\"offset\": {end}}}"))
            } else {
                String::new()
            };
            return Ok(answer(
                200,
                json!({"metrics": points[from..end], "next_page_token": next}).to_string(),
            ));
        }
        let id = asked(request, "run_id").unwrap_or_default();
        if !["r0", "r1", "r2", "r3", "r4"].contains(&id.as_str()) {
            return Ok(answer(404, MISSING));
        }
        let run = json!({"info": {"run_id": id, "run_name": format!("trial {id}"), "experiment_id": "5"},
                         "data": {"metrics": [{"key": "loss", "value": 1}, {"key": "a/b c", "value": 2}]}});
        Ok(answer(200, json!({"run": run}).to_string()))
    })
}

fn numbers(count: usize) -> Vec<Value> {
    (0..count).map(|n| json!(n)).collect()
}

fn history(mlflow: &Mlflow, more: Value) -> Value {
    let mut arguments = json!({"run_ids": ["r0"], "metrics": ["loss"]});
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    call(mlflow, "metric_history", arguments)
}

#[test]
fn a_curve_is_summed_up_and_a_few_points_are_shown() {
    let values = vec![json!(9), json!("NaN"), json!(4), json!(2), json!(f64::MAX), json!(2), json!(2)];
    let result = history(&server(values), json!({"max_points": 3}));
    let curve = &success(&result)["result"][0];
    assert_eq!((&curve["run_name"], &curve["metric"]), (&json!("trial r0"), &json!("loss")));
    assert_eq!(curve["url"], "http://mlflow.test:5000/#/experiments/5/runs/r0");
    let at = |step: i64, value: f64| json!({"step": step, "value": value});
    let mut summary = curve["summary"].clone();
    let slope = summary.as_object_mut().unwrap().remove("slope").unwrap().as_f64().unwrap();
    // numpy.polyfit([0, 4, 6, 10, 12], [9, 4, 2, 2, 2], 1)[0]
    assert!((slope + 0.543_859_649_122_807).abs() < 1e-15, "{slope}");
    assert_eq!(
        summary,
        json!({"points": 7, "sampled": false, "nan": 1, "infinite": 1,
               "first_not_finite": {"step": 2, "value": "NaN"}, "first": at(0, 9.0), "last": at(12, 2.0),
               "min": at(6, 2.0), "max": at(0, 9.0), "plateau_from": 6})
    );
    assert_eq!((&curve["steps"], &curve["values"]), (&json!([0, 6, 12]), &json!([9.0, 2.0, 2.0])));
    assert_eq!(curve.get("smoothed"), None);
}

#[test]
fn every_run_and_metric_is_a_curve_and_what_a_run_does_not_have_is_said() {
    let mlflow = server(numbers(30));
    let result = history(&mlflow, json!({"run_ids": ["r0", "r3"], "metrics": ["loss", "a/b c", "auc"]}));
    let found = success(&result);
    let curves: Vec<(&Value, &Value)> = found["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|curve| (&curve["run_id"], &curve["metric"]))
        .collect();
    let (one, other, loss, odd) = (json!("r0"), json!("r3"), json!("loss"), json!("a/b c"));
    assert_eq!(curves, [(&one, &loss), (&one, &odd), (&other, &loss), (&other, &odd)]);
    assert_eq!(found["note"], "Run r0 has no metric \"auc\". Run r3 has no metric \"auc\".");
    assert!(mlflow.lines().iter().any(|line| line.contains("metric_key=a%2Fb%20c")));
}

#[test]
fn a_range_of_steps_may_have_one_end() {
    let steps = |more: Value| {
        let result = history(&server(numbers(10)), more);
        success(&result)["result"][0]["steps"].clone()
    };
    assert_eq!(steps(json!({"start_step": 4, "end_step": 9})), json!([4, 6, 8]));
    assert_eq!(steps(json!({"start_step": 15})), json!([16, 18]));
    assert_eq!(steps(json!({"end_step": -1})), json!([]));
    let result =
        history(&server(numbers(9_000)), json!({"start_step": 2, "end_step": 17_000, "every_point": true}));
    let summary = &success(&result)["result"][0]["summary"];
    assert_eq!(
        (&summary["points"], &summary["first"]["step"], &summary["last"]["step"]),
        (&json!(8_500), &json!(2), &json!(17_000))
    );
}

#[test]
fn a_long_curve_is_sampled_unless_every_point_is_wanted() {
    let result = history(&server(numbers(30_000)), json!({}));
    let found = success(&result);
    let summary = &found["result"][0]["summary"];
    assert_eq!((&summary["points"], &summary["sampled"]), (&json!(2_500), &json!(true)));
    assert!(found["note"].as_str().unwrap().contains("every_point reads all"), "{found}");
    let mlflow = server(numbers(30_000));
    let result = history(&mlflow, json!({"every_point": true}));
    let summary = &success(&result)["result"][0]["summary"];
    assert_eq!(
        (&summary["points"], &summary["sampled"], &summary["slope"]),
        (&json!(30_000), &json!(false), &json!(0.5))
    );
    assert_eq!(mlflow.lines().len(), 5);
    let result = history(&server(numbers(200_010)), json!({"every_point": true}));
    let found = success(&result);
    assert_eq!(found["result"][0]["summary"]["sampled"], true);
    assert!(found["note"].as_str().unwrap().contains("too long to be read whole"), "{found}");
}

#[test]
fn averages_stand_beside_the_values() {
    let result =
        history(&server(vec![json!("NaN"), json!(1), json!("NaN"), json!(3)]), json!({"smoothing_span": 3}));
    assert_eq!(success(&result)["result"][0]["smoothed"], json!([null, 1.0, 1.0, 7.0 / 3.0]));
}

#[test]
fn curves_that_do_not_fit_get_fewer_points() {
    let arguments =
        json!({"run_ids": ["r0", "r1", "r2", "r3", "r4"], "max_points": 500, "smoothing_span": 20});
    let result = history(&server((0..900).map(|n| json!(1.0 / f64::from(n + 3))).collect()), arguments);
    let found = success(&result);
    assert!(found.to_string().chars().count() <= 40_000);
    assert_eq!(found["truncated"], true);
    assert!(found["note"].as_str().unwrap().contains("fewer points"), "{}", found["note"]);
    for curve in found["result"].as_array().unwrap() {
        let steps = curve["steps"].as_array().unwrap();
        assert!(steps.len() > 50, "{}", steps.len());
        assert_eq!((&steps[0], steps.last().unwrap()), (&json!(0), &json!(1_798)));
        assert_eq!(
            (curve["values"].as_array().unwrap().len(), curve["smoothed"].as_array().unwrap().len()),
            (steps.len(), steps.len())
        );
    }
    let result = history(&server(numbers(5)), json!({"max_points": 0}));
    assert_eq!(success(&result)["result"][0]["steps"], json!([]));
}

#[test]
fn what_is_wrong_is_said_with_what_is_right() {
    let result = history(&server(numbers(3)), json!({"metrics": ["los"]}));
    assert!(
        failure(&result).contains("none of these runs has a metric \"los\". Did you mean \"loss\"?"),
        "{result}"
    );
    let result = history(&server(numbers(3)), json!({"run_ids": ["r0", "r9"]}));
    assert!(failure(&result).contains("there is no run \"r9\""), "{result}");
    for (more, said) in [
        (json!({"run_ids": []}), "\"run_ids\" is empty"),
        (json!({"metrics": [" "]}), "\"metrics\" is empty"),
        (json!({"start_step": 5, "end_step": 4}), "behind \"end_step\""),
        (json!({"metrics": (0..51).map(|n| format!("m{n}")).collect::<Vec<_>>()}), "make 51 curves"),
        (json!({"smoothing_span": 1}), "\"smoothing_span\""),
    ] {
        assert!(failure(&history(&Mlflow::untouched(), more.clone())).contains(said), "{more}");
    }
}
