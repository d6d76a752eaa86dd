//! Resources under `test://`.

use serde_json::json;

use super::PNG;
use crate::mcp::types::{Content, Resource, ResourceContent, ResourceTemplate};

const TEXT: &str = "test://static-text";
const BINARY: &str = "test://static-binary";

pub(super) const TEMPLATE: ResourceTemplate = ResourceTemplate {
    uri_template: "test://template/{id}/data",
    name: "template",
    title: "Template",
    description: "Says which id it was read with.",
    mime_type: Some("application/json"),
};

pub(super) fn list() -> Vec<Resource> {
    [(TEXT, "static-text", "text/plain", "A text."), (BINARY, "static-binary", "image/png", "A picture.")]
        .map(|(uri, name, mime_type, description)| Resource {
            uri: uri.to_owned(),
            name: name.to_owned(),
            title: name.to_owned(),
            description: description.to_owned(),
            mime_type,
        })
        .into()
}

pub(super) fn read(uri: &str) -> Option<ResourceContent> {
    let (media_type, body) = match uri {
        TEXT => {
            let text = "This is the content of the static text resource.";
            ("text/plain", Content::Text(text.to_owned()))
        }
        BINARY => ("image/png", Content::Blob(PNG.to_owned())),
        _ => {
            let id = uri.strip_prefix("test://template/")?.strip_suffix("/data")?;
            let data = json!({"id": id, "templateTest": true, "data": format!("Data for ID: {id}")});
            ("application/json", Content::Text(data.to_string()))
        }
    };
    Some(ResourceContent { media_type: media_type.to_owned(), body })
}
