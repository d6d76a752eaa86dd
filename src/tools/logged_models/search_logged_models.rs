//! `search_logged_models`

use schemars::JsonSchema;
use serde::Deserialize;

use super::missing::explain;
use super::record::LoggedModelRecord;
use crate::mlflow::datasets::{self, Dataset};
use crate::mlflow::logged_models::{self, MeasuredOn, OrderBy};
use crate::sorted::set;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::nearest::suggestion;
use crate::tool::{Context, Failure, Kind, Listing, Tool, ToolError, listing, parallel};
use crate::tools::experiments::known;

/// Find logged models (MLflow 3) of experiments, newest first, with params, metrics, tags and source run.
///
/// Filters, joined by AND: metrics.`test/auc` > 0.9; params.lr = '0.01'; name LIKE 'churn%'; status = 2 (1 PENDING,
/// 2 READY, 3 FAILED).
#[derive(Deserialize, JsonSchema)]
pub struct SearchLoggedModels {
    /// get_experiments lists ids.
    experiment_ids: Vec<String>,
    /// MLflow filter. All if left out.
    filter_string: Option<String>,
    /// How many at most (default 5).
    #[serde(default = "default_max_results")]
    #[schemars(range(min = 1, max = 1000))]
    max_results: usize,
    /// Only models, and values of metrics, that were measured on one of these; the digest may be left out.
    #[serde(default)]
    datasets: Vec<MeasuredOn>,
    /// For instance [{"field_name": "metrics.auc", "ascending": false}], best on any data set or on dataset_name.
    #[serde(default)]
    order_by: Vec<OrderBy>,
    /// To go on: the `next_page_token` of the last answer, other arguments unchanged.
    page_token: Option<String>,
}

fn default_max_results() -> usize {
    5
}

impl Tool for SearchLoggedModels {
    const SPEC: Spec = Spec {
        name: "search_logged_models",
        title: "Search logged models",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<LoggedModelRecord>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        if self.experiment_ids.is_empty() {
            let message = "argument \"experiment_ids\" is empty: get_experiments lists ids";
            return Err(ToolError::argument(message).into());
        }
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let datasets = self.datasets(cx).await?;
        let search = logged_models::Search {
            experiment_ids: &self.experiment_ids,
            filter: self.filter_string.as_deref().filter(|filter| !filter.trim().is_empty()),
            datasets: &datasets,
            max_results: self.max_results,
            order_by: &self.order_by,
            page_token: None,
        };
        let page =
            logged_models::page(&cx.client, &search, &from).await.map_err(|error| explain(cx, error))?;
        if page.rows.is_empty() {
            parallel::all(self.experiment_ids.iter().map(|id| known::require(cx, id))).await?;
        }
        let record = |model| LoggedModelRecord::from(model).within(cx.budget);
        let mut list = Listing::of_page(page.map(record), cx.budget);
        list.note = match (self.resolved(&datasets), self.status_in_words()) {
            (Some(resolved), Some(words)) => Some(format!("{resolved} {words}")),
            (one, other) => one.or(other),
        };
        Ok(list)
    }
}

impl SearchLoggedModels {
    /// The data sets with their digests, without which MLflow finds nothing: where one is left out, every one
    /// under which runs of these experiments know the name.
    async fn datasets(&self, cx: &Context<'_>) -> Result<Vec<MeasuredOn>, Failure> {
        if self.datasets.iter().all(|one| one.dataset_digest.is_some()) {
            return Ok(self.datasets.clone());
        }
        if self.experiment_ids.len() > datasets::EXPERIMENTS {
            let message = format!(
                "argument \"datasets\": with more than {} experiments each data set needs its dataset_digest",
                datasets::EXPERIMENTS
            );
            return Err(ToolError::argument(message).into());
        }
        let read = datasets::of_experiments(&cx.client, &self.experiment_ids).await;
        let read = read.map_err(|error| explain(cx, error))?;
        let mut whole = Vec::new();
        for one in &self.datasets {
            let digests = match &one.dataset_digest {
                Some(digest) => vec![digest.clone()],
                None => digests(&one.dataset_name, &read)?,
            };
            for digest in digests {
                let one = MeasuredOn { dataset_digest: Some(digest), ..one.clone() };
                if !whole.contains(&one) {
                    whole.push(one);
                }
            }
        }
        Ok(whole)
    }

    /// Open-source MLflow keeps the status as a number and compares a word with it: no model has that status.
    fn status_in_words(&self) -> Option<String> {
        let filter = self.filter_string.as_deref()?.to_uppercase();
        let words = ["'READY'", "'PENDING'", "'FAILED'", "'LOGGED_MODEL_"];
        (filter.contains("STATUS") && words.iter().any(|word| filter.contains(word))).then(|| {
            "Open-source MLflow compares status with numbers (1 PENDING, 2 READY, 3 FAILED), never with words.".to_owned()
        })
    }

    /// Which digests stand for the names that were given without one.
    fn resolved(&self, whole: &[MeasuredOn]) -> Option<String> {
        let names = self.datasets.iter().filter(|one| one.dataset_digest.is_none());
        let known = |name: &str| {
            let digests = whole.iter().filter(|one| one.dataset_name == name);
            digests.filter_map(|one| one.dataset_digest.as_deref()).collect::<Vec<_>>().join(", ")
        };
        let all: Vec<String> = names
            .map(|one| format!("{:?} (digest {})", one.dataset_name, known(&one.dataset_name)))
            .collect();
        (!all.is_empty()).then(|| format!("Measured on {}.", all.join(" or ")))
    }
}

/// The digests of a name.
fn digests(name: &str, read: &[Dataset]) -> Result<Vec<String>, ToolError> {
    let digests: Vec<String> =
        read.iter().filter(|one| one.name == name).map(|one| one.digest.clone()).collect();
    if !digests.is_empty() {
        return Ok(digests);
    }
    let names = set(read.iter().map(|one| one.name.as_str()));
    let known = suggestion(name, "Data sets of these experiments' runs", names);
    Err(ToolError::new(
        Kind::NotFound,
        format!("argument \"datasets\": no run of these experiments has read a data set {name:?}"),
        format!("{known} With its dataset_digest any other can be searched.").trim_start(),
    ))
}
