//! JSON that is already text.
//!
//! An answer is put together from texts: what a tool says is written once and never read again, and what does not
//! change, such as a schema, was written when the component was built.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// One JSON value, written without spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json(Cow<'static, str>);

impl Json {
    /// The text of a value. What cannot be JSON, such as a map whose keys are no strings, is `null`.
    #[must_use]
    pub fn of(value: &(impl Serialize + ?Sized)) -> Self {
        serde_json::to_string(value).map_or(Self::written("null"), |text| Self(text.into()))
    }

    /// What was written before.
    #[must_use]
    pub const fn written(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// An array.
    #[must_use]
    pub fn array(items: impl IntoIterator<Item = Self>) -> Self {
        let mut text = String::from("[");
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push_str(&item.0);
        }
        text.push(']');
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An object with one more member; what is no object stays what it is.
    #[must_use]
    pub fn with_member(self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Self {
        let Some(inside) = self.0.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
            return self;
        };
        let comma = if inside.is_empty() { "" } else { "," };
        Self(format!("{{{inside}{comma}{}:{}}}", Self::of(name), Self::of(value)).into())
    }

    /// The value, to look into.
    #[must_use]
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Json {
    /// Of text that is JSON.
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<Members> for Json {
    fn from(members: Members) -> Self {
        let length: usize = members.0.iter().map(|(name, value)| name.len() + value.0.len() + 8).sum();
        let mut text = String::with_capacity(length);
        for (name, value) in members.0 {
            text.push(if text.is_empty() { '{' } else { ',' });
            quote(&name, &mut text);
            text.push(':');
            text.push_str(&value.0);
        }
        text.push_str(if text.is_empty() { "{}" } else { "}" });
        Self(text.into())
    }
}

/// Appends a string. Most names are themselves between two quotation marks.
pub(crate) fn quote(string: &str, text: &mut String) {
    if string.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        text.push('"');
        text.push_str(string);
        text.push('"');
    } else {
        text.push_str(Json::of(string).as_str());
    }
}

/// The members of an object, in their order. Each name is given once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members(Vec<(Cow<'static, str>, Json)>);

impl Members {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// These and one more.
    #[must_use]
    pub fn with(self, name: impl Into<Cow<'static, str>>, value: &(impl Serialize + ?Sized)) -> Self {
        self.with_json(name, Json::of(value))
    }

    /// These and one more, whose value is text already.
    #[must_use]
    pub fn with_json(mut self, name: impl Into<Cow<'static, str>>, value: Json) -> Self {
        self.0.push((name.into(), value));
        self
    }

    /// Whether one has that name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(taken, _)| taken == name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_put_together_reads_as_what_was_meant() {
        let inner = Members::new().with("a \"b\"\n", &1.5).with("ü", &["x", "y"]);
        let list = Json::array([Json::written("null"), Json::from(inner), Json::array([])]);
        let whole = Json::from(Members::new().with_json("list", list).with("none", &None::<u8>));
        let meant = json!({"list": [null, {"a \"b\"\n": 1.5, "ü": ["x", "y"]}, []], "none": null});
        assert_eq!(whole.value(), meant);
        assert_eq!(whole.as_str(), meant.to_string());
        assert_eq!(Json::from(Members::new()).as_str(), "{}");
    }

    #[test]
    fn strings_are_quoted_as_everywhere() {
        for string in ["", "name", "a\"b", "a\\b", "\n", "\u{7f}", "ü€😀", "\u{2028}", "\u{1f}"] {
            let mut text = String::new();
            quote(string, &mut text);
            assert_eq!(text, Json::of(string).as_str());
        }
    }

    #[test]
    fn an_object_takes_one_more_member() {
        assert_eq!(Json::written("{}").with_member("a", &1).as_str(), r#"{"a":1}"#);
        assert_eq!(Json::written(r#"{"a":"}"}"#).with_member("b", &["c"]).as_str(), r#"{"a":"}","b":["c"]}"#);
        assert_eq!(Json::written("[]").with_member("a", &1).as_str(), "[]");
    }

    #[test]
    fn what_is_no_json_is_null() {
        let odd = std::collections::BTreeMap::from([(vec![1], 2)]);
        assert_eq!(Json::of(&odd).as_str(), "null");
    }
}
