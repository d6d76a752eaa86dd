//! Pictures as they are drawn, against those that somebody has looked at.

#![allow(unreachable_pub, reason = "modules of a test program")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(clippy::cast_precision_loss, reason = "small numbers")]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod cases;
mod compare;
mod runs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use support::golden::project;
use support::{call, success};

/// The largest picture that is wanted, in bytes.
const LARGEST: usize = 60_000;

/// The picture of a success.
fn picture(result: &Value) -> Vec<u8> {
    success(result);
    let content = result["content"].as_array().unwrap();
    let images: Vec<&Value> = content.iter().filter(|block| block["type"] == "image").collect();
    assert_eq!((images.len(), &images[0]["mimeType"]), (1, &Value::from("image/png")));
    STANDARD.decode(images[0]["data"].as_str().unwrap()).unwrap()
}

#[test]
fn pictures_look_as_they_did() {
    let mut stale = Vec::new();
    for case in cases::all() {
        let result = call(&runs::mlflow(case.runs), "plot_metrics", case.arguments);
        let drawn = picture(&result);
        assert!(drawn.len() < LARGEST, "{} ({}) has {} bytes", case.name, case.shows, drawn.len());
        let pixels = compare::pixels(&drawn);
        let [width, height] = [0, 1].map(|n| result["structuredContent"]["pixels"][n].as_u64().unwrap());
        assert_eq!([width, height].map(|size| u32::try_from(size).unwrap()), [pixels.width, pixels.height]);
        let path = project(&format!("tests/golden/pictures/{}.png", case.name));
        let before = std::fs::read(&path).ok().map(|file| compare::pixels(&file));
        if !before.is_some_and(|before| before.looks_like(&pixels)) {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, drawn).unwrap();
            stale.push(case.name);
        }
    }
    assert!(stale.is_empty(), "{stale:?} were stale and have been rewritten: look at them and commit them");
}
