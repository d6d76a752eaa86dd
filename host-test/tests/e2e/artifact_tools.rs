//! The artifact tools.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::world::{World, every_page};

fn path(world: &World, kind: &str) -> String {
    world.text(&format!("/artifacts/files/{kind}/path"))
}

fn read(world: &World, kind: &str) -> Value {
    let run_id = world.text("/artifacts/run_id");
    world.ok("get_artifact_content", json!({"run_id": run_id, "artifact_path": path(world, kind)}))
}

#[test]
fn get_run_artifacts_lists_one_level_with_sizes() {
    let world = World::shared();
    let run_id = world.text("/artifacts/run_id");
    let root = world.ok("get_run_artifacts", json!({"run_id": run_id}));
    let find = |path: &str| {
        let rows = root["result"].as_array().unwrap();
        rows.iter().find(|row| row["path"] == path).cloned().unwrap_or_else(|| panic!("no {path}"))
    };
    let report = find(&path(&world, "text"));
    assert_eq!(report["file_size"], world.manifest["artifacts"]["files"]["text"]["size"]);
    assert_eq!((&report["is_dir"], &report["run_id"]), (&json!(false), &json!(run_id)));
    let directory = world.text("/artifacts/directory/path");
    assert_eq!((&find(&directory)["is_dir"], &find(&directory)["file_size"]), (&json!(true), &Value::Null));
    let inside = every_page(&world, "get_run_artifacts", json!({"run_id": run_id, "path": directory}));
    assert_eq!(inside.len() as u64, world.manifest["artifacts"]["directory"]["files"].as_u64().unwrap());
}

#[test]
fn get_run_artifacts_tells_files_and_slips_from_empty_directories() {
    let world = World::shared();
    let run_id = world.text("/artifacts/run_id");
    let file = world.fails("get_run_artifacts", json!({"run_id": run_id, "path": path(&world, "text")}));
    assert!(file.contains("is a file") && file.contains("get_artifact_content"), "{file}");
    let slip = world.fails("get_run_artifacts", json!({"run_id": run_id, "path": "prediction"}));
    assert!(slip.contains("Did you mean \"predictions\"?"), "{slip}");
    let up = world.fails("get_run_artifacts", json!({"run_id": run_id, "path": "../../.."}));
    assert!(up.contains("leads out of the run's artifacts"), "{up}");
    let none = world.ok("get_run_artifacts", json!({"run_id": world.text("/runs/running")}));
    assert_eq!(none["result"], json!([]));
}

#[test]
fn get_artifact_content_reads_text_in_any_encoding_whole() {
    let world = World::shared();
    for (kind, encoding) in [
        ("text", "utf-8"),
        ("json", "utf-8"),
        ("yaml", "utf-8"),
        ("csv", "utf-8"),
        ("utf8", "utf-8"),
        ("nested", "utf-8"),
        ("latin1", "latin-1"),
    ] {
        let content = read(&world, kind);
        let bytes = world.file(&world.text("/artifacts/run_id"), &path(&world, kind));
        let text = match encoding {
            "latin-1" => bytes.iter().map(|byte| char::from(*byte)).collect(),
            _ => String::from_utf8(bytes).unwrap(),
        };
        assert_eq!((&content["result"], &content["encoding"]), (&json!(text), &json!(encoding)), "{kind}");
        assert_eq!(content["truncated"], false, "{kind}");
    }
    let empty = read(&world, "empty");
    assert_eq!((&empty["result"], &empty["total_bytes"]), (&json!(""), &json!(0)));
}

#[test]
fn get_artifact_content_reads_a_long_log_in_parts_that_meet_and_from_its_end() {
    let world = World::shared();
    let run_id = world.text("/artifacts/run_id");
    let whole = world.file(&run_id, &path(&world, "log"));
    let mut at = 0;
    for _ in 0..3 {
        let arguments = json!({"run_id": run_id, "artifact_path": path(&world, "log"), "start_byte": at});
        let part = world.ok("get_artifact_content", arguments);
        let end = usize::try_from(part["end_byte"].as_u64().unwrap()).unwrap();
        assert!(end > at + 30_000);
        assert_eq!(part["result"].as_str().unwrap().as_bytes(), &whole[at..end]);
        assert_eq!((&part["truncated"], &part["next_start_byte"]), (&json!(true), &json!(end)));
        at = end;
    }
    let tail = json!({"run_id": run_id, "artifact_path": path(&world, "log"), "start_byte": -500});
    let tail = world.ok("get_artifact_content", tail);
    assert_eq!(tail["result"].as_str().unwrap().as_bytes(), &whole[whole.len() - 500..]);
    assert_eq!(tail.get("next_start_byte"), None);
    let beyond = json!({"run_id": run_id, "artifact_path": path(&world, "log"), "start_byte": 9_000_000});
    assert!(world.fails("get_artifact_content", beyond).contains("has 5000318 bytes"));
}

#[test]
fn get_artifact_content_shows_a_picture_and_names_what_cannot_be_shown() {
    let world = World::shared();
    let run_id = world.text("/artifacts/run_id");
    let arguments = json!({"run_id": run_id, "artifact_path": path(&world, "png")});
    let picture = world.hosted.call("get_artifact_content", &arguments);
    assert_eq!(picture["content"][1]["mimeType"], "image/png");
    let bytes = STANDARD.decode(picture["content"][1]["data"].as_str().unwrap()).unwrap();
    assert_eq!(bytes, world.file(&run_id, &path(&world, "png")));
    let binary = read(&world, "binary");
    assert!(binary["result"].as_str().unwrap().contains("binary file of 4096 bytes"));
    let directory = json!({"run_id": run_id, "artifact_path": world.text("/artifacts/directory/path")});
    assert!(world.fails("get_artifact_content", directory).contains("is a directory"));
    let missing =
        world.fails("get_artifact_content", json!({"run_id": run_id, "artifact_path": "report.markdown"}));
    assert!(missing.contains("Did you mean \"report.md\"?"), "{missing}");
}

#[test]
fn get_run_artifact_describes_files_and_directories() {
    let world = World::shared();
    let run_id = world.text("/artifacts/run_id");
    for kind in ["text", "log", "utf8", "latin1", "png", "binary", "empty"] {
        let about =
            world.ok("get_run_artifact", json!({"run_id": run_id, "artifact_path": path(&world, kind)}));
        assert_eq!(about["size_bytes"], world.manifest["artifacts"]["files"][kind]["size"], "{kind}");
        assert_eq!(about.get("preview").is_some(), !["png", "binary"].contains(&kind), "{kind}");
        assert_eq!(about["truncated"], kind == "log", "{kind}");
    }
    let directory = world.text("/artifacts/directory/path");
    let about = world.ok("get_run_artifact", json!({"run_id": run_id, "artifact_path": directory}));
    let files = world.manifest["artifacts"]["directory"]["files"].as_u64();
    assert_eq!(
        (&about["is_dir"], Some(about["files"].as_array().unwrap().len() as u64)),
        (&json!(true), files)
    );
    let missing =
        world.fails("get_run_artifact", json!({"run_id": run_id, "artifact_path": "report.markdown"}));
    assert!(missing.contains("Did you mean \"report.md\"?"), "{missing}");
}

#[test]
fn files_of_a_model_beside_its_run_are_listed_and_read_by_their_old_paths() {
    let world = World::shared();
    let run_id = world.text("/runs/sweep_best");
    let root = world.ok("get_run_artifacts", json!({"run_id": run_id}));
    assert_eq!(
        (&root["result"][0]["path"], &root["result"][0]["is_dir"]),
        (&json!("churn-gbdt"), &json!(true))
    );
    let model_id = &root["result"][0]["model_id"];
    assert!(world.manifest["logged_models"].as_array().unwrap().contains(model_id));
    let files = every_page(&world, "get_run_artifacts", json!({"run_id": run_id, "path": "churn-gbdt"}));
    assert_eq!(files.len(), 5);
    for file in &files {
        let arguments = json!({"run_id": run_id, "artifact_path": file["path"]});
        let content = world.ok("get_artifact_content", arguments.clone());
        assert_eq!((&content["total_bytes"], &content["model_id"]), (&file["file_size"], model_id));
        let about = world.ok("get_run_artifact", arguments);
        assert_eq!((&about["size_bytes"], &about["preview"]), (&file["file_size"], &content["result"]));
    }
    let tail = json!({"run_id": run_id, "artifact_path": "churn-gbdt/requirements.txt", "start_byte": -7});
    assert_eq!(world.ok("get_artifact_content", tail)["result"], "3.17.2\n");
    let directory =
        world.fails("get_artifact_content", json!({"run_id": run_id, "artifact_path": "churn-gbdt"}));
    assert!(directory.contains("is a directory"), "{directory}");
    let slip = world.fails("get_run_artifacts", json!({"run_id": run_id, "path": "churn-gbdt/MLmodle"}));
    assert!(slip.contains("Did you mean \"churn-gbdt/MLmodel\"?"), "{slip}");
}
