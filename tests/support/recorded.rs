//! An MLflow that gives answers which real servers gave.

use std::cell::RefCell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Response;
use serde_json::Value;

use super::Mlflow;
use super::golden::project;

/// The newest and the oldest that is supported.
pub const VERSIONS: [&str; 2] = ["3.17.2", "2.22.5"];

/// A recorded request and its answer, of the MLflow of that version.
pub fn fixture(version: &str, name: &str) -> Value {
    let path = project(&format!("tests/fixtures/mlflow-{version}/{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// A server that gives these recorded answers, each to the next request for its path.
pub fn recorded(version: &str, names: &[&str]) -> Mlflow {
    let fixtures: Vec<Value> = names.iter().map(|name| fixture(version, name)).collect();
    let left = RefCell::new(fixtures);
    Mlflow::new(move |request| {
        let path = |fixture: &Value| {
            fixture["request"]["path_and_query"].as_str().unwrap().split('?').next().unwrap().to_owned()
        };
        let mut left = left.borrow_mut();
        let found = left.iter().position(|fixture| path(fixture) == request.uri().path());
        Ok(response(&left.remove(found.unwrap_or_else(|| panic!("nothing recorded for {}", request.uri())))))
    })
}

/// The answer of a fixture.
pub fn response(fixture: &Value) -> Response<Bytes> {
    let recorded = &fixture["response"];
    let body = match (&recorded["body"], recorded["body_base64"].as_str()) {
        (_, Some(encoded)) => STANDARD.decode(encoded).unwrap(),
        (Value::String(text), None) => text.clone().into_bytes(),
        (body, None) => body.to_string().into_bytes(),
    };
    let mut response =
        Response::builder().status(u16::try_from(recorded["status"].as_u64().unwrap()).unwrap());
    for (name, value) in recorded["headers"].as_object().unwrap() {
        response = response.header(name, value.as_str().unwrap());
    }
    response.body(body.into()).unwrap()
}

/// The id that the request of a fixture names.
pub fn asked(version: &str, name: &str) -> String {
    let path = fixture(version, name)["request"]["path_and_query"].as_str().unwrap().to_owned();
    path.rsplit(['/', '=']).find(|part| part.len() >= 32).unwrap().to_owned()
}
