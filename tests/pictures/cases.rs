//! What is drawn: everyday pictures, and those that are hard to draw.

use serde_json::{Value, json};

use crate::runs::{Run, falling, ids, noise};

/// A picture: its file, what it shows, what is in MLflow, and what is asked.
pub struct Case {
    pub name: &'static str,
    pub shows: &'static str,
    pub runs: Vec<Run>,
    pub arguments: Value,
}

fn case(name: &'static str, shows: &'static str, runs: Vec<Run>, more: Value) -> Case {
    let mut arguments = json!({"run_ids": ids(runs.len()), "metrics": ["loss"]});
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Case { name, shows, runs, arguments }
}

fn trials(count: u64, steps: usize) -> Vec<Run> {
    let loss = |n: u64| falling(n + 1, 2.5, 0.3 + 0.05 * n as f64, steps, 0.04);
    (0..count).map(|n| Run::new(format!("trial-{n}")).metric("loss", loss(n))).collect()
}

fn one(values: impl IntoIterator<Item = f64>) -> Vec<Run> {
    vec![Run::new("only one").metric("loss", values)]
}

/// All of them.
pub fn all() -> Vec<Case> {
    [curves(), hard_values(), logarithms(), names(), bands(), dots()].into_iter().flatten().collect()
}

fn curves() -> Vec<Case> {
    let both = Run::new("resnet50")
        .metric("train/loss", falling(1, 2.3, 0.1, 120, 0.05))
        .metric("val/loss", falling(2, 2.4, 0.6, 120, 0.03));
    let timed = |name: &str, seed: u64, pace: i64| {
        let values = falling(seed, 3.0, 0.4, 80, 0.03);
        let points = (0..).zip(values).map(|(step, value)| (step, step * pace, value)).collect();
        Run::new(name).history("loss", points)
    };
    let long = |name: &str, seed: u64| {
        let points = (0..).step_by(5_000).zip(falling(seed, 4.0, 1.0, 1_000, 0.3));
        Run::new(name).history("loss", points.map(|(step, value)| (step, step * 40, value)).collect())
    };
    vec![
        case("three_runs", "Three runs, 200 steps", trials(3, 200), json!({})),
        case("few_points", "Two runs with ten points each: a marker for every one", trials(2, 10), json!({})),
        case(
            "one_run_two_metrics",
            "One run, training and validation",
            vec![both],
            json!({"metrics": ["train/loss", "val/loss"]}),
        ),
        case("twenty_runs", "Twenty runs", trials(20, 100), json!({})),
        case("twenty_eight_runs", "As many as can be told from each other", trials(28, 60), json!({})),
        case(
            "noise",
            "Two noisy curves of 1000 points over 5 million steps",
            vec![long("a", 5), long("b", 8)],
            json!({}),
        ),
        case(
            "over_time",
            "The same steps at different speeds, over time",
            vec![timed("A100", 3, 60_000), timed("H100", 4, 25_000)],
            json!({"x": "time"}),
        ),
    ]
}

fn hard_values() -> Vec<Case> {
    let gaps = (0..60).zip(falling(7, 2.0, 0.5, 60, 0.05)).map(|(step, value)| match step {
        12..=18 => f64::NAN,
        30 => f64::INFINITY,
        32 => f64::NAN,
        45.. => f64::NAN,
        _ => value,
    });
    vec![
        case("one_point", "A run with one point", one([0.5]), json!({})),
        case("constant", "A curve that does not change", one([0.25; 50]), json!({})),
        case("all_nan", "Nothing but NaN", one([f64::NAN; 5]), json!({})),
        case("gaps", "NaN and infinite values are gaps; one point stands between two", one(gaps), json!({})),
        case("tiny", "Values around 1e-12", one(falling(9, 5e-12, 1e-12, 80, 0.02)), json!({})),
        case("huge", "Values around 1e12", one(falling(10, 5e12, 1e12, 80, 0.02)), json!({})),
        case(
            "narrow",
            "A small range around a large number",
            one((0..40).map(|n| 1e9 + f64::from(n % 7))),
            json!({}),
        ),
        case(
            "extreme",
            "From one end of what doubles hold to the other",
            one([-1.5e308, 1.5e308, 0.0, 1e308]),
            json!({}),
        ),
        case("negative", "Around zero", one(noise(4).take(40)), json!({})),
    ]
}

fn logarithms() -> Vec<Case> {
    let down = |power: i32| (0..100).map(move |n| 10_f64.powf(f64::from(n) / 100.0 * f64::from(power)));
    let log = json!({"log_y": true});
    vec![
        case("log", "Three runs with a logarithmic axis", trials(3, 200), log.clone()),
        case("log_twelve_powers", "Twelve powers of ten", one(down(-12)), log.clone()),
        case(
            "log_one_power",
            "Less than one power of ten",
            one((0..30).map(|n| 3.0 + f64::from(n) / 12.0)),
            log.clone(),
        ),
        case(
            "log_negative",
            "Values at or below zero have no place on a logarithmic axis",
            one((0..60).map(|n| (f64::from(n) / 6.0).sin())),
            log.clone(),
        ),
        case("log_nothing", "Nothing above zero on a logarithmic axis", one([-1.0, -2.0, 0.0]), log),
        case("log_both", "Both axes logarithmic", trials(2, 300), json!({"log_x": true, "log_y": true})),
    ]
}

fn names() -> Vec<Case> {
    let named = |names: Vec<String>, metric: &'static str| -> Vec<Run> {
        let run =
            |(n, name): (u64, String)| Run::new(name).metric(metric, falling(n + 20, 2.0, 0.4, 50, 0.05));
        (0..).zip(names).map(run).collect()
    };
    let odd = ["größe 🚀 <b>", "a/b c", "\"quoted\" 'n' `ticked`", "tab\tand\nline", "日本語の名前", ""];
    let long = |n: usize| format!("sweep-2026-11-{}-learning-rate-1e-{n}", "very-long-".repeat(45));
    let metric = "eval/some-benchmark-with-a-rather-long-name/subset-of-questions/exact_match_normalised";
    vec![
        case(
            "odd_names",
            "Names with anything in them",
            named(odd.map(str::to_owned).to_vec(), "a/b c"),
            json!({"metrics": ["a/b c"]}),
        ),
        case(
            "long_names",
            "Names of 500 characters",
            named((1..4).map(long).collect(), metric),
            json!({"metrics": [metric]}),
        ),
        case("same_names", "Runs of one name", named(vec!["baseline".to_owned(); 3], "loss"), json!({})),
    ]
}

fn bands() -> Vec<Case> {
    let seeds = |rough: f64| -> Vec<Run> {
        let one = |n: u64| {
            let (model, end) =
                [("gbdt", 0.3), ("mlp", 0.55), ("logreg", 0.9)][usize::try_from(n % 3).unwrap()];
            let apart = 1.0 + 0.25 * noise(n + 77).nth(9).unwrap();
            let values = falling(n + 50, 2.0, end, 80, rough).into_iter().map(move |value| value * apart);
            Run::new(format!("{model}-{n}")).param("model", model).metric("loss", values)
        };
        (0..15).map(one).collect()
    };
    let lengths = (0..6_u32).map(|n| {
        let steps = 40 + 20 * usize::try_from(n).unwrap();
        let stride = i64::from(n % 3) + 1;
        let points = (0..).zip(falling(u64::from(n) + 5, 3.0, 0.2, steps, 0.02));
        let points = points.map(|(at, value)| (at * stride, at * 1_000, value)).collect();
        Run::new(format!("run {n}"))
            .param("optimizer", if n < 3 { "adam" } else { "sgd" })
            .history("loss", points)
    });
    let by = json!({"group_by": "params.model"});
    let last = |n: u64| 0.5 + 0.1 * (n % 3) as f64 + 0.08 * noise(n + 9).nth(3).unwrap();
    let model = |n: u64| ["gbdt", "mlp", "logreg"][usize::try_from(n % 3).unwrap()];
    let once = (0..12).map(|n| Run::new("x").param("model", model(n)).metric("loss", [last(n)])).collect();
    let with = |more: Value| {
        let mut by = by.clone();
        by.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        by
    };
    vec![
        case("bands", "Five runs of each of three models: mean, min to max", seeds(0.05), by.clone()),
        case("bands_one_place", "Metrics that were logged once", once, by.clone()),
        case("bands_std", "The same with standard deviations", seeds(0.05), with(json!({"band": "std"}))),
        case("bands_log", "The same with a logarithmic axis", seeds(0.05), with(json!({"log_y": true}))),
        case(
            "bands_lengths",
            "Groups whose runs log at different steps and end at different times",
            lengths.collect(),
            json!({"group_by": "params.optimizer"}),
        ),
    ]
}

fn dots() -> Vec<Case> {
    let sweep = |count: u64| -> Vec<Run> {
        let one = |n: u64| {
            let mut random = noise(n + 300).skip(5);
            let mut next = || random.next().unwrap();
            let rate = 10_f64.powf(-3.0 + 2.0 * next());
            let auc = 0.9 - 0.05 * (rate.log10() + 2.5).powi(2) + 0.01 * next();
            let optimizer = ["adam", "sgd", "lion"][usize::try_from(n % 3).unwrap()];
            let which = ["first-one", "second-one", "third-one"][usize::try_from(n % 3).unwrap()];
            let long = format!("configuration-of-the-data-pipeline-with-a-long-name-{which}");
            Run::new(format!("trial {n}"))
                .param("lr", format!("{rate:e}"))
                .param("optimizer", optimizer)
                .param("depth", 2 + n % 7)
                .param("pipeline", long)
                .metric("auc", [auc])
        };
        (0..count).map(one).collect()
    };
    let over = |x: &str, more: Value| {
        let mut arguments = json!({"metrics": ["auc"], "x": format!("params.{x}")});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        arguments
    };
    vec![
        case(
            "dots",
            "A parameter on a logarithmic axis against a metric",
            sweep(60),
            over("lr", json!({"log_x": true})),
        ),
        case(
            "dots_groups",
            "The same, coloured by another parameter",
            sweep(60),
            over("lr", json!({"log_x": true, "group_by": "params.optimizer"})),
        ),
        case("dots_whole_numbers", "A parameter of few numbers", sweep(60), over("depth", json!({}))),
        case("dots_names", "A parameter of names", sweep(60), over("optimizer", json!({}))),
        case("dots_long_names", "Names of 60 characters at an axis", sweep(30), over("pipeline", json!({}))),
        case(
            "dots_many_names",
            "Twenty names of 60 characters",
            (0..40_usize)
                .map(|n| {
                    Run::new(format!("{n}"))
                        .param(
                            "path",
                            format!(
                                "s3://bucket/datasets/2026-11-{:02}/tokenised-and-shuffled/shard-{:02}",
                                n % 20,
                                n % 20
                            ),
                        )
                        .metric("auc", [0.5 + 0.01 * n as f64])
                })
                .collect(),
            over("path", json!({})),
        ),
        case("dots_one", "One dot", sweep(1), over("lr", json!({}))),
        case("dots_five_hundred", "Five hundred dots", sweep(500), over("lr", json!({"log_x": true}))),
    ]
}
