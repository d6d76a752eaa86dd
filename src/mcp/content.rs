//! Content blocks: what tools answer and prompts say, in the form that each revision has for it.

use serde::Serialize;

use super::json::{Json, Members};
use super::types::Resource;
use super::version::Version;

/// An image in a tool's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Base64 of the file.
    pub data: String,
    /// For instance `image/png`.
    pub mime_type: &'static str,
}

/// What a resource holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceContent {
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub body: Content,
}

/// Text or bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text.
    Text(String),
    /// Base64.
    Blob(String),
}

impl ResourceContent {
    /// The members of `ResourceContents`: text has `text`, bytes have `blob`.
    #[must_use]
    pub fn at(self, uri: &str) -> Json {
        let (member, body) = match self.body {
            Content::Text(text) => ("text", text),
            Content::Blob(base64) => ("blob", base64),
        };
        Members::new().with("uri", uri).with("mimeType", &self.media_type).with(member, &body).into()
    }
}

/// One piece of an answer (`ContentBlock` in the schema).
#[derive(Clone, Debug)]
pub enum Block {
    /// Text.
    Text(String),
    /// A picture.
    Image(Image),
    /// A sound; 2025-03-26 and later.
    Audio {
        /// Base64 of the file.
        data: String,
        /// For instance `audio/wav`.
        mime_type: &'static str,
    },
    /// A resource, sent along.
    Resource {
        /// What it can be read by.
        uri: String,
        /// What it holds.
        content: ResourceContent,
    },
    /// A resource that the client may read; 2025-06-18 and later.
    Link(Resource),
}

impl Block {
    /// The block as that revision knows it. A kind that came later becomes text that says what is there.
    #[must_use]
    pub fn shown(self, version: Version) -> Json {
        let of_type = |name: &str| Members::new().with("type", name);
        let text = |text: &str| of_type("text").with("text", text);
        let shown = match self {
            Self::Text(said) => text(&said),
            Self::Image(image) => {
                of_type("image").with("data", &image.data).with("mimeType", image.mime_type)
            }
            Self::Audio { mime_type, .. } if version < Version::V2025_03_26 => {
                text(&format!("[sound ({mime_type}): protocol revision {version} has no audio content]"))
            }
            Self::Audio { data, mime_type } => {
                of_type("audio").with("data", &data).with("mimeType", mime_type)
            }
            Self::Resource { uri, content } => of_type("resource").with_json("resource", content.at(&uri)),
            Self::Link(resource) if version < Version::V2025_06_18 => {
                text(&format!("[resource {}: {}]", resource.uri, resource.description))
            }
            Self::Link(resource) => resource.members().with("type", "resource_link"),
        };
        shown.into()
    }
}

/// Who says something in a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// What one side says (`PromptMessage` in the schema).
#[derive(Clone, Debug)]
pub struct PromptMessage {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: Block,
}

impl PromptMessage {
    /// The person says this.
    #[must_use]
    pub fn of_user(content: Block) -> Self {
        Self { role: Role::User, content }
    }

    pub(super) fn shown(self, version: Version) -> Json {
        Members::new().with("role", &self.role).with_json("content", self.content.shown(version)).into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kinds(block: &Block) -> Vec<String> {
        let kind =
            |version| block.clone().shown(version).value()["type"].as_str().unwrap_or_default().to_owned();
        // Oldest first.
        Version::ALL.into_iter().rev().map(kind).collect()
    }

    #[test]
    fn a_kind_that_a_revision_lacks_becomes_text_that_names_it() {
        let audio = Block::Audio { data: "UklGRg==".to_owned(), mime_type: "audio/wav" };
        assert_eq!(kinds(&audio), ["text", "audio", "audio", "audio", "audio"]);
        let link = Block::Link(Resource {
            uri: "test://a".to_owned(),
            name: "a".to_owned(),
            title: "A".to_owned(),
            description: "the first".to_owned(),
            mime_type: "text/plain",
        });
        assert_eq!(kinds(&link), ["text", "text", "resource_link", "resource_link", "resource_link"]);
        assert_eq!(
            link.clone().shown(Version::V2025_03_26).value()["text"],
            "[resource test://a: the first]"
        );
        assert_eq!(link.shown(Version::V2026_07_28).value()["uri"], "test://a");
    }

    #[test]
    fn the_kinds_of_the_first_revision_are_the_same_in_all() {
        let text = ResourceContent { media_type: "a/b".to_owned(), body: Content::Text("x".to_owned()) };
        let image = Image { data: "iVBORw==".to_owned(), mime_type: "image/png" };
        for (block, shown) in [
            (Block::Text("x".to_owned()), json!({"type": "text", "text": "x"})),
            (Block::Image(image), json!({"type": "image", "data": "iVBORw==", "mimeType": "image/png"})),
            (
                Block::Resource { uri: "u".to_owned(), content: text },
                json!({"type": "resource", "resource": {"uri": "u", "mimeType": "a/b", "text": "x"}}),
            ),
        ] {
            for version in Version::ALL {
                assert_eq!(block.clone().shown(version).value(), shown, "{version}");
            }
        }
    }
}
