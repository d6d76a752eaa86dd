//! `search_sessions`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::known;
use super::scan::{newest, scan};
use super::session::{Gathered, Session};
use crate::mlflow::page::{Page, Position};
use crate::mlflow::traces::SESSION;
use crate::mlflow::traces::search::Search;
use crate::sorted::sort;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool, listing};

/// The most traces that are read.
const MOST: usize = 5_000;

/// List sessions (conversations): traces that share `mlflow.trace.session`, with counts, errors, duration, tokens, cost.
///
/// The session with the newest trace first. Of the newest 5000 traces. One session's traces: search_traces with filter
/// metadata.`mlflow.trace.session` = '...'.
#[derive(Deserialize, JsonSchema)]
pub struct SearchSessions {
    /// Ids or names.
    experiment_ids: Vec<String>,
    /// Only traces that match, as for search_traces.
    filter_string: Option<String>,
    /// How many sessions at most (default 20).
    #[serde(default = "default_max_results")]
    #[schemars(range(min = 1, max = 500))]
    max_results: usize,
    /// To go on: the `next_page_token` of the last answer, other arguments unchanged.
    page_token: Option<String>,
}

fn default_max_results() -> usize {
    20
}

impl Tool for SearchSessions {
    const SPEC: Spec = Spec {
        name: "search_sessions",
        title: "List sessions",
        toolset: Toolset::Traces,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Listing<Session>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let experiment_ids = known::ids(cx, &self.experiment_ids).await?;
        let filter = known::joined([self.filter_string.as_deref()]);
        let search = Search {
            experiment_ids: &experiment_ids,
            filter: filter.as_deref(),
            order_by: &newest(),
            ..Search::default()
        };
        let (mut sessions, mut read) = (BTreeMap::<String, Gathered>::new(), 0);
        let more = scan(cx, &search, MOST, |info| {
            read += 1;
            if let Some(id) = info.metadata(SESSION) {
                sessions.entry(id.to_owned()).or_default().add(&info);
            }
        })
        .await?;
        if read == 0 {
            known::require(cx, &experiment_ids).await?;
        }
        let mut sessions: Vec<(String, Gathered)> = sessions.into_iter().collect();
        sort(&mut sessions, |(a, one), (b, other)| (other.last(), a) < (one.last(), b));
        let (all, skipped) = (sessions.len(), from.row().unwrap_or(0));
        let rest = sessions.into_iter().skip(skipped).take(self.max_results);
        let rows: Vec<Session> = rest.map(|(id, gathered)| gathered.session(id)).collect();
        let next = Some(skipped + rows.len()).filter(|next| *next < all).map(Position::at);
        let mut list = Listing::of_page(Page { rows, from: Position::at(skipped), next }, cx.budget);
        let mut notes = vec![format!("{all} sessions in {read} traces.")];
        if more {
            notes.push(
                "Older traces were not read: the sessions that began among them have more than is shown."
                    .to_owned(),
            );
        }
        list.note = Some(notes.join(" "));
        Ok(list)
    }
}
