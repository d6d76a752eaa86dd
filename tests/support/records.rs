//! An MLflow with an evaluation dataset whose records come in pages, as MLflow gives them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use mlflow_mcp::port::HttpError;
use serde_json::{Value, json};

use super::{Mlflow, answer};

/// The body of a request.
pub fn asked(request: &Request<Bytes>) -> Value {
    serde_json::from_slice(request.body()).unwrap()
}

/// What a query asks for.
pub fn query(request: &Request<Bytes>, name: &str) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    let found = query.split('&').find_map(|part| part.strip_prefix(&format!("{name}=")))?;
    Some(percent_encoding::percent_decode_str(found).decode_utf8().unwrap().into_owned())
}

/// A dataset `d-1` with records, which it gives in pages as MLflow does, of at most so many.
pub fn with_records(records: Vec<Value>, largest: usize) -> Mlflow {
    Mlflow::new(move |request| {
        if !request.uri().path().ends_with("/records") {
            return Ok(answer(
                200,
                r#"{"dataset": {"dataset_id": "d-1", "name": "golden", "last_update_time": 1}}"#,
            ));
        }
        let most: usize = query(request, "max_results").unwrap().parse().unwrap();
        if most > largest {
            return Err(HttpError::TooLarge);
        }
        let start = query(request, "page_token").map_or(0, |token| {
            let cursor = String::from_utf8(STANDARD.decode(token).unwrap()).unwrap();
            let (time, id) = cursor.split_once(':').unwrap();
            let time: i64 = time.parse().unwrap();
            let before = |record: &&Value| {
                (record["created_time"].as_i64().unwrap(), record["dataset_record_id"].as_str().unwrap())
                    <= (time, id)
            };
            records.iter().take_while(before).count()
        });
        let page: Vec<&Value> = records.iter().skip(start).take(most).collect();
        let mut body = json!({"records": json!(page).to_string()});
        if start + page.len() < records.len() {
            let last = page.last().unwrap();
            let cursor = format!("{}:{}", last["created_time"], last["dataset_record_id"].as_str().unwrap());
            body["next_page_token"] = json!(STANDARD.encode(cursor));
        }
        Ok(answer(200, body.to_string()))
    })
}

/// One of that number.
pub fn record(number: usize, text: &str) -> Value {
    json!({"dataset_record_id": format!("dr-{number:05}"), "inputs": {"n": number, "text": text}, "created_time": number / 3,
        "last_update_time": 7})
}
