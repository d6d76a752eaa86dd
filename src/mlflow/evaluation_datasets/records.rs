//! The records of an evaluation dataset, the oldest first. MLflow tells them apart by their inputs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use super::ALL;
use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;
use crate::mlflow::number::int64;
use crate::mlflow::python_json::json;

/// An input, and what is expected there. Mostly objects, but MLflow takes anything: missing cells of a data frame are NaN.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Record {
    /// `dr-` and 32 hex digits.
    #[serde(default)]
    pub dataset_record_id: String,
    /// What the application gets.
    #[serde(default)]
    pub inputs: Value,
    /// What it gave once; MLflow has `{}` where nothing was said.
    #[serde(default)]
    pub outputs: Value,
    /// What it should give.
    #[serde(default)]
    pub expectations: Value,
    /// What people say of it.
    #[serde(default)]
    pub tags: Value,
    /// Where it is from: `source_type` and `source_data`.
    #[serde(default)]
    pub source: Value,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "int64")]
    pub created_time: i64,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "int64")]
    pub last_update_time: i64,
    /// Who made it, where that was said.
    #[serde(default)]
    pub created_by: Option<String>,
    /// Who changed it, where that was said.
    #[serde(default)]
    pub last_updated_by: Option<String>,
}

/// Records, and the token of those behind.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The records.
    pub records: Vec<Record>,
    /// Where to go on, if there is more.
    pub next: Option<String>,
}

/// At most so many records from a token on, fewer where they would be larger than an answer may be; none of a dataset that
/// does not exist.
///
/// # Errors
/// See [`Error`]; a token that MLflow did not make is an error 500.
pub async fn page(
    client: &Client<'_>,
    dataset_id: &str,
    max_results: usize,
    page_token: Option<&str>,
) -> Result<Page, Error> {
    #[derive(Deserialize)]
    struct Found {
        #[serde(default)]
        records: String,
        next_page_token: Option<String>,
    }
    let endpoint = Endpoint::get_one(ALL, dataset_id)?.then("/records");
    let mut most = max_results;
    loop {
        let number = most.to_string();
        let mut query = vec![("max_results", number.as_str())];
        query.extend(page_token.map(|token| ("page_token", token)));
        let found: Found = match client.get(&endpoint, &query).await {
            Err(error) if error.is_too_large() && most > 1 => {
                most = (most / 10).max(1);
                continue;
            }
            found => found?,
        };
        let records = if found.records.is_empty() { "[]" } else { &found.records };
        // Python's json, so a NaN is bare.
        let records =
            json(records).and_then(|list| serde_json::from_value(list).map_err(|error| error.to_string()));
        let records =
            records.map_err(|error| Error::NotUnderstood(format!("{} ({error})", endpoint.path)))?;
        return Ok(Page { records, next: found.next_page_token.filter(|token| !token.is_empty()) });
    }
}

/// The token of the page behind a record, as MLflow makes it itself.
#[must_use]
pub fn behind(record: &Record) -> String {
    cursor(record.created_time, &record.dataset_record_id)
}

/// The token of the page that begins with the records made at that time.
#[must_use]
pub fn made_at(created_time: i64) -> String {
    cursor(created_time, "")
}

fn cursor(created_time: i64, dataset_record_id: &str) -> String {
    STANDARD.encode(format!("{created_time}:{dataset_record_id}"))
}

/// Whether a text is such a token.
#[must_use]
pub fn is_token(text: &str) -> bool {
    let decoded = STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let cursor = decoded.as_deref().and_then(|text| text.split_once(':'));
    cursor.is_some_and(|(time, _)| time.parse::<i64>().is_ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_one_that_mlflow_makes_itself() {
        let record = Record {
            created_time: 1_795_312_362_567,
            dataset_record_id: "dr-76c7f98577d348228fcd70e67330fa2d".to_owned(),
            ..Record::default()
        };
        // As MLflow 3.17.2 gave it for that record.
        let token = "MTc5NTMxMjM2MjU2Nzpkci03NmM3Zjk4NTc3ZDM0ODIyOGZjZDcwZTY3MzMwZmEyZA==";
        assert_eq!(behind(&record), token);
        assert!(is_token(token) && is_token(&made_at(7)));
        for other in ["garbage", "", "eyJvZmZzZXQiOiAyfQ==", "7"] {
            assert!(!is_token(other), "{other}");
        }
    }
}
