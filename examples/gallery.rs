//! A gallery of pictures to look at: `cargo xtask gallery`.

#![allow(clippy::disallowed_macros, reason = "it says where the gallery is")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what is known to work")]
#![allow(clippy::cast_precision_loss, reason = "small numbers")]
#![allow(unreachable_pub, reason = "modules of a test program")]

#[path = "../tests/pictures/cases.rs"]
mod cases;
#[path = "../tests/pictures/runs.rs"]
mod runs;
#[path = "../tests/support/mod.rs"]
mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use support::{call, success};

/// Of a page that shows the pictures in color and in grey.
const HEAD: &str = "<!doctype html><meta charset=\"utf-8\"><title>plot_metrics</title>\
<style>body{font:15px sans-serif;margin:2em}img{border:1px solid #ddd}pre{max-width:800px;overflow:auto}\
.grey:checked~div img{filter:grayscale(1)}</style><h1>plot_metrics</h1>\
<input type=\"checkbox\" class=\"grey\" id=\"grey\"><label for=\"grey\">in grey</label>\n";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn main() {
    let folder = PathBuf::from(std::env::args_os().nth(1).expect("a folder for the pictures"));
    fs::create_dir_all(&folder).expect("the folder can be made");
    let mut page = HEAD.to_owned();
    for case in cases::all() {
        let result = call(&runs::mlflow(case.runs), "plot_metrics", case.arguments);
        let answer = serde_json::to_string_pretty(success(&result)).expect("JSON");
        let image = result["content"].as_array().and_then(|blocks| blocks.last()).expect("a picture");
        let file = STANDARD.decode(image["data"].as_str().expect("base64")).expect("base64");
        let name = format!("{}.png", case.name);
        fs::write(folder.join(&name), &file).expect("the folder can be written to");
        let (shows, answer) = (escaped(case.shows), escaped(&answer));
        writeln!(
            page,
            "<div><h2>{shows}</h2><img src=\"{name}\" alt=\"{shows}\"><details><summary>{} bytes; the answer</summary>\
             <pre>{answer}</pre></details></div>",
            file.len()
        )
        .expect("a string takes everything");
    }
    fs::write(folder.join("index.html"), page).expect("the folder can be written to");
    println!("{}", folder.join("index.html").display());
}
