//! What a person reads before something is deleted.

use std::collections::BTreeSet;

use mlflow_mcp::spec::Effect;
use mlflow_mcp::tools;
use serde_json::json;

use super::world::World;
use super::{of_datasets, run};

#[test]
fn every_deletion_says_what_it_takes_with_it_and_how_it_is_undone() {
    let world = World::new();
    let mut untried: BTreeSet<&str> = tools::all()
        .filter(|entry| entry.spec.effect == Effect::Delete)
        .map(|entry| entry.spec.name)
        .collect();
    for (tool, arguments, says) in [
        ("delete_run", run(), "Delete run \"a \\\"name\\\"\\n\" (abc, FINISHED) of experiment \"nightly\"."),
        (
            "delete_experiment",
            json!({"experiment_id": 7}),
            "Delete experiment \"nightly\" (7) with 1 run. Until it is purged, restore_experiment or `mlflow experiments restore",
        ),
        (
            "delete_registered_model",
            json!({"name": "churn"}),
            "Delete registered model \"churn\" with 1 version for good: this cannot be undone. Version 3 is in stage Production.",
        ),
        (
            "delete_model_version",
            json!({"name": "churn", "version": 3}),
            "Delete version 3 of registered model \"churn\", which is in stage Production, for good.",
        ),
        (
            "delete_model_alias",
            json!({"name": "aliased", "alias": "champion"}),
            "Delete alias \"champion\" of registered model \"aliased\", which names version 3",
        ),
        (
            "delete_run_tag",
            json!({"run_id": "abc", "key": "team"}),
            "Remove tag \"team\" of run \"a \\\"name\\\"\\n\" (abc), which is \"cv\".",
        ),
        (
            "delete_experiment_tag",
            json!({"experiment_id": 7, "key": "team"}),
            "Remove tag \"team\" of experiment \"nightly\" (7), which is \"cv\".",
        ),
        (
            "delete_registered_model_tag",
            json!({"name": "churn", "key": "team"}),
            "Remove tag \"team\" of registered model \"churn\", which is \"cv\".",
        ),
        (
            "delete_model_version_tag",
            json!({"name": "churn", "version": 3, "key": "team"}),
            "Remove tag \"team\" of version 3 of registered model \"churn\", which is \"cv\".",
        ),
        (
            "delete_logged_model_tag",
            json!({"model_id": "m-1", "key": "team"}),
            "Remove tag \"team\" of logged model \"gbm\" (m-1), which is \"cv\".",
        ),
        (
            "delete_logged_model",
            json!({"model_id": "m-1"}),
            "Delete logged model \"gbm\" (m-1) for good: this cannot be undone. Its files stay in s3://m-1.",
        ),
        (
            "delete_traces",
            json!({"experiment_id": 7, "trace_ids": "tr-1"}),
            "Delete 1 trace of experiment \"nightly\" (7), begun from 2026-01-18T09:14:00.000Z to 2026-01-18T09:14:00.000Z: \
             \"agent\" (tr-1). 1 of them failed, 0 have assessments. They cannot be restored.",
        ),
        (
            "delete_trace_tag",
            json!({"trace_id": "tr-1", "key": "team"}),
            "Remove tag \"team\" of trace \"agent\" (tr-1), which is \"cv\".",
        ),
        (
            "delete_trace_assessment",
            json!({"trace_id": "tr-1", "assessment_id": "a-1"}),
            "Delete feedback \"ok\" (a-1) of trace tr-1, which says true, by HUMAN \"zoe\". Logged anew it would have another id.",
        ),
        (
            "delete_prompt_alias",
            json!({"name": "greeting", "alias": "production"}),
            "Delete alias \"production\" of prompt \"greeting\", which names version 1",
        ),
        (
            "delete_webhook",
            json!({"webhook_id": "w-1"}),
            "Delete webhook \"hook\" (w-1), which sends model_version.created to \"https://hooks.test/a\" (ACTIVE).",
        ),
        (
            "delete_scorer",
            json!({"experiment_id": 7, "name": "polite", "version": "all"}),
            "Delete scorer \"polite\" of experiment 7 with 1 version for good: this cannot be undone.",
        ),
        (
            "delete_prompt_tag",
            json!({"name": "greeting", "key": "team"}),
            "Remove tag \"team\" of prompt \"greeting\", which is \"cv\".",
        ),
    ]
    .into_iter()
    .chain(of_datasets::deletions())
    {
        let (message, state) = world.ask(tool, &arguments);
        assert!(message.starts_with(says), "{message}");
        assert_eq!(world.changes(), Vec::<String>::new());
        assert_eq!(world.approve(tool, &arguments, &state)["isError"], false, "{tool}");
        assert_eq!(world.changes().len(), 1);
        world.mlflow.forget();
        untried.remove(tool);
    }
    assert!(untried.is_empty(), "tools that a person knows only by their titles: {untried:?}");
}
