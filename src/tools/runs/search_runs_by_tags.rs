//! `search_runs_by_tags`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::page::{Paging, fetch};
use super::shape::Row;
use crate::mlflow::filter;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool, ToolError};

/// Find an experiment's runs that have all of the given tags, newest first.
///
/// For evaluation runs: {"invocation_id": "0123456789abcdef"} finds the tasks of one launch. An id of 16 hex digits
/// is such an invocation id, not a run id.
#[derive(Deserialize, JsonSchema)]
pub struct SearchRunsByTags {
    /// The experiment; get_experiments lists ids.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// Tag names and exact values, for instance {"team": "nlp"}. All must match.
    tags: BTreeMap<String, String>,
    #[serde(flatten)]
    paging: Paging,
}

impl Tool for SearchRunsByTags {
    const SPEC: Spec = Spec {
        name: "search_runs_by_tags",
        title: "Find runs by tags",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Listing<Row>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let filter = self.filter()?;
        fetch(cx, &self.experiment_id, Some(&filter), &self.paging).await
    }
}

impl SearchRunsByTags {
    fn filter(&self) -> Result<String, ToolError> {
        let mut conditions = Vec::new();
        for (name, value) in &self.tags {
            let (Ok(key), Ok(string)) = (filter::key(name), filter::string(value)) else {
                return Err(ToolError::argument(format!(
                    "argument \"tags\" member {name:?}: MLflow's filters have no escape character, so a name cannot \
                     have both ` and \", nor a value both ' and \". Use query_runs with LIKE and % for that part"
                )));
            };
            conditions.push(format!("tags.{key} = {string}"));
        }
        Ok(conditions.join(" AND "))
    }
}

#[cfg(test)]
mod tests {
    use super::super::shape::Shape;
    use super::*;
    use crate::mlflow::ViewType;

    fn filter(tags: &[(&str, &str)]) -> Result<String, ToolError> {
        let tags = tags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        SearchRunsByTags {
            experiment_id: "1".into(),
            tags,
            paging: Paging {
                limit: 3,
                offset: 0,
                order_by: vec![],
                view_type: ViewType::default(),
                page_token: None,
                shape: Shape::default(),
            },
        }
        .filter()
    }

    #[test]
    fn quotes_in_values_do_not_break_the_filter() {
        assert_eq!(
            filter(&[("a b", "it's"), ("k", "v")]),
            Ok("tags.`a b` = \"it's\" AND tags.`k` = 'v'".into())
        );
    }

    #[test]
    fn what_no_filter_can_say_is_refused() {
        let error = filter(&[("k", "'\"")]).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("\"tags\" member \"k\""), "{error}");
    }
}
