//! What is said beside the pictures.

use serde_json::{Value, json};

use crate::picture;
use crate::runs::{Run, id, ids, mlflow};
use crate::support::{Mlflow, call, failure, success};

fn plot(runs: Vec<Run>, arguments: Value) -> Value {
    call(&mlflow(runs), "plot_metrics", arguments)
}

fn of_all(runs: Vec<Run>, more: Value) -> Value {
    let mut arguments = json!({"run_ids": ids(runs.len()), "metrics": ["loss"]});
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    plot(runs, arguments)
}

#[test]
fn what_is_drawn_and_what_is_not_is_counted() {
    let values = [2.0, f64::NAN, 0.5, -1.0, f64::INFINITY, f64::MAX, 0.0, 4.0];
    let runs = vec![Run::new("one").metric("loss", values), Run::new("two").metric("loss", [3.0])];
    let result = of_all(runs, json!({"log_y": true}));
    let found = success(&result);
    assert_eq!((&found["kind"], &found["left_out"]), (&json!("lines"), &json!(0)));
    assert_eq!(found["x"], json!({"title": "step", "scale": "linear", "min": 0.0, "max": 7.0}));
    assert_eq!(found["y"], json!({"title": "loss", "scale": "log", "min": 0.5, "max": 4.0}));
    assert_eq!(
        found["result"][0],
        json!({"label": "one", "color": "blue", "metric": "loss", "run_id": id(0), "points": 3, "min": 0.5, "max": 4.0,
               "url": format!("http://mlflow.test:5000/#/experiments/5/runs/{}", id(0)),
               "nan": 1, "infinite": 2, "not_on_log": 2})
    );
    assert_eq!(
        (&found["result"][1]["label"], &found["result"][1]["color"]),
        (&json!("two"), &json!("vermillion"))
    );
    assert!(found["note"].as_str().unwrap().contains("not_on_log counts points at or below zero"), "{found}");
    assert!(picture(&result).starts_with(b"\x89PNG"));
}

#[test]
fn a_log_axis_of_steps_has_no_place_for_step_0() {
    let result = of_all(vec![Run::new("one").metric("loss", [9.0, 8.0, 7.0])], json!({"log_x": true}));
    let drawn = &success(&result)["result"][0];
    assert_eq!((&drawn["points"], &drawn["not_on_log"], &drawn["max"]), (&json!(2), &json!(1), &json!(8.0)));
}

#[test]
fn runs_without_the_metric_and_curves_beyond_the_bound_are_said() {
    let mut runs: Vec<Run> =
        (0..40).map(|n| Run::new(format!("run {n}")).metric("loss", [1.0, 2.0])).collect();
    runs.push(Run::new("other").metric("auc", [1.0]));
    let found = plot(runs, json!({"experiment_ids": ["5"], "metrics": ["loss"]}));
    let found = success(&found);
    assert_eq!((found["result"].as_array().unwrap().len(), &found["left_out"]), (28, &json!(12)));
    let note = found["note"].as_str().unwrap();
    assert!(note.contains("1 of 41 runs have no metric \"loss\"."), "{note}");
    assert!(note.contains("12 further curves are not drawn"), "{note}");
}

#[test]
fn runs_are_called_by_what_differs() {
    let labels = |runs: Vec<Run>, metrics: Value| -> Vec<String> {
        let result = of_all(runs, json!({"metrics": metrics}));
        let drawn = success(&result)["result"].as_array().unwrap();
        drawn.iter().map(|one| one["label"].as_str().unwrap().to_owned()).collect()
    };
    let run = |name: &str| Run::new(name).metric("loss", [1.0]).metric("auc", [1.0]);
    assert_eq!(labels(vec![run("a"), run("b")], json!(["loss"])), ["a", "b"]);
    assert_eq!(labels(vec![run("a"), run("a")], json!(["loss"])), ["a (00000000)", "a (00000001)"]);
    assert_eq!(labels(vec![run("a")], json!(["loss", "auc"])), ["loss", "auc"]);
    assert_eq!(
        labels(vec![run("a"), run("")], json!(["loss", "auc"])),
        ["a: loss", "a: auc", "00000001: loss", "00000001: auc"]
    );
}

#[test]
fn time_counts_from_the_first_point_in_a_unit_that_fits() {
    let run =
        |pace: i64| vec![Run::new("a").history("loss", (0..11).map(|n| (n, 7 + n * pace, 1.0)).collect())];
    for (pace, title, last) in [
        (1_000, "seconds since the first point", 10.0),
        (60_000, "minutes since the first point", 10.0),
        (3_600_000, "hours since the first point", 10.0),
        (86_400_000, "days since the first point", 10.0),
    ] {
        let result = of_all(run(pace), json!({"x": "time"}));
        let x = &success(&result)["x"];
        assert_eq!((&x["title"], &x["min"], &x["max"]), (&json!(title), &json!(0.0), &json!(last)));
    }
}

#[test]
fn a_long_curve_is_said_to_be_sampled() {
    let result = of_all(vec![Run::new("a").metric("loss", (0..5_000).map(f64::from))], json!({}));
    let found = success(&result);
    assert_eq!(
        (&found["result"][0]["points"], &found["result"][0]["sampled"]),
        (&json!(1_000), &json!(true))
    );
    assert!(found["note"].as_str().unwrap().contains("1 of the curves are even samples"), "{found}");
}

#[test]
fn a_band_is_of_the_runs_that_have_something_in_common() {
    let run = |model: &str, values: [f64; 3]| Run::new("x").param("model", model).metric("loss", values);
    let runs = vec![
        run("mlp", [1.0, 2.0, 3.0]),
        run("mlp", [3.0, f64::NAN, 5.0]),
        run("gbdt", [1.0, 1.0, 1.0]),
        Run::new("y").metric("loss", [7.0]),
    ];
    let result = of_all(runs, json!({"group_by": "params.model"}));
    let found = success(&result);
    assert_eq!((&found["kind"], &found["y"]["title"]), (&json!("bands"), &json!("loss (mean, min to max)")));
    let row = |n: usize| {
        let one = &found["result"][n];
        json!([one["label"], one["runs"], one["points"], one["min"], one["max"], one["nan"]])
    };
    assert_eq!(row(0), json!(["model=mlp (2 runs)", 2, 3, 2.0, 4.0, 1]));
    assert_eq!(row(1), json!(["no model (1 run)", 1, 1, 7.0, 7.0, null]));
    assert_eq!(row(2), json!(["model=gbdt (1 run)", 1, 3, 1.0, 1.0, null]));
    assert_eq!((&found["y"]["min"], &found["y"]["max"]), (&json!(1.0), &json!(7.0)));
}

#[test]
fn dots_are_runs_with_the_param_and_the_metric() {
    let run = |lr: &str, auc: f64| Run::new("x").param("lr", lr).metric("auc", [auc]);
    let runs = vec![
        run("1e-3", 0.8),
        run("0.1", 0.9),
        run("0.01", f64::NAN),
        Run::new("no lr").metric("auc", [0.5]),
        Run::new("no auc").param("lr", 1),
    ];
    let result = of_all(runs, json!({"metrics": ["auc"], "x": "params.lr", "log_x": true}));
    let found = success(&result);
    assert_eq!((&found["kind"], &found["left_out"]), (&json!("dots"), &json!(2)));
    assert_eq!(found["x"], json!({"title": "lr", "scale": "log", "min": 0.001, "max": 0.1}));
    let dots = &found["result"][0];
    assert_eq!((&dots["label"], &dots["points"], &dots["nan"]), (&json!("3 runs"), &json!(2), &json!(1)));
    let url = format!("http://mlflow.test:5000/#/experiments/5/runs/{}", id(1));
    assert_eq!(dots["max_run"], json!({"run_id": id(1), "x": "0.1", "url": url}));
    assert_eq!(dots["min_run"]["run_id"], id(0));
    let note = found["note"].as_str().unwrap();
    assert!(note.contains("1 of 5 runs are left out: they have no metric \"auc\"."), "{note}");
    assert!(note.contains("1 of 5 runs are left out: they have no param \"lr\"."), "{note}");
}

#[test]
fn names_beyond_twenty_and_groups_beyond_seven_are_left_out() {
    let run = |n: usize| {
        Run::new("x").param("name", format!("n{}", n % 25)).param("group", n % 9).metric("auc", [n as f64])
    };
    let runs = || (0..45).map(run).collect::<Vec<Run>>();
    let result = of_all(runs(), json!({"metrics": ["auc"], "x": "params.name"}));
    let found = success(&result);
    assert_eq!((&found["left_out"], &found["x"]["scale"]), (&json!(5), &json!("names")));
    assert_eq!(found["result"][0]["runs"], 40);
    let arguments = json!({"metrics": ["auc"], "x": "params.name", "group_by": "params.group"});
    let result = of_all(runs(), arguments);
    let found = success(&result);
    assert_eq!(found["result"].as_array().unwrap().len(), 7);
    assert!(
        found["note"].as_str().unwrap().contains("2 further groups, of 10 runs, are left out"),
        "{found}"
    );
}

#[test]
fn what_is_wrong_is_said_with_what_is_right() {
    let one = || vec![Run::new("a").param("model", "mlp").metric("loss", [1.0])];
    for (more, said) in [
        (json!({"metrics": ["los"]}), "Did you mean \"loss\"?"),
        (json!({"x": "params.modle"}), "Did you mean \"model\"?"),
        (json!({"x": "params.model", "log_x": true}), "param \"model\" has \"mlp\""),
        (json!({"run_ids": ["r9"]}), "there is no run \"r9\""),
    ] {
        let result = of_all(one(), more.clone());
        assert!(failure(&result).contains(said), "{more}: {result}");
    }
    let result = plot(one(), json!({"experiment_ids": ["5"], "metrics": ["los"]}));
    assert!(failure(&result).contains("no run that counts has a metric \"los\""), "{result}");
    for (arguments, said) in [
        (json!({"metrics": ["a"]}), "name them in \"run_ids\""),
        (json!({"metrics": ["a"], "run_ids": ["b"], "experiment_ids": ["5"]}), "leave out one of them"),
        (json!({"metrics": ["a"], "run_ids": ["b"], "filter": "x"}), "\"filter\" is for \"experiment_ids\""),
        (json!({"metrics": [" "], "run_ids": ["b"]}), "\"metrics\" is empty"),
        (
            json!({"metrics": (0..29).map(|n| n.to_string()).collect::<Vec<_>>(), "run_ids": ["b"]}),
            "at most 28",
        ),
        (
            json!({"metrics": ["a"], "run_ids": ["b"], "x": "lr"}),
            "write step, time, or params.lr for a param",
        ),
        (json!({"metrics": ["a", "b"], "run_ids": ["b"], "x": "params.lr"}), "one metric is drawn at a time"),
        (json!({"metrics": ["a"], "run_ids": ["b"], "group_by": "model"}), "params.model or tags.model"),
        (json!({"metrics": ["a"], "run_ids": ["b"], "band": "iqr"}), "\"band\""),
    ] {
        let result = call(&Mlflow::untouched(), "plot_metrics", arguments.clone());
        assert!(failure(&result).contains(said), "{arguments}: {result}");
    }
}
