//! The registry tools over answers that real servers gave, the newest and the oldest that is supported.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::recorded::{fixture, recorded};
use support::{Mlflow, answer, body, call, call_with, failure, post, serve, success};

const VERSIONS: [&str; 2] = ["3.17.2", "2.22.5"];
const CHURN: &str = "churn-classifier";

/// The query of a request, decoded.
fn query(mlflow: &Mlflow, index: usize) -> Vec<(String, String)> {
    let seen = mlflow.seen();
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let pairs = seen[index].uri().query().unwrap().split('&').map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (decode(name), decode(value))).collect()
}

fn asked(mlflow: &Mlflow, index: usize, name: &str) -> Option<String> {
    query(mlflow, index).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

#[test]
fn models_are_listed_with_aliases_and_the_newest_version_and_without_prompts() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["registered-models-search"]);
        let result = call(&mlflow, "get_registered_models", json!({}));
        let models = &success(&result)["result"];
        assert_eq!(models[0]["aliases"], json!({"challenger": "3", "champion": "2"}));
        assert_eq!(
            (&models[0]["latest_version"], &models[0]["tags"]["team"]),
            (&json!("3"), &json!("growth"))
        );
        assert_eq!((&models[1]["aliases"], &models[1]["latest_version"]), (&json!({}), &Value::Null));
        assert_eq!(asked(&mlflow, 0, "filter").unwrap(), "tags.`mlflow.prompt.is_prompt` != 'true'");
        assert_eq!(asked(&mlflow, 0, "max_results").unwrap(), "100");
    }
}

#[test]
fn models_are_paged_through_mlflows_own_tokens_under_the_callers_filter() {
    for version in VERSIONS {
        let mlflow =
            recorded(version, &["registered-models-search-page-1", "registered-models-search-page-2"]);
        let mut arguments = json!({"filter_string": "name LIKE '%r%'", "max_results": 1});
        let first = call(&mlflow, "get_registered_models", arguments.clone());
        arguments["page_token"] = success(&first)["next_page_token"].clone();
        let second = call(&mlflow, "get_registered_models", arguments);
        assert_eq!(success(&first)["result"][0]["name"], CHURN);
        assert_eq!(success(&second)["result"][0]["name"], "support-router");
        assert_eq!(success(&second).get("next_page_token"), None);
        assert_eq!(
            asked(&mlflow, 1, "filter").unwrap(),
            "name LIKE '%r%' AND tags.`mlflow.prompt.is_prompt` != 'true'"
        );
        let sent = fixture(version, "registered-models-search-page-1");
        assert_eq!(
            asked(&mlflow, 1, "page_token"),
            sent["response"]["body"]["next_page_token"].as_str().map(str::to_owned)
        );
        let prompts = recorded(version, &["registered-models-search-prompts"]);
        let only = "tags.`mlflow.prompt.is_prompt` = 'true'";
        call(&prompts, "get_registered_models", json!({"filter_string": only}));
        assert_eq!(asked(&prompts, 0, "filter").unwrap(), only);
        let bad = recorded(version, &["registered-models-search-400-or"]);
        let text = call(&bad, "get_registered_models", json!({"filter_string": "name = 'a' OR name = 'b'"}));
        assert!(failure(&text).contains("Invalid clause(s) in filter string: OR"), "{text}");
    }
}

/// A registry of so many models, each with a long description, that pages as MLflow does.
fn many(count: usize) -> Mlflow {
    Mlflow::new(move |request| {
        let query = request.uri().query().unwrap_or_default();
        let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name));
        let most: usize = value("max_results=").unwrap().parse().unwrap();
        let start = value("page_token=").map_or(0, |token| {
            let token = percent_encoding::percent_decode_str(token).decode_utf8().unwrap().into_owned();
            (0..count).find(|row| mlflow_mcp::mlflow::page::Position::at(*row).encode() == token).unwrap()
        });
        let rows = start..count.min(start + most);
        let models: Vec<Value> = rows
            .clone()
            .map(|row| json!({"name": format!("model-{row:03}"), "description": "d".repeat(900)}))
            .collect();
        let mut page = json!({"registered_models": models});
        if rows.end < count {
            page["next_page_token"] = mlflow_mcp::mlflow::page::Position::at(rows.end).encode().into();
        }
        Ok(answer(200, page.to_string()))
    })
}

#[test]
fn a_page_that_is_cut_goes_on_at_the_very_model_that_did_not_fit() {
    for max_results in [7, 30, 100] {
        let mlflow = many(100);
        let mut arguments = json!({"max_results": max_results});
        let mut names = Vec::new();
        let mut cut = 0;
        loop {
            let result = call_with(
                &mlflow,
                &[("MLFLOW_MCP_ANSWER_CHARACTERS", "10000")],
                "get_registered_models",
                arguments.clone(),
            );
            let page = success(&result);
            assert!(page.to_string().chars().count() <= 10_000);
            names.extend(page["result"].as_array().unwrap().iter().map(|model| model["name"].clone()));
            cut += usize::from(page["truncated"] == true);
            match page.get("next_page_token") {
                Some(token) => arguments["page_token"] = token.clone(),
                None => break,
            }
        }
        assert_eq!(names, (0..100).map(|row| json!(format!("model-{row:03}"))).collect::<Vec<_>>());
        assert_eq!(cut > 0, max_results > 7, "{max_results}");
    }
}

#[test]
fn a_model_has_its_aliases_and_its_newest_version_in_each_stage() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["registered-models-get"]);
        let result = call(&mlflow, "get_registered_model", json!({"name": CHURN}));
        let model = success(&result);
        assert_eq!(model["aliases"], json!({"challenger": "3", "champion": "2"}));
        let latest = model["latest_versions"].as_array().unwrap();
        let shown: Vec<(&Value, &Value)> =
            latest.iter().map(|version| (&version["current_stage"], &version["aliases"])).collect();
        assert_eq!(
            shown,
            [
                (&json!("Archived"), &json!([])),
                (&json!("Production"), &json!(["champion"])),
                (&json!("Staging"), &json!(["challenger"]))
            ]
        );
        for member in ["version", "status", "run_id", "description", "source"] {
            assert!(latest[0][member].as_str().is_some_and(|text| !text.is_empty()), "{member}");
        }
    }
}

#[test]
fn an_unknown_model_is_told_with_names_like_it_by_every_tool() {
    for version in VERSIONS {
        for (tool, arguments, first) in [
            ("get_registered_model", json!({"name": "churn_clasifier"}), None),
            ("get_latest_versions", json!({"name": "churn_clasifier"}), None),
            (
                "get_model_versions",
                json!({"model_name": "churn_clasifier"}),
                Some("model-versions-search-missing"),
            ),
            (
                "get_model_version",
                json!({"model_name": "churn_clasifier", "version": 1}),
                Some("model-versions-get-missing"),
            ),
            (
                "get_model_version_by_alias",
                json!({"name": "churn_clasifier", "alias": "champion"}),
                Some("registered-models-alias-missing-model"),
            ),
        ] {
            let names =
                first.into_iter().chain(["registered-models-get-missing", "registered-models-search"]);
            let mlflow = recorded(version, &names.collect::<Vec<_>>());
            let result = call(&mlflow, tool, arguments);
            let text = failure(&result);
            assert!(
                text.contains("there is no registered model named \"churn_clasifier\"")
                    && text.contains("Did you mean \"churn-classifier\"?"),
                "{version}: {text}"
            );
        }
    }
}

#[test]
fn versions_come_newest_first_with_aliases_and_sources() {
    for version in VERSIONS {
        let mlflow = recorded(
            version,
            &[
                "model-versions-search-page-1",
                "registered-models-get",
                "model-versions-search-page-2",
                "registered-models-get",
            ],
        );
        let mut arguments = json!({"model_name": CHURN, "max_results": 2});
        let first = call(&mlflow, "get_model_versions", arguments.clone());
        arguments["page_token"] = success(&first)["next_page_token"].clone();
        let second = call(&mlflow, "get_model_versions", arguments);
        let mut rows = success(&first)["result"].as_array().unwrap().clone();
        rows.extend(success(&second)["result"].as_array().unwrap().clone());
        let shown: Vec<(&Value, &Value)> =
            rows.iter().map(|row| (&row["version"], &row["aliases"])).collect();
        assert_eq!(
            shown,
            [
                (&json!("3"), &json!(["challenger"])),
                (&json!("2"), &json!(["champion"])),
                (&json!("1"), &json!([]))
            ]
        );
        assert_eq!(rows[0]["tags"]["review note"], "Waiting for Zoë's \"fairness\" check.");
        assert_eq!(rows[0]["model_id"].is_string(), version.starts_with('3'), "{}", rows[0]);
        assert_eq!(asked(&mlflow, 0, "order_by").unwrap(), "version_number DESC");
    }
}

#[test]
fn quotes_in_a_models_name_do_not_break_the_filter() {
    let mlflow = recorded("3.17.2", &["model-versions-search", "registered-models-get"]);
    call(&mlflow, "get_model_versions", json!({"model_name": "it's"}));
    assert_eq!(asked(&mlflow, 0, "filter").unwrap(), "name = \"it's\"");
    let result = call(&Mlflow::untouched(), "get_model_versions", json!({"model_name": "it's \"it\""}));
    assert!(
        failure(&result).contains("argument \"model_name\": MLflow's filters have no escape character"),
        "{result}"
    );
}

#[test]
fn a_prompts_versions_are_listed_though_newer_servers_hide_them() {
    for version in VERSIONS {
        let mlflow = recorded(
            version,
            &[
                "model-versions-search-prompt",
                "registered-models-get-prompt",
                "model-versions-search-prompt-marked",
            ],
        );
        let result = call(&mlflow, "get_model_versions", json!({"model_name": "support-judge"}));
        assert_eq!(success(&result)["result"][0]["description"], "Chat form.");
    }
}

#[test]
fn a_version_comes_with_what_its_run_logged() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["model-versions-get", "runs-get"]);
        let result = call(&mlflow, "get_model_version", json!({"model_name": CHURN, "version": 2}));
        let shown = success(&result);
        assert_eq!(shown["aliases"], json!(["champion"]));
        assert_eq!((&shown["run_params"]["C"], shown.get("note")), (&json!("1.0"), None));
        assert_eq!(shown["run_metrics"]["test/auc"], 0.8127);
        let run_id =
            fixture(version, "model-versions-get")["response"]["body"]["model_version"]["run_id"].clone();
        assert_eq!(asked(&mlflow, 1, "run_id").as_deref(), run_id.as_str());
    }
}

#[test]
fn a_version_without_its_run_is_still_shown_and_says_so() {
    for version in VERSIONS {
        for (names, why) in [
            (&["prompt-version-chat"][..], "The version has no run."),
            (&["model-versions-get", "runs-get-missing"][..], "MLflow does not show its run: Run with id="),
        ] {
            let mlflow = recorded(version, names);
            let result = call(&mlflow, "get_model_version", json!({"model_name": CHURN, "version": "1"}));
            let shown = success(&result);
            assert_eq!((&shown["run_metrics"], &shown["run_params"]), (&json!({}), &json!({})));
            assert!(shown["note"].as_str().unwrap().starts_with(why), "{shown}");
        }
    }
}

#[test]
fn an_unknown_version_names_the_newest_and_the_aliases() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["model-versions-get-missing", "registered-models-get"]);
        let result = call(&mlflow, "get_model_version", json!({"model_name": CHURN, "version": "99"}));
        let text = failure(&result);
        assert!(text.contains("has no version \"99\"") && text.contains("The newest is 3"), "{text}");
        let alias = call(
            &Mlflow::untouched(),
            "get_model_version",
            json!({"model_name": CHURN, "version": "champion"}),
        );
        assert!(failure(&alias).contains("get_model_version_by_alias"), "{alias}");
    }
}

#[test]
fn an_alias_leads_to_its_version_and_an_unknown_one_names_those_there_are() {
    for version in VERSIONS {
        let mlflow = recorded(version, &["registered-models-alias"]);
        let result = call(&mlflow, "get_model_version_by_alias", json!({"name": CHURN, "alias": "champion"}));
        let shown = success(&result);
        assert_eq!((&shown["alias"], &shown["version"]), (&json!("champion"), &json!("2")));
        let mlflow = recorded(version, &["registered-models-alias-missing", "registered-models-get"]);
        let result = call(&mlflow, "get_model_version_by_alias", json!({"name": CHURN, "alias": "champoin"}));
        let text = failure(&result);
        assert!(
            text.contains("has no alias \"champoin\". Did you mean \"champion\"?")
                && text.contains("challenger (version 3), champion (version 2)"),
            "{text}"
        );
    }
}

#[test]
fn latest_versions_cost_one_request_and_say_what_takes_the_place_of_stages() {
    for version in VERSIONS {
        let get = |arguments| {
            call(&recorded(version, &["registered-models-get"]), "get_latest_versions", arguments)
        };
        let all = get(json!({"name": CHURN}));
        assert_eq!(success(&all)["result"].as_array().unwrap().len(), 3);
        assert!(success(&all)["note"].as_str().unwrap().contains("get_model_version_by_alias"));
        let some = get(json!({"name": CHURN, "stages": "[\"production\"]"}));
        let row = &success(&some)["result"][0];
        assert_eq!((&row["version"], &row["aliases"]), (&json!("2"), &json!(["champion"])));
        let none = get(json!({"name": CHURN, "stages": ["None"]}));
        assert!(success(&none)["note"].as_str().unwrap().contains("no version in these stages"));
        let slip =
            call(&Mlflow::untouched(), "get_latest_versions", json!({"name": CHURN, "stages": ["Prod"]}));
        assert!(failure(&slip).contains("Did you mean \"Production\"?"), "{slip}");
    }
}

#[test]
fn a_model_of_any_size_fits_the_answer_and_says_what_is_left_out() {
    let mlflow = || {
        Mlflow::new(|request| {
            let pairs = |count: usize| -> Vec<Value> {
                (0..count)
                    .map(|n| json!({"key": format!("key_{n:04}"), "value": "v".repeat(5_000)}))
                    .collect()
            };
            let version = json!({"name": "big", "version": "1", "run_id": "r", "current_stage": "None",
                                 "description": "d".repeat(5_000), "tags": pairs(300)});
            Ok(answer(
                200,
                match request.uri().path() {
                    "/api/2.0/mlflow/registered-models/get" => json!({"registered_model": {"name": "big",
                    "description": "d".repeat(5_000), "tags": pairs(300), "latest_versions": [version]}}),
                    "/api/2.0/mlflow/model-versions/search" => json!({"model_versions": [version]}),
                    "/api/2.0/mlflow/runs/get" => {
                        json!({"run": {"info": {"run_id": "r"}, "data": {"params": pairs(300)}}})
                    }
                    _ => json!({"model_version": version}),
                }
                .to_string(),
            ))
        })
    };
    for (tool, arguments) in [
        ("get_registered_model", json!({"name": "big"})),
        ("get_model_versions", json!({"model_name": "big"})),
        ("get_model_version", json!({"model_name": "big", "version": "1"})),
        ("get_model_version_by_alias", json!({"name": "big", "alias": "a"})),
        ("get_latest_versions", json!({"name": "big"})),
    ] {
        let result = call(&mlflow(), tool, arguments);
        let text = success(&result).to_string();
        assert!(text.chars().count() <= 40_000, "{tool}: {}", text.len());
        assert!(text.contains("\"omitted\":{") && text.contains("(5000 characters)"), "{tool}");
    }
}

#[test]
fn a_resource_shows_the_same_record_as_the_tool() {
    for (uri, tool, arguments, names) in [
        (
            "mlflow://registered-model/churn-classifier",
            "get_registered_model",
            json!({"name": CHURN}),
            &["registered-models-get"][..],
        ),
        (
            "mlflow://model-version/churn-classifier/2",
            "get_model_version",
            json!({"model_name": CHURN, "version": "2"}),
            &["model-versions-get", "runs-get"][..],
        ),
    ] {
        let text = json!({"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": uri}})
            .to_string();
        let read = body(&serve(&recorded("3.17.2", names), &[], post(&[], &text)));
        let shown = read["result"]["contents"][0]["text"].as_str().unwrap();
        let tool = call(&recorded("3.17.2", names), tool, arguments);
        assert_eq!(&serde_json::from_str::<Value>(shown).unwrap(), success(&tool));
    }
}
