//! `get_model_info`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::requirements::{Requirements, requirements};
use crate::mlflow::pages;
use crate::mlflow::python_json::json;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::any::Any;
use crate::tool::budget::size;
use crate::tool::cut::{Cut, Omitted};
use crate::tool::{Budget, Context, Failure, Tool, ToolError};
use crate::tools::artifacts::document;
use crate::tools::artifacts::source::known;
use crate::tools::logged_models::missing::explain;
use crate::tools::model_uri::ModelUri;

/// Get what a model takes and gives (its signature), its flavors, requirements, input example, size and run.
#[derive(Deserialize, JsonSchema)]
pub struct GetModelInfo {
    /// models:/NAME/VERSION, models:/NAME@ALIAS, models:/m-ID or runs:/RUN_ID/NAME.
    #[schemars(length(min = 1))]
    model_uri: String,
}

/// What a model says of itself in its file MLmodel.
#[derive(Serialize, JsonSchema)]
pub struct ModelInfo {
    model_uri: String,
    /// The registered model and its version, if the URI names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// The logged model (MLflow 3).
    #[serde(skip_serializing_if = "Option::is_none")]
    model_id: Option<String>,
    /// The run that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    run_id: Option<String>,
    /// Absent where none was logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<Signature>,
    /// How it can be loaded, by flavor.
    flavors: Any,
    /// Absent where none was logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    saved_input_example_info: Option<Any>,
    /// Lines of requirements.txt, or what conda.yaml has pip install.
    requirements: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    python_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_size_bytes: Option<u64>,
    /// MLflow's that logged it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mlflow_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    utc_time_created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_uuid: Option<String>,
    /// Where it was logged, as it says itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_path: Option<String>,
    /// What whoever logged it added.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Any>,
    /// URIs of prompts that it uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    prompts: Option<Any>,
    /// Names of environment variables that it may need.
    #[serde(skip_serializing_if = "Option::is_none")]
    env_vars: Option<Any>,
    /// The page in MLflow, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Present if the whole would be too long.
    #[serde(skip_serializing_if = "Omitted::is_empty")]
    omitted: Omitted,
}

/// What it takes and gives: columns, or tensors.
#[derive(Serialize, JsonSchema)]
pub struct Signature {
    #[serde(skip_serializing_if = "Option::is_none")]
    inputs: Option<Any>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outputs: Option<Any>,
    /// What a call may set besides the inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<Any>,
}

impl Tool for GetModelInfo {
    const SPEC: Spec = Spec {
        name: "get_model_info",
        title: "Get a model's signature and requirements",
        toolset: Toolset::Models,
        effect: Effect::Read,
        progress: false,
    };

    type Output = ModelInfo;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let uri = self.uri()?;
        let of_model = |failure| match failure {
            // A server before MLflow 3 has no such routes.
            Failure::Mlflow(error) if uri.starts_with("models:/m-") => explain(cx, error),
            failure => failure,
        };
        let (mut place, version) = known(cx, uri, "MLmodel").await?;
        let (document, _) = document::read(cx, &mut place).await.map_err(of_model)?;
        let Value::Object(mut said) = document else {
            return Err(ToolError::argument(format!("the file MLmodel of {uri} is no mapping")).into());
        };
        let Requirements { lines, python } = requirements(cx, &place).await?;
        let run_of_version = version.as_ref().map(|version| version.run_id.as_str());
        let run_id = text(&mut said, "run_id")
            .or_else(|| place.run().or(run_of_version).map(str::to_owned))
            .filter(|run_id| !run_id.is_empty());
        let page = version
            .as_ref()
            .map(|version| pages::version(&cx.client.tracking().base, &version.name, &version.version));
        let mut info = ModelInfo {
            model_uri: uri.to_owned(),
            model_id: place.model_id().or_else(|| text(&mut said, "model_id")),
            signature: said.remove("signature").and_then(Signature::of),
            flavors: Any(said.remove("flavors").unwrap_or_else(|| Value::Object(Map::new()))),
            saved_input_example_info: any(&mut said, "saved_input_example_info"),
            requirements: lines,
            python_version: python,
            model_size_bytes: said.get("model_size_bytes").and_then(Value::as_u64),
            mlflow_version: text(&mut said, "mlflow_version"),
            utc_time_created: text(&mut said, "utc_time_created"),
            model_uuid: text(&mut said, "model_uuid"),
            artifact_path: text(&mut said, "artifact_path"),
            metadata: any(&mut said, "metadata"),
            prompts: any(&mut said, "prompts"),
            env_vars: any(&mut said, "env_vars"),
            url: page.or_else(|| place.page(cx)),
            run_id,
            name: version.as_ref().map(|version| version.name.clone()),
            version: version.map(|version| version.version),
            omitted: Omitted::new(),
        };
        info.shorten(cx.budget);
        Ok(info)
    }
}

impl GetModelInfo {
    /// The URI; what is none is told before MLflow is asked.
    fn uri(&self) -> Result<&str, ToolError> {
        let uri = self.model_uri.trim();
        let forms = "models:/NAME/VERSION, models:/NAME@ALIAS, models:/m-ID or runs:/RUN_ID/NAME";
        match ModelUri::parse(uri) {
            Ok(ModelUri::Elsewhere) => {
                let whose = "Models in a storage of their own only MLflow's own client can read.";
                let message = format!("argument \"model_uri\" is {uri:?}, which is none of {forms}. {whose}");
                Err(ToolError::argument(message))
            }
            Ok(_) => Ok(uri),
            Err(form) => {
                Err(ToolError::argument(format!("argument \"model_uri\" is {uri:?}, which is not {form}")))
            }
        }
    }
}

impl Signature {
    /// MLmodel has each part as JSON in text.
    fn of(said: Value) -> Option<Self> {
        let Value::Object(mut parts) = said else { return None };
        let mut part = |name: &str| match parts.remove(name)? {
            Value::Null => None,
            Value::String(text) => Some(Any(json(&text).unwrap_or(Value::String(text)))),
            other => Some(Any(other)),
        };
        let (inputs, outputs, params) = (part("inputs"), part("outputs"), part("params"));
        Some(Self { inputs, outputs, params })
    }
}

impl ModelInfo {
    fn shorten(&mut self, budget: Budget) {
        let whole = size(&self);
        if whole <= budget.characters() {
            return;
        }
        let mut requirements = Value::from(std::mem::take(&mut self.requirements));
        let mut parts = vec![("flavors", &mut self.flavors.0), ("requirements", &mut requirements)];
        if let Some(Signature { inputs, outputs, params }) = &mut self.signature {
            let signature = [("inputs", inputs), ("outputs", outputs), ("params", params)];
            parts
                .extend(signature.into_iter().filter_map(|(name, part)| Some((name, &mut part.as_mut()?.0))));
        }
        let rest = [
            ("metadata", &mut self.metadata),
            ("saved_input_example_info", &mut self.saved_input_example_info),
            ("prompts", &mut self.prompts),
            ("env_vars", &mut self.env_vars),
        ];
        parts.extend(rest.into_iter().filter_map(|(name, part)| Some((name, &mut part.as_mut()?.0))));
        self.omitted = Cut::default().down_to(budget, whole).values(parts).omitted();
        self.requirements = serde_json::from_value(requirements).unwrap_or_default();
    }
}

/// A text of the file, or a number as text.
fn text(said: &mut Map<String, Value>, name: &str) -> Option<String> {
    match said.remove(name)? {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn any(said: &mut Map<String, Value>, name: &str) -> Option<Any> {
    said.remove(name).filter(|value| !value.is_null()).map(Any)
}
