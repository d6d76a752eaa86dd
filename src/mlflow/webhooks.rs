//! Webhooks: where MLflow sends events of the model registry; since MLflow 3.3.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::Error;
use super::number::optional_int64;
use super::page::{self, Position};

const ALL: &str = "/api/2.0/mlflow/webhooks";

/// A webhook. Its secret is never told.
#[derive(Clone, Debug, Deserialize)]
pub struct Webhook {
    /// A UUID.
    pub webhook_id: String,
    /// For people; not unique.
    #[serde(default)]
    pub name: String,
    /// For people.
    #[serde(default)]
    pub description: String,
    /// Where events go.
    #[serde(default)]
    pub url: String,
    /// Which events.
    #[serde(default)]
    pub events: Vec<Event>,
    /// ACTIVE or DISABLED.
    #[serde(default)]
    pub status: String,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub creation_timestamp: Option<i64>,
    /// Epoch milliseconds.
    #[serde(default, deserialize_with = "optional_int64")]
    pub last_updated_timestamp: Option<i64>,
}

/// What happens to what.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// For instance `MODEL_VERSION`.
    #[serde(default)]
    pub entity: String,
    /// For instance `CREATED`.
    #[serde(default)]
    pub action: String,
}

impl Event {
    /// Its name in MLflow's own client, for instance `model_version.created`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}", self.entity, self.action).to_lowercase()
    }

    /// An event as the API has it.
    #[must_use]
    pub fn written(name: &str) -> Value {
        let (entity, action) = name.split_once('.').unwrap_or((name, ""));
        json!({"entity": entity.to_uppercase(), "action": action.to_uppercase()})
    }
}

/// What came of an event that was sent for a test.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Tested {
    /// Whether the status was below 400.
    #[serde(default)]
    pub success: bool,
    /// HTTP's.
    #[serde(default)]
    pub response_status: Option<u16>,
    /// What was answered.
    #[serde(default)]
    pub response_body: Option<String>,
    /// Why nothing was.
    #[serde(default)]
    pub error_message: Option<String>,
}

#[derive(Deserialize)]
struct One {
    webhook: Webhook,
}

/// The page of webhooks at a position, at most so many, the newest first.
///
/// # Errors
/// See [`Error`].
pub async fn page(
    client: &Client<'_>,
    max_results: usize,
    from: &Position,
) -> Result<page::Page<Webhook>, Error> {
    #[derive(Deserialize)]
    struct Many {
        #[serde(default)]
        webhooks: Vec<Webhook>,
        next_page_token: Option<String>,
    }
    page::read(from, max_results, async |page_token, max_results| {
        let max_results = max_results.to_string();
        let mut query = vec![("max_results", max_results.as_str())];
        query.extend(page_token.map(|token| ("page_token", token)));
        let many: Many = client.get(&Endpoint::get(ALL), &query).await?;
        Ok((many.webhooks, many.next_page_token))
    })
    .await
}

/// The webhook of that id.
///
/// # Errors
/// See [`Error`]; an unknown one is [`Error::is_missing`].
pub async fn get(client: &Client<'_>, webhook_id: &str) -> Result<Webhook, Error> {
    let one: One = client.get(&Endpoint::get_one(ALL, webhook_id)?, &[]).await?;
    Ok(one.webhook)
}

/// Creates a webhook from `name`, `url`, `events`, `description`, `secret` and `status`.
///
/// # Errors
/// See [`Error`].
pub async fn create(client: &Client<'_>, members: &Map<String, Value>) -> Result<Webhook, Error> {
    let one: One = client.send(&Endpoint::post(ALL), members).await?;
    Ok(one.webhook)
}

/// Sets those of the members that are given.
///
/// # Errors
/// See [`Error`]; an unknown one is [`Error::is_missing`].
pub async fn update(
    client: &Client<'_>,
    webhook_id: &str,
    members: &Map<String, Value>,
) -> Result<Webhook, Error> {
    let one: One = client.send(&Endpoint::patch(ALL).one(webhook_id)?, members).await?;
    Ok(one.webhook)
}

/// Removes a webhook.
///
/// # Errors
/// See [`Error`]; an unknown one is [`Error::is_missing`].
pub async fn delete(client: &Client<'_>, webhook_id: &str) -> Result<(), Error> {
    let _: IgnoredAny = client.send(&Endpoint::delete(ALL).one(webhook_id)?, &json!({})).await?;
    Ok(())
}

/// Has MLflow send an example of an event, the webhook's first if none is named.
///
/// # Errors
/// See [`Error`]; an unknown one is [`Error::is_missing`].
pub async fn test(client: &Client<'_>, webhook_id: &str, event: Option<&str>) -> Result<Tested, Error> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(default)]
        result: Tested,
    }
    let body = event.map_or(json!({}), |event| json!({"event": Event::written(event)}));
    let answer: Answer = client.send(&Endpoint::post(ALL).one(webhook_id)?.then("/test"), &body).await?;
    Ok(answer.result)
}
