//! An MLflow that has files: of runs and of logged models, listed level by level and read by ranges.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::{Request, Response};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{Mlflow, answer};

/// The run that has the files, as the tools are asked for it.
pub const RUN: &str = "0123456789abcdef0123456789abcdef";

/// The logged model that the run made, under the name `model`.
pub const MODEL: &str = "m-00000000000000000000000000000001";

/// Files by path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Files by path, from texts.
pub fn files(files: &[(&str, &[u8])]) -> Files {
    files.iter().map(|(path, content)| ((*path).to_owned(), content.to_vec())).collect()
}

/// An MLflow whose one run has these files.
pub fn of_run(run: Files) -> Mlflow {
    of_runs(vec![(RUN, run)], None)
}

/// An MLflow with these runs and, made by the first of them, a logged model.
pub fn of_runs(runs: Vec<(&'static str, Files)>, model: Option<Files>) -> Mlflow {
    Mlflow::new(move |request| {
        let query = query(request);
        let of = |key: &str| query.get(key).map_or("", String::as_str);
        let run = runs.iter().find(|(id, _)| *id == of("run_id"));
        let has_model = model.is_some() && runs.first().is_some_and(|(id, _)| *id == of("run_id"));
        let path = request.uri().path();
        let of_model = path.contains(MODEL).then_some(()).and(model.as_ref());
        let response = match (path.rsplit('/').next().unwrap(), run, of_model) {
            ("list", Some((_, files)), _) => level(files, of("path")),
            ("get-artifact", Some((_, files)), _) => part(request, files, of("path")),
            ("directories", _, Some(files)) => level(files, of("artifact_directory_path")),
            ("files", _, Some(files)) => part(request, files, of("artifact_file_path")),
            ("get", Some((id, _)), _) if path.contains("/runs/") => {
                let outputs = if has_model { json!([{"model_id": MODEL, "step": "0"}]) } else { json!([]) };
                ok(
                    &json!({"run": {"info": {"run_id": id, "experiment_id": "1"}, "outputs": {"model_outputs": outputs}}}),
                )
            }
            ("search", ..) if path.contains("/logged-models/") => {
                ok(&json!({"models": [{"info": {"model_id": MODEL, "experiment_id": "1", "name": "model"}}]}))
            }
            ("get", ..) if path.contains("/model-versions/") => {
                let source = format!("models:/{MODEL}");
                ok(
                    &json!({"model_version": {"name": of("name"), "version": of("version"), "source": source}}),
                )
            }
            _ => missing(),
        };
        Ok(response)
    })
}

fn query(request: &Request<Bytes>) -> BTreeMap<String, String> {
    let pairs = request.uri().query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let text = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
    pairs.map(|(name, value)| (text(name), text(value))).collect()
}

fn ok(value: &Value) -> Response<Bytes> {
    answer(200, value.to_string())
}

fn missing() -> Response<Bytes> {
    answer(404, r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "not there"}"#)
}

/// One level, as MLflow lists it: nothing of a file or of what is not there.
fn level(files: &Files, directory: &str) -> Response<Bytes> {
    let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
    let mut seen = BTreeSet::new();
    let mut listed = Vec::new();
    for (path, content) in files {
        let Some(rest) = path.strip_prefix(&prefix) else { continue };
        match rest.split_once('/') {
            Some((name, _)) => {
                if seen.insert(name.to_owned()) {
                    listed.push(json!({"path": format!("{prefix}{name}"), "is_dir": true}));
                }
            }
            // Protobuf's JSON leaves out what is zero.
            None if content.is_empty() => listed.push(json!({"path": path, "is_dir": false})),
            None => listed.push(json!({"path": path, "is_dir": false, "file_size": content.len()})),
        }
    }
    ok(&json!({"root_uri": "mlflow-artifacts:/1", "files": listed}))
}

/// The bytes that the request's range names.
fn part(request: &Request<Bytes>, files: &Files, path: &str) -> Response<Bytes> {
    let Some(content) = files.get(path) else {
        let directory = files.keys().any(|file| file.starts_with(&format!("{path}/")));
        return if directory {
            answer(400, r#"{"error_code": "INVALID_PARAMETER_VALUE", "message": "directory"}"#)
        } else {
            missing()
        };
    };
    let range = request.headers()["range"].to_str().unwrap().strip_prefix("bytes=").unwrap();
    let (start, end) = range.split_once('-').unwrap();
    let start: usize = start.parse().unwrap();
    let end = end.parse::<usize>().map_or(content.len(), |last| last + 1).min(content.len());
    let builder = Response::builder().header("content-type", "text/plain; charset=utf-8");
    let response = if start >= content.len() {
        builder.status(416).header("content-range", format!("bytes */{}", content.len())).body(Bytes::new())
    } else {
        let range = format!("bytes {start}-{}/{}", end - 1, content.len());
        let bytes = Bytes::copy_from_slice(&content[start..end]);
        builder.status(206).header("content-range", range).body(bytes)
    };
    response.unwrap()
}
