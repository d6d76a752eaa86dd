//! What runs are ranked by.

use std::cmp::Ordering;

use crate::mlflow::filter;
use crate::tool::ToolError;

/// MLflow's databases hold infinity as the largest double: what it writes is outside of these bounds. A filter has no
/// sign in exponents.
const LEAST: &str = "-1.7976931348623157e308";
const MOST: &str = "1.7976931348623157e308";

/// A metric, and which of its values are better.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Criterion {
    /// The metric.
    pub(super) metric: String,
    /// Its name as filters have it.
    pub(super) key: String,
    /// Whether lower is better.
    pub(super) ascending: bool,
}

impl Criterion {
    /// Reads `val/auc DESC`; MLflow's ``metrics.`val/auc` DESC`` is the same.
    ///
    /// # Errors
    /// There is no name, or one that no filter can say.
    pub(super) fn parse(text: &str) -> Result<Self, ToolError> {
        let text = text.trim();
        let direction =
            text.rsplit_once(' ').and_then(|(name, word)| match word.to_ascii_uppercase().as_str() {
                "ASC" => Some((name, true)),
                "DESC" => Some((name, false)),
                _ => None,
            });
        let (name, ascending) = direction.unwrap_or((text, false));
        let name = name.trim();
        let quoted = name.strip_prefix("metrics.").unwrap_or(name);
        let metric = ['`', '"']
            .into_iter()
            .find_map(|mark| quoted.strip_prefix(mark)?.strip_suffix(mark))
            .unwrap_or(quoted)
            .to_owned();
        if metric.is_empty() {
            return Err(ToolError::argument(
                "argument \"order_by\" has an item without a metric: \"val/auc DESC\"",
            ));
        }
        let key = filter::key(&metric).map_err(|_| {
            ToolError::argument(format!(
                "argument \"order_by\" {metric:?} cannot have both ` and \": MLflow allows neither"
            ))
        })?;
        Ok(Self { metric, key, ascending })
    }

    /// A condition for runs that have a finite value of it, as far as MLflow can tell: NaN passes as 0.
    pub(super) fn finite(&self) -> String {
        format!("metrics.{0} > {LEAST} AND metrics.{0} < {MOST}", self.key)
    }

    /// A condition for runs that have any value of it.
    pub(super) fn present(&self) -> String {
        format!("metrics.{} >= {LEAST}", self.key)
    }

    /// A condition for runs that are at least as good.
    pub(super) fn at_least(&self, value: f64) -> String {
        let bound = if self.ascending { "<=" } else { ">=" };
        format!("metrics.{} {bound} {value:e}", self.key)
    }

    /// The order in which MLflow lists the best first.
    pub(super) fn order(&self) -> String {
        format!("metrics.{} {}", self.key, if self.ascending { "ASC" } else { "DESC" })
    }

    /// The better one first.
    pub(super) fn compare(&self, one: f64, other: f64) -> Ordering {
        let order = one.partial_cmp(&other).unwrap_or(Ordering::Equal);
        if self.ascending { order } else { order.reverse() }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_every_form_that_they_are_written() {
        for (text, metric, ascending) in [
            ("val/auc", "val/auc", false),
            (" val/loss asc ", "val/loss", true),
            ("a/b c DESC", "a/b c", false),
            ("a/b c", "a/b c", false),
            ("metrics.`val/auc` DESC", "val/auc", false),
            ("metrics.\"a`b\" ASC", "a`b", true),
            ("größe 🚀 ASC", "größe 🚀", true),
        ] {
            let criterion = Criterion::parse(text).unwrap();
            assert_eq!((criterion.metric.as_str(), criterion.ascending), (metric, ascending), "{text}");
        }
        assert_eq!(Criterion::parse("a`b").unwrap().key, "\"a`b\"");
        assert!(Criterion::parse(" ").is_err());
        assert!(Criterion::parse("a`b\"c").is_err());
    }

    #[test]
    fn zeros_are_equal_whatever_their_sign() {
        let criterion = Criterion::parse("loss ASC").unwrap();
        assert_eq!(criterion.compare(0.0, -0.0), Ordering::Equal);
    }
}
