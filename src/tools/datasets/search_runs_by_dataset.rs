//! `search_runs_by_dataset`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::datasets::{self, EXPERIMENTS};
use crate::mlflow::filter;
use crate::mlflow::page::Position;
use crate::mlflow::runs::{self, DatasetInput, Run};
use crate::sorted::set;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::nearest::suggestion;
use crate::tool::{Context, Failure, Listing, Tool, ToolError, listing, parallel};
use crate::tools::experiments::known;

/// The tag of a use that says what for.
const CONTEXT: &str = "mlflow.data.context";

/// Runs asked for at once.
const PAGE: usize = 100;

/// The most runs that are looked at in one call.
const MOST: usize = 2_000;

/// Find the runs that have read a data set, the newest first, with what for.
#[derive(Deserialize, JsonSchema)]
pub struct SearchRunsByDataset {
    /// Where to look.
    experiment_ids: Vec<String>,
    /// Its name; search_run_datasets lists them.
    name: Option<String>,
    /// And, or only, its digest.
    digest: Option<String>,
    /// Only for this, for instance training.
    context: Option<String>,
    /// How many at most (default 50).
    #[serde(default = "default_max_results")]
    #[schemars(range(min = 1, max = 1000))]
    max_results: usize,
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

fn default_max_results() -> usize {
    50
}

/// A data set that a run has read.
#[derive(Serialize, JsonSchema)]
pub struct Read {
    name: String,
    digest: String,
    /// What for.
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<String>,
    /// What kind of place it is in.
    source_type: String,
}

/// A run that has read it.
#[derive(Serialize, JsonSchema)]
pub struct Reader {
    run_id: String,
    run_name: String,
    experiment_id: String,
    status: String,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<i64>,
    /// What it has read of what was asked for.
    datasets: Vec<Read>,
}

impl Tool for SearchRunsByDataset {
    const SPEC: Spec = Spec {
        name: "search_runs_by_dataset",
        title: "Find runs by data set",
        toolset: Toolset::Datasets,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<Reader>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let ids = super::each_once(&self.experiment_ids);
        if ids.is_empty() {
            return Err(ToolError::argument("argument \"experiment_ids\" is empty").into());
        }
        let filter = self.filter()?;
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let mut list = self.read(cx, &ids, &filter, from).await?;
        if list.result.is_empty() && list.next_page_token.is_none() {
            parallel::all(ids.iter().map(|id| known::require(cx, id))).await?;
            list.note = self.known(cx, &ids).await;
        }
        Ok(list)
    }
}

impl SearchRunsByDataset {
    fn conditions(&self) -> [(&'static str, Option<&str>); 3] {
        let all = [
            ("dataset.name", &self.name),
            ("dataset.digest", &self.digest),
            ("dataset.context", &self.context),
        ];
        all.map(|(field, text)| (field, text.as_deref().filter(|text| !text.is_empty())))
    }

    fn filter(&self) -> Result<String, ToolError> {
        let conditions = self.conditions().into_iter();
        let conditions: Vec<String> =
            conditions.filter_map(|(field, text)| Some(filter::is(field, text?))).collect();
        match conditions.is_empty() {
            true => Err(ToolError::argument("one of \"name\", \"digest\" and \"context\" is needed")),
            false => Ok(conditions.join(" AND ")),
        }
    }

    /// Whether all that is asked for is true of one use. MLflow finds runs of which each is true of some use.
    fn fits(&self, input: &DatasetInput) -> bool {
        let [(_, name), (_, digest), (_, context)] = self.conditions();
        name.is_none_or(|name| input.dataset.name == name)
            && digest.is_none_or(|digest| input.dataset.digest == digest)
            && context.is_none_or(|context| input.tags.get(CONTEXT).is_some_and(|known| known == context))
    }

    /// The run, if it fits.
    fn reader(&self, run: Run) -> Option<Reader> {
        let inputs = run.inputs.dataset_inputs.into_iter().filter(|input| self.fits(input));
        let datasets: Vec<Read> = inputs
            .map(|mut input| Read {
                name: input.dataset.name,
                digest: input.dataset.digest,
                context: input.tags.remove(CONTEXT),
                source_type: input.dataset.source_type,
            })
            .collect();
        (!datasets.is_empty()).then_some(Reader {
            run_id: run.info.run_id,
            run_name: run.info.run_name,
            experiment_id: run.info.experiment_id,
            status: run.info.status,
            start_time: run.info.start_time,
            datasets,
        })
    }

    async fn read(
        &self,
        cx: &Context<'_>,
        ids: &[String],
        filter: &str,
        mut from: Position,
    ) -> Result<Listing<Reader>, Failure> {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let search = runs::Search {
            experiment_ids: &ids,
            filter: Some(filter),
            max_results: PAGE,
            ..runs::Search::default()
        };
        let (mut list, mut left, mut seen) = (Listing::complete(Vec::new()), cx.budget, 0);
        let end = cx.end();
        let next = 'pages: loop {
            let page = runs::page::<Run>(&cx.client, &search, &from).await?;
            for (index, run) in page.rows.into_iter().enumerate() {
                seen += 1;
                let Some(reader) = self.reader(run) else { continue };
                let characters = size(&reader) + 1;
                list.truncated = !list.result.is_empty() && characters > left.characters();
                if list.truncated || list.result.len() == self.max_results {
                    break 'pages Some(page.from.advance(index));
                }
                left = left.minus(characters);
                list.result.push(reader);
            }
            match page.next {
                Some(next) if seen < MOST && cx.clock.now() < end => from = next,
                next => break next,
            }
        };
        if list.result.is_empty() && next.is_some() {
            list.note = Some(format!("None of {seen} runs; there are more."));
        }
        list.next_page_token = next.as_ref().map(Position::encode);
        Ok(list)
    }

    /// What these experiments' runs have read: what was asked for is often another name.
    async fn known(&self, cx: &Context<'_>, ids: &[String]) -> Option<String> {
        // Help is welcome and not needed.
        let found = datasets::of_experiments(&cx.client, ids.chunks(EXPERIMENTS).next()?).await.ok()?;
        let (asked, names): (_, fn(&datasets::Dataset) -> &str) = match (&self.name, &self.digest) {
            (Some(name), _) => (name, |one| &one.name),
            (None, Some(digest)) => (digest, |one| &one.digest),
            (None, None) => return None,
        };
        let known = set(found.iter().map(names));
        Some(suggestion(asked, "Runs of these experiments have read", known)).filter(|hint| !hint.is_empty())
    }
}
