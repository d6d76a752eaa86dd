//! What changes evaluation datasets.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::{ALL, EvaluationDataset, One};
use crate::mlflow::client::Client;
use crate::mlflow::endpoint::Endpoint;
use crate::mlflow::error::Error;
use crate::mlflow::number::optional_int64;

const CREATE: Endpoint = Endpoint::post("/api/3.0/mlflow/datasets/create");

/// The longest name, and key of a tag, that MLflow's database takes.
pub const NAME_CHARACTERS: usize = 255;

/// The longest value of a tag that MLflow's database takes.
pub const TAG_CHARACTERS: usize = 5_000;

/// The longest id of a source that MLflow's database takes.
pub const SOURCE_CHARACTERS: usize = 36;

/// Creates a dataset. MLflow takes a name that another has, and experiments that do not exist.
///
/// # Errors
/// See [`Error`].
pub async fn create(
    client: &Client<'_>,
    name: &str,
    experiment_ids: &[String],
    tags: &BTreeMap<String, String>,
) -> Result<EvaluationDataset, Error> {
    let body = json!({"name": name, "experiment_ids": experiment_ids, "tags": json!(tags).to_string()});
    let one: One = client.send(&CREATE, &body).await?;
    Ok(one.dataset)
}

/// Adds records, or merges them into those with the same inputs; how many of each. In those that are there, members of
/// `expectations` and `tags` are set, `outputs` is replaced, and `source` stays as it is.
///
/// # Errors
/// See [`Error`].
pub async fn upsert(
    client: &Client<'_>,
    dataset_id: &str,
    records: &[Map<String, Value>],
) -> Result<(i64, i64), Error> {
    #[derive(Deserialize)]
    struct Upserted {
        #[serde(default, deserialize_with = "optional_int64")]
        inserted_count: Option<i64>,
        #[serde(default, deserialize_with = "optional_int64")]
        updated_count: Option<i64>,
    }
    let endpoint = Endpoint::post(ALL).one(dataset_id)?.then("/records");
    let done: Upserted = client.send(&endpoint, &json!({"records": json!(records).to_string()})).await?;
    Ok((done.inserted_count.unwrap_or(0), done.updated_count.unwrap_or(0)))
}

/// Since when records can be removed.
pub const RECORDS_GO: (u32, u32) = (3, 10);

/// Removes records for good; how many; since MLflow 3.10.
///
/// # Errors
/// See [`Error`]; unknown ids are left out without a word.
pub async fn delete_records(client: &Client<'_>, dataset_id: &str, ids: &[String]) -> Result<i64, Error> {
    #[derive(Deserialize)]
    struct Deleted {
        #[serde(default, deserialize_with = "optional_int64")]
        deleted_count: Option<i64>,
    }
    let endpoint = Endpoint::delete(ALL).one(dataset_id)?.then("/records");
    let deleted: Deleted = client.send(&endpoint, &json!({"dataset_record_ids": ids})).await?;
    Ok(deleted.deleted_count.unwrap_or(0))
}

/// Sets tags, whatever they were.
///
/// # Errors
/// See [`Error`]; an unknown dataset is [`Error::is_missing`].
pub async fn set_tags(
    client: &Client<'_>,
    dataset_id: &str,
    tags: &BTreeMap<String, String>,
) -> Result<(), Error> {
    let endpoint = Endpoint::patch(ALL).one(dataset_id)?.then("/tags");
    let _: IgnoredAny = client.send(&endpoint, &json!({"tags": json!(tags).to_string()})).await?;
    Ok(())
}

/// Removes a tag whose key has no slash: MLflow has no route for one that has.
///
/// # Errors
/// See [`Error`]; an unknown dataset or tag is none.
pub async fn delete_tag(client: &Client<'_>, dataset_id: &str, key: &str) -> Result<(), Error> {
    let endpoint = Endpoint::delete(ALL).one(dataset_id)?.then("/tags").named(key);
    let _: IgnoredAny = client.send(&endpoint, &json!({})).await?;
    Ok(())
}

/// Adds a dataset to experiments; since MLflow 3.7.
///
/// # Errors
/// See [`Error`]; an unknown dataset or experiment is [`Error::is_missing`].
pub async fn add(client: &Client<'_>, dataset_id: &str, experiment_ids: &[String]) -> Result<(), Error> {
    let endpoint = Endpoint::post(ALL).one(dataset_id)?.then("/add-experiments");
    let _: IgnoredAny = client.send(&endpoint, &json!({"experiment_ids": experiment_ids})).await?;
    Ok(())
}

/// Takes a dataset out of experiments; since MLflow 3.7.
///
/// # Errors
/// See [`Error`]; an unknown dataset is [`Error::is_missing`].
pub async fn remove(client: &Client<'_>, dataset_id: &str, experiment_ids: &[String]) -> Result<(), Error> {
    let endpoint = Endpoint::remove(ALL).one(dataset_id)?.then("/remove-experiments");
    let _: IgnoredAny = client.send(&endpoint, &json!({"experiment_ids": experiment_ids})).await?;
    Ok(())
}

/// Removes a dataset with its records for good.
///
/// # Errors
/// See [`Error`]; an unknown dataset is none.
pub async fn delete(client: &Client<'_>, dataset_id: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&Endpoint::delete(ALL).one(dataset_id)?, &json!({})).await?;
    Ok(())
}
