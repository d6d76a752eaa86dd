//! `register_llm_judge_scorer`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::find;
use super::instructions::{DEFAULT_MODEL, Judge};
use crate::mlflow::scorers::{self, Scorer, register};
use crate::mlflow::server;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Kind, Tool, ToolError};
use crate::tools::experiments::known;

/// Register an LLM judge in an experiment, as the next version where the name is known. The LLM is called by MLflow's server.
#[derive(Deserialize, JsonSchema)]
pub struct RegisterLlmJudgeScorer {
    /// What its assessments will be called.
    #[schemars(length(min = 1))]
    name: String,
    /// What the LLM judges, with {{ inputs }}, {{ outputs }}, {{ expectations }} or {{ trace }}, or {{ conversation }}.
    #[schemars(length(min = 1))]
    instructions: String,
    /// The experiment.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// provider:/model (default openai:/gpt-4.1-mini), or gateway:/endpoint.
    model: Option<String>,
    /// What it is about, for people.
    description: Option<String>,
}

/// What was registered.
#[derive(Serialize, JsonSchema)]
pub struct Registered {
    success: bool,
    experiment_id: String,
    name: String,
    version: i64,
    scorer_id: String,
    model: String,
    /// Whether it judges conversations, not single traces.
    session_level: bool,
    /// The call that takes it back.
    undo: String,
}

impl Tool for RegisterLlmJudgeScorer {
    const SPEC: Spec = Spec {
        name: "register_llm_judge_scorer",
        title: "Register an LLM judge",
        toolset: Toolset::Scorers,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Registered;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        self.newest(cx).await?;
        let judge = self.judge();
        let Some(version) = server::version(&cx.client).await? else {
            let message = format!("{} does not tell its version", cx.client.tracking().base);
            return Err(
                ToolError::new(Kind::Refused, message, "Only MLflow's own server takes judges.").into()
            );
        };
        let registered =
            register(&cx.client, &self.experiment_id, judge.name, &judge.serialized(&version)).await;
        let registered = registered.map_err(find::told)?;
        let undo = undo(
            "delete_scorer",
            &[
                ("experiment_id", &self.experiment_id),
                ("name", judge.name),
                ("version", &registered.version.to_string()),
            ],
        );
        Ok(Registered {
            success: true,
            name: judge.name.to_owned(),
            version: registered.version,
            scorer_id: registered.scorer_id,
            model: judge.model.to_owned(),
            session_level: judge.session_level(),
            undo,
            experiment_id: self.experiment_id,
        })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let newest = self.newest(cx).await?;
        let experiment = known::living(cx, &self.experiment_id).await?;
        let judge = self.judge();
        let what = match newest {
            Some(newest) => format!("version {} of", newest.scorer_version + 1),
            None => "the new".to_owned(),
        };
        let of = if judge.session_level() { "conversations" } else { "traces" };
        Ok(Some(format!(
            "Register {what} scorer {} in {}, by which {} judges {of}: {}.",
            quoted(judge.name),
            known::named(&experiment),
            quoted(judge.model),
            quoted(judge.instructions)
        )))
    }
}

impl RegisterLlmJudgeScorer {
    fn judge(&self) -> Judge<'_> {
        Judge {
            name: &self.name,
            instructions: &self.instructions,
            model: self
                .model
                .as_deref()
                .map(str::trim)
                .filter(|model| !model.is_empty())
                .unwrap_or(DEFAULT_MODEL),
            description: self.description.as_deref().filter(|description| !description.is_empty()),
        }
    }

    /// The newest version of that name, if there is one, after a look at all arguments.
    async fn newest(&self, cx: &Context<'_>) -> Result<Option<Scorer>, Failure> {
        self.judge().check()?;
        match scorers::get(&cx.client, &self.experiment_id, &self.name, None).await {
            Ok(newest) => Ok(Some(newest)),
            Err(error) if error.is_missing() => {
                known::living(cx, &self.experiment_id).await?;
                Ok(None)
            }
            Err(error) => Err(find::told(error)),
        }
    }
}
