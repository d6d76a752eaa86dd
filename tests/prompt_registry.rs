//! Prompts of the prompt registry: how they are found, read, rendered, compared and changed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use support::furnished::{changes, furnished, interrupted};
use support::{Mlflow, answer, call, failure, success};

/// The bodies of all changes.
fn sent(mlflow: &Mlflow) -> Vec<Value> {
    let seen = mlflow.seen();
    let bodies = seen.iter().filter(|request| request.method() != "GET");
    bodies.map(|request| serde_json::from_slice(request.body()).unwrap()).collect()
}

#[test]
fn prompts_are_searched_by_name_and_tags() {
    let mlflow = furnished();
    let arguments = json!({"name": "GREET", "tags": {"team": "it's"}});
    let result = call(&mlflow, "search_prompts", arguments);
    let found = &success(&result)["result"];
    assert_eq!((&found[0]["name"], &found[0]["latest_version"]), (&json!("greeting"), &json!("2")));
    assert_eq!(found[0]["tags"], json!({"team": "cv"}));
    let asked = mlflow.seen()[0].uri().query().unwrap().to_owned();
    let filter = asked.split('&').find_map(|part| part.strip_prefix("filter=")).unwrap();
    assert_eq!(
        percent_decode_str(filter).decode_utf8().unwrap().replace('+', " "),
        "tags.`mlflow.prompt.is_prompt` = 'true' AND name ILIKE '%GREET%' AND tags.`team` = \"it's\""
    );
    let both = json!({"name": "both ' and \""});
    assert!(failure(&call(&Mlflow::untouched(), "search_prompts", both)).contains("both kinds of quotes"));
}

#[test]
fn the_newest_version_is_loaded_unless_another_is_named() {
    let load = |arguments: Value| success(&call(&furnished(), "load_prompt", arguments)).clone();
    let newest = load(json!({"name": "greeting"}));
    assert_eq!((&newest["version"], &newest["type"]), (&json!("2"), &json!("chat")));
    assert_eq!(newest["messages"][1], json!({"role": "user", "content": "Greet {{ name }}."}));
    assert_eq!(newest["variables"], json!(["name", "style"]));
    assert_eq!(newest["prompt_tags"], json!({"team": "cv"}));
    assert_eq!(newest["template"], Value::Null);
    for arguments in [
        json!({"name": "greeting", "version": 1}),
        json!({"name": "greeting", "alias": "production"}),
        json!({"name": "prompts:/greeting/1"}),
        json!({"name": "prompts:/greeting@1"}),
    ] {
        let first = load(arguments);
        assert_eq!(first["template"], "Hello {{ name }},\nof {{city}}.");
        assert_eq!((&first["type"], &first["commit_message"]), (&json!("text"), &json!("The first.")));
        assert_eq!(
            (&first["aliases"], &first["tags"]),
            (&json!(["production", "1"]), &json!({"author": "ann"}))
        );
        assert_eq!((&first["latest_version"], &first["truncated"]), (&json!("2"), &json!(false)));
    }
    assert_eq!(load(json!({"name": "greeting", "alias": "latest"})), newest);
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    for (arguments, says) in [
        (json!({"name": "new"}), "there is no prompt named \"new\""),
        (json!({"name": "churn"}), "is a registered model, not a prompt"),
        (json!({"name": "greeting", "version": 9}), "no version \"9\". The newest is 2"),
        (json!({"name": "greeting", "alias": "producton"}), "Did you mean \"production\"?"),
        (json!({"name": "greeting", "alias": "a", "version": 1}), "named more than once"),
        (json!({"name": "greeting", "version": 1, "offset": 99}), "\"offset\" is too large"),
    ] {
        let result = call(&furnished(), "load_prompt", arguments);
        assert!(failure(&result).contains(says), "{says}: {result}");
    }
}

#[test]
fn a_long_template_is_read_in_parts() {
    let text = "Tell {{name}} of größe.\n".repeat(20_000);
    let tags = json!([{"key": "mlflow.prompt.is_prompt", "value": "true"}]);
    let version =
        json!([{"name": "long", "version": "1", "tags": [{"key": "mlflow.prompt.text", "value": text}]}]);
    let model =
        json!({"registered_model": {"name": "long", "tags": tags, "latest_versions": version}}).to_string();
    let mlflow = Mlflow::new(move |_| Ok(answer(200, model.clone())));
    let (mut whole, mut offset, mut parts) = (String::new(), json!(0), 0);
    while offset != Value::Null {
        let result = call(&mlflow, "load_prompt", json!({"name": "long", "offset": offset}));
        assert!(result["content"][0]["text"].as_str().unwrap().chars().count() < 50_000);
        let part = success(&result);
        whole.push_str(part["template"].as_str().unwrap());
        assert_eq!(part["truncated"], part["next_offset"] != Value::Null);
        (offset, parts) = (part["next_offset"].clone(), parts + 1);
    }
    assert!(whole == text && parts > 5, "{parts} parts");
}

#[test]
fn a_prompt_is_rendered_with_all_its_variables_and_no_others() {
    let render = |arguments: Value| call(&furnished(), "render_prompt", arguments);
    let result =
        render(json!({"name": "greeting", "version": 1, "variables": {"name": "{{city}}", "city": "Köln"}}));
    assert_eq!(success(&result)["text"], "Hello {{city}},\nof Köln.");
    let result = render(json!({"name": "greeting", "variables": {"name": "Ann", "style": 7}}));
    assert_eq!(
        success(&result)["messages"],
        json!([{"role": "system", "content": "Be 7."}, {"role": "user", "content": "Greet Ann."}])
    );
    let result = render(json!({"name": "greeting", "variables": {"nam": "Ann", "style": "kind"}}));
    let says = "lacks \"name\", and has what the template does not: \"nam\" (did you mean \"name\"?). Its variables: name, style.";
    assert!(failure(&result).contains(says), "{result}");
    let result = render(json!({"name": "greeting"}));
    assert!(failure(&result).contains("lacks \"name\", \"style\""), "{result}");
}

#[test]
fn a_jinja_template_is_not_rendered() {
    let version = r#"{"registered_model": {"name": "j", "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}],
        "latest_versions": [{"name": "j", "version": "1", "tags": [{"key": "mlflow.prompt.text", "value": "{% if a %}{{a}}{% endif %}"}]}]}}"#;
    let mlflow = Mlflow::always(200, version);
    let result = call(&mlflow, "render_prompt", json!({"name": "j", "variables": {"a": "b"}}));
    assert!(failure(&result).contains("is a Jinja2 template"), "{result}");
    let result = call(&mlflow, "load_prompt", json!({"name": "j"}));
    assert!(success(&result)["note"].as_str().unwrap().contains("Jinja2"), "{result}");
}

#[test]
fn versions_are_compared_in_lines_variables_and_settings() {
    let result = call(&furnished(), "diff_prompts", json!({"name": "greeting", "baseline": "production"}));
    let found = success(&result);
    assert_eq!((&found["baseline"], &found["source"]), (&json!("1"), &json!("2")));
    assert_eq!(
        found["diff"],
        "@@ -1,2 +1,4 @@\n-Hello {{ name }},\n-of {{city}}.\n+[system]\n+Be {{style}}.\n+[user]\n+Greet {{ name }}.\n"
    );
    assert_eq!((&found["lines_added"], &found["lines_removed"]), (&json!(4), &json!(2)));
    assert_eq!(
        (&found["variables_added"], &found["variables_removed"]),
        (&json!(["style"]), &json!(["city"]))
    );
    assert_eq!(
        found["changed"],
        json!([
            {"key": "model_config.model_name", "baseline": "\"small\"", "source": "\"big\""},
            {"key": "tags.author", "baseline": "ann", "source": null},
            {"key": "type", "baseline": "text", "source": "chat"},
        ])
    );
    let result = call(
        &furnished(),
        "diff_prompts",
        json!({"name": "greeting", "baseline": 1, "source": "production"}),
    );
    let same = success(&result);
    assert_eq!(
        (&same["same_template"], &same["diff"], &same["changed"]),
        (&json!(true), &json!(""), &json!([]))
    );
}

#[test]
fn a_version_is_registered_with_the_tags_that_mlflow_reads() {
    let mlflow = furnished();
    let arguments = json!({"name": "greeting", "messages": [{"role": "user", "content": "Hi {{name}}"}],
        "commit_message": "Shorter.", "tags": {"author": "bob"}, "model_config": "{\"temperature\": 0}",
        "response_format": "{\"type\": \"object\"}"});
    let result = call(&mlflow, "register_prompt", arguments);
    let done = success(&result);
    assert_eq!((&done["created_prompt"], &done["type"]), (&json!(false), &json!("chat")));
    assert!(done["undo"].as_str().unwrap().starts_with("delete_model_version {\"name\":\"greeting\""));
    let mut sent = sent(&mlflow);
    // The order of members is of no matter.
    let text: Value = serde_json::from_str(sent[0]["tags"][3]["value"].as_str().unwrap()).unwrap();
    assert_eq!(text, json!([{"role": "user", "content": "Hi {{name}}"}]));
    sent[0]["tags"][3]["value"].take();
    assert_eq!(
        sent,
        [json!({"name": "greeting", "source": "dummy-source", "description": "Shorter.", "tags": [
            {"key": "mlflow.prompt.is_prompt", "value": "true"},
            {"key": "author", "value": "bob"},
            {"key": "_mlflow_prompt_type", "value": "chat"},
            {"key": "mlflow.prompt.text", "value": null},
            {"key": "_mlflow_prompt_response_format", "value": r#"{"type": "object"}"#},
            {"key": "_mlflow_prompt_model_config", "value": r#"{"temperature": 0}"#},
        ]})]
    );
}

#[test]
fn a_prompt_is_created_with_its_first_version_or_not_at_all() {
    let arguments = json!({"name": "new", "template": "Hi", "tags": {"a": "b"}, "commit_message": "c"});
    let mlflow = furnished();
    let result = call(&mlflow, "register_prompt", arguments.clone());
    assert_eq!(success(&result)["undo"], r#"delete_registered_model {"name":"new"}"#);
    assert_eq!(
        sent(&mlflow)[0],
        json!({"name": "new", "description": "c", "tags": [
            {"key": "mlflow.prompt.is_prompt", "value": "true"}, {"key": "a", "value": "b"}]})
    );
    const REFUSED: &str =
        r#"{"error_code": "INVALID_PARAMETER_VALUE", "message": "Prompt text exceeds max length"}"#;
    let mlflow = interrupted(2, || Ok(answer(400, REFUSED)));
    let result = call(&mlflow, "register_prompt", arguments);
    assert!(failure(&result).contains("exceeds max length"), "{result}");
    assert_eq!(
        changes(&mlflow),
        [
            "POST /api/2.0/mlflow/registered-models/create",
            "POST /api/2.0/mlflow/model-versions/create",
            "DELETE /api/2.0/mlflow/registered-models/delete"
        ]
    );
}

#[test]
fn what_mlflow_could_not_read_is_not_registered() {
    for (more, says) in [
        (json!({"template": "a", "messages": [{"role": "user", "content": "b"}]}), "either \"template\""),
        (json!({}), "either \"template\""),
        (json!({"template": " "}), "either \"template\""),
        (json!({"name": "a b", "template": "a"}), "characters that names of prompts cannot have"),
        (json!({"template": "a", "model_config": "temperature 0"}), "\"model_config\" is no JSON object"),
        (json!({"template": "a", "tags": {"mlflow.prompt.text": "b"}}), "MLflow's own"),
        (json!({"name": "churn", "template": "a"}), "is a registered model, not a prompt"),
    ] {
        let mut arguments = json!({"name": "greeting"});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let mlflow = furnished();
        let result = call(&mlflow, "register_prompt", arguments);
        assert!(failure(&result).contains(says), "{says}: {result}");
        assert!(changes(&mlflow).is_empty());
    }
}

#[test]
fn the_tag_that_makes_a_prompt_stays() {
    for (tool, more) in [("set_prompt_tag", json!({"value": "false"})), ("delete_prompt_tag", json!({}))] {
        let mut arguments = json!({"name": "greeting", "key": "mlflow.prompt.is_prompt"});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let result = call(&Mlflow::untouched(), tool, arguments);
        assert!(failure(&result).contains("MLflow's own"), "{result}");
    }
}

#[test]
fn aliases_and_tags_tell_what_they_were() {
    let undo = |tool: &str, more: Value| {
        let mut arguments = json!({"name": "greeting"});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        success(&call(&furnished(), tool, arguments))["undo"].clone()
    };
    assert_eq!(
        undo("set_prompt_alias", json!({"alias": "production", "version": 2})),
        r#"set_prompt_alias {"name":"greeting","alias":"production","version":"1"}"#
    );
    assert_eq!(
        undo("set_prompt_alias", json!({"alias": "beta", "version": 2})),
        r#"delete_prompt_alias {"name":"greeting","alias":"beta"}"#
    );
    assert_eq!(
        undo("delete_prompt_alias", json!({"alias": "production"})),
        r#"set_prompt_alias {"name":"greeting","alias":"production","version":"1"}"#
    );
    assert_eq!(
        undo("set_prompt_tag", json!({"key": "owner", "value": "ann"})),
        r#"delete_prompt_tag {"name":"greeting","key":"owner"}"#
    );
    assert_eq!(
        undo("delete_prompt_tag", json!({"key": "team"})),
        r#"set_prompt_tag {"name":"greeting","key":"team","value":"cv"}"#
    );
    let result =
        call(&furnished(), "set_prompt_alias", json!({"name": "greeting", "alias": "a", "version": 9}));
    assert!(failure(&result).contains("no version \"9\""), "{result}");
}
